"""The worlds of a project: what is true of v2 in each case, and the log that a release reads in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from canarylearn.dialects.script.values import Value
from canarylearn.engine import Scenario, World, materialise

INTERVAL, LOOKS = 20, 12
"""Minutes between two looks, and how many of them a release has."""

LABELS_AFTER = 40
"""Minutes after an interval's end until its labels have come."""

SEGMENTS = ("android", "ios")
VERSIONS = ("v1", "v2")
_STABLE = {"name": "v1", "p50": "100ms", "p95": "200ms", "errors": 0.02, "accuracy": 0.98}
_CANARY = {**_STABLE, "name": "v2"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is true in one world, and how many roll backs get lost on their way to the router (-1: every one)."""

    name: str
    title: str
    lost: int = 0
    requests_per_second: float = 8
    stable: Mapping[str, object] = field(default_factory=dict)
    canary: Mapping[str, object] = field(default_factory=dict)
    faults: Sequence[Mapping[str, object]] = ()

    def world(self, seed: int) -> World:
        """This case under a seed."""
        return materialise(_scenario(self), seed)

    def __hash__(self) -> int:
        return hash((self.name, self.title))


def fails(points: float, since: int = 0) -> Mapping[str, object]:
    """v2 fails so many percent of requests more from a minute on."""
    begins = {"since": f"{since}m"} if since else {}
    return {"kind": "error-burst", "on": "canary", "rate": points / 100, **begins}


CASES = {
    case.name: case
    for case in (
        Case(name="fine", title="v2 is as good as v1"),
        Case(name="failing", title="v2 fails a fifth of its requests from the start", faults=[fails(20)]),
        Case(name="late", title="v2 begins to fail after half an hour", faults=[fails(6, 30)]),
        Case(name="undecidable", title="Hardly anybody comes", requests_per_second=0.02),
        Case(
            name="segment",
            title="v2 fails on ios and is better on android, so that the average says nothing",
            stable={"errors": 0.03},
            canary={"errors": 0.01},
            faults=[{"kind": "segment-bug", "on": "canary", "segment": "ios", "errors": 0.08}],
        ),
        Case(
            name="wrong",
            title="v2 answers wrongly more often, and labels take 40 minutes",
            faults=[{"kind": "quality-drop", "on": "canary", "rate": 0.06}],
        ),
        Case(name="lost", title="v2 fails, and the first two roll backs get lost", faults=[fails(20)], lost=2),
        Case(name="stuck", title="v2 fails, and no roll back arrives", faults=[fails(20)], lost=-1),
    )
}

SHORT = {
    case.name: case
    for case in (
        Case(name="short-fine", title="v2 is as good as v1, with little traffic", requests_per_second=0.84),
        Case(
            name="short-failing",
            title="v2 fails 3 points more often, with little traffic",
            requests_per_second=0.84,
            faults=[fails(3.06)],
        ),
        Case(
            name="short-wrong",
            title="v2 is wrong 4 points more often, with little traffic",
            requests_per_second=0.84,
            faults=[{"kind": "quality-drop", "on": "canary", "rate": 0.041}],
        ),
    )
}


@lru_cache(maxsize=64)
def _scenario(case: Case) -> Scenario:
    window = f"{INTERVAL * LOOKS}m"
    return Scenario.model_validate(
        {
            "slug": case.name,
            "title": case.title[:80],
            "about": "A world of a project, made for its judging.",
            "window": window,
            "trial": window,
            "interval": f"{INTERVAL}m",
            "traffic": {
                "requests_per_second": case.requests_per_second,
                "users": 4000,
                "activity": "even",
                "segments": {"android": "75%", "ios": "25%"},
            },
            "stable": _as_written({**_STABLE, **case.stable}),
            "canary": _as_written({**_CANARY, **case.canary}),
            "faults": [_as_written(fault) for fault in case.faults],
        }
    )


def _as_written(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as a scenario's file writes them: shares are percent there."""
    return {name: f"{value * 100:g}%" if isinstance(value, float) else value for name, value in facts.items()}


Record = dict[str | int, Value]


def log_of(world: World, weights: Sequence[int], now: int | None = None) -> list[Value]:
    """What stands in the log after intervals with these weights: for each interval, version and segment one record.

    Labels come all at once, `LABELS_AFTER` minutes after the interval.
    """
    now = len(weights) * INTERVAL if now is None else now
    return [record for index, weight in enumerate(weights) for record in _records(world, index, weight, now)]


def _records(world: World, index: int, weight: int, now: int) -> list[Record]:
    start, end = world.bounds[index], world.bounds[index + 1]
    split = start + int(np.searchsorted(world.draws.bucket[start:end], weight))
    segment = world.draws.segment
    assert segment is not None  # every world here has segments
    labelled_by_now = (index + 1) * INTERVAL + LABELS_AFTER <= now
    found: list[Record] = []
    for version, part in (("v1", slice(split, end)), ("v2", slice(start, split))):
        response = world.responses[version]
        counts = [
            np.bincount(segment[part], weights=which, minlength=len(SEGMENTS))
            for which in (None, response.failed[part], response.wrong[part])
        ]
        for number, name in enumerate(SEGMENTS):
            requests, errors, wrong = (int(count[number]) for count in counts)
            if requests:
                found.append(
                    {
                        "minute": index * INTERVAL,
                        "version": version,
                        "segment": name,
                        "requests": requests,
                        "errors": errors,
                        "labelled": requests - errors if labelled_by_now else 0,
                        "wrong": wrong if labelled_by_now else 0,
                    }
                )
    return found


def summed(log: Sequence[Value], version: str, since: int, until: int) -> Record:
    """The numbers of one version in a window, from its first minute to before its last."""
    total = dict.fromkeys(("requests", "errors", "labelled", "wrong"), 0)
    for record in log:
        assert isinstance(record, dict)
        minute = record["minute"]
        assert isinstance(minute, int)
        if record["version"] == version and since <= minute < until:
            for name in total:
                value = record[name]
                assert isinstance(value, int)
                total[name] += value
    return arm(**total)


def arm(requests: int, errors: int, labelled: int, wrong: int) -> Record:
    """The numbers of one version, as measure() gives them."""
    return {
        "requests": requests,
        "errors": errors,
        "error_rate": errors / requests if requests else None,
        "labelled": labelled,
        "wrong": wrong,
        "wrong_rate": wrong / labelled if labelled else None,
    }
