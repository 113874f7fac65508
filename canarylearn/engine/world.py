"""A scenario made real: the same users, requests and luck for every answer that is run in it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.arrivals import arrivals
from canarylearn.engine.faults import Behaviour, Draws, Floats, Which, with_faults
from canarylearn.engine.keeping import Store
from canarylearn.engine.plan import Routing
from canarylearn.engine.quantities import BUCKETS
from canarylearn.engine.routing import buckets_of, segments_of
from canarylearn.engine.scenario import Revision, Scenario
from canarylearn.engine.traffic import Traffic

Value = TypeVar("Value", bound=np.generic)

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""

SCORE_BINS = 10
"""Scores are counted in so many bins, each with the same share of the stable revision's scores."""

ANOTHER = np.iinfo(np.int32).max
"""In place of a number: the user of this request is counted at another request of the same interval."""

MOST_KEPT = 6_000_000
"""Requests of worlds that are kept for the next run, and as many again of what they are made of."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What one revision would answer to each request: seconds taken, failed, and wrong although it did not fail.

    `slow` is slower than the scenario's patience, `scored` the bin of the score, and None without scores.
    """

    latency: Floats
    failed: Which
    wrong: Which
    slow: Which
    scored: NDArray[np.uint8] | None = None

    def bad(self) -> Which:
        """Requests that harm their user: failed, or too slow."""
        return self.failed | self.slow


@dataclass(frozen=True, kw_only=True)
class World:
    """One scenario with one seed: the draws, each revision's responses to all of them, and where intervals begin.

    `bounds[i]` to `bounds[i + 1]` are the requests of interval i, ordered by bucket: those that a weight sends to the
    canary come first, so an arm's requests are a slice and nothing has to be picked out. `users` is how many
    different users come at all. `before`, with sticky routing, is the number of a request by the same user in the
    last interval that had one (-1: none had), for one request of each user in an interval; `ANOTHER` for the rest.
    """

    scenario: Scenario
    seed: int
    draws: Draws
    responses: Mapping[str, Response]
    bounds: NDArray[np.intp]
    users: int
    before: NDArray[np.int32] | None

    @property
    def intervals(self) -> int:
        """How many intervals the window holds."""
        return len(self.bounds) - 1


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    draws: Draws
    bounds: NDArray[np.intp]
    users: int
    before: NDArray[np.int32] | None


_WORLDS: Store[World] = Store(MOST_KEPT, lambda world: len(world.draws.time))
_DRAWN: Store[_Drawn] = Store(MOST_KEPT, lambda drawn: len(drawn.draws.time))


def materialise(scenario: Scenario, seed: int, routing: Routing = Routing.STICKY) -> World:
    """The world of a scenario under a seed. The same arguments always give equal arrays.

    With sticky routing a request's bucket is its user's; otherwise each request draws one of its own.
    """
    sticky = routing is Routing.STICKY
    return _WORLDS.get((scenario, seed, sticky), lambda: _make(scenario, seed, sticky))


def forget() -> None:
    """Throw away every world that is kept."""
    _WORLDS.clear()
    _DRAWN.clear()


def _make(scenario: Scenario, seed: int, sticky: bool) -> World:
    # Keyed by traffic alone, so two scenarios that differ only in the model share their users and their luck.
    scored = scenario.stable.score is not None
    key = (scenario.traffic, scenario.window, scenario.interval, scenario.salt, seed, sticky, scored)
    drawn = _DRAWN.get(key, lambda: _draw(*key))
    return World(
        scenario=scenario,
        seed=seed,
        draws=drawn.draws,
        responses={
            scenario.stable.name: _respond(scenario.stable, scenario, "stable", drawn.draws),
            scenario.canary.name: _respond(scenario.canary, scenario, "canary", drawn.draws),
        },
        bounds=drawn.bounds,
        users=drawn.users,
        before=drawn.before,
    )


def _draw(traffic: Traffic, window: float, interval: float, salt: str, seed: int, sticky: bool, scored: bool) -> _Drawn:
    rng = np.random.default_rng(seed)
    time = arrivals(traffic, window, rng)
    count = len(time)
    user = _users(traffic, count, rng)
    normal = rng.standard_normal(count, dtype=np.float32)
    failure, mistake, tail = (rng.random(count, dtype=np.float32) for _ in range(3))
    # Drawn after what every scenario needs, so that a router without memory changes nobody's luck; scores still later.
    bucket = buckets_of(salt, traffic.users)[user] if sticky else rng.integers(BUCKETS, size=count, dtype=np.int32)
    score = rng.standard_normal(count, dtype=np.float32) if scored else None
    bounds = np.searchsorted(time, np.arange(round(window / interval) + 1) * interval)
    order = _by_bucket(bucket, bounds)
    time, normal, failure, mistake, tail = _in_order(order, time, normal, failure, mistake, tail)
    user, bucket = _in_order(order, user, bucket)
    last, before = _visits(user, bounds, traffic.users)
    draws = Draws(
        time=time,
        user=user,
        bucket=bucket,
        normal=normal,
        failure=failure,
        mistake=mistake,
        tail=tail,
        segment=_segments(traffic, user),
        score=None if score is None else score[order],
    )
    return _Drawn(draws=draws, bounds=bounds, users=int(np.count_nonzero(last >= 0)), before=before if sticky else None)


def _in_order(order: NDArray[np.intp], *arrays: NDArray[Value]) -> Iterator[NDArray[Value]]:
    """The arrays in another order, each in the room of the one before it: fresh memory is what costs most here."""
    room = np.empty(len(order), dtype=arrays[0].dtype)
    for values in arrays:
        yield np.take(values, order, out=room, mode="clip")
        room = values[: len(order)]


def _visits(
    user: NDArray[np.int32], bounds: NDArray[np.intp], users: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The last request of each user (-1: none), and `World.before`."""
    last = np.full(users, -1, dtype=np.int32)
    before, number = np.empty(len(user), dtype=np.int32), np.arange(len(user), dtype=np.int32)
    for start, end in pairwise(bounds):
        came, numbers = user[start:end], number[start:end]
        earlier = last[came]
        last[came] = numbers
        # Whichever request of a user was written last stands for the user in this interval.
        before[start:end] = np.where(last[came] == numbers, earlier, ANOTHER)
    return last, before


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


def _segments(traffic: Traffic, user: NDArray[np.int32]) -> NDArray[np.int8] | None:
    shares = tuple(segment.share for segment in traffic.segments)
    return segments_of(traffic.users, shares)[user] if shares else None


def _respond(revision: Revision, scenario: Scenario, arm: str, draws: Draws) -> Response:
    sigma = math.log(revision.p95 / revision.p50) / Z95
    plain = Behaviour(
        failing=np.full(len(draws.time), revision.errors, dtype=np.float32),
        latency=np.exp(np.float32(math.log(revision.p50)) + np.float32(sigma) * draws.normal)
        * _warming(revision, draws),
        right=np.float32(revision.accuracy),
    )
    segments = tuple(segment.name for segment in scenario.traffic.segments)
    actual = with_faults(plain, scenario.faults, arm=arm, draws=draws, segments=segments)
    failed = draws.failure < actual.failing
    return Response(
        latency=actual.latency,
        failed=failed,
        wrong=~failed & (draws.mistake >= actual.right),
        slow=actual.latency > scenario.patience,
        scored=_scores(revision, scenario.stable, draws),
    )


def _warming(revision: Revision, draws: Draws) -> Floats | np.float32:
    """How many times as slow a revision is while it warms up."""
    if revision.warm_up is None:
        return np.float32(1)
    left = np.maximum(1 - draws.time / np.float32(revision.warm_up.lasts), np.float32(0))
    times: Floats = 1 + np.float32(revision.warm_up.factor - 1) * left
    return times


def _scores(revision: Revision, stable: Revision, draws: Draws) -> NDArray[np.uint8] | None:
    if draws.score is None:
        return None
    assert revision.score is not None  # a scenario has the scores of both or of neither
    assert stable.score is not None
    deciles = NormalDist(stable.score.mean, stable.score.sd).quantiles(SCORE_BINS)
    scores = np.float32(revision.score.mean) + np.float32(revision.score.sd) * draws.score
    return np.searchsorted(np.array(deciles, dtype=np.float32), scores, side="right").astype(np.uint8)
