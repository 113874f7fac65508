"""The page about the engine names all there is, and its figures are those of the tests."""

from pathlib import Path
from typing import get_args

import pytest

from canarylearn.engine import MEASURES, METRICS
from canarylearn.engine.faults import KINDS
from canarylearn.engine.scenario import Revision, Scenario
from tests.engine.test_judge_error_rates import TRUTHS


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    """The page about the engine."""
    return (repository / "docs" / "engine.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*KINDS, *METRICS, *MEASURES])
def test_faults_metrics_and_measures_are_described(page: str, name: str) -> None:
    assert f"`{name}`" in page


def test_every_simulated_truth_has_its_row(page: str) -> None:
    rows = [line for line in page.splitlines() if line.startswith(("| equal", "| worse"))]
    assert len(rows) == len(TRUTHS)
    for row, truth in zip(rows, TRUTHS, strict=True):
        cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
        assert truth.name.startswith(cells[0])
        assert cells[1] == f"{truth.requests:,}"
        assert sum(float(cell.rstrip(" %")) for cell in cells[2:]) == pytest.approx(100)


def test_what_a_scenario_can_watch_can_be_measured() -> None:
    assert set(get_args(Scenario.model_fields["watch"].annotation)) <= set(METRICS)
    assert {"errors", "accuracy", "p50", "p95"} <= set(Revision.model_fields)
