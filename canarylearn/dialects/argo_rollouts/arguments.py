"""Arguments of analyses: where their values come from, and {{args.name}} in a template's texts."""

import re
from collections.abc import Mapping

from canarylearn.dialects.argo_rollouts.values import entries, words
from canarylearn.dialects.shape import Node

Arguments = Mapping[str, str | None]
"""Values by name; None for one that has no value yet."""

PLACEHOLDER = "dummy-value"
"""What stands for a value that only a cluster knows; Argo's own lint writes the same."""
_HASHES = {"Stable": "stable", "Latest": "canary"}
_ARGUMENT = re.compile(r"\{\{\s*args\.([^{}\s]{1,253})\s*\}\}")


def arguments_in(node: Node) -> dict[str, str | None]:
    """The arguments that a list declares, by name."""
    return {words(entry.get("name")): _value(entry) for entry in entries(node.get("args"))}


def _value(entry: Node) -> str | None:
    if entry.has("value"):
        return words(entry.get("value"))
    source = entry.get("valueFrom")
    if not source.there:
        return None
    return _HASHES.get(words(source.get("podTemplateHashValue")), PLACEHOLDER)


def merged(declared: Arguments, given: Arguments) -> dict[str, str | None]:
    """A template's arguments with the values that a rollout gives them; it cannot add any."""
    return {name: value if given.get(name) is None else given[name] for name, value in declared.items()}


def names_in(text: str) -> list[str]:
    """The arguments that a text asks for."""
    return _ARGUMENT.findall(text)


def resolve(text: str, arguments: Arguments) -> str | None:
    """The text with its arguments filled in; None while one of them has no value."""
    if any(arguments.get(name) is None for name in names_in(text)):
        return None
    return _ARGUMENT.sub(lambda found: arguments[found[1]] or "", text)
