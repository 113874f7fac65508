"""The controller: what a rollout may do to a release, and how a release ends."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from canarylearn.engine import BUCKETS, Check, Outcome, Phase, Release, ReleaseError, ReleaseOver, State, Within, run
from canarylearn.engine.quantities import NBSP
from tests.worlds import world

BAD: dict[str, Any] = {"canary": {"errors": "20%"}}
NEVER_FAILS = Check(metric="error_rate", condition=Within(at_most=1.0))


class Steps:
    """A rollout made of calls."""

    def __init__(self, *steps: Callable[[Release], object]) -> None:
        self.steps = steps

    def drive(self, release: Release) -> None:
        for step in self.steps:
            step(release)


def test_a_good_canary_is_promoted_at_the_end_of_the_trial() -> None:
    outcome = played(lambda r: r.set_weight(1000), traffic={"requests_per_second": 10})
    assert outcome.phase is Phase.PROMOTED
    assert outcome.measures["time_to_full"] == 3600
    assert outcome.measures["time_to_notice"] == math.inf
    assert [interval.weight for interval in outcome.trace] == [1000] * 12 + [BUCKETS] * 6
    assert kinds(outcome) == ["weight", "promoted"]


def test_a_bad_canary_is_rolled_back_when_it_is_noticed() -> None:
    outcome = played(lambda r: r.set_weight(1000), **BAD)
    noticed = outcome.measures["time_to_notice"]
    assert outcome.phase is Phase.ROLLED_BACK
    assert 300 <= noticed <= 900
    assert outcome.measures["time_at_risk"] == noticed
    assert outcome.measures["time_to_full"] == math.inf
    assert all(interval.weight == 0 for interval in outcome.trace if interval.start >= noticed)
    assert "canary requests failed" in outcome.events[-1].text


def test_without_traffic_on_the_canary_the_end_is_inconclusive() -> None:
    outcome = played(**BAD)
    assert outcome.phase is Phase.INCONCLUSIVE
    assert outcome.events[-1].text == "no decision: no request reached the canary, so there is no evidence"
    assert outcome.measures["time_at_risk"] == 0
    assert len(outcome.trace) == 18


def test_an_undecided_release_keeps_its_weight_until_the_window_ends() -> None:
    outcome = played(lambda r: r.set_weight(10))
    assert outcome.phase is Phase.INCONCLUSIVE
    assert [interval.weight for interval in outcome.trace] == [10] * 18
    assert outcome.measures["time_at_risk"] == 5400
    assert [interval.analysis.state for interval in outcome.trace[12:]] == [State.NONE] * 6


def test_a_hold_without_a_judge_lets_a_bad_canary_stay() -> None:
    release = Release(world(**BAD))
    release.set_weight(1000)
    release.hold(3600)
    assert not release.decided
    assert release._trace[-1].analysis.state is State.FAILED


@pytest.mark.parametrize(("seconds", "intervals"), [(1, 1), (300, 1), (301, 2), (3600, 12), (1e9, 18)])
def test_a_hold_lasts_whole_intervals_within_the_window(seconds: float, intervals: int) -> None:
    release = Release(world())
    release.hold(seconds)
    assert release.now == intervals * 300
    assert release.time_left == 5400 - release.now


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_a_hold_lasts_some_time(seconds: float) -> None:
    with pytest.raises(ReleaseError, match="it has to last some time"):
        Release(world()).hold(seconds)


def test_at_the_end_of_the_window_nothing_more_is_simulated() -> None:
    release = Release(world())
    for _ in range(3):
        release.hold(5400)
    outcome = release.finish()
    assert len(outcome.trace) == 18
    assert outcome.events[-1].text == "the trial ended without a decision"


def test_once_decided_a_release_is_over() -> None:
    release = Release(world())
    release.promote()
    for act in ACTIONS:
        with pytest.raises(ReleaseOver):
            act(release)
    assert kinds(release.finish()) == ["promoted"]


def test_what_a_rollout_does_after_the_decision_is_not_done() -> None:
    outcome = played(lambda r: r.roll_back("enough"), lambda r: r.promote())
    assert outcome.phase is Phase.ROLLED_BACK
    assert [event.text for event in outcome.events] == ["rolled back: enough"]


def test_a_roll_back_by_hand_is_when_harm_was_noticed() -> None:
    outcome = played(lambda r: r.set_weight(1000), lambda r: r.hold(600), lambda r: r.roll_back("users complain"))
    assert outcome.measures["time_to_notice"] == outcome.measures["time_at_risk"] == 600


def test_a_promotion_by_hand_needs_no_evidence() -> None:
    outcome = played(lambda r: r.promote(), **BAD)
    assert outcome.phase is Phase.PROMOTED
    assert outcome.measures["time_to_full"] == 0
    assert {interval.weight for interval in outcome.trace} == {BUCKETS}


@pytest.mark.parametrize("buckets", [-1, BUCKETS + 1])
def test_a_weight_lies_between_none_and_all(buckets: int) -> None:
    with pytest.raises(ReleaseError, match="it goes from 0 to 100"):
        Release(world()).set_weight(buckets)


def test_a_weight_set_again_is_no_event() -> None:
    release = Release(world())
    release.set_weight(1000)
    release.set_weight(1000)
    weights = [event.text for event in release.finish().events if event.kind == "weight"]
    assert weights == [f"v2 gets 10{NBSP}%"]


def test_a_release_starts_at_the_weight_of_the_scenario() -> None:
    assert Release(world(start_weight="100%")).weight == BUCKETS


def test_an_unknown_revision_is_named_with_those_that_exist() -> None:
    with pytest.raises(ReleaseError, match="there is no revision 'v3'; the revisions here are 'v1' and 'v2'"):
        Release(world()).try_revision("v3")
    with pytest.raises(ReleaseError, match="there is no revision 'v3' to remove; v1 and v2 are running"):
        Release(world()).remove("v3")


def test_the_stable_revision_on_trial_tests_nothing_new() -> None:
    outcome = played(lambda r: r.try_revision("v1"), lambda r: r.set_weight(1000), **BAD)
    assert "v1 already serves everyone" in outcome.events[0].text
    assert outcome.measures["users_exposed"] == 0
    assert outcome.measures["canary_requests"] == 0
    assert outcome.measures["requests_judged"] > 0


def test_another_revision_on_trial_later_does_not_hide_whom_the_first_one_met() -> None:
    outcome = played(
        lambda r: r.set_weight(5000), lambda r: r.hold(600), lambda r: r.try_revision("v1"), lambda r: r.hold(600)
    )
    assert outcome.measures["users_exposed_share"] > 0.4
    assert outcome.measures["canary_requests"] > 0.4 * 600 * 4


def test_what_was_seen_of_one_revision_is_no_evidence_about_another() -> None:
    outcome = played(
        lambda r: r.try_revision("v1"),
        lambda r: r.set_weight(5000),
        lambda r: r.hold(3000),
        lambda r: r.try_revision("v2"),
        lambda r: r.judge_for(300),
    )
    assert outcome.phase is Phase.INCONCLUSIVE


def test_removing_the_old_model_leaves_no_way_back() -> None:
    release = Release(world(**BAD))
    release.remove("v1")
    assert release.weight == BUCKETS
    with pytest.raises(ReleaseError, match="there is nothing to roll back to"):
        release.roll_back("too late")
    with pytest.raises(ReleaseError, match="v1 was removed, so v2 has to take all traffic"):
        release.set_weight(1000)
    outcome = release.finish()
    assert outcome.phase is Phase.INCONCLUSIVE
    assert outcome.measures["way_back"] == 0
    assert {interval.weight for interval in outcome.trace} == {BUCKETS}


def test_an_alarm_without_a_way_back_changes_nothing_and_promotes_nothing() -> None:
    strict = Check(metric="error_rate", condition=Within(at_most=0.05))
    outcome = played(lambda r: r.add_check(strict), lambda r: r.remove("v1"), **BAD)
    assert outcome.phase is Phase.INCONCLUSIVE
    assert kinds(outcome).count("alarm") == 12
    assert outcome.measures["time_to_notice"] == 300
    assert outcome.events[-1].text == "no decision: a check failed, and there is no way back"


def test_a_removed_canary_serves_nobody() -> None:
    release = Release(world())
    release.set_weight(1000)
    release.remove("v2")
    assert release.weight == 0
    actions: list[Callable[[Release], object]] = [
        lambda r: r.set_weight(1000),
        lambda r: r.promote(),
        lambda r: r.remove("v2"),
    ]
    for act in actions:
        with pytest.raises(ReleaseError, match="v2 was removed"):
            act(release)
    release.set_weight(0)
    assert release.finish().phase is Phase.INCONCLUSIVE


def test_a_removed_canary_is_not_promoted_by_what_was_seen_before() -> None:
    outcome = played(
        lambda r: r.add_check(NEVER_FAILS),
        lambda r: r.set_weight(1000),
        lambda r: r.hold(3000),
        lambda r: r.remove("v2"),
    )
    assert outcome.phase is Phase.INCONCLUSIVE
    assert outcome.events[-1].text == "no decision: v2 was removed"


def test_a_removed_canary_serves_again_once_it_is_deployed_again() -> None:
    release = Release(world())
    release.remove("v2")
    release.try_revision("v2")
    release.set_weight(1000)
    release.hold(300)
    assert release.metric("canary", "requests") > 0


@pytest.mark.parametrize("names", [("v1", "v2"), ("v2", "v1")])
def test_the_last_revision_cannot_be_removed(names: tuple[str, str]) -> None:
    release = Release(world())
    release.remove(names[0])
    with pytest.raises(ReleaseError, match=f"{names[1]} is the only revision left"):
        release.remove(names[1])


def test_a_restart_changes_no_weight() -> None:
    outcome = played(lambda r: r.restart(), start_weight="100%")
    assert outcome.events[0].text == f"restarted; v2 still gets 100{NBSP}%"
    assert {interval.weight for interval in outcome.trace} == {BUCKETS}


def test_metrics_are_those_of_the_last_interval() -> None:
    release = Release(world())
    assert math.isnan(release.metric("canary", "error_rate"))
    release.set_weight(5000)
    release.hold(600)
    assert release.metric("canary", "requests") == release._trace[-1].canary.requests
    assert release.metric("baseline", "p95") == release._trace[-1].baseline.p95
    for arm, name in (("canary", "speed"), ("stable", "p95")):
        with pytest.raises(ReleaseError, match=f"{arm}.{name} is not measured"):
            release.metric(arm, name)


def test_checks_decide_instead_of_the_judge() -> None:
    lenient = played(lambda r: r.add_check(NEVER_FAILS), lambda r: r.set_weight(1000), **BAD)
    assert lenient.phase is Phase.PROMOTED
    assert lenient.checks == (NEVER_FAILS,)


def test_checks_without_anything_to_measure_promote_nobody() -> None:
    patient = Check(metric="error_rate", condition=Within(at_most=1.0), consecutive_error_limit=100)
    outcome = played(lambda r: r.add_check(patient))
    assert outcome.phase is Phase.INCONCLUSIVE
    assert outcome.events[-1].text == "no decision: a check had nothing to measure"


def test_five_measurements_without_data_roll_back() -> None:
    outcome = played(lambda r: r.add_check(NEVER_FAILS))
    assert outcome.phase is Phase.ROLLED_BACK
    assert outcome.measures["time_to_notice"] == 1500


def test_an_impossible_action_reaches_whoever_drives() -> None:
    with pytest.raises(ReleaseError):
        played(lambda r: r.set_weight(20_000))


ACTIONS: tuple[Callable[[Release], object], ...] = (
    lambda r: r.try_revision("v2"),
    lambda r: r.set_weight(1000),
    lambda r: r.add_check(NEVER_FAILS),
    lambda r: r.hold(300),
    lambda r: r.judge_for(300),
    lambda r: r.promote(),
    lambda r: r.roll_back("no"),
    lambda r: r.restart(),
    lambda r: r.remove("v1"),
)


def played(*steps: Callable[[Release], object], **changes: Any) -> Outcome:
    """The outcome of these steps in a changed plain world."""
    return run(Steps(*steps), world(1, **changes))


def kinds(outcome: Outcome) -> list[str]:
    """The kinds of events, in order."""
    return [event.kind for event in outcome.events]
