"""Groups of fields: some beside each other, rows that come and go, and rows that have names. Knows no Django but for
its translations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from canarylearn.authoring.fields import (
    NOTHING,
    Context,
    Data,
    Label,
    Node,
    Path,
    Refused,
    Typed,
    Unfit,
    View,
)

MOST_ROWS = 60


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
    """A list: rows of one kind that are added, removed and moved. `exactly` so many rows are always there; so many are
    `shown` to begin with, to be filled in or left empty."""

    label: Label
    row: Node
    one: Label
    help: Label = ""
    folded: bool = False
    exactly: int = 0
    shown: int = 0
    labels: Sequence[Label] = ()

    def blank(self) -> Typed:
        return [self.row.blank() for _number in range(self.exactly)]

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
        return [*rows, *(self.row.blank() for _number in range(self.exactly - len(rows)))]

    def place(self, path: Path, typed: Typed, name: str) -> str:
        if path and isinstance(path[0], int) and path[0] < len(typed):
            return self.row.place(path[1:], typed[path[0]], f"{name}.{path[0]}")
        return name

    def child(self, step: str) -> Node:
        int(step)
        return self.row

    def view(self, typed: Typed, name: str, context: Context) -> View:
        rows = []
        typed = [*typed, *(self.row.blank() for _number in range(self.shown - len(typed)))]
        for number, one in enumerate(typed):
            inner = self.row.view(one, f"{name}.{number}", context)
            numbered = f"{str(self.one).capitalize()} {number + 1}"
            label = self.labels[number] if number < len(self.labels) else numbered
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
                refused.add(f"{name}.{number}.{self.key}", _("It has no name; give it one, or remove it."))
            elif key in made:
                refused.add(
                    f"{name}.{number}.{self.key}",
                    _("Two of these are named “%(name)s”; rename or remove one.") % {"name": key},
                )
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


def _below(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _mapping(value: Data) -> Mapping[str, Data]:
    if not isinstance(value, Mapping):
        raise Unfit
    return value


def _named(view: View, label: Label) -> View:
    return replace(view, label=label)


def _empty(typed: Typed) -> bool:
    if isinstance(typed, str):
        return not typed
    return all(map(_empty, typed.values() if isinstance(typed, dict) else typed))
