"""Argo documents for tests: a Rollout around a canary, templates around metrics, and what is said of them."""

import copy
from typing import Any

from canarylearn.dialects.argo_rollouts import read
from canarylearn.dialects.errors import Located
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.yaml_text import read_documents
from tests.conformance_cases import Case, bases
from tests.dialects.mangled import dump, refusal

KIND = {"apiVersion": "argoproj.io/v1alpha1"}


QUERY = "sum(rate(errors[1m])) / sum(rate(requests[1m]))"


def rollout(canary: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A whole Rollout around a canary; None in `spec` takes a field away."""
    merged = {**copy.deepcopy(bases()["argo_rollout"]["spec"]), "strategy": {"canary": canary or {}}, **spec}
    return {
        **KIND,
        "kind": "Rollout",
        "metadata": {"name": "model"},
        "spec": {name: value for name, value in merged.items() if value is not None},
    }


def metric(**fields: Any) -> dict[str, Any]:
    merged = {"name": "error-rate", "provider": {"prometheus": {"query": QUERY}}, **fields}
    return {name: value for name, value in merged.items() if value is not None}


def template(*metrics: dict[str, Any], name: str = "ok", kind: str = "AnalysisTemplate", **spec: Any) -> dict[str, Any]:
    return {**KIND, "kind": kind, "metadata": {"name": name}, "spec": {"metrics": list(metrics), **spec}}


def text_of(*documents: object) -> str:
    return "---\n".join(dump(document) for document in documents)


def reading(*documents: object, context: Context | None = None) -> Reading:
    return read(read_documents(text_of(*documents)), context or Context(version="1.9"))


def errors(*documents: object) -> tuple[Located, ...]:
    """What is wrong, none when nothing is."""
    return refusal(lambda text: read(read_documents(text), Context()), text_of(*documents))


def said(found: tuple[Located, ...]) -> str:
    """Errors as the tool prints them: path, colon, message."""
    return "\n".join(f"{error.path}: {error.message}" for error in found)


def canary_of(case: Case) -> dict[str, Any]:
    merged = {**bases()["argo_canary"], **case["input"]}
    return {name: value for name, value in merged.items() if value is not None}


ROUTED: dict[str, Any] = {
    "canaryService": "canary",
    "stableService": "stable",
    "trafficRouting": {"istio": {"virtualService": {"name": "v"}}},
}


HEADER_ROUTE = {"name": "h", "match": [{"headerName": "agent", "headerValue": {"exact": "a"}}]}


ISTIO = {"virtualService": {"name": "v"}}


ALB = {"ingress": "i", "servicePort": 80, "rootService": "root"}


def routed(steps: list[dict[str, Any]], **routing: Any) -> dict[str, Any]:
    return {**ROUTED, "trafficRouting": routing, "steps": steps}


def inline(**fields: Any) -> dict[str, Any]:
    return {"steps": [{"setWeight": 10}, {"analysis": {"templates": [{"templateName": "ok"}], **fields}}]}
