"""Traffic that changes with the day and in bursts, and users who belong to segments."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binomtest, chisquare, kstest

from canarylearn.engine import World
from canarylearn.engine.routing import SEGMENT_SALT, bucket, segments_of
from canarylearn.engine.traffic import Traffic
from tests.worlds import scenario, world

BUSY = {"requests_per_second": 20, "users": 5000}
DAILY = {"amplitude": "80%", "peak": "14:00", "starts_at": "02:00"}
BURSTS = [{"since": "10m", "until": "20m", "factor": 5}, {"since": "15m", "until": "40m", "factor": 0.5}]
SHAPES: dict[str, dict[str, Any]] = {
    "daily": {"daily": DAILY},
    "bursts": {"bursts": BURSTS},
    "both": {"daily": DAILY, "bursts": BURSTS},
}


def rate(traffic: Traffic, moment: float) -> float:
    """The rate at a moment as the schema's words say it, relative to the mean."""
    times = math.prod(burst.factor for burst in traffic.bursts if burst.since <= moment < burst.until)
    if traffic.daily is None:
        return times
    clock = traffic.daily.starts_at + moment - traffic.daily.peak
    return times * (1 + traffic.daily.amplitude * math.cos(2 * math.pi * clock / 86400))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("window", [300, 5400, 86400, 3 * 86400])
def test_the_number_to_expect_is_the_integral_of_the_rate(shape: str, window: float) -> None:
    traffic = scenario(traffic={**BUSY, **SHAPES[shape]}).traffic
    corners = [moment for moment in traffic.turns(window) if 0 < moment < window]
    integral, _ = quad(lambda moment: rate(traffic, moment), 0, window, points=corners or None, limit=200)
    assert traffic.expected(window) == pytest.approx(20 * integral, rel=1e-6)


def test_a_whole_day_has_as_many_requests_as_its_mean_says() -> None:
    traffic = scenario(traffic={**BUSY, "daily": DAILY}).traffic
    assert traffic.expected(86400) == pytest.approx(20 * 86400)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
def test_requests_come_when_the_rate_says(shape: str, seed: int) -> None:
    made = world(seed, traffic={**BUSY, **SHAPES[shape]})
    traffic, window = made.scenario.traffic, made.scenario.window
    expected = traffic.expected(window)
    assert abs(len(made.draws.time) - expected) < 5 * math.sqrt(expected)
    edges = np.linspace(0, window, 55)
    counts, _ = np.histogram(made.draws.time, edges)
    shares = np.array([_expected(traffic, a, b) for a, b in pairwise(edges)])
    assert chisquare(counts, shares / shares.sum() * counts.sum()).pvalue > 0.001


@pytest.mark.parametrize("seed", range(3))
def test_the_clock_of_expected_requests_runs_evenly(seed: int) -> None:
    made = world(seed, traffic={**BUSY, **SHAPES["both"]})
    traffic, window = made.scenario.traffic, made.scenario.window
    sample = made.draws.time[:: max(1, len(made.draws.time) // 2000)].tolist()
    clock = [_expected(traffic, 0, moment) / traffic.expected(window) for moment in sample]
    assert kstest(clock, "uniform").pvalue > 0.001


def test_a_burst_multiplies_the_traffic_while_it_lasts_and_no_longer() -> None:
    made = world(traffic={**BUSY, "bursts": [{"since": "30m", "until": "45m", "factor": 6}]})
    time = made.draws.time
    for since, until, factor in ((0, 30, 1), (30, 45, 6), (45, 90, 1)):
        expected = 20 * factor * (until - since) * 60
        found = int(((time >= since * 60) & (time < until * 60)).sum())
        assert abs(found - expected) < 5 * math.sqrt(expected)


def test_a_shape_that_changes_nothing_leaves_the_draws_alone() -> None:
    plain = world(4, traffic=BUSY)
    flat = world(4, traffic={**BUSY, "bursts": [{"since": "30m", "until": "45m", "factor": 1}]})
    assert np.allclose(flat.draws.time, plain.draws.time, atol=0.01)
    assert np.array_equal(np.sort(flat.draws.normal), np.sort(plain.draws.normal))


def test_a_day_at_full_swing_is_empty_at_its_darkest() -> None:
    made = world(
        window="1d",
        trial="1d",
        interval="1h",
        traffic={"requests_per_second": 1, "daily": {"amplitude": "100%", "peak": "12:00"}},
    )
    hours = np.diff(made.bounds)
    assert hours[0] + hours[-1] < 300  # of 7,200 at the mean rate; the closed form gives 82
    assert hours[11] + hours[12] > 14_000 * 0.95


@pytest.mark.parametrize(
    ("traffic", "place", "words"),
    [
        ({"daily": {"amplitude": "120%"}}, "traffic.daily.amplitude", "'120%' is not a share"),
        ({"daily": {"amplitude": "0%"}}, "traffic.daily.amplitude", "greater than 0"),
        ({"daily": {"amplitude": "50%", "peak": "24:00"}}, "traffic.daily.peak", "is not a time of day"),
        ({"daily": {"amplitude": "50%", "peak": 840}}, "traffic.daily.peak", "such as '14:30'"),
        ({"bursts": [{"since": "9m", "until": "9m", "factor": 2}]}, "traffic.bursts.0", "is not after since"),
        ({"bursts": [{"since": "9m", "until": "10m", "factor": 0}]}, "traffic.bursts.0.factor", "greater than 0"),
        ({"bursts": [{"since": "0", "until": "90m", "factor": 100}] * 9}, "", "more than 5,000,000 requests"),
        ({"segments": {"ios": "30%", "android": "60%"}}, "traffic", "hold 90\N{NO-BREAK SPACE}% of the users"),
        ({"segments": {"ios": "0%", "android": "100%"}}, "traffic.segments.0.share", "greater than 0"),
        ({"segments": {"I O S": "100%"}}, "traffic.segments.0.name", "pattern"),
        ({"segments": ["ios", "android"]}, "traffic.segments.0", "valid dictionary"),
    ],
)
def test_traffic_is_refused_with_the_place_and_the_reason(traffic: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValueError, match="validation error") as refused:
        scenario(traffic=traffic)
    error = refused.value.errors()[0]  # type: ignore[attr-defined]
    assert ".".join(map(str, error["loc"])).startswith(place)
    assert words in error["msg"]


@pytest.mark.parametrize("salt", ["canary", "another"])
def test_segments_hold_their_share_of_users_in_every_bucket(salt: str) -> None:
    made = world(salt=salt, traffic={**BUSY, "users": 20_000, "segments": {"ios": "30%", "android": "70%"}})
    kinds = segments_of(20_000, (0.3, 0.7))
    assert binomtest(int((kinds == 0).sum()), 20_000, 0.3).pvalue > 0.001
    low = np.array([bucket(salt, user) < 1000 for user in range(20_000)])
    assert binomtest(int((kinds[low] == 0).sum()), int(low.sum()), 0.3).pvalue > 0.001
    assert made.draws.segment is not None
    assert np.array_equal(made.draws.segment, kinds[made.draws.user])


def test_a_user_keeps_the_segment_whatever_the_salt_and_the_number_of_users() -> None:
    few, many = segments_of(50, (0.2, 0.5, 0.3)), segments_of(500, (0.2, 0.5, 0.3))
    assert np.array_equal(few, many[:50])
    for user in range(50):
        place = bucket(SEGMENT_SALT, user)
        assert few[user] == (0 if place < 2000 else 1 if place < 7000 else 2)


def test_segments_draw_nothing() -> None:
    plain, split = world(9, traffic=BUSY), world(9, traffic={**BUSY, "segments": {"a": "50%", "b": "50%"}})
    for name in ("time", "user", "bucket", "normal", "failure", "mistake", "tail"):
        assert np.array_equal(getattr(plain.draws, name), getattr(split.draws, name)), name
    assert plain.draws.segment is None


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    amplitude=st.integers(1, 100),
    bursts=st.lists(st.tuples(st.integers(0, 80), st.integers(1, 60), st.sampled_from([0.1, 1.0, 3.0])), max_size=3),
)
def test_shaped_traffic_stays_in_the_window_and_in_order(
    seed: int, amplitude: int, bursts: list[tuple[int, int, float]]
) -> None:
    made: World = world(
        seed,
        traffic={
            "requests_per_second": 0.3,
            "daily": {"amplitude": f"{amplitude}%"},
            "bursts": [
                {"since": f"{since}m" if since else "0", "until": f"{since + lasts}m", "factor": factor}
                for since, lasts, factor in bursts
            ],
        },
    )
    for index in range(made.intervals):
        time = made.draws.time[made.bounds[index] : made.bounds[index + 1]]
        assert np.all((time >= 300 * index) & (time < 300 * (index + 1)))


def _expected(traffic: Traffic, begin: float, end: float) -> float:
    """The requests to expect from one moment to another, by adding up the rate."""
    return (traffic.expected(end) if end else 0.0) - (traffic.expected(begin) if begin else 0.0)
