"""python -m benchmarks.judge: how often the judge is wrong, and how often simpler rules are, by simulation.

Every release is judged by the real judge, interval by interval; `docs/engine.md` holds the table. Run n of a truth
draws its luck from the seed (2026, n), so fewer runs are the first of more.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from benchmarks.figures import Table
from canarylearn.engine import ArmMetrics, Judge, State, kayenta
from canarylearn.engine.drift import psi
from canarylearn.engine.evidence import EVENTS, Evidence

LOOKS = 100
SHARE = 0.05
BASE = 0.01
MARGIN = 0.005
ALPHA = 0.05
RUNS = 3000
CRITICAL = float(ndtri(1 - ALPHA))

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true in a simulated release: the canary's rate of each event, and how many requests there are.

    `passes` and `fails` are the shares of releases to expect, measured in 10,000 runs of an independent simulation.
    """

    name: str
    requests: int
    canary: tuple[float, ...]
    passes: float
    fails: float


TRUTHS = [
    Truth(name="equal", requests=20_000, canary=(0.01,), passes=0.338, fails=0.014),
    Truth(name="equal", requests=100_000, canary=(0.01,), passes=0.919, fails=0.021),
    Truth(name="worse by the margin", requests=20_000, canary=(0.015,), passes=0.042, fails=0.179),
    Truth(name="worse by the margin", requests=100_000, canary=(0.015,), passes=0.046, fails=0.702),
    Truth(name="worse by twice the margin", requests=20_000, canary=(0.02,), passes=0.003, fails=0.573),
    Truth(name="worse by twice the margin", requests=100_000, canary=(0.02,), passes=0.0, fails=0.999),
    Truth(name="equal in three events", requests=100_000, canary=(0.01,) * 3, passes=0.795, fails=0.015),
    Truth(name="worse in one of three", requests=100_000, canary=(0.02, 0.01, 0.01), passes=0.0, fails=0.995),
]


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Shares of the runs: what the judge said, the mean share of traffic it took, and what the naive test said."""

    passes: float
    fails: float
    traffic: float
    naive_fails: float


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One release look by look: requests of both arms, and events (one row an event) of both."""

    reached: Counts
    rest: Counts
    canary: Counts
    baseline: Counts


def draw(truth: Truth, run: int, looks: int = LOOKS) -> Drawn:
    """The luck of one run."""
    rng = np.random.default_rng((2026, run))
    total = truth.requests // looks
    reached = rng.binomial(total, SHARE, looks)
    rates = np.array(truth.canary)[:, None]
    return Drawn(
        reached=reached,
        rest=total - reached,
        canary=rng.binomial(reached, rates),
        baseline=rng.binomial(total - reached, np.full_like(rates, BASE)),
    )


def judged(truth: Truth, drawn: Drawn) -> tuple[State, float]:
    """What the judge says of one release, and the share of its traffic it had seen by then."""
    events = EVENTS[: len(truth.canary)]
    evidence = Evidence.model_validate(
        {
            "alpha_fail": ALPHA,
            "alpha_pass": ALPHA,
            "margin": f"{MARGIN:.1%}",
            "min_canary": 1,
            "critical": events,
        }
    )
    judge, looks = Judge(evidence), len(drawn.reached)
    for look in range(looks):
        arms = [
            _arm(int(requests[look]), dict(zip(events, counts[:, look].tolist(), strict=True)))
            for requests, counts in ((drawn.reached, drawn.canary), (drawn.rest, drawn.baseline))
        ]
        if judge.observe(round(SHARE * 10_000), *arms).state is State.FAILED:
            return State.FAILED, (look + 1) / looks
    return judge.conclude().state, 1.0


def _arm(requests: int, events: dict[str, int]) -> ArmMetrics:
    errors, slow, wrong = (events.get(event, 0) for event in EVENTS)
    return ArmMetrics(requests=requests, users=0, errors=errors, slow=slow, wrong=wrong)


def measure(truth: Truth, runs: int = RUNS, looks: int = LOOKS) -> Rates:
    """The judge and the naive test on the same releases."""
    passed = failed = naive = 0
    traffic = 0.0
    for run in range(runs):
        drawn = draw(truth, run, looks)
        state, seen = judged(truth, drawn)
        passed += state is State.SUCCESSFUL
        failed += state is State.FAILED
        traffic += seen
        naive += bool((running_z(drawn) > CRITICAL).any())
    return Rates(passes=passed / runs, fails=failed / runs, traffic=traffic / runs, naive_fails=naive / runs)


def running_z(drawn: Drawn) -> NDArray[np.float64]:
    """The pooled z score of every event at every look, over all that was seen by then."""
    parts = (drawn.reached, drawn.canary, drawn.rest, drawn.baseline)
    return z_score(*(np.cumsum(part, axis=-1, dtype=np.float64) for part in parts))


def z_score(
    n: NDArray[np.float64], x: NDArray[np.float64], m: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Two rates compared by the normal approximation with pooled variance, larger where the first is."""
    pooled = (x + y) / (n + m)
    error = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / np.maximum(n, 1) + 1 / m), 1e-30))
    return np.asarray((x / np.maximum(n, 1) - y / m) / error)


def equal_releases(
    rng: np.random.Generator, *, runs: int, looks: int, requests: int, share: float = SHARE, base: float = BASE
) -> Drawn:
    """Many releases at once, one row a run, in which both arms fail alike."""
    total = requests // looks
    reached = rng.binomial(total, share, (runs, looks))
    rest = total - reached
    return Drawn(reached=reached, rest=rest, canary=rng.binomial(reached, base), baseline=rng.binomial(rest, base))


def peeking(consecutive: int = 1) -> float:
    """How often a one-sided z test at 5 %, looked at 100 times, fails an equal canary: so many looks running."""
    above = running_z(equal_releases(np.random.default_rng(1), runs=8000, looks=100, requests=100_000)) > CRITICAL
    together = above if consecutive == 1 else above[:, 1:] & above[:, :-1]
    return float(together.any(1).mean())


def looked_once() -> float:
    """The same test, looked at once at the end."""
    z = running_z(equal_releases(np.random.default_rng(1), runs=8000, looks=100, requests=100_000))
    return float((z[:, -1] > CRITICAL).mean())


def clustered_users() -> float:
    """Equal arms, sticky users who differ in activity and luck: a two-sided z test of requests at 5 %."""
    rng, wrong, runs = np.random.default_rng(5), 0, 2000
    for _ in range(runs):
        activity = 1 + rng.poisson(rng.lognormal(1.5, 1.0, 4000))
        failures = rng.binomial(activity, rng.beta(0.4, 19.6, 4000))
        on = rng.random(4000) < 0.1
        parts = (activity[on], failures[on], activity[~on], failures[~on])
        wrong += bool(abs(z_score(*(np.array(float(part.sum())) for part in parts))) > float(ndtri(0.975)))
    return wrong / runs


def kayenta_on_series(phi: float = 0.7, points: int = 60, runs: int = 600) -> float:
    """Equal series in which each point leans on the one before: how often Kayenta's rule calls them different."""
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(runs):
        arms = []
        for _ in range(2):
            shocks = rng.normal(0, math.sqrt(1 - phi**2), points)
            series = [rng.normal()]
            for shock in shocks[1:]:
                series.append(phi * series[-1] + shock)
            arms.append(100 + np.array(series))
        found += (
            kayenta.classify(arms[0].tolist(), arms[1].tolist(), kayenta.Settings()).label is not kayenta.Label.PASS
        )
    return found / runs


def pooled_ramp() -> float:
    """Both arms fail 0.5 % while 5 % are on the canary and 2 % while 50 % are: the pooled test's alarms (Simpson)."""
    rng = np.random.default_rng(3)
    pooled: list[NDArray[np.int64]] = []
    for share, base in ((0.05, 0.005), (0.5, 0.02)):
        stage = equal_releases(rng, runs=1000, looks=1, requests=20_000, share=share, base=base)
        pooled.append(np.stack([stage.reached, stage.canary, stage.rest, stage.baseline])[:, :, 0])
    z = z_score(*(row.astype(float) for row in sum(pooled[1:], pooled[0])))
    return float((z > CRITICAL).mean())


def psi_of_equal(count: int = 100, bins: int = 10) -> float:
    """How often the stability index of equal distributions is above 0.1."""
    rng = np.random.default_rng(8)
    draws = rng.multinomial(count, np.full(bins, 1 / bins), (4000, 2))
    return float(np.mean([psi(pair[0].tolist(), pair[1].tolist(), floor=1e-4) > 0.1 for pair in draws]))


SIMULATED: dict[str, Callable[[], float]] = {
    "sim01": peeking,
    "sim02": lambda: peeking(consecutive=2),
    "sim05": clustered_users,
    "sim06": kayenta_on_series,
    "sim07": pooled_ramp,
    "sim08": psi_of_equal,
}
"""The simulations of `tests/conformance/statistics.json`, by their number."""


def table(found: list[Rates]) -> Table:
    """What was found, as in docs/engine.md; an error is bold."""
    rows = []
    for truth, rates in zip(TRUTHS, found, strict=True):
        equal = max(truth.canary) == BASE
        said = [rates.passes, rates.fails, 1 - rates.passes - rates.fails, rates.traffic, rates.naive_fails]
        cells = [f"{share * 100:.1f} %" for share in said]
        for column in (1, 4) if equal else (0,):
            cells[column] = f"**{cells[column]}**"
        rows.append([truth.name, f"{truth.requests:,}", *cells])
    return Table(
        title="How often the judge is wrong",
        columns=["truth", "requests", "PASS", "FAIL", "INCONCLUSIVE", "traffic seen", "z at every look fails"],
        rows=rows,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="releases of each truth")
    runs = parser.parse_args().runs
    print(f"{table([measure(truth, runs) for truth in TRUTHS])}\n")
    print(f"z looked at once {looked_once():.1%}, at 100 looks {peeking():.1%}, two looks running {peeking(2):.1%}")


if __name__ == "__main__":
    main()
