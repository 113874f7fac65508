"""What can be measured of one arm in one interval."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.faults import Floats

METRICS = ("requests", "users", "error_rate", "p50", "p95", "p99", "accuracy")
"""The metrics of an arm, by the names that scripts and checks use."""


@dataclass(frozen=True, kw_only=True)
class ArmMetrics:
    """One arm (canary or baseline) in one interval, or over a whole trial.

    `requests`, `users`, `errors` and `slow` (slower than the scenario's patience) are counts, and so is
    `users_at_weight`, the different users since the weight last changed; `p50`, `p95`, `p99` are seconds over all
    requests; `accuracy` is the share of right predictions among requests that did not fail.
    Whatever has no data is NaN, never a neutral number.
    """

    requests: int
    users: int
    errors: int
    slow: int
    wrong: int
    users_at_weight: int = 0
    p50: float = field(default=math.nan)
    p95: float = field(default=math.nan)
    p99: float = field(default=math.nan)

    @property
    def error_rate(self) -> float:
        """Failed requests as a fraction of all; NaN without requests."""
        return self.errors / self.requests if self.requests else math.nan

    @property
    def accuracy(self) -> float:
        """Right predictions as a fraction of answered requests; NaN when none was answered."""
        answered = self.requests - self.errors
        return 1 - self.wrong / answered if answered else math.nan

    def value(self, metric: str) -> float:
        """The metric of that name; KeyError when there is none."""
        if metric not in METRICS:
            raise KeyError(metric)
        return float(getattr(self, metric))


NO_REQUESTS = ArmMetrics(requests=0, users=0, errors=0, slow=0, wrong=0)


def quantiles(latency: Floats) -> tuple[float, float, float]:
    """p50, p95 and p99 of a non-empty array of seconds, by nearest rank (the inverted empirical distribution)."""
    ranks = [max(0, math.ceil(q * len(latency)) - 1) for q in (0.50, 0.95, 0.99)]
    # Sorted whole: numpy sorts with vector instructions, and is done sooner than its partition around three ranks.
    ordered = np.sort(latency)
    return float(ordered[ranks[0]]), float(ordered[ranks[1]]), float(ordered[ranks[2]])


def measure_arm(
    *,
    latency: Floats,
    failed: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
    users: int,
    users_at_weight: int = 0,
    patience: float,
) -> ArmMetrics:
    """The metrics of the requests an arm served; `users` and `users_at_weight` are counted elsewhere."""
    if not len(latency):
        return NO_REQUESTS
    p50, p95, p99 = quantiles(latency)
    return ArmMetrics(
        requests=len(latency),
        users=users,
        users_at_weight=users_at_weight,
        errors=int(np.count_nonzero(failed)),
        slow=int(np.count_nonzero(latency > patience)),
        wrong=int(np.count_nonzero(wrong)),
        p50=p50,
        p95=p95,
        p99=p99,
    )
