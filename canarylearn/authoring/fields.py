"""What a form is made of: fields that stand for the data of a file, and back, without losing anything.

Three forms of one thing: the *data* that a file says; what is *typed* in the fields of a form, which mirrors the names
of the fields (`goals.0.name` is `typed["goals"][0]["name"]`); and a *view* for the template. Nothing is judged here:
what is typed becomes data, and the schema says what is wrong with it. Groups of fields are in `groups`. Knows no
Django.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml

Typed = Any
Data = Any
Path = tuple[str | int, ...]

Label = Any
"""A text that is shown: it may be translated when it is."""

NOTHING = object()
"""The data of what was left empty: it is not written down."""


class Unfit(Exception):
    """Data that these fields cannot hold: the text of the file can still be shown."""


@dataclass
class Refused:
    """What was typed and cannot be written down at all, by the name of its field."""

    messages: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        """Something is wrong there."""
        self.messages.setdefault(name, []).append(message)


@dataclass(frozen=True, kw_only=True)
class View:
    """A field for the template. `kind` is input, text, code, select, rows, part or row.

    A row may have a field that `decides` which of the others it uses: those name what they are for in `used_for`.
    """

    kind: str
    name: str
    label: Label
    help: Label = ""
    value: str = ""
    lines: int = 1
    choices: Sequence[tuple[str, Label]] = ()
    parts: Sequence["View"] = ()
    errors: Sequence[str] = ()
    one: Label = ""
    number: int = 0
    fixed: bool = False
    folded: bool = False
    wide: bool = False
    first: bool = False
    last: bool = False
    decides: bool = False
    used_for: str = ""

    @property
    def id(self) -> str:
        """The field's id on the page."""
        return place_id(self.name)

    @property
    def described(self) -> str:
        """The ids of what describes it."""
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join([*parts, *([f"{self.id}-error"] if self.errors else [])])

    @property
    def full(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.value) or any(part.full for part in self.parts)

    @property
    def open(self) -> bool:
        """Whether something that can be folded is shown at once."""
        return bool(self.errors) or any(part.full or part.open for part in self.parts)


def place_id(name: str) -> str:
    """The id of a field or row of this name."""
    return "f-" + name.replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a page knows when it shows fields: lists to choose from by name, and what is wrong by field."""

    choices: Mapping[str, Sequence[tuple[str, Label]]]
    errors: Mapping[str, Sequence[str]]

    def at(self, name: str) -> Sequence[str]:
        """What is wrong at a field."""
        return self.errors.get(name, ())


class Node:
    """One field, or a group of them."""

    label: Label
    help: Label

    def blank(self) -> Typed:
        """As it is before anything was typed."""
        raise NotImplementedError

    def typed(self, data: Data) -> Typed:
        """What would have been typed to get this data. Raises Unfit."""
        raise NotImplementedError

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        """The data that was typed; NOTHING if it was left empty."""
        raise NotImplementedError

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        """What was typed, out of the fields that were sent."""
        raise NotImplementedError

    def trimmed(self, typed: Typed) -> Typed:
        """The same without rows in which nothing stands."""
        return typed

    def place(self, path: Path, typed: Typed, name: str) -> str:
        """The name of the field for a place in the data."""
        return name

    def child(self, step: str) -> "Node":
        """The node one step below. Raises KeyError."""
        raise KeyError(step)

    def view(self, typed: Typed, name: str, context: Context) -> View:
        """For the template."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Words(Node):
    """A text. `keeps` says that it stays a text whatever it looks like; otherwise 10 is a number and 10% a text."""

    label: Label
    help: Label = ""
    kind: str = "text"
    lines: int = 1
    keeps: bool = True
    wide: bool = False
    choices: str | Sequence[tuple[str, Label]] = ()
    decides: bool = False
    used_for: str = ""

    def blank(self) -> Typed:
        return ""

    def typed(self, data: Data) -> Typed:
        if self.keeps and not isinstance(data, str):
            raise Unfit
        return data if self.keeps else say_scalar(data)

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        if typed == "":
            return NOTHING
        return typed if self.keeps else read_scalar(typed)

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        return clean(post.get(name, ""))

    def view(self, typed: Typed, name: str, context: Context) -> View:
        kind = "text" if self.kind == "input" and "\n" in typed else self.kind
        choices: Sequence[tuple[str, Label]] = ()
        if kind == "select":
            known = context.choices[self.choices] if isinstance(self.choices, str) else self.choices
            strange = [(typed, typed)] if typed not in [value for value, _label in known] else []
            choices = [*known, *strange]
        return View(
            kind=kind,
            name=name,
            label=self.label,
            help=self.help,
            value=typed,
            lines=max(self.lines, min(12, len(typed) // 70 + typed.count("\n") + 1)),
            choices=choices,
            errors=context.at(name),
            wide=self.wide or self.lines > 1,
            decides=self.decides,
            used_for=self.used_for,
        )


def clean(text: str) -> str:
    """A text as it was typed, with line ends of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_scalar(text: str) -> Data:
    """10 is a number, '10' in quotes a text, and 10% a text as well."""
    try:
        document = read_yaml(f"x: {text}\n").value
    except Unreadable:
        return text
    value = document.get("x") if isinstance(document, Mapping) and set(document) == {"x"} else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return value if isinstance(value, str) and text[:1] in "'\"" else text


def say_scalar(value: Data) -> str:
    """What to type to get a value. Raises Unfit."""
    for text in (str(value), f"'{value}'", f'"{value}"', format(value, "f") if isinstance(value, float) else ""):
        found = read_scalar(text)
        if found == value and type(found) is type(value):
            return text
    raise Unfit


def nearest(name: str, known: Callable[[str], bool]) -> str:
    """The name itself, or the nearest one above it that the page has."""
    while name and not known(name):
        name = name.rpartition(".")[0]
    return name


def labels_to(view: View, name: str) -> list[str]:
    """The labels on the way from a field to one within it, without those that say the same twice."""
    within = next((part for part in view.parts if f"{name}.".startswith(f"{part.name}.")), None)
    below = labels_to(within, name) if within is not None and within.name != view.name else []
    return [str(view.label), *(label for label in below if label != str(view.label))]


def names_of(view: View) -> Iterable[str]:
    """Every name on the page."""
    yield view.name
    for part in view.parts:
        yield from names_of(part)
