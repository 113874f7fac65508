"""A scenario made real: the same users, requests and luck for every answer that is run in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.faults import Behaviour, Draws, Floats, with_faults
from canarylearn.engine.plan import Routing
from canarylearn.engine.quantities import BUCKETS
from canarylearn.engine.routing import buckets_of
from canarylearn.engine.scenario import Revision, Scenario, Traffic

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What one revision would answer to each request: seconds taken, failed, and wrong although it did not fail."""

    latency: Floats
    failed: NDArray[np.bool_]
    wrong: NDArray[np.bool_]

    def bad(self, patience: float) -> NDArray[np.bool_]:
        """Requests that harm their user: failed, or slower than `patience` seconds."""
        return self.failed | (self.latency > patience)


@dataclass(frozen=True, kw_only=True)
class World:
    """One scenario with one seed: the draws, each revision's responses to all of them, and where intervals begin.

    `bounds[i]` to `bounds[i + 1]` are the requests of interval i, ordered by bucket: those that a weight sends to the
    canary come first, so an arm's requests are a slice and nothing has to be picked out.
    """

    scenario: Scenario
    seed: int
    draws: Draws
    responses: Mapping[str, Response]
    bounds: NDArray[np.intp]

    @property
    def intervals(self) -> int:
        """How many intervals the window holds."""
        return len(self.bounds) - 1


@lru_cache(maxsize=64)
def materialise(scenario: Scenario, seed: int, routing: Routing = Routing.STICKY) -> World:
    """The world of a scenario under a seed. The same arguments always give equal arrays.

    With sticky routing a request's bucket is its user's; otherwise each request draws one of its own.
    """
    sticky = routing is Routing.STICKY
    draws, bounds = _draw(scenario.traffic, scenario.window, scenario.interval, scenario.salt, seed, sticky)
    return World(
        scenario=scenario,
        seed=seed,
        draws=draws,
        responses={
            scenario.stable.name: _respond(scenario.stable, scenario, "stable", draws),
            scenario.canary.name: _respond(scenario.canary, scenario, "canary", draws),
        },
        bounds=bounds,
    )


@lru_cache(maxsize=64)
def _draw(
    traffic: Traffic, window: float, interval: float, salt: str, seed: int, sticky: bool
) -> tuple[Draws, NDArray[np.intp]]:
    # Keyed by traffic alone, so two scenarios that differ only in the model share their users and their luck.
    rng = np.random.default_rng(seed)
    count = int(rng.poisson(traffic.requests_per_second * window))
    time = np.sort(rng.random(count, dtype=np.float32)) * np.float32(window)
    user = _users(traffic, count, rng)
    normal = rng.standard_normal(count, dtype=np.float32)
    failure, mistake, tail = (rng.random(count, dtype=np.float32) for _ in range(3))
    # Drawn last, so that a router without memory changes nobody's luck.
    bucket = buckets_of(salt, traffic.users)[user] if sticky else rng.integers(BUCKETS, size=count, dtype=np.int32)
    bounds = np.searchsorted(time, np.arange(round(window / interval) + 1) * interval)
    order = _by_bucket(bucket, bounds)
    draws = Draws(
        time=time[order],
        user=user[order],
        bucket=bucket[order],
        normal=normal[order],
        failure=failure[order],
        mistake=mistake[order],
        tail=tail[order],
    )
    return draws, bounds


def _by_bucket(bucket: NDArray[np.int32], bounds: NDArray[np.intp]) -> NDArray[np.intp]:
    """The order of requests: interval by interval, and by bucket within each."""
    short = bucket.astype(np.uint16)  # numpy sorts 16 bits by counting, in a third of the time
    return np.concatenate([start + np.argsort(short[start:end], kind="stable") for start, end in pairwise(bounds)])


def _users(traffic: Traffic, count: int, rng: np.random.Generator) -> NDArray[np.int32]:
    if traffic.activity == "even":
        return rng.integers(traffic.users, size=count, dtype=np.int32)
    pull = np.arange(1, traffic.users + 1) ** -0.8
    heights = np.cumsum(pull / pull.sum())
    found = np.searchsorted(heights, rng.random(count), side="right")
    return np.minimum(found, traffic.users - 1).astype(np.int32)


def _respond(revision: Revision, scenario: Scenario, arm: str, draws: Draws) -> Response:
    sigma = math.log(revision.p95 / revision.p50) / Z95
    plain = Behaviour(
        failing=np.full(len(draws.time), revision.errors, dtype=np.float32),
        latency=np.exp(np.float32(math.log(revision.p50)) + np.float32(sigma) * draws.normal),
    )
    actual = with_faults(plain, scenario.faults, arm=arm, draws=draws)
    failed = draws.failure < actual.failing
    return Response(
        latency=actual.latency,
        failed=failed,
        wrong=~failed & (draws.mistake >= np.float32(revision.accuracy)),
    )
