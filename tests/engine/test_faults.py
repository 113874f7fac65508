"""Each fault does to a revision what its formula says, and to nothing else."""

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from canarylearn.engine import World
from canarylearn.engine.faults import KINDS, Fault
from tests.worlds import world

BUSY = {"requests_per_second": 40, "users": 5000}
BURST = {"kind": "error-burst", "on": "canary", "rate": "7%", "since": "10m", "until": "40m"}
OUTAGE = {"kind": "outage", "rate": "30%", "since": "20m", "until": "30m"}
TAIL = {"kind": "slow-tail", "on": "canary", "share": "4%", "factor": 6}
LEAK = {"kind": "leak", "on": "canary", "growth": 1.5}


def test_every_fault_has_an_effect() -> None:
    kinds = {get_args(fault.model_fields["kind"].annotation)[0] for fault in get_args(get_args(Fault)[0])}
    assert kinds == set(KINDS)
    assert len(KINDS) == len(kinds)


@pytest.mark.parametrize("seed", range(3))
def test_a_burst_adds_failures_while_it_lasts(seed: int) -> None:
    made = faulty(seed, BURST)
    during = between(made, 10, 40)
    assert fails(made, "v2", during, 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v2", ~during, 0.01)
    assert fails(made, "v1", during, 0.01)


def test_a_burst_without_an_end_lasts() -> None:
    made = faulty(0, {"kind": "error-burst", "on": "canary", "rate": "7%", "since": "10m"})
    assert fails(made, "v2", between(made, 10, 90), 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v2", between(made, 0, 10), 0.01)


def test_a_burst_without_a_beginning_begins_at_once() -> None:
    made = faulty(0, {"kind": "error-burst", "on": "stable", "rate": "7%", "since": "0", "until": "5m"})
    assert fails(made, "v1", between(made, 0, 5), 1 - (1 - 0.01) * (1 - 0.07))
    assert same(made, faulty(0), "v2")


@pytest.mark.parametrize("seed", range(3))
def test_an_outage_hits_both_revisions_at_the_same_requests(seed: int) -> None:
    made = faulty(seed, OUTAGE)
    during = between(made, 20, 30)
    for revision in ("v1", "v2"):
        assert fails(made, revision, during, 1 - (1 - 0.01) * (1 - 0.3))
        assert fails(made, revision, ~during, 0.01)
    assert np.array_equal(made.responses["v1"].failed, made.responses["v2"].failed)


def test_a_slow_tail_multiplies_the_latency_of_its_share() -> None:
    made, plain = faulty(0, TAIL), faulty(0)
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    slowed = times > 2
    assert np.allclose(times[slowed], 6, rtol=1e-5)
    assert np.allclose(times[~slowed], 1, rtol=1e-5)
    assert binomtest(int(slowed.sum()), len(slowed), 0.04).pvalue > 0.001
    assert same(made, plain, "v1")
    assert np.array_equal(made.responses["v2"].failed, plain.responses["v2"].failed)


def test_the_mean_latency_under_a_slow_tail_is_the_closed_form() -> None:
    made, plain = faulty(0, TAIL), faulty(0)
    mean = float(plain.responses["v2"].latency.mean(dtype=np.float64))
    assert made.responses["v2"].latency.mean(dtype=np.float64) == pytest.approx(mean * (1 + 0.04 * 5), rel=0.01)


def test_a_leak_grows_with_the_hours() -> None:
    made, plain = faulty(0, LEAK), faulty(0)
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    assert np.allclose(times, 1 + 1.5 * made.draws.time / 3600, rtol=1e-5)
    assert same(made, plain, "v1")


def test_faults_are_independent_of_each_other() -> None:
    made = faulty(0, BURST, OUTAGE)
    both = between(made, 20, 30)
    assert fails(made, "v2", both, 1 - (1 - 0.01) * (1 - 0.07) * (1 - 0.3))
    assert fails(made, "v2", between(made, 10, 20), 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v1", both, 1 - (1 - 0.01) * (1 - 0.3))


@pytest.mark.parametrize("fault", [BURST, TAIL, LEAK], ids=["error-burst", "slow-tail", "leak"])
def test_a_fault_on_the_stable_revision_leaves_the_canary_alone(fault: Mapping[str, Any]) -> None:
    made, plain = faulty(0, {**fault, "on": "stable"}), faulty(0)
    assert same(made, plain, "v2")
    assert not same(made, plain, "v1")


def faulty(seed: int, *faults: Mapping[str, Any]) -> World:
    """A busy world with faults."""
    return world(seed, traffic=BUSY, faults=list(faults))


def between(made: World, start: float, end: float) -> NDArray[np.bool_]:
    """The requests from one minute to another."""
    return (made.draws.time >= start * 60) & (made.draws.time < end * 60)


def fails(made: World, revision: str, which: NDArray[np.bool_], rate: float) -> bool:
    """Whether these requests of a revision fail at this rate, within sampling error."""
    failed = made.responses[revision].failed[which]
    return bool(binomtest(int(failed.sum()), len(failed), rate).pvalue > 0.001)


def same(one: World, other: World, revision: str) -> bool:
    """Whether a revision answers alike in two worlds."""
    mine, theirs = one.responses[revision], other.responses[revision]
    return all(np.array_equal(getattr(mine, name), getattr(theirs, name)) for name in ("latency", "failed", "wrong"))
