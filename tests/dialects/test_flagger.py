"""Flagger: what it accepts, what its loop does, and plans written for it."""

import math
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.flagger import canary, read, render
from canarylearn.dialects.flagger.metrics import Milliseconds
from canarylearn.dialects.flagger.weights import reached, seconds_of
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.shape import Problems
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine import Check, Decides, Plan, Routing, Step, Within, run
from canarylearn.engine.analysis import State as Measured
from canarylearn.engine.failed_checks import Found, Loop, Ready, Stage, State, tick
from canarylearn.engine.outcome import Phase
from tests.conformance_cases import Case, cases, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced
from tests.worlds import world

WEIGHTS = {"interval": "1m", "threshold": 5, "stepWeight": 10}
COMPLETE: dict[str, Any] = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "Canary",
    "metadata": {"name": "podinfo"},
    "spec": {
        "provider": "istio",
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
        "service": {"port": 9898},
        "analysis": {
            **WEIGHTS,
            "maxWeight": 50,
            "metrics": [
                {"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "1m"},
                {"name": "request-duration", "thresholdRange": {"max": 500}},
            ],
            "webhooks": [{"name": "load", "url": "http://tester/", "metadata": {"cmd": "hey http://podinfo"}}],
        },
    },
}


def document(analysis: dict[str, Any], **spec: Any) -> str:
    return yaml.safe_dump({**COMPLETE, "spec": {**COMPLETE["spec"], "analysis": analysis, **spec}}, sort_keys=False)


def reading(text: str, context: Context | None = None) -> Reading:
    return read(read_documents(text), context or Context())


def errors(text: str) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(text)
    return unreadable.value.errors


def plan_of(analysis: dict[str, Any], **spec: Any) -> Plan:
    return reading(document(analysis, **spec)).plan


def notes(analysis: dict[str, Any], **spec: Any) -> list[str]:
    return [note.message for note in reading(document(analysis, **spec)).notes]


def loop(analysis: dict[str, Any], **spec: Any) -> Loop:
    problems = Problems()
    found = canary.find(read_documents(document(analysis, **spec)), problems)
    assert found is not None
    assert not problems.found
    return canary.loop_of(found)


# The cases of the conformance file.


@pytest.mark.parametrize("case", params("flagger", "validation"))
def test_a_manifest_is_accepted_or_refused_as_flagger_does(case: Case) -> None:
    spec = case["input"] if case["where"] == "Canary.spec" else {"analysis": case["input"]}
    text = yaml.safe_dump({**COMPLETE, "spec": {**COMPLETE["spec"], **spec}})
    if case["expect"]["result"] == "valid":
        assert reading(text).plan.interval == case["expect"]["seconds"]
        return
    found = errors(text)
    assert any(case["expect"]["message_contains"] in f"{error.path} {error.message}" for error in found)
    layer = "schema" if "CRD" in case["expect"].get("layer", "") else "semantics"
    assert layer in {error.code for error in found}


@pytest.mark.parametrize("case", params("flagger", "rollout"))
def test_the_loop_goes_through_flaggers_weights_and_phases(case: Case) -> None:
    machine = loop({"interval": "1m", **case["input"]["analysis"]})
    states = [State()]
    for word in case["input"]["ticks"]:
        found = Found(new_revision=True) if word == "detect" else Found(passed=word == "ok")
        states.append(tick(machine, states[-1], found))
    expected = case["expect"]
    assert [state.weight / 100 for state in states[1:]] == expected["canary_weight_after_tick"]
    assert [state.stage for state in states[1:]] == expected["final"]["phases"]
    assert max(state.failed for state in states) == expected["final"]["failedChecks"]


def event(name: str) -> Case:
    return next(case for case in cases("flagger", "rollout-event") if case["id"] == name)


def test_flagger_roll_rollback_at_threshold() -> None:
    case = event("flagger-roll-rollback-at-threshold")
    given_state = case["input"]["state"]
    state = State(stage=Stage(given_state["phase"]), place=3, weight=3000, failed=given_state["failedChecks"])
    machine = Loop(weights=(1000, 2000, 3000, 4000), threshold=given_state["threshold"])
    for passed in (True, False):
        after = tick(machine, state, Found(passed=passed))
        assert after.stage == case["expect"]["phase"]
        assert after.weight == case["expect"]["canary_weight"] * 100 == 10_000 - case["expect"]["primary_weight"] * 100
        assert after.scaled_down == (case["expect"]["canary_replicas"] == 0)


def test_flagger_roll_blue_green() -> None:
    case = event("flagger-roll-blue-green")
    machine = loop({"interval": "1m", "threshold": 1, **case["input"]["analysis"]})
    states = [State(), tick(machine, State(), Found(new_revision=True))]
    while states[-1].stage is not Stage.SUCCEEDED:
        states.append(tick(machine, states[-1], Found()))
    assert [state.stage for state in states] == case["expect"]["phases"]


@pytest.mark.parametrize(
    "name",
    ["flagger-roll-primary-broken-in-promotion", "flagger-roll-primary-broken-after-shift"],
)
def test_flagger_roll_primary_broken(name: str) -> None:
    case = event(name)
    weight = case["input"]["state"]["weights"][1] * 100
    state = State(stage=Stage(case["input"]["state"]["phase"]), place=1, weight=weight, scaled_down=False)
    after = tick(Loop(weights=(10_000,), back=5000), state, Found(primary=Ready.NEVER))
    assert after.stage == case["expect"]["phase"]
    assert after.weight == case["expect"]["canary_weight"] * 100 == 10_000 - case["expect"]["primary_weight"] * 100
    assert after.scaled_down == case["expect"]["canary_scaled_to_zero"]


def test_flagger_roll_metric_nan() -> None:
    case = event("flagger-roll-metric-nan")
    assert case["expect"]["check"] == "failed"
    for check in plan_of(COMPLETE["spec"]["analysis"]).checks:
        assert check.condition.judge(float(case["input"]["query_result"])) is not Measured.SUCCESSFUL


def test_every_event_of_the_file_has_its_test() -> None:
    here = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_flagger_roll")}
    broken = {"flagger-roll-primary-broken-in-promotion", "flagger-roll-primary-broken-after-shift"}
    assert {case["id"] for case in cases("flagger", "rollout-event")} == here - {"flagger-roll-primary-broken"} | broken


@pytest.mark.parametrize("case", params("flagger", "condition"))
def test_a_range_bears_its_own_bounds(case: Case) -> None:
    metric = {"name": "error-rate", "templateRef": {"name": "x"}, "thresholdRange": case["input"]["thresholdRange"]}
    (check,) = plan_of({**WEIGHTS, "metrics": [metric]}).checks
    assert check.condition.judge(case["input"]["value"]) is Measured.SUCCESSFUL
    assert check.condition.judge(case["input"]["value"] + 1000) is (
        Measured.FAILED if "max" in case["input"]["thresholdRange"] else Measured.SUCCESSFUL
    )


# What Flagger refuses, layer by layer.


@pytest.mark.parametrize(
    ("analysis", "path", "message", "layer"),
    [
        ({}, "spec.analysis", "Found none valid; missing: interval, threshold, one of iterations", "schema"),
        ({**WEIGHTS, "iterations": 3}, "spec.analysis", "Found 2 valid; keep one of iterations, stepWeight", "schema"),
        ({**WEIGHTS, "stepWeights": [1]}, "spec.analysis", "Found 2 valid", "schema"),
        ({**WEIGHTS, "interval": 60}, "spec.analysis.interval", "must be of type string", "schema"),
        ({**WEIGHTS, "interval": "1h"}, "spec.analysis.interval", "should match '^[0-9]+(m|s)'", "schema"),
        ({**WEIGHTS, "interval": "1.5m"}, "spec.analysis.interval", "should match", "schema"),
        ({**WEIGHTS, "stepWeight": "10%"}, "spec.analysis.stepWeight", "write 10 without a percent sign", "schema"),
        ({**WEIGHTS, "stepWeight": True}, "spec.analysis.stepWeight", "the boolean true", "schema"),
        (
            {**WEIGHTS, "stepWeight": 0.1},
            "spec.analysis.stepWeight",
            "number 0.1 into Go struct field CanaryAnalysis.spec.analysis.stepWeight of type int; this is a percentage",
            "semantics",
        ),
        ({**WEIGHTS, "maxWieght": 50}, "spec.analysis.maxWieght", 'is it "maxWeight"?', "schema"),
        (
            {**WEIGHTS, "metrics": [{"interval": "1m"}]},
            "spec.analysis.metrics[0]",
            "name: Required value",
            "schema",
        ),
        (
            {**WEIGHTS, "metrics": [{"name": "x", "thresholdRange": {"max": "1"}}]},
            "spec.analysis.metrics[0].thresholdRange.max",
            "write 1 without quotes",
            "schema",
        ),
        (
            {**WEIGHTS, "webhooks": [{"name": "x", "url": "u", "type": "confirm"}]},
            "spec.analysis.webhooks[0].type",
            "'confirm' is not supported",
            "schema",
        ),
        ({**WEIGHTS, "webhooks": [{"name": "x"}]}, "spec.analysis.webhooks[0]", "url: Required value", "schema"),
        (
            {**WEIGHTS, "sessionAffinity": {"cookieName": "a", "primaryCookieName": "a"}},
            "spec.analysis.sessionAffinity.primaryCookieName",
            "can't use the same cookie name for both primary and cookie name",
            "semantics",
        ),
        ({**WEIGHTS, "sessionAffinity": {}}, "spec.analysis.sessionAffinity", "cookieName: Required value", "schema"),
    ],
)
def test_a_mistake_is_named_with_its_path(analysis: dict[str, Any], path: str, message: str, layer: str) -> None:
    found = errors(document(analysis))
    assert any((error.path, error.code) == (path, layer) and message in error.message for error in found), found


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = document({**WEIGHTS, "stepWeight": "10", "metrics": [{}]}, provider="isto", nonsense=1)
    found = errors(text)
    assert [error.line for error in found] == sorted(error.line for error in found)
    assert {error.path for error in found} == {
        "spec.provider",
        "spec.nonsense",
        "spec.analysis.stepWeight",
        "spec.analysis.metrics[0]",
    }


def test_a_mistake_stands_at_its_line() -> None:
    text = document({**WEIGHTS, "stepWeight": "10"})
    (error,) = errors(text)
    assert "stepWeight: '10'" in text.splitlines()[error.line - 1]


def test_documents_of_others_pass_by_and_a_second_canary_does_not() -> None:
    other = "apiVersion: v1\nkind: Service\nspec: [anything]\n---\n"
    assert reading(other + document(WEIGHTS)).plan == plan_of(WEIGHTS)
    (error,) = errors(document(WEIGHTS) + "---\n" + document(WEIGHTS))
    assert "a second Canary" in error.message
    assert "no Canary" in errors(other + other.removesuffix("---\n"))[0].message


@pytest.mark.parametrize(
    ("provider", "api", "kind", "accepted"),
    [
        ("knative", "serving.knative.dev/v1", "Service", True),
        ("knative", "apps/v1", "Deployment", False),
        ("knative", "v1", "Service", False),
        ("istio", "serving.knative.dev/v1", "Service", False),
        ("istio", "v1", "Service", True),
    ],
)
def test_knative_is_for_knative_services(provider: str, api: str, kind: str, accepted: bool) -> None:
    text = document(WEIGHTS, provider=provider, targetRef={"apiVersion": api, "kind": kind, "name": "x"})
    assert bool(refusal(reading, text)) is not accepted


# Weights and times.


@pytest.mark.parametrize(
    ("step", "steps", "most", "weights", "ending"),
    [
        (20, [], 50, (20, 40, 60), True),
        (50, [], 0, (50, 100), True),
        (40, [], 0, (40, 80, 100), True),
        (150, [], 0, (100,), True),
        (0, [], 50, (), False),
        (-5, [], 50, (), False),
        (50, [], 150, (50, 100), False),
        (0, [1, 2, 10, 80], 0, (1, 2, 10, 80), True),
        (0, [1, 2, 10, 200], 50, (1, 2, 10, 100), True),
        (0, [10, 50], 20, (10, 50), True),
        (0, [10, 10, 20], 0, (10,), False),
        (0, [50, 20], 0, (50,), False),
        (0, [30, 20, 60], 0, (30,), False),
        (0, [0, 10], 0, (), False),
        (0, [300], 0, (100,), True),
        (0, [200, 50], 0, (100,), True),
    ],
)
def test_weights_follow_flaggers_next_step(
    step: int, steps: list[int], most: int, weights: tuple[int, ...], ending: bool
) -> None:
    assert reached(step=step, steps=steps, most=most) == (weights, ending)


@given(st.integers(-10, 300), st.lists(st.integers(-10, 300), max_size=8), st.integers(-10, 300))
def test_weights_only_grow_and_never_pass_all_traffic(step: int, steps: list[int], most: int) -> None:
    weights, _ = reached(step=step, steps=steps, most=most)
    assert list(weights) == sorted(set(weights))
    assert all(0 < weight <= 100 for weight in weights)


@pytest.mark.parametrize(
    ("text", "seconds", "surprising"),
    [
        ("1m", 60, False),
        ("90s", 90, False),
        ("1m30s", 90, False),
        ("3s", 10, True),
        ("5ms", 10, True),
        ("1m30", 60, True),
        ("10mfoo", 60, True),
        ("2m.5s", 120.5, False),
        ("9" * 50 + "m", 60, True),
    ],
)
def test_an_interval_means_what_go_makes_of_it(text: str, seconds: float, surprising: bool) -> None:
    found, surprise = seconds_of(text)
    assert (float(found), bool(surprise)) == (seconds, surprising)


def test_defaults_are_flaggers() -> None:
    plan = plan_of({**WEIGHTS, "threshold": -3, "stepWeight": 60})
    assert (plan.threshold, [step.weight for step in plan.steps]) == (1, [6000, 10_000])
    assert plan.decides is Decides.FAILED_CHECKS
    assert plan.routing is Routing.PER_REQUEST


# Strategies.


def test_blue_green_tests_a_canary_without_users_and_then_moves_everyone() -> None:
    plan = plan_of({"interval": "1m", "threshold": 2, "iterations": 3, "mirror": True, "mirrorWeight": 30})
    assert [(step.weight, step.mirror) for step in plan.steps] == [(0, 3000)] * 3 + [(10_000, 0)]


def test_a_load_test_stands_for_requests_and_without_one_there_is_no_data() -> None:
    analysis = {**COMPLETE["spec"]["analysis"], "iterations": 2}
    del analysis["stepWeight"]
    tested = reading(document(analysis))
    assert [step.mirror for step in tested.plan.steps] == [10_000, 10_000, 0]
    del analysis["webhooks"]
    untested = reading(document(analysis))
    assert any("no values found" in note.message for note in untested.notes)
    assert run(replace(tested.plan, interval=300), world(stable={"p50": "1ms", "p95": "2ms"})).phase
    assert run(replace(untested.plan, interval=300), world()).phase is Phase.ROLLED_BACK


def test_an_ab_test_keeps_its_users_and_says_that_their_number_is_not_known() -> None:
    analysis = {"interval": "1m", "threshold": 2, "iterations": 3, "match": [{"headers": {"x": {"exact": "y"}}}]}
    found = reading(document(analysis))
    assert [step.weight for step in found.plan.steps] == [canary.MATCHED] * 3
    assert found.plan.routing is Routing.STICKY
    assert any("no file says how many" in note.message for note in found.notes)


@pytest.mark.parametrize("analysis", [WEIGHTS, {"interval": "1m", "threshold": 5, "stepWeights": [1, 50]}])
def test_without_a_router_there_are_ten_iterations_and_no_weights(analysis: dict[str, Any]) -> None:
    plan = plan_of({**analysis, "match": [{"headers": {"x": {"exact": "y"}}}]}, provider="kubernetes")
    assert [step.weight for step in plan.steps] == [0] * 11
    said = " ".join(notes({**analysis, "match": [{"headers": {}}]}, provider="kubernetes"))
    assert "iterations is set to 10" in said
    assert "match is dropped" in said


def test_a_mirrored_canary_begins_with_a_step_of_copies() -> None:
    plan = plan_of({**WEIGHTS, "stepWeight": 50, "mirror": True})
    assert [(step.weight, step.mirror) for step in plan.steps] == [(0, 10_000), (5000, 0), (10_000, 0)]


def test_a_skipped_analysis_promotes_at_once_whatever_the_canary_does() -> None:
    plan = plan_of(COMPLETE["spec"]["analysis"], skipAnalysis=True)
    outcome = run(plan, world(canary={"errors": "90%"}))
    assert outcome.phase is Phase.PROMOTED
    assert outcome.measures["time_to_full"] == 0


@pytest.mark.parametrize(
    ("kinds", "waits"),
    [
        ([], [False, False, False]),
        (["confirm-rollout"], [True, False, False, False]),
        (["confirm-promotion"], [False, False, True]),
        (["confirm-traffic-increase"], [True, True, True, True]),
        (["confirm-rollout", "confirm-promotion"], [True, False, False, True]),
        (["rollback", "event", "post-rollout"], [False, False, False]),
    ],
)
def test_hooks_that_confirm_are_people_who_are_waited_for(kinds: list[str], waits: list[bool]) -> None:
    hooks = [{"name": kind, "type": kind, "url": "http://x"} for kind in kinds]
    plan = plan_of({**WEIGHTS, "stepWeight": 20, "maxWeight": 60, "webhooks": hooks})
    assert [step.hold is None for step in plan.steps] == waits


@pytest.mark.parametrize(("provider", "routing"), [("istio", Routing.STICKY), ("nginx", Routing.PER_REQUEST)])
def test_affinity_works_with_the_routers_that_know_it(provider: str, routing: Routing) -> None:
    assert plan_of({**WEIGHTS, "sessionAffinity": {"cookieName": "a"}}, provider=provider).routing is routing


# Metrics.


@pytest.mark.parametrize(
    ("metric", "check"),
    [
        (
            {"name": "request-success-rate", "thresholdRange": {"min": 99.5}},
            Check(metric="success_rate", condition=Within(at_least=0.995), name="request-success-rate"),
        ),
        (
            {"name": "request-success-rate", "threshold": 7},
            Check(metric="success_rate", condition=Within(at_least=0.07), name="request-success-rate"),
        ),
        (
            {"name": "request-duration", "threshold": 500},
            Check(metric="p99", condition=Milliseconds(at_most=500), name="request-duration"),
        ),
        (
            {"name": "request-duration", "thresholdRange": {"min": 1.9, "max": 499.9}},
            Check(metric="p99", condition=Milliseconds(at_least=1, at_most=499), name="request-duration"),
        ),
        (
            {"name": "error-percentage", "threshold": 5, "query": "100 * errors * 100"},
            Check(metric="error_rate", condition=Within(at_most=0.05), name="error-percentage"),
        ),
        (
            {"name": "latency", "thresholdRange": {"max": 0.5}, "query": "histogram_quantile(0.95, latency)"},
            Check(metric="p95", condition=Within(at_most=0.5), name="latency"),
        ),
        (
            {"name": "error-rate", "thresholdRange": {}, "query": "x"},
            Check(metric="error_rate", condition=Within(at_least=0), name="error-rate"),
        ),
    ],
)
def test_a_metric_is_a_check_in_the_engines_units(metric: dict[str, Any], check: Check) -> None:
    assert plan_of({**WEIGHTS, "metrics": [metric]}).checks == (check,)


def test_a_template_is_read_for_what_it_measures() -> None:
    template = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {"name": "slow"},
        "spec": {"provider": {"type": "prometheus"}, "query": "histogram_quantile(0.99, request_duration_ms)"},
    }
    metric = {"name": "tail", "templateRef": {"name": "slow"}, "thresholdRange": {"max": 800}}
    found = reading(document({**WEIGHTS, "metrics": [metric]}) + "---\n" + yaml.safe_dump(template))
    assert found.plan.checks == (Check(metric="p99", condition=Within(at_most=0.8), name="tail"),)
    assert not found.notes


def test_a_metric_that_nobody_knows_is_named_until_somebody_says_what_it_is() -> None:
    text = document({**WEIGHTS, "metrics": [{"name": "wobble", "query": "wobble", "threshold": 0.2}]})
    assert reading(text).unmeasured == ("wobble",)
    assert reading(text, Context(measures={"wobble": "nonsense"})).unmeasured == ("wobble",)
    known = reading(text, Context(measures={"wobble": "error_rate"}))
    assert known.plan.checks == (Check(metric="error_rate", condition=Within(at_most=0.2), name="wobble"),)


def test_a_range_upside_down_fails_at_every_tick() -> None:
    metric = {"name": "error-rate", "query": "x", "thresholdRange": {"min": 0.5, "max": 0.1}}
    found = reading(document({**WEIGHTS, "metrics": [metric]}))
    for value in (0, 0.1, 0.3, 0.5, 1):
        assert any(check.condition.judge(value) is Measured.FAILED for check in found.plan.checks)
    assert any("fails at every tick" in note.message for note in found.notes)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (0.5, Measured.SUCCESSFUL),
        (0.5009, Measured.SUCCESSFUL),
        (0.501, Measured.FAILED),
        (0.1, Measured.SUCCESSFUL),
        (0.0999, Measured.FAILED),
        (math.nan, Measured.ERROR),
        (None, Measured.ERROR),
    ],
)
def test_durations_are_whole_milliseconds_and_bounds_are_included(value: float | None, state: Measured) -> None:
    condition = Milliseconds(at_least=100, at_most=500)
    assert condition.judge(value) is state
    assert condition.limit == 0.5
    assert condition.say() == "from 100 to 500 ms"


@pytest.mark.parametrize("milliseconds", [1, 7, 57, 290, 570, 1001])
def test_a_whole_number_of_milliseconds_is_not_cut(milliseconds: int) -> None:
    condition = Milliseconds(at_least=milliseconds, at_most=milliseconds)
    assert condition.judge(milliseconds / 1000) is Measured.SUCCESSFUL


@pytest.mark.parametrize(
    ("analysis", "spec", "words"),
    [
        ({"stepWeight": 20, "maxWeight": 50}, {}, "the canary gets 60 % before it is promoted"),
        ({"stepWeight": 0}, {}, "never promoted"),
        ({"maxWeight": 150}, {}, "after 100 % the next step is none"),
        ({"interval": "3s"}, {}, "ticks every 10 s"),
        ({"interval": "1m30"}, {}, "ticks every 60 s"),
        ({"threshold": 0}, {}, "counts as 1"),
        ({}, {}, "nothing is checked"),
        ({}, {"suspend": True}, "nothing happens while suspend"),
        ({}, {"skipAnalysis": True}, "unchecked"),
        ({"stepWeightPromotion": 20}, {}, "both sides run the new revision"),
        ({"sessionAffinity": {"cookieName": "a"}}, {}, "more users meet it than the weight says"),
        ({"sessionAffinity": {"cookieName": "a"}}, {"provider": "nginx"}, "ignores sessionAffinity"),
        ({"match": [{"headers": {}}]}, {}, "match is for A/B tests"),
        ({"metrics": [{"name": "request-success-rate", "thresholdRange": {"min": 0.99}}]}, {}, "is in percent"),
        ({"metrics": [{"name": "request-duration", "thresholdRange": {"max": 0.5}}]}, {}, "is cut to 0 ms"),
        ({"metrics": [{"name": "request-success-rate"}]}, {}, "any success rate"),
        ({"metrics": [{"name": "error-rate", "query": "x"}]}, {}, "every value above 0 fails"),
        ({"metrics": [{"name": "error-rate"}]}, {}, "Flagger never measures it"),
        ({"metrics": [{"name": "error-rate", "templateRef": {"name": "x"}}]}, {}, "is not in this file"),
        ({"metrics": [{"name": "error-rate", "query": "x", "thresholdRange": {}}]}, {}, "only missing data fails"),
        ({"webhooks": [{"name": "x", "url": "u", "type": "rollout"}]}, {}, "taken to succeed"),
        ({"webhooks": [{"name": "x", "url": "u", "type": "confirm-promotion"}]}, {}, "taken to ask a person"),
    ],
)
def test_what_flagger_accepts_and_a_person_should_know_is_noted(
    analysis: dict[str, Any], spec: dict[str, Any], words: str
) -> None:
    found = reading(document({**WEIGHTS, **analysis}, **spec)).notes
    assert any(words in note.message for note in found), [note.message for note in found]
    assert [note.line for note in found] == sorted(note.line for note in found)


def test_a_list_of_weights_notes_what_is_ignored_and_clamped() -> None:
    said = " ".join(notes({"interval": "1m", "threshold": 1, "stepWeights": [10, 200], "maxWeight": 30}))
    assert "maxWeight is ignored" in said
    assert "200 is accepted and means 100" in said


def test_a_complete_manifest_is_recognised_and_has_no_notes() -> None:
    dialect, found = read_manifest(yaml.safe_dump(COMPLETE))
    assert dialect is BY_NAME["flagger"]
    assert not found.notes
    assert not found.unmeasured
    assert len(found.plan.checks) == 2


def test_in_the_engine_a_bad_canary_is_rolled_back_after_the_threshold() -> None:
    metric = {"name": "request-success-rate", "thresholdRange": {"min": 95}}
    plan = plan_of({"interval": "5m", "threshold": 2, "stepWeight": 20, "metrics": [metric]})
    outcome = run(plan, world(canary={"errors": "30%"}))
    assert outcome.phase is Phase.ROLLED_BACK
    assert [interval.weight for interval in outcome.trace[:5]] == [0, 2000, 2000, 2000, 0]


# Plans written for Flagger.

SHARES = st.integers(1, 999).map(lambda thousandths: thousandths / 1000)
CHECKS = st.lists(
    st.one_of(
        SHARES.map(lambda s: Check(metric="success_rate", condition=Within(at_least=s), name="request-success-rate")),
        st.integers(0, 5000).map(
            lambda ms: Check(metric="p99", condition=Milliseconds(at_most=ms), name="request-duration")
        ),
        SHARES.map(lambda s: Check(metric="error_rate", condition=Within(at_most=s), name="error-rate")),
        SHARES.map(lambda s: Check(metric="p95", condition=Within(at_most=s * 10), name="latency")),
        SHARES.map(lambda s: Check(metric="accuracy", condition=Within(at_least=s, at_most=1), name="accuracy")),
    ),
    max_size=4,
).map(tuple)


@st.composite
def expressible(draw: st.DrawFn) -> Plan:
    """A plan that Flagger can carry out as it is."""
    seconds = float(draw(st.integers(10, 3600)))
    weights = sorted(draw(st.lists(st.integers(1, 100), min_size=1, max_size=6, unique=True)))
    kind = draw(st.sampled_from(["growing", "mirrored", "blue-green", "kubernetes", "ab"]))
    copies = draw(st.integers(1, 100)) * 100
    count = draw(st.integers(2, 6))
    growing = [Step(weight=weight * 100, hold=seconds) for weight in weights]
    steps = {
        "growing": growing,
        "mirrored": [Step(weight=0, hold=seconds, mirror=copies), *growing],
        "blue-green": [Step(weight=0, hold=seconds, mirror=copies)] * count + [Step(weight=10_000, hold=seconds)],
        "kubernetes": [Step(weight=0, hold=seconds, mirror=draw(st.sampled_from([0, 10_000])))] * count,
        "ab": [Step(weight=canary.MATCHED, hold=seconds)] * count,
    }[kind]
    if draw(st.booleans()):
        steps = [*steps[:-1], replace(steps[-1], hold=None)]
        if kind in ("blue-green", "kubernetes") and not (kind == "kubernetes" and count == 2 and not steps[0].mirror):
            steps = [*steps[:-2], replace(steps[-2], hold=None), steps[-1]]
    if draw(st.booleans()):
        steps = [Step(weight=0, hold=None), *steps]
    sticky = kind == "ab" or (kind != "kubernetes" and draw(st.booleans()))
    return Plan(
        steps=tuple(steps),
        checks=draw(CHECKS),
        decides=Decides.FAILED_CHECKS,
        interval=seconds,
        threshold=draw(st.integers(1, 20)),
        routing=Routing.STICKY if sticky else Routing.PER_REQUEST,
    )


@given(expressible())
def test_a_plan_that_is_written_is_read_back(plan: Plan) -> None:
    rendering = render(plan)
    assert reading(rendering.text).plan == plan
    assert rendering.lost == ()


@pytest.mark.parametrize("kinds", [["confirm-traffic-increase"], ["confirm-rollout"], []])
@pytest.mark.parametrize(
    "analysis",
    [
        WEIGHTS,
        {**WEIGHTS, "stepWeight": 0},
        {**WEIGHTS, "maxWeight": 300},
        {**WEIGHTS, "mirror": True},
        {"interval": "1m", "threshold": 2, "stepWeights": [10, 10]},
        {"interval": "1m", "threshold": 2, "stepWeights": [3, 50, 400]},
        {"interval": "1m30", "threshold": 2, "iterations": 1},
        {"interval": "1m", "threshold": 2, "iterations": 7, "mirror": True, "mirrorWeight": 10},
    ],
)
def test_a_plan_that_was_read_is_written_and_read_back(analysis: dict[str, Any], kinds: list[str]) -> None:
    hooks = [{"name": kind, "type": kind, "url": "http://x"} for kind in kinds]
    for spec in ({}, {"skipAnalysis": True}, {"provider": "kubernetes"}):
        plan = plan_of({**analysis, "webhooks": hooks}, **spec)
        assert reading(render(plan).text).plan == plan


STEP = Step(weight=1000, hold=300.0)
BETWEEN = Milliseconds(at_least=1, at_most=2)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Plan(steps=(STEP,)), "the comparison with the baseline"),
        (Plan(steps=(STEP,), decides=Decides.NOBODY), "that a person or a pipeline decides"),
        (Plan(steps=(STEP,), decides=Decides.CHECKS, checks=(Check(metric="p50", condition=Within(at_most=1)),)),
         "how each check counts"),
        (Plan(steps=(STEP,), routing=Routing.PODS), "shares made of pods"),
        (Plan(steps=(STEP, replace(STEP, weight=2000, hold=600.0))), "how long each step lasts"),
        (Plan(steps=(STEP, replace(STEP, hold=300.0, weight=500))), "does not raise the weight"),
        (Plan(steps=(replace(STEP, weight=1250),)), "whole percents"),
        (Plan(steps=(replace(STEP, hold=None), replace(STEP, weight=2000))), "between two steps"),
        (Plan(steps=(replace(STEP, hold=2.5),)), "at least 10"),
        (Plan(steps=(replace(STEP, weight=0), STEP)), "steps without traffic"),
        (Plan(steps=(STEP,), checks=(Check(metric="users", condition=Within(at_least=1)),)), "no query for users"),
        (Plan(steps=(STEP,), checks=(Check(metric="p50", condition=Within(at_most=1), arm="baseline"),)), "baseline"),
        (Plan(steps=(STEP,), checks=(Check(metric="p50", condition=Within(at_most=1), dry_run=True),)), "no dry run"),
        (Plan(steps=(STEP,), checks=(Check(metric="p50", condition=BETWEEN),)), "knows a range"),
        (Plan(steps=(replace(STEP, checks=(Check(metric="p50", condition=Within(at_most=1)),)),)), "some steps alone"),
        (Plan(steps=(STEP,), checks=(Check(metric="p50", condition=Within(at_most=1), name="request-duration"),)),
         "the name"),
    ],
)  # fmt: skip
def test_what_flagger_cannot_say_is_named(plan: Plan, sentence: str) -> None:
    rendering = render(plan)
    assert any(sentence in lost for lost in rendering.lost), rendering.lost
    again = reading(rendering.text).plan
    assert render(again).text == rendering.text


# Mistakes of every kind.


@given(mangled(COMPLETE))
def test_whatever_is_wrong_is_told_with_a_line(text: str) -> None:
    refusal(reading, text)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value!r:.20}")
@pytest.mark.parametrize(
    "path",
    [
        ("spec",),
        ("spec", "analysis"),
        ("spec", "analysis", "stepWeight"),
        ("spec", "analysis", "interval"),
        ("spec", "analysis", "metrics"),
        ("spec", "analysis", "metrics", 0, "thresholdRange", "min"),
        ("spec", "analysis", "webhooks", 0),
    ],
    ids=lambda path: str(path[-1]),
)
def test_hostile_values_cost_little_and_never_more_than_an_error(path: tuple[Any, ...], value: object) -> None:
    refusal(reading, dump(replaced(COMPLETE, path, value)))


@pytest.mark.parametrize(
    "analysis",
    [
        {"interval": "1m", "threshold": 1, "iterations": 10**9},
        {"interval": "1m", "threshold": 1, "stepWeights": list(range(1, 3000))},
        {"interval": "1m", "threshold": 10**18, "stepWeight": 1, "metrics": [{"name": "x", "query": "y"}] * 2000},
    ],
)
def test_many_steps_and_metrics_cost_little(analysis: dict[str, Any]) -> None:
    refusal(reading, dump({**COMPLETE, "spec": {**COMPLETE["spec"], "analysis": analysis}}))
