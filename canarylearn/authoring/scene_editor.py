"""A scenario in its editor: its fields, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from canarylearn.authoring.checking import Checked, Complaint, check_scenario
from canarylearn.authoring.editor import Section, Told, Unwritable, text_of
from canarylearn.authoring.fields import Context, Refused, Typed, Unfit, View, labels_to, names_of, nearest, place_id
from canarylearn.authoring.scene_form import SCENE, typed_scene
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items.writing import scenario_text

_SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("What it is"), ("title", "about", "slug")),
    ("", ("faults",)),
    ("", ("traffic",)),
    (_("The two revisions"), ("canary", "stable")),
    (_("Time"), ("window", "trial", "interval")),
    (_("More"), ("watch", "patience", "label_delay", "start_weight", "salt", "evidence")),
)


@dataclass(kw_only=True)
class SceneEditor:
    """A scenario in its editor."""

    text: str
    typed: Typed
    checked: Checked
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    focus: str = ""

    @property
    def told(self) -> list[Told]:
        """Everything that is wrong, with its place."""
        told = [
            Told(text=message, label=self._words(name), href=f"#{place_id(name)}")
            for name, messages in self.errors.items()
            for message in messages
        ]
        for one in self.checked.complaints:
            name = self._name(one)
            told.append(Told(text=one.message, label=self._words(name), href=f"#{place_id(name)}" if name else ""))
        return told

    def _words(self, name: str) -> str:
        """What a field is called on the page, with what it is in."""
        labels = labels_to(SCENE.view(self.typed, "", Context(choices={}, errors={})), name)
        return " › ".join(filter(None, labels))

    def sections(self) -> list[Section]:
        """The fields, in their parts: the last is folded, since few scenarios need it."""
        views = {view.name: view for view in self._views()}
        last = str(_SECTIONS[-1][0])
        return [
            Section(title=str(title), views=[views[name] for name in names], folded=str(title) == last)
            for title, names in _SECTIONS
        ]

    def _views(self) -> list[View]:
        found = {name: list(messages) for name, messages in self.errors.items()}
        for one in self.checked.complaints:
            found.setdefault(self._name(one), []).append(one.message)
        return list(SCENE.view(self.typed, "", Context(choices={}, errors=found)).parts)

    def _name(self, complaint: Complaint) -> str:
        known = set(names_of(SCENE.view(self.typed, "", Context(choices={}, errors={}))))
        return nearest(SCENE.place(complaint.path, self.typed, ""), known.__contains__)


def open_scene(text: str) -> SceneEditor | None:
    """A scenario's text in fields; nothing where they could not hold it."""
    try:
        return SceneEditor(text=text, typed=typed_scene(read_yaml(text).value), checked=check_scenario(text))
    except (Unfit, Unreadable, ValueError, TypeError, AttributeError):
        return None


def open_typed_scene(typed: Typed, *, under_way: bool = False) -> SceneEditor:
    """A scenario as it was typed; `under_way` as in `open_typed`."""
    typed = typed if under_way else SCENE.trimmed(typed)
    try:
        text = written_scene(typed)
    except Unwritable as unwritable:
        nothing = Checked(data=None, spec=None, complaints=())
        return SceneEditor(text="", typed=typed, checked=nothing, errors=unwritable.errors)
    checked = Checked(data=None, spec=None, complaints=()) if under_way else check_scenario(text)
    return SceneEditor(text=text, typed=typed, checked=checked)


def written_scene(typed: Typed) -> str:
    """The text of a scenario that was typed. Raises Unwritable."""
    refused = Refused()
    data = SCENE.data(SCENE.trimmed(typed), "", refused)
    return text_of(scenario_text, data, refused)
