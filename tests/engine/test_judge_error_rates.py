"""How often the judge is wrong, by simulation: many releases, each looked at many times by the real judge.

`pytest tests/engine/test_judge_error_rates.py -n 0 -s` prints the figures of docs/engine.md.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from canarylearn.engine import Judge, Phase, State
from canarylearn.engine.judge import EVENTS
from canarylearn.engine.scenario import Evidence
from tests.vectors import vectors
from tests.worlds import arm, release, world

RUNS = 400
LOOKS = 50
SHARE = 0.05
BASE = 0.01
ALPHA = 0.05
BANDS = {band["id"][:5]: (band["low"], band["high"]) for band in vectors("statistics")["bands"]}

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true in a simulated release: the canary's rate of each event, and how many requests there are.

    Events that are not named never happen. `passes` and `fails` are the shares of releases to expect, measured in
    10,000 runs of an independent simulation.
    """

    name: str
    requests: int
    canary: tuple[float, ...]
    passes: float
    fails: float


TRUTHS = [
    Truth(name="equal, 20k requests", requests=20_000, canary=(0.01,), passes=0.338, fails=0.014),
    Truth(name="equal, 100k requests", requests=100_000, canary=(0.01,), passes=0.919, fails=0.021),
    Truth(name="worse by the margin, 20k", requests=20_000, canary=(0.015,), passes=0.042, fails=0.179),
    Truth(name="worse by the margin, 100k", requests=100_000, canary=(0.015,), passes=0.046, fails=0.702),
    Truth(name="worse by twice the margin, 20k", requests=20_000, canary=(0.02,), passes=0.003, fails=0.573),
    Truth(name="worse by twice the margin, 100k", requests=100_000, canary=(0.02,), passes=0.0, fails=0.999),
    Truth(name="equal in three events, 100k", requests=100_000, canary=(0.01,) * 3, passes=0.795, fails=0.015),
    Truth(name="worse in one of three, 100k", requests=100_000, canary=(0.02, 0.01, 0.01), passes=0.0, fails=0.995),
]


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_the_judge_is_right_as_often_as_measured_elsewhere(truth: Truth) -> None:
    # Bonferroni over three events; where two of them never happen, alpha is tripled to be that of one event.
    alpha = ALPHA if len(truth.canary) == len(EVENTS) else ALPHA * len(EVENTS)
    evidence = Evidence.model_validate({"alpha_fail": alpha, "alpha_pass": ALPHA, "margin": "0.5%", "min_canary": 1})
    rng = np.random.default_rng(2026)
    said = Counter(judged(evidence, truth, rng) for _ in range(RUNS))
    passes, fails = said[State.SUCCESSFUL] / RUNS, said[State.FAILED] / RUNS
    print(f"\n| {truth.name} | {passes:.3f} | {fails:.3f} | {1 - passes - fails:.3f} |", end="")
    assert abs(passes - truth.passes) <= three_deviations(truth.passes)
    assert abs(fails - truth.fails) <= three_deviations(truth.fails)
    if truth.canary[0] == BASE:
        assert fails <= ALPHA + three_deviations(ALPHA)
    else:
        assert passes <= ALPHA + three_deviations(ALPHA)


def test_a_naive_test_at_every_look_fails_a_quarter_of_equal_canaries() -> None:
    """The control: on the same kind of data, a one-sided z test at 5 % that is looked at 100 times."""
    rng = np.random.default_rng(1)
    z = running_z(*equal_releases(rng, runs=4000, looks=100, requests=100_000))
    above = z > norm.ppf(1 - ALPHA)
    peeking, twice, once = above.any(1), (above[:, 1:] & above[:, :-1]).any(1), above[:, -1]
    print(f"\nnaive z: every look {peeking.mean():.3f}, two looks running {twice.mean():.3f}, once {once.mean():.3f}")
    assert peeking.mean() >= 0.25
    for measured, (low, high) in ((peeking, BANDS["sim01"]), (twice, BANDS["sim02"])):
        assert low - three_deviations(low, 4000) <= measured.mean() <= high + three_deviations(high, 4000)
    assert once.mean() <= ALPHA + three_deviations(ALPHA, 4000) + 0.01


def test_the_judge_fails_few_of_the_releases_that_the_naive_test_fails() -> None:
    rng = np.random.default_rng(2)
    data = equal_releases(rng, runs=RUNS, looks=100, requests=100_000)
    naive = (running_z(*data) > norm.ppf(1 - ALPHA)).any(1).mean()
    evidence = Evidence.model_validate({"alpha_fail": ALPHA * len(EVENTS)})
    failed = [looked_at(Judge(evidence), 500, *(part[run] for part in data)) for run in range(RUNS)]
    print(f"\nthe same {RUNS} equal releases: naive {naive:.3f}, judge {np.mean(failed):.3f}")
    assert naive >= 0.25
    assert np.mean(failed) <= ALPHA + three_deviations(ALPHA)


def test_a_ramp_through_a_busy_hour_fools_pooled_counts_and_not_the_judge() -> None:
    """Both arms fail 0.5 % while 5 % are on the canary and 2 % while 50 % are: Simpson's paradox, once pooled."""
    rng, failed, fooled = np.random.default_rng(3), 0, 0
    for _ in range(200):
        judge, pooled = Judge(Evidence()), np.zeros(4)
        for weight, base in ((500, 0.005), (5000, 0.02)):
            stage = equal_releases(rng, runs=1, looks=10, requests=20_000, share=weight / 10_000, base=base)
            pooled += [part.sum() for part in stage]
            failed += looked_at(judge, weight, *(part[0] for part in stage))
        fooled += bool(z_score(*pooled) > norm.ppf(1 - ALPHA))
    low, high = BANDS["sim07"]
    print(f"\nramp: pooled z {fooled / 200:.3f}, judge {failed / 200:.3f}")
    assert low <= fooled / 200 <= high
    assert failed / 200 <= 0.01 + three_deviations(0.01, 200)


def test_in_whole_releases_an_equal_canary_is_rarely_failed_and_a_bad_one_never_promoted() -> None:
    """The same through the engine: sticky users of uneven activity, three events, alpha 1 %, margin 1 point."""
    traffic = {"requests_per_second": 10, "users": 2000, "activity": "uneven"}
    said: dict[str, Counter[Phase]] = {}
    for name, errors in (("equal", "1%"), ("worse by the margin", "2%"), ("bad", "8%")):
        said[name] = Counter(
            release(world(seed, salt=f"s{seed}", traffic=traffic, canary={"errors": errors})).phase
            for seed in range(100)
        )
        print(f"\nwhole releases, {name}: {dict(said[name])}", end="")
    assert said["equal"][Phase.ROLLED_BACK] / 100 <= 0.01 + three_deviations(0.01, 100)
    assert said["worse by the margin"][Phase.PROMOTED] / 100 <= ALPHA + three_deviations(ALPHA, 100)
    assert said["bad"][Phase.ROLLED_BACK] == 100


def judged(evidence: Evidence, truth: Truth, rng: np.random.Generator) -> State:
    """What the judge says of one release of this truth: FAILED at any look, or its word at the end."""
    judge = Judge(evidence)
    reached = rng.binomial(truth.requests // LOOKS, SHARE, LOOKS)
    rest = truth.requests // LOOKS - reached
    canary = [rng.binomial(reached, rate).tolist() for rate in truth.canary]
    baseline = [rng.binomial(rest, BASE).tolist() for _ in truth.canary]
    for look in range(LOOKS):
        arms = [
            arm(int(requests), **{event: counts[look] for event, counts in zip(EVENTS, events, strict=False)})
            for requests, events in ((reached[look], canary), (rest[look], baseline))
        ]
        if judge.observe(round(SHARE * 10_000), *arms).state is State.FAILED:
            return State.FAILED
    return judge.conclude().state


def equal_releases(
    rng: np.random.Generator, *, runs: int, looks: int, requests: int, share: float = SHARE, base: float = BASE
) -> tuple[Counts, Counts, Counts, Counts]:
    """Requests and errors of both arms, for every run and look, where both arms fail alike."""
    total = requests // looks
    reached = rng.binomial(total, share, (runs, looks))
    return reached, rng.binomial(reached, base), total - reached, rng.binomial(total - reached, base)


def looked_at(judge: Judge, weight: int, reached: Counts, canary: Counts, rest: Counts, baseline: Counts) -> bool:
    """Whether the judge fails one release at any look."""
    return any(
        judge.observe(weight, arm(int(n), errors=int(x)), arm(int(m), errors=int(y))).state is State.FAILED
        for n, x, m, y in zip(reached, canary, rest, baseline, strict=True)
    )


def running_z(reached: Counts, canary: Counts, rest: Counts, baseline: Counts) -> NDArray[np.float64]:
    """The pooled z score at every look, over all that was seen by then."""
    return z_score(*(np.cumsum(part, axis=1, dtype=np.float64) for part in (reached, canary, rest, baseline)))


def z_score(
    n: NDArray[np.float64], x: NDArray[np.float64], m: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Two rates compared by the normal approximation with pooled variance, larger where the first is."""
    pooled = (x + y) / (n + m)
    error = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 1e-30))
    return np.asarray((x / n - y / m) / error)


def three_deviations(rate: float, runs: int = RUNS) -> float:
    """Three binomial standard deviations of a share of runs, with room for at least one run."""
    return max(3 * math.sqrt(rate * (1 - rate) / runs), 3 / runs)
