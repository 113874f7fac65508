"""Two rates from counts: tests, intervals, and whether the traffic split as planned."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc, ndtri, stdtrit

from canarylearn.engine.tails import Side, Span, normal_p_value, t_p_value


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Events and units (requests, users) of one arm."""

    events: float
    units: float

    @property
    def rate(self) -> float:
        """Events per unit."""
        return self.events / self.units


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What a test says: the estimated difference (canary minus baseline), its statistic, and the p-value."""

    estimate: float
    statistic: float
    p: float


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A relative difference (canary / baseline - 1) with its standard error, interval and p-value."""

    estimate: float
    error: float
    span: Span
    p: float


def two_proportion_z(canary: Counts, baseline: Counts, side: Side = "two-sided") -> Tested:
    """The z test of two proportions with pooled variance (Fleiss, "Statistical methods for rates and proportions").

    >>> round(two_proportion_z(Counts(events=550, units=10000), Counts(events=500, units=10000), "larger").p, 6)
    0.05646
    """
    pooled = (canary.events + baseline.events) / (canary.units + baseline.units)
    error = math.sqrt(pooled * (1 - pooled) * (1 / canary.units + 1 / baseline.units))
    difference = canary.rate - baseline.rate
    z = difference / error if error else 0.0
    return Tested(estimate=difference, statistic=z, p=normal_p_value(z, side))


def wilson_interval(counts: Counts, alpha: float = 0.05) -> Span:
    """The score interval of one proportion (Wilson 1927)."""
    z, n, p = float(ndtri(1 - alpha / 2)), counts.units, counts.rate
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Span(low=max(0.0, middle - half), high=min(1.0, middle + half))


def newcombe_interval(canary: Counts, baseline: Counts, alpha: float = 0.05) -> Span:
    """The interval of a difference put together from two score intervals (Newcombe 1998, method 10)."""
    ours, theirs = wilson_interval(canary, alpha), wilson_interval(baseline, alpha)
    difference = canary.rate - baseline.rate
    return Span(
        low=difference - math.hypot(canary.rate - ours.low, theirs.high - baseline.rate),
        high=difference + math.hypot(ours.high - canary.rate, baseline.rate - theirs.low),
    )


def agresti_caffo_interval(canary: Counts, baseline: Counts, alpha: float = 0.05) -> Span:
    """Wald's interval after one event and one other unit are added to each arm (Agresti and Caffo 2000)."""
    ours, theirs = (Counts(events=arm.events + 1, units=arm.units + 2) for arm in (canary, baseline))
    error = math.sqrt(ours.rate * (1 - ours.rate) / ours.units + theirs.rate * (1 - theirs.rate) / theirs.units)
    half = float(ndtri(1 - alpha / 2)) * error
    return Span(low=ours.rate - theirs.rate - half, high=ours.rate - theirs.rate + half)


def relative_difference(canary: Counts, baseline: Counts, alpha: float = 0.05) -> Relative:
    """The relative difference of two proportions by the delta method, with Welch's degrees of freedom (gbstats)."""
    variances = [arm.rate * (1 - arm.rate) for arm in (canary, baseline)]
    return relative_of_means(
        means=(canary.rate, baseline.rate),
        variances=(variances[0], variances[1]),
        sizes=(canary.units, baseline.units),
        alpha=alpha,
    )


def relative_of_means(
    *,
    means: tuple[float, float],
    variances: tuple[float, float],
    sizes: tuple[float, float],
    alpha: float = 0.05,
    side: Side = "two-sided",
) -> Relative:
    """A relative difference of means (canary, baseline) by the delta method, with Welch's degrees of freedom."""
    if means[1] == 0:
        raise ValueError("the baseline's mean is 0, and nothing can be put in relation to that")
    parts = [variance / size for variance, size in zip(variances, sizes, strict=True)]
    error = math.sqrt(parts[0] / means[1] ** 2 + parts[1] * means[0] ** 2 / means[1] ** 4)
    df = welch_df(parts, sizes)
    estimate = means[0] / means[1] - 1
    half = float(stdtrit(df, 1 - alpha / 2)) * error
    p = t_p_value(estimate / error, df, side) if error else 1.0
    return Relative(estimate=estimate, error=error, span=Span(low=estimate - half, high=estimate + half), p=p)


def welch_df(parts: Sequence[float], sizes: Sequence[float]) -> float:
    """Welch and Satterthwaite's degrees of freedom; `parts` are the variances of the two means."""
    spread = sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    return sum(parts) ** 2 / spread if spread else sum(sizes) - 2


def poisson_score(canary: Counts, baseline: Counts, side: Side = "two-sided") -> Tested:
    """The score test that events per unit of exposure are equal (Gu, Ng, Tang and Schucany 2008)."""
    ratio = canary.units / baseline.units
    spread = math.sqrt((canary.events + baseline.events) * ratio)
    z = (canary.events - baseline.events * ratio) / spread if spread else 0.0
    return Tested(estimate=canary.rate - baseline.rate, statistic=z, p=normal_p_value(z, side))


def sample_ratio_chi_square(observed: Sequence[float], weights: Sequence[float]) -> Tested:
    """Pearson's chi-square test that units split as planned; for one look alone. It estimates the first share's error.

    >>> round(sample_ratio_chi_square([4970, 95030], [0.05, 0.95]).statistic, 4)
    0.1895
    """
    total = sum(observed)
    expected = [total * weight / sum(weights) for weight in weights]
    chi_square = sum((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True))
    return Tested(
        estimate=(observed[0] - expected[0]) / total,
        statistic=chi_square,
        p=float(chdtrc(len(observed) - 1, chi_square)),
    )


def blended_rate(canary_share: float, canary_rate: float, baseline_rate: float) -> float:
    """The rate of all requests together: a 5 % canary that fails a fifth of its requests shows as 1 %."""
    return canary_share * canary_rate + (1 - canary_share) * baseline_rate


def reported_rate(true_rate: float, reported: float) -> float:
    """The rate that shows while only a part of the labels has come in, the others counted as none.

    Chapelle, "Modeling delayed feedback in display advertising", KDD 2014: 35 % within an hour, half within a day.
    """
    return true_rate * reported
