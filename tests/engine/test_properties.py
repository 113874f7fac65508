"""What holds of every release, whatever the scenario and the plan."""

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from canarylearn.engine import (
    BUCKETS,
    MEASURES,
    METRICS,
    Check,
    Decides,
    Outcome,
    Phase,
    Plan,
    Routing,
    Step,
    Within,
    World,
    materialise,
    run,
)
from canarylearn.engine.faults import Fault
from canarylearn.engine.world import forget
from tests.worlds import scenario, world

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
    st.just({"kind": "segment-bug", "on": "canary", "segment": "b", "errors": "40%", "factor": 3}),
    st.just({"kind": "quality-drop", "on": "canary", "rate": "30%", "since": "20m"}),
    st.just({"kind": "cold-cache", "on": "canary", "factor": 5}),
    st.just({"kind": "missing-metrics", "on": "canary", "since": "12m", "until": "31m"}),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world with anything wrong in it."""
    changes: dict[str, Any] = {
        "traffic": {
            "requests_per_second": draw(st.sampled_from([0.01, 0.2, 1])),
            "users": draw(st.sampled_from([1, 30, 500])),
            "activity": draw(st.sampled_from(["even", "uneven"])),
            "segments": {"a": "60%", "b": "40%"},
        },
        "canary": {"errors": draw(st.sampled_from(["0%", "3%", "100%"]))},
        "faults": draw(st.lists(faults, max_size=3)),
        "start_weight": draw(st.sampled_from(["0%", "10%", "100%"])),
    }
    if draw(st.booleans()):
        changes["traffic"]["daily"] = {"amplitude": "100%", "peak": "01:00"}
        changes["traffic"]["bursts"] = [{"since": "10m", "until": "20m", "factor": 3}]
    if draw(st.booleans()):
        changes["label_delay"] = draw(st.sampled_from(["1s", "5m", "11m", "1d"]))
    if draw(st.booleans()):
        changes["stable"] = {"score": {"mean": 0.4, "sd": 0.2}}
        changes["canary"]["score"] = {"mean": 0.5, "sd": 0.1}
    if draw(st.booleans()):
        changes["canary"]["warm_up"] = {"lasts": "20m", "factor": 6}
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


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, weights=st.tuples(WEIGHTS, WEIGHTS), routing=st.sampled_from(Routing))
def test_more_weight_never_exposes_fewer_users_under_any_routing(
    seed: int, weights: tuple[int, int], routing: Routing
) -> None:
    made = materialise(scenario(traffic={"requests_per_second": 0.3, "users": 200}), seed, routing)
    fewer, more = (held_at(weight, made, routing).measures for weight in sorted(weights))
    for name in ("users_exposed", "users_exposed_share", "failed_requests", "canary_requests"):
        assert fewer[name] <= more[name], name


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, weight=WEIGHTS, fault=faults)
def test_a_fault_on_the_canary_never_changes_what_the_baseline_answers(
    seed: int, weight: int, fault: dict[str, Any]
) -> None:
    traffic = {"requests_per_second": 0.3, "users": 200, "segments": {"a": "60%", "b": "40%"}}
    on_canary = {**fault, "on": "canary"} if "on" in fault else None
    plain, faulty = (
        held_at(weight, world(seed, traffic=traffic, faults=found)) for found in ([], [on_canary] if on_canary else [])
    )
    for one, other in zip(plain.trace, faulty.trace, strict=True):
        assert repr(one.baseline) == repr(other.baseline)
    for name in ("users_exposed", "canary_requests", "baseline_error_rate", "baseline_p95", "baseline_accuracy"):
        assert repr(plain.measures[name]) == repr(faulty.measures[name]), name


@settings(max_examples=60, deadline=None)
@given(made=worlds(), weight=WEIGHTS, on=st.sampled_from(["stable", "canary"]), since=st.integers(0, 80))
def test_missing_metrics_never_change_the_truth(made: World, weight: int, on: str, since: int) -> None:
    spell = {"kind": "missing-metrics", "on": on, "since": f"{since}m" if since else "0"}
    fields = made.scenario.model_copy(
        update={"faults": (*made.scenario.faults, TypeAdapter(Fault).validate_python(spell))}
    )
    seen, unseen = held_at(weight, made), held_at(weight, materialise(fields, made.seed))
    assert repr(seen.measures) == repr(unseen.measures)
    for before, after in zip(seen.trace, unseen.trace, strict=True):
        arm = after.baseline if on == "stable" else after.canary
        assert arm.missing is (after.end > since * 60 or (on == "canary" and before.canary.missing))
        assert not arm.missing or all(math.isnan(arm.value(metric)) for metric in METRICS)


@settings(max_examples=60, deadline=None)
@given(made=worlds(), weight=WEIGHTS, delay=st.sampled_from([300.0, 900.0, 1e5]))
def test_late_labels_never_change_the_truth_and_come_all_in_the_end(made: World, weight: int, delay: float) -> None:
    at_once = materialise(made.scenario.model_copy(update={"label_delay": 0.0}), made.seed)
    late = materialise(made.scenario.model_copy(update={"label_delay": delay}), made.seed)
    now, later = held_at(weight, at_once), held_at(weight, late)
    assert repr(now.measures) == repr(later.measures)
    wait = round(delay / 300)
    for index, line in enumerate(later.trace):
        for arm in ("canary", "baseline"):
            known = getattr(line, arm)
            if index < wait:
                assert known.labelled == known.wrong == 0
                assert math.isnan(known.accuracy)
            else:
                served = getattr(now.trace[index - wait], arm)
                assert (known.labelled, known.wrong) == (served.labelled, served.wrong)


@settings(max_examples=30, deadline=None)
@given(made=worlds(), plan=plans)
def test_a_world_made_again_ends_alike_with_everything_in_it(made: World, plan: Plan) -> None:
    first = repr(run(plan, made))
    forget()
    assert repr(run(plan, materialise(made.scenario, made.seed))) == first


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


def held_at(weight: int, made: World, routing: Routing = Routing.STICKY) -> Outcome:
    """A release that keeps one weight to the end of the window, whatever happens."""
    steps = (Step(weight=weight, hold=5400),)
    plan = Plan(steps=steps, checks=(SLACK,), decides=Decides.CHECKS, routing=routing, replicas=10)
    return run(plan, made)


def assert_nobody_is_lost(made: World, outcome: Outcome) -> None:
    """Both arms of all intervals together answered every request, each as the weight says."""
    for index, interval in enumerate(outcome.trace):
        span = slice(made.bounds[index], made.bounds[index + 1])
        assert interval.canary.requests == int((made.draws.bucket[span] < interval.weight).sum())
        assert interval.canary.requests + interval.baseline.requests == made.bounds[index + 1] - made.bounds[index]
        for arm in (interval.canary, interval.baseline):
            assert arm.users <= min(arm.requests, arm.users_at_weight)
            assert arm.wrong <= arm.labelled
            assert arm.matured is not None or arm.errors + arm.wrong <= arm.requests
            assert arm.requests == 0 or arm.p50 <= arm.p95 <= arm.p99
