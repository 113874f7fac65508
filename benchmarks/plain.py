"""The engine's duties without numpy: the same release in a plain Python loop, and as processes of simpy.

Each request belongs to a user who is routed by a hash, takes log-normal time and may fail; at the end of every interval
each version has its requests, errors and p95. Both do less than the engine, which also judges and counts users.
"""

import math
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from canarylearn.engine import Scenario, bucket
from canarylearn.engine.world import Z95


@dataclass(kw_only=True)
class Seen:
    """What one version did in one interval."""

    latency: list[float] = field(default_factory=list)
    errors: int = 0

    def summary(self) -> tuple[int, int, float]:
        """Requests, errors and p95."""
        ordered = sorted(self.latency)
        p95 = ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else math.nan
        return len(ordered), self.errors, p95


Answering = Callable[[], tuple[bool, float, bool]]
Trace = list[dict[bool, tuple[int, int, float]]]


def loop(scenario: Scenario, weight: int, requests: int) -> Trace:
    """`requests` requests, spread evenly over the window, one after the other."""
    answer = _answering(scenario, weight, random.Random(0))
    intervals = round(scenario.window / scenario.interval)
    trace = []
    for index in range(intervals):
        seen = {True: Seen(), False: Seen()}
        for _ in range(requests * (index + 1) // intervals - requests * index // intervals):
            canary, latency, failed = answer()
            seen[canary].latency.append(latency)
            seen[canary].errors += failed
        trace.append({canary: arm.summary() for canary, arm in seen.items()})
    return trace


def with_simpy(scenario: Scenario, weight: int, requests: int) -> Trace:
    """The same with simpy: one process that sends requests, one for each request, and one that measures."""
    environment = simpy.Environment()
    answer = _answering(scenario, weight, random.Random(0))
    seen = {True: Seen(), False: Seen()}
    trace: Trace = []

    def serve() -> Generator[Any, Any, None]:
        canary, latency, failed = answer()
        yield environment.timeout(latency)
        seen[canary].latency.append(latency)
        seen[canary].errors += failed

    def send() -> Generator[Any, Any, None]:
        for _ in range(requests):
            environment.process(serve())
            yield environment.timeout(scenario.window / requests)

    def measure() -> Generator[Any, Any, None]:
        while True:
            yield environment.timeout(scenario.interval)
            trace.append({canary: arm.summary() for canary, arm in seen.items()})
            seen.update({True: Seen(), False: Seen()})

    environment.process(send())
    environment.process(measure())
    environment.run(until=scenario.window + scenario.interval / 2)
    return trace


def _answering(scenario: Scenario, weight: int, chance: random.Random) -> Answering:
    """Answers one request: whether the canary took it, how long that took in seconds, and whether it failed."""
    arms = {
        canary: (math.log(revision.p50), math.log(revision.p95 / revision.p50) / Z95, revision.errors)
        for canary, revision in ((True, scenario.canary), (False, scenario.stable))
    }

    def answer() -> tuple[bool, float, bool]:
        canary = bucket(scenario.salt, chance.randrange(scenario.traffic.users)) < weight
        middle, spread, errors = arms[canary]
        return canary, chance.lognormvariate(middle, spread), chance.random() < errors

    return answer
