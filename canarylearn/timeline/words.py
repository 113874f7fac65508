"""What a release timeline shows, in words: for those who cannot see it, and for its table."""

import math
from dataclasses import dataclass

from canarylearn.engine import Event, Outcome, Scenario
from canarylearn.engine.quantities import NBSP, say_duration, say_latency, say_share, say_weight

METRIC_TITLES = {"error_rate": "Share of requests that failed", "p95": "p95 latency", "accuracy": "Accuracy"}
SHOWN_EVENTS = {
    "promoted": "info",
    "rolled_back": "good",
    "inconclusive": "info",
    "alarm": "bad",
    "removed": "info",
}
EVENT_LABELS = {
    "promoted": "promoted to everyone",
    "rolled_back": "rolled back",
    "inconclusive": "no decision",
    "alarm": "alarm, no way back",
    "removed": "removed",
}


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One interval in words."""

    time: str
    weight: str
    stable: str
    canary: str
    event: str


def in_words(outcome: Outcome, scenario: Scenario, metric: str, stable: list[float], canary: list[float]) -> str:
    """What the picture shows, in a sentence or two: the worst value of each arm, and what happened when."""
    worst, name = (min, "lowest") if metric == "accuracy" else (max, "highest")
    arms = ((scenario.canary.name, canary), (scenario.stable.name, stable))
    told = [f"{arm} {say(metric, worst(known(values), default=math.nan))}" for arm, values in arms]
    happened = [
        f"{EVENT_LABELS[event.kind].capitalize()} {f'after {say_duration(event.at)}' if event.at else 'at the start'}."
        for event in shown(outcome)
    ]
    return " ".join([f"The {name} values: {', '.join(told)}.", *happened])


def table_rows(outcome: Outcome, metric: str) -> tuple[TableRow, ...]:
    """The trace as a table: what both arms measured in each interval, and what happened at its end."""
    return tuple(
        TableRow(
            time=f"{interval.start / 60:.0f}–{interval.end / 60:.0f}{NBSP}min",
            weight=say_weight(interval.weight),
            stable=say(metric, interval.baseline.value(metric)),
            canary=say(metric, interval.canary.value(metric)),
            event="; ".join(
                event.text
                for event in outcome.events
                if interval.start < event.at <= interval.end or event.at == interval.start == 0
            ),
        )
        for interval in outcome.trace
    )


def shown(outcome: Outcome) -> list[Event]:
    """The events that are marked on a timeline."""
    return [event for event in outcome.events if event.kind in SHOWN_EVENTS]


def known(values: list[float]) -> list[float]:
    """The values of intervals that had any data."""
    return [value for value in values if not math.isnan(value)]


def say(metric: str, value: float) -> str:
    """A value of a metric with its unit."""
    if math.isnan(value):
        return "no data"
    return say_latency(value) if metric == "p95" else say_share(value)
