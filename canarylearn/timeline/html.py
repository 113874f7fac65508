"""The figure of a timeline as HTML: made here once, for the pages of the site and for reports that stand alone."""

from html import escape

from canarylearn.timeline.drawing import HEIGHT, WIDTH, Chart

_STRIP = 100


class Html(str):
    """HTML whose every value was escaped when it was made; templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> "Html":
        return self


def tag(name: str, *inside: str, **attributes: str | int) -> Html:
    """An element. Text inside and attributes are escaped, Html is not; `class_` is class, `text_anchor` text-anchor."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{said}>{_joined(inside)}</{name}>")


def figure(chart: Chart, table_label: str) -> Html:
    """The whole figure: key, drawing, the sentence that says the same, and the table. `table_label` names the table."""
    return tag(
        "figure",
        tag("figcaption", tag("p", chart.title, class_="chart-title", id=f"{chart.id}-title"), _key(chart)),
        _drawing(chart),
        tag("p", " ".join((chart.desc, *chart.notes)), class_="quiet", id=f"{chart.id}-words"),
        tag("details", tag("summary", "As a table"), _table(chart, table_label)),
        class_="timeline",
    )


def _joined(parts: tuple[str, ...]) -> str:
    return "".join(part if isinstance(part, Html) else escape(part) for part in parts)


def svg(*inside: str, height: float, **attributes: str | int) -> Html:
    """A drawing as wide as its place."""
    return tag("svg", *inside, width="100%", height=f"{height:g}", **attributes)


def stretched(*inside: str, height: float, box: float, **attributes: str | int) -> Html:
    """A drawing in a box of 1000 by `box`, stretched to the width there is."""
    return svg(*inside, height=height, viewBox=f"0 0 {WIDTH:g} {box:g}", preserveAspectRatio="none", **attributes)


def _key(chart: Chart) -> Html:
    def entry(drawn: str, path: str, words: str) -> Html:
        line = tag("path", class_=drawn, d=path)
        return tag("li", tag("svg", line, width=28, height=10, aria_hidden="true"), words)

    return tag(
        "ul",
        entry("canary", "M2 5H26", f"{chart.canary}, canary"),
        entry("stable", "M2 5H26", f"{chart.stable}, stable"),
        entry("weight", "M0 0H28V10H0Z", f"traffic sent to {chart.canary}"),
        class_="key",
    )


def _drawing(chart: Chart) -> Html:
    return tag(
        "div",
        *(_labels_of_events(chart, row) for row in reversed(chart.mark_rows)),
        _labels_of_values(chart),
        _plot(chart),
        _strip(chart),
        _labels_of_times(chart),
        class_="chart",
        role="img",
        aria_labelledby=f"{chart.id}-title",
        aria_describedby=f"{chart.id}-words",
    )


def _labels_of_events(chart: Chart, row: int) -> Html:
    labels = [
        tag("text", event.label, class_="event", x=event.x_percent, y=12, text_anchor=event.anchor)
        for event in chart.events
        if event.row == row
    ]
    return svg(*labels, height=22, class_="wide")


def _labels_of_values(chart: Chart) -> Html:
    labels = [
        tag("text", tick.label, x="100%", y=tick.percent, dx=-8, dy=tick.shift, text_anchor=tick.anchor)
        for tick in chart.y_ticks
    ]
    return svg(*labels, height=HEIGHT, class_="ys")


def _plot(chart: Chart) -> Html:
    paths = [tag("path", class_="grid", d=f"M0 {tick.at}H{WIDTH:g}") for tick in chart.y_ticks]
    paths += [tag("path", class_=f"event {event.kind}", d=f"M{event.x} 0V{HEIGHT:g}") for event in chart.events]
    if chart.limit:
        paths.append(tag("path", class_="limit", d=f"M0 {chart.limit.y}H{WIDTH:g}"))
    paths += [tag("path", class_="stable", d=chart.stable_path), tag("path", class_="canary", d=chart.canary_path)]
    above = [tag("circle", class_=f"event {event.kind}", cx=event.x_percent, cy=0, r=4) for event in chart.events]
    if chart.limit:
        limit = chart.limit
        place = {"x": limit.x_percent, "y": limit.percent, "dy": limit.shift, "text_anchor": limit.anchor}
        above.append(tag("text", limit.label, class_="limit", **place))
    drawn = stretched(*paths, height=HEIGHT, box=HEIGHT, overflow="visible")
    return svg(drawn, *above, height=HEIGHT, class_="plot")


def _strip(chart: Chart) -> Html:
    area = stretched(tag("path", class_="weight", d=chart.weight_path), height=30, box=_STRIP)
    shares = [tag("text", share.label, class_="share", x=share.x_percent, y=20, dx=6) for share in chart.shares]
    return svg(area, *shares, height=30, class_="wide strip")


def _labels_of_times(chart: Chart) -> Html:
    labels = [tag("text", tick.label, x=tick.percent, y=15, text_anchor=tick.anchor) for tick in chart.x_ticks]
    return svg(*labels, height=20, class_="wide")


def _table(chart: Chart, label: str) -> Html:
    titles = ("Time", f"To {chart.canary}", chart.stable, chart.canary, "What happened")
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    rows = [
        tag("tr", tag("th", row.time, scope="row"), *(tag("td", cell) for cell in cells))
        for row in chart.rows
        for cells in [(row.weight, row.stable, row.canary, row.event)]
    ]
    named = f"{label}: {chart.title}, as a table"
    table = tag("table", head, tag("tbody", *rows))
    return tag("div", table, class_="scroll", tabindex=0, role="region", aria_label=named)
