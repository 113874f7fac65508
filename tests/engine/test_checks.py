"""Threshold checks, counted as Argo Rollouts counts measurements."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import METRICS, Analysis, ArmMetrics, Check, Interval, State, Within
from canarylearn.engine.watch import AnalysisRun
from tests.worlds import arm, release, world

GOOD, BAD, NOTHING = arm(100, errors=1), arm(100, errors=9), arm(0)
MEASUREMENTS = {"g": GOOD, "b": BAD, "n": NOTHING}


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ("g", State.RUNNING),
        ("gggggggg", State.RUNNING),
        ("b", State.FAILED),
        ("gggb", State.FAILED),
        ("n", State.RUNNING),
        ("nnnn", State.RUNNING),
        ("nnnnn", State.ERROR),
        ("nnnngnnnn", State.RUNNING),
        ("nnnngnnnnn", State.ERROR),
    ],
)
def test_by_default_one_failure_and_five_errors_in_a_row_are_too_many(seen: str, state: State) -> None:
    assert counted(seen).state is state


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_the_failure_after_the_limit_fails(limit: int) -> None:
    assert counted("b" * limit + "g", failure_limit=limit).state is State.RUNNING
    assert counted("b" * (limit + 1), failure_limit=limit).state is State.FAILED


def test_failures_add_up_though_good_measurements_lie_between() -> None:
    assert counted("bgggbgggg", failure_limit=2).state is State.RUNNING
    assert counted("bgggbggggb", failure_limit=2).state is State.FAILED


@pytest.mark.parametrize("limit", [0, 1, 4])
def test_the_error_after_the_limit_errs(limit: int) -> None:
    assert counted("g" + "n" * limit, consecutive_error_limit=limit).state is State.RUNNING
    assert counted("n" * (limit + 1), consecutive_error_limit=limit).state is State.ERROR


def test_a_failed_measurement_ends_a_row_of_errors() -> None:
    assert counted("nnnnbnnnn", failure_limit=1).state is State.RUNNING


@given(st.text("gbn", min_size=1, max_size=40), st.integers(0, 5), st.integers(0, 5))
def test_counting_agrees_with_the_rule_in_words(seen: str, failures: int, errors: int) -> None:
    """The first limit that is passed decides for good: too many failures so far, or too many errors in a row."""
    reached = State.RUNNING
    for end in range(1, len(seen) + 1):
        so_far = seen[:end]
        if len(so_far) - len(so_far.rstrip("n")) > errors:
            reached = State.ERROR
        elif so_far.count("b") > failures:
            reached = State.FAILED
        if reached is not State.RUNNING:
            break
    assert counted(seen, failure_limit=failures, consecutive_error_limit=errors).state is reached


@pytest.mark.parametrize("metric", ["error_rate", "p50", "p95", "p99", "accuracy"])
@pytest.mark.parametrize("limits", [{"at_most": 0.0}, {"at_least": 1e9}, {"at_most": 1e9}])
def test_no_data_is_an_error_and_never_a_pass(metric: str, limits: dict[str, Any]) -> None:
    assert Check(metric=metric, condition=Within(**limits)).measure(NOTHING) is State.ERROR


@pytest.mark.parametrize(
    ("limits", "value", "state"),
    [
        ({"at_most": 0.05}, 0.05, State.SUCCESSFUL),
        ({"at_most": 0.05}, 0.06, State.FAILED),
        ({"at_least": 0.05}, 0.05, State.SUCCESSFUL),
        ({"at_least": 0.05}, 0.04, State.FAILED),
        ({"at_least": 0.02, "at_most": 0.05}, 0.03, State.SUCCESSFUL),
        ({"at_least": 0.02, "at_most": 0.05}, 0.01, State.FAILED),
        ({"at_least": 0.02, "at_most": 0.05}, 0.09, State.FAILED),
    ],
)
def test_a_measurement_at_the_limit_is_still_good(limits: dict[str, Any], value: float, state: State) -> None:
    assert Check(metric="error_rate", condition=Within(**limits)).measure(arm(100, errors=round(value * 100))) is state


def test_a_check_needs_a_limit_and_a_metric_that_exists() -> None:
    with pytest.raises(ValueError, match="can never fail; give at_least or at_most"):
        Within()
    with pytest.raises(ValueError, match="the lower one first"):
        Within(at_least=2, at_most=1)
    with pytest.raises(ValueError, match="there is no metric 'speed'; choose one of requests, users"):
        Check(metric="speed", condition=Within(at_most=1))


def test_the_limit_that_is_drawn_is_the_upper_one() -> None:
    assert Within(at_least=1, at_most=2).limit == 2
    assert Within(at_least=0.8).limit == 0.8


@pytest.mark.parametrize(
    ("metric", "seen", "limits", "reason"),
    [
        ("error_rate", BAD, {"at_most": 0.05}, "canary error_rate was 9 %; the limit is 5 %"),
        ("p95", arm(10, p95=0.81), {"at_most": 0.5}, "canary p95 was 0.81 s; the limit is 0.50 s"),
        ("requests", arm(10), {"at_least": 1500}, "canary requests was 10; the limit is 1,500"),
    ],
)
def test_a_failure_says_what_was_seen_and_what_was_allowed(
    metric: str, seen: ArmMetrics, limits: dict[str, Any], reason: str
) -> None:
    analysis = watched([seen], Check(metric=metric, condition=Within(**limits)))
    assert analysis.reason.replace("\N{NO-BREAK SPACE}", " ") == reason
    assert analysis.numbers == {metric: pytest.approx(seen.value(metric))}


def test_a_failed_check_stays_failed_whatever_comes_after() -> None:
    analysis = watched([BAD, NOTHING, GOOD], Check(metric="error_rate", condition=Within(at_most=0.05)))
    assert analysis.state is State.FAILED
    assert "9" in analysis.reason


@pytest.mark.parametrize("metric", METRICS)
def test_a_release_is_rolled_back_by_the_interval_that_failed(metric: str) -> None:
    check = Check(metric=metric, condition=Within(at_least=1e9), failure_limit=2)
    score = {"score": {"mean": 0.4, "sd": 0.1}}
    outcome = release(world(stable=score, canary=score), checks=(check,))
    assert outcome.phase == "rolled_back"
    assert outcome.measures["time_to_notice"] == 900
    assert [interval.analysis.state for interval in outcome.trace[:3]] == [State.RUNNING] * 2 + [State.FAILED]


def test_a_check_of_the_baseline_watches_the_baseline() -> None:
    made = world(2, stable={"errors": "30%"})
    of_canary, of_baseline = (
        Check(metric="error_rate", arm=name, condition=Within(at_most=0.2), failure_limit=3)
        for name in ("canary", "baseline")
    )
    assert release(made, checks=(of_canary,)).phase == "promoted"
    outcome = release(made, checks=(of_baseline,))
    assert outcome.phase == "rolled_back"
    assert "baseline error_rate" in failing(outcome.trace).analysis.reason


def test_one_failed_check_of_several_is_enough() -> None:
    quiet = Check(metric="p95", condition=Within(at_most=60))
    strict = Check(metric="error_rate", condition=Within(at_most=0.0))
    for checks in ((quiet, strict), (strict, quiet)):
        outcome = release(world(2), checks=checks)
        assert outcome.phase == "rolled_back"
        assert "error_rate" in failing(outcome.trace).analysis.reason


def counted(seen: str, **limits: Any) -> Analysis:
    """Where a check stands after measurements: g is good, b is bad, n is nothing to measure."""
    check = Check(metric="error_rate", condition=Within(at_most=0.05), **limits)
    return watched([MEASUREMENTS[letter] for letter in seen], check)


def watched(arms: list[ArmMetrics], check: Check) -> Analysis:
    """Where a run of one check stands after the canary was measured so."""
    run = AnalysisRun()
    run.add(check, 0.0)
    return [run.look(60.0 * minute, arm, GOOD) for minute, arm in enumerate(arms)][-1]


def failing(trace: tuple[Interval, ...]) -> Interval:
    """The interval whose analysis failed."""
    return next(interval for interval in trace if interval.analysis.state is State.FAILED)
