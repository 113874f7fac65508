"""A judge like Kayenta's (NetflixACAJudge-v1.0): one metric of both arms, classified.

The pipeline: missing values, outliers, then Mann-Whitney's interval for the shift beside a part of the shift itself,
and a gate on the effect's size. Made for looking once; to configure, and to break. Scores are in `kayenta_scores`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from canarylearn.engine import brent
from canarylearn.engine.tails import Span

Numbers = NDArray[np.float64]
_ACCURACY = 1e-4
_NO_SPAN = Span(low=math.nan, high=math.nan)


class Label(StrEnum):
    """What the judge says of one metric, in Kayenta's own words."""

    PASS = "Pass"  # noqa: S105
    HIGH = "High"
    LOW = "Low"
    NODATA = "Nodata"
    NODATA_FAIL_METRIC = "NodataFailMetric"
    ERROR = "Error"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a metric is judged; the defaults are those of the judge, thresholds those of its effect size.

    `allowed` and `critical_at` are the lower and upper thresholds of the effect: the metric is only classified, or a
    `critical` one only fails the whole canary, when the effect reaches them. None is 1 for a ratio of means and 0.5
    for CLES. `tolerance` is the share of the shift that its interval has to lie beyond, `outlier_factor` how many
    interquartile ranges beyond the quartiles a value may lie.
    """

    direction: Literal["increase", "decrease", "either"] = "either"
    tolerance: float = 0.25
    confidence: float = 0.98
    effect: Literal["meanRatio", "cles"] = "meanRatio"
    allowed: tuple[float, float] | None = None
    critical_at: tuple[float, float] | None = None
    nan: Literal["remove", "replace"] = "remove"
    outliers: Literal["keep", "remove"] = "keep"
    outlier_factor: float = 3.0
    critical: bool = False
    must_have_data: bool = False

    @property
    def thresholds(self) -> tuple[float, float]:
        """The effect that has to be reached before a metric is called low or high."""
        return self.allowed or self._neutral

    @property
    def critical_thresholds(self) -> tuple[float, float]:
        """The effect at which a critical metric fails the whole canary."""
        return self.critical_at or self._neutral

    @property
    def _neutral(self) -> tuple[float, float]:
        return (1.0, 1.0) if self.effect == "meanRatio" else (0.5, 0.5)


@dataclass(frozen=True, kw_only=True)
class Classification:
    """One metric classified: label, whether it fails the whole canary, the reason, and the numbers behind it."""

    label: Label
    critical: bool = False
    reason: str = ""
    effect: float = 1.0
    shift: float = math.nan
    span: Span = _NO_SPAN


def classify(canary: Sequence[float], baseline: Sequence[float], settings: Settings) -> Classification:
    """Clean both arms and classify the canary's metric."""
    ours, theirs = clean(canary, settings), clean(baseline, settings)
    if not ours.size or not theirs.size:
        return _without_data(ours, settings)
    if np.array_equal(np.sort(ours), np.sort(theirs)):
        return Classification(label=Label.PASS, reason="canary and baseline have the same values")
    shift, span = estimate_shift(ours, theirs, settings.confidence)
    effect = effect_size(ours, theirs, settings.effect)
    found = _find(shift, span, effect, settings.thresholds, settings)
    critical = (
        settings.critical
        and found is not Label.PASS
        and _find(shift, span, effect, settings.critical_thresholds, settings) is found
    )
    return Classification(
        label=found, critical=critical, reason=_say(found, shift, span), effect=effect, shift=shift, span=span
    )


def classify_by_mean(canary: Sequence[float], baseline: Sequence[float], settings: Settings) -> Classification:
    """Kayenta's benchmark: whichever mean is the larger one, however little."""
    ours, theirs = clean(canary, settings), clean(baseline, settings)
    if not ours.size or not theirs.size:
        return _without_data(ours, settings)
    difference = float(ours.mean() - theirs.mean())
    label = Label.PASS
    if difference > 0 and settings.direction != "decrease":
        label = Label.HIGH
    elif difference < 0 and settings.direction != "increase":
        label = Label.LOW
    return Classification(
        label=label, reason=f"the means differ by {difference:g}", effect=effect_size(ours, theirs, "meanRatio")
    )


def clean(values: Sequence[float], settings: Settings) -> Numbers:
    """The values without what is not a number (left out, or 0 instead), and without outliers where that is asked."""
    array = np.asarray(values, dtype=float)
    missing = np.isnan(array)
    array = array[~missing] if settings.nan == "remove" else np.where(missing, 0.0, array)
    if settings.outliers == "remove" and array.size:
        array = array[~iqr_outliers(array, settings.outlier_factor, reduce_sensitivity=True)]
    return np.asarray(array)


def iqr_outliers(values: Sequence[float] | Numbers, factor: float, *, reduce_sensitivity: bool) -> NDArray[np.bool_]:
    """Tukey's fences around the quartiles, moved out to the 1st and 99th percentiles to reduce their sensitivity."""
    array = np.asarray(values, dtype=float)
    p1, q1, q3, p99 = np.percentile(array, [1, 25, 75, 99])
    low, high = q1 - factor * (q3 - q1), q3 + factor * (q3 - q1)
    if reduce_sensitivity:
        low, high = min(p1, low), max(p99, high)
    return np.asarray((array < low) | (array > high))


def k_sigma_outliers(values: Sequence[float] | Numbers, k: float) -> NDArray[np.bool_]:
    """Values further than k standard deviations (of the population) from the mean."""
    array = np.asarray(values, dtype=float)
    return np.asarray(np.abs(array - array.mean()) > k * array.std())


def effect_size(canary: Numbers, baseline: Numbers, measure: str) -> float:
    """Canary mean by baseline mean (NaN when either is 0), or the chance that a canary value is the larger one."""
    if measure == "cles":
        below = np.sort(baseline)
        wins = np.searchsorted(below, canary, "left") + np.searchsorted(below, canary, "right")
        return float(wins.sum()) / (2 * canary.size * baseline.size)
    ours, theirs = float(canary.mean()), float(baseline.mean())
    return ours / theirs if ours and theirs else math.nan


def estimate_shift(
    canary: Sequence[float] | Numbers, baseline: Sequence[float] | Numbers, confidence: float
) -> tuple[float, Span]:
    """The shift between the arms and its interval, as roots of the standardised rank sum, found as Kayenta finds them.

    The rank sum has a continuity correction and is a step function: with many ties its root, and so the interval, is
    where the solver (Brent, accuracy 0.0001) happens to stop. Two arms that are constant differ by exactly that shift;
    Kayenta adds a little noise to them instead.
    """
    ours, theirs = np.asarray(canary, dtype=float), np.asarray(baseline, dtype=float)
    if np.ptp(ours) == 0 and np.ptp(theirs) == 0:
        shift = float(ours[0] - theirs[0])
        return shift, Span(low=shift, high=shift)
    score = _RankScore(ours, theirs)
    least, most = float(ours.min() - theirs.max()), float(ours.max() - theirs.min())
    quantile = float(ndtri((1 - confidence) / 2))

    def root(z: float) -> float:
        if score(least) - z <= 0:
            return least
        if score(most) - z >= 0:
            return most
        return brent.solve(lambda shift: score(shift) - z, least, most, _ACCURACY)

    return root(0.0), Span(low=root(-quantile), high=root(quantile))


class _RankScore:
    """The canary's rank sum after taking a shift away, standardised, with continuity and ties corrected."""

    def __init__(self, ours: Numbers, theirs: Numbers) -> None:
        self._ours, self._theirs = ours, np.sort(theirs)

    def __call__(self, shift: float) -> float:
        moved = self._ours - shift
        m, n = moved.size, self._theirs.size
        wins = np.searchsorted(self._theirs, moved, "left") + np.searchsorted(self._theirs, moved, "right")
        away = float(wins.sum()) / 2 - m * n / 2
        ties = np.unique(np.concatenate([moved, self._theirs]), return_counts=True)[1].astype(float)
        spread = m + n + 1 - float((ties**3 - ties).sum()) / ((m + n) * (m + n - 1))
        deviation = math.sqrt(m * n / 12 * spread) if spread > 0 else 0.0
        if not deviation:
            return 0.0
        return (away - math.copysign(0.5, away) * (away != 0)) / deviation


def _find(shift: float, span: Span, effect: float, thresholds: tuple[float, float], settings: Settings) -> Label:
    bound = settings.tolerance * abs(shift)
    unknown = math.isnan(effect)
    if settings.direction != "decrease" and span.low > bound and (unknown or effect >= thresholds[1]):
        return Label.HIGH
    if settings.direction != "increase" and span.high < -bound and (unknown or effect <= thresholds[0]):
        return Label.LOW
    return Label.PASS


def _without_data(canary: Numbers, settings: Settings) -> Classification:
    if settings.nan == "replace":
        return Classification(label=Label.PASS, reason="there are no values, and missing ones count as 0")
    reason = f"the {'baseline' if canary.size else 'canary'} has no values"
    if settings.must_have_data and not settings.critical:
        return Classification(label=Label.NODATA_FAIL_METRIC, reason=reason)
    return Classification(label=Label.NODATA, critical=settings.critical, reason=reason)


def _say(label: Label, shift: float, span: Span) -> str:
    words = {Label.HIGH: "is higher", Label.LOW: "is lower", Label.PASS: "is not clearly different"}
    return f"the canary {words[label]}: shifted by {shift:.4g} ({span.low:.4g} to {span.high:.4g})"
