"""Sample sizes and power beside statsmodels, beside their own inverse, and beside simulation."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from canarylearn.engine import sizes
from canarylearn.engine.statistics import not_worse_p_value
from canarylearn.engine.tails import Side

_THEIRS = {"two-sided": "two-sided", "larger": "larger"}
SIDES = st.sampled_from(["two-sided", "larger"])


@settings(max_examples=40, deadline=None)
@given(
    baseline=st.floats(0.001, 0.3),
    harm=st.floats(1.1, 3.0),
    alpha=st.floats(0.001, 0.2),
    power=st.floats(0.5, 0.99),
    ratio=st.floats(0.5, 50),
    side=SIDES,
)
def test_sizes_for_rates_are_those_of_statsmodels(
    baseline: float, harm: float, alpha: float, power: float, ratio: float, side: Side
) -> None:
    h = proportion_effectsize(baseline * harm, baseline)
    with warnings.catch_warnings():
        # Its search may try sizes below nothing on its way, and may find none.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = NormalIndPower().solve_power(h, alpha=alpha, power=power, ratio=ratio, alternative=_THEIRS[side])
    ours = sizes.size_for_rates(
        baseline, baseline * harm, alpha=alpha, power=power, ratio=ratio, side=side, formula="arcsine"
    )
    if theirs > 2:
        assert ours == pytest.approx(theirs, rel=1e-4)
    back = sizes.power_for_rates(
        baseline, baseline * harm, ours, alpha=alpha, ratio=ratio, side=side, formula="arcsine"
    )
    assert back >= power - 1e-9


@settings(max_examples=40, deadline=None)
@given(baseline=st.floats(0.001, 0.3), harm=st.floats(1.05, 3.0), alpha=st.floats(0.001, 0.2), ratio=st.floats(1, 20))
def test_the_pooled_formula_and_its_power_undo_each_other(
    baseline: float, harm: float, alpha: float, ratio: float
) -> None:
    given_sizes: dict[str, Any] = {"alpha": alpha, "ratio": ratio}
    units = sizes.size_for_rates(baseline, baseline * harm, power=0.9, **given_sizes)
    assert sizes.power_for_rates(baseline, baseline * harm, units, **given_sizes) == pytest.approx(0.9)
    least = sizes.detectable_rate(baseline, units, power=0.9, **given_sizes)
    assert least == pytest.approx(baseline * harm, rel=1e-6)


@settings(max_examples=30, deadline=None)
@example(d=1.0, alpha=0.001, power=0.984375, ratio=1.0, side="two-sided")  # scipy's far tail is not a number there
@given(
    d=st.floats(0.05, 2), alpha=st.floats(0.001, 0.2), power=st.floats(0.5, 0.99), ratio=st.floats(1, 20), side=SIDES
)
def test_sizes_for_means_are_those_of_statsmodels(
    d: float, alpha: float, power: float, ratio: float, side: Side
) -> None:
    ours = sizes.size_for_means(d, alpha=alpha, power=power, ratio=ratio, side=side)
    if ours > 3:
        theirs = TTestIndPower().power(d, ours, alpha, ratio=ratio, alternative=_THEIRS[side])
        # Their far tail is not a number for some inputs; then there is nothing to compare with.
        assert math.isnan(theirs) or theirs == pytest.approx(power, abs=1e-6)


@pytest.mark.parametrize(("rate", "margin", "ratio"), [(0.01, 0.005, 19), (0.1, 0.02, 1), (0.01, 0.005, 4)])
def test_a_size_to_show_no_harm_is_what_the_test_of_the_judge_needs(rate: float, margin: float, ratio: float) -> None:
    """Power of the score test itself at that size, over many equal canaries."""
    units = math.ceil(sizes.size_not_worse(rate, margin, ratio=ratio, formula="score"))
    rng = np.random.default_rng(9)
    x, y = rng.binomial(units, rate, 3000), rng.binomial(round(units * ratio), rate, 3000)
    passed = [
        not_worse_p_value(
            canary_events=int(ours),
            canary_requests=units,
            baseline_events=int(theirs),
            baseline_requests=round(units * ratio),
            margin=margin,
        )
        < 0.05
        for ours, theirs in zip(x, y, strict=True)
    ]
    assert np.mean(passed) == pytest.approx(0.8, abs=0.03)


def test_the_power_of_two_rates_is_what_a_simulation_finds() -> None:
    rng = np.random.default_rng(4)
    units, ratio = 2000, 4
    x, y = rng.binomial(units, 0.02, 20_000), rng.binomial(units * ratio, 0.01, 20_000)
    pooled = (x + y) / (units * (1 + ratio))
    z = (x / units - y / (units * ratio)) / np.sqrt(pooled * (1 - pooled) * (1 / units + 1 / (units * ratio)))
    found = float((z > ndtri(0.95)).mean())
    assert found == pytest.approx(sizes.power_for_rates(0.01, 0.02, units, ratio=ratio, side="larger"), abs=0.01)


def test_nothing_to_find_needs_units_without_end() -> None:
    assert math.isinf(sizes.size_for_rates(0.01, 0.01))
    assert math.isinf(sizes.size_for_means(0))
    assert math.isinf(sizes.size_not_worse(0.01, 0))
    assert math.isinf(sizes.detectable_rate(0.5, 2))
