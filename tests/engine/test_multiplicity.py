"""Many tests and many looks, beside printed tables and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from canarylearn.engine.multiplicity import (
    benjamini_hochberg,
    bonferroni,
    boundary_error,
    family_wise_error,
    holm,
    obrien_fleming_boundaries,
    peeking_error,
    pocock_boundary,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=20)  # one of theirs takes 30 ms
@given(p_values=P_VALUES)
def test_adjusted_p_values_are_those_of_statsmodels(p_values: list[float]) -> None:
    for ours, theirs in ((bonferroni, "bonferroni"), (holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        assert ours(p_values) == pytest.approx(multipletests(p_values, method=theirs)[1], abs=1e-12)


@pytest.mark.parametrize(
    ("looks", "error"),
    [(1, 0.050), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193), (20, 0.248), (50, 0.320)],
)
def test_peeking_inflates_the_error_as_printed(looks: int, error: float) -> None:
    """Armitage, McPherson and Rowe, 1969, two-sided at 5 %."""
    assert peeking_error(0.05, looks) == pytest.approx(error, abs=0.0006)
    assert looks == 1 or peeking_error(0.05, looks) < family_wise_error(0.05, looks)


@pytest.mark.parametrize(
    ("looks", "pocock", "last"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040), (10, 2.555, 2.087)],
)
def test_group_sequential_boundaries_are_those_of_the_tables(looks: int, pocock: float, last: float) -> None:
    assert pocock_boundary(0.05, looks) == pytest.approx(pocock, abs=0.0006)
    boundaries = obrien_fleming_boundaries(0.05, looks)
    assert boundaries[-1] == pytest.approx(last, abs=0.0006)
    assert boundary_error(boundaries) == pytest.approx(0.05, abs=1e-6)


def test_obrien_and_fleming_begin_strictly() -> None:
    assert obrien_fleming_boundaries(0.05, 5) == pytest.approx([4.562, 3.226, 2.634, 2.281, 2.040], abs=0.001)


def test_the_error_of_any_boundaries_is_what_a_simulation_finds() -> None:
    boundaries = [3.0, 2.2, 2.6, 1.9]
    sums = np.cumsum(np.random.default_rng(1).normal(size=(200_000, 4)), axis=1) / np.sqrt(np.arange(1, 5))
    assert boundary_error(boundaries) == pytest.approx(float((np.abs(sums) >= boundaries).any(1).mean()), abs=0.003)
    assert boundary_error([]) == 0
