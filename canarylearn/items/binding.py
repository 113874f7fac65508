"""Numbers in an author's words, bound to runs: {{v2-fails: users_exposed}} is written as that run measured it."""

import re
from collections.abc import Mapping

from canarylearn.engine import MEASURES, Scenario
from canarylearn.items.judging import Judgement, Run, deploy, judge, shown_seed
from canarylearn.items.spec import Answer, Item

_BOUND = re.compile(
    r"\{\{\s*(?:(?P<run>[^{}]+?)\s*@\s*|(?P<option>[^{}]+?)\s*=>\s*)?(?P<scenario>[a-z0-9-]+):\s*(?P<measure>\w+)\s*\}\}"
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


def bind(
    text: str,
    item: Item,
    scenarios: Mapping[str, Scenario],
    answer: Answer | None = None,
) -> str:
    """The text with every bound number written out, as the run shows it that learners are shown.

    `{{scenario: measure}}` speaks of the run of `answer`, or of a passing answer's if none is given;
    `{{name @ scenario: measure}}` of one of the item's named runs; and `{{option => scenario: measure}}` of the run of
    the answer that puts that option in the first blank. Raises ValueError for a binding that leads nowhere.
    """
    return _BOUND.sub(lambda found: _number(found, item, scenarios, answer), text)


def speaks_of_other_answers(text: str) -> bool:
    """Whether a text is bound to the run of an answer that it names."""
    return any(found["option"] for found in _BOUND.finditer(text))


def is_bound(text: str) -> bool:
    """Whether a text holds anything like a bound number."""
    return "{{" in text


def unbound_numbers(text: str, item: Item, scenarios: Mapping[str, Scenario]) -> list[str]:
    """Numbers in a text that neither a run, nor the item's code and goals, nor its scenarios state."""
    stated = item.model_dump_json(include={"template", "options", "goals", "runs", "faulty", "afterwards", "prompt"})
    known = set(NUMBER.findall(stated))
    for slug in item.scenarios:
        scenario = scenarios[slug]
        known |= set(NUMBER.findall(scenario.title + scenario.about))
    return [number for number in NUMBER.findall(_BOUND.sub("", text)) if number not in known]


def _number(found: re.Match[str], item: Item, scenarios: Mapping[str, Scenario], answer: Answer | None) -> str:
    scenario, name = found["scenario"], found["measure"]
    if scenario not in item.scenarios or name not in MEASURES:
        raise ValueError(f"{found[0]} is bound to nothing; name a scenario of the item and a measure")
    return say_measure(_run(found, item, scenarios, answer), name, found[0])


def say_measure(run: Run, name: str, written: str) -> str:
    """A measure of a run, as people read it; `written` is what the author wrote for it."""
    if run.outcome is None:
        raise ValueError(f"{written} is bound to a run that was refused")
    return MEASURES[name].say(run.outcome.measures[name])


def _run(found: re.Match[str], item: Item, scenarios: Mapping[str, Scenario], answer: Answer | None) -> Run:
    scenario = found["scenario"]
    if found["run"]:
        if found["run"] not in item.runs:
            raise ValueError(f"{found[0]} speaks of the run {found['run']!r}, which the item does not have")
        return deploy(item.runs[found["run"]], scenarios[scenario], shown_seed(item))
    candidates = item.assignments() if answer is None or found["option"] else [answer]
    for candidate in candidates:
        judgement = judge(item, scenarios, candidate)
        if _is_meant(found, judgement, given=answer is not None) and scenario in judgement.runs:
            return judgement.runs[scenario]
    raise ValueError(f"{found[0]} speaks of an answer or a run that the item does not have")


def _is_meant(found: re.Match[str], judgement: Judgement, *, given: bool) -> bool:
    if found["option"]:
        first = next(iter(judgement.item.chosen(judgement.answer).values()))
        return first.text == found["option"]
    return given or judgement.passed
