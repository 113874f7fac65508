"""Scenarios for tests, and what is built of them: a plain one, variations of it, arms, and releases of one step."""

from typing import Any

from canarylearn.engine import ArmMetrics, Check, Decides, Outcome, Plan, Scenario, Step, World, materialise, run

PLAIN: dict[str, Any] = {
    "slug": "plain",
    "title": "a plain scenario",
    "about": "v1 and v2 behave alike, unless a test changes that.",
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


def arm(requests: int, *, errors: int = 0, slow: int = 0, wrong: int = 0, users: int = 0, **more: Any) -> ArmMetrics:
    """What one arm did in one interval, in counts; every user is a new one."""
    return ArmMetrics(
        requests=requests, users=users, errors=errors, slow=slow, wrong=wrong, users_at_weight=users, **more
    )


def release(world: World, weight: int = 1000, hold: float = 3600, checks: tuple[Check, ...] = ()) -> Outcome:
    """The outcome of one step at `weight` buckets for `hold` seconds."""
    decides = Decides.CHECKS if checks else Decides.JUDGE
    return run(Plan(steps=(Step(weight=weight, hold=hold),), checks=checks, decides=decides), world)
