"""Explaining: what a run showed, in sentences and numbers that come from the run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.engine import MEASURES, Outcome, Phase, Scenario
from canarylearn.engine.measures import Measure
from canarylearn.engine.quantities import NBSP, say_count, say_duration, say_share
from canarylearn.items.goals import Goal, read_amount
from canarylearn.items.judging import GoalResult, Judgement, Run
from canarylearn.items.spec import Item

_NOTABLE_HARM = 0.1
_TIMES = {Phase.PROMOTED: "time_to_full", Phase.ROLLED_BACK: "time_to_notice"}
_SHORT_LABELS = {
    "users_exposed_share": "Users who met it",
    "users_harmed": "Users harmed",
    "users_harmed_share": "Users harmed",
    "time_to_notice": "Noticed after",
    "time_to_full": "Released after",
    "share_observed": "Share it got",
    "way_back": "Way back",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number for display: its label and its value with the unit."""

    label: str
    value: str


def headline(judgement: Judgement, scenarios: dict[str, Scenario]) -> str:
    """What happened, in one line: for a failed answer in the scenario where it failed first."""
    if judgement.refusal is not None:
        step = judgement.item.step_at(judgement.answer, judgement.refusal.line)
        place = f"line {judgement.refusal.line}" if step is None else f"step {step}"
        return f"Nothing was released: {place} was refused"
    failed = judgement.first_failed
    if not judgement.runs or _is_about_printing(judgement):
        return "The runs show it" if failed is None else "The run shows something else"
    slug = failed.scenario if failed else next(iter(judgement.runs))
    return _sentence(story(judgement.runs[slug], scenarios[slug]))


def first_failure(judgement: Judgement) -> str:
    """Of lines in an order that did not pass: the step that stopped the run, or else the first goal that was missed."""
    refusal, failed = judgement.refusal, judgement.first_failed
    if refusal is not None:
        step = judgement.item.step_at(judgement.answer, refusal.line)
        if step is None:
            return ""
        text = list(judgement.item.chosen(judgement.answer).values())[step - 1].text
        return f"Step {step}, `{text}`, stopped the script."
    if failed is None:
        return ""
    return f"No step was refused. The first goal missed: {failed.goal.name}."


def _is_about_printing(judgement: Judgement) -> bool:
    """Whether what the code printed decides, so that the release around it is beside the point."""
    return all(result.goal.prints is not None for result in judgement.goals)


def printed(judgement: Judgement) -> tuple[str, ...]:
    """What the code printed; nothing where a claim about it failed, since that would tell which other one holds."""
    if any(result.goal.prints is not None and _is_wrong_claim(result, judgement) for result in judgement.goals):
        return ()
    return next((run.output for run in judgement.runs.values()), ())


def _is_wrong_claim(result: GoalResult, judgement: Judgement) -> bool:
    claims = [goal for option in judgement.item.chosen(judgement.answer).values() for goal in option.claim]
    return not result.met and result.goal in claims


def story(run: Run, scenario: Scenario) -> str:
    """How one run ended, as a clause: 'v2 was rolled back after 5 min, and 7.9 % of users had met it'."""
    if run.outcome is None:
        return "the code was refused"
    outcome, new = run.outcome, scenario.canary.name
    exposed = say_share(outcome.measures["users_exposed_share"])
    if outcome.phase is Phase.ROLLED_BACK:
        noticed = say_duration(outcome.measures["time_to_notice"])
        return f"{new} was rolled back after {noticed}; {exposed} of users had met it"
    if outcome.phase is Phase.PROMOTED:
        return _promoted(outcome, new)
    return f"{_why_undecided(outcome)}; {exposed} of users met {new}"


def _promoted(outcome: Outcome, new: str) -> str:
    if not outcome.measures["canary_requests"]:
        return f"the release went through, and {new} never answered a request"
    when = outcome.measures["time_to_full"]
    told = f"{new} went to everyone " + (f"after {say_duration(when)}" if when else "at once")
    harmed = outcome.measures["users_harmed"]
    notable = outcome.measures["users_harmed_share"] > _NOTABLE_HARM
    return f"{told}, and {say_count(harmed)} users were badly served" if notable else told


def _why_undecided(outcome: Outcome) -> str:
    return next((event.text for event in reversed(outcome.events) if event.kind == "inconclusive"), "no decision")


def ending(run: Run) -> str:
    """How a run ended, in a few words for a table."""
    if run.outcome is None:
        return "refused"
    measures = run.outcome.measures
    if run.outcome.phase is Phase.ROLLED_BACK:
        return f"rolled back after {say_duration(measures['time_to_notice'])}"
    if run.outcome.phase is Phase.INCONCLUSIVE:
        return "no decision"
    if not measures["canary_requests"]:
        return "nothing tested"
    return (
        f"promoted after {say_duration(measures['time_to_full'])}" if measures["time_to_full"] else "promoted at once"
    )


def figures(judgement: Judgement) -> list[Figure]:
    """Two or three measured numbers of the run that matters most; none when nothing was released."""
    first = judgement.first_failed
    run = judgement.runs.get(first.scenario) if first else next(iter(judgement.runs.values()), None)
    if judgement.refusal is not None or run is None or run.outcome is None or _is_about_printing(judgement):
        return []
    failed = [result.goal for result in judgement.goals if first and not result.met and _same_run(result, first)]
    missed = [goal.measure for goal in failed if goal.measure is not None]
    wanted = next((goal.outcome for goal in failed if goal.outcome is not None), run.outcome.phase)
    when = _TIMES.get(wanted)
    names = list(dict.fromkeys([*missed, "users_exposed_share", "users_harmed"]))
    names = [*names[:2], when] if when else names[:3]
    return [_figure(name, run.outcome.measures[name]) for name in names]


def _same_run(result: GoalResult, other: GoalResult) -> bool:
    return (result.scenario, result.goal.run) == (other.scenario, other.goal.run)


def _figure(name: str, value: float) -> Figure:
    label = _SHORT_LABELS.get(name, _sentence(MEASURES[name].label))
    return Figure(label=label, value=MEASURES[name].say(value))


def goal_detail(result: GoalResult, judgement: Judgement, scenarios: dict[str, Scenario]) -> str:
    """The numbers by which a goal was met or missed."""
    goal = result.goal
    run = judgement.others[goal.run, result.scenario] if goal.run else judgement.runs.get(result.scenario)
    if run is None or judgement.refusal is not None:
        return "Not reached: the code was refused."
    if goal.prints is not None and _is_wrong_claim(result, judgement):
        return "The code printed something else."
    if goal.prints is not None:
        return f"Printed: {', '.join(run.output) or 'nothing'}."
    if goal.measure is not None:
        return _measured(goal, result, judgement)
    return f"{_sentence(story(run, scenarios[result.scenario]))}."


def _measured(goal: Goal, result: GoalResult, judgement: Judgement) -> str:
    measure = MEASURES[goal.measure or ""]
    said = "no data" if math.isnan(result.value) else measure.say(result.value)
    bounds = [
        _amount(measure, text) if measure.unit == "yes-no" else f"{words}{NBSP}{_amount(measure, text)}"
        for words, text in (("at least", goal.at_least), ("at most", goal.at_most))
        if text is not None
    ]
    if bounds:
        return f"{_sentence(measure.label)}: {said} ({' and '.join(bounds)} asked for)."
    whose = f" with “{goal.run}”" if goal.run else ""
    return f"{_sentence(measure.label)}: {said}{whose}, {_compared(goal, result, judgement)}."


def _amount(measure: Measure, text: str) -> str:
    return measure.say(read_amount(measure, text))


def _compared(goal: Goal, result: GoalResult, judgement: Judgement) -> str:
    """The same measure in the runs that a goal compares with."""
    told = []
    for name in filter(None, (goal.below, goal.above)):
        outcome = judgement.others[name, result.scenario].outcome
        value = MEASURES[goal.measure or ""].say(outcome.measures[goal.measure or ""]) if outcome else "refused"
        told.append(f"{value} with “{name}”")
    return " and ".join(told)


def _sentence(text: str) -> str:
    """The text with a capital letter, unless it begins with a name such as v2."""
    return text if text[:1] == "v" and text[1:2].isdigit() else text[:1].upper() + text[1:]


def say_answer(item: Item, answer: Mapping[str, int]) -> str:
    """An answer in words: traffic = 10, or the text of the option that was picked."""
    chosen = item.chosen(answer)
    if item.kind == "question":
        return next(iter(chosen.values())).text
    if item.kind == "order":
        return ", then ".join(option.text for option in chosen.values())
    return ", ".join(f"{blank} = {option.text}" for blank, option in chosen.items())
