"""canary run and canary compare: a file deployed, told to people and to programs."""

import re
from pathlib import Path

import pytest

from canarylearn.engine import MEASURES
from tests.cli.calling import Canary, rollout


def test_a_bad_model_is_rolled_back_and_the_story_says_so(canary: Canary) -> None:
    said = canary("run", rollout("argo-ranker"), "--scenario", "v2-fails")
    assert said.code == 1
    assert "● rolled back: canary success-rate was" in said.out
    assert "users harmed by the canary" in said.out


def test_a_good_model_is_promoted_and_nothing_is_found(canary: Canary) -> None:
    said = canary("run", rollout("flagger-recommender"), "--scenario", "v2-is-fine")
    assert said.code == 0
    assert "● promoted" in said.out


def test_a_release_that_nothing_can_stop_is_not_stopped(canary: Canary) -> None:
    said = canary("run", rollout("sagemaker-no-alarms"), "--scenario", "v2-fails", "--json")
    assert said.json["phase"] == "promoted"
    assert said.json["measures"]["users_harmed"] > 1000


def test_where_nobody_decides_the_split_stays(canary: Canary) -> None:
    said = canary("run", rollout("azure-blue-green"), "--scenario", "v2-is-fine", "--json")
    assert said.code == 1
    assert {line["weight"] for line in said.json["trace"]} == {0.1}


def test_the_same_seed_tells_the_same_story_and_another_one_another(canary: Canary) -> None:
    def story(seed: str) -> str:
        return canary("run", rollout("argo-ranker"), "--scenario", "v2-fails", "--seed", seed).out

    assert story("7") == story("7") != story("8")


def test_the_object_for_programs_has_every_measure_and_no_number_that_json_lacks(canary: Canary) -> None:
    said = canary("run", rollout("argo-ranker"), "--scenario", "v2-fails", "--json").json
    assert (said["canary"], said["command"], said["scenario"], said["seed"]) == (1, "run", "v2-fails", 0)
    assert set(said["measures"]) == set(MEASURES)
    assert said["measures"]["time_to_full"] is None
    assert said["trace"][0]["canary"]["requests"] > 0


def test_a_person_may_approve(canary: Canary, tmp_path: Path) -> None:
    text = Path(rollout("argo-ranker")).read_text().replace("pause: {duration: 20m}", "pause: {}", 1)
    path = tmp_path / "waits.yaml"
    path.write_text(text)
    alone = canary("run", str(path), "--scenario", "v2-is-fine", "--json").json
    assert alone["phase"] == "inconclusive"
    approved = canary("run", str(path), "--scenario", "v2-is-fine", "--approve-after", "10m", "--json").json
    assert approved["phase"] == "promoted"


def test_a_scenario_may_be_a_file(canary: Canary, tmp_path: Path) -> None:
    folder = Path(__file__).resolve().parents[2] / "canarylearn" / "content" / "canary-releases" / "scenarios"
    path = tmp_path / "mine.yaml"
    path.write_text((folder / "v2-fails.yaml").read_text())
    assert canary("run", rollout("argo-ranker"), "--scenario", str(path)).code == 1


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--scenario", "nowhere"), "there is no scenario 'nowhere': name a file, or one of"),
        (("--scenario", "v2-fails", "--seed", "-1"), "is no seed"),
        (("--scenario", "v2-fails", "--seed", "1e3"), "is no seed"),
        (("--scenario", "v2-fails", "--approve-after", "soon"), "is not a duration"),
        (("--scenario", "v2-fails", "--measure", "success-rate=speed"), "write NAME=METRIC"),
        ((), "the following arguments are required: --scenario"),
    ],
)
def test_a_call_that_cannot_be_used_exits_with_2(canary: Canary, extra: tuple[str, ...], said: str) -> None:
    answer = canary("run", rollout("argo-ranker"), *extra)
    assert answer.code == 2
    assert said in answer.err


def test_a_file_that_the_tool_refuses_is_not_run(canary: Canary) -> None:
    said = canary("run", rollout("argo-percent-sign"), "--scenario", "v2-fails")
    assert said.code == 2
    assert ":19: must be of type integer" in said.err
    assert "(and 2 more). Run `canary check" in said.err


def test_a_metric_that_nobody_knows_has_to_be_told(canary: Canary, tmp_path: Path) -> None:
    text = Path(rollout("argo-ranker")).read_text().replace("name: success-rate", "name: goodness")
    text = text.replace('ranker_requests_total{rev="canary",code!~"5.."}', "x")
    path = tmp_path / "goodness.yaml"
    path.write_text(text)
    said = canary("run", str(path), "--scenario", "v2-fails")
    assert said.code == 2
    assert "--measure goodness=p95" in said.err
    told = canary("run", str(path), "--scenario", "v2-fails", "--measure", "goodness=success_rate")
    assert "● rolled back" in told.out


def test_a_plan_that_takes_too_long_for_the_scenario_is_told_to(canary: Canary, tmp_path: Path) -> None:
    text = Path(rollout("argo-ranker")).read_text().replace("duration: 20m", "duration: 9000h")
    path = tmp_path / "years.yaml"
    path.write_text(text)
    said = canary("run", str(path), "--scenario", "v2-fails")
    assert said.code == 2
    assert "Take a scenario with less traffic, or a shorter plan" in said.err


def test_two_plans_meet_the_same_users(canary: Canary) -> None:
    files = (rollout("argo-ranker"), rollout("flagger-recommender"))
    said = canary("compare", *files, "--scenario", "v2-fails", "--json")
    assert said.code == 0
    first, second = (plan["measures"] for plan in said.json["plans"])
    assert first["users_harmed"] < second["users_harmed"]
    assert canary("compare", files[0], rollout("sagemaker-no-alarms"), "--scenario", "v2-fails").code == 1


def test_the_page_of_a_run_stands_alone_and_says_what_the_terminal_says(canary: Canary, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    said = canary("run", rollout("argo-ranker"), "--scenario", "v2-fails", "--html", str(page))
    text = page.read_text()
    assert f"The page is in {page}" in said.out
    assert "Rolled back: canary success-rate was" in text
    assert "users harmed by the canary" in text
    assert 'role="img"' in text
    assert "As a table" in text
    assert not re.search(r"(?:src|href)=|@import|url\(|<script", text)


def test_nothing_of_a_persons_file_is_taken_for_html(canary: Canary, tmp_path: Path) -> None:
    text = Path(rollout("argo-ranker")).read_text().replace("name: success-rate", "name: success-<b>rate</b>")
    path, page = tmp_path / "<i>x.yaml", tmp_path / "out.html"
    path.write_text(text)
    canary("run", str(path), "--scenario", "v2-fails", "--html", str(page))
    assert "<b>" not in page.read_text()
    assert "<i>" not in page.read_text()


def test_a_page_that_cannot_be_written_is_told_of(canary: Canary) -> None:
    said = canary("run", rollout("argo-ranker"), "--scenario", "v2-fails", "--html", "/no/such/folder/out.html")
    assert said.code == 2
    assert "cannot be written: No such file or directory" in said.err
