"""The table of items: a row of figures each, in any order, and as a file."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.exchange.cells import escape_cell
from canarylearn.insight import LEAST, Analysis, Interval, Table, analyse, outliers, reliability
from canarylearn.learning.models import Topic
from canarylearn.reports.gathering import Known, gather, items_of
from canarylearn.reports.words import FEWEST, bounds, count, minutes, part, percent, say_flag, say_outlier, too_few

_ROOMS = {
    "practice": gettext_lazy("Practice"),
    "challenge": gettext_lazy("Challenge"),
    "test": gettext_lazy("Test"),
}

LEAST_ITEMS = 2


@dataclass(frozen=True, kw_only=True)
class Row:
    """One item: its analysis, what is known of it, and its flags in words."""

    known: Known
    found: Analysis
    flags: list[str]

    @property
    def title(self) -> str:
        """What it is called now."""
        assert self.known.row.current is not None
        return self.known.row.current.title

    @property
    def level(self) -> str:
        """How difficult its author took it to be."""
        assert self.known.row.current is not None
        return self.known.row.current.level

    @property
    def room(self) -> str:
        """Where it is met."""
        return str(_ROOMS[self.known.row.room])

    @property
    def url(self) -> str:
        """Its page of figures."""
        return reverse("insight:item", args=[self.known.slug])

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Each column's title and what stands in it."""
        found = self.found
        if not found.is_enough:
            return [(str(column.title), column.early(self) if column.early else "–") for column in COLUMNS]
        return [(str(column.title), column.say(self)) for column in COLUMNS]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its name in addresses, its title, how to sort and to say it, and what it says of too few answers."""

    name: str
    title: str | Promise
    value: Callable[[Row], float | None]
    say: Callable[[Row], str]
    early: Callable[[Row], str] | None = None


def _rate(value: float | None) -> str:
    return "–" if value is None else percent(value)


def _discrimination(row: Row) -> str:
    told = row.found.discrimination
    return f"{told.value:.2f} ({bounds(told)})" if told else "–"


def _give_up(row: Row) -> str:
    rate = row.found.give_up_rate
    return "–" if rate is None else part(round(rate * row.found.met), row.found.met)


def _hints(row: Row) -> str:
    rate = row.found.hint_rate
    return "–" if rate is None else part(round(rate * row.found.met), row.found.met)


def _value(found: Interval | None) -> float | None:
    return found.value if found else None


COLUMNS = (
    Column(
        name="learners",
        title=gettext_lazy("Learners"),
        value=lambda row: row.found.count,
        say=lambda row: str(row.found.count),
        early=lambda row: too_few(row.found.count),
    ),
    Column(
        name="facility",
        title=gettext_lazy("First try"),
        value=lambda row: _value(row.found.facility),
        say=lambda row: _rate(_value(row.found.facility)),
    ),
    Column(
        name="floor",
        title=gettext_lazy("Guess floor"),
        value=lambda row: row.found.floor,
        say=lambda row: percent(row.found.floor),
        early=lambda row: percent(row.found.floor),
    ),
    Column(
        name="knew",
        title=gettext_lazy("Knew it"),
        value=lambda row: row.found.corrected,
        say=lambda row: _rate(row.found.corrected),
    ),
    Column(
        name="discrimination",
        title=gettext_lazy("Discrimination"),
        value=lambda row: _value(row.found.discrimination),
        say=_discrimination,
    ),
    Column(
        name="efficiency",
        title=gettext_lazy("Efficiency"),
        value=lambda row: row.found.efficiency,
        say=lambda row: "–" if row.found.efficiency is None else percent(row.found.efficiency / 100),
    ),
    Column(
        name="hints",
        title=gettext_lazy("Hints"),
        value=lambda row: row.found.hint_rate,
        say=_hints,
    ),
    Column(
        name="time",
        title=gettext_lazy("Median time"),
        value=lambda row: row.found.seconds,
        say=lambda row: "–" if row.found.seconds is None else minutes(row.found.seconds),
    ),
    Column(
        name="left",
        title=gettext_lazy("Gave up"),
        value=lambda row: row.found.give_up_rate,
        say=_give_up,
    ),
    Column(
        name="reports",
        title=gettext_lazy("Reports"),
        value=lambda row: row.known.reports,
        say=lambda row: count(row.known.reports),
        early=lambda row: count(row.known.reports),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Set:
    """The items of a room, and how much they measure one thing."""

    title: str
    items: int
    reliability: Interval | None
    learners: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A topic's items with their figures."""

    topic: Topic
    table: Table
    rows: list[Row]
    sets: list[Set] = field(default_factory=list)


def overview(topic: Topic) -> Overview:
    """Every item that is asked now, in its current version. Six queries."""
    table, items = gather(topic), items_of(topic)
    found = {
        one.slug: analyse(
            table,
            one.slug,
            floor=one.floor,
            options=one.options,
            version=one.version,
            order=one.row.kind == "order",
        )
        for one in items
    }
    told = _outliers(items, found)
    rows = [
        Row(
            known=one,
            found=found[one.slug],
            flags=[
                *(say_flag(flag, one.spec) for flag in found[one.slug].flags),
                *told.get(one.slug, ()),
            ],
        )
        for one in items
    ]
    return Overview(topic=topic, table=table, rows=rows, sets=_sets(items, table))


def _outliers(items: Sequence[Known], found: Mapping[str, Analysis]) -> dict[str, list[str]]:
    rates: dict[str, dict[str, float | None]] = {
        "hints": {slug: one.hint_rate for slug, one in found.items()},
        "time": {slug: one.seconds for slug, one in found.items()},
        "left": {slug: one.give_up_rate for slug, one in found.items()},
        "reports": {
            one.slug: one.reports / found[one.slug].met if one.reports >= FEWEST else 0.0
            for one in items
            if found[one.slug].met >= LEAST
        },
    }
    told: dict[str, list[str]] = {}
    for code, values in rates.items():
        for one in outliers(code, {slug: value for slug, value in values.items() if value is not None}):
            told.setdefault(one.item, []).append(say_outlier(one))
    return told


def _sets(items: Sequence[Known], table: Table) -> list[Set]:
    """The rooms whose items everybody may answer; of a test's bank each learner meets a part."""
    sets = []
    for room in ("practice", "challenge"):
        slugs = [one.slug for one in items if one.row.room == room]
        if len(slugs) >= LEAST_ITEMS:
            scores = table.matrix(slugs)
            sets.append(
                Set(title=str(_ROOMS[room]), items=len(slugs), reliability=reliability(scores), learners=len(scores))
            )
    return sets


def ordered(rows: Sequence[Row], sort: str) -> list[Row]:
    """Rows by a column, named with a minus for the other way round; what is not known comes last."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    column = next((one for one in COLUMNS if one.name == name), None)
    if name == "flags":
        return sorted(rows, key=lambda row: len(row.flags), reverse=down)
    if column is None:
        return list(rows)
    known = [row for row in rows if column.value(row) is not None]
    rest = [row for row in rows if column.value(row) is None]
    return [*sorted(known, key=lambda row: column.value(row) or 0.0, reverse=down), *rest]


def as_csv(seen: Overview) -> str:
    """The table as a file that spreadsheets open, and run nothing of. Shares are from 0 to 1, times are in seconds."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [_("item"), _("title"), _("room"), _("kind"), _("level"), *(str(one.title) for one in COLUMNS)]
    heads += [_("discrimination, from"), _("discrimination, to"), _("flags")]
    writer.writerow([escape_cell(head) for head in heads])
    for row in seen.rows:
        facts = [row.known.slug, row.title, row.room, row.known.row.get_kind_display(), row.level]
        told = row.found.discrimination
        writer.writerow(
            [
                *(escape_cell(fact) for fact in facts),
                *(_plain(column, row) for column in COLUMNS),
                *([f"{told.low:.4f}", f"{told.high:.4f}"] if told else ["", ""]),
                escape_cell(" ".join(row.flags)),
            ]
        )
    return "\ufeff" + out.getvalue()


def _plain(column: Column, row: Row) -> str:
    """A figure as a number, which no spreadsheet takes for a formula; words where it is not told."""
    if not row.found.is_enough:
        return (
            escape_cell(column.early(row)) if column.early and column.name != "floor" else _number(_early(column, row))
        )
    said, value = column.say(row), column.value(row)
    return escape_cell(said) if said == count(1) else _number(value)


def _early(column: Column, row: Row) -> float | None:
    return column.value(row) if column.early else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
