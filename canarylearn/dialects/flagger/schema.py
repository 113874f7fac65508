"""The shape of Flagger's documents, as their CRDs (charts/flagger/crds/crd.yaml) have it.

A table names each field: a kind of value, a dict for an object, a list with one entry for an array, a tuple for the
texts that may stand there, None for a part that is not read. A field that ends in '!' is required.
"""

import re
from collections.abc import Mapping

from canarylearn.dialects.shape import SCHEMA, Node

WHOLE, NUMBER, TEXT, YES_NO, SPAN, TEXTS, INT_OR_TEXT = "whole", "number", "text", "yes-no", "span", "texts", "port"

_SPAN = re.compile(r"[0-9]+(m|s)", re.ASCII)
_MOST_INT = 2**63 - 1

_REFERENCE: Mapping[str, object] = {"apiVersion!": TEXT, "kind!": TEXT, "name!": TEXT}
_METADATA: Mapping[str, object] = {"labels": TEXTS, "annotations": TEXTS}

METRIC: Mapping[str, object] = {
    "name!": TEXT,
    "interval": SPAN,
    "threshold": NUMBER,
    "thresholdRange": {"min": NUMBER, "max": NUMBER},
    "query": TEXT,
    "templateRef": {"name!": TEXT, "namespace": TEXT},
    "templateVariables": TEXTS,
}
WEBHOOK: Mapping[str, object] = {
    "name!": TEXT,
    "url!": TEXT,
    "type": (
        "",
        "confirm-rollout",
        "pre-rollout",
        "rollout",
        "confirm-promotion",
        "post-rollout",
        "event",
        "rollback",
        "confirm-traffic-increase",
    ),
    "muteAlert": YES_NO,
    "timeout": SPAN,
    "retries": WHOLE,
    "disableTLS": YES_NO,
    "metadata": TEXTS,
}
SESSION: Mapping[str, object] = {
    "cookieName!": TEXT,
    "primaryCookieName": TEXT,
    "domain": TEXT,
    "httpOnly": YES_NO,
    "maxAge": WHOLE,
    "partitioned": YES_NO,
    "path": TEXT,
    "sameSite": ("Strict", "Lax", "None"),
    "secure": YES_NO,
}
ANALYSIS: Mapping[str, object] = {
    "interval": SPAN,
    "iterations": WHOLE,
    "threshold": WHOLE,
    "maxWeight": WHOLE,
    "stepWeight": WHOLE,
    "stepWeights": [WHOLE],
    "stepWeightPromotion": WHOLE,
    "mirror": YES_NO,
    "mirrorWeight": WHOLE,
    "primaryReadyThreshold": WHOLE,
    "canaryReadyThreshold": WHOLE,
    "match": [{"headers": None, "queryParams": None, "sourceLabels": TEXTS}],
    "metrics": [METRIC],
    "alerts": [
        {
            "name!": TEXT,
            "severity": ("", "info", "warn", "error"),
            "providerRef!": {"name!": TEXT, "namespace": TEXT},
        }
    ],
    "webhooks": [WEBHOOK],
    "sessionAffinity": SESSION,
}
SERVICE: Mapping[str, object] = {
    "name": TEXT,
    "port!": WHOLE,
    "portName": TEXT,
    "appProtocol": TEXT,
    "trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
    "targetPort": INT_OR_TEXT,
    "portDiscovery": YES_NO,
    "headless": YES_NO,
    "timeout": TEXT,
    "backendTimeout": TEXT,
    "meshName": TEXT,
    "backends": [TEXT],
    "hosts": [TEXT],
    "gateways": [TEXT],
    "delegation": YES_NO,
    "match": None,
    "rewrite": None,
    "retries": None,
    "headers": None,
    "mirror": None,
    "gatewayRefs": None,
    "corsPolicy": None,
    "trafficPolicy": None,
    "apex": _METADATA,
    "primary": _METADATA,
    "canary": _METADATA,
    "unmanagedMetadata": {"annotations": [TEXT], "labels": [TEXT]},
}
PROVIDERS = (
    "apisix",
    "appmesh",
    "appmesh:v1beta2",
    "contour",
    "gatewayapi:v1",
    "gatewayapi:v1beta1",
    "gloo",
    "istio",
    "knative",
    "kubernetes",
    "kuma",
    "linkerd",
    "nginx",
    "osm",
    "skipper",
    "smi:v1alpha1",
    "smi:v1alpha2",
    "smi:v1alpha3",
    "traefik",
)
SPEC: Mapping[str, object] = {
    "provider": PROVIDERS,
    "metricsServer": TEXT,
    "insecureSkipVerify": YES_NO,
    "progressDeadlineSeconds": WHOLE,
    "targetRef!": {**_REFERENCE, "kind!": ("DaemonSet", "Deployment", "Service")},
    "autoscalerRef": {
        **_REFERENCE,
        "kind!": ("HorizontalPodAutoscaler", "ScaledObject"),
        "primaryScalerQueries": TEXTS,
        "primaryScalerReplicas": {"minReplicas": WHOLE, "maxReplicas": WHOLE},
    },
    "ingressRef": {**_REFERENCE, "kind!": ("Ingress",)},
    "routeRef": {**_REFERENCE, "kind!": ("ApisixRoute",)},
    "upstreamRef": {**_REFERENCE, "kind!": ("Upstream",), "namespace": TEXT},
    "service": SERVICE,
    "skipAnalysis": YES_NO,
    "revertOnDeletion": YES_NO,
    "suspend": YES_NO,
    "analysis!": ANALYSIS,
}
CANARY: Mapping[str, object] = {
    "apiVersion!": ("flagger.app/v1beta1",),
    "kind!": ("Canary",),
    "metadata": None,
    "spec!": SPEC,
    "status": None,
}
METRIC_TEMPLATE: Mapping[str, object] = {
    "apiVersion!": ("flagger.app/v1beta1",),
    "kind!": ("MetricTemplate",),
    "metadata": None,
    "spec!": {
        "provider!": {
            "type!": (
                "prometheus",
                "influxdb",
                "datadog",
                "externalmetrics",
                "stackdriver",
                "cloudwatch",
                "newrelic",
                "graphite",
                "dynatrace",
                "keptn",
                "splunk",
            ),
            "address": TEXT,
            "headers": None,
            "secretRef": {"name!": TEXT},
            "region": TEXT,
            "insecureSkipVerify": YES_NO,
        },
        "query!": TEXT,
    },
    "status": None,
}


def hold_to(node: Node, table: object) -> None:
    """Keep every mistake that the CRD would find in a value."""
    if table is None:
        return
    if isinstance(table, tuple):
        node.text(choices=table)
    elif isinstance(table, list):
        for entry in node.sequence():
            hold_to(entry, table[0])
    elif isinstance(table, Mapping):
        _hold_object(node, table)
    else:
        _hold_scalar(node, str(table))
    if isinstance(table, Mapping) and table is ANALYSIS and isinstance(node.value, dict):
        _hold_one_of(node)


def _hold_object(node: Node, table: Mapping[str, object]) -> None:
    fields = {name.removesuffix("!"): shape for name, shape in table.items()}
    required = tuple(name.removesuffix("!") for name in table if name.endswith("!"))
    if node.mapping(frozenset(fields), required=required):
        for name, child in node.items():
            if name in fields and child.there:
                hold_to(child, fields[name])


def _hold_scalar(node: Node, kind: str) -> None:
    if kind == TEXT:
        node.text()
    elif kind == YES_NO:
        node.boolean()
    elif kind == INT_OR_TEXT:
        node.integer_or_text()
    elif kind == TEXTS:
        if node.mapping():
            for _, child in node.items():  # noqa: PERF102  a Node has no values()
                child.text()
    elif kind == SPAN:
        _hold_span(node)
    elif (value := node.number()) is not None and kind == WHOLE:
        _hold_whole(node, value)


def _hold_span(node: Node) -> None:
    value = node.text()
    if value is not None and not _SPAN.match(value):
        node.problem(
            f"Invalid value: {value[:60]!r}: {node.say_path()} in body should match '^[0-9]+(m|s)'; write whole "
            "minutes or seconds, such as 1m or 90s",
            code=SCHEMA,
        )


def _hold_whole(node: Node, value: float) -> None:
    """The CRD says number, and the controller reads an int: what is not whole passes the one and stops the other."""
    if value != int(value) or abs(value) > _MOST_INT:
        tip = f"; this is a percentage, so write {value * 100:g} for {value:g} of the traffic" if 0 < value < 1 else ""
        node.problem(f"json: cannot unmarshal number {value!r} into Go struct field {_go_path(node)} of type int{tip}")


def _go_path(node: Node) -> str:
    owner = "CanaryAnalysis" if "analysis" in node.path else "CanarySpec"
    return f"{owner}.{'.'.join(part for part in node.path if isinstance(part, str))}"


def _hold_one_of(node: Node) -> None:
    kinds = [kind for kind in ("iterations", "stepWeight", "stepWeights") if node.has(kind)]
    missing = [name for name in ("interval", "threshold") if not node.has(name)]
    if len(kinds) == 1 and not missing:
        return
    rule = f'"{node.say_path()}" must validate one and only one schema (oneOf)'
    if missing or not kinds:
        lacks = ", ".join(missing + ([] if kinds else ["one of iterations, stepWeight, stepWeights"]))
        node.problem(f"{rule}. Found none valid; missing: {lacks}", code=SCHEMA)
    else:
        node.problem(f"{rule}. Found {len(kinds)} valid; keep one of {', '.join(kinds)}", code=SCHEMA)


def whole(node: Node) -> int:
    """The whole number at a node, 0 (Go's zero value) for anything else; what is wrong was kept by `hold_to`."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > _MOST_INT:
        return 0
    return int(value)


def words(node: Node) -> str:
    """The text at a node, '' for anything else; what is wrong was kept by `hold_to`."""
    return node.value if isinstance(node.value, str) else ""


def truth(node: Node) -> bool:
    """Whether true stands at a node."""
    return node.value is True


def entries(node: Node) -> list[Node]:
    """The entries of a list, none for anything else; what is wrong was kept by `hold_to`."""
    return node.sequence() if isinstance(node.value, list) else []
