"""Conditions of any tool as one limit, told by what they make of values around it."""

import math
from dataclasses import dataclass

from canarylearn.engine.analysis import State
from canarylearn.engine.checks import Condition, Within

_BESIDE = (0.01, 0.1, 0.5)
"""How far from the limit values are tried, as parts of it; a tool that cuts to whole units moves it by less."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A limit of which one side succeeds and the other fails; `included` when the limit itself succeeds."""

    limit: float
    above_fails: bool
    included: bool

    @property
    def within(self) -> Within:
        """The same as a range, but for a value that is exactly at a limit which is not included."""
        return Within(at_most=self.limit) if self.above_fails else Within(at_least=self.limit)


def edge_of(condition: Condition) -> Edge | None:
    """The limit that a condition is; None when it is a range of two, is sometimes undecided, or is no range at all."""
    limit = condition.limit
    if limit is None or not math.isfinite(limit):
        return None
    size = abs(limit) or 1.0
    below = [condition.judge(limit - part * size) for part in _BESIDE] + [condition.judge(limit - 1e6 * size)]
    above = [condition.judge(limit + part * size) for part in _BESIDE] + [condition.judge(limit + 1e6 * size)]
    at = condition.judge(limit)
    if {*below, *above, at} != {State.SUCCESSFUL, State.FAILED} or len(set(below)) > 1 or len(set(above)) > 1:
        return None
    if below[0] is above[0]:
        return None
    return Edge(limit=limit, above_fails=above[0] is State.FAILED, included=at is State.SUCCESSFUL)
