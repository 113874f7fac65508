"""The form of an item as a whole: what is typed in it, and the data of its file. Its fields are declared in
`item_fields`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
    clean,
    read_scalar,
    say_scalar,
)
from canarylearn.authoring.groups import Part, Rows
from canarylearn.authoring.item_fields import AS_WRITTEN, ITEM_FIELDS, OPTIONS_OF_EACH, VARIES
from canarylearn.authoring.item_nodes import OptionNode
from canarylearn.items.spec import BLANK, CHOICE
from canarylearn.items.writing import item_data

POOL, EACH = "pool", "each"
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
            typed["each"] = OPTIONS_OF_EACH.typed(
                [{"blank": str(name), "options": one} for name, one in options.items()]
            )
        else:
            typed["options"] = AS_WRITTEN["options"].typed(options)
        typed["varies"] = VARIES.typed(_flat(varies))
        typed["parameters"] = AS_WRITTEN["parameters"].typed(_values_as_text(parameters))
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
                    refused.add(f"each.{number}.blank", _("Give each list the name of another blank of the code."))
                options[blank] = one.get("options", [])
            if options:
                made["options"] = options
        for number, one in enumerate(varies):
            fields = made.setdefault("varies", {}).setdefault(one.get("scenario", ""), {})
            if one.get("field", "") in fields:
                refused.add(f"varies.{number}.field", _("This field varies twice; remove one of both."))
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
                    return OPTIONS_OF_EACH.place((number, "options", *path[2:]), typed["each"], "each")
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


ITEM = ItemNode()


def fields_for(typed: Typed) -> dict[str, Node]:
    """The fields to show: options of a task have no claims, unless somebody gave them some."""
    if typed["kind"] != "task" or any(option["claim"] for option in typed["options"]):
        return ITEM_FIELDS
    options = AS_WRITTEN["options"]
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
