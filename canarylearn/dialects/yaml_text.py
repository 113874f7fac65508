"""YAML read safely, with the line of every value: no tags, no aliases, bounded size and depth."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from canarylearn.dialects.errors import unreadable

MOST_CHARACTERS = 256 * 1024
MOST_VALUES = 50_000
DEEPEST = 30
MOST_DOCUMENTS = 100
LARGEST = 10**15
"""Numbers stay below it, so that whole ones are exact as floats too."""

_STANDARD = "tag:yaml.org,2002:"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_TRUTH = {"true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NUMBER_ELSEWHERE = re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+|0o[0-7]+", re.ASCII)
_MOST_DIGITS = 40
_KINDS = {
    "bool": ("true or false", ", or write true or false"),
    "int": ("another number", ", or write the number in plain digits"),
    "float": ("another number", ", or write the number in plain digits"),
    "str": ("a number by some readers, as text by others", ", or write the number in plain digits"),
    "timestamp": ("a date", ""),
    "value": ("a default value", ""),
}

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
    return read_documents(text, most=1)[0]


def read_documents(text: str, most: int = MOST_DOCUMENTS) -> tuple[Document, ...]:
    """Every document of a text, from one to `most` of them. Raises Unreadable, with a line, for all but plain YAML."""
    if len(text) > MOST_CHARACTERS:
        raise unreadable(1, "too-long", f"{len(text):,} characters are more than {MOST_CHARACTERS:,}; split the file")
    _refuse_control_characters(text, 1)
    try:
        _refuse_what_grows(text, most)
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.CSafeLoader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else min(mark.line + 1, text.rstrip().count("\n") + 1)
        raise unreadable(line, "not-yaml", f"not readable as YAML: {error.problem}") from None
    except yaml.YAMLError:
        raise unreadable(1, "not-yaml", "not readable as YAML") from None
    last = text.rstrip().count("\n") + 1
    documents = tuple(_document(node, last) for node in nodes if not _is_empty(node))
    if not documents:
        raise unreadable(1, "empty", "the file is empty")
    return documents


def _document(node: yaml.Node, last: int) -> Document:
    lines: dict[Path, int] = {}
    value = _plain(node, (), lines)
    # An empty value at the end begins, for the parser, on the line after it.
    return Document(value=value, lines={path: min(line, last) for path, line in lines.items()})


def _is_empty(node: yaml.Node) -> bool:
    """Nothing between two document marks is read as an empty plain scalar."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _refuse_control_characters(text: str, line: int) -> None:
    """Neither in the file nor, by an escape, in a value: no database and no page wants them, nor line breaks unseen."""
    found = _CONTROL.search(text)
    if found is not None:
        line += text.count("\n", 0, found.start())
        message = f"there is a control character (U+{ord(found[0]):04X}) here; take it out"
        raise unreadable(line, "control-character", message)


def _refuse_what_grows(text: str, most_documents: int) -> None:
    """Aliases, depth, number of values, and tags, seen in the stream of events before anything is built."""
    depth = values = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.AliasEvent):
            raise unreadable(line, "alias", f"the alias *{event.anchor} is not allowed; write the value out")
        if documents > most_documents:
            many = "a second document begins" if most_documents == 1 else f"more than {most_documents} documents begin"
            raise unreadable(line, "two-documents", f"{many} here; write one document to a file")
        if depth > DEEPEST:
            raise unreadable(line, "too-deep", f"more than {DEEPEST} levels of nesting; flatten the file")
        if values > MOST_VALUES:
            raise unreadable(line, "too-long", f"more than {MOST_VALUES:,} values; split the file")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            raise unreadable(line, "tag", f"the tag {_short(event.tag)} is not allowed; write plain values")


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> object:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), lines) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    assert isinstance(node, yaml.ScalarNode)  # a node is one of three
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, object]:
    """Keys are text whatever they look like: `on:` and `1:` mean what they say."""
    plain: dict[str, object] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise unreadable(line, "key", "a key has to be plain text")
        if key.tag == f"{_STANDARD}merge":
            raise unreadable(line, "merge", "the merge key << is not allowed; write the entries out")
        _refuse_control_characters(key.value, line)
        if key.value in plain:
            raise unreadable(line, "twice", f"the key {_short(key.value)} stands here twice; remove one")
        plain[key.value] = _plain(child, (*path, key.value), lines)
    return plain


def _scalar(node: yaml.ScalarNode) -> object:
    """The value of a scalar, if every reader takes it for the same: YAML 1.1 has words and numbers that deceive."""
    text, line, kind = node.value, node.start_mark.line + 1, node.tag.removeprefix(_STANDARD)
    if kind == "str":
        _refuse_control_characters(text, line)
        if node.style or not _NUMBER_ELSEWHERE.fullmatch(text):
            return text
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if kind == "int" and _WHOLE.fullmatch(text):
        return _within(int(text.replace("_", "")) if len(text) <= _MOST_DIGITS else math.inf, text, line)
    if kind == "float" and _FLOAT.fullmatch(text):
        return _within(float(text.replace("_", "")), text, line)
    read_as, instead = _KINDS.get(kind, (kind, ""))
    message = f"{_short(text)} would be read as {read_as}; put it in quotes if it is meant as text{instead}"
    raise unreadable(line, "ambiguous", message)


def _within(number: int | float, text: str, line: int) -> int | float:
    if not abs(number) < LARGEST:
        message = f"{_short(text)} is too large for a number; put it in quotes if it is meant as text"
        raise unreadable(line, "number", message)
    return number


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
