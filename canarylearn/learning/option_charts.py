"""One picture of what would have happened under each answer: same users, same luck, a line for each."""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.engine import BUCKETS, Outcome
from canarylearn.engine.quantities import say_count, say_duration, say_share
from canarylearn.items import Answer
from canarylearn.items.explaining import ending
from canarylearn.learning.forms import option_id
from canarylearn.learning.ready import Ready
from canarylearn.learning.verdicts import answer_html
from canarylearn.timeline.drawing import HEIGHT, WIDTH, Tick, percent, round_top, x_ticks

MOST_CURVES = 5
_WORTH_DRAWING = 10  # users harmed by one answer more than by another
_LETTERS_APART = 17.0  # the height of a label, in a plot box of 200
_ABOVE_THE_AXIS = 8.0  # so that the lowest label does not touch the time axis
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The line of one answer, or of several that did the same. `style` numbers its colour and dashes."""

    style: int
    label: str
    answers_html: SafeString
    ending: str
    passed: bool
    yours: bool
    path: str
    label_y: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OptionChart:
    """The lines in a plot box of 1000 by 200, y downwards; `times` are the columns of the table beside it.

    Lines are named where they differ most: shares of traffic where they begin, users harmed where they end.
    """

    title: str
    scenario: str
    desc: str
    curves: tuple[Curve, ...]
    named_at_start: bool
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    times: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """What is drawn of a scenario: one value an interval for each answer, and how to write one."""

    scenario: str
    title: str
    when: str
    values: list[tuple[float, ...]]
    is_share: bool

    def say(self, value: float) -> str:
        return say_share(value) if self.is_share else say_count(value)

    def named_at(self, values: tuple[float, ...]) -> float:
        """The value at the end of a line where its name stands."""
        return values[0] if self.is_share else values[-1]

    @property
    def spread(self) -> float:
        """How far the answers are from each other at the end."""
        ends = [values[-1] for values in self.values]
        return max(ends) - min(ends)


def draw_options(ready: Ready, answers: list[dict[str, int]], yours: list[dict[str, int]]) -> OptionChart | None:
    """The picture of these answers; None where fewer than two of them did different things."""
    released = [answer for answer in answers if ready.judge(answer).code and not ready.judge(answer).refusal]
    if len(released) < 2:
        return None
    drawn = _choose(ready, released)
    groups: dict[tuple[float, ...], list[dict[str, int]]] = {}
    for answer, values in zip(released, drawn.values, strict=True):
        groups.setdefault(values, []).append(answer)
    if len(groups) < 2:
        return None
    kept = _most_telling(ready, groups, yours)
    return _chart(ready, drawn, {values: groups[values] for values in kept}, yours, _notes(answers, released, groups))


def _choose(ready: Ready, released: list[dict[str, int]]) -> _Drawn:
    """The users harmed, in the scenario where the answers differ most in it; where nobody is harmed, the traffic."""
    outcomes = {slug: [_outcome(ready, answer, slug) for answer in released] for slug in ready.item.scenarios}
    harms = [
        _Drawn(
            scenario=slug,
            title=_("Users harmed so far"),
            when=_("After %(time)s, so many users had been harmed: %(told)s."),
            values=[tuple(float(count) for count in outcome.harmed) for outcome in ended],
            is_share=False,
        )
        for slug, ended in outcomes.items()
    ]
    most = max(harms, key=lambda one: one.spread)
    if most.spread >= _WORTH_DRAWING:
        return most
    shares = [
        _Drawn(
            scenario=slug,
            title=_("Share of traffic sent to %(name)s") % {"name": ready.scenarios[slug].canary.name},
            when=_("At the start, so much of the traffic went to %(name)s: %(told)s."),
            values=[tuple(line.weight / BUCKETS for line in outcome.trace) for outcome in ended],
            is_share=True,
        )
        for slug, ended in outcomes.items()
    ]
    return max(shares, key=lambda one: len(set(one.values)))


def _outcome(ready: Ready, answer: Answer, slug: str) -> Outcome:
    outcome = ready.judge(answer).runs[slug].outcome
    assert outcome is not None  # it was not refused, or it would have been left out
    return outcome


def _most_telling(
    ready: Ready, groups: dict[tuple[float, ...], list[dict[str, int]]], yours: list[dict[str, int]]
) -> list[tuple[float, ...]]:
    """The lines worth their place, in the order of the options: what passes, what was answered, then the others."""

    def rank(values: tuple[float, ...]) -> int:
        alike = groups[values]
        return 0 if any(ready.judge(one).passed for one in alike) else 1 if any(one in yours for one in alike) else 2

    kept = sorted(groups, key=rank)[:MOST_CURVES]
    return [values for values in groups if values in kept]


def _notes(
    answers: list[dict[str, int]], released: list[dict[str, int]], groups: dict[tuple[float, ...], list[dict[str, int]]]
) -> tuple[str, ...]:
    notes = []
    if refused := len(answers) - len(released):
        said = ngettext(
            "%(number)s answer was refused and has no line: nothing was released.",
            "%(number)s answers were refused and have no line: nothing was released.",
            refused,
        )
        notes.append(said % {"number": refused})
    if (more := len(groups) - MOST_CURVES) > 0:
        said = ngettext(
            "%(number)s more line is left out; the table has every answer.",
            "%(number)s more lines are left out; the table has every answer.",
            more,
        )
        notes.append(said % {"number": more})
    return tuple(notes)


def _chart(
    ready: Ready,
    drawn: _Drawn,
    groups: dict[tuple[float, ...], list[dict[str, int]]],
    yours: list[dict[str, int]],
    notes: tuple[str, ...],
) -> OptionChart:
    scenario = ready.scenarios[drawn.scenario]
    top = 1.0 if drawn.is_share else round_top([value for values in groups for value in values], None)
    places = _apart([_y(drawn.named_at(values), top) for values in groups])
    moments = [scenario.window * part / 3 for part in (1, 2, 3)]
    curves = []
    for number, (values, alike) in enumerate(groups.items(), start=1):
        endings = dict.fromkeys(ending(ready.judge(one).runs[drawn.scenario]) for one in alike)
        curves.append(
            Curve(
                style=number,
                label=_label(ready, alike, number),
                answers_html=_names(ready, alike),
                ending=_(" or ").join(endings),
                passed=any(ready.judge(one).passed for one in alike),
                yours=any(one in yours for one in alike),
                path=_path(values, top, stepped=drawn.is_share),
                label_y=f"{places[number - 1]:.1f}",
                values=tuple(drawn.say(_by_then(values, moment / scenario.window)) for moment in moments),
            )
        )
    told = "; ".join(
        f"{curve.label}: {drawn.say(drawn.named_at(values))}" for curve, values in zip(curves, groups, strict=True)
    )
    desc = drawn.when % {"time": say_duration(scenario.window), "name": scenario.canary.name, "told": told}
    return OptionChart(
        title=drawn.title,
        scenario=scenario.title,
        desc=desc,
        curves=tuple(curves),
        named_at_start=drawn.is_share,
        y_ticks=tuple(
            Tick(at=f"{_y(top * part, top):.1f}", percent=percent(1 - part), label=drawn.say(top * part), shift=shift)
            for part, shift in ((0.0, "0"), (0.5, "4"), (1.0, "9"))
        ),
        x_ticks=x_ticks(scenario.window),
        times=tuple(say_duration(moment) for moment in moments),
        notes=notes,
    )


def letter(ready: Ready, answer: Answer) -> str:
    """The letter of an answer that is one option; nothing where several blanks make an answer."""
    return option_id(answer[ready.item.blanks[0]]) if len(ready.item.blanks) == 1 else ""


def _label(ready: Ready, alike: list[dict[str, int]], number: int) -> str:
    return "\N{NO-BREAK SPACE}".join(letter(ready, answer) for answer in alike).strip() or str(number)


def _names(ready: Ready, alike: list[dict[str, int]]) -> SafeString:
    """The answers of a line. A question's options are too long to be said twice: their letters stand for them."""
    if ready.item.kind == "question":
        return SafeString("")
    named = format_html_join(_(" or "), "{}", ((answer_html(ready.item, answer),) for answer in alike[:_MOST_NAMED]))
    more = len(alike) - _MOST_NAMED
    return format_html(_("{named} and {more} more"), named=named, more=more) if more > 0 else named


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _path(values: tuple[float, ...], top: float, *, stepped: bool) -> str:
    """A line that rises from nothing, or steps from stretch to stretch."""
    width = WIDTH / len(values)
    if not stepped:
        points = [f"{width * number:.1f} {_y(value, top):.1f}" for number, value in enumerate((0.0, *values))]
        return "M" + "L".join(points)
    parts = [f"M0 {_y(values[0], top):.1f}"]
    for number, (before, now) in enumerate(pairwise(values), start=1):
        if before != now:
            parts.append(f"H{width * number:.1f}V{_y(now, top):.1f}")
    return "".join([*parts, f"H{WIDTH:.0f}"])


def _by_then(values: tuple[float, ...], part: float) -> float:
    """The value of the last interval that had ended by this part of the window."""
    return values[max(0, int(part * len(values) + 1e-9) - 1)]


def _apart(places: list[float]) -> list[float]:
    """Where the labels of lines that end at these heights stand: as near as may be, and none upon another."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    lowest = HEIGHT - _ABOVE_THE_AXIS - _LETTERS_APART * len(order)
    for rank, number in enumerate(order):
        above = moved[order[rank - 1]] + _LETTERS_APART if rank else 0.0
        moved[number] = min(max(moved[number], above), lowest + _LETTERS_APART * (rank + 1))
    return moved
