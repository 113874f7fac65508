"""The cost of a decision: against published sizes, and against releases that are really run."""

import math

import pytest

from canarylearn.dialects.script import read, run_script
from canarylearn.engine import Outcome, Scenario, materialise
from canarylearn.engine.deciding import POWER, Cost, cost_to_decide
from canarylearn.engine.rates import Counts, wilson_interval

BASELINE, CANARY, SHARE, RATE, USERS = 0.01, 0.03, 0.1, 10.0, 2000
RUNS = 1000
CRITICAL = 1.6448536269514722  # one-sided 5 %


@pytest.mark.parametrize(
    ("baseline", "canary", "requests", "everything"),
    [
        (0.01, 0.05, 95, 950),
        (0.01, 0.03, 281, 2_810),
        (0.01, 0.02, 912, 9_120),
        (0.002, 0.004, 4_612, 46_120),
        (0.01, 0.012, 18_227, 182_270),
    ],
)
def test_sizes_are_those_computed_elsewhere(baseline: float, canary: float, requests: int, everything: int) -> None:
    cost = cost_to_decide(baseline, canary, 0.1, rate=10, users=2000)
    assert (cost.canary_requests, cost.all_requests) == (requests, everything)
    assert cost.seconds == pytest.approx(everything / 10)


@pytest.fixture(scope="module")
def cost() -> Cost:
    return cost_to_decide(BASELINE, CANARY, SHARE, rate=RATE, users=USERS)


@pytest.fixture(scope="module")
def outcomes(cost: Cost) -> list[Outcome]:
    """Releases that go on for just as long as the cost says, and then go back."""
    seconds = 2 * math.ceil(cost.seconds / 2)
    revision = {"p50": "100ms", "p95": "200ms"}
    scenario = Scenario.model_validate(
        {
            "slug": "cost",
            "title": "as long as it takes",
            "about": "v2 fails more often than v1.",
            "window": f"{2 * seconds}s",
            "trial": f"{2 * seconds}s",
            "interval": f"{seconds // 2}s",
            "traffic": {"requests_per_second": RATE, "users": USERS},
            "stable": {"name": "v1", "errors": "1%", **revision},
            "canary": {"name": "v2", "errors": "3%", **revision},
        }
    )
    program = read(f"set_weight(10)\nhold('{seconds}s')\nrollback()")
    runs = [run_script(program, materialise(scenario, seed)).outcome for seed in range(RUNS)]
    return [outcome for outcome in runs if outcome is not None]


def test_so_many_requests_notice_the_harm_in_four_of_five_releases(outcomes: list[Outcome]) -> None:
    noticed = sum(_is_noticed(outcome) for outcome in outcomes)
    span = wilson_interval(Counts(events=noticed, units=len(outcomes)))
    assert len(outcomes) == RUNS
    assert (
        span.low - 0.02 < POWER < span.high + 0.02
    )  # the closed form takes failures for normal, and here they are few


def test_users_who_meet_v2_and_are_harmed_are_as_many_as_is_said(outcomes: list[Outcome], cost: Cost) -> None:
    met = sum(outcome.measures["users_exposed"] for outcome in outcomes) / len(outcomes)
    harmed = sum(outcome.measures["users_harmed"] for outcome in outcomes) / len(outcomes)
    assert met == pytest.approx(cost.users, rel=0.03)
    assert harmed == pytest.approx(cost.harmed, rel=0.1)


def test_nobody_notices_a_harm_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no harm to notice"):
        cost_to_decide(0.01, 0.01, 0.1, rate=10, users=2000)


def _is_noticed(outcome: Outcome) -> bool:
    """Whether one look at the end, one-sided, calls v2 worse."""
    canary = [line.canary for line in outcome.trace if line.weight]
    stable = [line.baseline for line in outcome.trace if line.weight]
    n, m = (sum(one.requests for one in arm) for arm in (canary, stable))
    x, y = (sum(one.errors for one in arm) for arm in (canary, stable))
    pooled = (x + y) / (n + m)
    return (x / n - y / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) > CRITICAL
