"""The comparative judge's settings: what it takes to fail a canary, to pass it, and what to do otherwise."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from canarylearn.engine.amounts import Number, Part, Seconds, Share, Whole, misfit

EVENTS = ("errors", "slow", "wrong")
"""What the judge counts on each request: failed, slower than patience, predicted wrong."""

EventName = Literal["errors", "slow", "wrong"]
Policy = Literal["hold", "extend", "promote", "roll_back"]


class Guard(Part):
    """An absolute limit beside the comparison: the canary may not burn its error budget this fast.

    `objective` is the share of requests that should succeed, `burn_rate` how many times too fast is too fast. Both a
    long and a short window have to burn so; they are counted in the scenario's intervals, and before the canary is as
    old as the long window, all of its life counts. `min_events` failures are needed, so that a few requests of a quiet
    hour are no outage.
    """

    objective: Share = Field(gt=0, lt=1)
    burn_rate: Number = Field(default=14.4, gt=0)
    long_window: Seconds = 3600.0
    short_window: Seconds = 300.0
    min_events: Whole = Field(default=10, ge=1)

    @model_validator(mode="after")
    def windows_are_in_order(self) -> Self:
        """The short window ends an alarm early, so it is the shorter one; a burn rate has to be reachable."""
        if self.short_window > self.long_window:
            raise misfit("it is longer than long_window; give the shorter of both here", "short_window")
        if self.burn_rate * (1 - self.objective) > 1:
            raise misfit(
                "not even an outage burns that fast at this objective; lower it or raise the objective", "burn_rate"
            )
        return self


class Evidence(Part):
    """The comparative judge's settings for this scenario, fixed before any data are seen.

    `alpha_fail` and `alpha_pass` bound the chances of a false FAIL and a false PASS; `margin` is how much worse
    (absolute share of requests) the canary may be and still pass; `min_canary` is the least number of canary
    requests a PASS may rest on. `allowed_ratio` is how many times the baseline's rate the canary may have before it
    can be failed. `critical` events can fail a canary and have to pass; the others are signals, which only withhold
    a pass. `guard` is an absolute limit. `inconclusive` is what to do when the planned end comes without a verdict:
    hold the weight for a person, extend once by the same time, promote, or roll back.
    """

    _later: ClassVar[frozenset[str]] = frozenset({"allowed_ratio", "critical", "guard", "inconclusive"})

    alpha_fail: Number = Field(default=0.01, gt=0, lt=0.5)
    alpha_pass: Number = Field(default=0.05, gt=0, lt=0.5)
    margin: Share = 0.01
    min_canary: Whole = Field(default=500, ge=1)
    allowed_ratio: Number = Field(default=1.0, gt=0, le=1000)
    critical: tuple[EventName, ...] = Field(default=("errors", "slow", "wrong"), min_length=1, max_length=3)
    guard: Guard | None = None
    inconclusive: Policy = "hold"

    @model_validator(mode="after")
    def no_event_twice(self) -> Self:
        """Alpha is divided by the number of critical events, so each may be named once."""
        if len(set(self.critical)) < len(self.critical):
            raise misfit("an event is named twice; name each once", "critical")
        return self
