"""The shape of KServe's documents, as their CRDs have it."""

from collections.abc import Mapping

from canarylearn.dialects.fields import MOST_INT32, Many, text, texts, whole
from canarylearn.dialects.shape import SCHEMA, Node

RUNTIMES: Mapping[str, str] = {
    "sklearn": "SKLearn",
    "xgboost": "XGBoost",
    "tensorflow": "Tensorflow",
    "pytorch": "PyTorch",
    "triton": "Triton",
    "onnx": "ONNX",
    "huggingface": "HuggingFace",
    "pmml": "PMML",
    "lightgbm": "LightGBM",
    "paddle": "Paddle",
    "model": "Model",
}
_OF_PODS = (
    "activeDeadlineSeconds",
    "affinity",
    "automountServiceAccountToken",
    "containers",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "ephemeralContainers",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostUsers",
    "hostname",
    "imagePullSecrets",
    "initContainers",
    "nodeName",
    "nodeSelector",
    "os",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "resourceClaims",
    "resources",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "schedulingGates",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
    "volumes",
)
_WHOLE, _INT32 = whole(), whole(-MOST_INT32 - 1, MOST_INT32)
_COMPONENT: Mapping[str, object] = {
    **dict.fromkeys(_OF_PODS),
    "minReplicas": _INT32,
    "maxReplicas": _INT32,
    "scaleTarget": _INT32,
    "scaleMetric": ("cpu", "memory", "concurrency", "rps"),
    "scaleMetricType": ("Utilization", "AverageValue"),
    "autoScaling": None,
    "containerConcurrency": _WHOLE,
    "timeout": _WHOLE,
    "canaryTrafficPercent": _WHOLE,
    "logger": None,
    "batcher": None,
    "labels": texts,
    "annotations": texts,
    "deploymentStrategy": None,
}
PREDICTOR: Mapping[str, object] = {
    **_COMPONENT,
    **dict.fromkeys(RUNTIMES),
    "name": text,
    "workerSpec": None,
    "storageUris": None,
}
_SPEC: Mapping[str, object] = {
    "predictor!": PREDICTOR,
    "transformer": _COMPONENT,
    "explainer": {**_COMPONENT, "art": None, "alibi": None},
}
_METADATA: Mapping[str, object] = {"apiVersion": text, "kind": text, "metadata": None, "status": None}


def _too_new(node: Node) -> None:
    node.problem('unknown field "canary"; KServe has it from 0.20 on', code=SCHEMA)


SERVICE: Mapping[str, object] = {**_METADATA, "spec!": {**_SPEC, "canary": _too_new}}
SERVICE_WITH_CANARIES: Mapping[str, object] = {
    **_METADATA,
    "spec!": {**_SPEC, "canary": Many(of={"trafficPercent!": whole(0, 100), "predictor!": PREDICTOR})},
}
_STEP: Mapping[str, object] = {
    "name": text,
    "nodeName": text,
    "serviceName": text,
    "serviceUrl": text,
    "data": text,
    "weight": _WHOLE,
    "condition": text,
    "dependency": ("Soft", "Hard"),
}
NODE: Mapping[str, object] = {
    "routerType!": ("Sequence", "Splitter", "Ensemble", "Switch"),
    "steps": Many(of=_STEP),
}
GRAPH: Mapping[str, object] = {
    **_METADATA,
    "spec!": {
        "nodes!": None,
        "resources": None,
        "affinity": None,
        "timeout": _WHOLE,
        "minReplicas": _INT32,
        "maxReplicas": _INT32,
        "scaleTarget": _INT32,
        "scaleMetric": ("cpu", "memory", "concurrency", "rps"),
        "tolerations": None,
        "nodeSelector": None,
        "nodeName": text,
        "serviceAccountName": text,
        "routerTimeouts": None,
    },
}
