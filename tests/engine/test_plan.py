"""Plans: steps taken in order."""

import pytest

from canarylearn.engine import BUCKETS, Check, Decides, Phase, Plan, Step, Within, run
from tests.worlds import world

RAMP = (Step(weight=500, hold=600), Step(weight=2500, hold=900), Step(weight=5000, hold=1200))
SLACK = Check(metric="error_rate", condition=Within(at_most=0.5))


def test_steps_are_taken_in_order_and_then_the_canary_is_promoted() -> None:
    outcome = run(Plan(steps=RAMP, checks=(SLACK,), decides=Decides.CHECKS), world(1))
    assert outcome.phase is Phase.PROMOTED
    assert [interval.weight for interval in outcome.trace] == [500] * 2 + [2500] * 3 + [5000] * 4 + [BUCKETS] * 9
    assert outcome.measures["time_to_full"] == 2700
    assert outcome.checks == (SLACK,)


def test_the_judge_decides_unless_a_plan_says_otherwise() -> None:
    outcome = run(Plan(steps=RAMP), world(1, traffic={"requests_per_second": 20}))
    assert outcome.phase is Phase.PROMOTED
    assert outcome.measures["time_to_full"] == 2700


def test_a_plan_ends_at_the_step_that_fails() -> None:
    outcome = run(Plan(steps=RAMP), world(1, canary={"errors": "40%"}))
    assert outcome.phase is Phase.ROLLED_BACK
    assert max(interval.weight for interval in outcome.trace) == 500


def test_a_fault_in_a_later_step_is_noticed_there() -> None:
    faults = [{"kind": "error-burst", "on": "canary", "rate": "30%", "since": "10m"}]
    outcome = run(Plan(steps=RAMP), world(1, faults=faults))
    assert outcome.phase is Phase.ROLLED_BACK
    assert outcome.measures["time_to_notice"] == 900
    assert max(interval.weight for interval in outcome.trace) == 2500


def test_a_plan_longer_than_the_window_ends_with_it() -> None:
    outcome = run(Plan(steps=(Step(weight=100, hold=5400), Step(weight=5000, hold=5400))), world(1))
    assert len(outcome.trace) == 18
    assert outcome.phase is Phase.INCONCLUSIVE


def test_a_plan_has_steps() -> None:
    with pytest.raises(ValueError, match="give it at least one"):
        Plan(steps=())
