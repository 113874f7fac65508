"""Proof: before an item is published, every answer to it is run over many seeds, and the verdicts must agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from canarylearn.engine import ENGINE_VERSION, Scenario
from canarylearn.items.binding import bind, is_bound, speaks_of_other_answers, unbound_numbers
from canarylearn.items.judging import deploy, judge
from canarylearn.items.spec import CHOICE, Answer, Contracts, Demonstration, Item

SEEDS = range(59)
"""59 seeds that agree show with 95 % confidence that a verdict holds for at least 95 % of seeds (0.95^59 < 0.05)."""

_ENOUGH_TO_COMPARE = 3

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
    """

    digest: str
    engine: str
    seeds: int
    answers: int
    guess_floor: float
    outcomes: str


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
        outcomes=_fingerprint([(row.seed, row.passed, row.endings) for row in rows]),
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
        if refused := deploy(script, scenario, SEEDS[0]).refused:
            message = f"{place}, line {refused.line}: {refused.message}"
            problems[place] = Problem(code="code-refused", message=message)
    for part in item.afterwards:
        for name, template in part.templates.items() if isinstance(part, Contracts) else ():
            codes = [item.filled(answer, template) or "" for answer in item.assignments()]
            if all(deploy(code, first, SEEDS[0]).refused for code in codes):
                message = f"{part.title!r}: every option is refused under {name!r}"
                problems[message] = Problem(code="code-refused", message=message)
    if item.faulty is not None and deploy(item.with_faulty_code, first, SEEDS[0]).refused is None:
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
    "text_problems",
    "topic_problems",
]
