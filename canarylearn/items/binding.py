"""Numbers in an author's words, bound to runs: {{v2-fails: users_exposed}} is written as that run measured it."""

import re
from collections.abc import Mapping

from canarylearn.engine import MEASURES, Scenario
from canarylearn.items.judging import Run, deploy, judge
from canarylearn.items.spec import Item

_BOUND = re.compile(
    r"\{\{\s*(?:(?P<run>[^{}]+?)\s*@\s*|(?P<option>[^{}]+?)\s*=>\s*)?(?P<scenario>[a-z0-9-]+):\s*(?P<measure>\w+)\s*\}\}"
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


def bind(text: str, item: Item, scenarios: Mapping[str, Scenario], seed: int = 0) -> str:
    """The text with every bound number written out.

    `{{scenario: measure}}` speaks of a passing answer's run, `{{name @ scenario: measure}}` of one of the item's named
    runs, and `{{option => scenario: measure}}` of the run of the answer that puts that option in the first blank.
    Raises ValueError for a binding that leads nowhere.
    """
    return _BOUND.sub(lambda found: _number(found, item, scenarios, seed), text)


def unbound_numbers(text: str, item: Item, scenarios: Mapping[str, Scenario]) -> list[str]:
    """Numbers in a text that neither a run, nor the item's code and goals, nor its scenarios state."""
    stated = item.model_dump_json(include={"template", "options", "goals", "runs", "faulty", "afterwards", "prompt"})
    known = set(_NUMBER.findall(stated))
    for slug in item.scenarios:
        scenario = scenarios[slug]
        known |= set(_NUMBER.findall(scenario.title + scenario.about))
    return [number for number in _NUMBER.findall(_BOUND.sub("", text)) if number not in known]


def _number(found: re.Match[str], item: Item, scenarios: Mapping[str, Scenario], seed: int) -> str:
    scenario, name = found["scenario"], found["measure"]
    if scenario not in item.scenarios or name not in MEASURES:
        raise ValueError(f"{found[0]} is bound to nothing; name a scenario of the item and a measure")
    run = _run(found, item, scenarios, seed)
    if run.outcome is None:
        raise ValueError(f"{found[0]} is bound to a run that was refused")
    return MEASURES[name].say(run.outcome.measures[name])


def _run(found: re.Match[str], item: Item, scenarios: Mapping[str, Scenario], seed: int) -> Run:
    scenario = found["scenario"]
    if found["run"]:
        if found["run"] not in item.runs:
            raise ValueError(f"{found[0]} speaks of the run {found['run']!r}, which the item does not have")
        return deploy(item.runs[found["run"]], scenarios[scenario], seed)
    for answer in item.assignments():
        first = next(iter(item.chosen(answer).values()))
        judgement = judge(item, scenarios, answer, seed)
        if (first.text == found["option"]) if found["option"] else judgement.passed:
            return judgement.runs[scenario]
    raise ValueError(f"{found[0]} speaks of an answer that the item does not have")
