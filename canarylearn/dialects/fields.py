"""The shape of a tool's document as a table: what may stand where, as its CRD has it.

A table names each field of an object: another table, a `Many` for an array, a tuple for the texts that may stand
there, a function that looks at the value, or None for a part that passes by unread. A field that ends in '!' is
required.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canarylearn.dialects.shape import SCHEMA, Node, say_value

MOST_INT32, MOST_INT64 = 2**31 - 1, 2**63 - 1
MOST_ENTRIES = 1000
"""Longer arrays are not read: no tool's file has them, and a text is to be answered at once."""

Look = Callable[[Node], object]
"""What looks at a value, and keeps its mistakes."""


@dataclass(frozen=True, kw_only=True)
class Many:
    """An array of values of one shape."""

    of: object
    most: int | None = None


def hold_to(node: Node, table: object) -> None:
    """Keep every mistake that the CRD would find in a value."""
    if table is None:
        return
    if isinstance(table, tuple):
        node.text(choices=table)
    elif isinstance(table, Many):
        for entry in node.sequence(most=table.most or MOST_ENTRIES):
            hold_to(entry, table.of)
    elif isinstance(table, Mapping):
        _hold_object(node, table)
    else:
        assert callable(table)
        table(node)


def _hold_object(node: Node, table: Mapping[str, object]) -> None:
    fields = {name.removesuffix("!"): shape for name, shape in table.items()}
    required = tuple(name.removesuffix("!") for name in table if name.endswith("!"))
    if node.mapping(frozenset(fields), required=required):
        for name, shape in fields.items():
            if shape is not None and node.has(name):
                hold_to(node.get(name), shape)


def text(node: Node) -> None:
    """A text."""
    node.text()


def number(node: Node) -> None:
    """A finite number."""
    node.number()


def truth(node: Node) -> None:
    """true or false."""
    node.boolean()


def texts(node: Node) -> None:
    """A mapping of texts, such as labels."""
    if node.mapping():
        for _, child in node.items():  # noqa: PERF102  a Node has no values()
            child.text()


def whole(least: int = -MOST_INT64 - 1, most: int = MOST_INT64) -> Look:
    """A whole number within bounds."""
    return lambda node: node.integer(least=least, most=most)


def relative(least: int, most: int = MOST_INT32) -> Look:
    """A weight that counts in proportion to the others: a part of one is a mistake of its own."""

    def look(node: Node) -> None:
        if isinstance(node.value, float):
            node.problem(
                f"must be of type integer, and it is {say_value(node.value)}; weights are whole numbers that count in "
                "proportion, so write 1 and 9 for a tenth and the rest",
                code=SCHEMA,
            )
        else:
            node.integer(least=least, most=most)

    return look


def whole_at(node: Node, default: int = 0) -> int | None:
    """The whole number at a node, `default` where there is none, and None where something else stands."""
    if not node.there:
        return default
    return node.value if isinstance(node.value, int) and not isinstance(node.value, bool) else None


def words_at(node: Node) -> str:
    """The text at a node, '' for anything else."""
    return node.value if isinstance(node.value, str) else ""


def entries_at(node: Node) -> list[Node]:
    """The entries of a list, none for anything else and for more than are read."""
    return node.sequence() if isinstance(node.value, list) and len(node.value) <= MOST_ENTRIES else []
