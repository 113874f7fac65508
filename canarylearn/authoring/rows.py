"""What the buttons of rows do: add, remove and move them in what was typed. Knows no Django."""

from collections.abc import Iterable, Sequence

from canarylearn.authoring.fields import Node, Typed
from canarylearn.authoring.groups import MOST_ROWS


def change_rows(root: Node, typed: Typed, what: str) -> str:
    """Add, remove or move a row, as a button says: add:goals, remove:goals.2, up:goals.2, move:goals.2.0.

    Returns the name of the row, or list, that the page should come back to. Raises LookupError for what is not there.
    """
    action, _, name = what.partition(":")
    steps = name.split(".")
    to = int(steps.pop()) if action == "move" and steps[-1].isdigit() else None
    if action == "add":
        rows, node = _find(root, typed, steps)
        if not isinstance(rows, list) or len(rows) >= MOST_ROWS:
            raise LookupError(name)
        rows.append(node.child("0").blank())
        return f"{name}.{len(rows) - 1}"
    if not steps[-1].isdigit():
        raise LookupError(name)
    above, number = ".".join(steps[:-1]), int(steps[-1])
    rows, _node = _find(root, typed, steps[:-1])
    if not isinstance(rows, list) or number >= len(rows):
        raise LookupError(name)
    row = rows.pop(number)
    if action == "remove":
        return f"{above}.{min(number, len(rows) - 1)}" if rows else above
    places = {"up": number - 1, "down": number + 1, "move": to}
    place = places.get(action)
    if place is None:
        raise LookupError(what)
    place = max(0, min(len(rows), place))
    rows.insert(place, row)
    return f"{above}.{place}"


def _find(root: Node, typed: Typed, steps: Sequence[str]) -> tuple[Typed, Node]:
    node = root
    for step in steps:
        try:
            node = node.child(step)
            typed = typed[int(step)] if isinstance(typed, list) else typed[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise LookupError(".".join(steps)) from None
    return typed, node


def present_names(names: Iterable[str]) -> frozenset[str]:
    """Every name that was sent, and every name above it."""
    found: set[str] = set()
    for name in names:
        steps = name.split(".")
        found.update(".".join(steps[:count]) for count in range(1, len(steps) + 1))
    return frozenset(found)
