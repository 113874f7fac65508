"""Argo Rollouts: what it accepts and refuses, in its words and at its paths."""

from typing import Any

import pytest

from canarylearn.dialects.errors import Unreadable
from tests.conformance_cases import Case, bases, params
from tests.dialects.argo import (
    ALB,
    HEADER_ROUTE,
    ISTIO,
    ROUTED,
    canary_of,
    errors,
    reading,
    rollout,
    routed,
    said,
    template,
    text_of,
)


def documents_of(case: Case) -> list[dict[str, Any]]:
    where = case["where"]
    if where.startswith("spec.strategy.canary"):
        return [rollout(canary_of(case))]
    if where.startswith("whole Rollout spec"):
        return [rollout(**case["input"])]
    if where.startswith("AnalysisTemplate.spec"):
        metrics = [{**bases()["argo_metric"], **metric} for metric in case["input"]["metrics"]]
        kept = [{name: value for name, value in metric.items() if value is not None} for metric in metrics]
        return [template(*kept)]
    if where == "Rollout + Service in one file":
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "stable"},
            "spec": {"selector": case["input"]["service_selector"]},
        }
        labels = {"metadata": {"labels": case["input"]["rollout_template_labels"]}, "spec": {"containers": [{}]}}
        return [rollout({"stableService": "stable", "canaryService": "canary"}, template=labels), service]
    asked = case["input"]
    assert asked["used_as"] == "background analysis"
    metrics = [{**bases()["argo_metric"], **metric} for metric in asked["metrics"]]
    analysis = {"templates": [{"templateName": "ok"}], "args": asked["rollout_args"]}
    return [rollout({"analysis": analysis}), template(*metrics, args=asked["template_args"])]


@pytest.mark.parametrize("case", params("argo-rollouts", "validation"))
def test_argo_accepts_and_refuses_what_its_own_tests_say(case: Case) -> None:
    expected = case["expect"]
    found = errors(*documents_of(case))
    if expected["result"] == "valid":
        assert not found
        return
    assert expected["message_contains"] in said(found)
    if "field" in expected:
        at = {error.path for error in found if expected["message_contains"] in f"{error.path}: {error.message}"}
        assert expected["field"] in at


BOTH_SERVICES = "Canary service and Stable service must to be set to use Traffic Routing"


@pytest.mark.parametrize(
    ("canary", "path", "message"),
    [
        (
            {"steps": [{"setWeight": 10, "pause": {}}]},
            "spec.strategy.steps[0]",
            "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause",
        ),
        ({"steps": [{"pause": None}]}, "spec.strategy.steps[0]", "write `pause: {}` to wait for a person"),
        (
            {"steps": [{"pause": {"duration": -1}}]},
            "spec.strategy.steps[0].pause.duration",
            "Invalid value: -1: Duration needs to be greater than 0",
        ),
        (
            {"steps": [{"setWeight": 1}, {"pause": {"duration": "five minutes"}}]},
            "spec.strategy.steps[1].pause.duration",
            "write a number of seconds or a Go duration",
        ),
        (
            {"scaleDownDelaySeconds": 30},
            "spec.strategy.scaleDownDelaySeconds",
            "Invalid value: 30: Canary scaleDownDelaySeconds can only be used with traffic routing",
        ),
        (
            {**ROUTED, "dynamicStableScale": True, "scaleDownDelaySeconds": 30},
            "spec.strategy.dynamicStableScale",
            "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds",
        ),
        *(
            (
                {"maxSurge": surge, "maxUnavailable": unavailable},
                "spec.strategy.maxSurge",
                "MaxSurge and MaxUnavailable both can not be zero",
            )
            for surge in (0, "0", "0%")
            for unavailable in (0, "0", "0%")
        ),
        *(
            ({"trafficRouting": {router: settings}}, f"spec.strategy.{service}", BOTH_SERVICES)
            for service in ("canaryService", "stableService")
            for router, settings in (
                ("alb", ALB),
                ("istio", ISTIO),
                ("smi", {}),
                ("apisix", {}),
                ("ambassador", {"mappings": ["m"]}),
                ("nginx", {"stableIngress": "i"}),
                ("appMesh", {}),
                ("traefik", {"weightedTraefikServiceName": "w"}),
            )
        ),
        (
            {"steps": [{"setHeaderRoute": HEADER_ROUTE}]},
            "spec.strategy.steps[0].setHeaderRoute",
            "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix",
        ),
        (
            {"steps": [{"setMirrorRoute": {"name": "m"}}]},
            "spec.strategy.steps[0].setMirrorRoute",
            "SetMirrorRoute requires TrafficRouting, supports Istio only",
        ),
        (
            routed([{"setMirrorRoute": {"name": "m"}}], alb=ALB, managedRoutes=[{"name": "m"}]),
            "spec.strategy.steps[0].setMirrorRoute",
            "SetMirrorRoute requires TrafficRouting, supports Istio only",
        ),
        (
            routed([{"setHeaderRoute": HEADER_ROUTE}], istio=ISTIO),
            "spec.strategy.trafficRouting.managedRoutes",
            "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
        ),
        (
            routed([{"setHeaderRoute": HEADER_ROUTE}], istio=ISTIO, managedRoutes=[{"name": "other"}]),
            "spec.strategy.steps[0].setHeaderRoute",
            "Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes",
        ),
        (
            routed(
                [{"setHeaderRoute": {"name": "h", "match": [{"headerName": "a", "headerValue": {"regex": "b"}}]}}],
                alb=ALB,
                managedRoutes=[{"name": "h"}],
            ),
            "spec.strategy.steps[0].setHeaderRoute.match[0]",
            "SetHeaderRoute match value invalid. ALB supports 'exact' value only",
        ),
        (
            routed(
                [{"setMirrorRoute": {"name": "m", "match": [{"path": {"exact": "a", "prefix": "b"}}]}}],
                istio=ISTIO,
                managedRoutes=[{"name": "m"}],
            ),
            "spec.strategy.steps[0].setMirrorRoute.match[0]",
            "StringMatch match value must have exactly one of the following: exact, regex, prefix",
        ),
        (
            routed(
                [{"setMirrorRoute": {"name": "m", "match": [{"method": {}}]}}],
                istio=ISTIO,
                managedRoutes=[{"name": "m"}],
            ),
            "spec.strategy.steps[0].setMirrorRoute.match[0]",
            "StringMatch value missed, match value must have one of the following: exact, regex, prefix",
        ),
        (
            {"pingPong": {"pingService": "a", "pongService": "a"}, "trafficRouting": {"alb": ALB}},
            "spec.strategy.pingPong.pingService",
            "same service for the ping and pong services",
        ),
        (
            {
                "pingPong": {"pingService": "a", "pongService": "b"},
                "trafficRouting": {"alb": {"ingress": "i", "servicePort": 80}},
            },
            "spec.strategy.trafficRouting.alb.rootService",
            "Root service field is required for the configuration with ALB and ping-pong feature enabled",
        ),
        (
            {"antiAffinity": {}},
            "spec.strategy.antiAffinity",
            "AntiAffinity must have exactly one strategy listed",
        ),
        (
            {"antiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": {"weight": 101}}},
            "spec.strategy.antiAffinity.weight",
            "AntiAffinity weight must be between 1-100",
        ),
        (
            {"steps": [{"experiment": {"templates": [{"name": "a", "specRef": "canary", "weight": 5}]}}]},
            "spec.strategy.steps[0].experiment.templates[0].weight",
            "Experiment template weight cannot be set unless TrafficRouting is enabled",
        ),
        (
            routed([], istio={**ISTIO, "virtualServices": [{"name": "w"}]}),
            "spec.strategy.canary.trafficRouting.istio",
            "either VirtualService or VirtualServices must be configured",
        ),
        (
            routed([], nginx={"stableIngress": "a", "stableIngresses": ["b"]}),
            "spec.strategy.canary.trafficRouting.nginx",
            "Either StableIngress or StableIngresses must be configured. Both are configured.",
        ),
    ],
)
def test_a_canary_is_refused_in_argos_words_at_argos_path(canary: dict[str, Any], path: str, message: str) -> None:
    found = errors(rollout(canary))
    assert any(error.path == path and message in error.message for error in found), said(found)


@pytest.mark.parametrize(
    ("canary", "why"),
    [
        ({}, "no steps at all"),
        ({"steps": [{"setWeight": 100}, {"setWeight": 0}, {"setWeight": 100}]}, "weights need not rise"),
        (routed([{"setWeight": 10, "setCanaryScale": {"weight": 50}}], istio=ISTIO), "Argo's quirk"),
        (
            {
                "trafficRouting": {
                    "istio": {"destinationRule": {"name": "d", "canarySubsetName": "c", "stableSubsetName": "s"}}
                }
            },
            "subsets need no services",
        ),
        ({"trafficRouting": {"plugins": {"argoproj-labs/gatewayAPI": {"httpRoute": "r"}}}}, "plugins need none"),
        ({"maxSurge": 0}, "maxUnavailable has its default"),
        ({"steps": [{"plugin": {"name": "a/b", "config": {"anything": [1]}}}]}, "a plugin is a step"),
        ({"steps": [{"setWeight": 20}, {"pause": {"duration": "1h30m"}}, {"pause": {"duration": 600}}]}, "pauses"),
    ],
)
def test_a_canary_is_accepted(canary: dict[str, Any], why: str) -> None:
    assert not errors(rollout(canary)), why


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ({"selector": None}, "spec.selector", "Required value: Rollout has missing field '.spec.selector'"),
        ({"replicas": -1}, "spec.replicas", "Invalid value: -1: must be greater than or equal to 0"),
        ({"minReadySeconds": 600}, "spec.progressDeadlineSeconds", "must be greater than minReadySeconds"),
        (
            {"selector": {"matchLabels": {"app": "b"}}},
            "spec.template.metadata.labels",
            "`selector` does not match template `labels`",
        ),
        (
            {"selector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}},
            "spec.template.metadata.labels",
            "`selector` does not match template `labels`",
        ),
        ({"template": None}, "spec.template.spec.containers", "Required value"),
        ({"strategy": None}, "spec.strategy.strategy", "Rollout has missing field '.spec.strategy.canary or"),
        ({"strategy": {"canary": None}}, "spec.strategy.strategy", "write `canary: {}` for one without settings"),
        (
            {"strategy": {"blueGreen": {"activeService": "a", "previewService": "a"}}},
            "spec.strategy.activeService",
            "This rollout uses the same service for the active and preview services",
        ),
        ({"paused": "yes"}, "spec.paused", "must be of type boolean"),
        ({"replica": 3}, "spec.replica", 'unknown field "replica"; is it "replicas"?'),
    ],
)
def test_a_rollout_is_refused_outside_its_strategy(spec: dict[str, Any], path: str, message: str) -> None:
    found = errors(rollout(**spec))
    assert any(error.path == path and message in error.message for error in found), said(found)


@pytest.mark.parametrize(
    ("steps", "path", "message"),
    [
        ([{"setWeight": 0.1}], "spec.strategy.canary.steps[0].setWeight", "so write 10 for 0.1 of the traffic"),
        ([{"setWeight": "10%"}], "spec.strategy.canary.steps[0].setWeight", "write 10 without a percent sign"),
        ([{"setWeight": "10"}], "spec.strategy.canary.steps[0].setWeight", "write 10 without quotes"),
        (
            [{"setWeight": True}],
            "spec.strategy.canary.steps[0].setWeight",
            "must be of type integer, and it is the boolean",
        ),
        ([{"setWeigth": 10}], "spec.strategy.canary.steps[0].setWeigth", 'is it "setWeight"?'),
        ([None], "spec.strategy.canary.steps[0]", "must not be null"),
        ([{"setWeight": 2**31}], "spec.strategy.canary.steps[0].setWeight", "less than or equal to 2147483647"),
        ([{"pause": {"duration": 2**31}}], "spec.strategy.canary.steps[0].pause.duration", "must fit into 32 bits"),
        ([{"pause": {"duration": 1.5}}], "spec.strategy.canary.steps[0].pause.duration", "an integer or a string"),
        ([{"pause": "5m"}], "spec.strategy.canary.steps[0].pause", "must be an object"),
    ],
)
def test_the_shape_of_steps_is_checked_as_the_crd_does(steps: list[Any], path: str, message: str) -> None:
    found = errors(rollout({"steps": steps}))
    assert any(error.path == path and message in error.message for error in found), said(found)


def test_all_mistakes_are_found_at_once_each_on_its_line() -> None:
    canary = {
        "steps": [{"setWeight": 101}, {"pause": {"duration": "1d"}}, {}],
        "stableService": "a",
        "canaryService": "a",
    }
    document = text_of(rollout(canary))
    lines = document.splitlines()
    found = errors(rollout(canary))
    assert len(found) == 4
    by_path = {error.path: lines[error.line - 1] for error in found}
    assert by_path["spec.strategy.steps[0].setWeight"].strip().endswith("setWeight: 101")
    assert by_path["spec.strategy.steps[1].pause.duration"].strip() == "duration: 1d"
    assert by_path["spec.strategy.stableService"].strip() == "stableService: a"


def test_a_second_rollout_and_a_text_without_any_are_refused() -> None:
    assert "one text holds one" in said(errors(rollout(), rollout()))
    with pytest.raises(Unreadable):
        reading({"apiVersion": "v1", "kind": "Service"})


def test_a_workload_reference_needs_neither_selector_nor_template() -> None:
    workload = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d", "scaleDown": "never"}
    assert not errors(rollout({}, workloadRef=workload, selector=None, template=None))
