"""Power of a rollout: effects that are read and applied, trials that are counted, traffic in closed form."""

import math

import pytest

from canarylearn.engine import Check, Decides, Phase, Plan, Step, Within
from canarylearn.engine.power import (
    Effect,
    Trial,
    chances,
    equal_canary,
    parse_effects,
    traffic_of_steps,
    try_seeds,
)
from canarylearn.engine.sizes import size_for_rates
from tests.worlds import scenario

BURST = {"kind": "error-burst", "on": "canary", "rate": "50%", "since": "1m"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("error_rate=1%..5%", [0.01, 0.02, 0.03, 0.04, 0.05]),
        ("error_rate=2%", [0.02]),
        ("p95=800ms,400ms", [0.4, 0.8]),
        ("p50=1s", [1.0]),
        ("accuracy=70%..90%", [0.9, 0.85, 0.8, 0.75, 0.7]),
    ],
)
def test_effects_are_read_with_the_worst_last(text: str, values: list[float]) -> None:
    effects = parse_effects(text)
    assert [effect.value for effect in effects] == pytest.approx(values)
    assert {effect.metric for effect in effects} == {text.partition("=")[0]}


NO_EFFECTS = """error_rate|errors=1%|error_rate=|error_rate=5%..1%|error_rate=1|p95=5%|accuracy=0%|error_rate=1%..
error_rate=nan|p95=0s|error_rate=-1%|p95=400|=5%""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", ["", "error_rate=" + ",".join(["1%"] * 21), *NO_EFFECTS])
def test_what_is_no_effect_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|name|lasts|goes down"):
        parse_effects(text)


def test_an_effect_changes_one_thing_of_a_canary_that_is_else_like_the_stable_revision() -> None:
    given = scenario(canary={"errors": "30%", "p50": "1s", "p95": "2s", "accuracy": "20%"}, faults=[BURST])
    equal = equal_canary(given)
    assert equal.canary == given.stable.model_copy(update={"name": "v2"})
    assert equal.faults == ()
    worse = Effect(metric="error_rate", value=0.07).on(given)
    assert worse.canary == equal.canary.model_copy(update={"errors": 0.07})
    slower = Effect(metric="p95", value=0.6).on(given).canary
    assert (slower.p50, slower.p95) == pytest.approx((0.24, 0.6))
    assert Effect(metric="accuracy", value=0.5).on(given).canary.accuracy == 0.5


def test_an_outage_of_both_revisions_stays() -> None:
    outage = {"kind": "outage", "rate": "50%", "since": "10m", "until": "20m"}
    assert [fault.kind for fault in equal_canary(scenario(faults=[BURST, outage])).faults] == ["outage"]


def test_trials_are_counted_with_the_users_who_came_before_the_alarm() -> None:
    noticed = [Trial(phase=Phase.ROLLED_BACK, noticed=60.0 * n, full=math.inf, exposed=10 * n) for n in range(1, 9)]
    promoted = [Trial(phase=Phase.PROMOTED, noticed=math.inf, full=3600.0, exposed=1000)] * 2
    said = chances([*noticed, *promoted])
    assert (said.runs, said.noticed, said.promoted) == (10, 0.8, 0.2)
    assert (said.users, said.users_90, said.time_to_notice, said.time_to_full) == (40, 80, 240, 3600)
    assert said.noticed_span.low < 0.8 < said.noticed_span.high
    nothing = chances(promoted)
    assert math.isnan(nothing.users)
    assert nothing.noticed_span.low == 0


def test_power_rises_with_the_harm_and_equal_canaries_are_rarely_stopped() -> None:
    plan = Plan(steps=(Step(weight=1000, hold=3600),))
    given = scenario(traffic={"requests_per_second": 4})
    cases = [equal_canary(given), *(effect.on(given) for effect in parse_effects("error_rate=3%,10%"))]
    equal, small, large = (chances(trials).noticed for trials in try_seeds(plan, cases, range(60)))
    assert equal <= 0.05
    assert equal < small < large
    assert large == 1


def test_time_to_notice_is_the_first_look_of_a_check_that_fails() -> None:
    check = Check(metric="error_rate", condition=Within(at_most=0.5), interval=600)
    plan = Plan(steps=(Step(weight=5000, hold=3600),), checks=(check,), decides=Decides.CHECKS)
    broken = Effect(metric="error_rate", value=1.0).on(scenario())
    for trial in try_seeds(plan, [broken], range(5))[0]:
        assert trial.noticed == 600 or trial.noticed == 300
        assert trial.phase is Phase.ROLLED_BACK


def test_the_traffic_of_a_step_is_rate_times_share_times_time() -> None:
    plan = Plan(steps=(Step(weight=500, hold=600), Step(weight=5000, hold=3600), Step(weight=10_000, hold=0)))
    effects = parse_effects("error_rate=2%,5%")
    steps = traffic_of_steps(plan, scenario(traffic={"requests_per_second": 10}), effects)
    assert [step.expected for step in steps] == pytest.approx([300, 18_000, 0])
    assert [step.counted for step in steps] == [True, True, False]
    for step, ratio in zip(steps, (19, 1), strict=False):
        assert step.needed == pytest.approx(size_for_rates(0.01, 0.05, side="larger", ratio=ratio))
    assert [step.tells for step in steps] == [effects[1], effects[0], None]
    quiet = traffic_of_steps(plan, scenario(traffic={"requests_per_second": 1}), effects)
    assert [step.too_small for step in quiet] == [True, False, False]


def test_slower_requests_are_told_by_the_stable_p95() -> None:
    plan = Plan(steps=(Step(weight=5000, hold=3600),))
    (step,) = traffic_of_steps(plan, scenario(), parse_effects("p95=300ms,400ms"))
    assert step.tells is not None
    equal = traffic_of_steps(plan, scenario(), parse_effects("p95=300ms"))[0]
    assert math.isinf(equal.needed)
    assert equal.too_small
