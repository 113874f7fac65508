"""The shape of a document: values asked for by name and type, with every mistake kept at its path and line.

Reading goes on after a mistake, so that a person sees all of them at once; what could not be read is None.
"""

import difflib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import Document, Path

SCHEMA, SEMANTICS = "schema", "semantics"
"""The two layers of a tool's refusals: the shape of the document, and what the tool itself makes of it."""

_MOST_SHOWN = 60


@dataclass(kw_only=True)
class Problems:
    """Mistakes found in one text so far."""

    found: list[Located] = field(default_factory=list)

    def add(self, line: int, path: str, code: str, message: str) -> None:
        """Keep one more mistake."""
        self.found.append(Located(line=line, column=None, code=code, message=message, path=path))

    def refuse(self) -> None:
        """Raise Unreadable with everything found, in the order of the lines; do nothing when all is well."""
        if self.found:
            raise Unreadable(tuple(sorted(self.found, key=lambda error: error.line)))


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value in a document, or the absence of one (`there` is False), with the path that leads to it."""

    value: object
    path: Path
    document: Document
    problems: Problems
    there: bool = True

    @property
    def line(self) -> int:
        """The line on which the value, or the nearest thing above it, begins."""
        return self.document.line(self.path)

    def say_path(self) -> str:
        """The path as tools write it: spec.strategy.steps[0].setWeight."""
        return say_path(self.path)

    def problem(self, message: str, *, code: str = SEMANTICS, path: str | None = None) -> None:
        """Keep a mistake found at this value; `path` where the tool names another field than the text has."""
        self.problems.add(self.line, self.say_path() if path is None else path, code, message)

    def get(self, key: str) -> "Node":
        """The value under a key; one that is not there, or null, is a Node that is not there."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(
            value=value,
            path=(*self.path, key),
            document=self.document,
            problems=self.problems,
            there=value is not None,
        )

    def has(self, key: str) -> bool:
        """Whether a key stands there with a value other than null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The entries of a mapping, in order; none for anything else."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.get(key)

    def mapping(self, known: frozenset[str] | None = None, *, required: tuple[str, ...] = ()) -> bool:
        """Whether this is a mapping; keys that are not `known` and missing required ones are kept as mistakes."""
        if not self._is(dict, "an object"):
            return False
        assert isinstance(self.value, dict)
        for key in self.value:
            if known is not None and key not in known:
                # Looking for a likeness takes time, and nobody reads the thousandth.
                nearest = _nearest(key, known) if len(self.problems.found) < _MOST_SHOWN else ""
                self.get(key).problem(f'unknown field "{_short(key)}"{nearest}', code=SCHEMA)
        for key in required:
            if not self.has(key):
                self.problem(f"{key}: Required value", code=SCHEMA)
        return True

    def sequence(self, *, most: int | None = None, least: int = 0) -> list["Node"]:
        """The entries of a list; a mistake, and no entries, for anything else and for a wrong number of them."""
        if not self.there or not self._is(list, "an array"):
            return []
        assert isinstance(self.value, list)
        count = len(self.value)
        if most is not None and count > most:
            self.problem(f"must have at most {most} items, and it has {count}", code=SCHEMA)
            return []
        if count < least:
            self.problem(f"must have at least {least} items, and it has {count}", code=SCHEMA)
        return [
            Node(value=value, path=(*self.path, place), document=self.document, problems=self.problems)
            for place, value in enumerate(self.value)
        ]

    def integer(self, *, least: int | None = None, most: int | None = None) -> int | None:
        """A whole number within bounds; None, and a mistake unless it is simply absent, for anything else."""
        if not self.there:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.problem(f"must be of type integer, and it is {say_value(self.value)}{_tip(self.value)}", code=SCHEMA)
            return None
        return self.value if self._in_range(self.value, least, most) else None

    def number(self, *, least: float | None = None, most: float | None = None) -> float | None:
        """A finite number within bounds; None, and a mistake unless it is simply absent, for anything else."""
        if not self.there:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            self.problem(f"must be of type number, and it is {say_value(self.value)}{_tip(self.value)}", code=SCHEMA)
            return None
        if not math.isfinite(self.value):
            self.problem(f"must be a finite number, and it is {say_value(self.value)}", code=SCHEMA)
            return None
        return self.value if self._in_range(self.value, least, most) else None

    def text(self, *, choices: tuple[str, ...] = ()) -> str | None:
        """A text, one of `choices` where they are given; None, and a mistake unless absent, for anything else."""
        if not self.there:
            return None
        if not isinstance(self.value, str):
            self.problem(
                f"must be of type string, and it is {say_value(self.value)}{_text_tip(self.value)}", code=SCHEMA
            )
            return None
        if choices and self.value not in choices:
            offered = ", ".join(repr(choice) for choice in choices)
            self.problem(f"{say_value(self.value)} is not supported; supported values: {offered}", code=SCHEMA)
            return None
        return self.value

    def boolean(self) -> bool | None:
        """true or false; None, and a mistake unless absent, for anything else."""
        if not self.there:
            return None
        if not isinstance(self.value, bool):
            self.problem(f"must be of type boolean, and it is {say_value(self.value)}", code=SCHEMA)
            return None
        return self.value

    def integer_or_text(self) -> int | str | None:
        """A whole number or a text, as Kubernetes' int-or-string; None, and a mistake unless absent, for others."""
        if not self.there:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, (int, str)):
            self.problem(f"must be an integer or a string, and it is {say_value(self.value)}", code=SCHEMA)
            return None
        return self.value

    def _is(self, kind: type, words: str) -> bool:
        if not self.there or not isinstance(self.value, kind):
            said = say_value(self.value) if self.there else "missing"
            self.problem(f"must be {words}, and it is {said}", code=SCHEMA)
            return False
        return True

    def _in_range(self, value: float, least: float | None, most: float | None) -> bool:
        if least is not None and value < least:
            self.problem(f"should be greater than or equal to {least}, and it is {value}", code=SCHEMA)
            return False
        if most is not None and value > most:
            self.problem(f"should be less than or equal to {most}, and it is {value}", code=SCHEMA)
            return False
        return True


def root(document: Document, problems: Problems) -> Node:
    """The whole of a document."""
    return Node(value=document.value, path=(), document=document, problems=problems)


def say_path(path: Path) -> str:
    """A path as tools write it: names with dots, positions in brackets."""
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else part
    return said


def say_value(value: object) -> str:
    """A value in words for a message, cut where it is long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {_short(repr(value))}"
    if isinstance(value, str):
        return f"the text {_short(repr(value))}"
    return "a list" if isinstance(value, list) else "an object"


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _tip(value: object) -> str:
    """What to write instead, for the mistakes people really make with numbers."""
    if isinstance(value, str):
        digits = value.strip().removesuffix("%").strip()
        if digits.replace(".", "", 1).lstrip("-").isdigit():
            return f"; write {digits} without a percent sign" if "%" in value else f"; write {digits} without quotes"
    if isinstance(value, float) and 0 < value < 1:
        return f"; this is a whole number of percent, so write {value * 100:g} for {value:g} of the traffic"
    return ""


def _text_tip(value: object) -> str:
    return (
        "; YAML reads this word as a boolean, so put it in quotes" if isinstance(value, bool) else "; put it in quotes"
    )


def _nearest(key: str, known: frozenset[str]) -> str:
    close = difflib.get_close_matches(key[:80], known, n=1)
    return f'; is it "{close[0]}"?' if close else ""
