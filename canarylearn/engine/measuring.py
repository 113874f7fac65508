"""From requests to metrics: the quantiles and counts of one arm."""

import math

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.faults import Floats
from canarylearn.engine.metrics import NO_REQUESTS, ArmMetrics


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
