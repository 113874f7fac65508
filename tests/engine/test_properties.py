"""What holds of every release, whatever the scenario and the plan."""

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.engine import BUCKETS, MEASURES, Check, Decides, Outcome, Phase, Plan, Step, Within, World, run
from tests.worlds import world

WEIGHTS = st.integers(0, BUCKETS)
SEEDS = st.integers(0, 2**32)
SLACK = Check(metric="requests", condition=Within(at_most=1e9), consecutive_error_limit=100)
MAY_BE_MISSING = {f"{arm}_{metric}" for arm in ("canary", "baseline") for metric in ("error_rate", "p95", "accuracy")}
MAY_NEVER_HAPPEN = {"time_to_notice", "time_to_full"}

checks = st.builds(
    Check,
    metric=st.sampled_from(["error_rate", "p95", "accuracy"]),
    arm=st.sampled_from(["canary", "baseline"]),
    condition=st.builds(Within, at_most=st.floats(0, 1)),
    failure_limit=st.integers(0, 5),
)
plans = st.builds(
    Plan,
    steps=st.lists(st.builds(Step, weight=WEIGHTS, hold=st.floats(1, 7200)), min_size=1, max_size=4).map(tuple),
    checks=st.lists(checks, max_size=2).map(tuple),
    decides=st.sampled_from(Decides),
)
faults = st.one_of(
    st.just({"kind": "error-burst", "on": "canary", "rate": "30%", "since": "10m", "until": "20m"}),
    st.just({"kind": "slow-tail", "on": "stable", "share": "10%", "factor": 8}),
    st.just({"kind": "leak", "on": "canary", "growth": 2}),
    st.just({"kind": "outage", "rate": "50%", "since": "5m", "until": "15m"}),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world with anything wrong in it."""
    changes: dict[str, Any] = {
        "traffic": {
            "requests_per_second": draw(st.sampled_from([0.01, 0.2, 1])),
            "users": draw(st.sampled_from([1, 30, 500])),
            "activity": draw(st.sampled_from(["even", "uneven"])),
        },
        "canary": {"errors": draw(st.sampled_from(["0%", "3%", "100%"]))},
        "faults": draw(st.lists(faults, max_size=3)),
        "start_weight": draw(st.sampled_from(["0%", "10%", "100%"])),
    }
    if draw(st.booleans()):
        changes["canary"]["capacity"] = {"replicas": 1, "requests_per_second": 0.1}
    return world(draw(SEEDS), **changes)


@settings(max_examples=150, deadline=None)
@given(made=worlds(), plan=plans)
def test_every_release_ends_with_all_that_is_promised(made: World, plan: Plan) -> None:
    outcome = run(plan, made)
    assert [interval.start for interval in outcome.trace] == [300 * index for index in range(18)]
    assert set(outcome.measures) == set(MEASURES)
    for name, value in outcome.measures.items():
        if not math.isfinite(value):
            assert (math.isnan(value) and name in MAY_BE_MISSING) or (value == math.inf and name in MAY_NEVER_HAPPEN)
        else:
            assert value >= 0, name
            assert value <= 1 or MEASURES[name].unit != "share", name
    assert_nobody_is_lost(made, outcome)
    assert (outcome.measures["time_to_full"] < math.inf) is (outcome.phase is Phase.PROMOTED)
    if outcome.phase is Phase.ROLLED_BACK:
        assert outcome.measures["time_to_notice"] == outcome.events[-1].at


@settings(max_examples=50, deadline=None)
@given(made=worlds(), plan=plans)
def test_the_same_plan_in_the_same_world_ends_alike(made: World, plan: Plan) -> None:
    assert repr(run(plan, made)) == repr(run(plan, made))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, weights=st.tuples(WEIGHTS, WEIGHTS))
def test_more_weight_never_exposes_or_harms_fewer_users(seed: int, weights: tuple[int, int]) -> None:
    made = world(seed, canary={"errors": "10%"}, traffic={"requests_per_second": 0.3, "users": 200})
    fewer, more = (held_at(weight, made).measures for weight in sorted(weights))
    for name in ("users_exposed", "users_exposed_share", "users_harmed", "failed_requests", "canary_requests"):
        assert fewer[name] <= more[name], name


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, weight=WEIGHTS)
def test_the_same_users_meet_every_canary(seed: int, weight: int) -> None:
    good, bad = (
        held_at(weight, world(seed, canary={"errors": errors}, traffic={"requests_per_second": 0.3})).measures
        for errors in ("0%", "50%")
    )
    for name in ("users_exposed", "canary_requests", "baseline_error_rate", "baseline_p95"):
        assert good[name] == bad[name] or math.isnan(good[name]), name


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=SEEDS, weight=st.integers(200, 9000), salt=st.text(max_size=8))
def test_an_equal_canary_is_not_failed(seed: int, weight: int, salt: str) -> None:
    """At most one release in a hundred may be; these forty draws are always the same, and none is."""
    outcome = run(Plan(steps=(Step(weight=weight, hold=3600),)), world(seed, salt=salt))
    assert outcome.phase is not Phase.ROLLED_BACK


def held_at(weight: int, made: World) -> Outcome:
    """A release that keeps one weight to the end of the window, whatever happens."""
    return run(Plan(steps=(Step(weight=weight, hold=5400),), checks=(SLACK,), decides=Decides.CHECKS), made)


def assert_nobody_is_lost(made: World, outcome: Outcome) -> None:
    """Both arms of all intervals together answered every request, each as the weight says."""
    for index, interval in enumerate(outcome.trace):
        span = slice(made.bounds[index], made.bounds[index + 1])
        assert interval.canary.requests == int((made.draws.bucket[span] < interval.weight).sum())
        assert interval.canary.requests + interval.baseline.requests == made.bounds[index + 1] - made.bounds[index]
        for arm in (interval.canary, interval.baseline):
            assert arm.users <= min(arm.requests, arm.users_at_weight)
            assert arm.errors + arm.wrong <= arm.requests
            assert arm.requests == 0 or arm.p50 <= arm.p95 <= arm.p99
