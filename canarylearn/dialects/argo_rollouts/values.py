"""Checks of a value's shape, to be put together into whole documents, and values read without complaint."""

from collections.abc import Callable, Iterator, Mapping

from canarylearn.dialects.shape import SCHEMA, Node

Checker = Callable[[Node], object]

MOST_ENTRIES = 1000
"""The most entries of a list that are read; a rollout with more steps than this is a mistake."""
LEAST_INT32, MOST_INT32 = -(2**31), 2**31 - 1


def a_text(node: Node) -> None:
    """A text."""
    node.text()


def a_boolean(node: Node) -> None:
    """true or false."""
    node.boolean()


def an_int(node: Node) -> None:
    """A whole number of 32 bits."""
    node.integer(least=LEAST_INT32, most=MOST_INT32)


def an_int_or_text(node: Node) -> None:
    """A whole number of 32 bits, or a text."""
    value = node.integer_or_text()
    if isinstance(value, int) and not LEAST_INT32 <= value <= MOST_INT32:
        node.problem(f"must fit into 32 bits, and it is {str(value)[:60]}", code=SCHEMA)


def anything(node: Node) -> None:
    """A part that is not read: it passes through."""


def an_object(fields: Mapping[str, Checker], required: tuple[str, ...] = ()) -> Checker:
    """An object with these fields and no others."""
    known = frozenset(fields)

    def check(node: Node) -> None:
        if node.mapping(known, required=required):
            for key, child in node.items():
                if child.there and key in known:
                    fields[key](child)

    return check


def a_list(entry: Checker) -> Checker:
    """A list of such entries."""

    def check(node: Node) -> None:
        for child in node.sequence(most=MOST_ENTRIES):
            if child.value is None:
                child.problem("must not be null; remove the entry or write what it is", code=SCHEMA)
            else:
                entry(child)

    return check


def texts_by_name(node: Node) -> None:
    """An object whose values are texts, such as labels."""
    if node.mapping():
        for child in dict(node.items()).values():
            child.text()


def entries(node: Node) -> Iterator[Node]:
    """The entries of a list, without any complaint: the shape was looked at before."""
    if isinstance(node.value, list):
        for place, value in enumerate(node.value[:MOST_ENTRIES]):
            yield Node(
                value=value,
                path=(*node.path, place),
                document=node.document,
                problems=node.problems,
                there=value is not None,
            )


def whole(node: Node) -> int | None:
    """A whole number of 32 bits, or None for anything else, without any complaint."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if LEAST_INT32 <= value <= MOST_INT32 else None


def words(node: Node) -> str:
    """A text, or an empty one for anything else, without any complaint."""
    return node.value if isinstance(node.value, str) else ""
