"""The shape of Argo's documents: types, required fields and known names, as its CRDs have them."""

from collections.abc import Mapping

from canarylearn.dialects.argo_rollouts.values import (
    Checker,
    a_boolean,
    a_list,
    a_text,
    an_int,
    an_int_or_text,
    an_object,
    anything,
    texts_by_name,
)
from canarylearn.dialects.shape import Node

_SELECTOR = an_object(
    {
        "matchLabels": texts_by_name,
        "matchExpressions": a_list(
            an_object({"key": a_text, "operator": a_text, "values": a_list(a_text)}, ("key", "operator"))
        ),
    }
)
_METADATA = an_object({"labels": texts_by_name, "annotations": texts_by_name})
_FIELD_REF = an_object({"fieldPath": a_text}, ("fieldPath",))
_SECRET_REF = an_object({"name": a_text, "key": a_text}, ("name", "key"))
_ARGS = a_list(
    an_object(
        {
            "name": a_text,
            "value": a_text,
            "valueFrom": an_object({"podTemplateHashValue": a_text, "fieldRef": _FIELD_REF}),
        },
        ("name",),
    )
)
_TEMPLATES = a_list(an_object({"templateName": a_text, "clusterScope": a_boolean}))
_DRY_RUN = a_list(an_object({"metricName": a_text}, ("metricName",)))
_RETENTION = a_list(an_object({"metricName": a_text, "limit": an_int}, ("metricName", "limit")))
_ANALYSIS: Mapping[str, Checker] = {
    "templates": _TEMPLATES,
    "args": _ARGS,
    "dryRun": _DRY_RUN,
    "measurementRetention": _RETENTION,
    "analysisRunMetadata": _METADATA,
}

_STRING_MATCH = an_object({"exact": a_text, "prefix": a_text, "regex": a_text})


def _string_matches(node: Node) -> None:
    if node.mapping():
        for child in dict(node.items()).values():
            _STRING_MATCH(child)


_HEADER_ROUTE = an_object(
    {
        "name": a_text,
        "match": a_list(an_object({"headerName": a_text, "headerValue": _STRING_MATCH}, ("headerName", "headerValue"))),
    }
)
_MIRROR_ROUTE = an_object(
    {
        "name": a_text,
        "match": a_list(an_object({"method": _STRING_MATCH, "path": _STRING_MATCH, "headers": _string_matches})),
        "percentage": an_int,
    },
    ("name",),
)
_EXPERIMENT = an_object(
    {
        "templates": a_list(
            an_object(
                {
                    "name": a_text,
                    "specRef": a_text,
                    "replicas": an_int,
                    "weight": an_int,
                    "metadata": _METADATA,
                    "selector": _SELECTOR,
                    "service": anything,
                },
                ("name", "specRef"),
            )
        ),
        "duration": a_text,
        "analyses": a_list(
            an_object(
                {
                    "name": a_text,
                    "templateName": a_text,
                    "clusterScope": a_boolean,
                    "args": _ARGS,
                    "requiredForCompletion": a_boolean,
                },
                ("name", "templateName"),
            )
        ),
        "dryRun": _DRY_RUN,
        "analysisRunMetadata": _METADATA,
    },
    ("templates",),
)
_STEP = an_object(
    {
        "setWeight": an_int,
        "pause": an_object({"duration": an_int_or_text}),
        "analysis": an_object(_ANALYSIS),
        "experiment": _EXPERIMENT,
        "setCanaryScale": an_object({"weight": an_int, "replicas": an_int, "matchTrafficWeight": a_boolean}),
        "setHeaderRoute": _HEADER_ROUTE,
        "setMirrorRoute": _MIRROR_ROUTE,
        "plugin": an_object({"name": a_text, "config": anything, "disabled": a_boolean}, ("name",)),
    }
)

_NAMED_ROUTES = an_object({"name": a_text, "routes": a_list(a_text)}, ("name",))
_VIRTUAL_SERVICE = an_object(
    {"name": a_text, "routes": a_list(a_text), "tlsRoutes": a_list(anything), "tcpRoutes": a_list(anything)}, ("name",)
)
_NODE_REF = an_object({"name": a_text}, ("name",))
_SUBSETS = ("name", "canarySubsetName", "stableSubsetName")
_ROUTERS: Mapping[str, Checker] = {
    "alb": an_object(
        {
            "annotationPrefix": a_text,
            "ingress": a_text,
            "ingresses": a_list(a_text),
            "rootService": a_text,
            "servicePort": an_int,
            "stickinessConfig": an_object(
                {"enabled": a_boolean, "durationSeconds": an_int}, ("enabled", "durationSeconds")
            ),
        },
        ("servicePort",),
    ),
    "ambassador": an_object({"mappings": a_list(a_text)}, ("mappings",)),
    "apisix": an_object({"route": an_object({"name": a_text, "rules": a_list(a_text)}, ("name",))}),
    "appMesh": an_object(
        {
            "virtualService": _NAMED_ROUTES,
            "virtualNodeGroup": an_object(
                {"canaryVirtualNodeRef": _NODE_REF, "stableVirtualNodeRef": _NODE_REF},
                ("canaryVirtualNodeRef", "stableVirtualNodeRef"),
            ),
        }
    ),
    "istio": an_object(
        {
            "virtualService": _VIRTUAL_SERVICE,
            "virtualServices": a_list(_VIRTUAL_SERVICE),
            "destinationRule": an_object(dict.fromkeys(_SUBSETS, a_text), _SUBSETS),
        }
    ),
    "nginx": an_object(
        {
            "annotationPrefix": a_text,
            "stableIngress": a_text,
            "stableIngresses": a_list(a_text),
            "additionalIngressAnnotations": texts_by_name,
            "canaryIngressAnnotations": texts_by_name,
        }
    ),
    "plugins": anything,
    "smi": an_object({"rootService": a_text, "trafficSplitName": a_text}),
    "traefik": an_object({"weightedTraefikServiceName": a_text}, ("weightedTraefikServiceName",)),
}
ROUTERS = tuple(_ROUTERS)
_MANAGED_ROUTES = a_list(an_object({"name": a_text}, ("name",)))
_ANTI_AFFINITY = an_object(
    {
        "preferredDuringSchedulingIgnoredDuringExecution": an_object({"weight": an_int}, ("weight",)),
        "requiredDuringSchedulingIgnoredDuringExecution": anything,
    }
)
_CANARY = an_object(
    {
        "abortScaleDownDelaySeconds": an_int,
        "analysis": an_object({**_ANALYSIS, "startingStep": an_int}),
        "antiAffinity": _ANTI_AFFINITY,
        "canaryMetadata": _METADATA,
        "canaryService": a_text,
        "dynamicStableScale": a_boolean,
        "maxSurge": an_int_or_text,
        "maxUnavailable": an_int_or_text,
        "minPodsPerReplicaSet": an_int,
        "pingPong": an_object({"pingService": a_text, "pongService": a_text}, ("pingService", "pongService")),
        "replicaProgressThreshold": an_object({"type": a_text, "value": an_int}, ("type", "value")),
        "scaleDownDelayRevisionLimit": an_int,
        "scaleDownDelaySeconds": an_int,
        "stableMetadata": _METADATA,
        "stableService": a_text,
        "steps": a_list(_STEP),
        "trafficRouting": an_object({**_ROUTERS, "managedRoutes": _MANAGED_ROUTES, "maxTrafficWeight": an_int}),
    }
)
_BLUE_GREEN = an_object(
    {
        "abortScaleDownDelaySeconds": an_int,
        "activeMetadata": _METADATA,
        "activeService": a_text,
        "antiAffinity": _ANTI_AFFINITY,
        "autoPromotionEnabled": a_boolean,
        "autoPromotionSeconds": an_int,
        "maxUnavailable": an_int_or_text,
        "postPromotionAnalysis": an_object(_ANALYSIS),
        "prePromotionAnalysis": an_object(_ANALYSIS),
        "previewMetadata": _METADATA,
        "previewReplicaCount": an_int,
        "previewService": a_text,
        "scaleDownDelayRevisionLimit": an_int,
        "scaleDownDelaySeconds": an_int,
    },
    ("activeService",),
)
_DOCUMENT: Mapping[str, Checker] = {"apiVersion": a_text, "kind": a_text, "metadata": anything, "status": anything}
ROLLOUT = an_object(
    {
        **_DOCUMENT,
        "spec": an_object(
            {
                "analysis": an_object({"successfulRunHistoryLimit": an_int, "unsuccessfulRunHistoryLimit": an_int}),
                "minReadySeconds": an_int,
                "paused": a_boolean,
                "progressDeadlineAbort": a_boolean,
                "progressDeadlineSeconds": an_int,
                "replicas": an_int,
                "restartAt": anything,
                "revisionHistoryLimit": an_int,
                "rollbackWindow": an_object({"revisions": an_int}),
                "selector": _SELECTOR,
                "strategy": an_object({"canary": _CANARY, "blueGreen": _BLUE_GREEN}),
                "template": anything,
                "workloadRef": an_object(dict.fromkeys(("apiVersion", "kind", "name", "scaleDown"), a_text)),
            }
        ),
    },
    ("spec",),
)
"""A whole Rollout document."""

PROVIDERS = (
    *("prometheus", "kayenta", "web", "datadog", "wavefront", "newRelic", "job", "cloudWatch", "graphite"),
    *("influxdb", "skywalking", "plugin"),
)
_PROMETHEUS = an_object(
    {
        "address": a_text,
        "query": a_text,
        "insecure": a_boolean,
        "headers": anything,
        "authentication": anything,
        "timeout": an_int,
        "rangeQuery": an_object(dict.fromkeys(("start", "end", "step"), a_text)),
    }
)
_METRIC = an_object(
    {
        "name": a_text,
        "interval": a_text,
        "initialDelay": a_text,
        "count": an_int_or_text,
        "successCondition": a_text,
        "failureCondition": a_text,
        "failureLimit": an_int_or_text,
        "inconclusiveLimit": an_int_or_text,
        "consecutiveErrorLimit": an_int_or_text,
        "consecutiveSuccessLimit": an_int_or_text,
        "provider": an_object({**dict.fromkeys(PROVIDERS, anything), "prometheus": _PROMETHEUS}),
    },
    ("name", "provider"),
)
TEMPLATE = an_object(
    {
        **_DOCUMENT,
        "spec": an_object(
            {
                "metrics": a_list(_METRIC),
                "args": a_list(
                    an_object(
                        {
                            "name": a_text,
                            "value": a_text,
                            "valueFrom": an_object({"secretKeyRef": _SECRET_REF, "fieldRef": _FIELD_REF}),
                        },
                        ("name",),
                    )
                ),
                "dryRun": _DRY_RUN,
                "measurementRetention": _RETENTION,
                "templates": _TEMPLATES,
            }
        ),
    },
    ("spec",),
)
"""A whole AnalysisTemplate or ClusterAnalysisTemplate document."""
