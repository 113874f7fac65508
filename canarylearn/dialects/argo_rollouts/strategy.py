"""The checks that Argo makes of a strategy: services, routers, surge, and what does not go together."""

from canarylearn.dialects.argo_rollouts.numbers import pods_or_percent
from canarylearn.dialects.argo_rollouts.saying import argo_path, invalid, required
from canarylearn.dialects.argo_rollouts.steps import check_steps
from canarylearn.dialects.argo_rollouts.values import entries, whole, words
from canarylearn.dialects.shape import Node

_SAME_SERVICES = (
    "This rollout uses the same service for the {} and {} services, but two different services are required."
)
_NEEDS_SERVICES = "Canary service and Stable service must to be set to use Traffic Routing"
_NEED_BOTH = ("smi", "apisix", "ambassador", "nginx", "appMesh", "traefik")
"""Routers that always need both services; ALB and Istio have their own conditions, plugins need none."""
_KEPT_REVISIONS = 10
_DEFAULT_SURGE = "25%"


def check_strategy(spec: Node) -> None:
    """The strategy of a rollout: exactly one, and all that is wrong with it."""
    strategy = spec.get("strategy")
    canary, blue_green = strategy.get("canary"), strategy.get("blueGreen")
    path = "spec.strategy.strategy"
    if not canary.there and not blue_green.there:
        missing = "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'"
        tip = "; write `canary: {}` for one without settings" if _is_null(strategy, "canary") else ""
        required(strategy, f"{missing}{tip}", path=path)
    elif canary.there and blue_green.there:
        invalid(strategy, "blueGreen: true canary: true", "Multiple Strategies can not be listed", path=path)
    elif canary.there:
        _check_canary(canary)
    else:
        _check_blue_green(blue_green, spec)


def _is_null(strategy: Node, key: str) -> bool:
    return isinstance(strategy.value, dict) and key in strategy.value and strategy.value[key] is None


def _check_canary(canary: Node) -> None:
    _check_surge(canary)
    _check_services(canary)
    _check_ping_pong(canary)
    _check_scaling(canary)
    _check_routing(canary.get("trafficRouting"))
    check_steps(canary)
    _check_anti_affinity(canary.get("antiAffinity"))


def _check_surge(canary: Node) -> None:
    surge, unavailable = canary.get("maxSurge"), canary.get("maxUnavailable")
    values = [node.value if node.there else _DEFAULT_SURGE for node in (surge, unavailable)]
    if all(isinstance(value, (int, str)) and not pods_or_percent(value) for value in values):
        at = surge if surge.there else unavailable
        invalid(at, at.value, "MaxSurge and MaxUnavailable both can not be zero", path=argo_path(surge))


def _check_services(canary: Node) -> None:
    stable, candidate = canary.get("stableService"), canary.get("canaryService")
    if words(stable) and words(stable) == words(candidate):
        invalid(stable, words(stable), _SAME_SERVICES.format("stable", "canary"))
    if _needs_services(canary):
        for service in (stable, candidate):
            if not words(service) and (not service.there or isinstance(service.value, str)):
                invalid(service, "", _NEEDS_SERVICES)


def _needs_services(canary: Node) -> bool:
    routing = canary.get("trafficRouting")
    if any(routing.has(router) for router in _NEED_BOTH):
        return True
    istio = routing.get("istio")
    own = routing.has("alb") or (istio.there and not istio.has("destinationRule"))
    return own and not canary.has("pingPong")


def _check_ping_pong(canary: Node) -> None:
    pair, routing = canary.get("pingPong"), canary.get("trafficRouting")
    if not pair.there:
        return
    if routing.there and not any(routing.has(router) for router in ("alb", "istio", "plugins")):
        detail = "Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only"
        invalid(routing, None, detail, path=argo_path(routing.get("alb")))
    ping, pong = pair.get("pingService"), pair.get("pongService")
    for service in (ping, pong):
        if not words(service):
            invalid(service, "", "Ping service and Pong service must to be set to use Ping-Pong feature")
    if words(ping) == words(pong):
        invalid(ping, words(ping), _SAME_SERVICES.format("ping", "pong"))
    alb = routing.get("alb")
    if alb.there and not words(alb.get("rootService")):
        detail = "Root service field is required for the configuration with ALB and ping-pong feature enabled"
        invalid(alb.get("rootService"), "", detail)


def _check_scaling(canary: Node) -> None:
    delay, dynamic = canary.get("scaleDownDelaySeconds"), canary.get("dynamicStableScale")
    if not canary.has("trafficRouting"):
        if delay.there:
            invalid(delay, delay.value, "Canary scaleDownDelaySeconds can only be used with traffic routing")
        if dynamic.value is True:
            invalid(dynamic, True, "Canary dynamicStableScale can only be used with traffic routing")
    elif delay.there and dynamic.value is True:
        invalid(dynamic, True, "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds")


def _check_routing(routing: Node) -> None:
    if routing.has("maxTrafficWeight"):
        most = routing.get("maxTrafficWeight")
        if not (routing.has("nginx") or routing.has("plugins")):
            detail = "Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins"
            invalid(most, most.value, detail)
        elif (weight := whole(most)) is not None and weight <= 0:
            invalid(most, weight, "maxTrafficWeight must be greater than 0")
    _check_one_of(routing.get("nginx"), "stableIngress", "stableIngresses", "StableIngress or StableIngresses")
    _check_one_of(routing.get("alb"), "ingress", "ingresses", "Ingress or Ingresses")
    istio = routing.get("istio")
    if istio.has("virtualService") and istio.has("virtualServices"):
        istio.problem("Internal error: either VirtualService or VirtualServices must be configured")


def _check_one_of(router: Node, one: str, several: str, names: str) -> None:
    """Argo refuses both; neither is refused later, in a cluster, so it is left to the notes."""
    if words(router.get(one)) and any(entries(router.get(several))):
        router.problem(f"Internal error: Either {names} must be configured. Both are configured.")


def _check_anti_affinity(rule: Node) -> None:
    if not rule.there:
        return
    preferred = rule.get("preferredDuringSchedulingIgnoredDuringExecution")
    if preferred.there == rule.has("requiredDuringSchedulingIgnoredDuringExecution"):
        invalid(rule, rule.value, "AntiAffinity must have exactly one strategy listed")
    weight = whole(preferred.get("weight"))
    if weight is not None and not 1 <= weight <= 100:
        invalid(
            preferred.get("weight"),
            weight,
            "AntiAffinity weight must be between 1-100",
            path=f"{argo_path(rule)}.weight",
        )


def _check_blue_green(blue_green: Node, spec: Node) -> None:
    active, preview = blue_green.get("activeService"), blue_green.get("previewService")
    if words(active) == words(preview):
        invalid(active, words(active), _SAME_SERVICES.format("active", "preview"))
    limit, kept = whole(blue_green.get("scaleDownDelayRevisionLimit")), whole(spec.get("revisionHistoryLimit"))
    if limit is not None and (_KEPT_REVISIONS if kept is None else kept) < limit:
        detail = "This rollout's revision history limit can not be smaller than the rollout's scale down limit"
        invalid(blue_green.get("scaleDownDelayRevisionLimit"), limit, detail)
    _check_anti_affinity(blue_green.get("antiAffinity"))
