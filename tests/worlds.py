"""Scenarios for tests: a plain one, and variations of it."""

from typing import Any

from canarylearn.engine import Scenario, World, materialise

PLAIN: dict[str, Any] = {
    "slug": "plain",
    "title": "a plain scenario",
    "about": "v1 and v2 behave alike; a tenth of the tests change that.",
    "window": "90m",
    "trial": "1h",
    "interval": "5m",
    "traffic": {"requests_per_second": 4, "users": 1000},
    "stable": {"name": "v1", "p50": "120ms", "p95": "300ms", "errors": "1%", "accuracy": "90%"},
    "canary": {"name": "v2", "p50": "120ms", "p95": "300ms", "errors": "1%", "accuracy": "90%"},
}


def scenario(**changes: Any) -> Scenario:
    """The plain scenario with some fields changed; `canary` and `stable` are merged, other fields replaced."""
    fields = dict(PLAIN)
    for name, value in changes.items():
        fields[name] = {**fields[name], **value} if name in ("canary", "stable", "traffic") else value
    return Scenario.model_validate(fields)


def world(seed: int = 0, **changes: Any) -> World:
    """The world of a changed plain scenario."""
    return materialise(scenario(**changes), seed)
