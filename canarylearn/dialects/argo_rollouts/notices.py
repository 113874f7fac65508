"""What Argo accepts without a word, and a person should know before it is deployed."""

from fractions import Fraction

from canarylearn.dialects.argo_rollouts.findings import Findings
from canarylearn.dialects.argo_rollouts.planning import replicas_of, surge_of
from canarylearn.dialects.argo_rollouts.scaling import stable_pods_left, weight_going_back
from canarylearn.dialects.argo_rollouts.steps import max_weight
from canarylearn.dialects.argo_rollouts.values import entries, whole, words
from canarylearn.dialects.shape import Node
from canarylearn.engine.plan import Plan, Routing
from canarylearn.engine.pods import split_pods
from canarylearn.engine.quantities import BUCKETS

_NEAR = Fraction(1, 100)
"""A share of pods that is this near to the weight is what was asked for."""


def notice_canary(spec: Node, plan: Plan, findings: Findings) -> None:
    """Notes on a canary that Argo accepts."""
    canary = spec.get("strategy").get("canary")
    if plan.routing is Routing.PODS:
        _notice_pods(spec, findings)
    elif canary.get("dynamicStableScale").value is True:
        _notice_way_back(spec, findings)
    _notice_surge(canary, findings)
    steps = list(entries(canary.get("steps")))
    if not steps:
        findings.note(canary, "without steps the new version replaces the old one pod by pod, and nothing is compared")
    elif not _guarded(canary, steps):
        findings.note(
            canary.get("steps"), "no analysis and no pause that waits for a person: nothing can stop this release"
        )
    starting = canary.get("analysis").get("startingStep")
    if (whole(starting) or 0) >= len(steps) > 0:
        findings.note(starting, f"there are {len(steps)} steps, counted from 0: this analysis never begins")
    if canary.get("abortScaleDownDelaySeconds").value == 0:
        at = canary.get("abortScaleDownDelaySeconds")
        findings.note(at, "0 does not mean at once: the canary's pods stay after an abort")
    _notice_routers(canary.get("trafficRouting"), findings)


def _guarded(canary: Node, steps: list[Node]) -> bool:
    return canary.has("analysis") or any(
        step.has("analysis")
        or (step.has("pause") and not step.get("pause").has("duration"))
        or step.get("experiment").has("analyses")
        for step in steps
    )


def _notice_pods(spec: Node, findings: Findings) -> None:
    """Without a router a weight is a number of pods, and few pods make coarse weights."""
    replicas, surge = replicas_of(spec), surge_of(spec)
    if replicas > _MOST_PODS:
        return
    for step in entries(spec.get("strategy").get("canary").get("steps")):
        weight = whole(step.get("setWeight"))
        if weight is None or not 0 <= weight <= 100:
            continue
        canary, stable = split_pods(weight * BUCKETS // 100, replicas=replicas, max_surge=surge)
        share = Fraction(canary, canary + stable) if canary + stable else Fraction(0)
        if abs(share - Fraction(weight, 100)) > _NEAR:
            findings.note(
                step.get("setWeight"),
                f"without a router {weight} % on {_pods(replicas)} is really {float(share * 100):.3g} %: "
                f"{canary} of {canary + stable} pods",
            )


def _notice_way_back(spec: Node, findings: Findings) -> None:
    """Pods of the old version that were taken away have to come back before they can serve: an abort takes its time."""
    canary = spec.get("strategy").get("canary")
    replicas, most = replicas_of(spec), max_weight(canary)
    weights = [whole(step.get("setWeight")) or 0 for step in entries(canary.get("steps"))]
    weight = max((weight for weight in weights if 0 <= weight < most), default=0)
    left = stable_pods_left(replicas, weight, most=most)
    kept = weight_going_back(weight, replicas=replicas, stable_available=left, most=most)
    if kept:
        findings.note(
            canary.get("dynamicStableScale"),
            f"at a weight of {weight} only {left} of {_pods(replicas)} of the old version are left: after an abort the "
            f"new version keeps a weight of {kept} until more are back, and here traffic goes back at once",
        )


_MOST_PODS = 1_000_000


def _pods(count: int) -> str:
    return "1 pod" if count == 1 else f"{count} pods"


def _notice_surge(canary: Node, findings: Findings) -> None:
    for name in ("maxSurge", "maxUnavailable"):
        text = words(canary.get(name))
        if text and not text.endswith("%"):
            findings.note(
                canary.get(name), f"Argo reads every text here as a percentage: {text!r} is {text} %, not pods"
            )


def _notice_routers(routing: Node, findings: Findings) -> None:
    nginx, istio, alb = (routing.get(router) for router in ("nginx", "istio", "alb"))
    for router, fields in ((nginx, ("stableIngress", "stableIngresses")), (alb, ("ingress", "ingresses"))):
        if router.there and not any(router.has(field) for field in fields):
            findings.note(
                router, f"neither {fields[0]} nor {fields[1]} is set: the controller will find nothing to route"
            )
    if istio.there and not istio.has("virtualService") and not istio.has("virtualServices"):
        findings.note(istio, "neither virtualService nor virtualServices is set: the controller will refuse this")
    if routing.there and not routing.value:
        findings.note(routing, "no router is named: weights are kept in the status and no traffic moves by them")
