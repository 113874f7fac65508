"""The statistics of item analysis, each with its formula and where it is from.

Each returns None where it has no meaning (nobody answered, everybody did the same) or where fewer than `LEAST` learners
answered, since what it would say then is mostly luck. Scores are from 0 to 1, and so are facilities and floors.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from canarylearn.insight.responses import LEAST

Z = 1.959963984540054
"""Two-sided 95 %."""

LEAST_IN_VARIANT = 10
"""A variant with fewer first tries is not compared."""

LEAST_EXPECTED = 5
"""Below this expected count the chi-square distribution does not fit, and nothing is tested."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value with its 95 % interval, from `count` learners."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Whether the variants of an item are equally hard.

    `facilities` are the mean scores by variant, `probability` how likely differences like these are by luck, and `off`
    the variant furthest from the others together, by `distance`. `probability_of_off` is Fisher's exact test of that
    one against the others, times the number of variants, since the furthest was picked.
    """

    facilities: Mapping[int, float]
    chi_square: float
    probability: float
    off: int
    distance: float
    probability_of_off: float


def facility(scores: Sequence[float]) -> Interval | None:
    """How easy an item is: the mean first-try score, with Wilson's interval. No unit; 1 is "everybody".

    Facility index, as Moodle's quiz statistics define it (mean / maximum). Wilson 1927, JASA 22:209:
    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). With partial credit it is a little too wide.
    """
    count = len(scores)
    if count < LEAST:
        return None
    mean = float(np.mean(scores))
    low, high = wilson(mean, count)
    return Interval(value=mean, low=low, high=high, count=count)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of so many."""
    if not count:
        return 0.0, 1.0
    middle = share + Z**2 / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    below = 1 + Z**2 / count
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


def corrected_facility(mean: float, floor: float) -> float:
    """The share that knew it, if whoever did not know guessed blindly: (p - g) / (1 - g). Below 0: worse than guessing.

    Formula scoring, for instance Frary 1988, Educational Measurement 7(2):33. The floor g is exact here: the proof ran
    every answer, and g is the share of those that pass.
    """
    return (mean - floor) / (1 - floor) if floor < 1 else 0.0


def pearson(scores: Sequence[float], rests: Sequence[float]) -> Interval | None:
    """Discrimination: the correlation of an item's scores with the rest scores. From -1 to 1.

    Corrected item-total correlation (Henrysson 1963, Psychometrika 28:211); the interval is Fisher's:
    tanh(atanh(r) ± z / sqrt(n - 3)).
    """
    count = len(scores)
    if count < LEAST or _is_constant(scores) or _is_constant(rests):
        return None
    value = float(np.clip(np.corrcoef(scores, rests)[0, 1], -1.0, 1.0))
    if abs(value) >= 1 - 1e-12:
        return Interval(value=value, low=value, high=value, count=count)
    reach = Z / math.sqrt(count - 3)
    return Interval(
        value=value,
        low=math.tanh(math.atanh(value) - reach),
        high=math.tanh(math.atanh(value) + reach),
        count=count,
    )


def _is_constant(values: Sequence[float]) -> bool:
    return float(np.ptp(np.asarray(values, dtype=np.float64))) < 1e-12


def efficiency(scores: Sequence[float], rests: Sequence[float]) -> float | None:
    """How well an item tells learners apart, of what it could with this facility: 100 cov / cov_max, in percent.

    cov_max is the covariance once both columns are sorted, so that the best scores meet the best rest scores. It is
    Moodle's discriminative efficiency, which calls an item dubious below 15.
    """
    if len(scores) < LEAST:
        return None
    most = _covariance(np.sort(scores), np.sort(rests))
    if most < 1e-12:
        return None
    return 100 * _covariance(np.asarray(scores, dtype=np.float64), np.asarray(rests, dtype=np.float64)) / most


def _covariance(one: Numbers, other: Numbers) -> float:
    return float(np.mean((one - one.mean()) * (other - other.mean())))


def reliability(scores: Numbers) -> Interval | None:
    """How much the items of a set measure one thing: Cronbach's alpha, which is KR-20 where scores are 0 or 1.

    alpha = k / (k - 1) (1 - sum of item variances / variance of totals), one row a learner, one column an item. The
    interval is Feldt's (1965, Psychometrika 30:357): 1 - (1 - alpha) F, with F at 97.5 % and 2.5 % of the F
    distribution with n - 1 and (n - 1)(k - 1) degrees of freedom.
    """
    count, items = scores.shape
    if count < LEAST or items < 2:
        return None
    total = float(scores.sum(axis=1).var(ddof=1))
    if total < 1e-12:
        return None
    alpha = items / (items - 1) * (1 - float(scores.var(axis=0, ddof=1).sum()) / total)
    free = (count - 1, (count - 1) * (items - 1))
    return Interval(
        value=alpha,
        low=1 - (1 - alpha) * float(stats.f.ppf(0.975, *free)),
        high=1 - (1 - alpha) * float(stats.f.ppf(0.025, *free)),
        count=count,
    )


def variant_spread(scores: Mapping[int, Sequence[float]]) -> Spread | None:
    """Whether some variant of an item is harder than the others, from the scores at each.

    Pearson's chi-square over passed and not passed by variant. A variant with fewer than 10 first tries is left out,
    and where an expected count is below 5 nothing is tested (Cochran 1954, Biometrics 10:417). Partial credit counts
    as passed from one half.
    """
    kept = {variant: found for variant, found in sorted(scores.items()) if len(found) >= LEAST_IN_VARIANT}
    if len(kept) < 2 or sum(map(len, kept.values())) < LEAST:
        return None
    counts = np.array([[sum(one >= 0.5 for one in found), sum(one < 0.5 for one in found)] for found in kept.values()])
    if (counts.sum(axis=0) == 0).any():
        return None
    if (np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum() < LEAST_EXPECTED).any():
        return None
    tested = stats.chi2_contingency(counts, correction=False)
    means = {variant: float(np.mean(found)) for variant, found in kept.items()}
    apart = {variant: abs(means[variant] - _others(kept, variant)) for variant in kept}
    off = max(apart, key=lambda variant: apart[variant])
    mine = counts[list(kept).index(off)]
    alone = float(stats.fisher_exact([mine, counts.sum(axis=0) - mine]).pvalue)
    return Spread(
        facilities=means,
        chi_square=float(tested.statistic),
        probability=float(tested.pvalue),
        off=off,
        distance=apart[off],
        probability_of_off=min(1.0, alone * (1 if len(kept) == 2 else len(kept))),
    )


def _others(scores: Mapping[int, Sequence[float]], variant: int) -> float:
    return float(np.mean([one for number, found in scores.items() if number != variant for one in found]))


def prediction_gap(predicted: Sequence[float], observed: Sequence[float]) -> float | None:
    """How far predictions were from what happened: the mean of abs(predicted - observed), in the unit of both.

    Large gaps mark the items that teach most.
    """
    if len(predicted) < LEAST:
        return None
    return float(np.mean(np.abs(np.asarray(predicted, dtype=np.float64) - np.asarray(observed, dtype=np.float64))))
