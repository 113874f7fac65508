"""From an Argo Rollout to a plan, and what a person should know of it."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from canarylearn.dialects.argo_rollouts.numbers import pause_seconds
from canarylearn.dialects.manifest import Context
from canarylearn.engine import Outcome, Phase, Routing, Step, run
from tests.conformance_cases import Case, cases
from tests.dialects.argo import ALB, ISTIO, ROUTED, canary_of, metric, reading, rollout, routed, template
from tests.worlds import world


@pytest.mark.parametrize("case", [case for case in cases("argo-rollouts") if "seconds" in case["expect"]])
def test_a_pause_lasts_as_long_as_in_argo(case: Case) -> None:
    (step,) = reading(rollout(canary_of(case))).plan.steps
    assert step.hold == case["expect"]["seconds"]


def test_an_empty_pause_waits_for_a_person() -> None:
    plan = reading(rollout({"steps": [{"setWeight": 50}, {"pause": {}}]})).plan
    assert plan.steps == (Step(weight=5000, hold=None),)


@pytest.mark.parametrize(
    ("steps", "starting", "stages", "checks_from"),
    [
        ([{"setWeight": 10}, {"pause": {"duration": 60}}, {"setWeight": 20}], 0, [(1000, 60), (2000, 0)], 0),
        ([{"setWeight": 10}, {"pause": {"duration": 60}}, {"setWeight": 20}], 1, [(1000, 60), (2000, 0)], 0),
        ([{"setWeight": 10}, {"pause": {"duration": 60}}, {"setWeight": 20}], 2, [(1000, 60), (2000, 0)], 1),
        ([{"setWeight": 10}, {"pause": {"duration": 60}}, {"setWeight": 20}], 3, [(1000, 60), (2000, 0)], 2),
        ([{"setWeight": 10}, {"pause": {"duration": 60}}, {"pause": {}}], 2, [(1000, 60), (1000, None)], 1),
        ([{"pause": {"duration": 60}}, {"setWeight": 20}], 0, [(0, 60), (2000, 0)], 0),
    ],
)
def test_steps_become_stages_and_the_background_begins_with_one(
    steps: list[dict[str, Any]], starting: int, stages: list[tuple[int, float | None]], checks_from: int
) -> None:
    analysis = {"templates": [{"templateName": "ok"}], "startingStep": starting}
    plan = reading(rollout({"steps": steps, "analysis": analysis}), template(metric(interval="1m"))).plan
    assert [(step.weight, step.hold) for step in plan.steps] == stages
    assert plan.checks_from == checks_from


@pytest.mark.parametrize(
    ("routing", "expected"),
    [
        (None, Routing.PODS),
        ({"istio": ISTIO}, Routing.PER_REQUEST),
        ({"alb": ALB}, Routing.PER_REQUEST),
        ({"alb": {**ALB, "stickinessConfig": {"enabled": True, "durationSeconds": 60}}}, Routing.STICKY),
    ],
)
def test_routing_is_per_request_by_pods_or_sticky(routing: dict[str, Any] | None, expected: Routing) -> None:
    canary = {**ROUTED, "trafficRouting": routing, "steps": [{"setWeight": 10}]}
    plan = reading(rollout({name: value for name, value in canary.items() if value is not None})).plan
    assert plan.routing is expected


@pytest.mark.parametrize(
    ("surge", "replicas", "pods"),
    [(None, 10, 3), ("25%", 10, 3), ("1", 10, 1), (2, 10, 2), ("100%", 4, 4), ("0%", 10, 0), ("lots", 10, 0)],
)
def test_a_surge_is_pods_or_a_percentage_rounded_up(surge: object, replicas: int, pods: int) -> None:
    canary = {} if surge is None else {"maxSurge": surge}
    assert reading(rollout(canary, replicas=replicas)).plan.max_surge == pods


def test_a_router_that_knows_finer_weights_gets_them_exactly() -> None:
    canary = routed([{"setWeight": 5}], nginx={"stableIngress": "i"}, maxTrafficWeight=1000)
    assert reading(rollout(canary)).plan.steps[0].weight == 50
    canary = routed([{"setWeight": 1}], nginx={"stableIngress": "i"}, maxTrafficWeight=3000)
    assert "1 of 3000 is rounded to 3 of 10000" in reading(rollout(canary)).notes[0].message


def noted(*documents: object) -> str:
    return "\n".join(note.message for note in reading(*documents).notes)


@pytest.mark.parametrize(
    ("canary", "note"),
    [
        (
            {"steps": [{"setWeight": 10}], "maxSurge": 0},
            "without a router 10 % on 3 pods is really 33.3 %: 1 of 3 pods",
        ),
        ({"steps": [{"setWeight": 10}]}, "nothing can stop this release"),
        ({}, "without steps the new version replaces the old one pod by pod"),
        ({"maxSurge": "1"}, "Argo reads every text here as a percentage: '1' is 1 %, not pods"),
        ({"abortScaleDownDelaySeconds": 0}, "0 does not mean at once: the canary's pods stay after an abort"),
        ({"steps": [{"pause": {"duration": "1500ms"}}]}, "this one lasts 1 s"),
        (routed([{"setCanaryScale": {"replicas": 1}}], istio=ISTIO), "the number of canary pods is not simulated"),
        (routed([], istio={}), "neither virtualService nor virtualServices is set"),
        (routed([], nginx={}), "neither stableIngress nor stableIngresses is set"),
        ({"steps": [{"plugin": {"name": "a/b"}}]}, "what a plugin does is not known here"),
    ],
)
def test_what_argo_accepts_without_a_word_is_noted(canary: dict[str, Any], note: str) -> None:
    assert note in noted(rollout(canary, replicas=3))


def test_a_weight_that_pods_can_give_is_not_noted() -> None:
    canary = {"steps": [{"setWeight": 10}, {"pause": {}}, {"setWeight": 50}]}
    assert not noted(rollout(canary, replicas=10))


def test_a_paused_spec_waits_before_its_first_step() -> None:
    plan = reading(rollout({"steps": [{"setWeight": 10}]}, paused=True)).plan
    assert plan.steps == (Step(weight=0, hold=None), Step(weight=1000, hold=0.0))


def test_a_mirror_sends_copies_while_the_canary_has_no_traffic() -> None:
    steps: list[dict[str, Any]] = [
        {"setMirrorRoute": {"name": "m", "percentage": 35}},
        {"pause": {"duration": 60}},
        {"setWeight": 0},
        {"pause": {"duration": 40}},
        {"setMirrorRoute": {"name": "m"}},
        {"pause": {"duration": 30}},
        {"setWeight": 10},
    ]
    plan = reading(rollout(routed(steps, istio=ISTIO, managedRoutes=[{"name": "m"}]))).plan
    assert plan.steps == (
        Step(weight=0, hold=60.0, mirror=3500),
        Step(weight=0, hold=40.0, mirror=3500),
        Step(weight=0, hold=30.0),
        Step(weight=1000, hold=0.0),
    )


def test_a_read_rollout_is_run_and_stops_at_a_bad_canary() -> None:
    steps = [{"setWeight": 10}, {"pause": {"duration": "10m"}}, {"setWeight": 50}, {"pause": {"duration": "10m"}}]
    canary = {**ROUTED, "steps": steps, "analysis": {"templates": [{"templateName": "ok"}]}}
    checked = template(metric(interval="5m", successCondition="result[0] <= 0.05", failureLimit=1))
    plan = reading(rollout(canary), checked).plan
    assert run(plan, world()).phase is Phase.PROMOTED
    assert run(plan, world(canary={"errors": "40%"})).phase is Phase.ROLLED_BACK


PAUSES: list[tuple[object, int]] = [
    *((90, 90), ("90", 90), ("5m", 300), ("1h30m", 5400), ("1.5s", 1), ("500ms", 0), ("0", 0), ("", -1), ("1d", -1)),
    *(("-5m", -300), ("+5m", 300), ("5 m", -1), ("1e3s", -1), ("99999999h", -1), ("\N{ARABIC-INDIC DIGIT THREE}s", -1)),
    *((True, -1), (1.5, -1)),
]


@pytest.mark.parametrize(("duration", "seconds"), PAUSES, ids=repr)
def test_the_seconds_of_a_pause(duration: object, seconds: int) -> None:
    assert pause_seconds(duration) == seconds


def test_shares_of_a_canary_are_in_its_steps() -> None:
    found = reading(rollout({"steps": [{"setWeight": 25}]}, replicas=4))
    assert found.shares == ()
    assert Fraction(found.plan.steps[0].weight, 10_000) == Fraction(1, 4)


NOT_MODELLED = {
    "argo-roll-abort-retry",
    "argo-roll-promote-full",
    "argo-roll-new-revision-while-paused",
    "argo-roll-bad-to-good-with-weight",
    "argo-roll-missing-template",
    "argo-roll-rollback-out-of-window",
    "argo-roll-steps-changed",
    "argo-roll-template-changed",
    "argo-roll-back-to-stable-template",
}
"""Cases of commands, of a second new revision, or of pods that break: docs/dialects.md says so for each."""
FAILED = "result[0] < 0"


def ran(steps: list[dict[str, Any]], *templates: dict[str, Any], approve_after: float | None = None) -> Outcome:
    measures = {"slow": "requests", "bad": "requests"}
    plan = reading(rollout({**ROUTED, "steps": steps}), *templates, context=Context(measures=measures)).plan
    return run(plan, world(interval="1m"), approve_after=approve_after)


def test_the_cases_of_a_whole_rollout_are_run_or_named_in_the_docs(repository: Path) -> None:
    run_here = {"argo-roll-inline-multi-fail", "argo-roll-pause-elapsed", "argo-roll-analysis-ok-next-step"}
    assert run_here | NOT_MODELLED == {case["id"] for case in cases("argo-rollouts", "rollout", "rollout-event")}
    docs = (repository / "docs" / "dialects.md").read_text()
    assert not {name for name in NOT_MODELLED if f"`{name}`" not in docs}


def test_argo_roll_inline_multi_fail() -> None:
    (case,) = [case for case in cases("argo-rollouts") if case["id"] == "argo-roll-inline-multi-fail"]
    weight, pause, analysis = case["input"]["steps"]
    metrics = [
        metric(successCondition=FAILED, **{name: value for name, value in asked.items() if name != "measurements"})
        for asked in analysis["analysis"]
    ]
    analysed = {"analysis": {"templates": [{"templateName": "ok"}]}}
    outcome = ran([weight, pause, analysed], template(*metrics), approve_after=60.0)
    assert [event.kind for event in outcome.events if event.kind != "weight"] == ["waiting", "approved", "rolled_back"]
    assert outcome.phase is Phase.ROLLED_BACK
    assert outcome.trace[-1].weight == case["expect"]["final"]["canary_weight"]


def test_argo_roll_pause_elapsed() -> None:
    (case,) = [case for case in cases("argo-rollouts") if case["id"] == "argo-roll-pause-elapsed"]
    outcome = ran([*case["input"]["steps"], {"pause": {"duration": 60}}])
    assert [interval.weight for interval in outcome.trace[:3]] == [1000, 2000, 10000]


def test_argo_roll_analysis_ok_next_step() -> None:
    analysis = {"analysis": {"templates": [{"templateName": "ok"}]}}
    outcome = ran([analysis, {"setWeight": 20}, {"pause": {"duration": 60}}], template(metric(name="bad")))
    assert [interval.weight for interval in outcome.trace[:2]] == [0, 2000]
    assert outcome.phase is Phase.PROMOTED
