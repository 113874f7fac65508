"""What the form of the lab has: its fields, which of them a plan uses, and what stands in them at the beginning."""

from collections.abc import Mapping

from canarylearn.engine import Decides, Routing
from canarylearn.lab.running import FORM, MANIFEST, SCRIPT

STEPS, SHOWN_STEPS, CHECKS, MEASURES = 8, 4, 3, 6

MANIFEST_TO_BEGIN_WITH = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: recommender
spec:
  replicas: 5
  selector:
    matchLabels: {app: recommender}
  template:
    metadata:
      labels: {app: recommender}
    spec:
      containers:
        - {name: model, image: "registry.example/recommender:v2"}
  strategy:
    canary:
      steps:
        - setWeight: 20
        - pause: {duration: 10m}
        - setWeight: 50
        - pause: {duration: 10m}
"""
SCRIPT_TO_BEGIN_WITH = """\
for share in [5, 20, 50]:
    set_weight(share)
    hold('10m')
    print(f"{share}%: {canary.error_rate:.1%} fail on v2, {baseline.error_rate:.1%} on v1")
    if canary.error_rate > baseline.error_rate + 0.02:
        rollback()
promote()
"""
TO_BEGIN_WITH = {
    "way": FORM,
    "seed": "0",
    "weight_1": "5",
    "hold_1": "10m",
    "weight_2": "20",
    "hold_2": "10m",
    "weight_3": "50",
    "hold_3": "10m",
    "decides": Decides.JUDGE.value,
    "routing": Routing.STICKY.value,
    "replicas": "10",
    "metric_1": "error_rate",
    "sense_1": "at_most",
    "value_1": "5%",
    "failures_1": "0",
    "threshold": "3",
    "manifest": MANIFEST_TO_BEGIN_WITH,
    "script": SCRIPT_TO_BEGIN_WITH,
}
"""What the form holds before anybody has touched it."""

OF_ALL = ("scenario", "seed", "way")
_OF_STEPS = tuple(f"{name}_{number}" for number in range(1, STEPS + 1) for name in ("weight", "hold"))
_OF_CHECKS = tuple(
    f"{name}_{number}" for number in range(1, CHECKS + 1) for name in ("metric", "sense", "value", "failures")
)
_OF_MEASURES = tuple(f"{name}_{number}" for number in range(1, MEASURES + 1) for name in ("named", "measures"))
FIELDS_OF = {
    FORM: (*_OF_STEPS, "decides", *_OF_CHECKS, "interval", "threshold", "routing", "replicas"),
    MANIFEST: ("manifest", "approve", *_OF_MEASURES),
    SCRIPT: ("script",),
}
"""The fields that each way of writing a plan has for itself."""


def used_fields(chosen: Mapping[str, str]) -> list[str]:
    """The fields that the page shows for what was chosen in them: what stands in the others is nobody's business."""
    unused: set[str] = set()
    if chosen.get("decides") not in (Decides.CHECKS, Decides.FAILED_CHECKS):
        unused |= {"interval", "threshold", *_OF_CHECKS}
    if chosen.get("routing") != Routing.PODS:
        unused.add("replicas")
    return [name for name in FIELDS_OF.get(chosen.get("way", ""), ()) if name not in unused]


def with_the_rest(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a plan, and in those that it does not use what they begin with."""
    used = used_fields(given)
    return {**{name: value for name, value in TO_BEGIN_WITH.items() if name not in used}, **given}
