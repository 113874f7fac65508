"""A scenario in words: everything that is wrong is named, and its numbers are those of the scenario and of a run."""

from pathlib import Path
from typing import Any

import pytest

from canarylearn.engine.describing import describe, look_at
from canarylearn.engine.faults import KINDS
from canarylearn.engine.quantities import say_share
from canarylearn.engine.scenario import Scenario
from canarylearn.items.files import read_as
from tests.worlds import scenario

NAMES = sorted(
    path.stem for path in (Path(__file__).parents[2] / "canarylearn/content/canary-releases/scenarios").glob("*.yaml")
)
SAID: dict[str, tuple[dict[str, Any], str]] = {
    "error-burst": ({"on": "canary", "rate": "7%", "since": "10m", "until": "40m"}, "v2 fails another 7 % of its"),
    "slow-tail": ({"on": "canary", "share": "4%", "factor": 6}, "4 % of v2's requests take 6 times as long"),
    "leak": ({"on": "canary", "growth": 1.5}, "v2 leaks: its latency grows by 150 % an hour"),
    "outage": ({"rate": "30%", "since": "20m", "until": "30m"}, "30 % of all requests, from 20 min until 30 min"),
    "segment-bug": (
        {"on": "stable", "segment": "ios", "errors": "20%", "factor": 2.5},
        "v1 is broken for one segment, ios: 20 % more of the requests fail and requests take 2.5 times as long",
    ),
    "quality-drop": (
        {"on": "canary", "rate": "25%", "since": "10m"},
        "25 % of v2's right answers turn wrong, from 10 min",
    ),
    "cold-cache": ({"on": "canary", "factor": 5}, "the first request of each user takes 5 times as long"),
    "missing-metrics": ({"on": "canary", "since": "0", "until": "5m"}, "do not arrive, from the start until 5 min"),
}


def words(made: Scenario) -> str:
    """The description, with plain spaces."""
    return describe(made, look_at(made)).replace("\N{NO-BREAK SPACE}", " ")


def read(repository: Path, name: str) -> Scenario:
    """A scenario of the curriculum."""
    path = repository / "canarylearn/content/canary-releases/scenarios" / f"{name}.yaml"
    return read_as(Scenario, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_said(kind: str) -> None:
    fields, said = SAID[kind]
    traffic = {"segments": {"ios": "50%", "android": "50%"}}
    found = words(scenario(traffic=traffic, faults=[{"kind": kind, **fields}]))
    assert said in found.replace(".0 %", " %")
    assert "No fault befalls" not in found


def test_traffic_load_labels_and_scores_are_said() -> None:
    score = {"score": {"mean": 0.4, "sd": 0.2}}
    found = words(
        scenario(
            traffic={
                "activity": "uneven",
                "daily": {"amplitude": "60%", "peak": "18:30", "starts_at": "08:05"},
                "bursts": [{"since": "10m", "until": "20m", "factor": 3}],
                "segments": {"ios": "25%", "android": "75%"},
            },
            label_delay="30m",
            stable=score,
            canary={
                **score,
                "capacity": {"replicas": 3, "requests_per_second": 2},
                "warm_up": {"lasts": "9m", "factor": 2},
            },
        )
    )
    for said in (
        "in the mean come from 1,000 users, some of whom send far more than others, for 1 h 30 min",
        "swings by 60 % around its mean over the day, with most of it at 18:30, and the window begins at 08:05",
        "From 10 min until 20 min there is 3 times as much of it",
        "The users by segment: 25 % ios and 75 % android",
        "Its 3 replicas carry 6 requests a second",
        "It starts 2 times as slow and is warm after 9 min",
        "Its scores are 0.4 in the mean, give or take 0.2",
        "Whether an answer was right is known 30 min later",
        "drift apart by 0.0",
        "No fault befalls v1 or v2",
    ):
        assert said in found


def test_what_one_would_see_is_what_a_run_shows() -> None:
    made = scenario(canary={"errors": "8%"}, traffic={"requests_per_second": 20})
    look = look_at(made)
    found = describe(made, look)
    assert look.true["canary_error_rate"] == pytest.approx(0.08, abs=0.01)
    assert f"and v2 {say_share(look.true['canary_error_rate'])}" in found
    assert f"harms {look.true['users_harmed']:,} users" in found


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_of_the_curriculum_reads_and_can_be_described(repository: Path, name: str) -> None:
    made = read(repository, name)
    found = words(made)
    assert 300 < len(found) < 2000
    assert ".." not in found
    assert "nan" not in found.lower().split()


def arms(repository: Path, name: str) -> dict[str, float]:
    """What a half-and-half split of a scenario truly does."""
    return look_at(read(repository, name)).true


def test_the_scenarios_of_the_lab_are_decisive(repository: Path) -> None:
    """Each name says what is true, and a run shows it far beyond luck."""
    breaks = arms(repository, "one-segment-breaks")
    assert breaks["canary_error_rate"] > 5 * breaks["baseline_error_rate"]
    night = arms(repository, "night-traffic")
    assert night["canary_error_rate"] > 4 * night["baseline_error_rate"]
    late = arms(repository, "labels-come-late")
    assert late["canary_accuracy"] < late["baseline_accuracy"] - 0.15
    assert late["users_harmed"] == 0
    both = arms(repository, "both-arms-fail")
    assert min(both["canary_error_rate"], both["baseline_error_rate"]) > 0.05
    assert both["users_harmed"] == 0
    leak = arms(repository, "slow-leak")
    assert leak["canary_p95"] > 3 * leak["baseline_p95"]
    overload, burst = arms(repository, "overload-at-half"), arms(repository, "a-burst-hits")
    assert min(overload["canary_error_rate"], burst["canary_error_rate"]) > 0.05
    assert max(overload["baseline_error_rate"], burst["baseline_error_rate"]) < 0.02
    assert arms(repository, "nothing-is-wrong-but-small")["requests_judged"] < 1000
    moved = look_at(read(repository, "scores-move"))
    assert all(arm.drift > 0.4 for arm in moved.canary)
    silent = look_at(read(repository, "metrics-go-missing"))
    assert [arm.missing for arm in silent.canary] == [False] * 2 + [True] * 6 + [False] * 10
    assert silent.true["canary_error_rate"] > 0.15
    cold = look_at(read(repository, "cold-start"))
    assert cold.canary[0].p95 > 4 * cold.baseline[0].p95
    assert cold.canary[-1].p95 < cold.baseline[-1].p95
