"""A plan written as a Rollout and its AnalysisTemplates, and what it loses."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import yaml

from canarylearn.dialects.argo_rollouts.durations import say_go_duration
from canarylearn.dialects.argo_rollouts.values import MOST_INT32
from canarylearn.dialects.argo_rollouts.writing import Writer
from canarylearn.dialects.manifest import Rendering
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS

_PERCENT = BUCKETS // 100
_NAME, _MIRROR = "model", "mirror"


class _Dumper(yaml.CSafeDumper):
    """Writes everything out: reading takes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def render(plan: Plan) -> Rendering:
    """The plan in Argo's documents, with placeholders for what a plan does not know: names, image, addresses."""
    writer = Writer()
    plan = _argo_like(plan, writer)
    fine = _fine(plan, writer)
    background = writer.template("background", plan.checks, endless=True)
    steps, templates, firsts = _steps(plan, writer, most=BUCKETS if fine else 100)
    canary: dict[str, object] = {"maxSurge": plan.max_surge}
    if plan.routing is not Routing.PODS:
        canary |= {"canaryService": f"{_NAME}-canary", "stableService": f"{_NAME}-stable"}
        canary["trafficRouting"] = _router(plan, fine=fine)
    if background is not None:
        analysis: dict[str, object] = {"templates": [{"templateName": "background"}]}
        if plan.checks_from:
            beyond = plan.checks_from - len(plan.steps)
            analysis["startingStep"] = len(steps) + beyond if beyond >= 0 else firsts[plan.checks_from]
        canary["analysis"] = analysis
    canary["steps"] = steps
    documents = [_rollout(plan, canary), *([background] if background is not None else []), *templates]
    text = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True)
    return Rendering(text=text, lost=tuple(writer.lost))


def _argo_like(plan: Plan, writer: Writer) -> Plan:
    """The plan as one that checks decide, which is the only kind that Argo Rollouts has."""
    if plan.decides is Decides.JUDGE:
        writer.lose("the comparison with the baseline: Argo Rollouts judges metrics by conditions alone")
    if plan.decides is Decides.NOBODY:
        writer.lose("that nobody decides: here the rollout waits for a person at the end, and then promotes")
        if plan.steps[-1].hold is not None:
            plan = replace(plan, steps=(*plan.steps, replace(plan.steps[-1], hold=None)))
    if plan.decides is Decides.FAILED_CHECKS:
        writer.lose("one count of failed checks over all metrics: Argo Rollouts counts each metric by itself")
        tick = plan.interval or 60.0
        limited = (replace(check, interval=tick, count=0, failure_limit=plan.threshold - 1) for check in plan.checks)
        steps = (replace(step, hold=tick) if step.hold == 0 else step for step in plan.steps)
        plan = replace(plan, checks=tuple(limited), steps=tuple(steps))
    return plan


def _fine(plan: Plan, writer: Writer) -> bool:
    """Whether weights need more than whole percents, and a router that takes them."""
    fine = any(step.weight % _PERCENT for step in plan.steps)
    mirrors = any(step.mirror for step in plan.steps)
    if fine and (plan.routing is not Routing.PER_REQUEST or mirrors):
        writer.lose("weights between whole percents: they are rounded here")
        return False
    return fine


def _steps(
    plan: Plan, writer: Writer, *, most: int
) -> tuple[list[dict[str, object]], list[dict[str, object]], list[int]]:
    """Argo's steps, the templates that they name, and the number of the first of Argo's steps for each stage."""
    steps: list[dict[str, object]] = []
    templates: list[dict[str, object]] = []
    firsts: list[int] = []
    mirrored = 0
    for number, step in enumerate(plan.steps):
        firsts.append(len(steps))
        steps.append({"setWeight": _whole(step.weight, most)})
        if (copies := _mirrored(step, plan, writer)) != mirrored:
            steps.append({"setMirrorRoute": {"name": _MIRROR, **({"percentage": copies} if copies else {})}})
            mirrored = copies
        if step.hold is None:
            steps.append({"pause": {}})
        elif step.hold:
            steps.append({"pause": {"duration": _pause(step.hold, writer)}})
        template = writer.template(f"step-{number + 1}", step.checks, endless=False) if step.checks else None
        if template is not None:
            templates.append(template)
            steps.append({"analysis": {"templates": [{"templateName": f"step-{number + 1}"}]}})
    return steps, templates, firsts


def _whole(weight: int, most: int) -> int:
    return round(Fraction(weight * most, BUCKETS))


def _mirrored(step: Step, plan: Plan, writer: Writer) -> int:
    """The percentage of requests to copy, which only Istio does."""
    if not step.mirror:
        return 0
    if plan.routing is not Routing.PER_REQUEST:
        writer.lose("mirrored requests: Argo Rollouts mirrors with Istio only")
        return 0
    percent = round(Fraction(step.mirror, _PERCENT))
    if percent * _PERCENT != step.mirror:
        writer.lose("a share of mirrored requests between whole percents: it is rounded here")
    return max(percent, 1)


def _pause(seconds: float, writer: Writer) -> str:
    whole = round(seconds) if math.isfinite(seconds) else MOST_INT32
    whole = min(max(whole, 1), MOST_INT32)
    if whole != seconds:
        writer.lose(f"a hold of {seconds:g} seconds: a pause is a whole number of seconds, here {whole}")
    return say_go_duration(Fraction(whole))


def _router(plan: Plan, *, fine: bool) -> dict[str, object]:
    if plan.routing is Routing.STICKY:
        sticky = {"enabled": True, "durationSeconds": 86400}
        return {"alb": {"ingress": _NAME, "servicePort": 80, "stickinessConfig": sticky}}
    if fine:
        return {"nginx": {"stableIngress": _NAME}, "maxTrafficWeight": BUCKETS}
    routing: dict[str, object] = {"istio": {"virtualService": {"name": _NAME}}}
    if any(step.mirror for step in plan.steps):
        routing["managedRoutes"] = [{"name": _MIRROR}]
    return routing


def _rollout(plan: Plan, canary: dict[str, object]) -> dict[str, object]:
    container = {"name": _NAME, "image": "registry.example.com/model:v2"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": _NAME},
        "spec": {
            "replicas": plan.replicas,
            "selector": {"matchLabels": {"app": _NAME}},
            "template": {"metadata": {"labels": {"app": _NAME}}, "spec": {"containers": [container]}},
            "strategy": {"canary": canary},
        },
    }
