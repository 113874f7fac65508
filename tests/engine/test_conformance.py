"""Every case of `conformance/statistics.json`, by its id: numbers that others computed, published or simulated."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.judge import SIMULATED
from tests.engine.statistics_families import FAMILIES
from tests.statistics_cases import Case, differences, statistics_cases

ELSEWHERE = {
    "recommended_judge": "tests/engine/test_judge.py, by the judge itself",
    "simulation_band": "below, by the simulations of benchmarks/judge.py",
}

DIGITS = {
    "ni01_pass": 0.02,
    "ni02_inconclusive_small_n": 0.02,
    "av31_gb_sequential_one_sided_greater_abs": 0.001,
}
"""Cases whose source is a little off, and how near to it a right number has to be (docs/engine.md says why)."""

COMPUTED = [case for case in statistics_cases() if case["family"] in FAMILIES]
BANDS = [case for case in statistics_cases() if case["family"] == "simulation_band"]


@pytest.mark.parametrize("case", COMPUTED, ids=lambda case: case["id"])
def test_the_number_is_that_of_the_case(case: Case) -> None:
    tolerance = float(DIGITS.get(case["id"], case["tolerance"]) or 0)
    assert not differences(FAMILIES[case["family"]](case["input"]), case["expected"], tolerance)


@pytest.mark.parametrize("case", BANDS, ids=lambda case: case["id"])
def test_the_simulation_falls_into_the_band(case: Case) -> None:
    number = case["id"].partition("_")[0]
    found = SIMULATED[number]()
    assert case["expected"]["low"] <= found <= case["expected"]["high"]


def test_every_family_is_tested() -> None:
    """A family that is not built would have to be listed here, with its reason in docs/engine.md; there is none."""
    assert {case["family"] for case in statistics_cases()} <= set(FAMILIES) | set(ELSEWHERE)


def test_cases_with_other_digits_are_named_in_the_docs(repository: Path) -> None:
    page = (repository / "docs" / "engine.md").read_text(encoding="utf-8")
    for name in DIGITS:
        assert f"`{name.partition('_')[0]}`" in page


def test_each_right_number_is_told_from_a_wrong_one() -> None:
    """The comparison itself: it sees what differs, what is missing, and what is not a number."""
    expected: dict[str, Any] = {"p": 0.05, "ci": [1.0, "inf"], "label": "Pass", "gone": 1.0, "deviation": "NaN"}
    actual = {"p": 0.051, "ci": [1.0, 2.0], "label": "High", "deviation": 0.0}
    assert len(differences(actual, expected, 1e-6)) == 5
    right = {"p": 0.05 + 1e-9, "ci": [1.0, float("inf")], "label": "Pass", "gone": 1.0, "deviation": float("nan")}
    assert not differences(right, expected, 1e-6)
