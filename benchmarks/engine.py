"""Requests simulated per second of CPU: the engine beside simpy and a plain Python loop."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks import plain
from benchmarks.figures import Table, ratio, say
from canarylearn.engine import Plan, Scenario, Step, materialise, routing, run, world

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


def _scenario(requests: int) -> Scenario:
    return Scenario.model_validate(
        {
            "slug": "measured",
            "title": "A scenario to measure",
            "about": "v2 behaves as v1 does, so every interval is judged to the end.",
            "window": f"{WINDOW}s",
            "trial": "1h",
            "interval": "5m",
            "traffic": {"requests_per_second": requests / WINDOW, "users": 4_000},
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


def forget_worlds() -> None:
    """Throw away every world that was drawn, so that the next run draws its own."""
    world.forget()
    routing.buckets_of.cache_clear()


def _cpu(work: Callable[[], object]) -> float:
    """The CPU seconds of this process that the work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started
