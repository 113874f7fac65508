"""Worlds: the same users and luck for every answer, and as the scenario says."""

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, chisquare, kstest, norm

from canarylearn.engine import World
from canarylearn.engine.faults import Draws
from canarylearn.engine.routing import buckets_of
from canarylearn.engine.world import Z95, forget
from tests.worlds import release, world

BUSY = {"requests_per_second": 40, "users": 5000}
FIELDS = tuple(name for name in Draws.__dataclass_fields__ if name not in ("segment", "score"))


def test_the_same_seed_gives_the_same_world_again() -> None:
    first = arrays(world(seed=7))
    forget()
    second = arrays(world(seed=7))
    assert first.keys() == second.keys()
    for name, values in first.items():
        assert values is not second[name]
        assert np.array_equal(values, second[name]), name


def test_another_process_gives_the_same_world(repository: Path) -> None:
    program = (
        "from tests.engine.test_world import fingerprint; from tests.worlds import world; print(fingerprint(world(3)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(repository)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == fingerprint(world(3))


def test_another_seed_gives_another_world() -> None:
    assert fingerprint(world(1)) != fingerprint(world(2))


def test_a_run_leaves_the_world_as_it_was() -> None:
    made = world(4)
    before = fingerprint(made)
    outcomes = [release(made, weight) for weight in (0, 1000, 10_000, 1000)]
    assert fingerprint(made) == before
    # As texts, since NaN is no number's equal, not even its own where Python compares the fields one by one (3.13).
    assert repr(outcomes[1]) == repr(outcomes[3])


def test_scenarios_that_differ_in_the_canary_alone_share_users_and_luck() -> None:
    one, other = world(5), world(5, canary={"p50": "400ms", "p95": "900ms", "errors": "8%", "accuracy": "70%"})
    for name in FIELDS:
        assert np.array_equal(getattr(one.draws, name), getattr(other.draws, name)), name
    for name in ("latency", "failed", "wrong"):
        assert np.array_equal(getattr(one.responses["v1"], name), getattr(other.responses["v1"], name)), name
        assert not np.array_equal(getattr(one.responses["v2"], name), getattr(other.responses["v2"], name)), name


def test_a_worse_canary_harms_whom_the_better_one_harmed_and_more() -> None:
    better, worse = (world(5, canary={"errors": errors}).responses["v2"] for errors in ("1%", "5%"))
    assert not np.any(better.failed & ~worse.failed)
    assert worse.failed.sum() > better.failed.sum()


@pytest.mark.parametrize("seed", range(3))
def test_requests_arrive_as_often_as_the_scenario_says_and_at_any_time(seed: int) -> None:
    made = world(seed, traffic=BUSY)
    time, window = made.draws.time, made.scenario.window
    expected = 40 * window
    assert abs(len(time) - expected) < 5 * math.sqrt(expected)
    assert 0 <= time.min() <= time.max() < window
    assert kstest(time / window, "uniform").pvalue > 0.001


def test_intervals_hold_every_request_once_by_bucket() -> None:
    made = world(traffic=BUSY)
    assert made.intervals == 18
    assert made.bounds[0] == 0
    assert made.bounds[-1] == len(made.draws.time)
    for index in range(made.intervals):
        span = slice(made.bounds[index], made.bounds[index + 1])
        time = made.draws.time[span]
        assert 300 * index <= time.min() <= time.max() < 300 * (index + 1)
        assert np.all(np.diff(made.draws.bucket[span]) >= 0)


def test_a_request_keeps_the_bucket_of_its_user() -> None:
    made = world(traffic=BUSY)
    assert np.array_equal(made.draws.bucket, buckets_of("canary", 5000)[made.draws.user])


@pytest.mark.parametrize("seed", range(3))
def test_even_users_send_equally_many_requests(seed: int) -> None:
    user = world(seed, traffic=BUSY).draws.user
    assert chisquare(np.bincount(user, minlength=5000)).pvalue > 0.001


@pytest.mark.parametrize("seed", range(3))
def test_uneven_users_follow_zipf_with_exponent_0_8(seed: int) -> None:
    made = world(seed, traffic={**BUSY, "activity": "uneven"})
    pull = np.arange(1, 5001) ** -0.8
    counts = np.bincount(made.draws.user, minlength=5000)
    assert chisquare(counts, pull / pull.sum() * counts.sum()).pvalue > 0.001
    # The exponent is found again: log counts against log rank among the busiest 200.
    slope = np.polyfit(np.log(np.arange(1, 201)), np.log(counts[:200]), 1)[0]
    assert slope == pytest.approx(-0.8, abs=0.05)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("errors", "rate"), [("0%", 0.0), ("0.5%", 0.005), ("8%", 0.08), ("100%", 1.0)])
def test_as_many_requests_fail_as_the_scenario_says(seed: int, errors: str, rate: float) -> None:
    failed = world(seed, traffic=BUSY, canary={"errors": errors}).responses["v2"].failed
    assert binomtest(int(failed.sum()), len(failed), rate).pvalue > 0.001


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("accuracy", "rate"), [("70%", 0.7), ("92%", 0.92), ("100%", 1.0)])
def test_as_many_answers_are_right_as_the_scenario_says(seed: int, accuracy: str, rate: float) -> None:
    response = world(seed, traffic=BUSY, canary={"accuracy": accuracy, "errors": "5%"}).responses["v2"]
    answered = ~response.failed
    right = int(np.count_nonzero(answered & ~response.wrong))
    assert binomtest(right, int(answered.sum()), rate).pvalue > 0.001
    assert not np.any(response.wrong & response.failed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("q", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_latency_is_log_normal_through_p50_and_p95(seed: int, q: float) -> None:
    latency = world(seed, traffic=BUSY, canary={"p50": "200ms", "p95": "700ms"}).responses["v2"].latency
    sigma = math.log(0.7 / 0.2) / Z95
    expected = math.log(0.2) + sigma * norm.ppf(q)
    # The sampling error of a quantile: sqrt(q (1 - q) / n) / density.
    error = math.sqrt(q * (1 - q) / len(latency)) * sigma / norm.pdf(norm.ppf(q))
    assert abs(math.log(np.quantile(latency, q)) - expected) < 4 * error


def test_failing_and_slowness_are_dealt_apart() -> None:
    draws = world(traffic=BUSY).draws
    dealt = [draws.normal, draws.failure, draws.mistake, draws.tail, draws.time]
    correlations = np.corrcoef(np.array(dealt, dtype=np.float64)) - np.eye(len(dealt))
    assert np.abs(correlations).max() < 5 / math.sqrt(len(draws.time))


def test_a_world_may_be_empty() -> None:
    made = world(traffic={"requests_per_second": 1e-9})
    assert len(made.draws.time) == 0
    outcome = release(made)
    assert outcome.phase == "inconclusive"
    assert outcome.measures["users_exposed_share"] == 0
    assert math.isnan(outcome.measures["canary_error_rate"])


def arrays(made: World) -> dict[str, NDArray[np.generic]]:
    """All numbers of a world, by name."""
    found: dict[str, NDArray[np.generic]] = {name: getattr(made.draws, name) for name in FIELDS}
    for revision, response in made.responses.items():
        for name in ("latency", "failed", "wrong", "slow"):
            found[f"{revision}.{name}"] = getattr(response, name)
    return {**found, "bounds": made.bounds}


def fingerprint(made: World) -> str:
    """A short text that differs when any number of a world does."""
    digest = hashlib.sha256()
    for name, values in arrays(made).items():
        digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()
