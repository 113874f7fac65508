"""Canonical files: what items, scenarios, cards and topics say, in one order, without what need not be said.

Fields come in a fixed order, and what only repeats a default is left out; `yaml_writing` puts it down.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from canarylearn.engine.evidence import Evidence
from canarylearn.engine.scenario import Revision, Scenario
from canarylearn.engine.traffic import Traffic
from canarylearn.items.cards import Card
from canarylearn.items.files import Concept, Room, TopicSpec
from canarylearn.items.goals import Goal
from canarylearn.items.parameters import Parameter
from canarylearn.items.spec import Item
from canarylearn.items.yaml_writing import Data, written

ITEM_FIELDS = (
    *("id", "kind", "room", "concept", "level", "seconds", "title", "prompt", "parameters", "variants", "varies"),
    *("template", "faulty", "options", "lines", "runs", "scenarios", "goals", "passing_answers", "hints"),
    *("mistakes", "notes", "solution", "quick_check", "afterwards"),
)
"""The fields of an item in the order in which they are written."""

_OPTION_FIELDS = ("text", "fill", "claim")
_AFTERWARDS_FIELDS = ("title", "intro", "templates", "script")
_CARD_FIELDS = ("id", "concept", "title", "front", "checklist", "faces", "back")
_FAULT_FIELDS = ("kind", "on", "segment", "rate", "errors", "share", "factor", "growth", "since", "until")
_PARTS: Mapping[str, type[BaseModel]] = {
    "traffic": Traffic,
    "stable": Revision,
    "canary": Revision,
    "evidence": Evidence,
}

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def item_text(item: Item | Data) -> str:
    """An item's file, of the item or of what its file says (which need not be an item yet).

    Raises Unreadable if some text of it could not be read back: it holds control characters, or is too long.
    """
    if not isinstance(item, Item):
        return written(item_data(item))
    # What a proof depends on stays as it was written: the source of an item with parameters.
    if item.source:
        return written(_item_in_order(item.source, shortened=False))
    return written(item_data(item.model_dump(mode="json", by_alias=True)))


def item_data(data: Data) -> dict[str, Any]:
    """What an item's file says, in canonical order and without what need not be said."""
    made = _item_in_order(data, shortened=True)
    plain = {name: field.get_default(call_default_factory=True) for name, field in Item.model_fields.items()}
    return {name: value for name, value in made.items() if not _is_default(value, plain.get(name))}


def scenario_text(scenario: Scenario | Data) -> str:
    """A scenario's file, with the units that its author wrote. Raises as `item_text` does."""
    if not isinstance(scenario, Scenario):
        try:
            scenario = Scenario.model_validate(_plain(scenario))
        except ValidationError:
            return written(_scenario_in_order(_plain(scenario)), compact=True)
    return written(_scenario_in_order(_without_defaults(scenario._written, scenario)), compact=True)


def topic_text(topic: TopicSpec | Data) -> str:
    """The file topic.yaml. Raises as `item_text` does."""
    data = topic.model_dump(mode="json") if isinstance(topic, TopicSpec) else _plain(topic)
    made = _in_order(data, _names(TopicSpec))
    made = _with(made, "rooms", _each(_shorter(_names(Room))))
    made = _with(made, "concepts", _each(_shorter(_names(Concept))))
    return written(_without_nothing(made))


def card_text(card: Card | Data) -> str:
    """A card's file. Raises as `item_text` does."""
    data = card.model_dump(mode="json") if isinstance(card, Card) else _plain(card)
    made = _with(_in_order(data, _CARD_FIELDS), "faces", _all(_each(_as_number)))
    return written(_without_nothing(made))


def _plain(value: Any) -> Any:
    """Lists for tuples, dictionaries for mappings."""
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(mode="json", by_alias=True))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _in_order(value: Any, fields: Sequence[str]) -> Any:
    """A mapping with these fields first, in their order; what is no field stays behind them as it came."""
    if not isinstance(value, dict):
        return value
    rest = {name: inner for name, inner in value.items() if name not in fields}
    return {**{name: value[name] for name in fields if name in value}, **rest}


def _with(value: Any, field: str, change: Callable[[Any], Any]) -> Any:
    if not isinstance(value, dict) or field not in value:
        return value
    return {name: change(inner) if name == field else inner for name, inner in value.items()}


def _all(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The change, made to each part of a list."""
    return lambda value: [change(inner) for inner in value] if isinstance(value, list) else value


def _each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The change, made to each value of a mapping."""
    return lambda value: {name: change(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _names(schema: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in schema.model_fields.items())


def _sorter(fields: Sequence[str]) -> Callable[[Any], Any]:
    """A change: these fields in their order."""
    return lambda value: _in_order(value, fields)


def _shorter(fields: Sequence[str]) -> Callable[[Any], Any]:
    """A change: these fields in their order, without those that say nothing."""
    return lambda value: _without_nothing(_in_order(value, fields))


def _item_in_order(data: Data, *, shortened: bool) -> dict[str, Any]:
    """The fields of an item and of its parts in their order; `shortened` leaves out of the parts what says nothing."""
    option, goal = (_short_option, _short_goal) if shortened else (_option, _goal)
    made: dict[str, Any] = _in_order(_plain(data), ITEM_FIELDS)
    made = _with(made, "goals", _all(goal))
    for field in ("options", "lines"):
        made = _with(
            made, field, lambda value: _all(option)(value) if isinstance(value, list) else _each(_all(option))(value)
        )
    made = _with(made, "parameters", _each(_shorter(_names(Parameter)) if shortened else _sorter(_names(Parameter))))
    made = _with(made, "afterwards", _all(_sorter(_AFTERWARDS_FIELDS)))
    assert isinstance(made, dict)
    return made


def _goal(value: Any) -> Any:
    return _in_order(value, _names(Goal))


def _option(value: Any) -> Any:
    made = _in_order(value, _OPTION_FIELDS)
    return _with(made, "claim", lambda claim: _all(_goal)(claim) if isinstance(claim, list) else _goal(claim))


def _short_goal(value: Any) -> Any:
    made = _without_nothing(_goal(value))
    return _with(_with(made, "at_least", _as_number), "at_most", _as_number)


def _short_option(value: Any) -> Any:
    """Code that shows itself is a plain text, and a single claim needs no list."""
    made = _without_nothing(_option(value))
    if not isinstance(made, dict):
        return made
    if set(made) == {"text", "fill"} and made["text"] == made["fill"]:
        return made["text"]
    made = _with(
        made, "claim", lambda claim: _all(_short_goal)(claim) if isinstance(claim, list) else _short_goal(claim)
    )
    return _with(made, "claim", lambda claim: claim[0] if isinstance(claim, list) and len(claim) == 1 else claim)


def _as_number(value: Any) -> Any:
    """A text that is read as a number and back as the same text may stand without quotes."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    number = float(value) if "." in value else int(value)
    return number if str(number) == value else value


def _without_nothing(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if inner is not None and inner not in ([], {})}


def _is_default(value: Any, default: Any) -> bool:
    return value is None or value in ([], {}) or (value == default and not isinstance(value, bool))


def _without_defaults(written: Any, part: Any) -> Any:
    """What was written of a part of a scenario, but for values that it has anyway."""
    if isinstance(written, BaseModel):
        written = written.model_dump(mode="json")
    if isinstance(written, list | tuple) and isinstance(part, tuple):
        return [_without_defaults(inner, one) for inner, one in zip(written, part, strict=True)]
    if not isinstance(written, Mapping) or not isinstance(part, BaseModel):
        return _plain(written)
    fields = type(part).model_fields
    # A part that is written down stays, even with nothing in it: an item may vary a field of it.
    kept = {
        name: value
        for name, value in written.items()
        if isinstance(value, Mapping | BaseModel) or getattr(part, name) != fields[name].default
    }
    return {name: _without_defaults(value, getattr(part, name)) for name, value in kept.items()}


def _scenario_in_order(data: Any) -> Any:
    made = _in_order(data, _names(Scenario))
    for field, schema in _PARTS.items():
        made = _with(made, field, _sorter(_names(schema)))
    return _with(made, "faults", _all(_sorter(_FAULT_FIELDS)))
