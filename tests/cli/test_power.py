"""canary power: many seeds on all cores, told to people and to programs."""

import os

import pytest

from canarylearn.cli import power
from tests.cli.calling import Canary, rollout

CALL = ("power", rollout("argo-ranker"), "--scenario", "v2-fails")


def test_a_large_harm_is_noticed_and_an_equal_canary_is_not_stopped(canary: Canary) -> None:
    said = canary(*CALL, "--effect", "error_rate=5%", "--seeds", "12")
    assert said.code == 0
    assert "12 seeds" in said.out
    assert "error_rate 5 % is noticed in 100" in said.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "tells from error_rate 5" in said.out


def test_a_harm_that_goes_unnoticed_is_a_finding(canary: Canary) -> None:
    said = canary(*CALL, "--effect", "p95=1s", "--seeds", "6", "--json")
    assert said.code == 1
    assert said.json["chances"][-1]["noticed"] == 0
    assert said.json["chances"][-1]["users_median"] is None
    assert [step["expected"] for step in said.json["steps"]] == pytest.approx([1200, 3000, 6000])


def test_without_an_effect_the_scenario_itself_is_tried(canary: Canary) -> None:
    said = canary(*CALL, "--seeds", "6", "--json").json
    assert [chance["canary"] for chance in said["chances"]] == ["equal", "as in the scenario"]
    assert said["steps"] == []


def test_all_processes_together_say_what_one_says(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    call = (*CALL, "--effect", "error_rate=3%", "--seeds", "11", "--seed", "4", "--json")
    together = canary(*call).json
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert canary(*call).json == together
    monkeypatch.setattr(power, "_CHUNK", 2)
    assert canary(*call).json == together


def test_steps_with_too_little_traffic_are_named(canary: Canary) -> None:
    call = ("--scenario", "nothing-is-wrong-but-small", "--effect", "error_rate=5%", "--seeds", "6")
    said = canary("power", rollout("argo-ranker"), *call)
    assert said.code == 1
    assert said.out.count("too little traffic to decide anything") == 3


@pytest.mark.parametrize(
    "more",
    [
        ("--effect", "errors=1%"),
        ("--effect", "error_rate=5%..1%"),
        ("--seeds", "0"),
        ("--seeds", "many"),
        ("--seeds", "100000"),
        ("--scenario", "nowhere"),
    ],
)
def test_a_call_that_cannot_be_used_is_refused(canary: Canary, more: tuple[str, str]) -> None:
    said = canary(*CALL, *more)
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err
