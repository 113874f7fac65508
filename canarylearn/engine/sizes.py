"""How many units a decision needs, and how likely a harm is found with those there are."""

import math
from collections.abc import Callable
from typing import Literal

from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from canarylearn.engine.statistics import rates_at_margin
from canarylearn.engine.tails import Side

Formula = Literal["arcsine", "pooled"]
_MOST = 1e12


def size_for_rates(
    baseline: float,
    canary: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    side: Side = "two-sided",
    formula: Formula = "pooled",
) -> float:
    """Canary units to tell two rates apart; `ratio` is baseline units per canary unit.

    'arcsine' takes Cohen's h (1988; statsmodels' `NormalIndPower`), 'pooled' the pooled variance under the null
    (Fleiss; R's `power.prop.test`). They differ by a few per cent, and by more for a small canary.

    >>> round(size_for_rates(0.01, 0.02, side="larger", ratio=19, formula="arcsine"), 1)
    934.3
    """
    if baseline == canary:
        return math.inf
    if formula == "arcsine":
        return _search(
            lambda n: power_for_rates(baseline, canary, n, alpha=alpha, ratio=ratio, side=side, formula="arcsine"),
            power,
        )
    needed = _quantile(alpha, side) * math.sqrt((1 + 1 / ratio) * _variance(_pooled(baseline, canary, ratio)))
    wanted = float(ndtri(power)) * math.sqrt(_variance(canary) + _variance(baseline) / ratio)
    return ((needed + wanted) / (canary - baseline)) ** 2


def power_for_rates(
    baseline: float,
    canary: float,
    units: float,
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    side: Side = "two-sided",
    formula: Formula = "pooled",
) -> float:
    """The chance that a test of two rates with this many canary units finds the difference; the far tail counts too
    in the arcsine formula, and is left out in the pooled one, as R does."""
    if formula == "arcsine":
        z = abs(cohens_h(canary, baseline)) * math.sqrt(units / (1 + 1 / ratio))
        critical = _quantile(alpha, side)
        far = float(ndtr(-critical - z)) if side == "two-sided" else 0.0
        return float(ndtr(z - critical)) + far
    needed = _quantile(alpha, side) * math.sqrt((1 + 1 / ratio) * _variance(_pooled(baseline, canary, ratio)))
    spread = math.sqrt(_variance(canary) + _variance(baseline) / ratio)
    return float(ndtr((math.sqrt(units) * abs(canary - baseline) - needed) / spread))


def size_for_difference(baseline: float, difference: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Units per arm in Evan Miller's calculator: the baseline's variance under the null, two-sided."""
    canary = baseline + difference
    null = float(ndtri(1 - alpha / 2)) * math.sqrt(2 * _variance(baseline))
    return ((null + float(ndtri(power)) * math.sqrt(_variance(baseline) + _variance(canary))) / difference) ** 2


def detectable_rate(
    baseline: float,
    units: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    side: Side = "two-sided",
) -> float:
    """The smallest higher rate that this many canary units find with this power (pooled formula, by search)."""
    low, high = baseline, 1.0
    if power_for_rates(baseline, high - 1e-12, units, alpha=alpha, ratio=ratio, side=side) < power:
        return math.inf
    for _ in range(200):
        middle = (low + high) / 2
        found = power_for_rates(baseline, middle, units, alpha=alpha, ratio=ratio, side=side)
        low, high = (low, middle) if found >= power else (middle, high)
    return high


def cohens_h(first: float, second: float) -> float:
    """The difference of two rates on the arcsine scale (Cohen 1988)."""
    return 2 * math.asin(math.sqrt(first)) - 2 * math.asin(math.sqrt(second))


def power_for_means(
    d: float, units: float, *, alpha: float = 0.05, ratio: float = 1.0, side: Side = "two-sided"
) -> float:
    """The chance that a t test finds a difference of `d` standard deviations, by the non-central t, in both tails."""
    df = units * (1 + ratio) - 2
    shift = abs(d) * math.sqrt(units * ratio / (1 + ratio))
    critical = float(stdtrit(df, 1 - (alpha / 2 if side == "two-sided" else alpha)))
    far = _chance_beyond(critical, df, -shift) if side == "two-sided" else 0.0
    return _chance_beyond(critical, df, shift) + far


def size_for_means(
    d: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0, side: Side = "two-sided"
) -> float:
    """Canary units for a difference of `d` standard deviations, by search (statsmodels' `TTestIndPower`)."""
    if not d:
        return math.inf
    return _search(lambda n: power_for_means(d, n, alpha=alpha, ratio=ratio, side=side), power)


def size_not_worse(
    rate: float,
    margin: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    formula: Literal["plain", "score"] = "plain",
) -> float:
    """Canary units to show that an equal canary is not worse than `margin` (absolute), one-sided.

    'plain' takes the variance at the rate itself and promises a little too much; 'score' takes it where the judge's
    test does, at the most likely rates that differ by the margin (Farrington and Manning 1990, method 3).

    >>> round(size_not_worse(0.01, 0.005, ratio=19))
    2577
    """
    if margin <= 0:
        return math.inf
    wanted = _variance(rate) * (1 + 1 / ratio)
    needed = wanted
    if formula == "score":
        canary, baseline = rates_at_margin(rate, rate, ratio, margin)
        needed = _variance(canary) + _variance(baseline) / ratio
    z = float(ndtri(1 - alpha)) * math.sqrt(needed) + float(ndtri(power)) * math.sqrt(wanted)
    return (z / margin) ** 2


def rule_of_16(variance: float, difference: float) -> float:
    """Units per arm by van Belle's rule: 16 variances over the difference squared (two-sided 5 %, power 80 %)."""
    return 16 * variance / difference**2


def _quantile(alpha: float, side: Side) -> float:
    return float(ndtri(1 - (alpha / 2 if side == "two-sided" else alpha)))


def _pooled(baseline: float, canary: float, ratio: float) -> float:
    return (canary + ratio * baseline) / (1 + ratio)


def _variance(rate: float) -> float:
    return rate * (1 - rate)


def _chance_beyond(critical: float, df: float, shift: float) -> float:
    """The chance that a non-central t is above `critical`. Where scipy's distribution is not a number, its mirror
    image is one."""
    chance = 1 - float(nctdtr(df, shift, critical))
    return float(nctdtr(df, -shift, -critical)) if math.isnan(chance) else chance


def _search(power_of: Callable[[float], float], power: float) -> float:
    """The number of units at which a rising power reaches what is asked."""
    low, high = 2.0, 4.0
    while power_of(high) < power:
        low, high = high, high * 2
        if high > _MOST:
            return math.inf
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    return high
