"""The checks that Argo makes of a rollout outside its strategy: selector, labels, deadlines, services beside it."""

import json

from canarylearn.dialects.argo_rollouts.saying import invalid, required
from canarylearn.dialects.argo_rollouts.schema import ROLLOUT
from canarylearn.dialects.argo_rollouts.strategy import check_strategy
from canarylearn.dialects.argo_rollouts.values import entries, whole, words
from canarylearn.dialects.shape import Node

_DEFAULT_DEADLINE = 600
_HASH = "rollouts-pod-template-hash"
_SERVICES = ("canaryService", "stableService")


def check_rollout(rollout: Node) -> None:
    """Both layers: the shape of the document, then what Argo itself says of it."""
    ROLLOUT(rollout)
    spec = rollout.get("spec")
    if not isinstance(spec.value, dict):
        return
    _check_selector(spec)
    for name in ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        value = whole(spec.get(name))
        if value is not None and value < 0:
            invalid(spec.get(name), value, "must be greater than or equal to 0")
    deadline, ready = whole(spec.get("progressDeadlineSeconds")), whole(spec.get("minReadySeconds")) or 0
    deadline = _DEFAULT_DEADLINE if deadline is None else deadline
    if deadline <= ready:
        at = spec.get("progressDeadlineSeconds")
        invalid(at, deadline, "must be greater than minReadySeconds")
    check_strategy(spec)


def _check_selector(spec: Node) -> None:
    selector, template = spec.get("selector"), spec.get("template")
    if spec.has("workloadRef"):
        metadata = template.get("metadata")
        if metadata.get("labels").value or metadata.get("annotations").value:
            template.problem("Internal error: template must be empty for workload reference rollout")
        return
    if not selector.there:
        required(selector, "Rollout has missing field '.spec.selector'")
    elif isinstance(selector.value, dict):
        if not selector.get("matchLabels").value and not selector.get("matchExpressions").value:
            invalid(selector, selector.value, "empty selector is invalid for deployment")
        elif not _selects(selector, labels_of(spec)):
            labels = template.get("metadata").get("labels")
            invalid(labels, labels.value or {}, "`selector` does not match template `labels`")
    containers = template.get("spec").get("containers")
    if not containers.value:
        containers.problem("Required value")


def labels_of(spec: Node) -> dict[str, str]:
    """The labels of the pods that a rollout makes."""
    labels = spec.get("template").get("metadata").get("labels")
    return {key: words(value) for key, value in labels.items()}


def _selects(selector: Node, labels: dict[str, str]) -> bool:
    if any(labels.get(key) != words(value) for key, value in selector.get("matchLabels").items()):
        return False
    return all(_holds(expression, labels) for expression in entries(selector.get("matchExpressions")))


def _holds(expression: Node, labels: dict[str, str]) -> bool:
    key, values = words(expression.get("key")), [words(value) for value in entries(expression.get("values"))]
    return {
        "In": labels.get(key) in values and key in labels,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }.get(words(expression.get("operator")), True)


def check_services(rollout: Node, services: list[Node]) -> None:
    """Services in the same text that the canary names have to select the rollout's pods."""
    spec = rollout.get("spec")
    if spec.has("workloadRef"):
        return
    labels, canary = labels_of(spec), spec.get("strategy").get("canary")
    for field in _SERVICES:
        name = words(canary.get(field))
        for service in services:
            if name and words(service.get("metadata").get("name")) == name:
                _check_service(canary.get(field), service, labels)


def _check_service(field: Node, service: Node, labels: dict[str, str]) -> None:
    name = json.dumps(words(service.get("metadata").get("name")), ensure_ascii=False)
    for key, value in service.get("spec").get("selector").items():
        if key != _HASH and labels.get(key) != words(value):
            detail = f"Service {name} has unmatch label {json.dumps(key, ensure_ascii=False)} in rollout"
            invalid(value, words(field), detail, path=field.say_path())
