"""Two samples by ranks: Mann-Whitney, the shift between them, and Brunner-Munzel. Loads scipy.stats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from canarylearn.engine.tails import Side, Span

Numbers = NDArray[np.float64]

_SCIPY_SIDES = {"two-sided": "two-sided", "larger": "greater", "smaller": "less"}
_ALL_PAIRS = 4_000_000


@dataclass(frozen=True, kw_only=True)
class RankTest:
    """Mann-Whitney's U of the canary, its p-value, the chance that a canary value is the larger one, and the shift."""

    u: float
    p: float
    larger: float
    shift: float
    span: Span


@dataclass(frozen=True, kw_only=True)
class LargerTest:
    """Brunner and Munzel: the chance that a canary value is the larger one, its interval, the statistic and p."""

    larger: float
    span: Span
    statistic: float
    p: float


def mann_whitney(
    canary: Sequence[float],
    baseline: Sequence[float],
    side: Side = "two-sided",
    *,
    method: str = "auto",
    continuity: bool = True,
    alpha: float = 0.05,
) -> RankTest:
    """Mann and Whitney's rank test, 'exact', 'asymptotic' or 'auto' (exact for small samples without ties).

    The shift is Hodges and Lehmann's (1963): the median of all pairwise differences; its interval is Moses's, from
    the normal approximation of U with the variance for ties.

    >>> mann_whitney([10, 20, 30, 40], [1, 2, 3, 4], method="exact").shift
    22.5
    """
    ours, theirs = _numbers(canary), _numbers(baseline)
    result = stats.mannwhitneyu(ours, theirs, alternative=_SCIPY_SIDES[side], method=method, use_continuity=continuity)
    u = float(result.statistic)
    return RankTest(
        u=u,
        p=float(result.pvalue),
        larger=u / (ours.size * theirs.size),
        shift=hodges_lehmann(ours, theirs),
        span=shift_interval(ours, theirs, alpha),
    )


def mann_whitney_p(canary: Sequence[float], baseline: Sequence[float], side: Side = "two-sided") -> float:
    """The p-value of `mann_whitney` alone, without the shift."""
    result = stats.mannwhitneyu(_numbers(canary), _numbers(baseline), alternative=_SCIPY_SIDES[side])
    return float(result.pvalue)


def hodges_lehmann(canary: Sequence[float] | Numbers, baseline: Sequence[float] | Numbers) -> float:
    """The median of all pairwise differences, canary minus baseline."""
    ours, theirs = _numbers(canary), _numbers(baseline)
    pairs = ours.size * theirs.size
    middle = [(pairs - 1) // 2, pairs // 2]
    return float(np.mean(_ordered_differences(ours, theirs, middle)))


def shift_interval(canary: Sequence[float] | Numbers, baseline: Sequence[float] | Numbers, alpha: float) -> Span:
    """Moses's interval for the shift: the k-th smallest and largest pairwise differences, k from the law of U."""
    ours, theirs = _numbers(canary), _numbers(baseline)
    m, n = ours.size, theirs.size
    deviation = math.sqrt(m * n / 12 * (m + n + 1 - _tied(ours, theirs) / max(1, (m + n) * (m + n - 1))))
    k = max(0, math.floor(m * n / 2 - float(stats.norm.ppf(1 - alpha / 2)) * deviation - 0.5))
    low, high = _ordered_differences(ours, theirs, [k, m * n - 1 - k])
    return Span(low=low, high=high)


def cles(canary: Sequence[float], baseline: Sequence[float]) -> float:
    """The chance that a canary value is larger than a baseline value, ties halved (McGraw and Wong 1992)."""
    ours, theirs = _numbers(canary), np.sort(_numbers(baseline))
    below = np.searchsorted(theirs, ours, "left") + np.searchsorted(theirs, ours, "right")
    return float(below.sum()) / (2 * ours.size * theirs.size)


def brunner_munzel(
    canary: Sequence[float], baseline: Sequence[float], side: Side = "two-sided", alpha: float = 0.05
) -> LargerTest:
    """Brunner and Munzel's test (2000) that neither arm tends to be larger; unlike Mann-Whitney the spread may differ.

    Its interval is Wald's and may reach beyond 0 and 1.
    """
    ours, theirs = _numbers(canary), _numbers(baseline)
    m, n = ours.size, theirs.size
    ranks = stats.rankdata(np.concatenate([ours, theirs]))
    placements = [(ranks[:m] - stats.rankdata(ours)) / n, (ranks[m:] - stats.rankdata(theirs)) / m]
    larger = float(placements[0].mean())
    parts = [float(placement.var(ddof=1)) / placement.size for placement in placements]
    error = math.sqrt(sum(parts))
    if not error:
        statistic = 0.0 if larger == 0.5 else math.copysign(math.inf, larger - 0.5)
        certain = 1.0 if larger == 0.5 else 0.0
        p = certain if side == "two-sided" else float((statistic > 0) != (side == "larger"))
        return LargerTest(larger=larger, span=Span(low=larger, high=larger), statistic=statistic, p=p)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (m - 1) + parts[1] ** 2 / (n - 1))
    statistic = (larger - 0.5) / error
    half = float(stats.t.ppf(1 - alpha / 2, df)) * error
    tails = {
        "two-sided": 2 * stats.t.sf(abs(statistic), df),
        "larger": stats.t.sf(statistic, df),
        "smaller": stats.t.cdf(statistic, df),
    }
    return LargerTest(
        larger=larger, span=Span(low=larger - half, high=larger + half), statistic=statistic, p=float(tails[side])
    )


def _numbers(values: Sequence[float] | Numbers) -> Numbers:
    array = np.asarray(values, dtype=float)
    if not array.size or not np.isfinite(array).all():
        raise ValueError("ranks need at least one number in each arm, and nothing but finite numbers")
    return array


def _tied(ours: Numbers, theirs: Numbers) -> float:
    counts = np.unique(np.concatenate([ours, theirs]), return_counts=True)[1].astype(float)
    return float((counts**3 - counts).sum())


def _ordered_differences(ours: Numbers, theirs: Numbers, wanted: list[int]) -> list[float]:
    """The differences at these places (from 0) in the order of all of them, without listing a billion."""
    if ours.size * theirs.size <= _ALL_PAIRS:
        differences = np.subtract.outer(ours, theirs).ravel()
        return [float(value) for value in np.partition(differences, sorted(set(wanted)))[wanted]]
    ours, theirs = np.sort(ours), np.sort(theirs)
    return [_ordered_difference(ours, theirs, place) for place in wanted]


def _ordered_difference(ours: Numbers, theirs: Numbers, place: int) -> float:
    """Bisection on the value: how many differences are at most d is one search of the sorted baseline."""
    low, high = float(ours[0] - theirs[-1]), float(ours[-1] - theirs[0])
    for _ in range(80):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        at_most = int((theirs.size - np.searchsorted(theirs, ours - middle, "left")).sum())
        low, high = (low, middle) if at_most > place else (middle, high)
    return high
