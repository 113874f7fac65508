"""What a form is made of: fields that stand for the data of a file, and back, without losing anything.

Three forms of one thing: the *data* that a file says; what is *typed* in the fields of a form, which mirrors the names
of the fields (`goals.0.name` is `typed["goals"][0]["name"]`); and a *view* for the template. Nothing is judged here:
what is typed becomes data, and the schema says what is wrong with it. Knows no Django.
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

MOST_ROWS = 60


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
    """A field for the template. `kind` is input, text, code, select, rows, part or row."""

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
        )


@dataclass(frozen=True, kw_only=True)
class Part(Node):
    """Fields beside each other, each under its own key."""

    label: Label
    fields: Mapping[str, Node]
    help: Label = ""
    folded: bool = False
    kept: bool = False

    def blank(self) -> Typed:
        return {key: node.blank() for key, node in self.fields.items()}

    def typed(self, data: Data) -> Typed:
        if not isinstance(data, Mapping) or set(data) - set(self.fields):
            raise Unfit
        return {key: node.typed(data[key]) if key in data else node.blank() for key, node in self.fields.items()}

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        found = {key: node.data(typed[key], _below(name, key), refused) for key, node in self.fields.items()}
        said = {key: value for key, value in found.items() if value is not NOTHING}
        return said if said or self.kept else NOTHING

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        return {key: node.read(post, _below(name, key), present) for key, node in self.fields.items()}

    def trimmed(self, typed: Typed) -> Typed:
        return {key: node.trimmed(typed[key]) for key, node in self.fields.items()}

    def place(self, path: Path, typed: Typed, name: str) -> str:
        if path and path[0] in self.fields:
            key = str(path[0])
            return self.fields[key].place(path[1:], typed[key], _below(name, key))
        return name

    def child(self, step: str) -> Node:
        return self.fields[step]

    def view(self, typed: Typed, name: str, context: Context) -> View:
        return View(
            kind="part",
            name=name,
            label=self.label,
            help=self.help,
            folded=self.folded,
            parts=[node.view(typed[key], _below(name, key), context) for key, node in self.fields.items()],
            errors=context.at(name) if name else (),
        )


@dataclass(frozen=True, kw_only=True)
class Rows(Node):
    """A list: rows of one kind that are added, removed and moved. `exactly` so many rows are always there."""

    label: Label
    row: Node
    one: Label
    help: Label = ""
    folded: bool = False
    exactly: int = 0
    labels: Sequence[str] = ()

    def blank(self) -> Typed:
        return [self.row.blank() for _ in range(self.exactly)]

    def typed(self, data: Data) -> Typed:
        if not isinstance(data, list | tuple) or len(data) > MOST_ROWS:
            raise Unfit
        return self._filled([self.row.typed(one) for one in data])

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        found = [self.row.data(one, f"{name}.{number}", refused) for number, one in enumerate(typed)]
        while found and found[-1] is NOTHING:
            found.pop()
        # A gap among rows of a fixed number stays one, so that the rows after it keep their places.
        return [("" if one is NOTHING else one) for one in found] or NOTHING

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        rows: list[Typed] = []
        while f"{name}.{len(rows)}" in present and len(rows) < MOST_ROWS:
            rows.append(self.row.read(post, f"{name}.{len(rows)}", present))
        return self._filled(rows)

    def trimmed(self, typed: Typed) -> Typed:
        rows = [self.row.trimmed(one) for one in typed]
        return rows if self.exactly else [one for one in rows if not _empty(one)]

    def _filled(self, rows: list[Typed]) -> Typed:
        return [*rows, *(self.row.blank() for _ in range(self.exactly - len(rows)))]

    def place(self, path: Path, typed: Typed, name: str) -> str:
        if path and isinstance(path[0], int) and path[0] < len(typed):
            return self.row.place(path[1:], typed[path[0]], f"{name}.{path[0]}")
        return name

    def child(self, step: str) -> Node:
        int(step)
        return self.row

    def view(self, typed: Typed, name: str, context: Context) -> View:
        rows = []
        for number, one in enumerate(typed):
            inner = self.row.view(one, f"{name}.{number}", context)
            label = self.labels[number] if number < len(self.labels) else f"{self.one.capitalize()} {number + 1}"
            is_part = inner.kind == "part"
            rows.append(
                View(
                    kind="row",
                    name=f"{name}.{number}",
                    label=label,
                    one=self.one,
                    number=number,
                    parts=inner.parts if is_part else [_named(inner, label)],
                    errors=inner.errors if is_part else (),
                    fixed=bool(self.exactly),
                    first=number == 0,
                    last=number == len(typed) - 1,
                )
            )
        return View(
            kind="rows",
            name=name,
            label=self.label,
            help=self.help,
            one=self.one,
            parts=rows,
            errors=context.at(name),
            fixed=bool(self.exactly),
            folded=self.folded,
        )


@dataclass(frozen=True, kw_only=True)
class Table(Node):
    """A mapping: rows, each with a name of its own in the field `key`. A row is a Part that has that field too."""

    label: Label
    one: Label
    key: str
    row: Part
    value: str = ""
    help: Label = ""
    folded: bool = False

    @property
    def _rows(self) -> Rows:
        return Rows(label=self.label, row=self.row, one=self.one, help=self.help, folded=self.folded)

    def blank(self) -> Typed:
        return []

    def typed(self, data: Data) -> Typed:
        if not isinstance(data, Mapping) or len(data) > MOST_ROWS:
            raise Unfit
        return [
            self.row.typed({self.key: key, **({self.value: inner} if self.value else _mapping(inner))})
            for key, inner in data.items()
        ]

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        made: dict[str, Data] = {}
        for number, row in enumerate(typed):
            said = self.row.data(row, f"{name}.{number}", refused)
            key = row[self.key]
            if said is NOTHING:
                continue
            if not key:
                refused.add(f"{name}.{number}.{self.key}", f"This {self.one} has no name; give it one, or remove it.")
            elif key in made:
                refused.add(f"{name}.{number}.{self.key}", f"Two of these are named {key!r}; rename or remove one.")
            said.pop(self.key, None)
            made[key] = said.get(self.value, "") if self.value else said
        return made or NOTHING

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        return self._rows.read(post, name, present)

    def trimmed(self, typed: Typed) -> Typed:
        return self._rows.trimmed(typed)

    def place(self, path: Path, typed: Typed, name: str) -> str:
        for number, row in enumerate(typed if path else ()):
            if row[self.key] == str(path[0]):
                rest = (self.value, *path[1:]) if self.value else path[1:]
                return self.row.place(rest, row, f"{name}.{number}") if rest else f"{name}.{number}.{self.key}"
        return name

    def child(self, step: str) -> Node:
        int(step)
        return self.row

    def view(self, typed: Typed, name: str, context: Context) -> View:
        return self._rows.view(typed, name, context)


def clean(text: str) -> str:
    """A text as it was typed, with line ends of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def present_names(names: Iterable[str]) -> frozenset[str]:
    """Every name that was sent, and every name above it."""
    found: set[str] = set()
    for name in names:
        steps = name.split(".")
        found.update(".".join(steps[:count]) for count in range(1, len(steps) + 1))
    return frozenset(found)


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


def nearest(name: str, known: Callable[[str], bool]) -> str:
    """The name itself, or the nearest one above it that the page has."""
    while name and not known(name):
        name = name.rpartition(".")[0]
    return name


def names_of(view: View) -> Iterable[str]:
    """Every name on the page."""
    yield view.name
    for part in view.parts:
        yield from names_of(part)


def _below(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _mapping(value: Data) -> Mapping[str, Data]:
    if not isinstance(value, Mapping):
        raise Unfit
    return value


def _named(view: View, label: Label) -> View:
    values = {**vars(view), "label": label}
    return View(**values)


def _empty(typed: Typed) -> bool:
    if isinstance(typed, str):
        return not typed
    return all(map(_empty, typed.values() if isinstance(typed, dict) else typed))
