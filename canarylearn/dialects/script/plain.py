"""The functions that calculate and convert: len, min, round, range and the like. They leave the release alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from canarylearn.dialects.script.values import Trouble, Value, is_number, kind, short

if TYPE_CHECKING:
    from canarylearn.dialects.script.expressions import Evaluator


@dataclass(frozen=True, kw_only=True)
class HostFunction:
    """A function of the language: its parameters in order, how many must be given, and what it does.

    `acts` marks those that act on the release.
    """

    name: str
    parameters: tuple[str, ...]
    required: int
    call: Callable[["Evaluator", dict[str, Value]], Value]
    acts: bool = False


def _len(script: "Evaluator", given: dict[str, Value]) -> Value:
    value = given["value"]
    if not isinstance(value, (str, list, dict)):
        raise Trouble("wrong-type", f"len() takes a list, a dict or a text, and it got {kind(value)}")
    return len(value)


def _range(script: "Evaluator", given: dict[str, Value]) -> Value:
    if "step" in given and "stop" not in given:
        raise Trouble("wrong-arguments", "range() with a step needs a start and a stop: range(0, 10, 2)")
    numbers = [_whole("range", given[name]) for name in ("start", "stop", "step") if name in given]
    if len(numbers) == 3 and numbers[2] == 0:
        raise Trouble("wrong-value", "range(): a step of 0 never arrives; use another one")
    found = range(*numbers)
    script.operations.room_for(len(found))
    return list(found)


def _whole(function: str, value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Trouble("wrong-type", f"{function}(): whole numbers are expected, and it got {kind(value)}")
    return value


def _numbers(function: str, script: "Evaluator", given: dict[str, Value]) -> list[float]:
    values = given["value"] if len(given) == 1 else list(given.values())
    if not isinstance(values, list) or not all(is_number(value) for value in values):
        several = "a list of numbers" if function == "sum" else "a list of numbers, or two or three numbers"
        raise Trouble("wrong-type", f"{function}() takes {several}")
    script.operations.weigh(values)
    if not values and function != "sum":
        raise Trouble("wrong-value", f"{function}() of an empty list is nothing: check its length first")
    return values  # type: ignore[return-value]


def _min(script: "Evaluator", given: dict[str, Value]) -> Value:
    return min(_numbers("min", script, given))


def _max(script: "Evaluator", given: dict[str, Value]) -> Value:
    return max(_numbers("max", script, given))


def _sum(script: "Evaluator", given: dict[str, Value]) -> Value:
    # One number after the other, as '+' adds them: sum() itself rounds floats in another way since Python 3.12.
    return script.operations.number(reduce(add, _numbers("sum", script, given), 0))


def _abs(script: "Evaluator", given: dict[str, Value]) -> Value:
    return abs(_number("abs", given["value"]))


def _round(script: "Evaluator", given: dict[str, Value]) -> Value:
    digits = _whole("round", given.get("digits", 0))
    if not 0 <= digits <= 9:
        raise Trouble("out-of-range", f"round(): 0 to 9 digits can be kept, and it got {digits}")
    value = _number("round", given["value"])
    return round(value, digits) if "digits" in given else round(value)


def _sqrt(script: "Evaluator", given: dict[str, Value]) -> Value:
    value = _number("sqrt", given["value"])
    if value < 0:
        raise Trouble("out-of-range", f"sqrt(): there is no root of a number below 0, and it got {value}")
    return math.sqrt(value)


def _number(function: str, value: Value) -> int | float:
    if not is_number(value):
        raise Trouble("wrong-type", f"{function}() takes a number, and it got {kind(value)}")
    return value  # type: ignore[return-value]


def _str(script: "Evaluator", given: dict[str, Value]) -> Value:
    return script.operations.say(given["value"])


def _int(script: "Evaluator", given: dict[str, Value]) -> Value:
    return math.trunc(_from_text("int", given["value"]))


def _float(script: "Evaluator", given: dict[str, Value]) -> Value:
    return script.operations.number(float(_from_text("float", given["value"])))


def _from_text(function: str, value: Value) -> Decimal:
    if not isinstance(value, str):
        return Decimal(repr(_number(function, value)))
    try:
        number = Decimal(value) if len(value) <= 40 and value.isascii() else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise Trouble("wrong-value", f"{function}(): {short(value)} is not a number")
    # Compared before it is converted: the digits of 1e999999 would fill the memory.
    if number.copy_abs() > Decimal(10) ** 9:
        raise Trouble("number-too-large", f"{function}(): {short(value)} is larger than a number here may be")
    return number


PLAIN = (
    HostFunction(name="len", parameters=("value",), required=1, call=_len),
    HostFunction(name="min", parameters=("value", "other", "third"), required=1, call=_min),
    HostFunction(name="max", parameters=("value", "other", "third"), required=1, call=_max),
    HostFunction(name="sum", parameters=("value",), required=1, call=_sum),
    HostFunction(name="abs", parameters=("value",), required=1, call=_abs),
    HostFunction(name="round", parameters=("value", "digits"), required=1, call=_round),
    HostFunction(name="sqrt", parameters=("value",), required=1, call=_sqrt),
    HostFunction(name="str", parameters=("value",), required=1, call=_str),
    HostFunction(name="int", parameters=("value",), required=1, call=_int),
    HostFunction(name="float", parameters=("value",), required=1, call=_float),
    HostFunction(name="range", parameters=("start", "stop", "step"), required=1, call=_range),
)
