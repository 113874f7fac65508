"""Error budgets: how fast an error rate eats what an objective allows. "The Site Reliability Workbook", ch. 5."""

import math

_HOURS_A_DAY = 24.0


def burn_rate(error_rate: float, objective: float) -> float:
    """How many times faster than allowed: 1 uses the budget up exactly at the end of its period.

    >>> round(burn_rate(0.01, 0.999), 6)
    10.0
    """
    return error_rate / (1 - objective)


def burn_rate_of_budget(budget: float, window_hours: float, period_days: float = 30) -> float:
    """The burn rate that uses this part of the budget within the window: 2 % in an hour of 30 days is 14.4."""
    return budget * period_days * _HOURS_A_DAY / window_hours


def budget_used(burn: float, window_hours: float, period_days: float = 30) -> float:
    """The part of the budget that is used within a window at a constant burn rate."""
    return burn * window_hours / (period_days * _HOURS_A_DAY)


def minutes_to_exhaustion(burn: float, period_days: float = 30) -> float:
    """Minutes until the whole budget is used at a constant burn rate; infinite when nothing burns."""
    return period_days * _HOURS_A_DAY * 60 / burn if burn else math.inf


def error_rate_of(burn: float, objective: float) -> float:
    """The error rate that burns at this rate."""
    return burn * (1 - objective)


def time_to_fire(error_rate: float, objective: float, window: float, burn: float) -> float:
    """How long errors at a constant rate have to last until a window's average reaches the burn rate.

    In the unit of `window`; infinite when the rate is too low ever to reach it.
    """
    threshold = error_rate_of(burn, objective)
    return window * threshold / error_rate if error_rate >= threshold else math.inf


def burns_in_both(
    *, long: tuple[int, int], short: tuple[int, int], objective: float, burn: float, least_events: int
) -> bool:
    """Whether (events, requests) of a long and of a short window both burn at `burn` or faster.

    The short window ends the alarm soon after the fault; the least number of events keeps a few requests from being
    an outage: one failure of ten an hour burns a 99.9 % objective 100 times too fast, and says nothing.
    """
    if min(long[1], short[1]) <= 0 or long[0] < least_events:
        return False
    return all(burn_rate(events / requests, objective) >= burn for events, requests in (long, short))
