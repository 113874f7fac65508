"""The values of a script, and what may be done with them. Nothing else exists while a script runs.

A value is None, a bool, a number, a text, a list, a dict or a function of the script. Every operation checks its
result against the limits and raises Trouble, in plain words, for what makes no sense.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canarylearn.dialects.script.limits import Limits


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function that the script defined: parameter names, defaults by name, and its body."""

    name: str
    parameters: tuple[str, ...]
    defaults: Mapping[str, "Value"]
    body: tuple[ast.stmt, ...]


Value = None | bool | int | float | str | list["Value"] | dict["str | int", "Value"] | Function


class Trouble(Exception):
    """Something a script cannot do: a stable code, and plain words. The interpreter adds the line."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def kind(value: Value) -> str:
    """What a value is, in words for messages: 'the number 10', 'the text '10%''."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return {list: "a list", dict: "a dict", Function: "a function"}[type(value)]


def is_number(value: Value) -> bool:
    """Whether a value is a number; a truth value is not one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_true(value: Value) -> bool:
    """Whether a value counts as true in a condition."""
    return bool(value) if not isinstance(value, Function) else True


class Operations:
    """Operations on values within limits; keeps count of all that was built, so that memory stays bounded."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._allocated = 0

    def number(self, value: int | float) -> int | float:
        """The number, if it is finite and not too large."""
        if (isinstance(value, float) and not math.isfinite(value)) or abs(value) > self._limits.number:
            raise Trouble("number-too-large", f"a number here may be at most {self._limits.number:,.0f}")
        return value

    def text(self, value: str) -> str:
        """The text, if it is not too long."""
        if len(value) > self._limits.text:
            raise Trouble("text-too-long", f"a text may have at most {self._limits.text:,} characters")
        self._spend(len(value) // 8 + 1)
        return value

    def container(self, value: "list[Value] | dict[str | int, Value]") -> "list[Value] | dict[str | int, Value]":
        """The list or dict, if it is not too large."""
        self.room_for(len(value))
        return value

    def room_for(self, elements: int) -> None:
        """Refuse a list or dict of so many elements if that is too large; ask before building it."""
        if elements > self._limits.elements:
            raise Trouble("too-many-elements", f"a list or dict may have at most {self._limits.elements:,} elements")
        self._spend(elements + 1)

    def copy(self, value: Value, depth: int = 0) -> Value:
        """A copy that shares nothing, so that no value can ever contain itself."""
        if depth > self._limits.nested_values:
            raise Trouble("too-deep", f"lists and dicts may be nested {self._limits.nested_values} deep")
        if isinstance(value, list):
            self.room_for(len(value))
            return [self.copy(entry, depth + 1) for entry in value]
        if isinstance(value, dict):
            self.room_for(len(value))
            return {key: self.copy(entry, depth + 1) for key, entry in value.items()}
        return value

    def binary(self, op: ast.operator, left: Value, right: Value) -> Value:
        """left op right, for + - * / // %."""
        if is_number(left) and is_number(right):
            return self._calculate(op, left, right)  # type: ignore[arg-type]
        if isinstance(op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return self.text(left + right)
        if isinstance(op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            self.room_for(len(left) + len(right))
            return left + right
        if isinstance(op, ast.Mult) and isinstance(left, (str, list)) and isinstance(right, int):
            return self._repeat(left, right)
        sign = _SIGNS[type(op)]
        raise Trouble("wrong-type", f"{kind(left)} {sign} {kind(right)} makes no sense: both sides have to be numbers")

    def _calculate(self, op: ast.operator, left: int | float, right: int | float) -> int | float:
        if right == 0 and isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod)):
            raise Trouble("division-by-zero", "this divides by zero")
        return self.number(_CALCULATE[type(op)](left, right))

    def _repeat(self, value: "str | list[Value]", times: int) -> Value:
        length = len(value) * max(0, times)
        if isinstance(value, list):
            self.room_for(length)
            return value * times
        if length > self._limits.text:
            raise Trouble("text-too-long", f"a text may have at most {self._limits.text:,} characters")
        return self.text(value * times)

    def compare(self, op: ast.cmpop, left: Value, right: Value) -> bool:
        """left op right, for == != < <= > >= in, not in."""
        if isinstance(op, (ast.Eq, ast.NotEq)):
            self.weigh(left)
            return _same(left, right) is isinstance(op, ast.Eq)
        if isinstance(op, (ast.In, ast.NotIn)):
            self.weigh(right)
            return _contains(left, right) is isinstance(op, ast.In)
        both_numbers = is_number(left) and is_number(right)
        if not both_numbers and not (isinstance(left, str) and isinstance(right, str)):
            raise Trouble("wrong-type", f"{kind(left)} cannot be compared with {kind(right)}: two numbers are needed")
        return _ORDER[type(op)](left, right)  # type: ignore[arg-type]

    def say(self, value: Value) -> str:
        """A value as print shows it."""
        self.weigh(value)
        return self.text(_say(value, 0))

    def weigh(self, value: Value) -> None:
        """Charge for going through a list or dict, so that long walks end as surely as large values do."""
        if isinstance(value, (list, dict)):
            self._spend(len(value) + 1)
            for entry in value.values() if isinstance(value, dict) else value:
                self.weigh(entry)

    def _spend(self, amount: int) -> None:
        self._allocated += amount
        if self._allocated > self._limits.allocated:
            raise Trouble("too-much-data", "the script builds too many lists and texts: keep less")


_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"}
_CALCULATE: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_ORDER: Mapping[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _same(left: Value, right: Value) -> bool:
    """Equality without surprises: True is not 1 here."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    if isinstance(left, Function) or isinstance(right, Function):
        return left is right
    return left == right


def _contains(value: Value, container: Value) -> bool:
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if isinstance(container, (list, dict)):
        return any(_same(value, entry) for entry in container)
    raise Trouble("wrong-type", f"'in' looks into a list, a dict or a text, and not into {kind(container)}")


def _say(value: Value, depth: int) -> str:
    if isinstance(value, str):
        return repr(value) if depth else value
    if isinstance(value, list):
        return f"[{', '.join(_say(entry, depth + 1) for entry in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_say(key, depth + 1)}: {_say(entry, depth + 1)}' for key, entry in value.items())}}}"
    return f"<function {value.name}>" if isinstance(value, Function) else f"{value}"


_SPEC = re.compile(r"(?P<align>[<>^])?(?P<width>\d{1,2})?(?P<comma>,)?(?:\.(?P<digits>\d))?(?P<type>[fd%])?", re.ASCII)


def shape(value: Value, plain: str, spec: str) -> str:
    """A value (`plain` as print shows it) as the part after the colon in an f-string asks: {share:.1%}, {name:<12}."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise Trouble("format", f"{spec!r} is no format here: write one such as ':.1f', ':.1%', ':,' or ':>8'")
    written = _digits(value, found) if found["digits"] or found["type"] or found["comma"] else plain
    width = int(found["width"] or 0)
    align = found["align"] or (">" if is_number(value) else "<")
    return {"<": written.ljust, ">": written.rjust, "^": written.center}[align](width)


def _digits(value: Value, found: re.Match[str]) -> str:
    if not is_number(value):
        raise Trouble("format", f"a number is needed for this format, and it got {kind(value)}")
    assert isinstance(value, (int, float))
    whole = found["type"] == "d" or (isinstance(value, int) and found["type"] is None)
    digits = int(found["digits"]) if found["digits"] else 0 if whole else 6
    scaled = value * 100 if found["type"] == "%" else value
    comma = f"{scaled:,.{digits}f}" if found["comma"] else f"{scaled:.{digits}f}"
    return comma + ("%" if found["type"] == "%" else "")
