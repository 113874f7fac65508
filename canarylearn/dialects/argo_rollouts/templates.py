"""AnalysisTemplates and ClusterAnalysisTemplates: found in a text, checked, and looked up by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from canarylearn.dialects.argo_rollouts.arguments import Arguments, arguments_in, merged
from canarylearn.dialects.argo_rollouts.metrics import check_metric, unknown_arguments
from canarylearn.dialects.argo_rollouts.saying import argo_path
from canarylearn.dialects.argo_rollouts.schema import TEMPLATE
from canarylearn.dialects.argo_rollouts.values import entries, words
from canarylearn.dialects.shape import Node

_MOST_TOGETHER = 50
"""The most templates that are followed from one analysis, however they refer to each other."""


@dataclass(kw_only=True)
class Templates:
    """The templates of a text by name; those of the whole cluster apart from those of a namespace."""

    found: dict[tuple[bool, str], Node] = field(default_factory=dict)

    def add(self, document: Node) -> None:
        """Check one template and keep it."""
        TEMPLATE(document)
        spec = document.get("spec")
        key = (document.get("kind").value == "ClusterAnalysisTemplate", words(document.get("metadata").get("name")))
        if key in self.found:
            document.problem(f"a second template is named {key[1]!r}; give each its own name", path="metadata.name")
        else:
            self.found[key] = spec
        if isinstance(spec.value, dict):
            _check_template(spec)

    def named_in(self, analysis: Node) -> Iterator[tuple[Node, str, Node | None]]:
        """Each reference of an analysis, with the name it gives and the template, where the text has it.

        Templates may name further templates; each is given once.
        """
        waiting, seen = [*entries(analysis.get("templates"))], set[tuple[bool, str]]()
        while waiting and len(seen) < _MOST_TOGETHER:
            reference = waiting.pop(0)
            key = (reference.get("clusterScope").value is True, words(reference.get("templateName")))
            if key in seen:
                continue
            seen.add(key)
            spec = self.found.get(key)
            yield reference, key[1], spec
            waiting += entries(spec.get("templates")) if spec is not None else []


def _check_template(spec: Node) -> None:
    metrics, declared = spec.get("metrics"), arguments_in(spec)
    if not any(entries(metrics)) and not any(entries(spec.get("templates"))):
        if not metrics.there or isinstance(metrics.value, list):
            metrics.problem("no metrics specified", path=argo_path(metrics))
        return
    names: set[str] = set()
    for place, metric in enumerate(entries(metrics)):
        if not isinstance(metric.value, dict):
            continue
        name = words(metric.get("name"))
        if name in names:
            metric.problem(f"metrics[{place}]: duplicate name '{name}'", path=argo_path(metric.get("name")))
        names.add(name)
        check_metric(metric, place, declared)
        for unknown in dict.fromkeys(unknown_arguments(metric, declared)):
            metric.problem(f"metrics[{place}]: failed to resolve {{{{args.{unknown}}}}}", path=argo_path(metric))


def metrics_with(spec: Node, given: Arguments) -> Iterator[tuple[Node, Arguments]]:
    """The metrics of a template, each with the arguments as this use of it has them; checked once more with those."""
    arguments = merged(arguments_in(spec), given)
    for place, metric in enumerate(entries(spec.get("metrics"))):
        if isinstance(metric.value, dict):
            if given:
                check_metric(metric, place, arguments)
            yield metric, arguments
