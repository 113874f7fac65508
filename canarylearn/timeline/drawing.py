"""Release timelines: a run's trace as lines, bands and labels for an SVG, and as a table."""

import math
from dataclasses import dataclass
from itertools import groupby

from canarylearn.engine import BUCKETS, METRICS, Interval, Outcome, Scenario
from canarylearn.engine.quantities import NBSP, say_weight
from canarylearn.timeline.words import (
    EVENT_LABELS,
    METRIC_TITLES,
    SHOWN_EVENTS,
    TableRow,
    in_words,
    known,
    say,
    shown,
    table_rows,
)

WIDTH, HEIGHT = 1000.0, 200.0
_FAR_OFF = 2.5
_HARMFUL = 1 / 3
_LETTER = 35.0  # the width of a letter, on the narrowest phone, in a plot box of 1000
_NARROWEST_LABEL = 0.1
_LONG_WINDOW = 3 * 3600


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A label on an axis: its place in the plot box, the same as a percentage, its text, and how it hangs there."""

    at: str
    percent: str
    label: str
    anchor: str = "end"
    shift: str = "4"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An event on the timeline; `row` lifts its label above one that it would cover."""

    x: str
    x_percent: str
    label: str
    kind: str
    anchor: str
    row: int


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The line of a check's limit, and where its label stands in nobody's way."""

    y: str
    percent: str
    label: str
    x_percent: str
    anchor: str
    shift: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """A stretch of the release with one weight: where it begins, and the share in words."""

    x_percent: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A timeline in a plot box of 1000 by 200, y downwards, and the weight in a box of 1000 by 100 under it.

    Paths are SVG path data, empty where there is nothing.
    """

    id: str
    title: str
    desc: str
    stable_path: str
    canary_path: str
    weight_path: str
    shares: tuple[Share, ...]
    limit: Limit | None
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    events: tuple[Mark, ...]
    mark_rows: tuple[int, ...]
    stable: str
    canary: str
    notes: tuple[str, ...]
    rows: tuple[TableRow, ...]


def draw(outcome: Outcome, scenario: Scenario, *, chart_id: str) -> Chart:
    """The timeline of an outcome: the watched metric of both arms, the weight, the limit and what happened."""
    trace, metric, window = outcome.trace, _drawn_metric(outcome, scenario), scenario.window
    stable, canary = series(trace, "baseline", metric), series(trace, "canary", metric)
    limit = next((check.condition.limit for check in outcome.checks if check.metric == metric), None)
    top = round_top([*stable, *canary], limit)
    near = limit is not None and limit <= top
    marks = _marks(outcome, window)
    return Chart(
        id=chart_id,
        title=METRIC_TITLES[metric],
        desc=in_words(outcome, scenario, metric, stable, canary),
        stable_path=line_of(trace, stable, top, window),
        canary_path=line_of(trace, canary, top, window),
        weight_path=weight_area(trace, window),
        shares=shares_of(trace, window),
        limit=_limit(metric, limit, top, [stable, canary]) if limit is not None and near else None,
        y_ticks=y_ticks(metric, top),
        x_ticks=x_ticks(window),
        events=marks,
        mark_rows=tuple(range(max((mark.row for mark in marks), default=-1) + 1)),
        stable=scenario.stable.name,
        canary=scenario.canary.name,
        notes=() if limit is None or near else (f"The limit of {say(metric, limit)} is above this chart.",),
        rows=table_rows(outcome, metric),
    )


def _drawn_metric(outcome: Outcome, scenario: Scenario) -> str:
    """What is drawn: the metric a check watches if it can be drawn, else the one that the scenario names."""
    watched = [check.metric for check in outcome.checks if check.metric in METRIC_TITLES]
    return watched[0] if watched else scenario.watch


def series(trace: tuple[Interval, ...], arm: str, metric: str) -> list[float]:
    """A metric of one arm in each interval."""
    assert metric in METRICS
    return [(line.canary if arm == "canary" else line.baseline).value(metric) for line in trace]


def round_top(values: list[float], limit: float | None) -> float:
    """The upper end of the axis: a round number above everything, and above the limit unless it is far away."""
    highest = max(known(values), default=0.0)
    if limit is not None and limit <= _FAR_OFF * highest:
        highest = max(highest, limit)
    if highest <= 0:
        return 0.01
    step = 10.0 ** math.floor(math.log10(highest))
    return next(
        step * factor for factor in (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8, 10, 12) if step * factor >= highest * 1.05
    )


def y_of(value: float, top: float) -> float:
    """Where a value stands in the plot box, under an axis that ends at `top`."""
    return HEIGHT * (1 - value / top)


def line_of(trace: tuple[Interval, ...], values: list[float], top: float, window: float) -> str:
    """A path through the middles of the intervals, broken where there is no data; a lone value becomes a dot."""
    parts = []
    for missing, stretch in groupby(zip(trace, values, strict=True), key=lambda pair: math.isnan(pair[1])):
        if missing:
            continue
        points = [
            f"{WIDTH * (interval.start + interval.end) / 2 / window:.1f} {y_of(value, top):.1f}"
            for interval, value in stretch
        ]
        parts.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return "".join(parts)


def weight_area(trace: tuple[Interval, ...], window: float) -> str:
    """The weight as a filled area of steps: the whole height is all traffic."""
    parts = ["M0 100"]
    for interval in trace:
        y = 100 * (1 - interval.weight / BUCKETS)
        parts.append(f"L{WIDTH * interval.start / window:.1f} {y:.1f}H{WIDTH * interval.end / window:.1f}")
    return "".join([*parts, "V100Z"])


def shares_of(trace: tuple[Interval, ...], window: float) -> tuple[Share, ...]:
    """Each stretch of one weight that is wide enough for its label; an empty stretch beside others says 0 itself."""
    found = []
    stretches = [(weight, list(stretch)) for weight, stretch in groupby(trace, key=lambda interval: interval.weight)]
    for weight, intervals in stretches:
        if not weight and len(stretches) > 1:
            continue
        if (intervals[-1].end - intervals[0].start) / window >= _NARROWEST_LABEL:
            found.append(Share(x_percent=percent(intervals[0].start / window), label=say_weight(weight)))
    return tuple(found)


def _limit(metric: str, limit: float, top: float, arms: list[list[float]]) -> Limit:
    """The limit's line, its label on the side and at the end where the curves leave most room."""
    places = [(at_end, shift) for shift in (-6, 15) for at_end in (True, False)]

    def room(place: tuple[bool, int]) -> float:
        at_end, shift = place
        middle = y_of(limit, top) + shift - 4
        if not 8 <= middle <= HEIGHT - 8:
            return -1
        third = [values[-len(values) // 3 :] if at_end else values[: len(values) // 3 + 1] for values in arms]
        return min((abs(y_of(value, top) - middle) for values in third for value in known(values)), default=HEIGHT)

    at_end, shift = max(places, key=lambda place: min(room(place), 14))
    return Limit(
        y=f"{y_of(limit, top):.1f}",
        percent=percent(y_of(limit, top) / HEIGHT),
        label=f"limit {say(metric, limit)}",
        x_percent="100%" if at_end else "0%",
        anchor="end" if at_end else "start",
        shift=str(shift),
    )


def y_ticks(metric: str, top: float) -> tuple[Tick, ...]:
    """The value axis: its two ends and its middle."""
    return tuple(
        Tick(at=f"{y_of(top * part, top):.1f}", percent=percent(1 - part), label=say(metric, top * part), shift=shift)
        for part, shift in ((0.0, "0"), (0.5, "4"), (1.0, "9"))
    )


def x_ticks(window: float) -> tuple[Tick, ...]:
    """The time axis: thirds of the window."""
    unit, length = ("h", 3600) if window > _LONG_WINDOW else ("min", 60)
    return tuple(
        Tick(
            at=f"{WIDTH * part / 3:.1f}",
            percent=percent(part / 3),
            label=f"{window * part / 3 / length:.3g}" + (f"{NBSP}{unit}" if part == 3 else ""),
            anchor=anchor,
        )
        for part, anchor in enumerate(("start", "middle", "middle", "end"))
    )


def _marks(outcome: Outcome, window: float) -> tuple[Mark, ...]:
    """The events, each label beside its line and in the first row where it covers no other."""
    marks: list[Mark] = []
    taken: list[tuple[int, float, float]] = []
    for event in shown(outcome):
        x, label = WIDTH * event.at / window, EVENT_LABELS[event.kind]
        anchor = "start" if event.at < window / 2 else "end"
        left = x if anchor == "start" else x - _LETTER * len(label)
        right = left + _LETTER * len(label)
        row = next(
            row
            for row in range(len(taken) + 1)
            if all(other != row or end <= left or right <= start for other, start, end in taken)
        )
        taken.append((row, left, right))
        kind = "bad" if event.kind == "promoted" and _harmed(outcome) else SHOWN_EVENTS[event.kind]
        marks.append(
            Mark(x=f"{x:.1f}", x_percent=percent(event.at / window), label=label, kind=kind, anchor=anchor, row=row)
        )
    return tuple(marks)


def _harmed(outcome: Outcome) -> bool:
    return outcome.measures["users_harmed_share"] > _HARMFUL


def percent(fraction: float) -> str:
    """A part of the plot box's width or height, for an attribute of an SVG."""
    return f"{fraction * 100:.1f}%"
