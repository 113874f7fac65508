"""Flagger's loop, as a state machine and as it drives a release."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import Check, Decides, Plan, Step, Within, run
from canarylearn.engine.failed_checks import Found, Loop, Ready, Stage, State, tick
from canarylearn.engine.outcome import Outcome, Phase
from tests.worlds import world

LOOP = Loop(weights=(1000, 2000), threshold=2)
BEGUN = tick(LOOP, State(), Found(new_revision=True))
ERRORS = Check(metric="error_rate", condition=Within(at_most=0.05))
PLAN = Plan(
    steps=(Step(weight=1000, hold=300), Step(weight=5000, hold=300)),
    checks=(ERRORS,),
    decides=Decides.FAILED_CHECKS,
    interval=300,
    threshold=3,
)


def after(state: State, *found: Found, loop: Loop = LOOP) -> State:
    for one in found:
        state = tick(loop, state, one)
    return state


def test_nothing_happens_without_a_new_revision() -> None:
    assert tick(LOOP, State(), Found()) == State()


def test_failed_checks_add_up_over_successes_between_them() -> None:
    bad = Found(passed=False)
    state = after(BEGUN, Found(), bad, Found(), bad)
    assert (state.stage, state.failed, state.weight) == (Stage.PROGRESSING, 2, 2000)
    assert after(state, Found()).stage is Stage.FAILED


def test_the_tick_after_the_threshold_rolls_back_although_its_checks_would_pass() -> None:
    state = after(BEGUN, Found(), Found(passed=False), Found(passed=False))
    assert not LOOP.checks(state)
    assert after(state, Found()) == replace(state, stage=Stage.FAILED, weight=0, scaled_down=True)


def test_a_new_revision_in_the_trial_starts_over() -> None:
    assert after(BEGUN, Found(), Found(passed=False), Found(new_revision=True)) == BEGUN


@pytest.mark.parametrize("stage", [Stage.PROGRESSING, Stage.WAITING_PROMOTION])
def test_a_rollback_hook_rolls_back(stage: Stage) -> None:
    state = replace(after(BEGUN, Found()), stage=stage)
    assert after(state, Found(rollback_asked=True)).stage is Stage.FAILED


def test_a_confirmation_that_is_missing_holds_the_loop_and_is_not_counted() -> None:
    waiting = tick(LOOP, State(), Found(new_revision=True, confirm_start=False))
    assert waiting == State(stage=Stage.WAITING)
    state = after(waiting, Found(), Found(), Found(confirm_increase=False), Found())
    assert (state.weight, state.failed) == (2000, 0)
    state = after(state, Found(confirm_promotion=False))
    assert state.stage is Stage.WAITING_PROMOTION
    assert after(state, Found(confirm_increase=False)).stage is Stage.PROMOTING


def test_checks_go_on_while_a_promotion_waits() -> None:
    state = after(BEGUN, Found(), Found(), Found(confirm_promotion=False), Found(passed=False), Found(passed=False))
    assert after(state, Found()).stage is Stage.FAILED


def test_pods_that_are_not_ready_yet_cost_a_tick_and_pods_that_never_are_end_the_run() -> None:
    state = after(BEGUN, Found())
    assert after(state, Found(canary=Ready.NOT_YET)) == after(state, Found(primary=Ready.NOT_YET)) == state
    for found in (Found(canary=Ready.NEVER), Found(primary=Ready.NEVER)):
        assert after(state, found) == replace(state, stage=Stage.FAILED, weight=0, scaled_down=True)


@pytest.mark.parametrize("stage", [Stage.PROMOTING, Stage.FINALISING])
def test_a_primary_that_breaks_in_the_promotion_leaves_everyone_on_the_canary(stage: Stage) -> None:
    state = after(State(stage=stage, weight=5000, scaled_down=False), Found(primary=Ready.NEVER))
    assert state == State(stage=Stage.FAILED, weight=10_000, scaled_down=False)


def test_a_skipped_analysis_promotes_as_soon_as_the_canary_is_ready() -> None:
    loop = Loop(weights=(1000,), skips=True)
    state = after(State(), Found(new_revision=True), Found(canary=Ready.NOT_YET), Found(passed=False), loop=loop)
    assert state.stage is Stage.SUCCEEDED


def test_a_loop_without_an_end_keeps_checking() -> None:
    loop = replace(LOOP, ending=False)
    state = after(BEGUN, *[Found()] * 9, loop=loop)
    assert (state.stage, state.weight) == (Stage.PROGRESSING, 2000)
    assert after(state, *[Found(passed=False)] * 2, Found(), loop=loop).stage is Stage.FAILED


@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=6, unique=True).map(sorted),
    st.integers(1, 4),
    st.lists(st.booleans(), max_size=40),
)
def test_a_run_fails_exactly_when_the_failures_reach_the_threshold_before_its_end(
    weights: list[int], threshold: int, passes: list[bool]
) -> None:
    loop = Loop(weights=tuple(weights), threshold=threshold)
    state = after(BEGUN, *[Found(passed=passed) for passed in passes], loop=loop)
    trial = passes[: next((n for n in range(len(passes)) if passes[:n].count(True) > len(weights)), len(passes))]
    failures = next((n + 1 for n in range(len(trial)) if trial[: n + 1].count(False) == threshold), None)
    assert (state.stage is Stage.FAILED) == (failures is not None and failures < len(passes))
    assert state.failed <= threshold
    assert state.weight in (0, *weights)


def told(outcome: Outcome, kind: str) -> list[str]:
    return [event.text for event in outcome.events if event.kind == kind]


def weights(outcome: Outcome) -> list[int]:
    return [interval.weight for interval in outcome.trace]


def test_a_bad_canary_is_rolled_back_one_tick_after_the_last_failure_that_is_borne() -> None:
    outcome = run(PLAN, world(canary={"errors": "30%"}))
    assert outcome.phase is Phase.ROLLED_BACK
    assert weights(outcome)[:6] == [0, 1000, 1000, 1000, 1000, 0]
    assert len(told(outcome, "note")) == 3
    assert outcome.measures["time_to_notice"] == 5 * 300


def test_a_good_canary_is_promoted_one_tick_after_the_last_step() -> None:
    outcome = run(PLAN, world())
    assert outcome.phase is Phase.PROMOTED
    assert weights(outcome)[:4] == [0, 1000, 5000, 10_000]


def test_a_longer_interval_makes_longer_ticks() -> None:
    outcome = run(replace(PLAN, interval=900), world())
    assert weights(outcome)[:10] == [0] * 3 + [1000] * 3 + [5000] * 3 + [10_000]


def test_a_canary_that_nobody_reaches_fails_for_want_of_data() -> None:
    steps = (Step(weight=0, hold=300), Step(weight=0, hold=300), Step(weight=10_000, hold=300))
    outcome = run(replace(PLAN, steps=steps), world())
    assert outcome.phase is Phase.ROLLED_BACK
    assert "no data" in told(outcome, "note")[0]


@pytest.mark.parametrize(("errors", "phase"), [("30%", Phase.ROLLED_BACK), ("1%", Phase.PROMOTED)])
def test_a_mirrored_canary_is_measured_and_nobody_gets_its_answers(errors: str, phase: Phase) -> None:
    steps = (Step(weight=0, hold=300, mirror=10_000), Step(weight=0, hold=300, mirror=10_000))
    outcome = run(replace(PLAN, steps=steps), world(canary={"errors": errors}))
    assert outcome.phase is phase
    first = outcome.trace[1]
    assert first.canary.requests == first.baseline.requests > 0
    if phase is Phase.ROLLED_BACK:
        assert outcome.measures["users_exposed"] == 0


def test_a_half_mirrored_canary_gets_about_half_of_the_requests() -> None:
    plan = replace(PLAN, steps=(Step(weight=0, hold=300, mirror=5000),))
    first = run(plan, world()).trace[1]
    assert 0.45 < first.canary.requests / first.baseline.requests < 0.55


def test_a_step_that_waits_for_a_person_is_left_when_one_has_come() -> None:
    steps = (Step(weight=1000, hold=None), Step(weight=5000, hold=300))
    outcome = run(replace(PLAN, steps=steps), world(), approve_after=900)
    assert weights(outcome)[:6] == [0, 1000, 1000, 1000, 1000, 5000]
    assert outcome.phase is Phase.PROMOTED
    assert told(outcome, "waiting") == ["step 1 of 2 waits for a person"]


def test_checks_go_on_while_a_step_waits_for_a_person() -> None:
    plan = replace(PLAN, steps=(Step(weight=1000, hold=None),))
    assert run(plan, world(canary={"errors": "30%"})).phase is Phase.ROLLED_BACK
    waiting = run(plan, world())
    assert waiting.phase is Phase.INCONCLUSIVE
    assert set(weights(waiting)[1:]) == {1000}


def test_a_plan_that_waits_before_it_begins_sends_nobody_to_the_canary() -> None:
    plan = replace(PLAN, steps=(Step(weight=0, hold=None), *PLAN.steps))
    assert set(weights(run(plan, world(canary={"errors": "30%"})))) == {0}
    assert run(plan, world(), approve_after=60).phase is Phase.PROMOTED


def test_a_loop_that_the_window_cuts_off_is_inconclusive() -> None:
    plan = replace(PLAN, threshold=99)
    outcome = run(plan, world(canary={"errors": "30%"}))
    assert outcome.phase is Phase.INCONCLUSIVE
    assert told(outcome, "inconclusive") == ["the window ended before the checks had decided"]


def test_copies_are_made_of_a_canary_without_traffic_alone() -> None:
    with pytest.raises(ValueError, match="copies go to a canary without traffic"):
        Step(weight=100, hold=1, mirror=100)
