"""A live run on its page: one of its frames, and the table of those that may be seen."""

from dataclasses import dataclass

from canarylearn.engine.quantities import say_count, say_duration, say_latency, say_weight
from canarylearn.lessons.frames import (
    FrameView,
    address,
    analysis_words,
    event_words,
    failed,
    names_of,
    show_frame,
)
from canarylearn.lessons.walking import Live


@dataclass(frozen=True, kw_only=True)
class Row:
    """A frame as a line of the table."""

    number: int
    url: str
    time: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StageView:
    """A run on its page: the frame that is shown, and the table of the frames that may be seen."""

    slug: str
    title: str
    most_minutes: str
    names: tuple[str, str]
    open_until: int
    is_open: bool
    rows: tuple[Row, ...]
    frame: FrameView


def show_stage(live: Live, answers: list[str], number: int, *, given: str = "", message: str = "") -> StageView:
    """A run at one of its open frames. `given` is what was sent to the gate there, with what was wrong with it."""
    walked, until = live.walked, live.open_until(answers)
    return StageView(
        slug=live.slug,
        title=walked.walk.title,
        most_minutes=say_duration(walked.scenario.trial),
        names=names_of(walked),
        open_until=until,
        is_open=until == walked.last,
        rows=tuple(_row(live, frame) for frame in range(1, until + 1)),
        frame=show_frame(live, answers, number, given=given, message=message),
    )


def _row(live: Live, number: int) -> Row:
    walked = live.walked
    interval = walked.frames[number - 1]
    return Row(
        number=number,
        url=address(live.topic, live.slug, number),
        time=f"{round(interval.start / 60)}–{round(interval.end / 60)}",
        cells=(
            say_weight(interval.weight),
            say_count(interval.canary.requests),
            failed(interval.baseline),
            failed(interval.canary),
            say_latency(interval.baseline.p95),
            say_latency(interval.canary.p95),
            analysis_words(walked, number),
            event_words(walked, number),
        ),
    )
