"""A Canary, and what Flagger would do with it."""

from canarylearn.dialects.errors import Located
from canarylearn.dialects.flagger.canary import (
    MATCHED,
    MOST_ITERATIONS,
    Canary,
    copies_of,
    find,
    has_affinity,
    loop_of,
    threshold_of,
)
from canarylearn.dialects.flagger.metrics import Metrics, read_metrics
from canarylearn.dialects.flagger.remarks import remark
from canarylearn.dialects.flagger.schema import is_true, words
from canarylearn.dialects.flagger.weights import seconds_of
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.shape import Node, Problems
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to Flagger. Raises Unreadable with every error."""
    problems = Problems()
    canary = find(documents, problems)
    if canary is None:
        problems.refuse()
        raise AssertionError("without a Canary there is a problem")
    _verify(canary)
    problems.refuse()
    metrics = Metrics(checks=[], unmeasured=[])
    if not is_true(canary.spec.get("skipAnalysis")):
        metrics = read_metrics(canary.analysis, canary.templates, context, canary.notes)
    plan = _plan(canary, metrics)
    remark(canary, metrics)
    return Reading(
        plan=plan,
        notes=tuple(_located(node, message) for node, message in sorted(canary.notes, key=lambda note: note[0].line)),
        unmeasured=tuple(dict.fromkeys(metrics.unmeasured)),
    )


def _verify(canary: Canary) -> None:
    """The controller's own checks (verifyCanary), and the bounds of what can be run here."""
    session = canary.analysis.get("sessionAffinity")
    cookie = words(session.get("cookieName"))
    if cookie and cookie == words(session.get("primaryCookieName")):
        session.get("primaryCookieName").problem(
            "can't use the same cookie name for both primary and cookie name; give them different names"
        )
    target = canary.spec.get("targetRef")
    served_by_knative = words(target.get("kind")) == "Service" and words(target.get("apiVersion")).startswith(
        "serving.knative.dev/"
    )
    if canary.provider == "knative" and target.there and not served_by_knative:
        target.problem(
            "can't use knative provider with a target that is no Knative Service; targetRef needs kind Service and "
            "apiVersion serving.knative.dev/v1"
        )
    if served_by_knative and canary.provider != "knative":
        target.problem(f"can't use {canary.provider or 'the default'} provider with a Knative Service; write knative")
    if canary.iterations > MOST_ITERATIONS:
        canary.analysis.get("iterations").problem(f"more than {MOST_ITERATIONS:,} iterations cannot be run here")


def _plan(canary: Canary, metrics: Metrics) -> Plan:
    routing = Routing.STICKY if canary.matched or has_affinity(canary) else Routing.PER_REQUEST
    if is_true(canary.spec.get("skipAnalysis")):
        return Plan(steps=(Step(weight=BUCKETS, hold=0.0),), decides=Decides.CHECKS, routing=Routing.PER_REQUEST)
    seconds, surprise = seconds_of(words(canary.analysis.get("interval")))
    if surprise:
        canary.note(canary.analysis.get("interval"), surprise)
    return Plan(
        steps=_steps(canary, float(seconds)),
        checks=tuple(metrics.checks),
        decides=Decides.FAILED_CHECKS,
        interval=float(seconds),
        threshold=threshold_of(canary),
        routing=routing,
    )


def _steps(canary: Canary, seconds: float) -> tuple[Step, ...]:
    """The loop's steps; a hook that confirms is a person who is waited for."""
    loop = loop_of(canary)
    weights = [MATCHED] * len(loop.weights) if canary.matched else list(loop.weights)
    grows = not canary.iterations
    copies = copies_of(canary)
    each = grows and bool(canary.hooks("confirm-traffic-increase"))
    asked_last = 1 if canary.matched or grows else 2
    gated = asked_last if canary.hooks("confirm-promotion") or (grows and not loop.ending) else 0
    steps = [] if not (each or canary.hooks("confirm-rollout")) and weights else [Step(weight=0, hold=None)]
    for place, weight in enumerate(weights):
        waits = (each and weight > 0) or place >= len(weights) - gated
        # The only iteration before all traffic moves: a wait here would look like one before the run begins.
        waits = waits and not (len(weights) == 2 and place == 0 and not weight and not copies)
        steps.append(Step(weight=weight, hold=None if waits else seconds, mirror=0 if weight else copies))
    return tuple(steps)


def _located(node: Node, message: str) -> Located:
    return Located(line=node.line, column=None, code="note", message=message, path=node.say_path())
