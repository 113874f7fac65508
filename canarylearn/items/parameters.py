"""Parameters: what changes from one variant of an item to the next, and the values that each variant gets.

An item's file says `‹cap›` where the value of its parameter `cap` belongs, or what a sum makes of it: `‹cap*2›`,
`‹100-cap›`, `‹1-cap/100›`. Variant 0 has the authored values. Variants 1, 2, 3 ... are steps on a walk through all
combinations that the ranges allow: no two are alike, and a number means the same values for as long as the ranges stay.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from canarylearn.engine.quantities import parse_duration, parse_share
from canarylearn.items.authored import Authored

MARK = re.compile(r"‹([^‹›]*)›")
"""A parameter in an author's text: its name, or a sum with it, between single angle quotes."""

MOST_VALUES = 1000

Value = int | float | str

_NAME = r"[a-z][a-z0-9_]{0,29}"
_TERM = rf"(?:{_NAME}|\d+(?:\.\d+)?)"
_SUM = re.compile(rf"\s*{_TERM}(?:\s*[-+*/]\s*{_TERM})*\s*", re.ASCII)
_PIECES = re.compile(rf"{_TERM}|[-+*/]", re.ASCII)
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(%|ms|s|m|h|d)?", re.ASCII)
_TEXT = re.compile(r"[A-Za-z][\w ./-]{0,39}", re.ASCII)
_FORMS = {"": "numbers", "%": "shares", "text": "names"}
_FINEST = Decimal("0.0001")

Quantity = tuple[Decimal, str]
"""A number and its unit, which is empty for a plain number."""

Path = tuple[str | int, ...]
"""Where a text stands in a file: the keys and positions that lead to it."""


class Misused(Exception):
    """A mark that cannot be filled; `path` says where in the item's file it stands."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


def _value(value: object) -> Value:
    """A number, or the text of a share, a duration or a name, as it was written; a number in quotes keeps its zeros."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is no value; write a number, a share (8%), a duration (10m) or a name (v7)")
    if isinstance(value, str):
        _refuse_wrong_text(value)
    return value


def _refuse_wrong_text(value: str) -> None:
    found = _AMOUNT.fullmatch(value)
    unit = found[2] if found else None
    if unit == "%":
        parse_share(value)
    elif unit:
        parse_duration(value)
    elif not found and not _TEXT.fullmatch(value):
        raise ValueError(f"{value!r} is no value; write a number, a share (8%), a duration (10m) or a name (v7)")


_OneValue = Annotated[Value, BeforeValidator(_value)]


class Parameter(Authored):
    """The values that a parameter may have: a list of them, or numbers from one to another in steps.

    All are numbers, or all shares, durations or names. `authored` is the one that variant 0 has: the first, unless
    another is named.
    """

    model_config = ConfigDict(populate_by_name=True)

    values: tuple[_OneValue, ...] = Field(default=(), max_length=MOST_VALUES)
    first: _OneValue | None = Field(default=None, alias="from")
    last: _OneValue | None = Field(default=None, alias="to")
    step: _OneValue | None = None
    authored: _OneValue | None = None

    @model_validator(mode="after")
    def says_which_values(self) -> Self:
        """A list, or all three of a range; of one form, none twice, and the authored one among them."""
        ends = (self.first, self.last, self.step)
        if bool(self.values) == any(end is not None for end in ends) or (not self.values and None in ends):
            raise ValueError("a parameter has either 'values' or all of 'from', 'to' and 'step'")
        forms = {_form(value) for value in (*self.values, *ends, self.authored) if value is not None}
        if len(forms) > 1:
            raise ValueError(f"a parameter's values are of one form, and these are {' and '.join(sorted(forms))}")
        if not self.values:
            self._refuse_odd_range()
        choices = self.choices
        if len(set(choices)) < max(2, len(choices)):
            raise ValueError("a parameter needs at least two values, no two alike")
        if self.authored is not None and self.authored not in choices:
            raise ValueError(f"the authored value {self.authored} is not among the others: {say_values(choices)}")
        return self

    def _refuse_odd_range(self) -> None:
        first, last, step = (_amount(end) for end in (self.first, self.last, self.step))
        if first is None or last is None or step is None:
            raise ValueError("names have no steps between them; list them as 'values'")
        if len({unit for _number, unit in (first, last, step)}) > 1:
            raise ValueError("'from', 'to' and 'step' are in one unit")
        if step[0] <= 0 or last[0] <= first[0]:
            raise ValueError("'to' is above 'from', and 'step' above 0")
        if (last[0] - first[0]) / step[0] >= MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES} steps; make 'step' larger")

    @cached_property
    def choices(self) -> tuple[Value, ...]:
        """Every value, in the order of the list or of the range."""
        if self.values:
            return self.values
        (first, unit), (last, _), (step, _) = (_sure(end) for end in (self.first, self.last, self.step))
        return tuple(_written(first + step * number, unit) for number in range(int((last - first) / step) + 1))

    @property
    def start(self) -> int:
        """The position of the authored value."""
        return 0 if self.authored is None else self.choices.index(self.authored)


Parameters = Mapping[str, Parameter]
ParameterName = Annotated[str, Field(pattern=rf"^{_NAME}$")]


def say_values(values: tuple[Value, ...]) -> str:
    """The first few values of a list, in words."""
    return ", ".join(str(value) for value in values[:6]) + (" ..." if len(values) > 6 else "")


def combinations(parameters: Parameters) -> int:
    """How many different sets of values there are."""
    return math.prod(len(parameter.choices) for parameter in parameters.values())


def draw(parameters: Parameters, salt: str, number: int) -> dict[str, Value]:
    """The values of a variant: the authored ones for 0, and for each other number a combination of its own.

    The walk takes steps of one length through all combinations in a circle. The length has no divisor in common with
    their number, so every combination comes once before any comes again. Raises LookupError beyond the last one.
    """
    total = combinations(parameters)
    if not 0 <= number < total:
        raise LookupError(f"there are {total} combinations of values, and so no number {number}")
    start, place = 0, 1
    for parameter in parameters.values():
        start += place * parameter.start
        place *= len(parameter.choices)
    index = (start + number * _stride(parameters, salt, total)) % total
    drawn = {}
    for name, parameter in parameters.items():
        index, position = divmod(index, len(parameter.choices))
        drawn[name] = parameter.choices[position]
    return drawn


def _stride(parameters: Parameters, salt: str, total: int) -> int:
    """The length of a step: what a hash says, or the next number without a divisor in common with the total."""
    facts = json.dumps([salt, {name: parameter.choices for name, parameter in parameters.items()}])
    stride = int.from_bytes(hashlib.sha256(facts.encode()).digest()[:8]) % total
    while math.gcd(stride, total) > 1:
        stride += 1
    return stride


def fill(text: str, values: Mapping[str, Value], path: Path = ()) -> str:
    """The text with each mark replaced by its value. Raises Misused for a mark that names no parameter."""
    return MARK.sub(lambda found: str(_worked_out(found[1], values, path)), text)


def fill_alone(text: str, values: Mapping[str, Value], path: Path = ()) -> Value:
    """A field's value: that of the parameter it names, or a text with marks filled. Raises Misused without either."""
    alone = MARK.fullmatch(text)
    if alone or text in values:
        return _worked_out(alone[1] if alone else text, values, path)
    if not MARK.search(text):
        raise Misused(f"{text!r} names no parameter; a field that varies needs one", path)
    return fill(text, values, path)


def names_in(text: str) -> Iterator[str]:
    """The parameters that a text names in its marks."""
    for mark in MARK.findall(text):
        yield from re.findall(_NAME, mark)


def texts_of(value: object, path: Path = (), *, keys: bool = True) -> Iterator[tuple[Path, str]]:
    """Every text in a file, keys too if wanted, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if keys:
                yield (*path, key), str(key)
            yield from texts_of(inner, (*path, key), keys=keys)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from texts_of(inner, (*path, number), keys=keys)


def fill_all(value: object, values: Mapping[str, Value], path: Path = ()) -> object:
    """A file's value with every text in it filled."""
    if isinstance(value, str):
        return fill(value, values, path)
    if isinstance(value, Mapping):
        return {
            fill(key, values, path) if isinstance(key, str) else key: fill_all(inner, values, (*path, key))
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [fill_all(inner, values, (*path, number)) for number, inner in enumerate(value)]
    return value


def _worked_out(mark: str, values: Mapping[str, Value], path: Path) -> Value:
    if not _SUM.fullmatch(mark):
        raise Misused(f"‹{mark}› is not a parameter's name or a sum, such as ‹cap›, ‹cap*2› or ‹1-cap/100›", path)
    first, *rest = _PIECES.findall(mark)
    if not rest:
        return _term(first, values, path)
    try:
        return _written(*_summed([_number(_term(first, values, path), mark, path)], rest, values, mark, path))
    except (ArithmeticError, ValueError) as error:
        raise Misused(f"‹{mark}›: {error}", path) from None


def _summed(parts: list[Quantity], rest: list[str], values: Mapping[str, Value], mark: str, path: Path) -> Quantity:
    """The sum of `parts` and of what follows; times and divided by come first. Raises ValueError for mixed units."""
    for sign, piece in zip(rest[::2], rest[1::2], strict=True):
        number, unit = _number(_term(piece, values, path), mark, path)
        if sign in "+-":
            parts.append((number if sign == "+" else -number, unit))
        elif sign == "/" and not number:
            raise ValueError("nothing can be divided by 0")
        else:
            before, unit_before = parts[-1]
            made = before * number if sign == "*" else before / number
            parts[-1] = (made.normalize(), unit_before or unit)
    units = {unit for _number, unit in parts if unit}
    if len(units) > 1:
        raise ValueError(f"{' and '.join(sorted(units))} are counted together; use one unit")
    return sum((number for number, _unit in parts), start=Decimal(0)), "".join(units)


def _term(term: str, values: Mapping[str, Value], path: Path) -> Value:
    if term[0].isdigit():
        return float(term) if "." in term else int(term)
    if term not in values:
        known = f"the parameters are {', '.join(sorted(values))}" if values else "this item declares none"
        raise Misused(f"there is no parameter {term!r}; {known}", path)
    return values[term]


def _number(value: Value, mark: str, path: Path) -> Quantity:
    amount = _amount(value)
    if amount is None:
        raise Misused(f"‹{mark}› counts with {value!r}, which is a name", path)
    return amount


def _amount(value: Value | None) -> Quantity | None:
    """The number and the unit of a value; None for a name, or for a duration in two units."""
    found = _AMOUNT.fullmatch(str(value))
    return (Decimal(found[1]), found[2] or "") if found else None


def _sure(value: Value | None) -> Quantity:
    amount = _amount(value)
    assert amount is not None  # the schema refused everything else
    return amount


def _form(value: Value) -> str:
    amount = _amount(value)
    unit = "text" if amount is None and _is_name(str(value)) else amount[1] if amount else "s"
    return _FORMS.get(unit, "durations")


def _is_name(text: str) -> bool:
    """Whether a text is no duration such as 1h30m."""
    try:
        parse_duration(text)
    except ValueError:
        return True
    return False


def _written(number: Decimal, unit: str) -> Value:
    """A number as an author would have written it: a sum has as many decimals as what it is made of."""
    rounded = number.quantize(_FINEST)
    digits = format(number if number == rounded else rounded, "f")
    if unit:
        return f"{digits}{unit}"
    return float(digits) if "." in digits else int(digits)
