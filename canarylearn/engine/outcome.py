"""How a release went: its phase, its trace and its measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from canarylearn.engine.analysis import Analysis
from canarylearn.engine.checks import Check
from canarylearn.engine.metrics import ArmMetrics


class Phase(StrEnum):
    """How a release ended: everyone on the new revision, everyone back on the old one, or undecided."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: `at` seconds from the start, a kind, and a sentence.

    Kinds: weight, promoted, rolled_back, inconclusive, alarm, restarted, removed, waiting, approved, note.
    """

    at: float
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Interval:
    """One line of the trace: `start` and `end` in seconds, `weight` in buckets, both arms, and the analysis."""

    start: float
    end: float
    weight: int
    canary: ArmMetrics
    baseline: ArmMetrics
    analysis: Analysis


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A finished release. `measures` holds every name in `canarylearn.engine.measures.MEASURES`.

    `harmed` says how many different users had been harmed by the end of each interval of the trace.
    """

    phase: Phase
    trace: tuple[Interval, ...]
    measures: Mapping[str, float]
    harmed: tuple[int, ...]
    events: tuple[Event, ...]
    checks: tuple[Check, ...]
