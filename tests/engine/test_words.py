"""The page about the engine names all there is."""

from pathlib import Path
from typing import get_args

import pytest

from canarylearn.engine import MEASURES, METRICS
from canarylearn.engine.faults import KINDS
from canarylearn.engine.scenario import Revision, Scenario


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    """The page about the engine."""
    return (repository / "docs" / "engine.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*KINDS, *METRICS, *MEASURES])
def test_faults_metrics_and_measures_are_described(page: str, name: str) -> None:
    assert f"`{name}`" in page


def test_what_a_scenario_can_watch_can_be_measured() -> None:
    assert set(get_args(Scenario.model_fields["watch"].annotation)) <= set(METRICS)
    assert {"errors", "accuracy", "p50", "p95"} <= set(Revision.model_fields)
