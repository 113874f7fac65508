"""What is run in the process apart, looked at without it."""

import json

from canarylearn.engine import Plan, Scenario, Step
from canarylearn.engine.fitting import fit
from canarylearn.lab.running import FORM, MOST_ROWS, Job, Told, Writing, carry_out
from canarylearn.lab.scenarios import offered
from canarylearn.lab.services import AS_SENT
from tests.lab.visiting import FAILS

BUCKETS = 1000


def scenario() -> Scenario:
    return offered()[FAILS].scenario


def writing(*, hold: float, interval: float | None = None) -> Writing:
    """A plan of one step."""
    return Writing(way=FORM, plan=Plan(steps=(Step(weight=BUCKETS, hold=hold),), interval=interval))


def told(*writings: Writing) -> list[Told]:
    """What is told of these plans, once it has been through JSON as it will be."""
    found = carry_out(Job(scenario=scenario(), seed=0, writings=writings))
    return AS_SENT.validate_json(json.dumps(found))


def test_plans_that_only_fit_alone_are_run_alone() -> None:
    """Each has room for 138 hours of traffic; the shortest time that both rhythms divide would be too long."""
    first, other = writing(hold=399_600, interval=420), writing(hold=600, interval=660)
    assert first.plan is not None
    alone = fit(scenario(), first.plan)
    assert alone.window == 499_800
    found = told(first, other)
    assert [one.too_large for one in found] == ["", ""]
    assert found[0].lasted != found[1].lasted


def test_one_plan_that_is_too_large_does_not_stop_the_other() -> None:
    large, small = told(writing(hold=10**7), writing(hold=600))
    assert "a run may have 5,000,000" in large.too_large
    assert large.word == ""
    assert small.word


def test_the_table_of_a_long_run_stays_readable_and_keeps_every_event() -> None:
    (one,) = told(writing(hold=40 * 3600, interval=120))
    assert one.chart is not None
    rows = one.chart.rows
    assert 100 < len(rows) <= MOST_ROWS + 10
    assert any("rolled back" in row.event for row in rows)
