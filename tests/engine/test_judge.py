"""The comparative judge: when it may speak, and what it says."""

import math
from collections.abc import Mapping
from typing import Any

import pytest

from canarylearn.engine import ArmMetrics, Judge, State
from canarylearn.engine.judge import EVENTS, _split_is_off
from canarylearn.engine.release import Release
from canarylearn.engine.scenario import Evidence
from canarylearn.engine.statistics import log_e_value
from tests.vectors import cases
from tests.worlds import arm, world

SPLIT = "users did not split as the weight says; the arms cannot be compared"
FAILING = arm(1000, errors=100, users=100)
SOUND = arm(9000, errors=90, users=900)


@pytest.mark.parametrize("case", cases("statistics", "verdicts"))
def test_the_judge_agrees_with_the_case(case: Mapping[str, Any]) -> None:
    counts = [*case["events"], [0, 0], [0, 0]][:3]
    arms = [
        arm(
            requests,
            users=requests,
            **{event: count[side] for event, count in zip(EVENTS, counts, strict=True)},
        )
        for side, requests in enumerate((case["canary_n"], case["baseline_n"]))
    ]
    judge = new_judge(alpha_fail=0.05, margin="0.5%", min_canary=case["min_canary_n"])
    looked = judge.observe(round(case["canary_share"] * 10_000), *arms)
    if case["verdict"] == "FAIL":
        assert looked.state is State.FAILED
    else:
        assert (looked.state, judge.conclude().reason) == (State.RUNNING, SPLIT)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("look", [1, 4, 9])
def test_fail_is_said_at_the_look_that_shows_it(event: str, look: int) -> None:
    judge = new_judge()
    calm, harmed = arm(1000, users=100, **{event: 10}), arm(1000, users=100, **{event: 100})
    many = arm(9000, users=900, **{event: 90})
    states = [judge.observe(1000, harmed if n == look else calm, many).state for n in range(1, look + 1)]
    assert states == [State.RUNNING] * (look - 1) + [State.FAILED]


def test_the_reason_names_the_event_and_both_rates() -> None:
    analysis = new_judge().observe(1000, arm(1000, wrong=200), arm(9000, wrong=900))
    said = analysis.reason.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "20 % of canary requests were predicted wrong, and 10 % of baseline requests"
    assert analysis.numbers["log_e"] > analysis.numbers["threshold"] == pytest.approx(math.log(3 / 0.01))


def test_pass_is_said_at_the_end_alone() -> None:
    judge = new_judge()
    for _ in range(20):
        assert judge.observe(1000, arm(1000, errors=10, users=100), SOUND).state is State.RUNNING
    assert judge.conclude().state is State.SUCCESSFUL


def test_one_event_worse_than_the_margin_is_enough_to_withhold_a_pass() -> None:
    judge = new_judge()
    judge.observe(1000, arm(1000, wrong=115), arm(9000, wrong=900))
    assert judge.conclude().state is State.INCONCLUSIVE
    assert "were predicted wrong" in judge.conclude().reason


@pytest.mark.parametrize(
    ("canary", "baseline", "reason"),
    [
        (arm(0), arm(9000), "no request reached the canary, so there is no evidence"),
        (arm(9000), arm(0), "no request reached the baseline, so there is nothing to compare the canary with"),
        (arm(499), arm(4500), "499 requests reached the canary; a decision needs 500"),
    ],
)
def test_without_evidence_the_judge_decides_nothing(canary: ArmMetrics, baseline: ArmMetrics, reason: str) -> None:
    judge = new_judge()
    assert judge.observe(1000, canary, baseline).state is State.RUNNING
    assert (judge.conclude().state, judge.conclude().reason) == (State.INCONCLUSIVE, reason)


def test_a_judge_who_saw_nothing_decides_nothing() -> None:
    assert new_judge().conclude().state is State.INCONCLUSIVE


def test_a_few_requests_are_too_close_to_call() -> None:
    judge = new_judge(margin="0.5%", min_canary=1)
    judge.observe(1000, arm(500, errors=5), arm(4500, errors=45))
    assert judge.conclude().state is State.INCONCLUSIVE
    assert judge.conclude().reason.replace("\N{NO-BREAK SPACE}", " ").endswith("too close to call within 0.50 %")


def test_a_broken_split_blocks_a_pass_and_not_a_fail() -> None:
    judge = new_judge()
    assert judge.observe(1000, arm(5000, errors=50, users=700), arm(45_000, errors=450, users=9300)).state is (
        State.RUNNING
    )
    assert judge.conclude().reason == SPLIT
    harmed = new_judge().observe(1000, arm(5000, errors=500, users=700), arm(45_000, errors=450, users=9300))
    assert harmed.state is State.FAILED


@pytest.mark.parametrize("users", [(90, 900), (1000, 9000), (960, 9040)])
def test_an_honest_split_is_no_obstacle(users: tuple[int, int]) -> None:
    judge = new_judge()
    judge.observe(1000, arm(5000, errors=50, users=users[0]), arm(45_000, errors=450, users=users[1]))
    assert judge.conclude().state is State.SUCCESSFUL


@pytest.mark.parametrize("activity", ["even", "uneven"])
def test_users_who_come_back_are_no_broken_split(activity: str) -> None:
    """Counted again in each interval, the few users of a small service looked like strong evidence."""
    broken = 0
    for seed in range(60):
        made = world(seed, salt=f"salt-{seed}", traffic={"requests_per_second": 5, "activity": activity})
        release = Release(made)
        release.set_weight(1000)
        release.hold(3600)
        stage = release._judge._stage
        assert stage is not None
        assert 900 <= sum(stage.users) <= 1000
        broken += _split_is_off(stage)
    assert broken == 0


def test_stages_are_multiplied_and_never_pooled() -> None:
    judge = new_judge()
    stages = [(500, 2, 950, 98), (1000, 9, 900, 95), (2500, 30, 750, 88)]
    total = 0.0
    for weight, canary, requests, baseline in stages:
        analysis = judge.observe(weight, arm(1000 - requests, errors=canary), arm(requests, errors=baseline))
        total += log_e_value(canary_events=canary, baseline_events=baseline, canary_share=weight / 10_000)
        assert analysis.numbers["log_e"] >= total - 1e-9
        assert judge._log_e("errors") == pytest.approx(total)


def test_a_weight_that_comes_back_begins_a_stage_of_its_own() -> None:
    judge = new_judge()
    single = log_e_value(canary_events=20, baseline_events=90, canary_share=0.1)
    for weight in (1000, 2000, 1000):
        share = weight // 10
        judge.observe(weight, arm(share * 10, errors=20), arm(10_000 - share * 10, errors=90))
    at_twenty = log_e_value(canary_events=20, baseline_events=90, canary_share=0.2)
    assert judge._log_e("errors") == pytest.approx(2 * single + at_twenty)


def test_a_stage_without_a_control_adds_nothing() -> None:
    judge = new_judge()
    judge.observe(1000, arm(1000, errors=15), SOUND)
    before = judge._log_e("errors")
    judge.observe(10_000, arm(10_000, errors=900), arm(0))
    judge.observe(1000, arm(1000, errors=10), SOUND)
    fresh = log_e_value(canary_events=10, baseline_events=90, canary_share=0.1)
    assert judge._log_e("errors") == pytest.approx(before + fresh)


def test_the_pass_rests_on_the_last_stage() -> None:
    judge = new_judge()
    judge.observe(500, arm(5000, errors=50), arm(95_000, errors=950))
    judge.observe(1000, arm(100, errors=1), arm(900, errors=9))
    assert judge.conclude().state is State.INCONCLUSIVE
    assert judge.conclude().reason.startswith("100 requests reached the canary")


def test_stricter_settings_fail_later() -> None:
    canary = arm(1000, errors=25)
    loose, strict = new_judge(alpha_fail=0.1), new_judge(alpha_fail=0.0001)
    assert loose.observe(1000, canary, SOUND).state is State.FAILED
    assert strict.observe(1000, canary, SOUND).state is State.RUNNING


def new_judge(**evidence: Any) -> Judge:
    """A judge under these settings."""
    return Judge(Evidence.model_validate(evidence))
