"""Two means: Welch's test, equivalence, and how large a difference is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from canarylearn.engine.rates import Relative, relative_of_means, welch_df
from canarylearn.engine.tails import Side, Span, t_p_value


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What is needed of one arm: its mean, its variance (n - 1) and its size."""

    mean: float
    variance: float
    size: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Summary":
        """The summary of at least two numbers."""
        array = np.asarray(values, dtype=float)
        if array.size < 2:
            raise ValueError("two numbers or more are needed in each arm to know how much they vary")
        return cls(mean=float(array.mean()), variance=float(array.var(ddof=1)), size=int(array.size))

    @classmethod
    def of_sums(cls, *, total: float, squares: float, size: int) -> "Summary":
        """The same from a sum and a sum of squares."""
        return cls(mean=total / size, variance=(squares - total**2 / size) / (size - 1), size=size)


@dataclass(frozen=True, kw_only=True)
class MeanDifference:
    """Welch's comparison: the difference (canary minus baseline), its error, t, degrees of freedom, interval and p."""

    estimate: float
    error: float
    t: float
    df: float
    span: Span
    p: float


def welch(canary: Summary, baseline: Summary, side: Side = "two-sided", alpha: float = 0.05) -> MeanDifference:
    """Welch's t test: means of two arms that may vary differently (Welch 1947).

    >>> round(welch(Summary.of([5, 6, 7, 8]), Summary.of([5, 6, 7, 8])).span.high, 6)
    2.233715
    """
    parts = [arm.variance / arm.size for arm in (canary, baseline)]
    error, df = math.sqrt(sum(parts)), welch_df(parts, (canary.size, baseline.size))
    difference = canary.mean - baseline.mean
    t = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
    half = float(stdtrit(df, 1 - alpha / 2)) * error
    return MeanDifference(
        estimate=difference,
        error=error,
        t=t,
        df=df,
        span=Span(low=difference - half, high=difference + half),
        p=t_p_value(t, df, side),
    )


def welch_relative(canary: Summary, baseline: Summary, side: Side = "two-sided", alpha: float = 0.05) -> Relative:
    """The relative difference of two means by the delta method, with Welch's degrees of freedom (gbstats)."""
    return relative_of_means(
        means=(canary.mean, baseline.mean),
        variances=(canary.variance, baseline.variance),
        sizes=(canary.size, baseline.size),
        alpha=alpha,
        side=side,
    )


def equivalent_means(canary: Summary, baseline: Summary, low: float, high: float) -> float:
    """The p-value of two one-sided tests that the difference lies between `low` and `high` (Schuirmann 1987).

    Pooled variance, as in the paper and in statsmodels' `ttost_ind`.
    """
    df = canary.size + baseline.size - 2
    pooled = ((canary.size - 1) * canary.variance + (baseline.size - 1) * baseline.variance) / df
    error = math.sqrt(pooled * (1 / canary.size + 1 / baseline.size))
    difference = canary.mean - baseline.mean
    if not error:
        return 0.0 if low < difference < high else 1.0
    return float(max(stdtr(df, -(difference - low) / error), stdtr(df, (difference - high) / error)))


def cohens_d(canary: Summary, baseline: Summary) -> float:
    """The difference of means in pooled standard deviations, without its sign (Cohen 1988, as Kayenta takes it)."""
    df = canary.size + baseline.size - 2
    pooled = ((canary.size - 1) * canary.variance + (baseline.size - 1) * baseline.variance) / df
    return abs(canary.mean - baseline.mean) / math.sqrt(pooled) if pooled else math.nan


def autocorrelation(values: Sequence[float]) -> float:
    """The correlation of a series with itself one step later; near 0 for independent points, 0 for a constant."""
    array = np.asarray(values, dtype=float)
    away = array - array.mean()
    spread = float(away @ away)
    return float(away[1:] @ away[:-1]) / spread if spread else 0.0
