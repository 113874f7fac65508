"""Labels that come late: what is known of accuracy, of whom, and under which weight they were served."""

import math
from typing import Any

import pytest

from canarylearn.engine import Check, Interval, Phase, Plan, Release, Step, Within, World, run
from tests.worlds import release, world

DROP = {"kind": "quality-drop", "on": "canary", "rate": "30%"}


def ramp(made: World, *weights: int, each: float = 900) -> list[Interval]:
    """The trace of a release that keeps each weight for so many seconds."""
    held = Release(made)
    for weight in weights:
        held.set_weight(weight)
        held.hold(each)
    return list(held.finish().trace)


@pytest.mark.parametrize(("delay", "wait"), [("5m", 1), ("10m", 2), ("301s", 2), ("1s", 1), ("30m", 6)])
def test_the_accuracy_of_an_interval_is_that_of_whom_it_served_so_long_ago(delay: str, wait: int) -> None:
    known = ramp(world(3, label_delay=delay, faults=[DROP]), 1000, 3000, 5000)
    true = ramp(world(3, faults=[DROP]), 1000, 3000, 5000)
    for index, line in enumerate(known[:9]):
        for arm in ("canary", "baseline"):
            seen = getattr(line, arm)
            if index < wait:
                assert math.isnan(seen.value("accuracy"))
                assert (seen.labelled, seen.wrong) == (0, 0)
            else:
                then = getattr(true[index - wait], arm)
                assert seen.accuracy == then.accuracy
                assert (seen.labelled, seen.wrong) == (then.requests - then.errors, then.wrong)
                assert seen.matured_at == true[index - wait].weight
            for metric in ("requests", "users", "error_rate", "p95"):
                assert seen.value(metric) == getattr(true[index], arm).value(metric)


def test_labels_go_on_coming_when_the_traffic_has_stopped() -> None:
    trace = ramp(world(3, label_delay="10m"), 3000, 0)
    for line in trace[3:5]:
        assert line.canary.requests == 0
        assert 0.8 < line.canary.value("accuracy") < 1
    assert math.isnan(trace[5].canary.value("accuracy"))


def test_labels_of_another_revision_tell_nothing_about_the_one_on_trial() -> None:
    both = Release(world(3, label_delay="10m"))
    both.try_revision("v1")
    both.set_weight(3000)
    both.hold(900)
    both.try_revision("v2")
    both.hold(900)
    trace = both.finish().trace
    assert [math.isnan(line.canary.value("accuracy")) for line in trace[:6]] == [True, True, False, True, True, False]


def test_a_check_on_accuracy_has_no_data_before_labels_come_and_then_fails() -> None:
    check = Check(metric="accuracy", condition=Within(at_least=0.8), consecutive_error_limit=20)
    outcome = release(world(2, label_delay="20m", faults=[DROP]), checks=(check,))
    assert outcome.phase is Phase.ROLLED_BACK
    assert outcome.measures["time_to_notice"] == 1500
    assert release(world(2, faults=[DROP]), checks=(check,)).measures["time_to_notice"] == 300


def test_the_measures_of_the_whole_run_know_every_label() -> None:
    late, at_once = (release(world(2, label_delay=delay, faults=[DROP])) for delay in ("1d", "0"))
    assert late.trace[-1].canary.labelled == 0
    assert late.measures["canary_accuracy"] == pytest.approx(0.9 * 0.7, abs=0.05)
    assert late.measures["baseline_accuracy"] == pytest.approx(0.9, abs=0.02)
    assert at_once.phase is Phase.ROLLED_BACK


def judged(seed: int, *weights: int, **changes: Any) -> Phase:
    """How a release ends that the comparative judge decides, an hour at each weight."""
    steps = tuple(Step(weight=weight, hold=3600) for weight in weights)
    made = world(
        seed,
        window="3h",
        trial="3h",
        traffic={"requests_per_second": 8, "users": 5000},
        label_delay="30m",
        evidence={"margin": "4%"},
        **changes,
    )
    return run(Plan(steps=steps), made).phase


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weights", [(5000, 500), (500, 5000)])
def test_the_judge_counts_late_labels_under_the_weight_of_their_time(seed: int, weights: tuple[int, int]) -> None:
    """When the second hour is harder for both revisions, its answers must not be pooled with those of the first."""
    assert judged(seed, *weights) is not Phase.ROLLED_BACK
    harder = [{**DROP, "on": on, "since": "1h"} for on in ("stable", "canary")]
    assert judged(seed, *weights, faults=harder) is not Phase.ROLLED_BACK
    assert judged(seed, *weights, faults=[DROP]) is Phase.ROLLED_BACK
