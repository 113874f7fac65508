"""Argo documents that went wrong, by accident or on purpose."""

from typing import Any

import pytest
from hypothesis import given, settings

from canarylearn.dialects.registry import read_manifest
from tests.dialects.argo import HEADER_ROUTE, ISTIO, ROUTED, errors, metric, reading, rollout, template
from tests.dialects.mangled import HOSTILE, dump, mangled, paths, refusal, replaced

COMPLETE = rollout(
    {
        **ROUTED,
        "trafficRouting": {"istio": ISTIO, "managedRoutes": [{"name": "h"}, {"name": "m"}]},
        "maxSurge": "25%",
        "maxUnavailable": 1,
        "scaleDownDelaySeconds": 30,
        "abortScaleDownDelaySeconds": 30,
        "antiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": {"weight": 1}},
        "analysis": {
            "templates": [{"templateName": "ok", "clusterScope": False}],
            "args": [{"name": "limit", "value": "0.05"}],
            "dryRun": [{"metricName": "error.*"}],
            "startingStep": 1,
        },
        "steps": [
            {"setCanaryScale": {"weight": 10}},
            {"setMirrorRoute": {"name": "m", "percentage": 50, "match": [{"path": {"prefix": "/"}}]}},
            {"setHeaderRoute": HEADER_ROUTE},
            {"setWeight": 10},
            {"pause": {"duration": "5m"}},
            {"experiment": {"templates": [{"name": "a", "specRef": "canary"}], "duration": "5m"}},
            {"analysis": {"templates": [{"templateName": "two"}]}},
            {"pause": {}},
        ],
    },
    replicas=5,
    minReadySeconds=5,
    progressDeadlineSeconds=600,
)


LIMITED = template(
    metric(
        interval="1m",
        initialDelay="30s",
        count="{{args.n}}",
        failureLimit=1,
        inconclusiveLimit=1,
        consecutiveErrorLimit=4,
        successCondition="result[0] <= {{args.limit}} && !isNaN(result[0])",
        failureCondition="result[0] > 0.5 or asFloat(result[0]) > 1",
    ),
    args=[{"name": "limit"}, {"name": "n", "value": "3"}],
)


SECOND = template(metric(name="p95-latency", successCondition="result[0] < 1"), name="two")


WHOLE: list[object] = [COMPLETE, LIMITED, SECOND]


def test_the_complete_text_is_accepted() -> None:
    assert not errors(*WHOLE)
    assert not reading(*WHOLE).unmeasured


PLACES = [
    (number, path) for number, document in enumerate(WHOLE) for path in paths(document) if "containers" not in path
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:24])
def test_a_hostile_value_anywhere_is_refused_or_read_and_nothing_else(value: object) -> None:
    texts = [dump(document) for document in WHOLE]
    # Writing thousands of entries takes longer than reading them, so the largest values go to some of the places.
    for number, path in PLACES if len(repr(value)) < 5500 else PLACES[::5]:
        changed = dump(replaced(WHOLE[number], path, value))
        refusal(read_manifest, "---\n".join([*texts[:number], changed, *texts[number + 1 :]]))


@given(mangled(*WHOLE))
@settings(deadline=None)
def test_a_mangled_text_is_refused_with_lines_of_its_own_or_read(text: str) -> None:
    refusal(read_manifest, text)


@pytest.mark.parametrize(
    "steps",
    [
        [{"setWeight": 1}] * 3000,
        [{"setWeight": 101}] * 3000,
        [{}] * 3000,
        [{"pause": {"duration": "1" * 90 + "h"}}] * 1000,
        [{"setWeight": -(10**40)}] * 500,
    ],
    ids=["many", "wrong", "empty", "long", "huge"],
)
def test_thousands_of_steps_are_read_in_no_time(steps: list[dict[str, Any]]) -> None:
    errors(rollout({"steps": steps}))
