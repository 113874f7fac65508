"""Functions of a script, called from outside one after the other, as a judge of projects does."""

import pytest

from canarylearn.dialects.script import Interpreter, Limits, Refused, read
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.engine import Release
from tests.dialects.running import WORLD


def begun(source: str, **options: object) -> Interpreter:
    """A script whose own lines have been run."""
    interpreter = Interpreter(read(source), Release(WORLD), **options)  # type: ignore[arg-type]
    assert interpreter.run() is None
    return interpreter


def test_a_function_is_called_with_values_and_gives_one_back() -> None:
    script = begun("def twice(n, by=2):\n    return n * by")
    assert script.call("twice", 21) == 42
    assert script.call("twice", "ab", 3) == "ababab"


def test_each_call_has_limits_of_its_own() -> None:
    script = begun("def f():\n    for i in range(40):\n        pass\n    return 1", limits=Limits(steps=200))
    assert [script.call("f") for _ in range(10)] == [1] * 10


def test_a_call_that_goes_wrong_says_its_line_and_the_next_one_works() -> None:
    script = begun("def f(n):\n    return 1 / n")
    with pytest.raises(Refused) as caught:
        script.call("f", 0)
    assert (caught.value.at.line, caught.value.at.code) == (2, "division-by-zero")
    assert script.call("f", 4) == 0.25


def test_what_is_no_function_cannot_be_called() -> None:
    script = begun("f = 3")
    assert script.function("f") is None
    with pytest.raises(Refused, match="f is the number 3"):
        script.call("f")


def test_functions_can_be_added_for_one_run() -> None:
    answer = HostFunction(name="answer", parameters=(), required=0, call=lambda script, given: 42)
    assert begun("def f():\n    return answer()", host={**HOST, "answer": answer}).call("f") == 42
    with pytest.raises(Refused, match="the name answer is not known"):
        begun("def f():\n    return answer()").call("f")


def test_a_script_that_acted_is_told_from_one_that_did_not() -> None:
    assert begun("set_weight(5)").acted
    assert not begun("x = bucket(1)").acted
