"""What the editor's page shows: fields or text, what is wrong with them, and what stands beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.authoring.checking import Checked, Complaint, check_item
from canarylearn.authoring.drafts import scenario_texts, taken, title_of
from canarylearn.authoring.fields import (
    Context,
    Refused,
    Typed,
    Unfit,
    View,
    labels_to,
    names_of,
    nearest,
    place_id,
)
from canarylearn.authoring.item_form import EACH, ITEM, fields_for, option_texts, typed_item, with_blanks
from canarylearn.authoring.item_nodes import comparisons
from canarylearn.authoring.models import Draft
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items.writing import item_text
from canarylearn.learning.markup import CodeLine, highlight
from canarylearn.learning.selectors import topic_spec

FORM, YAML = "form", "yaml"

_SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("What is asked"), ("title", "prompt", "kind", "concept", "level", "room", "seconds", "id")),
    (gettext_lazy("Code and answers"), ("template", "options", "each", "lines", "faulty", "runs")),
    (gettext_lazy("What decides"), ("scenarios", "goals", "passing_answers")),
    (gettext_lazy("What helps"), ("hints", "mistakes", "notes", "solution", "quick_check", "afterwards")),
    (gettext_lazy("Other numbers for another try"), ("parameters", "variants", "varies")),
)
_ONLY = {"seconds": ("room", "challenge"), "lines": ("kind", "order"), "faulty": ("kind", "task")}


class Unwritable(Exception):
    """What was typed cannot be written down; `errors` says why, by the name of the field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True, kw_only=True)
class Told:
    """A complaint for the list above the form: what, and where to go to mend it."""

    text: str
    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the form; a `folded` one is opened by whoever wants it."""

    title: str
    views: list[View]
    folded: bool = False

    @property
    def open(self) -> bool:
        """Whether it is shown at once, since something stands in it or is wrong with it."""
        return any(view.full or view.open for view in self.views)


@dataclass(kw_only=True)
class Editor:
    """A draft in the editor. `text` is what its file says now, saved or not; `typed` what stands in the fields.

    `errors` are those of what cannot be written down; the schema's complaints come on top.
    """

    draft: Draft
    way: str
    text: str
    typed: Typed = None
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    focus: str = ""
    checked: Checked | None = None

    @property
    def unsaved(self) -> bool:
        """Whether what stands here is not what was saved."""
        return bool(self.errors) or self.text != self.draft.spec

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """What is wrong with the text."""
        return self.checked.complaints if self.checked is not None else ()

    @property
    def is_form(self) -> bool:
        """Whether it is shown as fields."""
        return self.way == FORM

    @property
    def told(self) -> list[Told]:
        """Everything that is wrong, with its place."""
        cannot = [
            Told(text=message, label=self._words(name), href=f"#{place_id(name)}" if name else "")
            for name, messages in self.errors.items()
            for message in messages
        ]
        return [*cannot, *self.located(self.complaints)]

    def located(self, complaints: Sequence[Complaint]) -> list[Told]:
        """Complaints, each with the way to the place where it can be mended."""
        if not self.is_form:
            return [Told(text=one.message, label=_line(one), href="#text") for one in complaints]
        names = [self._name(one) for one in complaints]
        return [
            Told(text=one.message, label=self._words(name), href=f"#{place_id(name)}" if name else "")
            for name, one in zip(names, complaints, strict=True)
        ]

    def _words(self, name: str) -> str:
        """What a field is called on the page, with what it is in."""
        found = next((view for key, view in self._bare.items() if name.split(".")[0] == key), None)
        return " › ".join(labels_to(found, name)) if found is not None else name

    def sections(self) -> list[Section]:
        """The fields, in their parts."""
        views = self._views(self._located())
        return [
            Section(
                title=str(title),
                views=[views[name] for name in names if self._is_wanted(name, views[name])],
                folded="parameters" in names,
            )
            for title, names in _SECTIONS
        ]

    @property
    def is_each(self) -> bool:
        """Whether every blank has options of its own."""
        return bool(self.typed["options_are"] == EACH)

    @property
    def scenario(self) -> str:
        """The first of its scenarios, for examples."""
        return next(filter(None, self.typed["scenarios"]), "") if self.is_form else ""

    @property
    def coloured(self) -> tuple[CodeLine, ...]:
        """The template's code, coloured, with its blanks."""
        return highlight(self.typed["template"]) if self.typed["template"] else ()

    @cached_property
    def _bare(self) -> dict[str, View]:
        """The fields without what is wrong with them: their names and labels."""
        return self._views({})

    def _located(self) -> dict[str, list[str]]:
        found = {name: list(messages) for name, messages in self.errors.items()}
        for one in self.complaints:
            found.setdefault(self._name(one), []).append(one.message)
        return found

    def _name(self, complaint: Complaint) -> str:
        known = {name for view in self._bare.values() for name in names_of(view)}
        return nearest(ITEM.place(complaint.path, self.typed, ""), known.__contains__)

    def _is_wanted(self, name: str, view: View) -> bool:
        if name in ("options", "each"):
            return ((name == "each") is self.is_each and self.typed["kind"] != "order") or bool(view.errors)
        field_name, value = _ONLY.get(name, ("", ""))
        return not field_name or self.typed[field_name] == value or view.full or bool(view.errors)

    def _views(self, errors: Mapping[str, Sequence[str]]) -> dict[str, View]:
        context = Context(choices=_choices(self.draft, self.typed), errors=errors)
        fields = fields_for(self.typed)
        return {name: node.view(self.typed[name], name, context) for name, node in fields.items()}


def _line(complaint: Complaint) -> str:
    line = _("line %(line)d") % {"line": complaint.line}
    return f"{complaint.where} ({line})" if complaint.where else line


def open_draft(draft: Draft, way: str = FORM) -> Editor:
    """A draft as it was saved. It is shown as text where the fields could not hold all of it."""
    return open_text(draft, draft.spec, way)


def open_text(draft: Draft, text: str, way: str) -> Editor:
    """A text in the editor."""
    editor = Editor(draft=draft, way=way, text=text, checked=check(draft, text))
    if way == FORM:
        try:
            editor.typed = with_blanks(typed_item(read_yaml(text).value))
        except (Unfit, Unreadable, ValueError, TypeError, AttributeError):
            editor.way = YAML
    return editor


def open_typed(draft: Draft, typed: Typed, *, under_way: bool = False) -> Editor:
    """What was typed, in the editor: with its text, or with what keeps it from having one.

    While rows come and go it is `under_way`: empty rows stay, and nothing is held against them yet.
    """
    typed = with_blanks(typed if under_way else ITEM.trimmed(typed))
    try:
        text = written(typed)
    except Unwritable as unwritable:
        return Editor(draft=draft, way=FORM, text="", typed=typed, errors=unwritable.errors)
    return Editor(draft=draft, way=FORM, text=text, typed=typed, checked=None if under_way else check(draft, text))


def check(draft: Draft, text: str) -> Checked:
    """What is wrong with a text, as that of this draft."""
    slug = _id_of(text)
    said = taken(draft.topic, slug, draft) if slug else ""
    return check_item(text, topic_spec(draft.topic.spec), scenario_texts(draft), said)


def written(typed: Typed) -> str:
    """The text of what was typed. Raises Unwritable."""
    refused = Refused()
    data = ITEM.data(ITEM.trimmed(typed), "", refused)
    return text_of(item_text, data, refused)


def text_of(write: Any, data: Any, refused: Refused) -> str:
    if refused.messages:
        raise Unwritable(refused.messages)
    try:
        return str(write({} if not isinstance(data, dict) else data)) or "{}\n"
    except Unreadable as unreadable:
        told = [at.message.replace("split the file", "shorten it") for at in unreadable.errors]
        raise Unwritable({"": told}) from None
    except ValueError as error:
        raise Unwritable({"": [str(error)]}) from None


def _id_of(text: str) -> str:
    try:
        data = read_yaml(text).value
    except Unreadable:
        return ""
    found = data.get("id") if isinstance(data, Mapping) else None
    return found if isinstance(found, str) else ""


def _choices(draft: Draft, typed: Typed) -> dict[str, Sequence[tuple[str, str]]]:
    """What there is to choose from."""
    topic = topic_spec(draft.topic.spec)
    titles = {slug: title_of(text) for slug, text in scenario_texts(draft).items()}
    named = {slug: f"{title} ({slug})" if title else slug for slug, title in titles.items()}
    wanted = [slug for slug in typed["scenarios"] if slug]
    runs = [row["name"] for row in typed["runs"] if row["name"]]
    return {
        "concepts": [("", _("choose")), *((slug, one.title) for slug, one in topic.concepts.items())],
        "scenarios": [("", _("choose")), *named.items()],
        "in": [("", _("every scenario")), *((slug, named.get(slug, slug)) for slug in dict.fromkeys(wanted))],
        "compared": comparisons(_("choose"), runs=bool(runs)),
        "compared too": comparisons(_("nothing more"), runs=bool(runs)),
        "runs": [("", _("the learner's own")), *((name, name) for name in dict.fromkeys(runs))],
        "options": [("", _("choose")), *((text, text) for text in option_texts(typed))],
    }
