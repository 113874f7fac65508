"""The canary engine: seeded traffic, two revisions, a controller and a judge. Knows no Django and no learners."""

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.checks import Check
from canarylearn.engine.judge import Judge
from canarylearn.engine.measures import MEASURES, Measure
from canarylearn.engine.metrics import METRICS, ArmMetrics
from canarylearn.engine.outcome import Event, Interval, Outcome, Phase
from canarylearn.engine.plan import Plan, Step
from canarylearn.engine.quantities import BUCKETS, parse_duration, parse_share, parse_weight
from canarylearn.engine.release import Release, ReleaseError, ReleaseOver, Rollout, run
from canarylearn.engine.routing import bucket
from canarylearn.engine.scenario import Scenario
from canarylearn.engine.world import World, materialise

ENGINE_VERSION = "2"
"""Raised by every change that may change an outcome; attempts and proofs keep the version they were judged by."""

__all__ = [
    "BUCKETS",
    "ENGINE_VERSION",
    "MEASURES",
    "METRICS",
    "Analysis",
    "ArmMetrics",
    "Check",
    "Event",
    "Interval",
    "Judge",
    "Measure",
    "Outcome",
    "Phase",
    "Plan",
    "Release",
    "ReleaseError",
    "ReleaseOver",
    "Rollout",
    "Scenario",
    "State",
    "Step",
    "World",
    "bucket",
    "materialise",
    "parse_duration",
    "parse_share",
    "parse_weight",
    "run",
]
