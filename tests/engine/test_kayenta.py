"""The rules of the judge like Kayenta's, beyond its published cases."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from canarylearn.engine import brent
from canarylearn.engine.kayenta import Label, Settings, classify, classify_by_mean, clean, effect_size, iqr_outliers
from canarylearn.engine.kayenta_scores import ScoredMetric, ScoreVerdict, score, verdict_of

BASELINE = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0]
HIGH = [value + 20 for value in BASELINE]


def labelled(*labels: str, group: str = "g", critical: bool = False, muted: bool = False) -> list[ScoredMetric]:
    """Metrics of one group with these labels."""
    return [ScoredMetric(label=Label(label), groups=(group,), critical=critical, muted=muted) for label in labels]


@pytest.mark.parametrize(
    ("canary", "settings_", "label", "critical"),
    [
        ([], Settings(), "Nodata", False),
        ([], Settings(critical=True), "Nodata", True),
        ([], Settings(must_have_data=True), "NodataFailMetric", False),
        ([], Settings(must_have_data=True, critical=True), "Nodata", True),
        ([], Settings(nan="replace"), "Pass", False),
        ([math.nan] * 8, Settings(), "Nodata", False),
        ([math.nan] * 8, Settings(nan="replace"), "Low", False),
        ([math.nan] * 8, Settings(nan="replace", direction="increase"), "Pass", False),
        (HIGH, Settings(), "High", False),
        (HIGH, Settings(critical=True), "High", True),
        (HIGH, Settings(critical=True, critical_at=(0.1, 5.0)), "High", False),
        (HIGH, Settings(allowed=(0.1, 5.0)), "Pass", False),
        (HIGH, Settings(tolerance=0.99), "Pass", False),
        (HIGH, Settings(effect="cles"), "High", False),
        (HIGH, Settings(effect="cles", allowed=(0.0, 1.01)), "Pass", False),
        (HIGH, Settings(direction="decrease"), "Pass", False),
        (list(reversed(BASELINE)), Settings(), "Pass", False),
    ],
)
def test_a_metric_is_classified(canary: list[float], settings_: Settings, label: str, critical: bool) -> None:
    found = classify(canary, BASELINE, settings_)
    assert (found.label, found.critical) == (label, critical)
    assert found.reason


def test_missing_values_are_left_out_or_count_as_nothing() -> None:
    values = [1.0, math.nan, 3.0]
    assert clean(values, Settings()).tolist() == [1, 3]
    assert clean(values, Settings(nan="replace")).tolist() == [1, 0, 3]


def test_outliers_are_kept_unless_they_are_to_go() -> None:
    values = [*np.linspace(0, 1, 200), 50.0]
    assert clean(values, Settings()).size == 201
    assert clean(values, Settings(outliers="remove")).max() == 1
    # The fences reach to the 1st and 99th percentiles: where one in twenty is far out, none of them is an outlier.
    many = [*np.linspace(0, 1, 95), 50, 50, 50, 50, 50]
    assert not iqr_outliers(many, 3.0, reduce_sensitivity=True).any()
    assert iqr_outliers(many, 3.0, reduce_sensitivity=False).sum() == 5


def test_an_effect_beside_nothing_is_unknown_and_skips_the_gate() -> None:
    assert math.isnan(effect_size(np.array([1.0]), np.array([0.0]), "meanRatio"))
    assert classify([5.0] * 8, [0.0] * 8, Settings(allowed=(0.1, 100.0))).label is Label.HIGH


def test_two_constant_arms_are_told_apart_without_noise() -> None:
    found = classify([10.0] * 5, [9.0] * 5, Settings())
    assert (found.label, found.shift, found.span.low) == (Label.HIGH, 1.0, 1.0)


def test_the_mean_alone_calls_any_difference() -> None:
    assert classify_by_mean([1.0, 1.1], [1.0, 1.0], Settings()).label is Label.HIGH
    assert classify_by_mean([1.0, 0.9], [1.0, 1.0], Settings(direction="increase")).label is Label.PASS
    assert classify_by_mean([], [1.0], Settings()).label is Label.NODATA


def test_half_of_the_metrics_without_data_are_too_many() -> None:
    assert score(labelled("Pass", "Pass", "Nodata"), {}).summary == 100
    assert score(labelled("Pass", "Nodata"), {}).summary == 0
    assert score([], {}).summary == 0


def test_a_group_of_missing_data_counts_as_good_and_shows_nothing() -> None:
    found = score([*labelled("Pass", "High"), *labelled("Nodata", group="empty")], {})
    assert (found.summary, found.groups) == (75.0, {"g": 50.0, "empty": 0.0})


def test_metrics_that_must_have_data_count_against_their_group() -> None:
    assert score(labelled("Pass", "NodataFailMetric"), {}).summary == 50


def test_muted_metrics_are_left_out() -> None:
    assert score([*labelled("Pass"), *labelled("High", critical=True, muted=True)], {}).summary == 100


def test_groups_without_a_weight_share_what_is_left() -> None:
    metrics = [*labelled("Pass", group="a"), *labelled("High", group="b"), *labelled("Pass", group="c")]
    assert score(metrics, {"a": 40.0}).summary == 70
    assert score(metrics, {"a": 100.0}).summary == 100
    both = [ScoredMetric(label=Label.HIGH, groups=("a", "b")), *labelled("Pass", group="a")]
    assert score(both, {}).summary == 25


def test_thresholds_are_reached_when_they_are_equalled() -> None:
    assert [verdict_of(value, passes=95, marginal=75) for value in (95, 94.99, 75, 74.99)] == [
        ScoreVerdict.PASS,
        ScoreVerdict.MARGINAL,
        ScoreVerdict.MARGINAL,
        ScoreVerdict.FAIL,
    ]


@settings(max_examples=100, deadline=None)
@given(root=st.floats(-10, 10), steep=st.floats(0.1, 5), low=st.floats(-40, -11), high=st.floats(11, 40))
def test_the_root_finder_finds_roots(root: float, steep: float, low: float, high: float) -> None:
    def f(x: float) -> float:
        return steep * (x - root) ** 3 + (x - root)

    found = brent.solve(f, low, high, 1e-9)
    assert found == pytest.approx(brentq(f, low, high, xtol=1e-12), abs=1e-8)


def test_a_function_without_a_root_is_refused() -> None:
    with pytest.raises(ValueError, match="same sign"):
        brent.solve(lambda x: x * x + 1, -1, 1, 1e-4)
    assert brent.solve(lambda x: x - 1, 1, 3, 1e-4) == 1
    assert brent.solve(lambda x: x - 3, 1, 3, 1e-4) == 3


@settings(max_examples=60, deadline=None)
@given(
    canary=st.lists(st.floats(-1e3, 1e3) | st.just(math.nan), max_size=25),
    baseline=st.lists(st.floats(-1e3, 1e3) | st.just(math.nan), max_size=25),
    direction=st.sampled_from(["increase", "decrease", "either"]),
    nan=st.sampled_from(["remove", "replace"]),
)
def test_any_values_get_a_label_that_fits_the_direction(
    canary: list[float], baseline: list[float], direction: str, nan: str
) -> None:
    found = classify(canary, baseline, Settings(direction=direction, nan=nan))  # type: ignore[arg-type]
    assert found.label is not Label.LOW or direction != "increase"
    assert found.label is not Label.HIGH or direction != "decrease"
    assert (found.label is Label.NODATA) <= (nan == "remove")
