"""Proof: before an item is published, every answer to it is run over many seeds, and the verdicts must agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from canarylearn.engine import ENGINE_VERSION, Scenario
from canarylearn.items.judging import SEEDS
from canarylearn.items.parameters import combinations
from canarylearn.items.problems import Problem, answer_problems
from canarylearn.items.rows import Row, prove_seed
from canarylearn.items.spec import Item
from canarylearn.items.texts import text_problems
from canarylearn.items.variants import Unmade, vary

MOST_DRAWS = 4
"""How many draws of numbers are tried for each variant that is wanted."""

_MOST_TOLD = 3

_LATER = ("lines", "parameters", "variants", "varies")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is kept of a proof: that it was made, under which digest, how hard guessing is. Never which answer passes.

    `guess_floor` is the share of answers that pass, and so the chance of passing by one blind guess. `outcomes` is a
    fingerprint of how every run ended: a change of the engine that turns a verdict changes it, and is seen in the diff.
    `variants` are the numbers of the variants that are proven, 0 (as authored) first.
    """

    digest: str
    engine: str
    seeds: int
    answers: int
    guess_floor: float
    outcomes: str
    variants: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variants", tuple(self.variants))  # a lock file has lists


@dataclass(frozen=True, kw_only=True)
class Member:
    """An item with the numbers of one of its variants, and its scenarios with the same."""

    number: int
    item: Item
    scenarios: Mapping[str, Scenario]


def digest(item: Item, scenarios: Mapping[str, Scenario]) -> str:
    """What a proof depends on, in 64 hexadecimal digits: the item, its scenarios and the engine's version.

    The words of an item belong to it, since a proof holds the numbers in them against the runs.
    """
    parts = [
        _facts(item),
        {slug: scenarios[slug].model_dump(mode="json") for slug in item.scenarios},
    ]
    return _fingerprint([*parts, ENGINE_VERSION])


def _facts(item: Item) -> dict[str, object]:
    """What an item says. Fields that came after the first proofs count only where they say something."""
    facts: dict[str, object] = item.model_dump(mode="json")
    for name in _LATER:
        if not facts[name]:
            del facts[name]
    return {**facts, "parameters": item.source} if item.parameters else facts


def _fingerprint(facts: object) -> str:
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def prove_members(members: Sequence[Member], seed: int) -> list[Row]:
    """Run every answer to each of these variants under one seed: what they have in common is run once."""
    return [prove_seed(member.item, member.scenarios, seed) for member in members]


class Proving:
    """The proof of one item under way.

    As many variants are run as the item wants; for each that cannot be proven the next number is tried, up to
    `MOST_DRAWS` times the wanted number. So the numbers that are proven depend on nothing but the item and the engine.
    """

    def __init__(self, item: Item, scenarios: Mapping[str, Scenario]) -> None:
        self._members = [Member(number=0, item=item, scenarios=scenarios)]
        self._rows: dict[int, list[Row]] = {}
        self._problems: dict[int, list[Problem]] = {}
        self._next = 1

    @property
    def item(self) -> Item:
        """The item as authored."""
        return self._members[0].item

    def due(self) -> list[Member]:
        """What has to be run next; nothing once the proof is done, or cannot be made."""
        due = [] if self._rows else [self._members[0]]
        last = min(MOST_DRAWS * self.item.variants, combinations(self.item.parameters) - 1)
        missing = 0 if self._problems.get(0) else self.item.variants - len(self._proven()) + 1
        missing -= not self._rows  # the authored numbers are under way, and no variant
        while len(due) - (not self._rows) < missing and self._next <= last:
            number, self._next = self._next, self._next + 1
            try:
                item, scenarios = vary(self.item, self._members[0].scenarios, number)
            except Unmade as error:
                self._problems[number] = [Problem(code="unmade", message=str(error))]
                continue
            due.append(Member(number=number, item=item, scenarios=scenarios))
        return due

    def take(self, members: Sequence[Member], rows: Iterable[Sequence[Row]]) -> None:
        """What came of these variants: for each seed, a row for each of them."""
        for member, found in zip(members, zip(*rows, strict=True), strict=True):
            mine = sorted(found, key=lambda row: row.seed)
            self._rows[member.number] = mine
            self._problems[member.number] = problems_of(member.item, member.scenarios, mine)

    def rows(self) -> list[Row]:
        """The rows of the authored numbers."""
        return self._rows[0]

    def conclude(self) -> tuple[Proof, list[Problem]]:
        """The proof, and every reason not to publish; an empty list means that the item may be published."""
        first, proven = self._rows[0], self._proven()
        numbers = proven if 0 in proven else [0, *proven]
        endings = [[(row.seed, row.passed, row.endings) for row in self._rows[number]] for number in numbers]
        shares = [sum(self._rows[number][0].passed) / len(first[0].passed) for number in numbers]
        proof = Proof(
            digest=digest(self.item, self._members[0].scenarios),
            engine=ENGINE_VERSION,
            seeds=len(first),
            answers=len(first[0].passed),
            guess_floor=max(shares),
            outcomes=_fingerprint(endings if len(numbers) > 1 else endings[0]),
            variants=tuple(numbers),
        )
        return proof, self._problems[0] or self._too_few(len(proven) - 1)

    def _proven(self) -> list[int]:
        return [number for number in sorted(self._rows) if not self._problems[number]]

    def _too_few(self, made: int) -> list[Problem]:
        if made >= self.item.variants:
            return []
        failed = {number: found[0] for number, found in sorted(self._problems.items()) if found}
        told = "; ".join(f"variant {number}: {problem.message}" for number, problem in [*failed.items()][:_MOST_TOLD])
        message = (
            f"{made} of {self.item.variants} variants are proven, out of {self._next - 1} draws; narrow the ranges, or "
            f"ask for fewer ({told}{'; ...' if len(failed) > _MOST_TOLD else ''})"
        )
        return [Problem(code="too-few-variants", message=message)]


def prove(item: Item, scenarios: Mapping[str, Scenario], seeds: Sequence[int] = SEEDS) -> tuple[Proof, list[Problem]]:
    """Prove an item and its variants in this process, over all seeds."""
    proving = Proving(item, scenarios)
    while members := proving.due():
        proving.take(members, [prove_members(members, seed) for seed in seeds])
    return proving.conclude()


def conclude(item: Item, scenarios: Mapping[str, Scenario], rows: Iterable[Row]) -> tuple[Proof, list[Problem]]:
    """The proof of an item's authored numbers alone, and every reason not to publish them."""
    proving = Proving(item, scenarios)
    members = proving.due()[:1]
    proving.take(members, [[row] for row in rows])
    proof, problems = proving.conclude()
    return proof, [problem for problem in problems if problem.code != "too-few-variants"]


def problems_of(item: Item, scenarios: Mapping[str, Scenario], rows: list[Row]) -> list[Problem]:
    """Every reason not to publish an item with these numbers, given its rows over all seeds."""
    return [*answer_problems(item, rows), *text_problems(item, scenarios)]
