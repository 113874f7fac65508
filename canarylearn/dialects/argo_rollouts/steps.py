"""The checks that Argo makes of each step of a canary."""

import re

from canarylearn.dialects.argo_rollouts.numbers import pause_seconds
from canarylearn.dialects.argo_rollouts.saying import argo_path, invalid, required
from canarylearn.dialects.argo_rollouts.values import entries, whole, words
from canarylearn.dialects.shape import Node

_ONE_OF = ("setWeight", "pause", "experiment", "analysis")
_KINDS = (*_ONE_OF, "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin")
_STEP = "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause"
_SEVERAL = "StringMatch match value must have exactly one of the following: exact, regex, prefix"
_MISSED = "StringMatch value missed, match value must have one of the following: exact, regex, prefix"
_EXPERIMENT_WEIGHT = (
    "Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time"
)
_EXPERIMENT_ROUTERS = ("smi", "alb", "istio", "plugins")
_METADATA_FIELD = re.compile(
    r"metadata\.(?:annotations|labels|name|namespace|uid|(?:annotations|labels)\['[^']{1,316}'\])", re.ASCII
)


def max_weight(canary: Node) -> int:
    """The weight that stands for all traffic: 100, or maxTrafficWeight with a router that knows it."""
    routing = canary.get("trafficRouting")
    asked = whole(routing.get("maxTrafficWeight"))
    if asked is None or not (routing.has("nginx") or routing.has("plugins")):
        return 100
    return asked


def check_steps(canary: Node) -> None:
    """Every step, each with all that is wrong with it."""
    for step in entries(canary.get("steps")):
        if isinstance(step.value, dict):
            _check_kind(step)
            _check_amounts(step, canary)
            _check_routes(step, canary.get("trafficRouting"))
            _check_experiment(step, canary.get("trafficRouting"))
            _check_arguments(step)


def _check_kind(step: Node) -> None:
    found = [kind for kind in _KINDS if step.has(kind)]
    exclusive = [kind for kind in found if kind in _ONE_OF]
    if not found or len(exclusive) > 1:
        tip = "; write `pause: {}` to wait for a person" if not found and _is_null(step, "pause") else ""
        invalid(step, found, f"{_STEP}{tip}")


def _is_null(step: Node, key: str) -> bool:
    return isinstance(step.value, dict) and key in step.value and not step.has(key)


def _check_amounts(step: Node, canary: Node) -> None:
    weight, most = whole(step.get("setWeight")), max_weight(canary)
    if weight is not None and not 0 <= weight <= most:
        invalid(step.get("setWeight"), weight, f"SetWeight needs to be between 0 and {most}")
    duration = step.get("pause").get("duration")
    if isinstance(duration.value, (int, str)) and not isinstance(duration.value, bool):
        seconds = pause_seconds(duration.value)
        if seconds < 0:
            tip = "; write a number of seconds or a Go duration, such as 30s, 5m or 24h" if _is_text(duration) else ""
            invalid(duration, seconds, f"Duration needs to be greater than 0{tip}")
    if step.has("setCanaryScale") and not canary.has("trafficRouting"):
        required(
            step.get("setCanaryScale"),
            "SetCanaryScale requires TrafficRouting to be set",
            path=argo_path(canary.get("trafficRouting")),
        )


def _is_text(node: Node) -> bool:
    return isinstance(node.value, str)


def _check_routes(step: Node, routing: Node) -> None:
    header, mirror = step.get("setHeaderRoute"), step.get("setMirrorRoute")
    if header.there:
        if not any(routing.has(router) for router in ("istio", "alb", "apisix")):
            invalid(header, header.value, "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix")
        else:
            for match in entries(header.get("match")):
                _check_header_value(match, exact_only=routing.has("alb"))
    if mirror.there:
        if not routing.has("istio"):
            invalid(mirror, mirror.value, "SetMirrorRoute requires TrafficRouting, supports Istio only")
        for match in entries(mirror.get("match")):
            _check_mirror_match(match)
    for route in (header, mirror):
        if route.there and routing.there:
            _check_managed(route, routing)


def _check_header_value(match: Node, *, exact_only: bool) -> None:
    value = match.get("headerValue")
    if not value.there:
        invalid(match, None, _MISSED)
    elif exact_only:
        if not words(value.get("exact")) or words(value.get("regex")) or words(value.get("prefix")):
            invalid(match, value.value, "SetHeaderRoute match value invalid. ALB supports 'exact' value only")
    else:
        _check_string_match(value, match)


def _check_mirror_match(match: Node) -> None:
    for key in ("method", "path"):
        if match.has(key):
            _check_string_match(match.get(key), match)
    headers = match.get("headers")
    for key, header in headers.items():
        if headers.has(key):
            _check_string_match(header, match)


def _check_string_match(value: Node, at: Node) -> None:
    found = [key for key in ("exact", "regex", "prefix") if words(value.get(key))]
    if len(found) != 1:
        invalid(at, value.value, _SEVERAL if found else _MISSED)


def _check_managed(route: Node, routing: Node) -> None:
    managed = routing.get("managedRoutes")
    if not managed.there:
        required(
            route,
            "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
            path=argo_path(managed),
        )
    elif words(route.get("name")) not in [words(entry.get("name")) for entry in entries(managed)]:
        detail = "Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes"
        invalid(route, words(route.get("name")), detail)


def _check_experiment(step: Node, routing: Node) -> None:
    for template in entries(step.get("experiment").get("templates")):
        weight = template.get("weight")
        if not weight.there:
            continue
        if not routing.there:
            invalid(weight, weight.value, "Experiment template weight cannot be set unless TrafficRouting is enabled")
        elif not any(routing.has(router) for router in _EXPERIMENT_ROUTERS):
            invalid(weight, weight.value, _EXPERIMENT_WEIGHT)


def _check_arguments(step: Node) -> None:
    """Arguments may name the rollout's metadata by the few paths that Kubernetes' downward API knows."""
    analyses = [step.get("analysis"), *entries(step.get("experiment").get("analyses"))]
    for analysis in analyses:
        for argument in entries(analysis.get("args")):
            path = words(argument.get("valueFrom").get("fieldRef").get("fieldPath"))
            if path.startswith("metadata") and not _METADATA_FIELD.fullmatch(path):
                detail = "Analyses arguments must refer to valid object metadata supported by downwardAPI"
                invalid(argument, path, detail, path=f"{argo_path(step)}.analyses")
