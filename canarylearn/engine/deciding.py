"""What a decision costs: how many requests, how long and how many users until a higher error rate shows."""

import math
from dataclasses import dataclass

from canarylearn.engine.sizes import size_for_rates

ALPHA, POWER = 0.05, 0.8
"""One look at the end, one-sided: a false alarm in one of twenty, a harm that is there found in four of five."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The price of noticing: requests to the canary and in all, seconds, and the users who meet the canary till then;
    `harmed` are those of them for whom the stable model would not have failed."""

    canary_requests: float
    all_requests: float
    seconds: float
    users: float
    harmed: float


def cost_to_decide(baseline: float, canary: float, share: float, *, rate: float, users: int) -> Cost:
    """What it costs to notice that the canary fails `canary` of its requests where the stable model fails `baseline`.

    `share` is the canary's share of the traffic, `rate` the requests per second of both together, from `users` people
    who come equally often. Harmed is who met a failure that the stable model would have spared them. Raises ValueError
    where there is no harm to notice.

    >>> round(cost_to_decide(0.01, 0.05, 0.1, rate=10, users=2000).canary_requests)
    95
    """
    if canary <= baseline:
        raise ValueError("there is no harm to notice: the canary has to fail more often than the stable model")
    requests = math.ceil(size_for_rates(baseline, canary, ratio=(1 - share) / share, side="larger"))
    group = users * share
    return Cost(
        canary_requests=requests,
        all_requests=math.ceil(requests / share),
        seconds=requests / share / rate,
        users=_at_least_once(group, requests),
        harmed=_at_least_once(group, requests * (canary - baseline)),
    )


def _at_least_once(group: float, events: float) -> float:
    """How many of a group are hit when so many events fall on its members by chance."""
    return group * -math.expm1(-events / group)
