"""Threshold checks on one arm, counted as Argo Rollouts counts measurements."""

import math
from dataclasses import dataclass
from typing import Literal

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.metrics import METRICS, ArmMetrics
from canarylearn.engine.quantities import say_latency, say_share


@dataclass(frozen=True, kw_only=True)
class Check:
    """One metric of one arm against one limit.

    A measurement fails above `fails_above` or below `fails_below` (seconds or fractions; at least one is given).
    The check fails when more than `failure_limit` measurements failed, and errs when more than
    `consecutive_error_limit` in a row had no data (Argo Rollouts, analysis semantics).

    Raises ValueError for an unknown metric and for a check without any limit.
    """

    metric: str
    arm: Literal["canary", "baseline"] = "canary"
    fails_above: float | None = None
    fails_below: float | None = None
    failure_limit: int = 0
    consecutive_error_limit: int = 4

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"there is no metric {self.metric!r}; choose one of {', '.join(METRICS)}")
        if self.fails_above is None and self.fails_below is None:
            raise ValueError("a check without a limit can never fail; give fails_above or fails_below")

    @property
    def limit(self) -> float:
        """The limit that is drawn: the upper one where both are given."""
        limit = self.fails_above if self.fails_above is not None else self.fails_below
        assert limit is not None  # held by __post_init__
        return limit

    def measure(self, arm: ArmMetrics) -> State:
        """One measurement: SUCCESSFUL, FAILED, or ERROR when there is nothing to measure."""
        value = arm.value(self.metric)
        if math.isnan(value):
            return State.ERROR
        too_high = self.fails_above is not None and value > self.fails_above
        too_low = self.fails_below is not None and value < self.fails_below
        return State.FAILED if too_high or too_low else State.SUCCESSFUL


@dataclass(kw_only=True)
class Count:
    """The measurements of one check so far: failed ones are cumulative, errors only count in a row."""

    check: Check
    measured: int = 0
    failed: int = 0
    errors_in_a_row: int = 0

    def add(self, arm: ArmMetrics) -> Analysis:
        """Take one more measurement and say where the check stands."""
        state = self.check.measure(arm)
        if state is State.ERROR:
            self.errors_in_a_row += 1
        else:
            self.errors_in_a_row = 0
            self.measured += 1
            self.failed += state is State.FAILED
        return self._verdict(arm)

    def _verdict(self, arm: ArmMetrics) -> Analysis:
        check, value = self.check, arm.value(self.check.metric)
        if self.errors_in_a_row > check.consecutive_error_limit:
            reason = f"{self.errors_in_a_row} measurements in a row had no {check.arm} requests to measure"
            return Analysis(state=State.ERROR, reason=reason)
        if self.failed > check.failure_limit:
            seen, limit = _say(check.metric, value), _say(check.metric, check.limit)
            reason = f"{check.arm} {check.metric} was {seen}; the limit is {limit}"
            return Analysis(state=State.FAILED, reason=reason, numbers={"value": value, "limit": check.limit})
        if math.isnan(value):
            return Analysis(state=State.RUNNING, reason=f"no {check.arm} requests to measure")
        return Analysis(state=State.RUNNING, numbers={"value": value, "limit": check.limit})


def _say(metric: str, value: float) -> str:
    if metric in ("p50", "p95", "p99"):
        return say_latency(value)
    return say_share(value) if metric in ("error_rate", "accuracy") else f"{value:,.0f}"
