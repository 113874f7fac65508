"""The few formulas behind the comparative judge."""

import math

from scipy.special import betainc, betaln, gammaln, ndtr

CONCENTRATION = 20.0
"""Weight of the e-value's prior, in events: larger finds small harm sooner, smaller finds gross harm sooner."""

_PLACEMENT = 100.0


def log_e_value(*, canary_events: int, baseline_events: int, canary_share: float, allowed_ratio: float = 1.0) -> float:
    """Evidence, as a natural logarithm, that the canary has more events per request than it may.

    Given that an event happened, it fell on the canary with probability at most
    theta0 = share * ratio / (share * ratio + 1 - share) if the canary's rate is at most `allowed_ratio` times the
    baseline's, whatever the rates do over time. The e-value is a beta mixture over all larger thetas (Howard et al.,
    "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021, one-sided beta-binomial), so the chance
    that it ever reaches 1/alpha is at most alpha at any number of looks (Ville's inequality).

    >>> round(log_e_value(canary_events=5, baseline_events=95, canary_share=0.05), 6)
    -0.787655
    """
    theta = canary_share * allowed_ratio / (canary_share * allowed_ratio + 1 - canary_share)
    if not 0 < theta < 1:
        raise ValueError(
            f"canary_share is {canary_share}; a share strictly between 0 and 1 is needed to compare two arms"
        )
    x, y = canary_events, baseline_events
    a, b = CONCENTRATION * theta, CONCENTRATION * (1 - theta)
    above = float(betainc(b + y, a + x, 1 - theta))
    # An underflow means that next to nothing of the posterior lies above theta: no evidence at all.
    if above == 0.0:
        return -math.inf
    seen = betaln(a + x, b + y) + math.log(above)
    expected = betaln(a, b) + math.log(betainc(b, a, 1 - theta))
    return float(seen - expected - x * math.log(theta) - y * math.log1p(-theta))


def log_e_sample_ratio(*, canary_units: int, baseline_units: int, canary_share: float) -> float:
    """Evidence, as a natural logarithm, that units did not split as `canary_share` says.

    A Dirichlet mixture of concentration 100 against the planned split (Lindon and Malek, "Anytime-valid inference
    for multinomial count data", NeurIPS 2022); valid at any number of looks.

    >>> round(log_e_sample_ratio(canary_units=4700, baseline_units=95300, canary_share=0.05), 6)
    6.207232
    """
    planned = (canary_share, 1 - canary_share)
    counts = (canary_units, baseline_units)
    mixture = gammaln(_PLACEMENT) - gammaln(_PLACEMENT + sum(counts))
    for count, share in zip(counts, planned, strict=True):
        mixture += gammaln(_PLACEMENT * share + count) - gammaln(_PLACEMENT * share) - count * math.log(share)
    return float(mixture)


def not_worse_p_value(
    *, canary_events: int, canary_requests: int, baseline_events: int, baseline_requests: int, margin: float
) -> float:
    """The p-value of the score test that the canary's rate is below the baseline's plus `margin` (absolute).

    Farrington and Manning, "Test statistics and sample size formulae for comparative binomial trials with null
    hypothesis of non-zero risk difference or non-unity relative risk", 1990: the variance is taken at the most
    likely rates whose difference is exactly the margin.

    >>> p = not_worse_p_value(
    ...     canary_events=52, canary_requests=5000, baseline_events=1000, baseline_requests=95000, margin=0.005
    ... )
    >>> round(p, 6)
    0.001882
    """
    return p_value_of(
        not_worse_score(
            canary_events=canary_events,
            canary_requests=canary_requests,
            baseline_events=baseline_events,
            baseline_requests=baseline_requests,
            margin=margin,
        )
    )


def p_value_of(z: float) -> float:
    """The p-value of a standard score that is small where the canary is good; 1 where there is none."""
    return 1.0 if math.isnan(z) else float(ndtr(z))


def not_worse_score(
    *, canary_events: int, canary_requests: int, baseline_events: int, baseline_requests: int, margin: float
) -> float:
    """The standard score behind `not_worse_p_value`; NaN when nothing varies."""
    canary, baseline = canary_events / canary_requests, baseline_events / baseline_requests
    p1, p2 = rates_at_margin(canary, baseline, baseline_requests / canary_requests, margin)
    variance = p1 * (1 - p1) / canary_requests + p2 * (1 - p2) / baseline_requests
    return (canary - baseline - margin) / math.sqrt(variance) if variance > 0 else math.nan


def rates_at_margin(canary: float, baseline: float, ratio: float, margin: float) -> tuple[float, float]:
    """The maximum-likelihood rates under 'difference equals margin': the root of a cubic, in closed form."""
    a = 1 + ratio
    b = -(1 + ratio + canary + ratio * baseline + margin * (ratio + 2))
    c = margin**2 + margin * (2 * canary + ratio + 1) + canary + ratio * baseline
    d = -canary * margin * (1 + margin)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    inner = b**2 / (3 * a) ** 2 - c / (3 * a)
    u = math.copysign(math.sqrt(max(inner, 0.0)), v)
    cosine = v / u**3 if u else 0.0
    w = (math.pi + math.acos(min(1.0, max(-1.0, cosine)))) / 3
    p1 = min(1.0, max(margin, 2 * u * math.cos(w) - b / (3 * a)))
    return p1, p1 - margin
