"""A plan as an InferenceService: one percentage, which a person changes."""

import yaml

from canarylearn.dialects.manifest import Rendering
from canarylearn.dialects.split import lost_in_split
from canarylearn.engine.plan import Plan
from canarylearn.engine.quantities import BUCKETS, say_weight

_PERCENT = BUCKETS // 100


def render(plan: Plan) -> Rendering:
    """The plan's first step in Knative mode."""
    step = plan.steps[0]
    percent = round(step.weight / _PERCENT)
    lost = lost_in_split(plan)
    if step.weight % _PERCENT:
        lost.append(f"parts of a percent: {say_weight(step.weight)} is written as {percent} %")
    if step.mirror:
        lost.append("copies of requests: KServe sends each request to one revision")
    service = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "model", "annotations": {"serving.kserve.io/deploymentMode": "Knative"}},
        "spec": {
            "predictor": {
                "canaryTrafficPercent": percent,
                "model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/model-v2"},
            }
        },
    }
    written = yaml.dump(service, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return Rendering(text=written, lost=tuple(lost))
