"""A sitting's course as a picture: how sure it was after each answer, between the two limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from canarylearn.mastery import NOT_YET_AT, STRONG_AT
from canarylearn.timeline.drawing import HEIGHT, WIDTH

_MOST_LABELS = 10


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on an axis: its label, where it is in the plot box, and the same in percent."""

    label: str
    at: str
    percent: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """The belief after an answer: `up` says that it passed."""

    x: str
    y: str
    up: bool


@dataclass(frozen=True, kw_only=True)
class CourseChart:
    """A line in a plot box of WIDTH by HEIGHT, y downwards, and the same in a sentence."""

    path: str
    points: list[Point]
    limits: list[Mark]
    y_marks: list[Mark]
    x_marks: list[Mark]
    words: str


def draw_course(course: Sequence[float], passed: Sequence[bool]) -> CourseChart:
    """The course of a sitting that ended with at least one answer."""
    last = len(passed)
    places = [(WIDTH * number / last, HEIGHT * (1 - sure)) for number, sure in enumerate(course)]
    step = -(-last // _MOST_LABELS)
    return CourseChart(
        path="M" + "L".join(f"{_say(x)} {_say(y)}" for x, y in places),
        points=[
            Point(x=_percent(x / WIDTH), y=_percent(y / HEIGHT), up=one)
            for (x, y), one in zip(places[1:], passed, strict=True)
        ],
        limits=[_mark(_("strong"), STRONG_AT), _mark(_("not yet"), NOT_YET_AT)],
        y_marks=[_mark(say_sure(share, plain=True), share) for share in (1.0, STRONG_AT, 0.5, NOT_YET_AT, 0.0)],
        x_marks=[
            Mark(label=str(number), at=_say(WIDTH * number / last), percent=_percent(number / last))
            for number in range(0, last + 1, step)
        ],
        words=_("It began at %(first)s, was between %(low)s and %(high)s, and ended at %(last)s.")
        % {
            "first": say_sure(course[0]),
            "low": say_sure(min(course)),
            "high": say_sure(max(course)),
            "last": say_sure(course[-1]),
        },
    )


def say_sure(share: float, *, plain: bool = False) -> str:
    """A belief in percent; never wholly sure, unless it is a `plain` share."""
    percent = round(100 * share)
    return f"{percent if plain else min(99, max(1, percent))}\u00a0%"


def _mark(label: str, share: float) -> Mark:
    return Mark(label=label, at=_say(HEIGHT * (1 - share)), percent=_percent(1 - share))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _say(value: float) -> str:
    return f"{value:.1f}"
