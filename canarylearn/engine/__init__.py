"""The canary engine: seeded traffic, two revisions, a controller and a judge. Knows no Django and no learners.

Names are loaded when they are first asked for, so that reading a plan does not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canarylearn.engine.analysis import Analysis as Analysis
    from canarylearn.engine.analysis import State as State
    from canarylearn.engine.checks import Check as Check
    from canarylearn.engine.checks import Condition as Condition
    from canarylearn.engine.checks import Within as Within
    from canarylearn.engine.course import ReleaseError as ReleaseError
    from canarylearn.engine.course import ReleaseOver as ReleaseOver
    from canarylearn.engine.judge import Judge as Judge
    from canarylearn.engine.measures import MEASURES as MEASURES
    from canarylearn.engine.measures import Measure as Measure
    from canarylearn.engine.metrics import METRICS as METRICS
    from canarylearn.engine.metrics import ArmMetrics as ArmMetrics
    from canarylearn.engine.outcome import Event as Event
    from canarylearn.engine.outcome import Interval as Interval
    from canarylearn.engine.outcome import Outcome as Outcome
    from canarylearn.engine.outcome import Phase as Phase
    from canarylearn.engine.plan import Decides as Decides
    from canarylearn.engine.plan import Plan as Plan
    from canarylearn.engine.plan import Routing as Routing
    from canarylearn.engine.plan import Step as Step
    from canarylearn.engine.quantities import BUCKETS as BUCKETS
    from canarylearn.engine.quantities import parse_duration as parse_duration
    from canarylearn.engine.quantities import parse_share as parse_share
    from canarylearn.engine.quantities import parse_weight as parse_weight
    from canarylearn.engine.release import Release as Release
    from canarylearn.engine.release import Rollout as Rollout
    from canarylearn.engine.release import run as run
    from canarylearn.engine.routing import bucket as bucket
    from canarylearn.engine.scenario import Scenario as Scenario
    from canarylearn.engine.world import World as World
    from canarylearn.engine.world import materialise as materialise

ENGINE_VERSION = "2"
"""Raised by every change that may change an outcome; attempts and proofs keep the version they were judged by."""

_ROOMS = {
    "analysis": ("Analysis", "State"),
    "checks": ("Check", "Condition", "Within"),
    "course": ("ReleaseError", "ReleaseOver"),
    "judge": ("Judge",),
    "measures": ("MEASURES", "Measure"),
    "metrics": ("METRICS", "ArmMetrics"),
    "outcome": ("Event", "Interval", "Outcome", "Phase"),
    "plan": ("Decides", "Plan", "Routing", "Step"),
    "quantities": ("BUCKETS", "parse_duration", "parse_share", "parse_weight"),
    "release": ("Release", "Rollout", "run"),
    "routing": ("bucket",),
    "scenario": ("Scenario",),
    "world": ("World", "materialise"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"canarylearn.engine has no {name!r}; it has {', '.join(sorted(_ROOM_OF))}")
    return getattr(import_module(f"canarylearn.engine.{_ROOM_OF[name]}"), name)
