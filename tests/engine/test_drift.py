"""Drift and calibration: distances, and the luck that makes them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, wasserstein_distance

from canarylearn.engine import calibration, drift
from canarylearn.engine.ranks import _ordered_difference, cles, hodges_lehmann, shift_interval

COUNTS = st.lists(st.integers(1, 500), min_size=2, max_size=10)
VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=40)


@given(reference=COUNTS)
def test_equal_shares_do_not_drift(reference: list[int]) -> None:
    assert drift.psi(reference, [3 * count for count in reference]) == pytest.approx(0, abs=1e-12)


@given(pair=st.integers(2, 8).flatmap(lambda n: st.tuples(*[st.lists(st.integers(1, 99), min_size=n, max_size=n)] * 2)))
def test_drift_is_the_same_both_ways_round(pair: tuple[list[int], list[int]]) -> None:
    assert drift.psi(*pair) == pytest.approx(drift.psi(pair[1], pair[0]))
    assert drift.psi(*pair) >= 0


def test_an_empty_bin_is_infinite_unless_a_floor_stands_in() -> None:
    assert math.isinf(drift.psi([0, 10], [5, 5]))
    assert math.isinf(drift.psi([5, 5], [0, 10]))
    assert drift.psi([0, 5, 5], [0, 5, 5]) == 0
    assert drift.psi([0, 10], [5, 5], floor=1e-4) == pytest.approx(drift.psi([5, 5], [0, 10], floor=1e-4))


def test_a_calibrated_threshold_is_passed_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    pairs = rng.multinomial(2000, np.full(10, 0.1), (3000, 2))
    values = [drift.psi(pair[0].tolist(), pair[1].tolist()) for pair in pairs]
    assert float(np.mean(np.array(values) > drift.psi_threshold(2000, 2000, 10))) == pytest.approx(0.05, abs=0.012)


def test_drift_is_judged_by_chance_beside_its_size() -> None:
    small = drift.judge_psi([10] * 10, [10, 12, 8, 9, 11, 10, 14, 6, 10, 10])
    assert small.distance < small.threshold
    assert small.p > 0.001
    large = drift.judge_psi([1000] * 10, [500, 1500] * 5)
    assert large.distance > large.threshold
    assert drift.judge_psi([0, 10], [5, 5]).p == 0


def test_the_limit_of_ks_is_passed_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    found = [kstest(rng.normal(size=300), rng.normal(size=200)).statistic for _ in range(1500)]
    assert float(np.mean(np.array(found) > drift.ks_critical(300, 200))) == pytest.approx(0.045, abs=0.015)


@given(reference=VALUES, current=VALUES)
def test_the_distance_that_values_move_is_scipy_s(reference: list[float], current: list[float]) -> None:
    assert drift.wasserstein(reference, current) == pytest.approx(wasserstein_distance(reference, current), abs=1e-9)


def test_what_is_no_probability_is_refused() -> None:
    for happened, predicted in (([1], [1.5]), ([2], [0.5]), ([1, 0], [0.5]), ([], []), ([1], [math.nan])):
        with pytest.raises(ValueError, match=r"predictions|outcomes"):
            calibration.brier(happened, predicted)
    with pytest.raises(ValueError, match="both outcomes"):
        calibration.auc([1, 1], [0.5, 0.6])


def test_sure_and_right_costs_nothing() -> None:
    assert calibration.brier([0, 1], [0, 1]) == 0
    assert calibration.log_loss([0, 1], [0, 1]) == pytest.approx(0, abs=1e-9)
    assert calibration.calibration_error([0, 1], [0, 1]) == 0
    assert calibration.auc([0, 1], [0, 1]) == 1


@given(canary=VALUES, baseline=VALUES)
def test_the_shift_found_by_search_is_that_of_all_pairs(canary: list[float], baseline: list[float]) -> None:
    ours, theirs = np.sort(canary), np.sort(baseline)
    every = np.sort(np.subtract.outer(ours, theirs).ravel())
    for place in (0, every.size // 3, every.size // 2, every.size - 1):
        assert _ordered_difference(ours, theirs, place) == pytest.approx(every[place], abs=1e-9)
    assert hodges_lehmann(canary, baseline) == pytest.approx(float(np.median(every)))
    span = shift_interval(canary, baseline, 0.05)
    assert span.low <= hodges_lehmann(canary, baseline) <= span.high
    assert cles(canary, baseline) == pytest.approx(1 - cles(baseline, canary))
