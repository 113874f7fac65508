"""A plan put into a scenario: long enough for the plan, and looked at as often as it asks."""

from math import ceil

from canarylearn.engine.outcome import Outcome
from canarylearn.engine.plan import Plan
from canarylearn.engine.release import run
from canarylearn.engine.scenario import MOST_INTERVALS, MOST_REQUESTS, Scenario
from canarylearn.engine.world import materialise

_AFTERWARDS = 0.25
"""Time left after the plan's own end, as a part of it: what a release did shows only when it is over."""


class TooLarge(ValueError):
    """A plan that a scenario cannot carry: its text says what is too much, and what to change."""


def fit(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the interval that the plan looks at and a window that holds all of it.

    Raises TooLarge when that would be more requests than a run may have.
    """
    wished = plan.interval or scenario.interval
    needed = plan.seconds * (1 + _AFTERWARDS)
    length = max(scenario.window, needed)
    # Looking more often than the window allows would only cost; a multiple of the wish keeps the plan's own rhythm.
    interval = wished * max(1, ceil(length / wished / MOST_INTERVALS))
    window = ceil(length / interval - 1e-9) * interval
    requests = scenario.traffic.expected(window)
    if requests > MOST_REQUESTS:
        rate = scenario.traffic.requests_per_second
        raise TooLarge(
            f"the plan takes {plan.seconds / 3600:,.1f} hours, and at {rate:g} requests a second that is "
            f"{requests:,.0f} requests; a run may have {MOST_REQUESTS:,}. Take a scenario with less traffic, or a "
            "shorter plan."
        )
    changes = {"interval": interval, "window": window, "trial": window}
    return scenario.model_copy(update=changes)


def deploy(plan: Plan, scenario: Scenario, seed: int, *, approve_after: float | None = None) -> Outcome:
    """Run a plan in a scenario that is fitted to it; `approve_after` as in `run`. Raises TooLarge as `fit` does."""
    world = materialise(fit(scenario, plan), seed, plan.routing)
    return run(plan, world, approve_after=approve_after)
