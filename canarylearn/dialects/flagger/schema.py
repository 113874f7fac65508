"""The shape of Flagger's documents, as their CRDs (charts/flagger/crds/crd.yaml) have it, as tables of fields."""

import re
from collections.abc import Mapping

from canarylearn.dialects.fields import MOST_INT64, Many, hold_to, number, text, texts, truth
from canarylearn.dialects.shape import SCHEMA, Node

_SPAN = re.compile(r"[0-9]+(m|s)", re.ASCII)


def span(node: Node) -> None:
    """A span of time, by the pattern that the CRD has: it looks at the beginning alone."""
    value = node.text()
    if value is not None and not _SPAN.match(value):
        node.problem(
            f"Invalid value: {value[:60]!r}: {node.say_path()} in body should match '^[0-9]+(m|s)'; write whole "
            "minutes or seconds, such as 1m or 90s",
            code=SCHEMA,
        )


def go_int(node: Node) -> None:
    """A number for the CRD and an int for the controller: what is not whole passes the one and stops the other."""
    value = node.number()
    if value is not None and (value != int(value) or abs(value) > MOST_INT64):
        tip = f"; this is a percentage, so write {value * 100:g} for {value:g} of the traffic" if 0 < value < 1 else ""
        node.problem(f"json: cannot unmarshal number {value!r} into Go struct field {_go_path(node)} of type int{tip}")


def _go_path(node: Node) -> str:
    owner = "CanaryAnalysis" if "analysis" in node.path else "CanarySpec"
    return f"{owner}.{'.'.join(part for part in node.path if isinstance(part, str))}"


def _look_at_kinds(node: Node) -> None:
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


def _int_or_text(node: Node) -> None:
    node.integer_or_text()


_REFERENCE: Mapping[str, object] = {"apiVersion!": text, "kind!": text, "name!": text}
_METADATA: Mapping[str, object] = {"labels": texts, "annotations": texts}

METRIC: Mapping[str, object] = {
    "name!": text,
    "interval": span,
    "threshold": number,
    "thresholdRange": {"min": number, "max": number},
    "query": text,
    "templateRef": {"name!": text, "namespace": text},
    "templateVariables": texts,
}
WEBHOOK: Mapping[str, object] = {
    "name!": text,
    "url!": text,
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
    "muteAlert": truth,
    "timeout": span,
    "retries": go_int,
    "disableTLS": truth,
    "metadata": texts,
}
SESSION: Mapping[str, object] = {
    "cookieName!": text,
    "primaryCookieName": text,
    "domain": text,
    "httpOnly": truth,
    "maxAge": go_int,
    "partitioned": truth,
    "path": text,
    "sameSite": ("Strict", "Lax", "None"),
    "secure": truth,
}
_ANALYSIS: Mapping[str, object] = {
    "interval": span,
    "iterations": go_int,
    "threshold": go_int,
    "maxWeight": go_int,
    "stepWeight": go_int,
    "stepWeights": Many(of=go_int),
    "stepWeightPromotion": go_int,
    "mirror": truth,
    "mirrorWeight": go_int,
    "primaryReadyThreshold": go_int,
    "canaryReadyThreshold": go_int,
    "match": Many(of={"headers": None, "queryParams": None, "sourceLabels": texts}),
    "metrics": Many(of=METRIC),
    "alerts": Many(
        of={
            "name!": text,
            "severity": ("", "info", "warn", "error"),
            "providerRef!": {"name!": text, "namespace": text},
        }
    ),
    "webhooks": Many(of=WEBHOOK),
    "sessionAffinity": SESSION,
}


def analysis(node: Node) -> None:
    """spec.analysis: its fields, and the rule of which of them go together."""
    hold_to(node, _ANALYSIS)
    if isinstance(node.value, dict):
        _look_at_kinds(node)


SERVICE: Mapping[str, object] = {
    "name": text,
    "port!": go_int,
    "portName": text,
    "appProtocol": text,
    "trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
    "targetPort": _int_or_text,
    "portDiscovery": truth,
    "headless": truth,
    "timeout": text,
    "backendTimeout": text,
    "meshName": text,
    "backends": Many(of=text),
    "hosts": Many(of=text),
    "gateways": Many(of=text),
    "delegation": truth,
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
    "unmanagedMetadata": {"annotations": Many(of=text), "labels": Many(of=text)},
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
    "metricsServer": text,
    "insecureSkipVerify": truth,
    "progressDeadlineSeconds": go_int,
    "targetRef!": {**_REFERENCE, "kind!": ("DaemonSet", "Deployment", "Service")},
    "autoscalerRef": {
        **_REFERENCE,
        "kind!": ("HorizontalPodAutoscaler", "ScaledObject"),
        "primaryScalerQueries": texts,
        "primaryScalerReplicas": {"minReplicas": go_int, "maxReplicas": go_int},
    },
    "ingressRef": {**_REFERENCE, "kind!": ("Ingress",)},
    "routeRef": {**_REFERENCE, "kind!": ("ApisixRoute",)},
    "upstreamRef": {**_REFERENCE, "kind!": ("Upstream",), "namespace": text},
    "service": SERVICE,
    "skipAnalysis": truth,
    "revertOnDeletion": truth,
    "suspend": truth,
    "analysis!": analysis,
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
            "address": text,
            "headers": None,
            "secretRef": {"name!": text},
            "region": text,
            "insecureSkipVerify": truth,
        },
        "query!": text,
    },
    "status": None,
}


def whole(node: Node) -> int:
    """The whole number at a node, 0 (Go's zero value) for anything else; what is wrong was kept by `hold_to`."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > MOST_INT64:
        return 0
    return int(value)


def words(node: Node) -> str:
    """The text at a node, '' for anything else; what is wrong was kept by `hold_to`."""
    return node.value if isinstance(node.value, str) else ""


def is_true(node: Node) -> bool:
    """Whether true stands at a node."""
    return node.value is True


def entries(node: Node) -> list[Node]:
    """The entries of a list, none for anything else; what is wrong was kept by `hold_to`."""
    return node.sequence() if isinstance(node.value, list) else []
