"""The comparative judge: when it may speak, and what it says."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from canarylearn.engine import Analysis, ArmMetrics, Judge, Phase, State
from canarylearn.engine.evidence import EVENTS, Evidence
from canarylearn.engine.judge import Judged, Judgement
from canarylearn.engine.release import Release
from canarylearn.engine.statistics import log_e_value
from tests.statistics_cases import params
from tests.worlds import arm, release, world

SPLIT = "users did not split as the weight says; the arms cannot be compared"
FAILING = arm(1000, errors=100, users=100)
SOUND = arm(9000, errors=90, users=900)


VERDICTS = {
    "PASS": "pass",
    "FAIL": "fail",
    "INVALID_SRM": "invalid",
    "INCONCLUSIVE": "inconclusive",
    "NODATA": "nodata",
}


@pytest.mark.parametrize("case", params("recommended_judge"))
def test_the_judge_agrees_with_the_case(case: Mapping[str, Any]) -> None:
    given = case["input"]
    sides = ("canary", "baseline")
    counts = [[metric[side] for side in sides] for metric in given["metrics"]]
    arms = [
        arm(
            given[f"{side}_n"],
            users=given[f"{side}_n"],
            **{event: count[number] for event, count in zip(EVENTS, counts, strict=False)},
        )
        for number, side in enumerate(sides)
    ]
    judge = new_judge(
        alpha_fail=given["alpha"],
        alpha_pass=given["alpha_pass"],
        margin=f"{given['metrics'][0]['margin_abs'] * 100:g}%" if given["metrics"] else "1%",
        min_canary=given["min_canary_n"],
        critical=EVENTS[: max(1, len(counts))],
    )
    said = judge.observe(round(given["canary_share"] * 10_000), *arms)
    if said.judgement is not Judgement.FAIL and given["final_look"]:
        said = judge.conclude()
    expected = VERDICTS.get(case["expected"]["verdict"], case["expected"]["verdict"].lower())
    # Between looks their judge says INCONCLUSIVE as well, where ours goes on looking.
    undecided = Judgement.UNDECIDED if expected == "inconclusive" and not given["final_look"] else expected
    assert said.judgement in (expected, undecided)


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
        under_way = Release(made)
        under_way.set_weight(1000)
        under_way.hold(3600)
        judge = under_way._lookout._judge
        assert 900 <= sum(judge._users) <= 1000
        broken += judge.conclude().judgement is Judgement.INVALID
    assert broken == 0


def test_stages_are_multiplied_and_never_pooled() -> None:
    judge = new_judge()
    stages = [(500, 2, 950, 98), (1000, 9, 900, 95), (2500, 30, 750, 88)]
    total = 0.0
    for weight, canary, requests, baseline in stages:
        analysis = judge.observe(weight, arm(1000 - requests, errors=canary), arm(requests, errors=baseline))
        total += log_e_value(canary_events=canary, baseline_events=baseline, canary_share=weight / 10_000)
        assert analysis.numbers["log_e"] >= total - 1e-9
        assert judge._tallies["errors"].log_e == pytest.approx(total)


def test_a_weight_that_comes_back_begins_a_stage_of_its_own() -> None:
    judge = new_judge()
    single = log_e_value(canary_events=20, baseline_events=90, canary_share=0.1)
    for weight in (1000, 2000, 1000):
        share = weight // 10
        judge.observe(weight, arm(share * 10, errors=20), arm(10_000 - share * 10, errors=90))
    at_twenty = log_e_value(canary_events=20, baseline_events=90, canary_share=0.2)
    assert judge._tallies["errors"].log_e == pytest.approx(2 * single + at_twenty)


def test_a_stage_without_a_control_adds_nothing() -> None:
    judge = new_judge()
    judge.observe(1000, arm(1000, errors=15), SOUND)
    before = judge._tallies["errors"].log_e
    judge.observe(10_000, arm(10_000, errors=900), arm(0))
    judge.observe(1000, arm(1000, errors=10), SOUND)
    fresh = log_e_value(canary_events=10, baseline_events=90, canary_share=0.1)
    assert judge._tallies["errors"].log_e == pytest.approx(before + fresh)


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


def test_a_canary_may_be_worse_by_the_allowed_ratio() -> None:
    canary = arm(1000, errors=30)
    assert new_judge().observe(1000, canary, SOUND).state is State.FAILED
    allowed = new_judge(allowed_ratio=2.5)
    assert allowed.observe(1000, canary, SOUND).state is State.RUNNING
    assert allowed.observe(1000, arm(1000, errors=100), SOUND).state is State.FAILED


def test_alpha_is_shared_by_the_critical_events_alone() -> None:
    for critical, share in ((("errors",), 1), (("errors", "slow"), 2), (EVENTS, 3)):
        analysis = new_judge(critical=critical).observe(1000, arm(1000, errors=10), SOUND)
        assert analysis.numbers["threshold"] == pytest.approx(math.log(share / 0.01))


def test_a_signal_never_fails_a_canary_and_withholds_its_pass() -> None:
    judge = new_judge(critical=("errors",))
    assert judge.observe(1000, arm(1000, errors=8, wrong=300), arm(9000, errors=90, wrong=900)).state is State.RUNNING
    said = judge.conclude()
    assert (said.judgement, said.state) == (Judgement.INCONCLUSIVE, State.INCONCLUSIVE)
    assert "a signal for a person" in said.reason
    assert said.numbers["log_e"] > math.log(1 / 0.01)
    quiet = new_judge(critical=("errors",))
    quiet.observe(1000, arm(1000, errors=5, wrong=100), arm(9000, errors=90, wrong=900))
    assert quiet.conclude().judgement is Judgement.PASS


def test_an_interval_without_metrics_counts_for_neither_arm() -> None:
    judge = new_judge()
    judge.observe(1000, arm(1000, errors=5), SOUND)
    said = judge.observe(1000, arm(1000, errors=900, missing=True), SOUND)
    assert (said.state, said.judgement) == (State.RUNNING, Judgement.NODATA)
    assert judge._tallies["errors"].units == [1000, 9000]


@pytest.mark.parametrize(("missing", "judgement"), [(0, Judgement.PASS), (1, Judgement.PASS), (3, Judgement.NODATA)])
def test_half_of_the_intervals_without_metrics_are_no_data(missing: int, judgement: Judgement) -> None:
    judge = new_judge()
    for _ in range(3):
        judge.observe(1000, arm(1000, errors=5), SOUND)
    for _ in range(missing):
        judge.observe(1000, arm(1000, errors=5, missing=True), SOUND)
    said = judge.conclude()
    assert said.judgement is judgement
    if judgement is Judgement.NODATA:
        assert said.reason == "the metrics of 3 of 6 intervals are missing"


def test_a_canary_of_which_nothing_was_measured_never_passes() -> None:
    judge = new_judge(inconclusive="promote")
    judge.observe(1000, arm(1000, missing=True), SOUND)
    said = judge.conclude()
    assert (said.judgement, judge.policy(said)) == (Judgement.NODATA, "hold")


def test_labels_count_at_the_weight_they_were_served_at() -> None:
    judge = new_judge()
    late: dict[str, Any] = {"matured": 0, "matured_at": None}
    judge.observe(500, arm(500, **late), arm(9500, **late))
    served_then: list[dict[str, Any]] = [{"matured": n, "matured_at": 500} for n in (500, 9500)]
    judge.observe(1000, arm(1000, wrong=50, **served_then[0]), arm(9000, wrong=950, **served_then[1]))
    wrong = judge._tallies["wrong"]
    assert (wrong.weight, wrong.events, wrong.units) == (500, [50, 950], [500, 9500])
    assert judge._tallies["errors"].weight == 1000


def test_no_pass_before_enough_labels_have_come_in() -> None:
    judge = new_judge()
    for number in range(4):
        known: dict[str, Any] = {"matured_at": None if number < 3 else 1000}
        judge.observe(
            1000,
            arm(1000, errors=5, matured=0 if number < 3 else 1000, **known),
            arm(9000, errors=90, matured=0 if number < 3 else 9000, **known),
        )
        said = judge.conclude()
        if number < 3:
            assert said.judgement is Judgement.INCONCLUSIVE
            assert said.reason == "0 labels of the canary's predictions have come in; a decision needs 500"
    assert said.judgement is Judgement.PASS


GUARD = {"objective": "99%", "burn_rate": 10, "long_window": "1h", "short_window": "5m", "min_events": 20}


def test_the_guard_fails_a_canary_however_the_baseline_fares() -> None:
    judge = new_judge(guard=GUARD)
    said = judge.observe(1000, arm(1000, errors=150), arm(9000, errors=1350))
    assert said.judgement is Judgement.FAIL
    text = said.reason.replace("\N{NO-BREAK SPACE}", " ")
    assert text == (
        "15 % of canary requests failed, and 15 % of baseline requests: 15.0 times as fast as its budget allows"
    )
    assert said.numbers == pytest.approx({"burn_long": 15, "burn_short": 15, "events": 150, "threshold": 10})


def test_the_guard_needs_both_windows_and_enough_events() -> None:
    calm, bad = (arm(100, errors=0), arm(900)), (arm(100, errors=15), arm(900, errors=135))
    judge = new_judge(guard=GUARD)
    assert judge.observe(1000, *bad).state is State.RUNNING  # 15 failures are too few
    assert judge.observe(1000, *bad).state is State.FAILED
    judge = new_judge(guard=GUARD)
    states = [judge.observe(1000, *(calm if n < 8 else bad)).state for n in range(12)]
    assert states == [State.RUNNING] * 12  # the last hour fails 5 % of requests, and only the last minutes 15 %
    judge = new_judge(guard={**GUARD, "min_events": 50})
    assert [judge.observe(1000, *(bad if n < 4 else calm)).state for n in range(5)][-1] is State.RUNNING


def test_the_windows_of_the_guard_are_counted_in_intervals() -> None:
    evidence = Evidence.model_validate({"guard": GUARD})
    for interval, long, short in ((300, 12, 1), (60, 60, 5), (1800, 2, 1)):
        watchman = Judge(evidence, interval)._guard
        assert watchman is not None
        assert (watchman._seen.maxlen, watchman._short) == (long, short)


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        ({**GUARD, "short_window": "2h"}, "longer than long_window"),
        ({**GUARD, "objective": "90%", "burn_rate": 14.4}, "not even an outage"),
        ({**GUARD, "objective": "100%"}, "less than 1"),
    ],
)
def test_a_guard_that_could_never_fire_is_refused(guard: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Evidence.model_validate({"guard": guard})


def test_an_event_is_critical_once() -> None:
    with pytest.raises(ValidationError, match="named twice"):
        Evidence.model_validate({"critical": ["errors", "errors"]})


POLICIES = ("hold", "extend", "promote", "roll_back")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_never_passes_what_was_never_judged(policy: str) -> None:
    judge = new_judge(inconclusive=policy)
    held: dict[Judgement, str] = {}
    for judgement in Judgement:
        said = Judged(state=State.INCONCLUSIVE, judgement=judgement, reason="")
        held[judgement] = judge.policy(said)
    assert held[Judgement.INCONCLUSIVE] == policy
    assert held[Judgement.NODATA] == (policy if policy != "promote" else "hold")
    assert held[Judgement.INVALID] == (policy if policy == "roll_back" else "hold")
    assert judge.policy(Analysis(state=State.INCONCLUSIVE)) == "hold"


@pytest.mark.parametrize(
    ("policy", "phase", "weight"),
    [
        ("hold", Phase.INCONCLUSIVE, 100),
        ("extend", Phase.INCONCLUSIVE, 100),
        ("promote", Phase.PROMOTED, 10_000),
        ("roll_back", Phase.ROLLED_BACK, 0),
    ],
)
def test_a_release_without_a_verdict_ends_as_its_policy_says(policy: str, phase: Phase, weight: int) -> None:
    made = world(traffic={"requests_per_second": 1}, evidence={"inconclusive": policy})
    outcome = release(made, weight=100)
    assert outcome.phase is phase
    assert outcome.trace[-1].weight == weight


def test_a_release_is_extended_once_and_judged_at_half_of_alpha_each_time() -> None:
    settings: dict[str, Any] = {"traffic": {"requests_per_second": 2}, "window": "3h", "evidence": {"min_canary": 1000}}
    short = release(world(**settings), weight=1000)
    assert short.phase is Phase.INCONCLUSIVE
    longer = release(world(**{**settings, "evidence": {"min_canary": 1000, "inconclusive": "extend"}}), weight=1000)
    assert longer.phase is Phase.PROMOTED
    assert [event.text for event in longer.events if event.text.startswith("extended once")]
    assert longer.measures["time_to_full"] == 7200
    judge = new_judge(inconclusive="extend", alpha_pass=0.04)
    judge.observe(1000, arm(1000, errors=10), SOUND)
    assert judge.conclude().numbers["alpha"] == pytest.approx(0.02)


def new_judge(**evidence: Any) -> Judge:
    """A judge under these settings."""
    return Judge(Evidence.model_validate(evidence))
