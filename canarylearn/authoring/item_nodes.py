"""Fields that an item alone has: goals and claims, and options. Knows no Django but for its translations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
    Words,
)
from canarylearn.authoring.groups import Part, Rows
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.outcome import Phase

PRINTS = "prints"
_FORMS = {"share": "20%", "duration": _("10m or never"), "latency": "0.5s", "count": "500", "yes-no": _("yes or no")}
_COMPARISONS = {
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "below": _("is below that of the run"),
    "above": _("is above that of the run"),
}
_ENDINGS = {
    Phase.PROMOTED: _("the release is promoted"),
    Phase.ROLLED_BACK: _("the release is rolled back"),
    Phase.INCONCLUSIVE: _("nothing is decided"),
}

ABOUT: tuple[tuple[str, Label], ...] = (
    ("", _("choose")),
    *((f"outcome:{phase}", format_lazy(_("how it ends: {ending}"), ending=said)) for phase, said in _ENDINGS.items()),
    *(
        (
            f"measure:{one.name}",
            format_lazy(_("{measure} (such as {example})"), measure=one.label, example=_FORMS[one.unit]),
        )
        for one in MEASURES.values()
    ),
    (PRINTS, _("what the script prints")),
)
"""What a goal can be about."""

_GOAL = Part(
    label=_("Goal"),
    fields={
        "name": Words(label=_("What has to hold, in words a learner reads"), kind="text", wide=True),
        "in": Words(label=_("In which scenario"), kind="select", choices="in"),
        "about": Words(label=_("What is looked at"), kind="select", choices=ABOUT, decides=True),
        "how": Words(label=_("Comparison"), kind="select", choices="compared", used_for="measure"),
        "value": Words(label=_("Value, with its unit"), kind="input", used_for="measure"),
        "how2": Words(label=_("And"), kind="select", choices="compared too", used_for="measure"),
        "value2": Words(label=_("Second value"), kind="input", used_for="measure"),
        "run": Words(label=_("Of which run"), kind="select", choices="runs"),
        "prints": Words(
            label=_("The text that is printed, if that is looked at"), kind="code", wide=True, used_for=PRINTS
        ),
    },
)


@dataclass(frozen=True, kw_only=True)
class GoalNode(Node):
    """A goal, or a claim: what is looked at, and one or two comparisons."""

    label: Label = "Goal"
    help: Label = ""

    def blank(self) -> Typed:
        return _GOAL.blank()

    def typed(self, data: Data) -> Typed:
        if not isinstance(data, Mapping):
            raise Unfit
        rest = {key: value for key, value in data.items() if value is not None}
        typed = {**_GOAL.blank(), **{key: rest.pop(key) for key in ("name", "in", "run") if key in rest}}
        about = [f"{key}:{rest.pop(key)}" for key in ("outcome", "measure") if key in rest]
        if PRINTS in rest:
            about.append(PRINTS)
            typed["prints"] = rest.pop(PRINTS)
        compared = [(key, rest.pop(key)) for key in _COMPARISONS if key in rest]
        if rest or len(about) > 1 or len(compared) > 2:
            raise Unfit
        typed["about"] = about[0] if about else ""
        for (key, value), suffix in zip(compared, ("", "2"), strict=False):
            typed[f"how{suffix}"] = key
            typed[f"value{suffix}"] = str(value) if isinstance(value, int | float) else value
        if not all(isinstance(text, str) for text in typed.values()):
            raise Unfit
        return typed

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        made: dict[str, Data] = {key: typed[key] for key in ("name", "in", "run") if typed[key]}
        kind, _sep, what = typed["about"].partition(":")
        if kind in ("outcome", "measure"):
            made[kind] = what
        if typed["prints"] or kind == PRINTS:
            made[PRINTS] = typed["prints"]
        for suffix in ("", "2"):
            how, value = typed[f"how{suffix}"], typed[f"value{suffix}"]
            if how and how in made:
                refused.add(
                    f"{name}.how{suffix}", str(_("This comparison stands here twice; choose another, or nothing more."))
                )
            elif how:
                made[how] = value
            elif value:
                refused.add(
                    f"{name}.how{suffix}",
                    str(_("There is a value, “%(value)s”, and nothing to do with it: choose how to compare."))
                    % {"value": value},
                )
        return made or NOTHING

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        return _GOAL.read(post, name, present)

    def place(self, path: Path, typed: Typed, name: str) -> str:
        step = str(path[0]) if path else ""
        if step in _COMPARISONS:
            return f"{name}.value2" if typed["how2"] == step else f"{name}.value"
        step = {"outcome": "about", "measure": "about", "scenario": "in"}.get(step, step)
        return f"{name}.{step}" if step in _GOAL.fields else name

    def child(self, step: str) -> Node:
        return _GOAL.child(step)

    def view(self, typed: Typed, name: str, context: Context) -> View:
        view = _GOAL.view(typed, name, context)
        alone = len(context.choices["runs"]) == 1 and not typed["run"]
        return replace(view, parts=[part for part in view.parts if not alone or part.name != f"{name}.run"])


def comparisons(first: Label, *, runs: bool) -> list[tuple[str, Label]]:
    """How a measure can be compared: with a run beside the learner's own where there is one."""
    return [
        (name, said) for name, said in (("", first), *_COMPARISONS.items()) if runs or name not in ("below", "above")
    ]


@dataclass(frozen=True, kw_only=True)
class OptionNode(Node):
    """An option: code, with another text to show for it if wanted; or a text with claims."""

    label: Label = "Option"
    help: Label = ""
    claims: bool = True

    @property
    def _part(self) -> Part:
        fields: dict[str, Node] = {
            "fill": Words(label=_("Code, if it fills a blank") if self.claims else _("Code"), kind="code"),
            "text": Words(label=_("Text") if self.claims else _("Shown as, if not as code"), kind="text"),
        }
        if self.claims:
            goals = Rows(label=_("Claims about the runs"), row=GoalNode(), one=_("claim"), folded=True)
            fields["claim"] = goals
        return Part(label=self.label, fields=fields)

    def blank(self) -> Typed:
        return self._part.blank()

    def typed(self, data: Data) -> Typed:
        if isinstance(data, str):
            return {**self.blank(), "fill": data}
        if not isinstance(data, Mapping):
            raise Unfit
        claim = data.get("claim", [])
        said = {**data, "claim": [claim] if isinstance(claim, Mapping) else claim} if "claim" in data else data
        typed = self._part.typed({key: value for key, value in said.items() if value is not None})
        return {**typed, "text": ""} if typed["text"] == typed["fill"] else typed

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        said = self._part.data(typed, name, refused)
        if said is NOTHING:
            return NOTHING
        if set(said) == {"fill"}:
            return said["fill"]
        return {"text": said["fill"], **said} if "fill" in said and "text" not in said else said

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        return self._part.read(post, name, present)

    def trimmed(self, typed: Typed) -> Typed:
        return self._part.trimmed(typed)

    def place(self, path: Path, typed: Typed, name: str) -> str:
        if path and path[0] == "text" and not typed["text"]:
            return f"{name}.fill"
        if len(path) > 1 and path[0] == "claim" and not isinstance(path[1], int):
            path = ("claim", 0, *path[1:])
        return self._part.place(path, typed, name)

    def child(self, step: str) -> Node:
        return self._part.child(step)

    def view(self, typed: Typed, name: str, context: Context) -> View:
        return self._part.view(typed, name, context)
