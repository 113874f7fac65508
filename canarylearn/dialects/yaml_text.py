"""YAML read safely, with the line of every value: no tags, no aliases, bounded size and depth."""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from canarylearn.dialects.errors import Located, Unreadable

MOST_CHARACTERS = 256 * 1024
DEEPEST = 30

Path = tuple[str | int, ...]
"""Where a value stands: the keys and positions that lead to it."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML document: its plain value, and the line (from 1) on which each path begins."""

    value: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing above it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str) -> Document:
    """The document in a text. Raises Unreadable, with a line, for anything that is not one plain YAML document."""
    documents = read_documents(text)
    if len(documents) > 1:
        second = documents[1].line(())
        raise _unreadable(second, "several", "a second document begins here; one file holds one document")
    return documents[0]


def read_documents(text: str) -> tuple[Document, ...]:
    """Every document of a text, at least one. Raises Unreadable, with a line, for anything but plain YAML."""
    if len(text) > MOST_CHARACTERS:
        raise _unreadable(1, "too-long", f"{len(text):,} characters are more than {MOST_CHARACTERS:,}; split the file")
    try:
        _refuse_aliases_and_depth(text)
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.CSafeLoader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _unreadable(
            mark.line + 1 if mark is not None else 1, "not-yaml", f"not readable as YAML: {error.problem}"
        ) from None
    except yaml.YAMLError as error:
        raise _unreadable(1, "not-yaml", f"not readable as YAML: {error}") from None
    documents = tuple(_document(node) for node in nodes if not _is_empty(node))
    if not documents:
        raise _unreadable(1, "empty", "the file is empty")
    return documents


def _document(node: yaml.Node) -> Document:
    lines: dict[Path, int] = {}
    value = _plain(node, (), lines)
    return Document(value=value, lines=lines)


def _is_empty(node: yaml.Node) -> bool:
    """Nothing between two document marks is read as an empty plain scalar."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _refuse_aliases_and_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable(line, "alias", f"the alias *{event.anchor} is not allowed; write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _unreadable(line, "too-deep", f"more than {DEEPEST} levels of nesting; flatten the file")


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> object:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), lines) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _unreadable(line, "key", "a key has to be plain text")
        if key.value in plain:
            raise _unreadable(line, "twice", f"the key {key.value!r} stands here twice; remove one")
        plain[key.value] = _plain(child, (*path, key.value), lines)
    return plain


_TOO_LARGE = 10**300
"""Such whole numbers cannot be compared with fractions, and the longest cannot even be written."""
_SCALARS = {"str", "int", "float", "bool", "null"}


def _scalar(node: yaml.Node) -> object:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind not in _SCALARS:
        message = f"{node.value!r} would be read as {kind}; put it in quotes if it is meant as text"
        raise _unreadable(node.start_mark.line + 1, "tag", message)
    try:
        # The constructor for plain scalars only: the tags that build Python objects were refused above.
        value = yaml.constructor.SafeConstructor().construct_object(node)
        if isinstance(value, int) and abs(value) >= _TOO_LARGE:
            raise OverflowError
        return value
    except (ValueError, OverflowError):
        message = f"{node.value[:60]!r} is too large or malformed for a number; put it in quotes if it is meant as text"
        raise _unreadable(node.start_mark.line + 1, "number", message) from None


def _unreadable(line: int, code: str, message: str) -> Unreadable:
    return Unreadable((Located(line=line, column=None, code=code, message=message),))
