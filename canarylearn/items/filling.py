"""Filling: an item's file with values in place of its parameters' marks."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from canarylearn.items.parameters import (
    Misused,
    Parameter,
    ParameterName,
    Parameters,
    Value,
    draw,
    fill_all,
    fill_alone,
    names_in,
    texts_of,
)

_PARAMETERS: TypeAdapter[dict[str, Parameter]] = TypeAdapter(dict[ParameterName, Parameter])


def with_values(source: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The file of an item with the values of a variant in place of its marks; `varies` has the values themselves.

    Raises Misused for marks and parameters that do not fit together, LookupError for a number beyond the last one.
    """
    parameters = _read(source.get("parameters", {}))
    rest = {field: value for field, value in source.items() if field not in ("parameters", "varies")}
    varies = source.get("varies", {})
    values = draw(parameters, str(source.get("id", "")), number) if parameters else {}
    _refuse_unused(parameters, rest, varies)
    filled = fill_all(rest, values)
    assert isinstance(filled, dict)
    if parameters:
        filled["parameters"] = parameters
    if "varies" in source:
        filled["varies"] = _varied(varies, values)
    return filled


def _read(declared: object) -> Parameters:
    try:
        return _PARAMETERS.validate_python(declared)
    except ValidationError as error:
        first = error.errors()[0]
        said = str(first["msg"]).removeprefix("Value error, ")
        raise Misused(said, ("parameters", *first["loc"])) from None


def _refuse_unused(parameters: Parameters, rest: Mapping[str, Any], varies: object) -> None:
    fields = [text for _path, text in texts_of(varies, keys=False)]
    used = {name for text in (*fields, *(text for _path, text in texts_of(rest))) for name in names_in(text)}
    for name in parameters:
        if name not in used and name not in fields:
            message = f"the parameter {name!r} is declared and never used; write ‹{name}› or remove it"
            raise Misused(message, ("parameters", name))


def _varied(varies: object, values: Mapping[str, Value]) -> object:
    """The fields of scenarios with their values; anything of another form is left for the schema to refuse."""
    if not isinstance(varies, Mapping):
        return varies
    return {
        slug: {name: _field(text, values, ("varies", slug, name)) for name, text in fields.items()}
        if isinstance(fields, Mapping)
        else fields
        for slug, fields in varies.items()
    }


def _field(text: object, values: Mapping[str, Value], path: tuple[str | int, ...]) -> Value:
    if not isinstance(text, str):
        raise Misused(f"{text!r} names no parameter; a field that varies needs one", path)
    return fill_alone(text, values, path)
