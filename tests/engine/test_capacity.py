"""What load does: closed forms, and the same again in a run."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import Release
from canarylearn.engine.capacity import lost, stretch, under_load
from canarylearn.engine.scenario import Capacity
from tests.worlds import world

LOADS = st.floats(0, 50)


@pytest.mark.parametrize(
    ("utilisation", "factor"),
    [(0, 1), (0.5, 1), (0.7, 1), (0.85, 2), (0.9, 3), (0.97, 10), (0.99, 30), (1.5, 30), (1000, 30)],
)
def test_latency_stretches_as_a_single_queue_s_does(utilisation: float, factor: float) -> None:
    assert stretch(utilisation) == pytest.approx(factor)


@pytest.mark.parametrize(("utilisation", "share"), [(0, 0), (0.99, 0), (1, 0), (1.25, 0.2), (2, 0.5), (10, 0.9)])
def test_what_exceeds_the_capacity_is_lost(utilisation: float, share: float) -> None:
    assert lost(utilisation) == pytest.approx(share)


@given(less=LOADS, more=LOADS)
def test_more_load_never_helps(less: float, more: float) -> None:
    less, more = sorted((less, more))
    assert stretch(less) <= stretch(more)
    assert lost(less) <= lost(more) < 1


def test_lost_requests_and_failed_ones_add_up() -> None:
    luck = np.linspace(0, 1, 100_000, endpoint=False, dtype=np.float32)
    failed = luck < 0.1
    capacity = Capacity(replicas=2, requests_per_second=10)
    latency, after = under_load(capacity, rate=40, latency=np.ones_like(luck), failed=failed, luck=luck)
    assert after.mean() == pytest.approx(0.1 + 0.5, abs=1e-4)
    assert np.all(after[failed])
    assert np.allclose(latency, 30)


def test_a_release_overloads_a_canary_that_is_too_small() -> None:
    made = world(
        traffic={"requests_per_second": 20},
        canary={"errors": "0%", "capacity": {"replicas": 1, "requests_per_second": 5}},
    )
    calm, overloaded = Release(made), Release(made)
    calm.set_weight(1000)
    overloaded.set_weight(5000)
    for release in (calm, overloaded):
        release.hold(300)
    assert calm.metric("canary", "error_rate") == 0
    requests = overloaded.metric("canary", "requests")
    share = lost(requests / 300 / 5)
    assert share > 0.4
    assert overloaded.metric("canary", "error_rate") == pytest.approx(
        share, abs=4 * math.sqrt(share * (1 - share) / requests)
    )
    assert overloaded.metric("canary", "p50") > 25 * calm.metric("canary", "p50")
    assert overloaded.metric("baseline", "error_rate") < 0.05


def test_a_lost_request_is_no_wrong_answer() -> None:
    made = world(canary={"errors": "0%", "accuracy": "0%", "capacity": {"replicas": 1, "requests_per_second": 1}})
    release = Release(made)
    release.set_weight(5000)
    release.hold(300)
    assert 0 < release.metric("canary", "error_rate") < 1
    assert release.metric("canary", "accuracy") == 0


def test_without_a_capacity_load_changes_nothing() -> None:
    made = world(traffic={"requests_per_second": 40})
    release = Release(made)
    release.set_weight(10_000)
    release.hold(300)
    first = made.responses["v2"].latency[: made.bounds[1]]
    assert release.metric("canary", "p50") == pytest.approx(float(np.quantile(first, 0.5, method="inverted_cdf")))
