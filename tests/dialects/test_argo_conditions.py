"""Conditions of Argo Rollouts: one measurement, and the small language they are written in."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.argo_rollouts.conditions import Conditions, measure, problem_of
from canarylearn.dialects.argo_rollouts.durations import parse_go_duration, say_go_duration
from canarylearn.dialects.argo_rollouts.evaluation import Value, holds
from canarylearn.dialects.argo_rollouts.expressions import BadExpression, UnreadExpression
from canarylearn.engine import Check, State
from canarylearn.engine.metrics import ArmMetrics
from tests.conformance_cases import Case, params
from tests.dialects.mangled import SLOWEST


@pytest.mark.parametrize("case", params("argo-rollouts", "condition"))
def test_a_measurement_is_judged_as_in_argo(case: Case) -> None:
    asked = case["input"]
    found = measure(asked.get("successCondition", ""), asked.get("failureCondition", ""), asked["result"])
    assert found.state == case["expect"]["measurement"].lower()
    assert case["expect"].get("error_contains", "") in found.error


@pytest.mark.parametrize(
    ("success", "failure", "state"),
    [
        ("", "", State.SUCCESSFUL),
        ("true", "", State.SUCCESSFUL),
        ("false", "", State.FAILED),
        ("", "true", State.FAILED),
        ("", "false", State.SUCCESSFUL),
        ("true", "true", State.FAILED),
        ("false", "true", State.FAILED),
        ("true", "false", State.SUCCESSFUL),
        ("false", "false", State.INCONCLUSIVE),
    ],
)
def test_failing_wins_and_neither_is_inconclusive(success: str, failure: str, state: State) -> None:
    assert measure(success, failure, 1.0).state is state


@pytest.mark.parametrize("result", [None, []], ids=repr)
def test_no_result_is_an_error_whatever_the_condition(result: Value) -> None:
    for success in ("", "true", "isNil(result)", "default(result, 0) == 0"):
        found = measure(success, "", result)
        assert (found.state, found.error) == (State.ERROR, "metric result is nil or empty")


TRUE: list[tuple[str, Value]] = [
    ("result[0] >= 0.95", [0.95]),
    ("result[0] < 0.5 && result[0] > 0.1", [0.3]),
    ("result[0] < 0.5 and not (result[0] > 0.4) or false", [0.3]),
    ("result > 1", 5.0),
    ("result == true", True),
    ("result != 'down'", "up"),
    ('result + "!" == "up!"', "up"),
    ("len(result) == 2", [1.0, 2.0]),
    ("result[-1] == 2", [1.0, 2.0]),
    ("asInt(result) == 1", "1"),
    ("asInt(result) == 1", 1.999),
    ("asFloat(result) >= 1.1", "1.1"),
    ("isNaN(asFloat(result))", "NaN"),
    ("isNaN(result[0])", [math.nan]),
    ("isInf(result / 0)", 1.0),
    ("!isInf(result)", 1.0),
    ("!isNil(nil)", 1.0),
    ("default(nil, 7) == 1", 1.0),
    ("result * 2 + 1 == 7", 3.0),
    ("2 + 3 * 2 == 8", 0.0),
    ("(2 + 3) * 2 == 10", 0.0),
    ("7 % 3 == 1 && -7 % 3 == -1", 0.0),
    ("2 ** 3 ** 2 == 512 && 2 ^ 3 == 8", 0.0),
    ("5 / 2 == 2.5", 0.0),
    ("1 - -1 == 2 and +1 == 1", 0.0),
    ("1_000 == 1e3 and .5 == 5e-1", 0.0),
    ("0.1 + 0.2 != 0.3", 0.0),
    ("'a' < 'b'", 0.0),
    ("nil == nil and result != nil", 0.0),
    ("!(false && result[0])", 0.0),
    ("true || result[0]", 0.0),
]


@pytest.mark.parametrize(("source", "result"), TRUE, ids=repr)
def test_a_condition_holds(source: str, result: Value) -> None:
    assert holds(source, result)
    assert not holds(f"!({source})", result)


BAD: list[tuple[str, Value, str]] = [
    ("invalidVariable", True, "unknown name invalidVariable"),
    ("1", True, "expected bool, but got int"),
    ("result", 0.5, "expected bool, but got float64"),
    ("result > 0.9", [0.5], "mismatched types []float64 and float64"),
    ("result[0] > 0.9", 0.5, "type float64 does not support indexing"),
    ("result[1] > 0", [0.5], "index out of range: 1 (array length is 1)"),
    ("result[0.5] > 0", [0.5], "invalid index of type float64"),
    ("0 < result < 1", 0.5, "mismatched types bool and int"),
    ("not result == 1", 1.0, "! (mismatched type float64)"),
    ("result == '1'", 1.0, "mismatched types float64 and string"),
    ("result && true", 1.0, "mismatched types float64"),
    ("true && result", 1.0, "mismatched types bool and float64"),
    ("-'a' == 1", 1.0, "mismatched type string"),
    ("asInt(result) == 1", "1.1", 'parsing "1.1": invalid syntax'),
    ("asInt(result) == 1", " 1", "invalid syntax"),
    ("asInt(result) == 1", "9223372036854775808", "invalid syntax"),
    ("asFloat(result) == 1", "NotANum", 'strconv.ParseFloat: parsing "NotANum": invalid syntax'),
    ("asFloat(result) == 1", "1_0", "invalid syntax"),
    ("asInt(true) == 1", 1.0, "asInt() not supported on bool"),
    ("asFloat(nil) == 1", 1.0, "asFloat() not supported on nil"),
    ("isNaN('a')", 1.0, "cannot use string as argument"),
    ("len(1) == 1", 1.0, "invalid argument for len"),
    ("len() == 1", 1.0, "not enough arguments to call len"),
    ("len(result, 1) == 1", 1.0, "too many arguments to call len"),
    ("1 % 0 == 1", 1.0, "integer divide by zero"),
    ("1.5 % 2 == 1", 1.0, "mismatched types float64 and int"),
    ("9223372036854775807 + 1 > 0", 1.0, "integer overflow"),
    ("9223372036854775808 > 0", 1.0, "is too large"),
    ("result >", 1.0, "unexpected token 'EOF'"),
    ("", 1.0, "unexpected token 'EOF'"),
    ("(result > 1", 1.0, "')' was expected"),
    ("result > 1)", 1.0, "unexpected token ')'"),
    ("result = 1", 1.0, "unrecognized character: '='"),
    ("result > 1 result", 1.0, "unexpected token 'result'"),
    ("__import__('os')", 1.0, "unknown name __import__"),
    ("result > 1 & true", 1.0, "unrecognized character: '&'"),
    ("'unclosed", 1.0, "unrecognized character"),
]


@pytest.mark.parametrize(("source", "result", "message"), BAD, ids=repr)
def test_a_condition_that_argo_cannot_evaluate_is_an_error(source: str, result: Value, message: str) -> None:
    with pytest.raises(BadExpression) as bad:
        holds(source, result)
    assert message in str(bad.value)
    if source:
        assert measure(source, "", result).error == f"could not evaluate successCondition: {bad.value}"
        assert measure("", source, result).error == f"could not evaluate failureCondition: {bad.value}"


@pytest.mark.parametrize(
    "source",
    [
        "all(result, {# > 1})",
        "result.value > 1",
        "2 in result",
        "result > 1 ? true : false",
        "result matches '.*'",
        "result[0:1] == 1",
        "result == 'a\\x41'",
        "abs(result) > 1",
        "(" * 100 + "1" + ")" * 100,
        "!" * 500 + "true",
        "true" + " && true" * 300,
        "+".join("1" * 490) + ">1",
        "result" + "[0]" * 300 + " > 1",
    ],
)
def test_what_is_not_read_of_the_language_says_so(source: str) -> None:
    with pytest.raises(UnreadExpression):
        holds(source, [1.0])
    assert isinstance(problem_of(source, vector=True), UnreadExpression)


def test_a_long_chain_is_no_deep_nesting() -> None:
    assert holds(" && ".join(["true"] * 120), 1.0)


@pytest.mark.parametrize("source", ["9" * 999, "2 ** 2 ** 2 ** 2 ** 2 ** 2 > 1", "'a' + 'a' == 'aa'", "1e999 > 1"])
def test_an_expression_costs_little(source: str) -> None:
    begun = time.process_time()
    measure(source, "", 1.0)
    assert time.process_time() - begun < SLOWEST


@given(st.text(alphabet="result[]0.9<>=!&|andorti ()'\"+-*/%^,asFloatNil", max_size=60), st.floats())
def test_any_text_is_a_measurement(source: str, value: float) -> None:
    for conditions in (Conditions(source), Conditions("", source, 100.0, False)):
        assert conditions.judge(value) in (State.SUCCESSFUL, State.FAILED, State.ERROR)
        assert conditions.say() == (source if conditions.success else f"not {source}" if source else "anything")
        conditions.limit  # noqa: B018 - it has to be there for any text


@pytest.mark.parametrize(
    ("conditions", "limit"),
    [
        (Conditions("result[0] <= 0.05"), 0.05),
        (Conditions("0.05 >= result[0]"), 0.05),
        (Conditions("", "result[0] > 5", 100.0), 0.05),
        (Conditions("asFloat(result) < 500", "", 1000.0, False), 0.5),
        (Conditions("result[0] > -1"), -1),
        (Conditions("result[0] > 0.1 && result[0] < 0.9"), None),
        (Conditions("result[0] == 1"), None),
        (Conditions("reslt < 1", "result[0] > 0.2"), 0.2),
        (Conditions(), None),
    ],
    ids=repr,
)
def test_one_comparison_is_a_limit_that_can_be_drawn(conditions: Conditions, limit: float | None) -> None:
    assert conditions.limit == limit


def test_no_requests_make_comparisons_false_and_a_missing_metric_is_an_error() -> None:
    upper, both = Conditions("result[0] < 1"), Conditions("result[0] < 1", "result[0] >= 1")
    failing = Conditions("", "result[0] >= 1")
    assert [one.judge(math.nan) for one in (upper, both, failing)] == [
        State.FAILED,
        State.INCONCLUSIVE,
        State.SUCCESSFUL,
    ]
    assert upper.judge(None) is State.ERROR
    missing = ArmMetrics(requests=9, users=9, errors=0, slow=0, wrong=0, missing=True)
    assert Check(metric="error_rate", condition=upper).measure(missing) is State.ERROR


def test_conditions_are_values_like_the_plan_they_are_in() -> None:
    assert Conditions("result[0] < 1") == Conditions("result[0] < 1")
    assert len({Conditions("result[0] < 1"), Conditions("result[0] < 1"), Conditions("", "result[0] < 1")}) == 2


GO_DURATIONS = [
    ("300ms", 0.3),
    ("-1.5h", -5400),
    ("2h45m", 9900),
    ("1h1m1s1ms", 3661.001),
    ("1us", 1e-6),
    ("1µs", 1e-6),
    ("1μs", 1e-6),
    (".5s", 0.5),
    ("1.s", 1),
    ("+5s", 5),
    ("0", 0),
    ("00s", 0),
]


@pytest.mark.parametrize(("text", "seconds"), GO_DURATIONS)
def test_a_go_duration_is_read(text: str, seconds: float) -> None:
    assert float(parse_go_duration(text)) == seconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        (".s", 'time: invalid duration ".s"'),
        ("3", 'time: missing unit in duration "3"'),
        ("1d", 'time: unknown unit "d" in duration "1d"'),
        ("1h 30m", 'time: unknown unit "h " in duration "1h 30m"'),
        ("5M", 'time: unknown unit "M" in duration "5M"'),
        ("--5s", 'time: invalid duration "--5s"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
        ("1" * 300 + "s", 'time: invalid duration "'),
        ("\N{ARABIC-INDIC DIGIT THREE}s", "time: invalid duration"),
    ],
)
def test_another_text_is_refused_in_gos_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="time: ") as refused:
        parse_go_duration(text)
    assert message in str(refused.value)


@given(st.integers(0, 2**63 - 1))
def test_a_duration_that_is_written_is_read_to_the_nanosecond(nanoseconds: int) -> None:
    seconds = parse_go_duration(f"{nanoseconds}ns")
    assert parse_go_duration(say_go_duration(seconds)) == seconds


def test_durations_are_written_as_people_do() -> None:
    written = [say_go_duration(parse_go_duration(text)) for text in ("0s", "90s", "300s", "5400s", "1.5s", "86400s")]
    assert written == ["0s", "1m30s", "5m", "1h30m", "1.5s", "24h"]
