"""Counting measurements as Argo Rollouts does."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine import Analysis, Check, State, Within
from canarylearn.engine.counting import UNFINISHED, Counters, verdict, worst
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.watch import AnalysisRun
from tests.conformance_cases import Case, params

STATES = {"S": State.SUCCESSFUL, "F": State.FAILED, "I": State.INCONCLUSIVE, "E": State.ERROR}
LIMITS = {
    "count": "count",
    "failureLimit": "failure_limit",
    "inconclusiveLimit": "inconclusive_limit",
    "consecutiveErrorLimit": "consecutive_error_limit",
    "consecutiveSuccessLimit": "consecutive_success_limit",
}
COUNTERS = {
    "count": "count",
    "successful": "successful",
    "failed": "failed",
    "inconclusive": "inconclusive",
    "error": "error",
    "consecutiveError": "consecutive_error",
    "consecutiveSuccess": "consecutive_success",
}
FINE = ArmMetrics(requests=100, users=50, errors=0, slow=0, wrong=0)
BAD = ArmMetrics(requests=100, users=50, errors=50, slow=0, wrong=0)
MISSING = ArmMetrics(requests=100, users=50, errors=0, slow=0, wrong=0, missing=True)


def check(metric: Case | None = None, **fields: object) -> Check:
    """A check with Argo's names for its limits; without interval and count it is measured once."""
    metric = dict(metric or {})
    metric.setdefault("count", 0 if "interval" in metric else 1)
    limits = {LIMITS[name]: value for name, value in metric.items() if name in LIMITS}
    given_fields = {"metric": "error_rate", "condition": Within(at_most=0.1), **limits, **fields}
    return Check(**given_fields)  # type: ignore[arg-type]


def counted(letters: str, watched: Check) -> tuple[Analysis, Counters, int]:
    """What a sequence of measurements comes to, its counters, and how many were taken."""
    counters, taken = Counters(), 0
    for letter in letters:
        counters, taken = counters.add(STATES[letter]), taken + 1
        if verdict(watched, counters).state not in UNFINISHED:
            break
    return verdict(watched, counters), counters, taken


@pytest.mark.parametrize("case", params("argo-rollouts", "metric-verdict"))
def test_counters_give_argos_phase(case: Case) -> None:
    given_case = case["input"]
    counters = Counters(**{COUNTERS[name]: value for name, value in given_case["counters"].items()})
    found = verdict(
        check(given_case["metric"]),
        counters,
        terminating=given_case["terminating"],
        in_flight=not given_case["last_measurement_finished"],
    )
    assert found.state == case["expect"]["phase"].lower()
    assert case["expect"].get("message", found.reason) == found.reason


@pytest.mark.parametrize("case", params("argo-rollouts", "metric-sequence"))
def test_measurements_are_counted_as_argo_counts(case: Case) -> None:
    found, counters, taken = counted("".join(case["input"]["measurements"]), check(case["input"]["metric"]))
    assert found.state == case["expect"]["phase"].lower()
    assert taken == case["expect"]["stops_after"]
    for name, value in case["expect"]["counters"].items():
        assert getattr(counters, COUNTERS[name]) == value, name


@pytest.mark.parametrize("case", params("argo-rollouts", "run-verdict"))
def test_a_run_is_as_bad_as_its_worst_metric(case: Case) -> None:
    metrics = [metric for metric in case["input"]["metric_phases"] if not metric.get("dryRun")]
    assert worst(State(metric["phase"].lower()) for metric in metrics) == case["expect"]["run_phase"].lower()


@pytest.mark.parametrize("limit", range(5))
def test_a_failure_limit_is_passed_by_one_more(limit: int) -> None:
    watched = check({"interval": "1m", "failureLimit": limit})
    assert counted("F" * limit, watched)[0].state in UNFINISHED
    assert counted("F" * (limit + 1), watched)[0].state is State.FAILED


def test_failures_need_not_come_in_a_row_and_errors_have_to() -> None:
    assert counted("FSSF", check({"interval": "1m", "failureLimit": 1}))[0].state is State.FAILED
    errors = check({"interval": "1m", "consecutiveErrorLimit": 1})
    assert counted("ESESES", errors)[0].state is State.RUNNING
    assert counted("ESEE", errors)[0].state is State.ERROR


def test_errors_are_repeated_and_not_used_up() -> None:
    found, counters, taken = counted("EEES", check({"count": 1}))
    assert (found.state, counters.count, taken) == (State.SUCCESSFUL, 1, 4)


def test_a_gate_with_as_many_failures_allowed_as_measurements_never_fails() -> None:
    assert counted("FF", check({"count": 2, "interval": "1m", "failureLimit": 2}))[0].state is State.SUCCESSFUL


@pytest.mark.parametrize(
    ("failures", "successes", "state"),
    [(1, 3, State.INCONCLUSIVE), (-1, 3, State.FAILED), (1, 0, State.SUCCESSFUL), (-1, 0, State.SUCCESSFUL)],
)
def test_what_a_full_count_means_depends_on_the_rules_there_are(failures: int, successes: int, state: State) -> None:
    metric = {"count": 4, "interval": "1m", "failureLimit": failures, "consecutiveSuccessLimit": successes}
    assert counted("SSFS", check(metric))[0].state is state


def test_an_error_limit_goes_over_an_inconclusive_one_and_that_over_a_failure_limit() -> None:
    counters = Counters(failed=1, inconclusive=1, consecutive_error=5, count=2)
    assert verdict(check({"interval": "1m"}), counters).state is State.ERROR
    assert verdict(check({"interval": "1m"}), Counters(failed=1, inconclusive=1)).state is State.INCONCLUSIVE


def test_a_failed_metric_is_worse_than_an_error_and_an_unfinished_one_hides_both() -> None:
    assert worst([State.ERROR, State.FAILED]) is State.FAILED
    assert worst([State.FAILED, State.RUNNING]) is State.RUNNING
    assert worst([]) is State.SUCCESSFUL


def test_what_was_never_measured_is_successful_when_its_run_is_ended() -> None:
    assert verdict(check(), Counters()).state is State.PENDING
    assert verdict(check(), Counters(), terminating=True).state is State.SUCCESSFUL


def test_a_measurement_under_way_is_waited_for() -> None:
    for terminating in (False, True):
        assert verdict(check(), Counters(failed=9), terminating=terminating, in_flight=True).state is State.RUNNING


@given(st.text(alphabet="SFIE", max_size=40), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_counters_add_up(letters: str, failures: int, inconclusive: int, errors: int) -> None:
    limits = {"failureLimit": failures, "inconclusiveLimit": inconclusive, "consecutiveErrorLimit": errors}
    found, counters, taken = counted(letters, check({"interval": "1m", **limits}))
    assert counters.count + counters.error == taken
    assert counters.count == counters.successful + counters.failed + counters.inconclusive
    finished = counters.failed > failures or counters.inconclusive > inconclusive or counters.consecutive_error > errors
    assert (found.state in (State.FAILED, State.INCONCLUSIVE, State.ERROR)) is finished


def looked(run: AnalysisRun, arms: list[ArmMetrics], interval: float = 60.0) -> list[State]:
    """The states of a run after each look."""
    return [run.look((number + 1) * interval, arm, FINE).state for number, arm in enumerate(arms)]


def started(*checks: Check) -> AnalysisRun:
    run = AnalysisRun()
    for each in checks:
        run.add(each, 0.0)
    return run


def test_a_bad_check_ends_a_run_without_waiting_for_its_siblings() -> None:
    slow = check({"count": 1}, delay=10_000.0, name="slow")
    bad = check({"count": 2, "interval": "1m", "failureLimit": 1}, name="bad", interval=60.0)
    assert looked(started(slow, bad), [BAD, BAD]) == [State.RUNNING, State.FAILED]


def test_a_dry_run_never_decides_and_its_run_still_waits_for_it() -> None:
    dry = check({"count": 2, "interval": "1m"}, name="dry", interval=60.0, failure_limit=1, dry_run=True)
    assert looked(started(dry), [BAD, BAD]) == [State.RUNNING, State.SUCCESSFUL]
    real = check({"count": 1}, name="real")
    assert looked(started(check({"count": 1}, dry_run=True), real), [BAD]) == [State.FAILED]


def test_a_dry_run_that_fails_leaves_its_siblings_alone() -> None:
    dry = check({"count": 1}, name="dry", dry_run=True)
    real = check({"count": 2, "interval": "1m"}, condition=Within(at_least=0.2), interval=60.0)
    assert looked(started(dry, real), [BAD, BAD]) == [State.RUNNING, State.SUCCESSFUL]


def test_a_check_is_first_measured_after_its_delay_and_then_at_its_interval() -> None:
    run = started(check({"interval": "3m", "count": 2}, delay=120.0, interval=180.0))
    assert looked(run, [FINE] * 5) == [State.RUNNING] * 4 + [State.SUCCESSFUL]


def test_an_error_is_tried_again_without_waiting_for_the_interval() -> None:
    run = started(check({"interval": "10m", "count": 2}, interval=600.0))
    assert looked(run, [MISSING] * 4) == [State.RUNNING] * 4
    assert run.look(300.0, MISSING, FINE).state is State.ERROR


def test_the_reason_for_an_error_says_whether_data_were_missing() -> None:
    run = started(check({"interval": "1m"}, interval=60.0, consecutive_error_limit=0))
    assert "had no data" in run.look(60.0, MISSING, FINE).reason


def test_the_reason_for_a_failure_has_the_value_and_the_limit() -> None:
    reason = started(check()).look(60.0, BAD, FINE).reason
    assert reason.replace("\N{NO-BREAK SPACE}", " ") == "canary error_rate was 50 %; the limit is 10 %"
    assert not math.isnan(started(check()).look(60.0, BAD, FINE).numbers["error_rate"])
