"""A scenario: what is really true while a release runs, known to the engine and to nobody in it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from canarylearn.engine.faults import Fault
from canarylearn.engine.quantities import parse_duration, parse_share, parse_weight

Seconds = Annotated[float, BeforeValidator(parse_duration), Field(gt=0, le=7 * 86400)]
Share = Annotated[float, BeforeValidator(parse_share), Field(ge=0, le=1)]
Weight = Annotated[int, BeforeValidator(parse_weight), Field(ge=0, le=10_000)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]

MOST_REQUESTS = 5_000_000
MOST_INTERVALS = 2_000


class Part(BaseModel):
    """A piece of a scenario file: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Traffic(Part):
    """Who sends requests, and how many.

    Users are numbered from 0. With `even` activity each request comes from a user drawn at random; with
    `uneven` activity a user's chance falls with the rank of the user (Zipf, exponent 0.8), as in most products.
    """

    requests_per_second: float = Field(gt=0, le=100_000)
    users: int = Field(ge=1, le=2_000_000)
    activity: Literal["even", "uneven"] = "even"


class Capacity(Part):
    """What a revision's replicas can carry: replicas, and requests per second that one of them can serve."""

    replicas: int = Field(ge=1, le=1000)
    requests_per_second: float = Field(gt=0)


class Revision(Part):
    """How one deployed model version behaves.

    Latency is log-normal through `p50` and `p95` (seconds). `errors` is the share of requests that fail,
    `accuracy` the share of right predictions among those that do not. `size_mb` and `training_hours` are facts of the
    artefact that no release changes.
    """

    name: Name
    p50: Seconds
    p95: Seconds
    errors: Share = 0.0
    accuracy: Share = 1.0
    capacity: Capacity | None = None
    size_mb: float = Field(default=400.0, gt=0)
    training_hours: float = Field(default=6.0, gt=0)

    @model_validator(mode="after")
    def tail_is_slower_than_middle(self) -> Self:
        """A p95 below the p50 describes no distribution."""
        if self.p95 <= self.p50:
            raise ValueError(f"p95 is {self.p95:g} s and p50 is {self.p50:g} s; p95 must be the larger one")
        return self


class Evidence(Part):
    """The comparative judge's settings for this scenario, fixed before any data are seen.

    `alpha_fail` and `alpha_pass` bound the chances of a false FAIL and a false PASS; `margin` is how much worse
    (absolute share of requests) the canary may be and still pass; `min_canary` is the least number of canary
    requests a PASS may rest on.
    """

    alpha_fail: float = Field(default=0.01, gt=0, lt=0.5)
    alpha_pass: float = Field(default=0.05, gt=0, lt=0.5)
    margin: Share = 0.01
    min_canary: int = Field(default=500, ge=1)


class Scenario(Part):
    """What is true during one release: traffic, both revisions, faults.

    `window` is all the simulated time, `trial` the time in which a release left to itself is judged, and
    `interval` the time between measurements, all in seconds. `patience` is the latency (seconds) above which a
    user has waited too long. `start_weight` is the canary's weight, in buckets, before the first step.
    `watch` is the metric worth drawing.
    """

    slug: Name
    title: str = Field(min_length=3, max_length=80)
    about: str = Field(min_length=10, max_length=400)
    window: Seconds
    trial: Seconds
    interval: Seconds
    traffic: Traffic
    stable: Revision
    canary: Revision
    faults: tuple[Fault, ...] = ()
    patience: Seconds = 1.0
    start_weight: Weight = 0
    watch: Literal["error_rate", "p95", "accuracy"] = "error_rate"
    evidence: Evidence = Evidence()
    salt: str = "canary"

    @model_validator(mode="after")
    def times_fit_together(self) -> Self:
        """Times must nest and divide, and the run must stay affordable."""
        if self.trial > self.window:
            raise ValueError("trial is longer than window; shorten trial or lengthen window")
        if self.window % self.interval or self.trial % self.interval:
            raise ValueError(
                "window and trial must be whole numbers of intervals; change interval so that it divides both"
            )
        if self.window / self.interval > MOST_INTERVALS:
            raise ValueError(f"more than {MOST_INTERVALS} intervals; lengthen interval or shorten window")
        if self.window * self.traffic.requests_per_second > MOST_REQUESTS:
            raise ValueError(f"more than {MOST_REQUESTS:,} requests; lower requests_per_second or shorten window")
        if self.stable.name == self.canary.name:
            raise ValueError(f"stable and canary are both named {self.stable.name!r}; give them different names")
        return self
