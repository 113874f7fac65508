"""Evidence that may be looked at at any time: mixtures of Howard, Ramdas, McAuliffe and Sekhon, and their kin.

"Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 2021. `s` is a sum of
deviations from what is claimed, `v` its variance so far, `v_opt` the variance at which the mixture is tightest. Each
log e-value is at most log(1/alpha) for ever with chance 1 - alpha, however often it is looked at.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import betainc, betaln, gammainc, gammaincc, gammaln, log_ndtr

_CERTAIN = 1e-12
LogE = Callable[[float, float], float]
"""A log e-value as a function of s and v."""


def best_rho(v_opt: float, alpha: float = 0.05, *, one_sided: bool = False) -> float:
    """The mixture's variance that is tightest at `v_opt` (their eq. 21, by its closed approximation)."""
    twice = 2 * math.log(1 / (2 * alpha if one_sided else alpha))
    return v_opt / (twice + math.log1p(twice))


def normal_mixture(v_opt: float, *, one_sided: bool, alpha_opt: float = 0.05) -> LogE:
    """Normal deviations, or sums that behave like them (their eq. 14; one-sided: proposition 6)."""
    rho = best_rho(v_opt, alpha_opt, one_sided=one_sided)

    def log_e(s: float, v: float) -> float:
        total = v + rho
        two_sided = 0.5 * math.log(rho / total) + s * s / (2 * total)
        return two_sided + (math.log(2) + float(log_ndtr(s / math.sqrt(total))) if one_sided else 0.0)

    return log_e


def gamma_exponential_mixture(v_opt: float, c: float, alpha_opt: float = 0.05) -> LogE:
    """Deviations with exponential tails of scale c, one-sided (proposition 9)."""
    rho, square = best_rho(v_opt, alpha_opt, one_sided=True), c * c
    at_start = rho / square
    constant = at_start * math.log(at_start) - gammaln(at_start) - math.log(gammainc(at_start, at_start))

    def log_e(s: float, v: float) -> float:
        spread, moved = (v + rho) / square, (c * s + v) / square
        inside = moved + at_start
        return float(
            constant + gammaln(spread) + math.log(gammainc(spread, inside)) - spread * math.log(inside) + moved
        )

    return log_e


def gamma_poisson_mixture(v_opt: float, c: float, alpha_opt: float = 0.05) -> LogE:
    """Deviations like those of a Poisson count with steps of c, one-sided (proposition 10)."""
    rho, square = best_rho(v_opt, alpha_opt, one_sided=True), c * c
    at_start = rho / square
    constant = at_start * math.log(at_start) - gammaln(at_start) - math.log(gammaincc(at_start, at_start))

    def log_e(s: float, v: float) -> float:
        spread = (v + rho) / square
        shape = s / c + spread
        return float(
            constant + gammaln(shape) + math.log(gammaincc(shape, spread)) - shape * math.log(spread) + v / square
        )

    return log_e


def beta_binomial_mixture(v_opt: float, g: float, h: float, *, one_sided: bool, alpha_opt: float = 0.05) -> LogE:
    """Deviations that lie between -g and h, as those of a coin do (proposition 7)."""
    rho = best_rho(v_opt, alpha_opt, one_sided=one_sided)
    r = max(rho - g * h, 1e-3 * g * h)
    both = g + h
    part = h / both if one_sided else 1.0
    constant = _log_beta(r / (g * both), r / (h * both), part)

    def log_e(s: float, v: float) -> float:
        likelihood = (
            v / (g * h) * math.log(both)
            - (v + h * s) / (h * both) * math.log(g)
            - (v - g * s) / (g * both) * math.log(h)
        )
        return likelihood + _log_beta((r + v - g * s) / (g * both), (r + v + h * s) / (h * both), part) - constant

    return log_e


def mixture_bound(log_e: LogE, v: float, alpha: float = 0.05, *, most: float = math.inf) -> float:
    """The s that a fair sum stays below for ever with chance 1 - alpha; `most` is what s cannot pass (coins: v/g)."""
    threshold = math.log(1 / alpha)
    high = most
    if math.isinf(high):
        high = v
        while log_e(high, v) <= threshold:
            high *= 2
    elif log_e(high, v) < threshold:
        return high
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if log_e(middle, v) >= threshold else (middle, high)
    return (low + high) / 2


def bernoulli_sequence(
    successes: float, trials: float, alpha: float, t_opt: float, alpha_opt: float = 0.05
) -> tuple[float, float]:
    """Rates that the trials so far do not rule out, at any number of trials (confseq's Bernoulli sequence)."""
    seen = successes / trials

    def log_e(p: float) -> float:
        mixture = beta_binomial_mixture(p * (1 - p) * t_opt, p, 1 - p, one_sided=False, alpha_opt=alpha_opt)
        return mixture((seen - p) * trials, p * (1 - p) * trials)

    def ruled_out(p: float) -> bool:
        return not _CERTAIN < p < 1 - _CERTAIN or log_e(p) > math.log(1 / alpha)

    low = _edge(ruled_out, outside=0.0, inside=seen) if seen > 0 else 0.0
    high = _edge(ruled_out, outside=1.0, inside=seen) if seen < 1 else 1.0
    return low, high


@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """A mixture likelihood ratio: its value, the p-value it allows at any time, and its interval's half-width."""

    ratio: float
    p: float
    half_width: float
    z: float


def msprt_normal(
    difference: float, *, deviation: float, sizes: tuple[float, float], tau: float, alpha: float = 0.05
) -> Likelihood:
    """The mixture sequential probability ratio test of two means (Johari, Koomen, Pekelis and Walsh, KDD 2017).

    `z` is how many standard errors the difference has to reach.
    """
    variance = deviation**2 * (1 / sizes[0] + 1 / sizes[1])
    both = variance + tau**2
    log_ratio = 0.5 * math.log(variance / both) + tau**2 * difference**2 / (2 * variance * both)
    half = math.sqrt(variance * both / tau**2 * (math.log(both / variance) - 2 * math.log(alpha)))
    return Likelihood(
        ratio=math.exp(min(log_ratio, 700.0)),
        p=math.exp(min(0.0, -log_ratio)),
        half_width=half,
        z=half / math.sqrt(variance),
    )


def log_e_multinomial(counts: Sequence[float], shares: Sequence[float], concentration: float = 100.0) -> float:
    """Evidence that units fall on several arms otherwise than planned (Lindon and Malek, NeurIPS 2022)."""
    total = sum(shares)
    placed = [concentration * share / total for share in shares]
    mixture = float(gammaln(concentration) - gammaln(concentration + sum(counts)))
    for count, prior, share in zip(counts, placed, shares, strict=True):
        mixture += float(gammaln(prior + count) - gammaln(prior)) - count * math.log(share / total)
    return mixture


@dataclass(frozen=True, kw_only=True)
class AsymptoticSequence:
    """An asymptotic confidence sequence at one moment: interval, and the p-value that it allows at any time."""

    low: float
    high: float
    p: float


def asymptotic_sequence(
    estimate: float, error: float, n: float, n_star: float, *, alpha: float = 0.05, side: str = "two-sided"
) -> AsymptoticSequence:
    """Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (arXiv 2103.06476), as GrowthBook uses it; poor for rare events.

    `n` counts both arms, `n_star` is where it is tightest. The one-sided p-value is the alpha at which the bound
    reaches 0, looked for up to 0.4999, with the tuning that was chosen for `alpha`.
    """
    if side == "two-sided":
        half = _half_width(error, n, n_star, alpha)
        rho_square = n * _rho_square(alpha, n_star)
        log_e = rho_square / (2 * (rho_square + 1)) * (estimate / error) ** 2 - 0.5 * math.log(rho_square + 1)
        return AsymptoticSequence(low=estimate - half, high=estimate + half, p=math.exp(min(0.0, -log_e)))
    rho_square = n * _rho_square(2 * alpha, n_star)
    half = _half_width_one_sided(error, n, rho_square, alpha)
    away = estimate if side == "larger" else -estimate
    p = _edge(
        lambda level: _half_width_one_sided(error, n, rho_square, level) > away,
        outside=_LEAST_ALPHA,
        inside=_MOST_ALPHA,
    )
    if side == "larger":
        return AsymptoticSequence(low=estimate - half, high=math.inf, p=p)
    return AsymptoticSequence(low=-math.inf, high=estimate + half, p=p)


_LEAST_ALPHA, _MOST_ALPHA = 1e-12, 0.4999


def _rho_square(alpha: float, n_star: float) -> float:
    return (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / n_star


def _half_width(error: float, n: float, n_star: float, alpha: float) -> float:
    rho_square = n * _rho_square(alpha, n_star)
    inside = 2 * (rho_square + 1) / (n * rho_square) * math.log(math.sqrt(rho_square + 1) / alpha)
    return error * math.sqrt(n * inside)


def _half_width_one_sided(error: float, n: float, rho_square: float, alpha: float) -> float:
    inside = 2 * (rho_square + 1) / (n * rho_square) * math.log1p(math.sqrt(rho_square + 1) / (2 * alpha))
    return error * math.sqrt(n * inside)


def _log_beta(a: float, b: float, part: float) -> float:
    """The logarithm of the beta function up to `part`; -inf where nothing is left of it."""
    if part == 1.0:
        return float(betaln(a, b))
    left = float(betainc(a, b, part))
    return float(betaln(a, b)) + math.log(left) if left else -math.inf


def _edge(ruled_out: Callable[[float], bool], *, outside: float, inside: float) -> float:
    """Where values stop being ruled out on the way from `outside` to `inside`."""
    for _ in range(60):
        middle = (outside + inside) / 2
        if ruled_out(middle):
            outside = middle
        else:
            inside = middle
    return (outside + inside) / 2
