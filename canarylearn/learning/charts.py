"""Release timelines: a run's trace as lines, bands and labels for an SVG, and as a table."""

import math
from dataclasses import dataclass

from canarylearn.engine import BUCKETS, METRICS, Interval, Outcome, Scenario
from canarylearn.engine.quantities import NBSP, say_duration, say_latency, say_share, say_weight

WIDTH, HEIGHT = 1000.0, 200.0
_METRIC_TITLES = {"error_rate": "Share of requests that failed", "p95": "p95 latency", "accuracy": "Accuracy"}
_SHOWN_EVENTS = {
    "promoted": "info",
    "rolled_back": "good",
    "inconclusive": "info",
    "alarm": "bad",
    "removed": "info",
}
_EVENT_LABELS = {
    "promoted": "promoted to everyone",
    "rolled_back": "rolled back",
    "inconclusive": "no decision",
    "alarm": "alarm, no way back",
    "removed": "removed",
}
_FAR_OFF = 2.5
_HARMFUL = 0.1


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A label on an axis: its place in the plot box, the same as a percentage, its text, and how far below it is."""

    at: str
    percent: str
    label: str
    anchor: str = "start"
    shift: str = "13"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An event on the timeline."""

    x: str
    x_percent: str
    label: str
    kind: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One interval in words."""

    time: str
    weight: str
    stable: str
    canary: str
    event: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A timeline in a plot box of 1000 by 200, y downwards. Paths are SVG path data, empty where there is nothing."""

    id: str
    title: str
    desc: str
    stable_path: str
    canary_path: str
    weight_path: str
    threshold_y: str | None
    threshold_percent: str | None
    threshold_label: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    events: tuple[Mark, ...]
    stable_label: str
    canary_label: str
    notes: tuple[str, ...]
    rows: tuple[TableRow, ...]


def draw(outcome: Outcome, scenario: Scenario, *, chart_id: str, desc: str) -> Chart:
    """The timeline of an outcome: the watched metric of both arms, the weight, the limit and what happened."""
    trace, metric = outcome.trace, _drawn_metric(outcome, scenario)
    stable, canary = _series(trace, "baseline", metric), _series(trace, "canary", metric)
    limit = next((check.condition.limit for check in outcome.checks if check.metric == metric), None)
    top = _top([*stable, *canary], limit)
    near = limit is not None and limit <= top
    return Chart(
        id=chart_id,
        title=f"{_METRIC_TITLES[metric]}: {scenario.canary.name} beside {scenario.stable.name}",
        desc=desc,
        stable_path=_line(trace, stable, top, scenario.window),
        canary_path=_line(trace, canary, top, scenario.window),
        weight_path=_steps(trace, scenario.window),
        threshold_y=f"{_y(limit, top):.1f}" if limit is not None and near else None,
        threshold_percent=_percent(_y(limit, top) / HEIGHT) if limit is not None and near else None,
        threshold_label=f"limit {_say(metric, limit)}" if limit is not None else "",
        y_ticks=_y_ticks(metric, top),
        x_ticks=_x_ticks(scenario.window),
        events=_marks(outcome, scenario.window),
        stable_label=f"{scenario.stable.name}, stable",
        canary_label=f"{scenario.canary.name}, canary",
        notes=() if limit is None or near else (f"The limit of {_say(metric, limit)} is above this chart.",),
        rows=_rows(outcome, metric),
    )


def _drawn_metric(outcome: Outcome, scenario: Scenario) -> str:
    """What is drawn: the metric a check watches if it can be drawn, else the one that the scenario names."""
    watched = [check.metric for check in outcome.checks if check.metric in _METRIC_TITLES]
    return watched[0] if watched else scenario.watch


def _series(trace: tuple[Interval, ...], arm: str, metric: str) -> list[float]:
    assert metric in METRICS
    return [(line.canary if arm == "canary" else line.baseline).value(metric) for line in trace]


def _top(values: list[float], limit: float | None) -> float:
    """The upper end of the axis: a round number above everything, and above the limit unless it is far away."""
    highest = max((value for value in values if not math.isnan(value)), default=0.0)
    if limit is not None and limit <= _FAR_OFF * highest:
        highest = max(highest, limit)
    if highest <= 0:
        return 0.01
    step = 10.0 ** math.floor(math.log10(highest))
    return next(
        step * factor for factor in (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8, 10, 12) if step * factor >= highest * 1.05
    )


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _line(trace: tuple[Interval, ...], values: list[float], top: float, window: float) -> str:
    """A path through the middles of the intervals, broken where there is no data."""
    parts, pen_down = [], False
    for interval, value in zip(trace, values, strict=True):
        if math.isnan(value):
            pen_down = False
            continue
        x = WIDTH * (interval.start + interval.end) / 2 / window
        parts.append(f"{'L' if pen_down else 'M'}{x:.1f} {_y(value, top):.1f}")
        pen_down = True
    return "".join(parts)


def _steps(trace: tuple[Interval, ...], window: float) -> str:
    """The weight as a filled area of steps: the whole height is all traffic."""
    parts = [f"M0 {HEIGHT:g}"]
    for interval in trace:
        y = HEIGHT * (1 - interval.weight / BUCKETS)
        parts.append(f"L{WIDTH * interval.start / window:.1f} {y:.1f}H{WIDTH * interval.end / window:.1f}")
    return "".join([*parts, f"V{HEIGHT:g}Z"])


def _y_ticks(metric: str, top: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(
            at=f"{_y(top * part, top):.1f}",
            percent=_percent(1 - part),
            label=_say(metric, top * part),
            shift="13" if part else "-5",
        )
        for part in (0.0, 0.5, 1.0)
    )


def _x_ticks(window: float) -> tuple[Tick, ...]:
    anchors = ("start", "middle", "middle", "end")
    return tuple(
        Tick(
            at=f"{WIDTH * number / 3:.1f}",
            percent=_percent(number / 3),
            label=say_duration(window * number / 3) if number else "0",
            anchor=anchor,
        )
        for number, anchor in enumerate(anchors)
    )


def _marks(outcome: Outcome, window: float) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            x=f"{WIDTH * event.at / window:.1f}",
            x_percent=_percent(event.at / window),
            label=_EVENT_LABELS[event.kind],
            kind="bad" if event.kind == "promoted" and _harmed(outcome) else _SHOWN_EVENTS[event.kind],
            anchor="start" if event.at < window / 2 else "end",
        )
        for event in outcome.events
        if event.kind in _SHOWN_EVENTS
    )


def _harmed(outcome: Outcome) -> bool:
    return outcome.measures["users_harmed_share"] > _HARMFUL


def _rows(outcome: Outcome, metric: str) -> tuple[TableRow, ...]:
    return tuple(
        TableRow(
            time=f"{interval.start / 60:.0f}–{interval.end / 60:.0f}{NBSP}min",
            weight=say_weight(interval.weight),
            stable=_say(metric, interval.baseline.value(metric)),
            canary=_say(metric, interval.canary.value(metric)),
            event="; ".join(
                event.text
                for event in outcome.events
                if interval.start < event.at <= interval.end or event.at == interval.start == 0
            ),
        )
        for interval in outcome.trace
    )


def _say(metric: str, value: float) -> str:
    if math.isnan(value):
        return "no data"
    return say_latency(value) if metric == "p95" else say_share(value)


def _percent(fraction: float) -> str:
    return f"{fraction * 100:.1f}%"
