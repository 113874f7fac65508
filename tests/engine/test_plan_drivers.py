"""Plans that checks decide, run in a world: steps, pauses, analyses, and what each verdict does to the release."""

from dataclasses import replace
from typing import Any

import pytest

from canarylearn.dialects.argo_rollouts.conditions import Conditions
from canarylearn.engine import Check, Decides, Outcome, Phase, Plan, Routing, Step, Within, run
from tests.worlds import world

FINE = Conditions("result[0] >= 0")
BAD = Conditions("result[0] < 0")
UNDECIDED = Conditions("result[0] < 0", "result[0] < 0")
BROKEN = Conditions("result >= 0")
LATER = 600.0


def check(condition: Conditions, **fields: Any) -> Check:
    """A check every five minutes, which is the interval of the world."""
    return Check(**{"metric": "requests", "condition": condition, "interval": 300.0, **fields})


def plan(*steps: Step, **fields: Any) -> Plan:
    return Plan(**{"steps": steps, "decides": Decides.CHECKS, "routing": Routing.PER_REQUEST, **fields})


def ran(released: Plan, approve_after: float | None = None, **changes: Any) -> Outcome:
    return run(released, world(**changes), approve_after=approve_after)


def weights(outcome: Outcome) -> list[int]:
    return [interval.weight for interval in outcome.trace]


def kinds(outcome: Outcome) -> list[str]:
    return [event.kind for event in outcome.events if event.kind not in ("weight", "note")]


HELD = (Step(weight=1000, hold=LATER), Step(weight=5000, hold=LATER))


def test_a_plan_goes_through_its_weights_and_ends_with_everyone_on_the_new_version() -> None:
    outcome = ran(plan(*HELD))
    assert outcome.phase is Phase.PROMOTED
    assert weights(outcome)[:6] == [1000, 1000, 5000, 5000, 10000, 10000]


def test_a_background_failure_aborts_at_once_in_the_middle_of_a_pause() -> None:
    outcome = ran(plan(Step(weight=1000, hold=3600.0), checks=(check(BAD, failure_limit=1),)))
    assert outcome.phase is Phase.ROLLED_BACK
    assert weights(outcome)[:4] == [1000, 1000, 0, 0]


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_failure_limit_is_borne_that_many_times(limit: int) -> None:
    outcome = ran(plan(Step(weight=1000, hold=3600.0), checks=(check(BAD, failure_limit=limit),)))
    assert weights(outcome).count(1000) == limit + 1
    assert outcome.phase is Phase.ROLLED_BACK


def test_a_background_analysis_begins_at_its_step() -> None:
    outcome = ran(plan(*HELD, checks=(check(BAD),), checks_from=1))
    assert weights(outcome)[:4] == [1000, 1000, 5000, 0]
    never = ran(plan(*HELD, checks=(check(BAD),), checks_from=2))
    assert never.phase is Phase.PROMOTED


def test_a_background_analysis_ends_with_the_plan_as_successful() -> None:
    outcome = ran(plan(*HELD, checks=(check(FINE, count=0), check(BAD, name="late", delay=3600.0))))
    assert outcome.phase is Phase.PROMOTED
    assert any("without a measurement" in event.text for event in outcome.events)


def test_measurements_that_cannot_be_judged_abort_after_the_fifth_in_a_row() -> None:
    outcome = ran(plan(Step(weight=1000, hold=3600.0), checks=(check(BROKEN),)))
    assert outcome.phase is Phase.ROLLED_BACK
    assert weights(outcome).count(1000) == 5
    assert "could not be judged" in outcome.events[-1].text


def test_an_inconclusive_background_pauses_for_a_person_and_does_not_abort() -> None:
    outcome = ran(plan(*HELD, checks=(check(UNDECIDED),)))
    assert outcome.phase is Phase.INCONCLUSIVE
    assert kinds(outcome) == ["waiting"]
    assert set(weights(outcome)) == {1000}


def test_a_person_goes_on_from_an_inconclusive_background_which_begins_anew() -> None:
    outcome = ran(plan(*HELD, checks=(check(UNDECIDED),)), approve_after=300.0)
    # Undecided at 5 minutes, approved at 10; anew from then on, and undecided again at 15 minutes.
    assert kinds(outcome) == ["waiting", "approved", "waiting", "approved", "promoted"]
    assert [event.at for event in outcome.events if event.kind == "waiting"] == [300.0, 900.0]


def test_an_analysis_in_a_step_ends_on_a_bad_sibling_and_gives_all_traffic_back() -> None:
    slow = check(FINE, name="slow", delay=10_000.0, count=1, interval=None)
    bad = check(BAD, name="bad", count=2, failure_limit=1)
    outcome = ran(plan(Step(weight=1000, hold=None, checks=(slow, bad))), approve_after=300.0)
    assert kinds(outcome) == ["waiting", "approved", "rolled_back"]
    assert weights(outcome)[:4] == [1000, 1000, 1000, 0]


def test_an_analysis_that_succeeds_lets_the_next_step_begin() -> None:
    outcome = ran(plan(Step(weight=1000, hold=0.0, checks=(check(FINE, count=2),)), Step(weight=5000, hold=300.0)))
    assert weights(outcome)[:4] == [1000, 1000, 5000, 10000]
    assert outcome.phase is Phase.PROMOTED


def test_an_inconclusive_analysis_in_a_step_waits_and_a_person_skips_it() -> None:
    undecided = plan(Step(weight=1000, hold=0.0, checks=(check(UNDECIDED, count=1),)), Step(weight=5000, hold=300.0))
    assert ran(undecided).phase is Phase.INCONCLUSIVE
    outcome = ran(undecided, approve_after=300.0)
    assert outcome.phase is Phase.PROMOTED
    assert weights(outcome)[:4] == [1000, 1000, 5000, 10000]


def test_a_dry_run_never_aborts() -> None:
    dry = check(BAD, dry_run=True, count=1)
    assert ran(plan(*HELD, checks=(replace(dry, count=0),))).phase is Phase.PROMOTED
    assert ran(plan(Step(weight=1000, hold=300.0, checks=(dry,)))).phase is Phase.PROMOTED


def test_an_endless_pause_waits_and_an_approval_lets_it_go_on() -> None:
    waiting = plan(Step(weight=1000, hold=None), Step(weight=5000, hold=300.0))
    nobody = ran(waiting)
    assert nobody.phase is Phase.INCONCLUSIVE
    assert set(weights(nobody)) == {1000}
    someone = ran(waiting, approve_after=600.0)
    assert weights(someone)[:4] == [1000, 1000, 5000, 10000]
    assert ran(waiting, approve_after=0.0).phase is Phase.PROMOTED


def test_a_person_who_would_come_after_the_window_never_comes() -> None:
    outcome = ran(plan(Step(weight=1000, hold=None)), approve_after=100_000.0)
    assert outcome.phase is Phase.INCONCLUSIVE
    assert kinds(outcome) == ["waiting"]


def test_a_background_failure_aborts_while_a_person_is_waited_for() -> None:
    failing = plan(Step(weight=1000, hold=None), checks=(check(BAD, failure_limit=2),))
    for approve_after in (None, 3600.0):
        outcome = ran(failing, approve_after=approve_after)
        assert outcome.phase is Phase.ROLLED_BACK
        assert "approved" not in kinds(outcome)
        assert weights(outcome).count(1000) == 3


def test_a_background_failure_aborts_during_an_analysis_in_a_step() -> None:
    step = Step(weight=1000, hold=0.0, checks=(check(FINE, count=10),))
    outcome = ran(plan(step, checks=(check(BAD),)))
    assert outcome.phase is Phase.ROLLED_BACK
    assert weights(outcome)[:2] == [1000, 0]


def test_a_plan_that_the_window_cuts_off_is_left_open_and_not_promoted() -> None:
    for step in (Step(weight=1000, hold=7200.0), Step(weight=1000, hold=300.0, checks=(check(FINE, count=99),))):
        outcome = ran(plan(step))
        assert outcome.phase is Phase.INCONCLUSIVE
        assert set(weights(outcome)) == {1000}
    assert ran(plan(Step(weight=1000, hold=5400.0))).phase is Phase.PROMOTED


def test_a_pause_of_a_minute_ends_and_the_next_weight_comes() -> None:
    steps = (Step(weight=1000, hold=60.0), Step(weight=2000, hold=300.0))
    assert weights(ran(plan(*steps), interval="1m"))[:3] == [1000, 2000, 2000]


def test_without_a_router_the_share_is_the_one_of_the_pods() -> None:
    outcome = ran(plan(Step(weight=1000, hold=300.0), routing=Routing.PODS, replicas=3, max_surge=0))
    assert weights(outcome)[0] == 3333
    nobody = ran(plan(Step(weight=1000, hold=300.0), routing=Routing.PODS, replicas=0))
    assert weights(nobody)[0] == 0


def test_a_check_sees_the_arm_it_names() -> None:
    broken = {"errors": "40%"}
    condition = Within(at_most=0.1)
    canary = Check(metric="error_rate", condition=condition, interval=300.0)
    assert ran(plan(*HELD, checks=(canary,)), canary=broken).phase is Phase.ROLLED_BACK
    assert ran(plan(*HELD, checks=(replace(canary, arm="baseline"),)), canary=broken).phase is Phase.PROMOTED


def test_no_requests_make_every_comparison_false() -> None:
    silent = Step(weight=0, hold=LATER)
    upper = Check(metric="error_rate", condition=Conditions("result[0] <= 1"), interval=300.0)
    failing = replace(upper, condition=Conditions("", "result[0] > 1"))
    assert ran(plan(silent, checks=(upper,))).phase is Phase.ROLLED_BACK
    assert ran(plan(silent, checks=(failing,))).phase is Phase.PROMOTED
