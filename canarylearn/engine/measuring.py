"""From requests to metrics: the quantiles and counts of one arm."""

import math
from collections.abc import Sequence

import numpy as np

from canarylearn.engine.faults import Floats, Which
from canarylearn.engine.metrics import NO_REQUESTS, ArmMetrics


def rank(share: float, count: int) -> int:
    """The place, from 0, of a quantile among so many values in order: the nearest rank."""
    return max(0, math.ceil(share * count) - 1)


def quantiles(latency: Floats) -> tuple[float, float, float]:
    """p50, p95 and p99 of a non-empty array of seconds, by nearest rank (the inverted empirical distribution)."""
    # Sorted whole: numpy sorts with vector instructions, and is done sooner than its partition around three ranks.
    ordered = np.sort(latency)
    p50, p95, p99 = (float(ordered[rank(share, len(latency))]) for share in (0.50, 0.95, 0.99))
    return p50, p95, p99


def pooled_quantile(share: float, parts: Sequence[tuple[Floats, float]]) -> float:
    """A quantile of several arrays together, when that of each is known: NaN when all are empty.

    It lies between the least and the greatest of theirs, so only what lies there has to be put in order.
    """
    known = [(values, quantile) for values, quantile in parts if len(values)]
    if not known:
        return math.nan
    low, high = min(quantile for _, quantile in known), max(quantile for _, quantile in known)
    below, between = 0, []
    for values, _ in known:
        below += int(np.count_nonzero(values < low))
        between.append(values[(values >= low) & (values <= high)])
    place = rank(share, sum(len(values) for values, _ in known)) - below
    return float(np.partition(np.concatenate(between), place)[place])


def stability_index(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """The population stability index of two histograms with the same bins: Σ (q - p) ln(q / p); NaN if one is empty.

    Half a count is added to every bin, so that an empty one weighs much and not without end. It is the same both ways
    round, and without any drift its mean is (1 / n + 1 / m) · (bins - 1) for n and m counts.
    """
    if not sum(ours) or not sum(theirs):
        return math.nan
    shares = [[(count + 0.5) / (sum(counts) + len(counts) / 2) for count in counts] for counts in (ours, theirs)]
    return math.fsum((q - p) * math.log(q / p) for q, p in zip(*shares, strict=True))


def measure_arm(
    *,
    latency: Floats,
    failed: Which,
    wrong: Which,
    slow: Which,
    users: int,
    users_at_weight: int = 0,
    scores: tuple[int, ...] = (),
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
        slow=int(np.count_nonzero(slow)),
        wrong=int(np.count_nonzero(wrong)),
        p50=p50,
        p95=p95,
        p99=p99,
        scores=scores,
    )
