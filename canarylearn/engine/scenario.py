"""A scenario: what is really true while a release runs, known to the engine and to nobody in it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from canarylearn.engine.amounts import Moment, Name, Number, Part, Seconds, Share, Weight, Whole, misfit
from canarylearn.engine.evidence import Evidence as Evidence
from canarylearn.engine.faults import Fault, SegmentBug
from canarylearn.engine.traffic import Traffic

MOST_REQUESTS = 5_000_000
MOST_INTERVALS = 2_000


class Capacity(Part):
    """What a revision's replicas can carry: replicas, and requests per second that one of them can serve."""

    replicas: Whole = Field(ge=1, le=1000)
    requests_per_second: Number = Field(gt=0)


class WarmUp(Part):
    """A revision is slow when the window begins: `factor` times as slow, falling evenly to 1 after `lasts` seconds.

    The mean over that time is (1 + factor) / 2 times the latency of a warm revision.
    """

    lasts: Seconds
    factor: Number = Field(gt=1, le=1000)


class Score(Part):
    """The scores that a model gives are normal with this mean and standard deviation."""

    mean: Number = Field(ge=-1e6, le=1e6)
    sd: Number = Field(gt=0, le=1e6)


class Revision(Part):
    """How one deployed model version behaves.

    Latency is log-normal through `p50` and `p95` (seconds). `errors` is the share of requests that fail,
    `accuracy` the share of right predictions among those that do not. `size_mb` and `training_hours` are facts of the
    artefact that no release changes.
    """

    _later: ClassVar[frozenset[str]] = frozenset({"warm_up", "score"})

    name: Name
    p50: Seconds
    p95: Seconds
    errors: Share = 0.0
    accuracy: Share = 1.0
    capacity: Capacity | None = None
    warm_up: WarmUp | None = None
    score: Score | None = None
    size_mb: Number = Field(default=400.0, gt=0)
    training_hours: Number = Field(default=6.0, gt=0)

    @model_validator(mode="after")
    def tail_is_slower_than_middle(self) -> Self:
        """A p95 below the p50 describes no distribution."""
        if self.p95 <= self.p50:
            raise ValueError(f"p95 is {self.p95:g} s and p50 is {self.p50:g} s; p95 must be the larger one")
        return self


class Scenario(Part):
    """What is true during one release: traffic, both revisions, faults.

    `window` is all the simulated time, `trial` the time in which a release left to itself is judged, and
    `interval` the time between measurements, all in seconds. `patience` is the latency (seconds) above which a
    user has waited too long. `start_weight` is the canary's weight, in buckets, before the first step.
    `label_delay` is how long it takes until a prediction is known to be right or wrong, in whole intervals.
    `watch` is the metric worth drawing.
    """

    _later: ClassVar[frozenset[str]] = frozenset({"label_delay"})
    _written: dict[str, Any] = PrivateAttr(default_factory=dict)

    slug: Name
    title: str = Field(min_length=3, max_length=80)
    about: str = Field(min_length=10, max_length=400)
    window: Seconds
    trial: Seconds
    interval: Seconds
    traffic: Traffic
    stable: Revision
    canary: Revision
    faults: tuple[Fault, ...] = Field(default=(), max_length=50)
    patience: Seconds = 1.0
    start_weight: Weight = 0
    label_delay: Moment = 0.0
    watch: Literal["error_rate", "p95", "accuracy"] = "error_rate"
    evidence: Evidence = Evidence()
    salt: str = Field(default="canary", max_length=100)

    @model_validator(mode="wrap")
    @classmethod
    def keep_what_was_written(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The fields as they were written, with their units, so that one of them can be written anew."""
        made = handler(value)
        if isinstance(value, dict):
            made._written = value
        return made

    def varied(self, changes: Mapping[str, object]) -> Self:
        """This scenario with other values in some fields, each named by the way to it: faults.0.rate.

        Raises ValueError for a way that leads nowhere, and for values that do not make a scenario.
        """
        written = deepcopy(self._written)
        for path, value in changes.items():
            *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
            place: Any = written
            try:
                for step in way:
                    place = place[step]
                if last not in place and not (isinstance(last, str) and isinstance(place, dict)):
                    place[last]
                place[last] = value
            except (KeyError, IndexError, TypeError):
                raise ValueError(f"the scenario {self.slug} has no {path}") from None
        return type(self).model_validate(written)

    @model_validator(mode="after")
    def times_fit_together(self) -> Self:
        """Times must nest and divide, and the run must stay affordable."""
        if self.trial > self.window:
            raise misfit("it is longer than window; shorten trial or lengthen window", "trial")
        if not (_divides(self.interval, self.window) and _divides(self.interval, self.trial)):
            raise misfit(
                "window and trial must be whole numbers of intervals; change interval so that it divides both",
                "interval",
            )
        if round(self.window / self.interval) > MOST_INTERVALS:
            raise misfit(f"more than {MOST_INTERVALS} intervals; lengthen interval or shorten window", "interval")
        if self.traffic.expected(self.window) > MOST_REQUESTS:
            message = f"more than {MOST_REQUESTS:,} requests; lower requests_per_second or shorten window"
            raise misfit(message, "traffic")
        return self

    @model_validator(mode="after")
    def revisions_can_be_compared(self) -> Self:
        """Two names, and scores of both or of neither."""
        if self.stable.name == self.canary.name:
            raise ValueError(f"stable and canary are both named {self.stable.name!r}; give them different names")
        if (self.stable.score is None) is not (self.canary.score is None):
            raise ValueError("one revision has a score and the other has none; give both a score, or neither")
        return self

    @model_validator(mode="after")
    def faults_can_be_met(self) -> Self:
        """A fault acts within the window, on a segment that there is."""
        segments = [segment.name for segment in self.traffic.segments]
        for number, fault in enumerate(self.faults):
            if getattr(fault, "since", 0.0) >= self.window:
                raise misfit(
                    f"this {fault.kind} begins when the window is over; let it begin earlier", "faults", number
                )
            if isinstance(fault, SegmentBug) and fault.segment not in segments:
                known = f"the segments are {', '.join(segments)}" if segments else "the traffic has no segments"
                raise misfit(f"there is no segment {fault.segment!r}; {known}", "faults", number, "segment")
        return self


def _divides(part: float, whole: float) -> bool:
    """Whether so many parts make the whole; 0.1 s divides 1 s, whatever the remainder of the floats says."""
    return abs(whole / part - round(whole / part)) < 1e-6
