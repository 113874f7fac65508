"""What pages show of the challenge, as plain values: clocks, speeds, and the rows of the list."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.learning.models import ClockSpeed
from canarylearn.learning.steps import Step
from quizzes.challenge.models import MOST_TURNS, seconds_allowed
from quizzes.challenge.stands import Stand


@dataclass(frozen=True, kw_only=True)
class ClockView:
    """A clock for the template. `state` is off, runs, over, in-time or late; the last two once it is solved."""

    state: str
    until: datetime | None
    left: float
    left_text: str
    turn_text: str
    may_turn: bool
    urls: dict[str, str]


def minutes_and_seconds(seconds: float) -> str:
    """150 seconds as 2:30; a second that has begun counts as a whole one."""
    whole = ceil(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def view_clock(stand: Stand, now: datetime, slug: str) -> ClockView | None:
    """What a page shows of a clock; nothing where none was begun."""
    clock = stand.clock
    if clock is None:
        return None
    if clock.speed == ClockSpeed.OFF:
        state = "off"
    elif clock.passed:
        state = "in-time" if clock.in_time else "late"
    elif stand.resolved or not clock.runs(now):
        state = "over"
    else:
        state = "runs"
    return ClockView(
        state=state,
        until=clock.deadline,
        left=round(clock.left(now), 1),
        left_text=minutes_and_seconds(clock.left(now)),
        turn_text=minutes_and_seconds(clock.seconds),
        may_turn=state == "runs" and clock.turns < MOST_TURNS,
        urls={
            name.replace("-", "_"): reverse(f"challenge:{name}", args=[slug])
            for name in ("clock", "more-time", "no-clock")
        },
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    """An incident in the list."""

    step: Step
    tries_left: int
    tries: int
    time: str
    clock: ClockView | None
    again: bool
    first: bool

    @property
    def in_time(self) -> bool:
        """Whether it was solved before its clock ran out."""
        return self.clock is not None and self.clock.state == "in-time"


def rows(steps: list[Step], stands: list[Stand], now: datetime, speed: str, more: float = 1.0) -> list[Row]:
    """The incidents with where the learner stands; `time` is what their clock would give, or what is planned.

    `more` is by how much a learner's time is multiplied.
    """
    return [
        Row(
            step=step,
            tries_left=max(0, stand.ready.item.tries - len(stand.standing.attempts)),
            tries=stand.ready.item.tries,
            time=minutes_and_seconds(seconds_allowed(round((stand.ready.item.seconds or 0) * more), speed)),
            clock=view_clock(stand, now, step.slug),
            again=stand.again is not None,
            first=stand.standing.solved and len(stand.standing.attempts) == 1 and not stand.ready.variant,
        )
        for step, stand in zip(steps, stands, strict=True)
    ]


def speeds(chosen: str, planned: int) -> list[dict[str, object]]:
    """The speeds on offer, each with the time it gives; `planned` is that of an incident, or of all together."""
    told = {
        ClockSpeed.NORMAL: _("as planned"),
        ClockSpeed.LONGER: _("half as long again"),
        ClockSpeed.DOUBLE: _("twice as long"),
        ClockSpeed.OFF: _("no clock"),
    }
    return [
        {
            "value": speed.value,
            "text": text,
            "time": "" if speed == ClockSpeed.OFF else minutes_and_seconds(seconds_allowed(planned, speed)),
            "chosen": speed == chosen,
        }
        for speed, text in told.items()
    ]
