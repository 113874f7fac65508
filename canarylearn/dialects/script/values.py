"""The values of a script, and what may be done with them. Nothing else exists while a script runs.

A value is None, a bool, a number, a text, a list, a dict or a function of the script. Every operation checks its
result against the limits and raises Trouble, in plain words, for what makes no sense.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from canarylearn.dialects.script.limits import Limits

MORE = "…"
"""Stands for what a cut text leaves out."""

_DEEPEST_WRITTEN = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Function:
    """A function that the script defined: parameter names, defaults by name, and its body. It equals only itself."""

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


def short(text: str | int) -> str:
    """A text as messages quote it: cut, so that no message grows with what a script made."""
    if isinstance(text, int):
        return f"{text}"
    return repr(text if len(text) <= 40 else f"{text[:40]}{MORE}")


def kind(value: Value) -> str:
    """What a value is, in words for messages: 'the number 10', 'the text '10%''."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {short(value)}"
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

    def room_for(self, elements: int) -> None:
        """Refuse a list or dict of so many elements if that is too large; ask before building it."""
        if elements > self._limits.elements:
            raise Trouble("too-many-elements", f"a list or dict may have at most {self._limits.elements:,} elements")
        self._spend(elements + 1)

    def room_for_one_more(self, container: "dict[str | int, Value]") -> None:
        """Refuse another entry of a dict that is as large as it may be."""
        if len(container) >= self._limits.elements:
            self.room_for(len(container) + 1)
        self._spend(1)

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
        if isinstance(op, ast.Mult):
            many, times = (left, right) if isinstance(left, (str, list)) else (right, left)
            if isinstance(many, (str, list)) and isinstance(times, int):
                return self._repeat(many, times)
        sign = _SIGNS[type(op)]
        message = f"{kind(left)} {sign} {kind(right)} makes no sense: both sides have to be numbers"
        raise Trouble("wrong-type", message)

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
        return self.text(written(value, self._limits.text))

    def weigh(self, value: Value, depth: int = 0) -> None:
        """Charge for going through a list or dict, so that long walks end as surely as large values do.

        Entries set through a second name can nest deeper than `copy` ever sees, so every walk is held to the depth.
        """
        if isinstance(value, (list, dict)):
            if depth > self._limits.nested_values:
                raise Trouble("too-deep", f"lists and dicts may be nested {self._limits.nested_values} deep")
            self._spend(len(value) + 1)
            for entry in value.values() if isinstance(value, dict) else value:
                self.weigh(entry, depth + 1)

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
    """Equality without surprises: True is not 1 here, inside lists and dicts as little as outside."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(entry, right[key]) for key, entry in left.items())
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _contains(value: Value, container: Value) -> bool:
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if isinstance(container, (list, dict)):
        return any(_same(value, entry) for entry in container)
    raise Trouble("wrong-type", f"'in' looks into a list, a dict or a text, and not into {kind(container)}")


def written(value: Value, most: int, *, quoted: bool = False) -> str:
    """A value as print shows it, or with the quotes of its texts; not much of it is built beyond `most` characters."""
    parts: list[str] = []
    length = 0
    for part in _parts(value, quoted):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return "".join(parts)


def _parts(value: Value, quoted: bool, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield repr(value) if quoted else value
    elif isinstance(value, (list, dict)) and depth > _DEEPEST_WRITTEN:
        yield MORE
    elif isinstance(value, list):
        yield "["
        for index, entry in enumerate(value):
            yield ", " if index else ""
            yield from _parts(entry, True, depth + 1)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, entry) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key!r}: "
            yield from _parts(entry, True, depth + 1)
        yield "}"
    else:
        yield f"<function {value.name}>" if isinstance(value, Function) else f"{value}"
