"""A plan as a Canary: what Flagger can say of it, and what is lost."""

import math

import yaml

from canarylearn.dialects.flagger.canary import MATCHED, PERCENT
from canarylearn.dialects.flagger.drafts import Draft, all_checks, write_checks
from canarylearn.dialects.flagger.weights import reached
from canarylearn.dialects.manifest import Rendering
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS, say_weight

_LEAST_SECONDS = 10
_TESTER = "http://flagger-loadtester.test/"
_GATE = f"{_TESTER}gate/check"


def render(plan: Plan) -> Rendering:
    """The plan as a Canary, with a MetricTemplate for each metric that is not built in."""
    draft = Draft()
    skips = _skips(plan)
    interval = _interval(plan, draft)
    draft.analysis = {"interval": f"{interval // 60}m" if interval % 60 == 0 else f"{interval}s", "threshold": 1}
    if skips:
        draft.analysis["stepWeight"] = 100
    else:
        _write_steps(plan, interval, draft)
        _write_decision(plan, draft)
        _write_routing(plan, draft)
        write_checks(plan, draft)
    for key, entries in (("metrics", draft.metrics), ("webhooks", draft.webhooks)):
        if entries:
            draft.analysis[key] = entries
    documents = [_canary(draft, skips=skips), *draft.templates]
    text = yaml.dump_all(documents, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return Rendering(text=text, lost=tuple(draft.lost))


def _skips(plan: Plan) -> bool:
    only = plan.steps[0]
    unchecked = not plan.checks and not only.checks
    return (
        plan.decides is Decides.CHECKS and unchecked and len(plan.steps) == 1 and only == Step(weight=BUCKETS, hold=0)
    )


def _canary(draft: Draft, *, skips: bool) -> dict[str, object]:
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"name": "model"},
        "spec": {
            "provider": draft.provider,
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "model"},
            "service": {"port": 8080},
            **({"skipAnalysis": True} if skips else {}),
            "analysis": draft.analysis,
        },
    }


def _interval(plan: Plan, draft: Draft) -> int:
    """The seconds between ticks: whole ones, at least ten. Every step lasts one tick."""
    holds = [step.hold for step in plan.steps if step.hold]
    asked = plan.interval or (holds[0] if holds else 60.0)
    seconds = max(_LEAST_SECONDS, math.ceil(asked))
    if seconds != asked:
        draft.lose(f"looks {asked:g} s apart: Flagger ticks every {seconds} s here, in whole seconds and at least 10")
    if any(step.hold != seconds for step in plan.steps if step.hold is not None) and not _skips(plan):
        draft.lose(f"how long each step lasts: in Flagger each lasts one interval, here {seconds} s")
    return seconds


def _write_steps(plan: Plan, interval: int, draft: Draft) -> None:
    steps = list(plan.steps)
    waits_first = not steps[0].weight and not steps[0].mirror and steps[0].hold is None
    if waits_first:
        steps = steps[1:]
    if not steps:
        draft.analysis["stepWeight"] = 0
        return
    zeros = next((place for place, step in enumerate(steps) if step.weight), len(steps))
    waits = [step.hold is None for step in steps]
    if zeros and (zeros == len(steps) or steps[zeros:] == [_last(steps)]) and _last(steps).weight in (0, BUCKETS):
        _write_blue_green(steps, waits, draft, waits_first=waits_first)
    elif (
        not zeros and len(steps) > 1 and {step.weight for step in steps} == {MATCHED} and plan.routing is Routing.STICKY
    ):
        draft.analysis["iterations"] = len(steps)
        draft.analysis["match"] = [{"headers": {"x-canary": {"exact": "always"}}}]
        _gate_ends(waits, 1, draft, waits_first=waits_first)
    else:
        _write_growing(steps, zeros, draft)
        _gate_growing(waits, draft, waits_first=waits_first, mirrored=zeros > 0)


def _last(steps: list[Step]) -> Step:
    return steps[-1]


def _write_blue_green(steps: list[Step], waits: list[bool], draft: Draft, *, waits_first: bool) -> None:
    draft.analysis["iterations"] = max(1, len(steps) - 1)
    copies = {step.mirror for step in steps if not step.weight}
    if _last(steps).weight == 0:
        draft.provider = "kubernetes"
        if len(steps) == 1:
            draft.lose("a release of one step without traffic: Flagger makes two ticks at least")
        if copies - {0}:
            _test_load(draft)
            if copies != {BUCKETS}:
                draft.lose("how many requests the canary gets a copy of: a load test sends its own")
    elif copies - {0}:
        draft.analysis["mirror"] = True
        _write_mirror(copies, draft)
    _gate_ends(waits, min(2, len(steps)), draft, waits_first=waits_first)


def _write_mirror(copies: set[int], draft: Draft) -> None:
    share = max(copies)
    if len(copies) > 1:
        draft.lose("copies in some steps alone: Flagger mirrors the same share through all of them")
    if share != BUCKETS:
        draft.analysis["mirrorWeight"] = max(1, round(share / PERCENT))
    if share % PERCENT:
        draft.lose(f"copies of {say_weight(share)} of the requests: Flagger knows whole percents")


def _test_load(draft: Draft) -> None:
    command = "hey -z 1m -q 10 -c 2 http://model-canary:8080/"
    draft.webhooks.append({"name": "load-test", "url": _TESTER, "metadata": {"cmd": command}})


def _write_growing(steps: list[Step], zeros: int, draft: Draft) -> None:
    if zeros and steps[0].mirror:
        draft.analysis["mirror"] = True
        _write_mirror({step.mirror for step in steps[:zeros]}, draft)
    if zeros > (1 if steps[0].mirror else 0):
        draft.lose("steps without traffic: Flagger begins at its first weight")
    percents: list[int] = []
    for step in steps[zeros:]:
        percent = round(step.weight / PERCENT)
        if percent * PERCENT != step.weight:
            draft.lose(f"a weight of {say_weight(step.weight)}: Flagger knows whole percents")
        if percent > (percents[-1] if percents else 0):
            percents.append(percent)
        else:
            draft.lose(f"a step to {say_weight(step.weight)} that does not raise the weight: Flagger only raises it")
    percents = percents or [100]
    if reached(step=percents[0], steps=[], most=percents[-1]) == (tuple(percents), True):
        draft.analysis |= {"stepWeight": percents[0], "maxWeight": percents[-1]}
    else:
        draft.analysis["stepWeights"] = percents


def _gate_growing(waits: list[bool], draft: Draft, *, waits_first: bool, mirrored: bool) -> None:
    """The hooks at which steps of growing weight wait: at all of them, at the first, at the last, or both of these."""
    rising = waits[1:] if mirrored else waits
    if waits_first and all(rising):
        _gate("confirm-traffic-increase", draft)
        return
    _gate_ends(waits, 1, draft, waits_first=waits_first)


def _gate_ends(waits: list[bool], at_end: int, draft: Draft, *, waits_first: bool) -> None:
    if waits_first:
        _gate("confirm-rollout", draft)
    if waits[-1]:
        _gate("confirm-promotion", draft)
    if any(waits[: len(waits) - (at_end if waits[-1] else 0)]):
        draft.lose("a wait for a person between two steps: in Flagger one waits before all of them, or before none")


def _gate(kind: str, draft: Draft) -> None:
    draft.webhooks.append({"name": kind, "type": kind, "url": _GATE})


def _write_decision(plan: Plan, draft: Draft) -> None:
    if plan.decides is Decides.FAILED_CHECKS:
        draft.analysis["threshold"] = plan.threshold
    elif plan.decides is Decides.JUDGE:
        draft.lose("the comparison with the baseline: Flagger holds the canary against fixed limits")
    elif plan.decides is Decides.NOBODY:
        draft.lose("that a person or a pipeline decides: Flagger goes on by itself while its checks succeed")
    else:
        limits = [check.failure_limit for check in all_checks(plan)]
        draft.analysis["threshold"] = max(1, min(limits, default=0) + 1)
        draft.lose("how each check counts its measurements: Flagger counts the ticks in which any check fails")


def _write_routing(plan: Plan, draft: Draft) -> None:
    if plan.routing is Routing.PODS:
        draft.lose("shares made of pods: Flagger shifts traffic with a router")
    if plan.routing is Routing.STICKY and "match" not in draft.analysis:
        if draft.provider == "kubernetes":
            draft.lose("users who stay with their revision: without a router there is no sessionAffinity")
        else:
            draft.analysis["sessionAffinity"] = {"cookieName": "model", "primaryCookieName": "model-primary"}
