"""A release told in a terminal: a line for each stretch of time, what happened, and what it did to people."""

import math

from canarylearn.cli.output import Output
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.outcome import Interval, Outcome, Phase
from canarylearn.engine.quantities import BUCKETS, say_duration, say_weight
from canarylearn.engine.scenario import Scenario
from canarylearn.engine.watch import say_metric

_MOST_LINES = 24
_LINES_AFTERWARDS = 3
_BAR = 10
_COLUMN = 20
_COLOURS = {Phase.PROMOTED: "green", Phase.ROLLED_BACK: "yellow", Phase.INCONCLUSIVE: "blue"}
_WORDS = {Phase.PROMOTED: "promoted", Phase.ROLLED_BACK: "rolled back", Phase.INCONCLUSIVE: "no decision"}
TOLD = (
    "users_exposed",
    "users_harmed",
    "failed_requests",
    "requests_judged",
    "time_to_notice",
    "time_at_risk",
    "time_to_full",
)
"""The measures that a story ends with: the blast radius, and the times."""


def tell(outcome: Outcome, scenario: Scenario, output: Output) -> None:
    """The timeline, the end, and the blast radius."""
    metric = watched_metric(outcome, scenario)
    stable, canary = scenario.stable.name, scenario.canary.name
    titles = "".join(f"{f'{name} {metric}':>{_COLUMN}}" for name in (stable, canary))
    output.say(output.colour("soft", f"  {'time':>10}  {'weight':<18}{titles}"))
    for stretch in _stretches(outcome):
        _say_stretch(stretch, outcome, metric, output)
    output.say()
    output.say(f"  {ending(outcome, output)}")
    for name in TOLD:
        value = outcome.measures[name]
        output.say(f"  {MEASURES[name].label:<36}{MEASURES[name].say(value)}")


def ending(outcome: Outcome, output: Output) -> str:
    """How the release ended, in its colour, and why."""
    return f"{output.colour(_COLOURS[outcome.phase], '● ' + _WORDS[outcome.phase])}{_reason(outcome)}"


def plain_ending(outcome: Outcome) -> str:
    """The same without colour, as the beginning of a sentence."""
    return f"{_WORDS[outcome.phase].capitalize()}{_reason(outcome)}"


def _reason(outcome: Outcome) -> str:
    reason = outcome.events[-1].text.removeprefix(f"{_WORDS[outcome.phase]}: ") if outcome.events else ""
    return f": {reason}" if reason else ""


def watched_metric(outcome: Outcome, scenario: Scenario) -> str:
    """The metric that is shown: what the first check watches, else what the scenario says."""
    return outcome.checks[0].metric if outcome.checks else scenario.watch


def _stretches(outcome: Outcome) -> list[list[Interval]]:
    """The trace in pieces: short ones until the release was decided, a few long ones afterwards."""
    decided = max((event.at for event in outcome.events if event.kind in ("promoted", "rolled_back")), default=math.inf)
    before = sum(interval.start < decided for interval in outcome.trace)
    longest = (math.ceil(before / _MOST_LINES) or 1, math.ceil((len(outcome.trace) - before) / _LINES_AFTERWARDS))
    pieces: list[list[Interval]] = []
    for interval in outcome.trace:
        last = pieces[-1] if pieces else []
        goes_on = (
            last and last[0].weight == interval.weight and (last[0].start >= decided) == (interval.start >= decided)
        )
        if goes_on and len(last) < longest[interval.start >= decided]:
            last.append(interval)
        else:
            pieces.append([interval])
    return pieces


def _say_stretch(stretch: list[Interval], outcome: Outcome, metric: str, output: Output) -> None:
    first, last = stretch[0], stretch[-1]
    bar = _bar(first.weight)
    drawn = output.colour("yellow", "█" * bar) + output.colour("soft", "·" * (_BAR - bar))
    values = [_average([getattr(line, arm) for line in stretch], metric) for arm in ("baseline", "canary")]
    said = "".join(f"{say_metric(metric, value):>{_COLUMN}}" for value in values)
    output.say(f"  {say_duration(last.end):>10}  {drawn} {say_weight(first.weight):<7}{said}")
    for event in outcome.events:
        if first.start < event.at <= last.end or event.at == first.start == 0:
            output.say(f"  {'':>10}  {output.colour('strong', '↳ ' + event.text)}")


def _bar(weight: int) -> int:
    """How much of the bar a weight fills: some of it for any traffic at all, and never all for less than all."""
    if weight in (0, BUCKETS):
        return _BAR if weight else 0
    return max(1, min(_BAR - 1, round(_BAR * weight / BUCKETS)))


def _average(arms: list[ArmMetrics], metric: str) -> float:
    """The mean over intervals, by requests; NaN when there were none."""
    weights = [arm.requests for arm in arms if not math.isnan(arm.value(metric))]
    values = [arm.value(metric) for arm in arms if not math.isnan(arm.value(metric))]
    total = sum(weights)
    return sum(w * v for w, v in zip(weights, values, strict=True)) / total if total else math.nan


def as_json(outcome: Outcome) -> dict[str, object]:
    """An outcome for programs: phase, measures, events and the trace; shares are fractions, times are seconds."""
    return {
        "phase": outcome.phase.value,
        "measures": dict(outcome.measures),
        "events": [{"at": event.at, "kind": event.kind, "text": event.text} for event in outcome.events],
        "trace": [
            {
                "start": line.start,
                "end": line.end,
                "weight": line.weight / BUCKETS,
                "canary": _arm(line.canary),
                "baseline": _arm(line.baseline),
                "analysis": line.analysis.state.value,
            }
            for line in outcome.trace
        ],
    }


def _arm(arm: ArmMetrics) -> dict[str, float]:
    return {name: arm.value(name) for name in ("requests", "users", "error_rate", "p50", "p95", "p99", "accuracy")}
