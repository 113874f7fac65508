"""A release in the middle of it: what has been seen so far, interval by interval, with one of them brought out.

Three panels share the time axis: failures, p95, and the evidence, which is the quantity that everything hangs on. The
axis ends where a release may end at the latest, so that it tells nothing about when this one does.
"""

import math
from dataclasses import dataclass

from canarylearn.engine import Interval
from canarylearn.engine.quantities import NBSP, say_share
from canarylearn.timeline.drawing import (
    HEIGHT,
    WIDTH,
    Share,
    Tick,
    line_of,
    percent,
    round_top,
    series,
    shares_of,
    weight_area,
    y_of,
    y_ticks,
)
from canarylearn.timeline.html import Html, stretched, svg, tag
from canarylearn.timeline.words import METRIC_TITLES, SHOWN_EVENTS

PANEL = 104
_LIT_PANEL = 128
_STRIP = 30
_THIRDS = 3
_TOO_FAR = 75


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One quantity of both arms over time; `dots` are the values of the interval that is brought out."""

    title: str
    paths: tuple[tuple[str, str], ...]
    dots: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    limit: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Stepping:
    """The picture of a release so far; the last panel is the one that is lit. `now` is the band of one interval."""

    panels: tuple[Panel, ...]
    weight_path: str
    shares: tuple[Share, ...]
    x_ticks: tuple[Tick, ...]
    now: str
    now_x: str
    event: tuple[str, str] | None
    names: tuple[str, str]


def draw_so_far(
    seen: tuple[Interval, ...],
    evidence: tuple[float, ...],
    *,
    trial: float,
    window: float,
    names: tuple[str, str],
    event: tuple[float, str] | None = None,
) -> Stepping:
    """The picture after the last interval seen. The axis ends at `window`, and is marked up to `trial` (seconds).

    `names` are stable and canary.
    `event` is what has ended the release by now: its time and its kind.
    `evidence` has a part of what stops the release for each interval, NaN where none is gathered.
    """
    last = seen[-1]
    begin, end = (WIDTH * moment / window for moment in (last.start, last.end))
    metrics = [_metric_panel(seen, metric, window) for metric in ("error_rate", "p95")]
    return Stepping(
        panels=(*metrics, _evidence_panel(seen, evidence, window, title=f"Evidence against {names[1]}")),
        weight_path=weight_area(seen, window),
        shares=shares_of(seen, window),
        x_ticks=_times(window, trial),
        now=f"M{begin:.1f} 0H{end:.1f}V{HEIGHT:g}H{begin:.1f}Z",
        now_x=percent((last.start + last.end) / 2 / window),
        event=(f"{WIDTH * event[0] / window:.1f}", SHOWN_EVENTS[event[1]]) if event else None,
        names=names,
    )


def _times(window: float, trial: float) -> tuple[Tick, ...]:
    """The time axis: thirds of the time in which the release may be decided."""
    moments = [trial * part / _THIRDS for part in range(_THIRDS + 1)]
    return tuple(
        Tick(
            at=f"{WIDTH * moment / window:.1f}",
            percent=percent(moment / window),
            label=f"{moment / 60:.3g}" + (f"{NBSP}min" if moment == moments[-1] else ""),
            anchor={0.0: "start", trial: "end"}.get(moment, "middle"),
        )
        for moment in moments
    )


def _metric_panel(seen: tuple[Interval, ...], metric: str, window: float) -> Panel:
    arms = {"stable": series(seen, "baseline", metric), "canary": series(seen, "canary", metric)}
    top = round_top([*arms["stable"], *arms["canary"]], None)
    return Panel(
        title=METRIC_TITLES[metric],
        paths=tuple((arm, line_of(seen, values, top, window)) for arm, values in arms.items()),
        dots=tuple(
            (arm, percent(y_of(values[-1], top) / HEIGHT)) for arm, values in arms.items() if not math.isnan(values[-1])
        ),
        ticks=(y_ticks(metric, top)[0], y_ticks(metric, top)[2]),
    )


def _evidence_panel(seen: tuple[Interval, ...], evidence: tuple[float, ...], window: float, *, title: str) -> Panel:
    values = list(evidence)
    top = max(1.25, *(1.1 * value for value in values if not math.isnan(value)), 1.25)
    known = not math.isnan(values[-1])
    return Panel(
        title=title,
        paths=(("evidence", line_of(seen, values, top, window)),),
        dots=(("evidence", percent(y_of(values[-1], top) / HEIGHT)),) if known else (),
        ticks=(
            Tick(at=f"{HEIGHT:g}", percent="100%", label=say_share(0), shift="0"),
            Tick(at=f"{y_of(1, top):.1f}", percent=percent(y_of(1, top) / HEIGHT), label=f"100{NBSP}%", shift="4"),
        ),
        limit=f"{y_of(1, top):.1f}",
        label=f"{100 * values[-1]:.0f}{NBSP}%" if known else "",
    )


def stepping_figure(chart: Stepping, *, title: str, words_id: str) -> Html:
    """The picture as HTML; `title` names it, and the element `words_id` of the page says what it shows."""
    return tag(
        "figure",
        tag("figcaption", _key(chart)),
        tag(
            "div",
            *(part for panel in chart.panels for part in _panel(panel, chart, lit=panel is chart.panels[-1])),
            _strip(chart),
            _labels_of_times(chart),
            class_="chart",
            role="img",
            aria_label=title,
            aria_describedby=words_id,
        ),
        class_="timeline stepping",
    )


def _key(chart: Stepping) -> Html:
    stable, canary = chart.names
    drawn = (
        ("canary", "M2 5H26", f"{canary}, canary"),
        ("stable", "M2 5H26", f"{stable}, stable"),
        ("weight", "M0 0H28V10H0Z", f"traffic sent to {canary}"),
    )
    lines = [
        tag("li", tag("svg", tag("path", class_=name, d=path), width=28, height=10, aria_hidden="true"), words)
        for name, path, words in drawn
    ]
    return tag("ul", *lines, class_="key")


def _panel(panel: Panel, chart: Stepping, *, lit: bool) -> tuple[Html, Html, Html]:
    height = _LIT_PANEL if lit else PANEL
    labels = [
        tag("text", tick.label, x="100%", y=tick.percent, dx=-8, dy=tick.shift, text_anchor=tick.anchor)
        for tick in panel.ticks
    ]
    paths = [tag("path", class_="now", d=chart.now)]
    paths += [tag("path", class_="grid", d=f"M0 {tick.at}H{WIDTH:g}") for tick in panel.ticks]
    if panel.limit:
        paths.append(tag("path", class_="limit", d=f"M0 {panel.limit}H{WIDTH:g}"))
    if chart.event:
        paths.append(tag("path", class_=f"event {chart.event[1]}", d=f"M{chart.event[0]} 0V{HEIGHT:g}"))
    paths += [tag("path", class_=name, d=path) for name, path in panel.paths]
    above = [
        tag("circle", class_=f"walk-dot of-{name}", cx=chart.now_x, cy=y, r=7 if lit else 5) for name, y in panel.dots
    ]
    if panel.label:
        is_left = float(chart.now_x[:-1]) < _TOO_FAR
        dx, anchor = (12, "start") if is_left else (-12, "end")
        place = {"x": chart.now_x, "y": panel.dots[0][1], "text_anchor": anchor}
        above.append(tag("text", panel.label, class_="lit-value", dx=dx, dy=-6, **place))
    drawn = stretched(*paths, height=height, box=HEIGHT, overflow="visible")
    return (
        tag("p", panel.title, class_="panel-title"),
        svg(*labels, height=height, class_="ys"),
        svg(drawn, *above, height=height, class_="plot lit" if lit else "plot"),
    )


def _strip(chart: Stepping) -> Html:
    drawn = stretched(tag("path", class_="weight", d=chart.weight_path), height=_STRIP, box=100)
    shares = [tag("text", share.label, class_="share", x=share.x_percent, y=20, dx=6) for share in chart.shares]
    return svg(drawn, *shares, height=_STRIP, class_="wide strip")


def _labels_of_times(chart: Stepping) -> Html:
    labels = [tag("text", tick.label, x=tick.percent, y=15, text_anchor=tick.anchor) for tick in chart.x_ticks]
    return svg(*labels, height=20, class_="wide")


def gap_picture(predicted: float, observed: float) -> Html:
    """Two marks on one line that begins at 0: what was predicted, what was observed, and the gap between them."""
    top = max(predicted, observed, 1) * 1.08
    mine, seen = percent(predicted / top), percent(observed / top)
    stretch = f"M{WIDTH * predicted / top:.1f} 10H{WIDTH * observed / top:.1f}"
    drawn = stretched(
        tag("path", class_="grid", d=f"M0 10H{WIDTH:g}"), tag("path", class_="between", d=stretch), height=20, box=20
    )
    marks = (
        tag("circle", class_="mine", cx=mine, cy=10, r=6),
        tag("circle", class_="seen", cx=seen, cy=10, r=6),
    )
    return tag("div", svg(drawn, *marks, height=20, aria_hidden="true"), class_="chart distance")
