"""What an expression gives for one measured value: Go's rules of types, and no surprises."""

import math
import operator
import re
from collections.abc import Callable
from typing import Any, cast

from canarylearn.dialects.argo_rollouts.expressions import BadExpression, Tree, parse

Value = float | int | str | bool | list[float] | None

_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?|inf(?:inity)?|nan)", re.ASCII | re.IGNORECASE)
_MOST_TEXT = 200
_LEAST_INT, _MOST_INT = -(2**63), 2**63 - 1


def holds(source: str, result: Value) -> bool:
    """Whether a condition holds for a result. Raises BadExpression when it cannot be evaluated to true or false."""
    value = _evaluate(parse(source), result)
    if not isinstance(value, bool):
        raise BadExpression(f"expected bool, but got {_type(value)}")
    return value


def _evaluate(tree: Tree, result: Value) -> Value:
    if tree.kind == "value":
        return tree.value
    if tree.kind == "result":
        return result
    if tree.kind in ("&&", "||"):
        return _logic(tree, result)
    values = [_evaluate(part, result) for part in tree.parts]
    if tree.kind == "call":
        return _call(str(tree.value), values, result)
    if tree.kind == "entry":
        return _entry(values[0], values[1])
    if tree.kind.startswith("unary"):
        return _unary(tree.kind[-1], values[0])
    if tree.kind in _COMPARISONS:
        return _compare(tree.kind, values[0], values[1])
    return _arithmetic(tree.kind, values[0], values[1])


def _logic(tree: Tree, result: Value) -> bool:
    left = _evaluate(tree.parts[0], result)
    if not isinstance(left, bool):
        raise _mismatch(tree.kind, left, left)
    if left is (tree.kind == "||"):
        return left
    right = _evaluate(tree.parts[1], result)
    if not isinstance(right, bool):
        raise _mismatch(tree.kind, left, right)
    return right


def _unary(sign: str, value: Value) -> Value:
    if sign == "!":
        if not isinstance(value, bool):
            raise BadExpression(f"invalid operation: ! (mismatched type {_type(value)})")
        return not value
    if not _is_number(value):
        raise BadExpression(f"invalid operation: {sign} (mismatched type {_type(value)})")
    number = cast("float", value)
    return _bounded(-number) if sign == "-" else number


_COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in ("==", "!=") and (left is None or right is None):
        return (left is right) is (sign == "==")
    alike = (_is_number(left) and _is_number(right)) or (type(left) is type(right))
    ordered = _is_number(left) or isinstance(left, str) or sign in ("==", "!=")
    if not alike or not ordered:
        raise _mismatch(sign, left, right)
    return bool(_COMPARISONS[sign](left, right))


def _arithmetic(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > _MOST_TEXT:
            raise BadExpression(f"a text longer than {_MOST_TEXT} characters")
        return left + right
    if not (_is_number(left) and _is_number(right)):
        raise _mismatch(sign, left, right)
    return _calculate(sign, cast("float", left), cast("float", right))


def _calculate(sign: str, left: float, right: float) -> float:
    """Go's arithmetic: whole numbers stay whole, a division never is, and one by zero is infinite."""
    if sign == "/":
        return _divide(float(left), float(right))
    if sign == "%":
        if not (isinstance(left, int) and isinstance(right, int)):
            raise _mismatch(sign, left, right)
        if not right:
            raise BadExpression("integer divide by zero")
        return _remainder(left, right)
    if sign == "**":
        return _power(float(left), float(right))
    if sign == "+":
        return _bounded(left + right)
    return _bounded(left - right if sign == "-" else left * right)


def _remainder(left: int, right: int) -> int:
    """The remainder with the sign of the dividend, as Go has it."""
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:  # a negative number to a broken power, or zero to a negative one
        return math.inf if left == 0 else math.nan


def _bounded(number: float) -> float:
    if isinstance(number, int) and not _LEAST_INT <= number <= _MOST_INT:
        raise BadExpression("integer overflow")
    return number


def _entry(value: Value, place: Value) -> Value:
    if not isinstance(value, list):
        raise BadExpression(f"type {_type(value)} does not support indexing")
    if isinstance(place, bool) or not isinstance(place, int):
        raise BadExpression(f"invalid index of type {_type(place)}")
    if not -len(value) <= place < len(value):
        raise BadExpression(f"index out of range: {place} (array length is {len(value)})")
    return value[place]


def _call(name: str, values: list[Value], result: Value) -> Value:
    # Argo's isNil and default look at the result itself, whatever is handed to them.
    if name == "isNil":
        return result is None
    if name == "default":
        return values[1] if result is None else result
    if name == "len":
        if not isinstance(values[0], (list, str)):
            raise BadExpression(f"invalid argument for len (type {_type(values[0])})")
        return len(values[0])
    if name in ("isNaN", "isInf"):
        if not isinstance(values[0], float):
            raise BadExpression(f"cannot use {_type(values[0])} as argument (type float64) to call {name}")
        return math.isnan(values[0]) if name == "isNaN" else math.isinf(values[0])
    return _as_int(values[0]) if name == "asInt" else _as_float(values[0])


def _as_int(value: Value) -> int:
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value) or not _LEAST_INT <= int(value) <= _MOST_INT:
            raise BadExpression(f'strconv.ParseInt: parsing "{value[:_MOST_TEXT]}": invalid syntax')
        return int(value)
    if not _is_number(value):
        raise BadExpression(f"asInt() not supported on {_type(value)}")
    number = cast("float", value)
    # What cannot be a 64-bit integer becomes the least one, as on the processors that Argo runs on.
    return int(number) if _LEAST_INT <= number <= _MOST_INT else _LEAST_INT


def _as_float(value: Value) -> float:
    if isinstance(value, str):
        if len(value) > _MOST_TEXT or not _DECIMAL.fullmatch(value):
            raise BadExpression(f'strconv.ParseFloat: parsing "{value[:_MOST_TEXT]}": invalid syntax')
        return float(value)
    if not _is_number(value):
        raise BadExpression(f"asFloat() not supported on {_type(value)}")
    return float(cast("float", value))


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _mismatch(sign: str, left: Value, right: Value) -> BadExpression:
    return BadExpression(f"invalid operation: {sign} (mismatched types {_type(left)} and {_type(right)})")


_TYPES = {bool: "bool", int: "int", float: "float64", str: "string", list: "[]float64"}


def _type(value: Value) -> str:
    return _TYPES.get(type(value), "nil")
