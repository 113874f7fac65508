"""Drift: how far two distributions lie apart, and how far they do by luck alone."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chdtri


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A distance, the threshold that luck alone passes with the chance asked for, and the chance of the distance."""

    distance: float
    threshold: float
    p: float


def psi(reference: Sequence[float], current: Sequence[float], floor: float | None = None) -> float:
    """The population stability index of counts in the same bins: sum of (q - p) ln(q / p).

    An empty bin makes it infinite unless a `floor` stands in for its share; the floor then sets the size, not the data.
    """
    p, q = (np.asarray(counts, dtype=float) / sum(counts) for counts in (reference, current))
    if floor is not None:
        p, q = np.maximum(p, floor), np.maximum(q, floor)
    both_empty = (p == 0) & (q == 0)
    p, q = p[~both_empty], q[~both_empty]
    if (p == 0).any() or (q == 0).any():
        return math.inf
    return float(((q - p) * np.log(q / p)).sum())


def psi_scale(n: float, m: float) -> float:
    """Of equal distributions the index is this times a chi-square with one degree of freedom less than bins."""
    return 1 / n + 1 / m


def psi_threshold(n: float, m: float, bins: int, alpha: float = 0.05) -> float:
    """The index that equal distributions exceed with chance `alpha` (Yurdakul and Naranjo 2020)."""
    return psi_scale(n, m) * float(chdtri(bins - 1, alpha))


def psi_chance(value: float, n: float, m: float, bins: int) -> float:
    """The chance that equal distributions show an index above `value`: above 0.1 with ten bins of 100 each, 85 %."""
    return float(chdtrc(bins - 1, value / psi_scale(n, m)))


def judge_psi(
    reference: Sequence[float], current: Sequence[float], *, alpha: float = 0.001, floor: float | None = None
) -> Drift:
    """The index beside its calibrated threshold; drift should also be large enough to matter (0.1 is customary)."""
    n, m, bins = sum(reference), sum(current), len(reference)
    distance = psi(reference, current, floor)
    chance = psi_chance(distance, n, m, bins) if math.isfinite(distance) else 0.0
    return Drift(distance=distance, threshold=psi_threshold(n, m, bins, alpha), p=chance)


def psi_band(value: float) -> str:
    """The customary words: 'stable' below 0.1, 'moderate' below 0.25, 'major' above; used without regard to chance."""
    return "stable" if value < 0.1 else "moderate" if value < 0.25 else "major"


def ks_critical(n: float, m: float, alpha: float = 0.05) -> float:
    """The distance that two samples of one distribution exceed with chance `alpha` (Smirnov's limit)."""
    return math.sqrt(-math.log(alpha / 2) / 2 * (n + m) / (n * m))


def ks_two_sample(reference: Sequence[float], current: Sequence[float], *, method: str = "auto") -> Drift:
    """Kolmogorov and Smirnov's largest distance of two distribution functions, threshold at 5 %. Loads scipy.stats."""
    from scipy.stats import ks_2samp  # over a second to load, and nothing else here needs it

    with warnings.catch_warnings():
        # Where its exact sum loses its digits it takes the limit by itself, and says so each time.
        warnings.filterwarnings("ignore", "ks_2samp: Exact calculation unsuccessful", RuntimeWarning)
        result = ks_2samp(reference, current, method=method)
    return Drift(
        distance=float(result.statistic),
        threshold=ks_critical(len(reference), len(current)),
        p=float(result.pvalue),
    )


def wasserstein(reference: Sequence[float], current: Sequence[float]) -> float:
    """The mean distance that values have to move to turn one sample into the other, in their own unit."""
    values = np.sort(np.concatenate([np.asarray(reference, float), np.asarray(current, float)]))
    shares = [
        np.searchsorted(np.sort(np.asarray(sample, float)), values[:-1], "right") / len(sample)
        for sample in (reference, current)
    ]
    return float((np.abs(shares[0] - shares[1]) * np.diff(values)).sum())
