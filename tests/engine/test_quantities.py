"""Amounts with units, read and said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import BUCKETS, parse_duration, parse_share, parse_weight
from canarylearn.engine.quantities import NBSP, say_count, say_duration, say_latency, say_share, say_weight


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("180ms", 0.18),
        ("90s", 90),
        ("0.5s", 0.5),
        ("30m", 1800),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1m30s", 90),
        (" 5m ", 300),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "-5m", "5 m", "1e3s", "5min", "٥m", "1h,5m", 300, None, True])
def test_what_is_no_duration_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and a unit, such as '30m' or '1h'"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "0m", "0h0m"])
def test_a_duration_lasts_some_time(text: str) -> None:
    with pytest.raises(ValueError, match="lasts no time at all"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [("8%", 0.08), ("0.5 %", 0.005), ("0%", 0), ("100%", 1), (" 12.5% ", 0.125), ("0.0001%", 1e-6)],
)
def test_a_share_is_read(text: str, fraction: float) -> None:
    assert parse_share(text) == fraction


@pytest.mark.parametrize("text", ["", "8", "%", "-1%", "100.1%", "1e1%", "8 percent", "٨%", 0.08, 80, None, True])
def test_what_is_no_share_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is not a share; write a number from 0 to 100 with a percent sign"):
        parse_share(text)


@pytest.mark.parametrize(
    ("text", "buckets"), [("10%", 1000), ("0.01%", 1), ("33.33%", 3333), ("100%", BUCKETS), ("0%", 0)]
)
def test_a_weight_is_read_in_buckets(text: str, buckets: int) -> None:
    assert parse_weight(text) == buckets


@given(st.integers(0, BUCKETS))
def test_every_weight_can_be_written_as_a_share(buckets: int) -> None:
    assert parse_weight(f"{buckets // 100}.{buckets % 100:02d}%") == buckets


@given(st.integers(1, 59), st.integers(0, 23), st.integers(1, 59))
def test_the_parts_of_a_duration_add_up(minutes: int, hours: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == 3600 * hours + 60 * minutes + seconds


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        (0.5, "50 %"),
        (0.0791, "7.9 %"),
        (0.0012, "0.12 %"),
        (0, "0 %"),
        (1, "100 %"),
        (0.9991, "99.9 %"),
        (0.9996, "100 %"),
        (0.01, "1 %"),
        (math.nan, "no data"),
    ],
)
def test_a_share_is_said_with_the_digits_that_matter(fraction: float, said: str) -> None:
    assert say_share(fraction) == said.replace(" %", f"{NBSP}%")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (90, "90 s"),
        (120, "2 min"),
        (2100, "35 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (3595, "1 h"),
        (math.inf, "never"),
    ],
)
def test_a_span_is_said_in_the_units_that_fit(seconds: float, said: str) -> None:
    assert say_duration(seconds) == said.replace(" ", NBSP)


def test_counts_latencies_and_weights_are_said() -> None:
    assert say_count(1812) == "1,812"
    assert say_latency(0.814) == f"0.81{NBSP}s"
    assert say_latency(math.nan) == "no data"
    assert say_weight(1000) == f"10{NBSP}%"


@given(st.floats(0, 1))
def test_a_said_share_is_near_and_can_be_read_again(fraction: float) -> None:
    assert parse_share(say_share(fraction).replace(NBSP, " ")) == pytest.approx(fraction, abs=0.00051)
