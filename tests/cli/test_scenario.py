"""canary scenario: listed, described and drawn, for people and for programs."""

import json
import re
from pathlib import Path

import pytest

from canarylearn.cli import main
from canarylearn.cli.scenario import _block, _squeeze
from canarylearn.cli.scenarios import known_scenarios

BLOCKS = set(" ▁▂▃▄▅▆▇█·")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a call prints."""
    assert main(["scenario", *arguments]) == code
    return capsys.readouterr().out


def test_all_scenarios_are_listed_with_their_titles(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "list").splitlines()
    assert [line.split()[0] for line in lines] == list(known_scenarios())
    assert "  v2 leaks" in next(line for line in lines if line.startswith("slow-leak"))
    found = json.loads(said(capsys, "list", "--json"))
    assert (found["canary"], found["command"]) == (1, "scenario")
    assert [entry["slug"] for entry in found["scenarios"]] == list(known_scenarios())
    assert all(entry["title"] and entry["about"] for entry in found["scenarios"])


def test_a_scenario_is_described_and_drawn_within_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "describe", "v2-fails")
    assert "\x1b" not in told  # not a terminal: no colour
    assert all(len(line) <= 90 for line in told.splitlines())
    assert "v2 fails another 7.0\N{NO-BREAK SPACE}% of its" in told.replace("\n", " ")
    drawn = [line for line in told.splitlines() if set(line[26:]) & BLOCKS - {" ", "·"} and set(line[26:]) <= BLOCKS]
    assert len(drawn) >= 6
    assert re.search(r"requests +[▁-█]", told)


def test_missing_metrics_are_drawn_as_dots(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.search(r"[▁-█]{2}······[▁-█]{10}$", said(capsys, "describe", "metrics-go-missing"), re.MULTILINE)


def test_a_program_gets_every_interval_of_both_arms(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "describe", "metrics-go-missing", "--json"))
    assert len(found["half_and_half"]) == 18
    assert found["half_and_half"][3]["canary"]["error_rate"] is None
    assert found["half_and_half"][3]["baseline"]["error_rate"] < 0.05
    assert found["measures"]["canary_error_rate"] > 0.15
    assert "\N{NO-BREAK SPACE}" not in found["description"]


def test_the_same_seed_draws_the_same_and_another_draws_another(capsys: pytest.CaptureFixture[str]) -> None:
    first = said(capsys, "describe", "v2-fails", "--seed", "3")
    assert said(capsys, "describe", "v2-fails", "--seed", "3") == first
    assert said(capsys, "describe", "v2-fails", "--seed", "4") != first


def test_a_file_with_mistakes_is_refused_with_its_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = known_scenarios()["slow-leak"].read_text(encoding="utf-8")
    file.write_text(text.replace("growth: 1", "growth: true").replace("5h", "5 hours"), encoding="utf-8")
    assert main(["scenario", "describe", str(file)]) == 2
    refusal = capsys.readouterr().err
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "growth" in line)
    assert f"line {line}: faults.0.growth: true is not a number" in refusal
    assert "line 4: window: '5 hours' is not a duration" in refusal
    assert main(["scenario", "describe", "no-such-thing"]) == 2
    assert "there is no scenario 'no-such-thing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "column"),
    [(0.0, "▁  "), (1.0, "███"), (0.5, "█▄ "), (1 / 24, "▁  "), (17 / 24, "██▁"), (float("nan"), "·  ")],
)
def test_a_bar_has_eighths_of_three_rows(value: float, column: str) -> None:
    assert "".join(_block(value, 1.0, row) for row in (1, 2, 3)) == column


def test_many_intervals_are_squeezed_into_the_means_of_neighbours() -> None:
    assert _squeeze([1.0, 3.0, 5.0, 7.0], 2) == [2.0, 6.0]
    assert _squeeze([float(number) for number in range(7)], 3) == [0.5, 3.0, 5.5]
    assert _squeeze([1.0, float("nan"), 5.0], 3)[0::2] == [1.0, 5.0]
