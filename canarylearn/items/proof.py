"""Proof: before an item is published, every answer to it is run over many seeds, and the verdicts must agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from canarylearn.engine import ENGINE_VERSION, Scenario
from canarylearn.items.binding import bind, is_bound, speaks_of_other_answers, unbound_numbers
from canarylearn.items.judging import SEEDS, Judgement, deploy, judge, shown_seed
from canarylearn.items.parameters import combinations
from canarylearn.items.spec import CHOICE, Answer, Contracts, Demonstration, Item
from canarylearn.items.variants import Unmade, vary

MOST_DRAWS = 4
"""How many draws of numbers are tried for each variant that is wanted."""

_ENOUGH_TO_COMPARE = 3
_MOST_TOLD = 3

_LATER = ("lines", "parameters", "variants", "varies")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A reason not to publish: a stable code, and what is wrong and what to do about it."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of each answer under one seed: how its runs ended, and whether it passed."""

    seed: int
    passed: tuple[bool, ...]
    endings: tuple[str, ...]


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


def prove_seed(item: Item, scenarios: Mapping[str, Scenario], seed: int) -> Row:
    """Run every answer under one seed."""
    judged = [judge(item, scenarios, answer, seed) for answer in item.assignments()]
    return Row(
        seed=seed,
        passed=tuple(judgement.passed for judgement in judged),
        endings=tuple(ending_of(judgement) for judgement in judged),
    )


def ending_of(judgement: Judgement) -> str:
    """How the runs of an answer ended, in the order of the scenarios."""
    return " / ".join(run.outcome.phase if run.outcome else "refused" for run in judgement.runs.values())


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
    return [*_verdict_problems(item, rows), *_given_away(item, rows), *text_problems(item, scenarios)]


def _given_away(item: Item, rows: list[Row]) -> list[Problem]:
    """Lines are shown as they are listed, so that order must not pass."""
    if item.kind != "order" or not any(row.passed[0] for row in rows):
        return []
    return [Problem(code="given-away", message="the lines are listed in an order that passes; list them in another")]


def _verdict_problems(item: Item, rows: list[Row]) -> list[Problem]:
    problems = []
    for number, answer in enumerate(item.assignments()):
        passes = sum(row.passed[number] for row in rows)
        if 0 < passes < len(rows):
            odd = next(row.seed for row in rows if row.passed[number] != rows[0].passed[number])
            message = (
                f"{say_answer(item, answer)} passes under {passes} of {len(rows)} seeds (seed {odd} differs from seed "
                f"{rows[0].seed}); make the scenario more decisive or the goal less tight"
            )
            problems.append(Problem(code="depends-on-luck", message=message))
    always = sum(all(row.passed[number] for row in rows) for number in range(len(rows[0].passed)))
    if always == 0:
        problems.append(
            Problem(code="none-passes", message="no answer reaches every goal; loosen a goal or add an option")
        )
    elif always != item.passing_answers:
        message = (
            f"{always} answers pass, and {item.passing_answers} should; tighten a goal, change an option, "
            f"or say passing_answers: {always}"
        )
        problems.append(Problem(code="several-pass", message=message))
    return problems


def text_problems(item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Bindings that lead nowhere or tell too much, numbers no run shows, and code of the author's that does not run."""
    problems = []
    for place, text in _texts_after_the_run(item):
        problems += _binding_problems(place, text, item, scenarios, None)
    for option, note in item.notes.items():
        problems += _note_problems(option, note, item, scenarios)
    for place, text in (*_texts_after_the_run(item), *_notes(item)):
        for number in unbound_numbers(text, item, scenarios):
            message = (
                f"{place}: the number {number} is stated by no run, code or scenario; "
                "bind it as {{scenario: measure}}"
            )
            problems.append(Problem(code="number-without-run", message=message))
    for place, text in _texts_before_the_run(item):
        if is_bound(text):
            message = f"{place}: it is read before the run, so it cannot hold a number of a run; remove the {{{{ }}}}"
            problems.append(Problem(code="tells-too-early", message=message))
    return problems + _code_problems(item, scenarios)


def _binding_problems(
    place: str, text: str, item: Item, scenarios: Mapping[str, Scenario], answer: Answer | None
) -> list[Problem]:
    try:
        bind(text, item, scenarios, answer)
    except ValueError as error:
        return [Problem(code="bound-to-nothing", message=f"{place}: {error}")]
    return []


def _note_problems(option: str, note: str, item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """A note is read while tries may be left, beside each answer that holds its option: it speaks of that one alone."""
    place = f"note on {option}"
    if speaks_of_other_answers(note):
        message = f"{place}: it would show the run of another answer too early; write {{{{scenario: measure}}}}"
        return [Problem(code="tells-too-early", message=message)]
    beside = (answer for answer in item.assignments() if _holds(item, answer, option))
    found = (_binding_problems(place, note, item, scenarios, answer) for answer in beside)
    return next((problems for problems in found if problems), [])


def _holds(item: Item, answer: Answer, option: str) -> bool:
    return option in [chosen.text for chosen in item.chosen(answer).values()]


def _notes(item: Item) -> list[tuple[str, str]]:
    return [(f"note on {option}", note) for option, note in item.notes.items()]


def _texts_after_the_run(item: Item) -> list[tuple[str, str]]:
    texts = [(f"solution step {number}", text) for number, text in enumerate(item.solution, start=1)]
    texts += [(f"mistake {number}", text) for number, text in enumerate(item.mistakes, start=1)]
    return [*texts, ("quick check", item.quick_check)]


def _texts_before_the_run(item: Item) -> list[tuple[str, str]]:
    hints = [(f"hint {number}", text) for number, text in enumerate(item.hints, start=1)]
    return [("title", item.title), ("prompt", item.prompt), *hints]


def _code_problems(item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Code of the author's that is refused where it should run, or runs where it should be refused."""
    first = scenarios[item.scenarios[0]]
    scripts = [
        (f"run {name!r}", script, scenarios[slug]) for name, script in item.runs.items() for slug in item.scenarios
    ]
    scripts += [(f"{part.title!r}", part.script, first) for part in item.afterwards if isinstance(part, Demonstration)]
    problems = {}
    for place, script, scenario in scripts:
        if refused := deploy(script, scenario, shown_seed(item)).refused:
            message = f"{place}, line {refused.line}: {refused.message}"
            problems[place] = Problem(code="code-refused", message=message)
    for part in item.afterwards:
        for name, template in part.templates.items() if isinstance(part, Contracts) else ():
            codes = [item.filled(answer, template) or "" for answer in item.assignments()]
            if all(deploy(code, first, shown_seed(item)).refused for code in codes):
                message = f"{part.title!r}: every option is refused under {name!r}"
                problems[message] = Problem(code="code-refused", message=message)
    if item.faulty is not None and deploy(item.with_faulty_code, first, shown_seed(item)).refused is None:
        problems["faulty"] = Problem(code="faulty-code-runs", message="the faulty code runs; show code that is refused")
    return list(problems.values())


def topic_problems(items: Mapping[str, Item], rows: Mapping[str, list[Row]]) -> list[Problem]:
    """What is wrong with a topic's questions taken together: the longest option passes more often than not."""
    questions = [slug for slug in rows if items[slug].kind == "question"]
    longest = [slug for slug in questions if _longest_passes(items[slug], rows[slug])]
    if len(questions) < _ENOUGH_TO_COMPARE or 2 * len(longest) <= len(questions):
        return []
    message = (
        f"the longest option passes in {len(longest)} of {len(questions)} questions ({', '.join(longest)}); "
        "lengthen other options, or shorten the ones that pass"
    )
    return [Problem(code="longest-passes", message=message)]


def _longest_passes(item: Item, rows: list[Row]) -> bool:
    lengths = [len(option.text) for option in item.options_for(CHOICE)]
    longest = max(lengths)
    return lengths.count(longest) == 1 and all(row.passed[lengths.index(longest)] for row in rows)


def say_answer(item: Item, answer: Mapping[str, int]) -> str:
    """An answer in words: traffic = 10, or the text of the option that was picked."""
    chosen = item.chosen(answer)
    if item.kind == "question":
        return next(iter(chosen.values())).text
    if item.kind == "order":
        return ", then ".join(option.text for option in chosen.values())
    return ", ".join(f"{blank} = {option.text}" for blank, option in chosen.items())


__all__ = [
    "SEEDS",
    "Contracts",
    "Member",
    "Problem",
    "Proof",
    "Proving",
    "Row",
    "conclude",
    "digest",
    "ending_of",
    "problems_of",
    "prove",
    "prove_members",
    "prove_seed",
    "say_answer",
    "text_problems",
    "topic_problems",
]
