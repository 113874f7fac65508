"""Canonical YAML: the one form in which data are written down.

A text stands plain where it reads back as itself; otherwise in quotes: single ones around a text without spaces,
double ones around any other, and the other kind where the text holds that quote or a backslash. A text of several
lines is a literal block. Goals, claims, faults, faces and parameters are mappings on one line; short lists stand on
one line, and so do the parts of a scenario.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml

WIDTH = 120
"""What is written on one line only if it fits stays within so many characters."""

_ONE_LINE = frozenset({"goals", "claim", "faces", "faults", "bursts", "parameters"})
"""Fields whose mappings stand on one line each, however long."""
_ROWS = frozenset({"hints", "mistakes", "solution", "checklist"})
"""Fields whose texts stand below each other, however short."""
_LONGEST_KEY = 500
"""A longer key is written with a question mark before it: readers look only so far for the colon."""

_NUMBER_TO_SOME = re.compile(r"[-+]?\d[\d_:.]*|[yYnN]", re.ASCII)
"""What readers of other versions of YAML take for a number or a truth, such as 01:30, is in quotes."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\ufeff": "\\uFEFF"}
_WORD = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)

Data = Mapping[str, Any]


def written(data: Data, *, compact: bool = False) -> str:
    """These data as a file; a `compact` one puts a mapping on one line wherever it fits.

    Raises Unreadable, or ValueError, if they could not be read back as they are.
    """
    text = "".join(f"{line}\n" for line in _Writer(compact=compact).mapping(data, ""))
    read = read_yaml(text).value
    if read != data:
        raise ValueError("these texts cannot be written so that they are read back")
    return text


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Lines of YAML; a `compact` writer puts a mapping on one line wherever it fits."""

    compact: bool

    def mapping(self, value: Data, indent: str, field: str = "") -> Iterator[str]:
        for key, inner in value.items():
            name = _scalar(key, "{key}: x")
            # The parameters of an item have names of their own, which say nothing of how they are written.
            above = field if field == "parameters" else key
            if len(name) > _LONGEST_KEY:
                yield f"{indent}? {name}"
                yield from self.value(inner, f"{indent}:", indent, above)
            else:
                yield from self.value(inner, f"{indent}{name}:", indent, above)

    def value(self, value: Any, begun: str, indent: str, field: str) -> Iterator[str]:
        """A value after what its line begins with: a key and its colon, or the dash of a list."""
        deeper = f"{indent}  "
        if isinstance(value, str) and "\n" in value and (block := _block(value)):
            first, *rest = block
            yield f"{begun} {first}"
            yield from (f"{deeper}{line}" if line else "" for line in rest)
        elif not isinstance(value, Mapping | list):
            yield f"{begun} {_scalar(value)}"
        elif self._stands_on_one_line(value, begun, field):
            yield f"{begun} {_flow(value)}"
        elif isinstance(value, list) and _is_words(value):
            yield from (f"{begun} [", *_wrapped(value, deeper), f"{indent}]")
        elif isinstance(value, list):
            yield begun
            for inner in value:
                yield from self._listed(inner, deeper, field)
        else:
            yield begun
            yield from self.mapping(value, deeper, field)

    def _listed(self, value: Any, indent: str, field: str) -> Iterator[str]:
        if isinstance(value, Mapping) and value and not self._stands_on_one_line(value, f"{indent}-", field):
            first, *rest = self.mapping(value, f"{indent}  ", field)
            yield f"{indent}- {first.lstrip(' ')}"
            yield from rest
        else:
            yield from self.value(value, f"{indent}-", indent, field)

    def _stands_on_one_line(self, value: Data | list[Any], begun: str, field: str) -> bool:
        if not value:
            return True
        if isinstance(value, Mapping):
            if field in _ONE_LINE:
                return not (field == "parameters" and any(isinstance(inner, Mapping) for inner in value.values()))
            return self.compact and not _holds_mappings(value) and _fits(value, begun)
        return (
            field not in _ROWS and not any(isinstance(inner, Mapping | list) for inner in value) and _fits(value, begun)
        )


def _holds_mappings(value: Data) -> bool:
    lists = [inner for inner in value.values() if isinstance(inner, list)]
    return any(isinstance(one, Mapping) for inner in lists for one in inner)


def _fits(value: Data | list[Any], begun: str) -> bool:
    texts = value.values() if isinstance(value, Mapping) else value
    if any(isinstance(text, str) and "\n" in text for text in texts):
        return False
    return len(begun) + 1 + len(_flow(value)) <= WIDTH


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_flow_key(key)}: {_flow(inner)}" for key, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value, "x: {{y: {text}, z: [{text}, {text}]}}")


def _flow_key(key: str) -> str:
    name = _scalar(key, "x: {{{key}: y}}")
    return f"? {name}" if len(name) > _LONGEST_KEY else name


def _is_words(value: list[Any]) -> bool:
    return all(isinstance(word, str) and _WORD.fullmatch(word) and _scalar(word) == word for word in value)


def _wrapped(words: list[str], indent: str) -> Iterator[str]:
    line = indent
    for word in words:
        if line != indent and len(line) + len(word) + 1 > WIDTH:
            yield line.rstrip(" ")
            line = indent
        line += f"{word}, "
    yield line.rstrip(" ")


def _block(text: str) -> list[str]:
    """The lines of a text as a literal block, what stands behind the colon first; nothing if it cannot be one."""
    body = text.rstrip("\n")
    trailing = len(text) - len(body)
    if not body.strip() or "\r" in text:
        return []
    first = next(line for line in body.split("\n") if line)
    mark = "|" + ("2" if first.startswith((" ", "\t")) else "") + {0: "-", 1: ""}.get(trailing, "+")
    lines = [mark, *body.split("\n"), *[""] * (trailing - 1)]
    written = "\n".join(f"  {line}" if line else "" for line in lines[1:])
    return lines if _reads(f"x: {mark}\n{written}\ny: z\n", {"x": text, "y": "z"}) else []


def _scalar(value: Any, place: str = "x: {text}") -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"
    return _text(str(value), place)


@lru_cache(maxsize=8192)
def _text(text: str, place: str) -> str:
    """A text in a place. A key is written as a value would be, so that 100 is in quotes, but for the field `on`."""
    if "\n" not in text and text.strip() == text and _stands_plain(text, place):
        return text
    first, second = ("'", '"') if " " not in text else ('"', "'")
    clean = not any(sign in text for sign in ("\n", "\t", "\r", "\ufeff"))
    for quote in (first, second):
        if clean and quote not in text and (quote == "'" or "\\" not in text):
            return f"{quote}{text}{quote}"
    if clean and "\\" in text and '"' in text:
        return "'{}'".format(text.replace("'", "''"))
    return '"{}"'.format("".join(_ESCAPES.get(sign, sign) for sign in text))


def _stands_plain(text: str, place: str) -> bool:
    if text != "on" and (_NUMBER_TO_SOME.fullmatch(text) or not _reads(f"x: {text}\n", {"x": text})):
        return False
    expected: Mapping[str, Data] = {
        "x: {text}": {"x": text},
        "{key}: x": {text: "x"},
        "x: {{{key}: y}}": {"x": {text: "y"}},
        "x: {{y: {text}, z: [{text}, {text}]}}": {"x": {"y": text, "z": [text, text]}},
    }
    return _reads(f"{place.format(text=text, key=text)}\n", expected[place])


def _reads(text: str, expected: Data) -> bool:
    try:
        return read_yaml(text).value == expected
    except Unreadable:
        return False
