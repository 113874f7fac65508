"""Exact tests of counts, for the few events where the normal approximation fails. Loads scipy.stats."""

import math

from scipy import stats

from canarylearn.engine.rates import Counts, Tested
from canarylearn.engine.tails import Side

_SCIPY_SIDES = {"two-sided": "two-sided", "larger": "greater", "smaller": "less"}


def fisher_exact(canary: Counts, baseline: Counts, side: Side = "two-sided") -> Tested:
    """Fisher's exact test of a two-by-two table; the statistic is the odds ratio, which may be infinite."""
    table = [[arm.events, arm.units - arm.events] for arm in (canary, baseline)]
    result = stats.fisher_exact(table, alternative=_SCIPY_SIDES[side])
    odds = float(result.statistic)
    return Tested(estimate=canary.rate - baseline.rate, statistic=odds, p=float(result.pvalue))


def poisson_exact(canary: Counts, baseline: Counts, side: Side = "two-sided") -> Tested:
    """The conditional test of two Poisson rates: given all events, the canary's are binomial (Przyborowski 1940)."""
    share = canary.units / (canary.units + baseline.units)
    events = int(canary.events + baseline.events)
    p = (
        float(stats.binomtest(int(canary.events), events, share, alternative=_SCIPY_SIDES[side]).pvalue)
        if events
        else 1.0
    )
    ratio = canary.rate / baseline.rate if baseline.events else math.inf
    return Tested(estimate=canary.rate - baseline.rate, statistic=ratio, p=p)
