"""Argo's way of naming fields and of saying that a value is wrong."""

import json

from canarylearn.dialects.errors import Located
from canarylearn.dialects.shape import Node

_MOST_SHOWN = 80


def argo_path(node: Node) -> str:
    """A field's path as Argo's own checks write it: they leave 'canary' and 'blueGreen' out."""
    said = node.say_path()
    return said.replace("spec.strategy.canary", "spec.strategy", 1).replace(
        "spec.strategy.blueGreen", "spec.strategy", 1
    )


def invalid(node: Node, value: object, detail: str, *, path: str = "") -> None:
    """Keep 'Invalid value: ...', the tool's usual refusal."""
    node.problem(f"Invalid value: {_json(value)}: {detail}", path=path or argo_path(node))


def required(node: Node, detail: str, *, path: str = "") -> None:
    """Keep 'Required value: ...', for a field that is missing."""
    node.problem(f"Required value: {detail}", path=path or argo_path(node))


def note(node: Node, message: str) -> Located:
    """Something that Argo accepts and a person should know."""
    return Located(line=node.line, column=None, code="note", message=message, path=argo_path(node))


def _json(value: object) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"
