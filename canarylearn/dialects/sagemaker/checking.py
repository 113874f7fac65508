"""The two layers that look at a request.

The client (botocore) checks types, required and unknown parameters and least values; the service checks the rest.
"""

import math
import re
from collections.abc import Mapping

from canarylearn.dialects.sagemaker.shapes import ListOf, Scalar, Shape, Structure
from canarylearn.dialects.shape import SCHEMA, SEMANTICS, Node

_MOST_SHOWN = 60
_VALID = {
    "integer": "<class 'int'>",
    "float": "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
    "string": "<class 'str'>",
    "boolean": "<class 'bool'>",
    "list": "<class 'list'>, <class 'tuple'>",
    "structure": "<class 'dict'>",
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "float": (float, int),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
}


def look_at(node: Node, shape: Shape, name: str = "") -> None:
    """Keep every mistake that the client or the service finds; `name` is the parameter in the client's notation."""
    if shape is None:
        return
    kind = shape.kind if isinstance(shape, Scalar) else "list" if isinstance(shape, ListOf) else "structure"
    value = node.value
    if not isinstance(value, _TYPES[kind]):
        node.problem(
            f"Invalid type for parameter {name or 'input'}, value: {_shown(value)}, type: {type(value)}, "
            f"valid types: {_VALID[kind]}{_tip(value, kind)}",
            code=SCHEMA,
        )
    elif isinstance(value, bool) and kind in ("integer", "float"):
        # Python's True is an int, so the client lets it through, and the service expects a number.
        node.problem(f"SerializationException: {name or 'input'} has to be a number, and it is true or false")
    elif isinstance(shape, Structure):
        _look_at_structure(node, shape, name)
    elif isinstance(shape, ListOf):
        _look_at_list(node, shape, name)
    else:
        _look_at_scalar(node, shape, name)


def _look_at_structure(node: Node, shape: Structure, name: str) -> None:
    for member in shape.required:
        if not isinstance(node.value, dict) or member not in node.value:
            node.problem(f'Missing required parameter in {name or "input"}: "{member}"', code=SCHEMA)
    for member, child in node.items():
        if member in shape.members:
            look_at(child, shape.members[member], f"{name}.{member}" if name else member)
        else:
            known = ", ".join(shape.members)
            child.problem(
                f'Unknown parameter in {name or "input"}: "{member[:_MOST_SHOWN]}", must be one of: {known}'[:500],
                code=SCHEMA,
            )


def _look_at_list(node: Node, shape: ListOf, name: str) -> None:
    entries = node.sequence()
    if len(entries) < shape.least:
        node.problem(
            f"Invalid length for parameter {name}, value: {len(entries)}, valid min length: {shape.least}", code=SCHEMA
        )
    if shape.most is not None and len(entries) > shape.most:
        _refuse(node, name, f"Member must have length less than or equal to {shape.most}, and not {len(entries)}")
    for place, entry in enumerate(entries[: shape.most]):
        look_at(entry, shape.member, f"{name}[{place}]")


def _look_at_scalar(node: Node, shape: Scalar, name: str) -> None:
    value = node.value
    if isinstance(value, str):
        _look_at_text(node, value, shape, name)
    elif isinstance(value, (int, float)):
        _look_at_number(node, value, shape, name)


def _look_at_text(node: Node, value: str, shape: Scalar, name: str) -> None:
    if shape.least is not None and len(value) < shape.least:
        node.problem(
            f"Invalid length for parameter {name}, value: {len(value)}, valid min length: {shape.least:g}", code=SCHEMA
        )
    elif shape.most is not None and len(value) > shape.most:
        _refuse(node, name, f"Member must have length less than or equal to {shape.most:g}")
    elif shape.choices and value not in shape.choices:
        _refuse(node, name, f"Member must satisfy enum value set: [{', '.join(shape.choices)}]")
    elif shape.pattern and not re.fullmatch(shape.pattern, value):
        _refuse(node, name, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _look_at_number(node: Node, value: float, shape: Scalar, name: str) -> None:
    if shape.least is not None and value < shape.least:
        node.problem(
            f"Invalid value for parameter {name}, value: {_shown(value)}, valid min value: {shape.least:g}", code=SCHEMA
        )
    elif not math.isfinite(value):
        node.problem(f"SerializationException: {name} has to be a finite number, and it is {value}", code=SEMANTICS)
    elif shape.most is not None and value > shape.most:
        _refuse(node, name, f"Member must have value less than or equal to {shape.most:g}")


def _refuse(node: Node, name: str, constraint: str) -> None:
    """What the service answers."""
    place = ".".join(part[:1].lower() + part[1:] for part in name.split("."))
    node.problem(
        f"1 validation error detected: Value '{_shown(node.value)}' at '{place}' failed to satisfy constraint: "
        f"{constraint}",
        code=SEMANTICS,
    )


def _shown(value: object) -> str:
    if isinstance(value, (list, dict)):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    said = str(value)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"


def _tip(value: object, kind: str) -> str:
    if kind in ("integer", "float") and isinstance(value, str):
        digits = value.strip().removesuffix("%").strip()
        if digits.replace(".", "", 1).isdecimal() and digits.isascii():
            return f"; write {digits} without {'a percent sign' if '%' in value else 'quotes'}"
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return f"; write {int(value)}"
    if kind == "string" and not isinstance(value, (list, dict)):
        return "; put it in quotes"
    return ""
