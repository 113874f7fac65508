"""YAML text as a spec, with every error located."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import Document, read_yaml
from canarylearn.engine.faults import KINDS
from canarylearn.items.options import TAGS

Spec = TypeVar("Spec", bound=BaseModel)


def read_as(schema: type[Spec], text: str) -> Spec:
    """The text of a YAML file as a spec. Raises Unreadable with a line for each thing that is wrong."""
    document = read_yaml(text)
    try:
        return schema.model_validate(document.value)
    except ValidationError as error:
        raise Unreadable(tuple(_located(document, problem) for problem in error.errors())) from None


def place_and_words(problem: Mapping[str, object]) -> tuple[tuple[str | int, ...], str]:
    """Where in what an author wrote the schema found something wrong, and what."""
    where, context = problem["loc"], problem.get("ctx", {})
    assert isinstance(where, tuple)
    assert isinstance(context, dict)
    where = tuple(part for part in (*where, *context.get("where", ())) if part not in TAGS and part not in KINDS)
    return where, str(problem["msg"]).removeprefix("Value error, ")


def _located(document: Document, problem: Mapping[str, object]) -> Located:
    where, said = place_and_words(problem)
    path = ".".join(str(part) for part in where)
    return Located(
        line=document.line(where),
        column=None,
        code=str(problem["type"]),
        message=f"{path}: {said}" if path else said,
    )
