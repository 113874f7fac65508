"""Whole distributions at any time: bounds that hold for every quantile and every look.

Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification",
Bernoulli 2022, and the stitched bounds of Howard et al. 2021.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, zeta

from canarylearn.engine.anytime import LogE, beta_binomial_mixture

Numbers = NDArray[np.float64]


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile by linear interpolation (R's type 7, which Kayenta and numpy use)."""
    return float(np.percentile(np.asarray(values, dtype=float), percent))


def stitched_bound(v: float, alpha: float, v_min: float, c: float = 0.0, *, s: float = 1.4, eta: float = 2.0) -> float:
    """The polynomial stitched boundary (Howard et al. 2021, eq. 10) for deviations with scale c."""
    v = max(v, v_min)
    k1, k2 = _stitching(eta)
    level = s * math.log(math.log(eta * v / v_min)) + math.log(zeta(s) / math.log(eta) ** s) + math.log(1 / alpha)
    extra = k2 * c * level
    return math.sqrt(k1**2 * v * level + extra**2) + extra


def distribution_radius(t: float, alpha: float, t_min: float, a: float = 0.85) -> float:
    """How far the whole empirical distribution may lie from the true one, from `t_min` values on (theorem 2)."""
    if t < t_min:
        return math.inf
    return a * math.sqrt((math.log1p(math.log(t / t_min)) + _lil_constant(alpha, a)) / t)


def double_stitched_bound(
    quantile: float, t: float, alpha: float, t_opt: float, *, delta: float = 0.5, s: float = 1.4, eta: float = 2.0
) -> float:
    """How far the count below a quantile may lie from what is expected, for all quantiles and times (theorem 3)."""
    t = max(t, t_opt)
    k1, k2 = _stitching(eta)
    r = quantile
    if quantile < 0.5:
        r = min(0.5, float(expit(logit(quantile) + 2 * delta * math.sqrt(t_opt * eta / t))))
    variance = r * (1 - r)
    grid = math.sqrt(t / t_opt) * abs(float(logit(quantile))) / (2 * delta) + 1
    sums = float(zeta(s))
    level = (
        s * math.log(math.log(eta * t / t_opt))
        + s * math.log(grid)
        + math.log(2 * sums * (2 * sums + 1) / (alpha * math.log(eta) ** s))
    )
    extra = k2 * (1 - 2 * quantile) / 3 * level
    return delta * math.sqrt(eta * t * variance / t_opt) + math.sqrt(k1**2 * variance * t * level + extra**2) + extra


def quantile_p_value(
    canary: Sequence[float], baseline: Sequence[float], quantile: float, t_opt: float, alpha_opt: float = 0.05
) -> float:
    """The two-sided p-value, at any time, that both arms have the same quantile (section 6; confseq's A/B test).

    Some value is the quantile of both under the null, so the least evidence over all values is evidence against it.
    """
    mixture = beta_binomial_mixture(
        t_opt * quantile * (1 - quantile), quantile, 1 - quantile, one_sided=False, alpha_opt=alpha_opt
    )
    first, second = (_Arm(np.sort(np.asarray(arm, dtype=float)), quantile, mixture) for arm in (canary, baseline))
    if first.end > second.end:
        first, second = second, first
    # The least evidence lies between the two flat parts; there it changes at the values of either arm alone.
    inside = [
        x for arm in (first, second) for x in arm.values[(arm.values >= first.end) & (arm.values <= second.start)]
    ]
    least = min(first.log_e(x) + second.log_e(x) for x in (first.end, second.start, *inside))
    return math.exp(min(0.0, -least))


class _Arm:
    """Evidence that a value is not an arm's quantile: high far out, flat and least around the arm's own quantile."""

    def __init__(self, values: Numbers, quantile: float, mixture: LogE) -> None:
        n = values.size
        self.values = values

        def at(below: float) -> float:
            return mixture((below - quantile) * n, quantile * (1 - quantile) * n)

        self._at: Callable[[float], float] = at
        self._least = float(minimize_scalar(at, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-9}).x)
        self.start = float(values[max(0, math.ceil(self._least * n) - 1)])
        self.end = float(values[min(n - 1, math.floor(self._least * n))])

    def log_e(self, x: float) -> float:
        if self.start <= x <= self.end:
            return self._at(self._least)
        below = np.searchsorted(self.values, x, "right") if x < self.start else np.searchsorted(self.values, x, "left")
        return self._at(float(below) / self.values.size)


def _stitching(eta: float) -> tuple[float, float]:
    return (eta**0.25 + eta**-0.25) / math.sqrt(2), (math.sqrt(eta) + 1) / 2


def _lil_constant(alpha: float, a: float) -> float:
    """The constant C at which the error of theorem 2, made least over eta, is alpha."""
    low, high = 0.0, 5.0
    while _lil_error(high, a) > alpha:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _lil_error(middle, a) <= alpha else (middle, high)
    return high


def _lil_error(constant: float, a: float) -> float:
    def error(eta: float) -> float:
        gamma_square = 2 / eta * (a - math.sqrt(2 * (eta - 1) / constant)) ** 2
        if gamma_square <= 1 or eta <= 1:
            return math.inf
        return 4 * math.exp(-gamma_square * constant) * (1 + 1 / ((gamma_square - 1) * math.log(eta)))

    if constant <= 0:
        return math.inf
    low, high = 1.0, 2 * a * a
    for _ in range(100):
        middle = (low + high) / 2
        too_far = math.sqrt(middle / 2) + math.sqrt(2 * (middle - 1) / constant) >= a
        low, high = (low, middle) if too_far else (middle, high)
    found = minimize_scalar(error, bounds=(1 + 1e-12, low), method="bounded", options={"xatol": 1e-12})
    return float(found.fun)
