"""One Canary as Flagger's controller sees it: defaults filled in, steps worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from canarylearn.dialects.fields import hold_to
from canarylearn.dialects.flagger.schema import CANARY, METRIC_TEMPLATE, entries, is_true, whole, words
from canarylearn.dialects.flagger.weights import reached
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.failed_checks import Loop
from canarylearn.engine.quantities import BUCKETS

PERCENT = BUCKETS // 100
MATCHED = 10 * PERCENT
"""The weight that stands for the users whom an A/B test's `match` finds: no file says how many they are."""
MOST_ITERATIONS = 1000
_DEFAULT_ITERATIONS = 10
_AFFINE = ("", "istio", "gatewayapi:v1", "gatewayapi:v1beta1")
"""The providers that know sessionAffinity; '' is whatever Flagger was installed with."""


@dataclass(kw_only=True)
class Canary:
    """One Canary, read as Flagger reads it: zero values and defaults for what is not there or was wrong."""

    spec: Node
    templates: Mapping[str, Node]
    notes: list[tuple[Node, str]] = field(default_factory=list)

    @property
    def analysis(self) -> Node:
        """spec.analysis."""
        return self.spec.get("analysis")

    @property
    def provider(self) -> str:
        """The provider, '' for the one that Flagger was installed with."""
        return words(self.spec.get("provider"))

    @property
    def routed(self) -> bool:
        """Whether there is a router to shift traffic with."""
        return self.provider != "kubernetes"

    @property
    def iterations(self) -> int:
        """The iterations of a blue/green or A/B run; 0 for a canary of growing weight."""
        asked = max(0, whole(self.analysis.get("iterations")))
        return asked or (0 if self.routed else _DEFAULT_ITERATIONS)

    @property
    def matched(self) -> bool:
        """Whether this is an A/B test."""
        return self.routed and self.iterations > 0 and bool(entries(self.analysis.get("match")))

    def hooks(self, *kinds: str) -> list[Node]:
        """The webhooks of these types."""
        return [hook for hook in entries(self.analysis.get("webhooks")) if words(hook.get("type")) in kinds]

    def note(self, node: Node, message: str) -> None:
        """Keep something that Flagger accepts and a person should know."""
        self.notes.append((node, message))


def find(documents: tuple[Document, ...], problems: Problems) -> Canary | None:
    """The one Canary of a file, its shape and that of its MetricTemplates looked at; other documents pass by."""
    canaries, templates = [], {}
    for document in documents:
        node = root(document, problems)
        kind = node.get("kind").value
        if kind == "MetricTemplate":
            hold_to(node, METRIC_TEMPLATE)
            templates[words(node.get("metadata").get("name"))] = node
        elif kind == "Canary" or len(documents) == 1:
            hold_to(node, CANARY)
            canaries.append(node)
    if not canaries:
        problems.add(documents[0].line(()), "", "semantics", "there is no Canary in this file, so nothing to release")
        return None
    for other in canaries[1:]:
        other.problem("a second Canary begins here; one file holds one")
    return Canary(spec=canaries[0].get("spec"), templates=templates)


def loop_of(canary: Canary) -> Loop:
    """The state machine that Flagger's controller is for this Canary."""
    weights, ending = weights_of(canary)
    return Loop(
        weights=tuple(weight * PERCENT for weight in weights),
        threshold=threshold_of(canary),
        back=max(0, whole(canary.analysis.get("stepWeightPromotion"))) * PERCENT,
        ending=ending,
        skips=is_true(canary.spec.get("skipAnalysis")),
    )


def weights_of(canary: Canary) -> tuple[tuple[int, ...], bool]:
    """The canary's weight in percent after each step, and whether the last one is promoted."""
    if canary.matched:
        return (100,) * canary.iterations, True
    if canary.iterations:
        # One tick more than the iterations: with a router all traffic goes to the canary in it, without one nothing.
        return (0,) * canary.iterations + ((100 if canary.routed else 0),), True
    analysis = canary.analysis
    weights, ending = reached(
        step=whole(analysis.get("stepWeight")),
        steps=[whole(entry) for entry in entries(analysis.get("stepWeights"))],
        most=whole(analysis.get("maxWeight")),
    )
    if weights and is_true(analysis.get("mirror")):
        return (0, *weights), ending
    return weights, ending


def threshold_of(canary: Canary) -> int:
    """The failed checks after which a canary is rolled back; at least one."""
    return max(1, whole(canary.analysis.get("threshold")))


def has_affinity(canary: Canary) -> bool:
    """Whether a user who met the canary stays with it: by a cookie, with a provider that knows how."""
    return canary.analysis.has("sessionAffinity") and canary.provider in _AFFINE


def copies_of(canary: Canary) -> int:
    """The share of requests (buckets) that a canary without traffic is tested with: mirrored, or a load test's."""
    if canary.routed and is_true(canary.analysis.get("mirror")):
        share = whole(canary.analysis.get("mirrorWeight"))
        return min(100, share) * PERCENT if share > 0 else BUCKETS
    return BUCKETS if canary.iterations and load_tests(canary) else 0


def load_tests(canary: Canary) -> list[Node]:
    """The rollout hooks that send requests to the canary: those with a command for the load tester."""
    return [hook for hook in canary.hooks("", "rollout", "pre-rollout") if hook.get("metadata").has("cmd")]
