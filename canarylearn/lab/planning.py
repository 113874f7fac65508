"""From a filled-in form to a plan."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canarylearn.engine import Check, Decides, Plan, Routing, Step, Within

MOST_LOOKS = 2_000


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step as it was filled in: its weight in buckets and its hold in seconds."""

    weight: int
    hold: float


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """A check as it was filled in: a limit in the metric's own unit, and how many failures are borne."""

    metric: str
    at_most: bool
    value: float
    failures: int


def count_looks(steps: list[StepRow], interval: float) -> int:
    """How many looks, one each `interval` seconds, the steps take."""
    return sum(_looks(step, interval) for step in steps)


def make_plan(data: Mapping[str, Any], steps: list[StepRow], checks: list[CheckRow], interval: float) -> Plan:
    """The plan that a valid form says; `interval` is the time between looks, in seconds."""
    decides = Decides(data["decides"] or Decides.JUDGE)
    looks = decides in (Decides.CHECKS, Decides.FAILED_CHECKS)
    return Plan(
        steps=tuple(_steps(steps, interval if decides is Decides.FAILED_CHECKS else None)),
        checks=tuple(_check(row, data["interval"]) for row in checks) if looks else (),
        decides=decides,
        interval=data["interval"] if looks else None,
        threshold=data["threshold"] or 1,
        routing=Routing(data["routing"] or Routing.STICKY),
        replicas=data["replicas"] or 1,
    )


def _steps(rows: list[StepRow], interval: float | None) -> list[Step]:
    """The steps. Where failed checks are counted a step is one look, so a longer hold is the same step again."""
    if interval is None:
        return [Step(weight=row.weight, hold=row.hold) for row in rows]
    return [Step(weight=row.weight, hold=interval) for row in rows for _ in range(_looks(row, interval))]


def _looks(row: StepRow, interval: float) -> int:
    return max(1, math.ceil(row.hold / interval - 1e-9))


def _check(row: CheckRow, interval: float | None) -> Check:
    condition = Within(at_most=row.value) if row.at_most else Within(at_least=row.value)
    return Check(metric=row.metric, condition=condition, failure_limit=row.failures, interval=interval)
