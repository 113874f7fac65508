"""Who sends requests, and when: the population, its segments, and how the rate changes over a window."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from canarylearn.engine.amounts import Moment, Name, Number, Part, SomeShare, TimeOfDay, Whole, misfit
from canarylearn.engine.quantities import parse_share, say_share

_DAY = 86400.0
_MOST_SEGMENTS = 20


class Daily(Part):
    """A day's curve: at t seconds the rate is 1 + amplitude · cos(2π (starts_at + t - peak) / 24 h) times its mean.

    `peak` is the time of day with the most requests, and the window begins at `starts_at`.
    """

    amplitude: SomeShare
    peak: TimeOfDay = 14 * 3600.0
    starts_at: TimeOfDay = 0.0

    def passed(self, moment: float) -> float:
        """The mean rate's seconds until a moment: the integral of the curve from the start."""
        pace, begun = 2 * math.pi / _DAY, self.starts_at - self.peak
        swing = math.sin(pace * (begun + moment)) - math.sin(pace * begun)
        return moment + self.amplitude / pace * swing


class Burst(Part):
    """From `since` until `until` the rate is `factor` times what it would be; below 1 it is a lull."""

    since: Moment
    until: Moment
    factor: Number = Field(gt=0, le=100)

    @model_validator(mode="after")
    def ends_after_it_began(self) -> Self:
        """A burst that ends before it begins never comes."""
        if self.until <= self.since:
            raise ValueError(f"until ({self.until:g} s) is not after since ({self.since:g} s); write a later until")
        return self


class Segment(Part):
    """A part of the users, such as those on one kind of device: a name and its share of the users."""

    name: Name
    share: SomeShare


def _as_segments(value: object) -> object:
    """Segments are written as a mapping of names to shares."""
    if not isinstance(value, Mapping):
        return value
    for name, share in value.items():
        try:
            parse_share(share)
        except ValueError as error:
            raise misfit(str(error), name) from None
    return tuple({"name": name, "share": share} for name, share in value.items())


class Traffic(Part):
    """Who sends requests, and how many: `requests_per_second` is the mean over a day without bursts.

    Users are numbered from 0. With `even` activity each request comes from a user drawn at random; with
    `uneven` activity a user's chance falls with the rank of the user (Zipf, exponent 0.8), as in most products.
    `segments` says which share of the users belongs to each; a hash of the user decides who.
    """

    _later: ClassVar[frozenset[str]] = frozenset({"daily", "bursts", "segments"})

    requests_per_second: Number = Field(gt=0, le=100_000)
    users: Whole = Field(ge=1, le=2_000_000)
    activity: Literal["even", "uneven"] = "even"
    daily: Daily | None = None
    bursts: tuple[Burst, ...] = Field(default=(), max_length=50)
    segments: Annotated[tuple[Segment, ...], BeforeValidator(_as_segments), Field(max_length=_MOST_SEGMENTS)] = ()

    @model_validator(mode="after")
    def segments_share_all_users(self) -> Self:
        """Every user belongs to one segment."""
        names, total = [segment.name for segment in self.segments], sum(segment.share for segment in self.segments)
        if names and abs(total - 1) > 1e-9:
            raise misfit(
                f"they hold {say_share(round(total, 9))} of the users; make the shares sum to 100 %", "segments"
            )
        if len(set(names)) < len(names):
            raise misfit("two segments have the same name; rename one", "segments")
        return self

    @property
    def is_level(self) -> bool:
        """Whether the rate stays the same all the time."""
        return self.daily is None and not self.bursts

    def turns(self, window: float) -> list[float]:
        """The moments at which a burst begins or ends, with both ends of the window, in order."""
        moments = {moment for burst in self.bursts for moment in (burst.since, burst.until) if moment < window}
        return sorted({0.0, window} | moments)

    def passed(self, begin: float, end: float) -> float:
        """The mean rate's seconds from one moment to another, between which no burst begins or ends."""
        plain = end - begin if self.daily is None else self.daily.passed(end) - self.daily.passed(begin)
        middle = (begin + end) / 2
        return plain * math.prod(burst.factor for burst in self.bursts if burst.since <= middle < burst.until)

    def expected(self, window: float) -> float:
        """How many requests are to be expected in a window of so many seconds."""
        if self.is_level:
            return self.requests_per_second * window
        spans = pairwise(self.turns(window))
        return self.requests_per_second * sum(self.passed(begin, end) for begin, end in spans)
