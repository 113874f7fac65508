"""canary render: the same plan in another dialect, and what is lost."""

from pathlib import Path

import pytest

from canarylearn.dialects.registry import DIALECTS
from tests.cli.calling import ROLLOUTS, Canary, rollout

TOOLS = [dialect.name for dialect in DIALECTS]
ACCEPTED = ("argo-ranker", "flagger-recommender", "kserve-iris", "istio-relative", "sagemaker-no-alarms")


@pytest.mark.parametrize("to", TOOLS)
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_written_is_read_by_its_own_tool(canary: Canary, tmp_path: Path, name: str, to: str) -> None:
    said = canary("render", rollout(name), "--to", to, "--json").json
    path = tmp_path / "rendered.yaml"
    path.write_text(said["text"])
    checked = canary("check", str(path), "--dialect", to)
    assert checked.code == 0, checked.out


def test_losses_are_named_and_found(canary: Canary) -> None:
    said = canary("render", rollout("argo-ranker"), "--to", "kserve")
    assert said.code == 1
    assert said.out.startswith("# Lost from Argo Rollouts: ")
    assert "apiVersion: serving.kserve.io/" in said.out


def test_the_same_dialect_loses_nothing(canary: Canary) -> None:
    for path in ROLLOUTS.glob("flagger-recommender.*"):
        said = canary("render", str(path), "--to", "flagger")
        assert said.code == 0
        assert "# Lost" not in said.out
