"""What is measured of an arm: by hand, and as the world says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import METRICS, Interval, Release, World
from canarylearn.engine.measuring import measure_arm, pooled_quantile, quantiles
from canarylearn.engine.metrics import NO_REQUESTS
from tests.worlds import arm, world

SECONDS = st.floats(0, 100, width=32)


@given(st.lists(SECONDS, min_size=1, max_size=300))
def test_a_quantile_is_the_nearest_rank(seconds: list[float]) -> None:
    latency = np.array(seconds, dtype=np.float32)
    expected = [float(np.quantile(latency, q, method="inverted_cdf")) for q in (0.5, 0.95, 0.99)]
    assert list(quantiles(latency)) == expected


@given(st.lists(st.lists(SECONDS, max_size=60), max_size=6), st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_of_many_parts_is_that_of_the_whole(parts: list[list[float]], share: float) -> None:
    arrays = [np.array(part, dtype=np.float32) for part in parts]
    known = [float(np.quantile(array, share, method="inverted_cdf")) if len(array) else math.nan for array in arrays]
    whole = np.concatenate([*arrays, np.array([], dtype=np.float32)])
    pooled = pooled_quantile(share, list(zip(arrays, known, strict=True)))
    if len(whole):
        assert pooled == float(np.quantile(whole, share, method="inverted_cdf"))
    else:
        assert math.isnan(pooled)


def test_an_arm_is_measured_as_by_hand() -> None:
    measured = measure_arm(
        latency=np.array([0.1, 0.2, 0.3, 5.0], dtype=np.float32),
        failed=np.array([True, False, False, False]),
        wrong=np.array([False, True, False, False]),
        slow=np.array([False, False, True, True]),
        users=3,
    )
    assert (measured.requests, measured.users, measured.errors, measured.slow, measured.wrong) == (4, 3, 1, 2, 1)
    assert measured.error_rate == 0.25
    assert measured.accuracy == pytest.approx(2 / 3)
    assert [measured.p50, measured.p95, measured.p99] == pytest.approx([0.2, 5.0, 5.0])


def test_an_arm_without_requests_has_no_rates() -> None:
    nobody = np.array([], dtype=np.float32)
    none = np.array([], dtype=bool)
    measured = measure_arm(latency=nobody, failed=none, wrong=none, slow=none, users=0)
    assert measured is NO_REQUESTS
    assert (measured.requests, measured.users) == (0, 0)
    for name in ("error_rate", "p50", "p95", "p99", "accuracy", "drift"):
        assert math.isnan(measured.value(name)), name


def test_an_arm_that_fails_every_request_has_no_accuracy() -> None:
    failing = arm(10, errors=10)
    assert failing.error_rate == 1
    assert math.isnan(failing.accuracy)


def test_every_metric_has_a_value_and_nothing_else_has() -> None:
    assert all(math.isfinite(arm(10, users=3, p50=1.0, p95=2.0, p99=3.0, drift=0.1).value(name)) for name in METRICS)
    with pytest.raises(KeyError):
        arm(10).value("throughput")


def test_both_arms_of_an_interval_are_what_the_world_says() -> None:
    made = world(11, canary={"errors": "6%", "p95": "600ms"}, patience="400ms")
    watching = Release(made)
    watching.set_weight(2000)
    watching.hold(1200)
    for interval in watching.finish().trace[:4]:
        for name in ("v1", "v2"):
            assert_measured(made, interval, name)


def test_users_at_a_weight_are_counted_anew_when_it_changes() -> None:
    made = world(3, traffic={"requests_per_second": 0.5})
    ramp = Release(made)
    for weight in (3000, 1000, 2000):
        ramp.set_weight(weight)
        ramp.hold(900)
    seen: set[int] = set()
    for index, interval in enumerate(ramp.finish().trace[:9]):
        if index % 3 == 0:
            seen = set()
        span = slice(made.bounds[index], made.bounds[index + 1])
        seen |= set(made.draws.user[span][made.draws.bucket[span] < interval.weight].tolist())
        assert interval.weight == (3000, 1000, 2000)[index // 3]
        assert interval.canary.users_at_weight == len(seen)


def assert_measured(made: World, interval: Interval, name: str) -> None:
    """An arm of an interval, recomputed from the draws and the responses of the world."""
    span = (made.draws.time >= interval.start) & (made.draws.time < interval.end)
    on_canary = made.draws.bucket < interval.weight
    which = span & (on_canary if name == "v2" else ~on_canary)
    measured = interval.canary if name == "v2" else interval.baseline
    response = made.responses[name]
    failed, latency = response.failed[which], response.latency[which]
    assert measured.requests == int(which.sum())
    assert measured.users == len(set(made.draws.user[which].tolist()))
    assert measured.errors == int(failed.sum())
    assert measured.slow == int((latency > 0.4).sum())
    assert measured.wrong == int((response.wrong[which] & ~failed).sum())
    for metric, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        assert measured.value(metric) == float(np.quantile(latency, q, method="inverted_cdf"))
