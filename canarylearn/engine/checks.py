"""Checks: one metric of one arm against a condition, and how many bad measurements are borne."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

from canarylearn.engine.analysis import State
from canarylearn.engine.metrics import METRICS, ArmMetrics

Arm = Literal["canary", "baseline"]


class Condition(Protocol):
    """What a measured value has to satisfy. Frozen and comparable, since it is part of a plan."""

    @property
    def limit(self) -> float | None:
        """The limit that is drawn, in the metric's own unit; None when there is not one line to draw."""

    def judge(self, value: float | None) -> State:
        """One measurement: SUCCESSFUL, FAILED, INCONCLUSIVE or ERROR.

        `value` is in the metric's unit; NaN when the arm had no requests, None when the metric itself was missing.
        """

    def say(self) -> str:
        """The condition in a few words, such as 'at most 0.5'."""


@dataclass(frozen=True, kw_only=True)
class Within:
    """Successful from `at_least` to `at_most`, both included, else failed; no data is an error, never a pass.

    Raises ValueError without any bound, for a bound that is no number, and for bounds in the wrong order.
    """

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        if not bounds:
            raise ValueError("a condition without a bound can never fail; give at_least or at_most")
        if not all(math.isfinite(bound) for bound in bounds) or bounds != sorted(bounds):
            raise ValueError(f"bounds are finite numbers, the lower one first, and not {bounds}")

    @property
    def limit(self) -> float | None:
        """The upper bound where there is one, else the lower."""
        return self.at_most if self.at_most is not None else self.at_least

    def judge(self, value: float | None) -> State:
        """SUCCESSFUL inside the bounds, FAILED outside, ERROR without data."""
        if value is None or math.isnan(value):
            return State.ERROR
        too_high = self.at_most is not None and value > self.at_most
        too_low = self.at_least is not None and value < self.at_least
        return State.FAILED if too_high or too_low else State.SUCCESSFUL

    def say(self) -> str:
        """Such as 'at most 0.5' or 'from 0.9 to 1'."""
        if self.at_least is not None and self.at_most is not None:
            return f"from {self.at_least:g} to {self.at_most:g}"
        return f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One metric of one arm under one condition, counted as Argo Rollouts counts measurements.

    It is measured every `interval` seconds (None: at each interval of the simulation), first after `delay` seconds,
    and is finished after `count` measurements that were not errors (0: never). It fails when more than
    `failure_limit` measurements failed (-1: it cannot fail), is inconclusive above `inconclusive_limit`, errs when
    more than `consecutive_error_limit` in a row were errors, and succeeds early after `consecutive_success_limit`
    successes in a row (0: no such rule). A `dry_run` check is measured and never counts.

    Raises ValueError for an unknown metric.
    """

    metric: str
    condition: Condition
    name: str = ""
    arm: Arm = "canary"
    interval: float | None = None
    delay: float = 0.0
    count: int = 0
    failure_limit: int = 0
    inconclusive_limit: int = 0
    consecutive_error_limit: int = 4
    consecutive_success_limit: int = 0
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"there is no metric {self.metric!r}; choose one of {', '.join(METRICS)}")

    @property
    def title(self) -> str:
        """The check's own name, or the metric's."""
        return self.name or self.metric

    def measure(self, arm: ArmMetrics) -> State:
        """One measurement of an arm's metrics."""
        return self.condition.judge(None if arm.missing else arm.value(self.metric))
