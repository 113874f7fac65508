"""Requests simulated per second of CPU: the engine beside simpy, a plain Python loop, and one pass of numpy."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median

import numpy as np

from benchmarks import plain
from benchmarks.figures import Table, ratio, say
from canarylearn.engine import Plan, Scenario, Step, World, materialise, routing, run, world

SEED = 0
WEIGHT = 1_000
WINDOW = 90 * 60
SIZES = (50_000, 200_000, 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Requests a second of CPU, one figure a round, for about `requests` requests."""

    requests: int
    first: list[float]
    following: list[float]
    loop: list[float]
    simpy: list[float]


def measure(sizes: tuple[int, ...] = SIZES, rounds: int = 5) -> list[Rates]:
    """All four, one after the other in every round."""
    return [_measure(_scenario(size), rounds) for size in sizes]


def table(found: list[Rates]) -> Table:
    """What was found, as in docs/performance.md."""
    rows = []
    for rates in found:
        rows += [
            _row(rates, "engine, first run", rates.first),
            _row(rates, "engine, next run", rates.following),
            _row(rates, "plain Python loop", rates.loop),
            _row(rates, "simpy", rates.simpy),
        ]
    return Table(
        title="Requests simulated per second of CPU",
        columns=["simulation", "requests", "million requests/s", "ms a run", "times simpy"],
        rows=rows,
    )


def _row(rates: Rates, name: str, values: list[float]) -> list[str]:
    rate = median(values)
    times = say(ratio(values, rates.simpy))
    return [name, f"{rates.requests:,}", say(rate / 1e6), say(1000 * rates.requests / rate), times]


def _scenario(requests: int, *, window: int = WINDOW, users: int = 4_000) -> Scenario:
    return Scenario.model_validate(
        {
            "slug": "measured",
            "title": "A scenario to measure",
            "about": "v2 behaves as v1 does, so every interval is judged to the end.",
            "window": f"{window}s",
            "trial": "1h",
            "interval": "5m",
            "traffic": {"requests_per_second": requests / window, "users": users},
            "stable": {"name": "v1", "p50": "120ms", "p95": "300ms", "errors": "1%"},
            "canary": {"name": "v2", "p50": "120ms", "p95": "300ms", "errors": "1%"},
        }
    )


def _measure(scenario: Scenario, rounds: int) -> Rates:
    rollout = Plan(steps=(Step(weight=WEIGHT, hold=scenario.trial),))
    requests = len(materialise(scenario, SEED).draws.time)

    def simulate() -> None:
        run(rollout, materialise(scenario, SEED))

    simulate()
    rates = Rates(requests=requests, first=[], following=[], loop=[], simpy=[])
    for _ in range(rounds):
        forget_worlds()
        rates.first.append(requests / _cpu(simulate))
        rates.following.append(requests / _cpu(simulate))
        rates.loop.append(requests / _cpu(lambda: plain.loop(scenario, WEIGHT, requests)))
        rates.simpy.append(requests / _cpu(lambda: plain.with_simpy(scenario, WEIGHT, requests)))
    return rates


LARGE_REQUESTS = 200 * 2 * 3600
RAMP = (100, 500, 1_000, 2_500, 5_000)
OTHER_RAMP = (200, 700, 1_500, 3_000, 6_000)


@dataclass(frozen=True, kw_only=True)
class Large:
    """CPU seconds for two hours of 200 requests a second, one figure a round, and bytes for each request.

    `first` draws the world and runs the five steps; `following` runs five other weights in the world that is there;
    `one_pass` is what `one_pass` does; `simpy` is the plain simulation of as many requests.
    """

    requests: int
    first: list[float]
    following: list[float]
    one_pass: list[float]
    simpy: list[float]
    kept: float
    peak: float
    run: float


def measure_large(rounds: int = 5) -> Large:
    """The large scenario under a rollout of five steps."""
    scenario = _scenario(LARGE_REQUESTS, window=7_200, users=100_000)
    ramp, other = (
        Plan(steps=tuple(Step(weight=weight, hold=1_440) for weight in weights)) for weights in (RAMP, OTHER_RAMP)
    )

    def simulate(plan: Plan) -> Callable[[], object]:
        return lambda: run(plan, materialise(scenario, SEED))

    kept, peak, of_a_run = _memory(scenario, ramp)
    requests = len(materialise(scenario, SEED).draws.time)
    found = Large(
        requests=requests,
        first=[],
        following=[],
        one_pass=[],
        simpy=[],
        kept=kept / requests,
        peak=peak / requests,
        run=of_a_run / requests,
    )
    for _ in range(rounds):
        forget_worlds()
        found.first.append(_cpu(simulate(ramp)))
        found.following.append(_cpu(simulate(other)))
        found.one_pass.append(_cpu(partial(one_pass, materialise(scenario, SEED), OTHER_RAMP)))
        found.simpy.append(_cpu(lambda: plain.with_simpy(scenario, WEIGHT, requests)))
    return found


def one_pass(made: World, weights: tuple[int, ...]) -> list[tuple[int, int, int, int, float]]:
    """The least that any engine in numpy does with these arrays: who is sent where, and five sums of each arm.

    For each interval one comparison of buckets with the weight; for both arms the number of requests, of failed, of
    slow and of wrong ones, and the sum of latencies. No quantile, no user counted, nothing judged or kept.
    """
    found = []
    for index, (start, end) in enumerate(pairwise(made.bounds.tolist())):
        chosen = made.draws.bucket[start:end] < weights[index * len(weights) // made.intervals]
        for name, mine in (("v1", ~chosen), ("v2", chosen)):
            response = made.responses[name]
            latency = response.latency[start:end]
            events = (response.failed[start:end], latency > made.scenario.patience, response.wrong[start:end])
            failed, slow, wrong = (int(np.count_nonzero(event & mine)) for event in events)
            found.append((int(np.count_nonzero(mine)), failed, slow, wrong, float((latency * mine).sum())))
    return found


def table_large(found: Large) -> Table:
    """What was found, as in docs/performance.md."""
    rows = [
        [
            name,
            say(1000 * median(seconds)),
            say(found.requests / median(seconds) / 1e6),
            say(ratio(seconds, found.one_pass)),
            say(ratio(found.simpy, seconds)),
        ]
        for name, seconds in (
            ("engine, first run", found.first),
            ("engine, next run, other weights", found.following),
            ("one pass of numpy", found.one_pass),
            ("simpy", found.simpy),
        )
    ]
    million = 1e6 / 2**20
    return Table(
        title=(
            f"Two hours of 200 requests a second, five steps: {found.requests:,} requests; MiB per million requests: "
            f"{say(found.kept * million)} kept for the next run, {say(found.peak * million)} at the most while it is "
            f"drawn, {say(found.run * million)} more for a run"
        ),
        columns=["simulation", "ms", "million requests/s", "passes of numpy", "times simpy"],
        rows=rows,
    )


def _memory(scenario: Scenario, plan: Plan) -> tuple[int, int, int]:
    """Bytes kept of a world, most bytes while it is made, and most bytes more while a plan runs in it."""
    forget_worlds()
    tracemalloc.start()
    made = materialise(scenario, SEED)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    run(plan, made)
    of_a_run = tracemalloc.get_traced_memory()[1] - kept
    tracemalloc.stop()
    return kept, peak, of_a_run


def forget_worlds() -> None:
    """Throw away every world that was drawn, so that the next run draws its own."""
    world.forget()
    routing.buckets_of.cache_clear()


def _cpu(work: Callable[[], object]) -> float:
    """The CPU seconds of this process that the work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started
