"""The fields of an item's form. Knows no Django but for its translations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from canarylearn.authoring.fields import (
    NOTHING,
    Context,
    Data,
    Label,
    Node,
    Part,
    Path,
    Refused,
    Rows,
    Table,
    Typed,
    Unfit,
    View,
    Words,
    clean,
    read_scalar,
    say_scalar,
)
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.outcome import Phase
from canarylearn.items.spec import BLANK, CHOICE, HINTS
from canarylearn.items.writing import item_data

POOL, EACH = "pool", "each"
PRINTS = "prints"

_FORMS = {"share": "20%", "duration": "10m or never", "latency": "0.5s", "count": "500", "yes-no": "yes or no"}
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
    *((f"outcome:{phase}", f"how it ends: {said}") for phase, said in _ENDINGS.items()),
    *((f"measure:{one.name}", f"{one.label} (such as {_FORMS[one.unit]})") for one in MEASURES.values()),
    (PRINTS, _("what the script prints")),
)
"""What a goal can be about."""

_GOAL = Part(
    label=_("Goal"),
    fields={
        "name": Words(label=_("What has to hold, in words a learner reads"), kind="text", wide=True),
        "in": Words(label=_("In which scenario"), kind="select", choices="in"),
        "about": Words(label=_("What is looked at"), kind="select", choices=ABOUT),
        "how": Words(label=_("Comparison"), kind="select", choices=(("", _("choose")), *_COMPARISONS.items())),
        "value": Words(label=_("Value, with its unit"), kind="input"),
        "how2": Words(label=_("And"), kind="select", choices=(("", _("nothing more")), *_COMPARISONS.items())),
        "value2": Words(label=_("Second value"), kind="input"),
        "run": Words(label=_("Of which run"), kind="select", choices="runs"),
        "prints": Words(label=_("The text that is printed, if that is looked at"), kind="code", wide=True),
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
        kind, _, what = typed["about"].partition(":")
        if kind in ("outcome", "measure"):
            made[kind] = what
        if typed["prints"] or kind == PRINTS:
            made[PRINTS] = typed["prints"]
        for suffix in ("", "2"):
            how, value = typed[f"how{suffix}"], typed[f"value{suffix}"]
            if how and how in made:
                refused.add(
                    f"{name}.how{suffix}", "This comparison stands here twice; choose another, or nothing more."
                )
            elif how:
                made[how] = value
            elif value:
                refused.add(
                    f"{name}.how{suffix}",
                    f"There is a value, {value!r}, and nothing to do with it: choose how to compare.",
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
        return _GOAL.view(typed, name, context)


@dataclass(frozen=True, kw_only=True)
class OptionNode(Node):
    """An option: code, with another text to show for it if wanted; or a text with claims."""

    label: Label = "Option"
    help: Label = ""
    claims: bool = True

    @property
    def _part(self) -> Part:
        fields: dict[str, Node] = {
            "fill": Words(label=_("Code"), kind="code"),
            "text": Words(label=_("Shown as (empty: the code itself)"), kind="text"),
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


_EACH = Rows(
    label=_("Options of each blank"),
    one=_("blank"),
    row=Part(
        label=_("Blank"),
        fields={
            "blank": Words(label=_("Blank"), kind="input"),
            "options": Rows(label=_("Its options"), one=_("option"), row=OptionNode(claims=False)),
        },
    ),
)


_FIELDS: dict[str, Node] = {
    "id": Words(label=_("Name in addresses"), kind="input", help=_("Small letters, digits and hyphens: first-users.")),
    "kind": Words(
        label=_("Kind"),
        kind="select",
        choices=(
            ("task", _("task: fill the blanks of a script")),
            ("question", _("question: choose one option")),
            ("order", _("order: put lines in order")),
        ),
    ),
    "room": Words(
        label=_("Where it is met"),
        kind="select",
        choices=(("", _("practice")), ("challenge", _("the challenge")), ("test", _("the test"))),
    ),
    "concept": Words(label=_("Concept"), kind="select", choices="concepts"),
    "level": Words(
        label=_("Level"),
        kind="select",
        choices=(("", _("choose")), ("easy", _("easy")), ("medium", _("medium")), ("hard", _("hard"))),
    ),
    "seconds": Words(label=_("Seconds planned, in the challenge alone"), kind="input", keeps=False),
    "title": Words(label=_("Title"), kind="text"),
    "prompt": Words(
        label=_("What is asked"),
        kind="text",
        lines=4,
        help=_("Markdown. It is read before the run, so no number of a run can stand here."),
    ),
    "template": Words(
        label=_("Code, with a mark for each blank"),
        kind="code",
        lines=4,
        help=_(
            "A blank is written ⟦name⟧. A question may hold ⟦choice⟧; lines to put in order go where ⟦lines⟧ stands."
        ),
    ),
    "options": Rows(
        label=_("Options"),
        one=_("option"),
        row=OptionNode(),
        help=_(
            "At least two, none alike. In a task each fills a blank with code; in a question it may claim something "
            "about the runs instead."
        ),
    ),
    "each": _EACH,
    "lines": Rows(
        label=_("Lines to put in order"),
        one=_("line"),
        row=OptionNode(claims=False),
        help=_("3 to 6, in an order that fails."),
    ),
    "faulty": Table(
        label=_("The code that fails, in a task to mend"),
        one=_("piece of code"),
        key="blank",
        value="code",
        folded=True,
        row=Part(
            label=_("Piece"),
            fields={
                "blank": Words(label=_("Blank"), kind="input"),
                "code": Words(label=_("What stands in it"), kind="code", wide=True),
            },
        ),
    ),
    "runs": Table(
        label=_("Named runs beside the learner's own"),
        one=_("run"),
        key="name",
        value="code",
        folded=True,
        row=Part(
            label=_("Run"),
            fields={
                "name": Words(label=_("Name"), kind="input"),
                "code": Words(label=_("Script"), kind="code", wide=True),
            },
        ),
    ),
    "scenarios": Rows(
        label=_("Scenarios"), one=_("scenario"), row=Words(label=_("Scenario"), kind="select", choices="scenarios")
    ),
    "goals": Rows(label=_("Goals"), one=_("goal"), row=GoalNode(), help=_("An answer is right if all of them hold.")),
    "passing_answers": Words(label=_("How many answers pass (empty: one)"), kind="input", keeps=False),
    "hints": Rows(
        label=_("Hints"),
        one=_("hint"),
        exactly=HINTS,
        labels=("Hint 1: where to look", "Hint 2: which quantity decides", "Hint 3: an example with other numbers"),
        row=Words(label=_("Hint"), kind="text", lines=2),
    ),
    "mistakes": Rows(
        label=_("Common mistakes"), one=_("mistake"), row=Words(label=_("Mistake"), kind="text", wide=True)
    ),
    "notes": Table(
        label=_("Notes on single options"),
        one=_("note"),
        key="option",
        value="note",
        help=_("Shown beside an answer that holds the option. Numbers come from its run: {{scenario: measure}}."),
        folded=True,
        row=Part(
            label=_("Note"),
            fields={
                "option": Words(label=_("Option"), kind="select", choices="options"),
                "note": Words(label=_("Note"), kind="text", lines=2, wide=True),
            },
        ),
    ),
    "solution": Rows(
        label=_("Solution, step by step"),
        one=_("step"),
        row=Words(label=_("Step"), kind="text", wide=True),
        help=_("Numbers come from the passing run: {{scenario: measure}}."),
    ),
    "quick_check": Words(label=_("Quick check: the rule in one line"), kind="text"),
    "parameters": Table(
        label=_("Parameters: numbers that change from variant to variant"),
        one=_("parameter"),
        key="name",
        folded=True,
        help=_("Write ‹name› where the number belongs. Either values (10, 12, 15) or from, to and step."),
        row=Part(
            label=_("Parameter"),
            fields={
                "name": Words(label=_("Name"), kind="input"),
                "values": Words(label=_("Values"), kind="input"),
                "from": Words(label=_("From"), kind="input", keeps=False),
                "to": Words(label=_("To"), kind="input", keeps=False),
                "step": Words(label=_("Step"), kind="input", keeps=False),
                "authored": Words(label=_("As authored"), kind="input", keeps=False),
            },
        ),
    ),
    "variants": Words(label=_("How many variants"), kind="input", keeps=False),
    "afterwards": Rows(
        label=_("Shown afterwards"),
        one=_("part"),
        folded=True,
        row=Part(
            label=_("Part"),
            fields={
                "title": Words(label=_("Title"), kind="text"),
                "intro": Words(label=_("Words before it"), kind="text", wide=True),
                "script": Words(label=_("A script that is run, or else"), kind="code", wide=True),
                "templates": Table(
                    label=_("other templates with the same blanks"),
                    one=_("template"),
                    key="name",
                    value="code",
                    row=Part(
                        label=_("Template"),
                        fields={
                            "name": Words(label=_("Name"), kind="input"),
                            "code": Words(label=_("Template"), kind="code", wide=True),
                        },
                    ),
                ),
            },
        ),
    ),
}

_VARIES = Rows(
    label=_("Fields of scenarios that vary"),
    one=_("field"),
    folded=True,
    row=Part(
        label=_("Field"),
        fields={
            "scenario": Words(label=_("Scenario"), kind="select", choices="scenarios"),
            "field": Words(label=_("Field, such as faults.0.rate"), kind="input"),
            "value": Words(label=_("Value, such as ‹fails›%"), kind="text", keeps=False),
        },
    ),
)

_ASIDE = ("each", "varies", "options_are")


@dataclass(frozen=True, kw_only=True)
class ItemNode(Node):
    """The whole form."""

    label: Label = "Item"
    help: Label = ""

    @property
    def _part(self) -> Part:
        return Part(label="", fields=ITEM_FIELDS)

    def blank(self) -> Typed:
        return {**self._part.blank(), "options_are": POOL}

    def typed(self, data: Data) -> Typed:
        if not isinstance(data, Mapping) or set(data) & set(_ASIDE) - {"varies"}:
            raise Unfit
        said = dict(data)
        varies = said.pop("varies", {})
        options = said.pop("options", [])
        parameters = said.pop("parameters", {})
        typed = {**self._part.typed(said), "options_are": POOL}
        if isinstance(options, Mapping):
            typed["options_are"] = EACH
            typed["each"] = _EACH.typed([{"blank": str(name), "options": one} for name, one in options.items()])
        else:
            typed["options"] = _FIELDS["options"].typed(options)
        typed["varies"] = _VARIES.typed(_flat(varies))
        typed["parameters"] = _FIELDS["parameters"].typed(_values_as_text(parameters))
        return typed

    def data(self, typed: Typed, name: str, refused: Refused) -> Data:
        said = self._part.data(typed, name, refused)
        made = {} if said is NOTHING else said
        each, varies = made.pop("each", []), made.pop("varies", [])
        if typed["options_are"] == EACH:
            made.pop("options", None)
            options: dict[str, Data] = {}
            for number, one in enumerate(each):
                blank = one.get("blank", "")
                if "options" not in one:
                    continue  # the page shows a list for each blank of the template, whether it is used or not
                if not blank or blank in options:
                    said_of = f"Two of these are named {blank!r}" if blank else "This blank has no name"
                    refused.add(f"each.{number}.blank", f"{said_of}; give each the name of a blank.")
                options[blank] = one.get("options", [])
            if options:
                made["options"] = options
        for number, one in enumerate(varies):
            fields = made.setdefault("varies", {}).setdefault(one.get("scenario", ""), {})
            if one.get("field", "") in fields:
                refused.add(f"varies.{number}.field", "This field varies twice; remove one of both.")
            fields[one.get("field", "")] = one.get("value", "")
        for parameter in made.get("parameters", {}).values():
            if isinstance(parameter, dict) and "values" in parameter:
                parameter["values"] = _as_list(parameter["values"])
        return made

    def read(self, post: Mapping[str, str], name: str, present: frozenset[str]) -> Typed:
        typed = self._part.read(post, name, present)
        return {**typed, "options_are": EACH if post.get("options_are") == EACH else POOL}

    def trimmed(self, typed: Typed) -> Typed:
        return {**self._part.trimmed(typed), "options_are": typed["options_are"]}

    def place(self, path: Path, typed: Typed, name: str) -> str:
        if path and path[0] == "options" and typed["options_are"] == EACH:
            for number, one in enumerate(typed["each"] if len(path) > 1 else ()):
                if one["blank"] == path[1]:
                    return _EACH.place((number, "options", *path[2:]), typed["each"], "each")
            return "each"
        if len(path) > 1 and path[0] == "varies":
            for number, one in enumerate(typed["varies"]):
                if one["scenario"] == path[1] and (len(path) == 2 or one["field"] == str(path[2])):
                    return f"varies.{number}.{'scenario' if len(path) == 2 else 'value'}"
        return self._part.place(path, typed, name)

    def child(self, step: str) -> Node:
        return ITEM_FIELDS[step]

    def view(self, typed: Typed, name: str, context: Context) -> View:
        return self._part.view(typed, name, context)


ITEM_FIELDS: dict[str, Node] = {**_FIELDS, "varies": _VARIES}
ITEM = ItemNode()


def fields_for(typed: Typed) -> dict[str, Node]:
    """The fields to show: options of a task have no claims, unless somebody gave them some."""
    if typed["kind"] != "task" or any(option["claim"] for option in typed["options"]):
        return ITEM_FIELDS
    options = _FIELDS["options"]
    assert isinstance(options, Rows)  # it is declared above
    return {**ITEM_FIELDS, "options": replace(options, row=OptionNode(claims=False))}


def typed_item(data: Data) -> Typed:
    """What would have been typed to get the data of a file. Raises Unfit if the form could not give it back whole."""
    typed = ITEM.typed(data)
    refused = Refused()
    again = ITEM.data(typed, "", refused)
    if refused.messages or item_data(again) != item_data(data):
        raise Unfit
    return typed


def blanks_of(template: str) -> tuple[str, ...]:
    """The blanks that a template has."""
    return tuple(dict.fromkeys(BLANK.findall(template)))


def with_blanks(typed: Typed) -> Typed:
    """A list of options for each blank of the template, where each blank has its own."""
    if typed["options_are"] != EACH:
        return typed
    there = [one["blank"] for one in typed["each"]]
    wanted = [name for name in blanks_of(typed["template"]) if name not in there and name != CHOICE]
    return {**typed, "each": [*typed["each"], *({"blank": name, "options": []} for name in wanted)]}


def option_texts(typed: Typed) -> list[str]:
    """The texts of all options, once each."""
    lists = [one["options"] for one in typed["each"]] if typed["options_are"] == EACH else [typed["options"]]
    return list(dict.fromkeys(one["text"] or one["fill"] for options in lists for one in options if any(one.values())))


def _flat(varies: Data) -> list[dict[str, Any]]:
    if not isinstance(varies, Mapping) or not all(isinstance(one, Mapping) for one in varies.values()):
        raise Unfit
    return [
        {"scenario": str(slug), "field": str(name), "value": value}
        for slug, fields in varies.items()
        for name, value in fields.items()
    ]


def _values_as_text(parameters: Data) -> Data:
    """Lists of values as one line: 10, 12, '0.5'."""
    if not isinstance(parameters, Mapping):
        raise Unfit
    made = {}
    for name, one in parameters.items():
        has_list = isinstance(one, Mapping) and isinstance(one.get("values"), list | tuple)
        made[name] = {**one, "values": ", ".join(map(_say_one, one["values"]))} if has_list else one
    return made


def _say_one(value: Data) -> str:
    text = say_scalar(value)
    return f"'{text}'" if "," in text and text[:1] not in "'\"" else text


def _as_list(text: str) -> Data:
    return [read_scalar(part.strip()) for part in clean(text).split(",") if part.strip()]


__all__ = ["EACH", "ITEM", "POOL", "blanks_of", "fields_for", "option_texts", "typed_item", "with_blanks"]
