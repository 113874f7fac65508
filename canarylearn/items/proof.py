"""Proof: before an item is published, every answer to it is run over many seeds, and the verdicts must agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from canarylearn.engine import ENGINE_VERSION, Scenario
from canarylearn.items.binding import bind, unbound_numbers
from canarylearn.items.judging import deploy, judge
from canarylearn.items.spec import Contracts, Demonstration, Item

SEEDS = range(59)
"""59 seeds that agree show with 95 % confidence that a verdict holds for at least 95 % of seeds (0.95^59 < 0.05)."""


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

    `guess_floor` is the share of answers that pass, and so the chance of passing by one blind guess.
    """

    digest: str
    engine: str
    seeds: int
    answers: int
    guess_floor: float


def digest(item: Item, scenarios: Mapping[str, Scenario]) -> str:
    """What a verdict depends on, in 64 hexadecimal digits: the item, its scenarios and the engine's version."""
    parts = [
        item.model_dump(mode="json"),
        {slug: scenarios[slug].model_dump(mode="json") for slug in item.scenarios},
    ]
    text = json.dumps([*parts, ENGINE_VERSION], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def prove_seed(item: Item, scenarios: Mapping[str, Scenario], seed: int) -> Row:
    """Run every answer under one seed."""
    judged = [judge(item, scenarios, answer, seed) for answer in item.assignments()]
    return Row(
        seed=seed,
        passed=tuple(judgement.passed for judgement in judged),
        endings=tuple(
            " / ".join(run.outcome.phase if run.outcome else "refused" for run in judgement.runs.values())
            for judgement in judged
        ),
    )


def conclude(item: Item, scenarios: Mapping[str, Scenario], rows: Iterable[Row]) -> tuple[Proof, list[Problem]]:
    """The proof, and every reason not to publish; an empty list means that the item may be published."""
    rows = sorted(rows, key=lambda row: row.seed)
    problems = [*_verdict_problems(item, rows), *text_problems(item, scenarios)]
    passing = sum(rows[0].passed)
    proof = Proof(
        digest=digest(item, scenarios),
        engine=ENGINE_VERSION,
        seeds=len(rows),
        answers=len(rows[0].passed),
        guess_floor=passing / len(rows[0].passed),
    )
    return proof, problems


def prove(item: Item, scenarios: Mapping[str, Scenario]) -> tuple[Proof, list[Problem]]:
    """Prove an item in this process, over all seeds."""
    return conclude(item, scenarios, [prove_seed(item, scenarios, seed) for seed in SEEDS])


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
    """Bindings that lead nowhere, numbers no run shows, and code beside the blanks that does not run."""
    problems = []
    for place, text in _texts_after_the_run(item):
        try:
            bind(text, item, scenarios)
        except ValueError as error:
            problems.append(Problem(code="bound-to-nothing", message=f"{place}: {error}"))
        for number in unbound_numbers(text, item, scenarios):
            message = (
                f"{place}: the number {number} is stated by no run, code or scenario; "
                "bind it as {{scenario: measure}}"
            )
            problems.append(Problem(code="number-without-run", message=message))
    return problems + _code_problems(item, scenarios)


def _texts_after_the_run(item: Item) -> list[tuple[str, str]]:
    texts = [(f"solution step {number}", text) for number, text in enumerate(item.solution, start=1)]
    texts += [(f"note on {option}", text) for option, text in item.notes.items()]
    texts += [(f"mistake {number}", text) for number, text in enumerate(item.mistakes, start=1)]
    return [*texts, ("quick check", item.quick_check)]


def _code_problems(item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    scripts = [(f"run {name!r}", script) for name, script in item.runs.items()]
    scripts += [(f"{part.title!r}", part.script) for part in item.afterwards if isinstance(part, Demonstration)]
    problems = []
    for place, script in scripts:
        refused = deploy(script, scenarios[item.scenarios[0]], SEEDS[0]).refused
        if refused:
            problems.append(Problem(code="code-refused", message=f"{place}, line {refused.line}: {refused.message}"))
    return problems


def say_answer(item: Item, answer: Mapping[str, int]) -> str:
    """An answer in words: traffic = 10, or the text of the option that was picked."""
    chosen = item.chosen(answer)
    if item.kind == "question":
        return next(iter(chosen.values())).text
    return ", ".join(f"{blank} = {option.text}" for blank, option in chosen.items())


__all__ = [
    "SEEDS",
    "Contracts",
    "Problem",
    "Proof",
    "Row",
    "conclude",
    "digest",
    "prove",
    "prove_seed",
    "say_answer",
]
