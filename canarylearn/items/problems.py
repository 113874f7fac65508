"""Reasons not to publish an item: what its answers did under all seeds, and what a topic's questions give away."""

from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.items.explaining import say_answer
from canarylearn.items.rows import Row
from canarylearn.items.spec import CHOICE, Item

_ENOUGH_TO_COMPARE = 3


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A reason not to publish: a stable code, and what is wrong and what to do about it."""

    code: str
    message: str


def answer_problems(item: Item, rows: list[Row]) -> list[Problem]:
    """What is wrong with the verdicts: they hang on a seed, too many or too few pass, or one is given away."""
    return [*_verdict_problems(item, rows), *_given_away(item, rows)]


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
