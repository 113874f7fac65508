"""Plans written as Argo Rollouts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects.argo_rollouts import render
from canarylearn.dialects.argo_rollouts.conditions import Conditions
from canarylearn.dialects.registry import read_manifest
from canarylearn.engine import Check, Decides, Plan, Routing, Step, Within

CONDITIONS = (
    "result[0] <= 0.05",
    "result[0] >= 0.9 && result[0] < 1",
    "!isNaN(result[0])",
    "asFloat(result[0]) > 1e-3",
)


NAMES = st.text(alphabet="abcxyz-_ .{}$é", min_size=1, max_size=12).filter(str.strip)


@st.composite
def some_checks(draw: st.DrawFn, *, endless: bool, vector: bool = True) -> tuple[Check, ...]:
    """Checks that Argo can say: named apart from each other, with limits that fit their counts."""
    checks = []
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        count = draw(st.integers(0 if endless else 1, 10))
        most = count or 50
        successes = draw(st.integers(0, most))
        failures = draw(st.integers(-1 if successes else 0, most - successes))
        scale = draw(st.sampled_from((1.0, 100.0, 1000.0)))
        timed = count != 1 or draw(st.booleans())
        success, failure = draw(st.sampled_from(("", *CONDITIONS))), draw(st.sampled_from(("", *CONDITIONS)))
        checks.append(
            Check(
                metric=draw(st.sampled_from(("error_rate", "success_rate", "accuracy", "p50", "p95", "p99"))),
                condition=Conditions(success, failure, scale, vector),
                name=name,
                arm=draw(st.sampled_from(("canary", "baseline"))),
                interval=draw(st.sampled_from((1.0, 0.25, 60.0, 5400.0))) if timed else None,
                delay=draw(st.sampled_from((0.0, 30.0, 86400.0))),
                count=count,
                failure_limit=failures,
                inconclusive_limit=draw(st.integers(0, most)),
                consecutive_error_limit=draw(st.integers(0, 9)),
                consecutive_success_limit=successes,
                dry_run=draw(st.booleans()),
            )
        )
    return tuple(checks)


@st.composite
def argo_plans(draw: st.DrawFn) -> Plan:
    """Plans that Argo Rollouts can say."""
    routing = draw(st.sampled_from(tuple(Routing)))
    fine = routing is Routing.PER_REQUEST and draw(st.booleans())
    mirrors = routing is Routing.PER_REQUEST and not fine
    steps = []
    for _ in range(draw(st.integers(1, 4))):
        weight = draw(st.integers(0, 10_000)) if fine else draw(st.sampled_from((0, 0, 100, 3300, 10_000)))
        hold = draw(st.one_of(st.none(), st.integers(0, 2**31 - 1).map(float)))
        mirror = draw(st.sampled_from((0, 100, 3500))) if mirrors and not weight else 0
        steps.append(Step(weight=weight, hold=hold, mirror=mirror, checks=draw(some_checks(endless=False))))
    background = draw(some_checks(endless=True))
    every = [*background, *(check for step in steps for check in step.checks)]
    return Plan(
        steps=tuple(steps),
        checks=background,
        checks_from=draw(st.integers(0, len(steps) + 2)) if background else 0,
        decides=Decides.CHECKS,
        interval=min((check.interval for check in every if check.interval), default=None),
        routing=routing,
        replicas=draw(st.integers(0, 50)),
        max_surge=draw(st.integers(0, 5)),
    )


@given(argo_plans())
@settings(deadline=None)
def test_what_is_written_is_read_as_the_same_plan(plan: Plan) -> None:
    rendering = render(plan)
    dialect, found = read_manifest(rendering.text)
    assert dialect.name == "argo-rollouts"
    assert found.plan == plan
    assert (rendering.lost, found.unmeasured) == ((), ())


def test_copies_are_begun_kept_and_ended() -> None:
    steps = tuple(Step(weight=0, hold=60.0, mirror=mirror) for mirror in (0, 3500, 3500, 100, 0))
    plan = Plan(steps=(*steps, Step(weight=0, hold=1.0)), decides=Decides.CHECKS, routing=Routing.PER_REQUEST)
    text = render(plan).text
    assert text.count("setMirrorRoute") == 3
    assert read_manifest(text)[1].plan == plan


@given(argo_plans(), st.sampled_from((Decides.JUDGE, Decides.NOBODY, Decides.FAILED_CHECKS)), st.data())
@settings(deadline=None, max_examples=50)
def test_a_plan_of_another_kind_is_written_as_something_argo_accepts(
    plan: Plan, decides: Decides, data: st.DataObject
) -> None:
    odd = data.draw(
        st.sampled_from(
            (
                Check(metric="error_rate", condition=Within(at_most=0.1)),
                Check(metric="requests", condition=Within(at_least=1)),
                Check(metric="p95", condition=Within(at_least=0.1, at_most=1e-9 + 0.5), count=2, failure_limit=9),
                Check(metric="p95", condition=Conditions("result < 1", "", 7.0, False), count=3, failure_limit=-1),
                Check(metric="p95", condition=Conditions("result < 1", "", 1.0, False), interval=1e-10),
                Check(metric="p95", condition=Conditions(), consecutive_success_limit=9, count=2, inconclusive_limit=5),
            )
        )
    )
    fields = {name: getattr(plan, name) for name in ("checks_from", "routing", "replicas", "max_surge")}
    steps = (*plan.steps, Step(weight=1234, hold=0.5, checks=(odd, odd)))
    rendering = render(Plan(steps=steps, checks=(*plan.checks, odd), decides=decides, **fields))
    assert rendering.lost
    read_manifest(rendering.text)


@pytest.mark.parametrize(
    ("plan", "lost"),
    [
        (Plan(steps=(Step(weight=1000, hold=60),)), "the comparison with the baseline"),
        (Plan(steps=(Step(weight=1000, hold=60),), decides=Decides.NOBODY), "that nobody decides"),
        (Plan(steps=(Step(weight=1000, hold=60),), decides=Decides.FAILED_CHECKS), "one count of failed checks"),
        (Plan(steps=(Step(weight=1050, hold=60),), decides=Decides.CHECKS), "weights between whole percents"),
        (Plan(steps=(Step(weight=1000, hold=0.5),), decides=Decides.CHECKS), "a hold of 0.5 seconds"),
        (
            Plan(
                steps=(Step(weight=1000, hold=60),),
                checks=(Check(metric="p95", condition=Within(at_most=1), interval=60.0),),
                decides=Decides.CHECKS,
            ),
            "that no requests are no data",
        ),
    ],
)
def test_what_writing_loses_is_said(plan: Plan, lost: str) -> None:
    assert any(sentence.startswith(lost) for sentence in render(plan).lost)
