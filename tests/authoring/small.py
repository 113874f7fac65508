"""A topic of a few small scenarios, and an item in it that is in order: quick to prove, and easy to spoil."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from canarylearn.authoring.fields import Typed
from canarylearn.authoring.item_form import typed_item
from canarylearn.authoring.models import Scene
from canarylearn.learning.models import Topic
from tests.topics import curriculum

_SCENARIO = """\
slug: {slug}
title: {slug} in a small place
about: What is true in a small place, for tests alone.
window: 20m
trial: 10m
interval: 5m
traffic: {{requests_per_second: {pace}, users: 300}}
stable: {{name: v1, p50: 100ms, p95: 200ms, errors: 1%}}
canary: {{name: v2, p50: 100ms, p95: 200ms, errors: {errors}}}
"""

SCENARIOS = {
    "all-good": _SCENARIO.format(slug="all-good", errors="1%", pace="8"),
    "all-bad": _SCENARIO.format(slug="all-bad", errors="40%", pace="4"),
    "a-toss-up": _SCENARIO.format(slug="a-toss-up", errors="5%", pace="2"),
}

GOOD: dict[str, Any] = {
    "id": "small-share",
    "kind": "task",
    "concept": "exposure",
    "level": "easy",
    "title": "Give v2 a share",
    "prompt": "Put v2 on trial with a share of the traffic, in percent.",
    "template": "deploy_model(version='v2', traffic_split=⟦traffic⟧)\n",
    "options": ["20", "100", "0"],
    "scenarios": ["all-bad"],
    "goals": [{"name": "A bad v2 is rolled back", "outcome": "rolled_back"}],
    "hints": ["Where to look.", "Which quantity decides.", "An example with other numbers."],
    "mistakes": ["Taking no evidence for good news."],
    "solution": ["It was rolled back after {{all-bad: time_to_notice}}."],
    "quick_check": "A share that tells, and spares most.",
}


def small_topic() -> Topic:
    """The topic, with its scenarios in the library."""
    topic = Topic.objects.create(slug="canary-releases", title="Small", spec=curriculum().texts["topic.yaml"])
    for slug, text in SCENARIOS.items():
        Scene.objects.create(topic=topic, slug=slug, spec=text)
    return topic


def spoilt(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The item with something changed."""
    data = deepcopy(GOOD)
    change(data)
    return data


def as_fields(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields that say an item, by their names in the form."""
    return dict(_flat("", typed_item(data)))


def _flat(name: str, typed: Typed) -> list[tuple[str, str]]:
    if isinstance(typed, str):
        return [(name, typed)]
    pairs = typed.items() if isinstance(typed, dict) else enumerate(typed)
    return [found for key, inner in pairs for found in _flat(f"{name}.{key}" if name else str(key), inner)]
