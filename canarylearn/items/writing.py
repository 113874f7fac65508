"""Canonical YAML: the one form in which items, scenarios, cards and topics are written down.

Fields come in a fixed order, and what only repeats a default is left out. A text stands plain where it reads back as
itself; otherwise in quotes: single ones around a text without spaces, double ones around any other, and the other
kind where the text holds that quote or a backslash. A text of several lines is a literal block. Goals, claims, faults,
faces and parameters are mappings on one line; short lists stand on one line, and so do the parts of a scenario.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine.evidence import Evidence
from canarylearn.engine.scenario import Revision, Scenario
from canarylearn.engine.traffic import Traffic
from canarylearn.items.cards import Card
from canarylearn.items.files import Concept, Room, TopicSpec
from canarylearn.items.goals import Goal
from canarylearn.items.parameters import Parameter
from canarylearn.items.spec import Item

WIDTH = 120
"""What is written on one line only if it fits stays within so many characters."""

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
_ONE_LINE = frozenset({"goals", "claim", "faces", "faults", "bursts", "parameters"})
"""Fields whose mappings stand on one line each, however long."""
_ROWS = frozenset({"hints", "mistakes", "solution", "checklist"})
"""Fields whose texts stand below each other, however short."""
_LONGEST_KEY = 500
"""A longer key is written with a question mark before it: readers look only so far for the colon."""

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_NUMBER_TO_SOME = re.compile(r"[-+]?\d[\d_:.]*|[yYnN]", re.ASCII)
"""What readers of other versions of YAML take for a number or a truth, such as 01:30, is in quotes."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\ufeff": "\\uFEFF"}
_WORD = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)

Data = Mapping[str, Any]


def item_text(item: Item | Data) -> str:
    """An item's file, of the item or of what its file says (which need not be an item yet).

    Raises Unreadable if some text of it could not be read back: it holds control characters, or is too long.
    """
    if not isinstance(item, Item):
        return _written(item_data(item))
    # What a proof depends on stays as it was written: the source of an item with parameters.
    if item.source:
        return _written(_item_in_order(item.source, shortened=False))
    return _written(item_data(item.model_dump(mode="json", by_alias=True)))


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
            return _written(_scenario_in_order(_plain(scenario)), compact=True)
    return _written(_scenario_in_order(_without_defaults(scenario._written, scenario)), compact=True)


def topic_text(topic: TopicSpec | Data) -> str:
    """The file topic.yaml. Raises as `item_text` does."""
    data = topic.model_dump(mode="json") if isinstance(topic, TopicSpec) else _plain(topic)
    made = _in_order(data, _names(TopicSpec))
    made = _with(made, "rooms", _each(_shorter(_names(Room))))
    made = _with(made, "concepts", _each(_shorter(_names(Concept))))
    return _written(_without_nothing(made))


def card_text(card: Card | Data) -> str:
    """A card's file. Raises as `item_text` does."""
    data = card.model_dump(mode="json") if isinstance(card, Card) else _plain(card)
    made = _with(_in_order(data, _CARD_FIELDS), "faces", _all(_each(_as_number)))
    return _written(_without_nothing(made))


# What is said, in order


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


# How it is written


def _written(data: Data, *, compact: bool = False) -> str:
    text = "".join(f"{line}\n" for line in _Writer(compact=compact).mapping(data, ""))
    read = read_yaml(text).value
    if read != data:
        raise ValueError("these texts cannot be written so that they are read back")
    return text


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Lines of YAML; a `compact` writer puts a mapping on one line wherever it fits."""

    compact: bool

    def mapping(self, value: Data, indent: str, field: str = "") -> Iterator[str]:
        for key, inner in value.items():
            name = _scalar(key, "{key}: x")
            # The parameters of an item have names of their own, which say nothing of how they are written.
            above = field if field == "parameters" else key
            if len(name) > _LONGEST_KEY:
                yield f"{indent}? {name}"
                yield from self.value(inner, f"{indent}:", indent, above)
            else:
                yield from self.value(inner, f"{indent}{name}:", indent, above)

    def value(self, value: Any, begun: str, indent: str, field: str) -> Iterator[str]:
        """A value after what its line begins with: a key and its colon, or the dash of a list."""
        deeper = f"{indent}  "
        if isinstance(value, str) and "\n" in value and (block := _block(value)):
            first, *rest = block
            yield f"{begun} {first}"
            yield from (f"{deeper}{line}" if line else "" for line in rest)
        elif not isinstance(value, Mapping | list):
            yield f"{begun} {_scalar(value)}"
        elif self._stands_on_one_line(value, begun, field):
            yield f"{begun} {_flow(value)}"
        elif isinstance(value, list) and _is_words(value):
            yield from (f"{begun} [", *_wrapped(value, deeper), f"{indent}]")
        elif isinstance(value, list):
            yield begun
            for inner in value:
                yield from self._listed(inner, deeper, field)
        else:
            yield begun
            yield from self.mapping(value, deeper, field)

    def _listed(self, value: Any, indent: str, field: str) -> Iterator[str]:
        if isinstance(value, Mapping) and value and not self._stands_on_one_line(value, f"{indent}-", field):
            first, *rest = self.mapping(value, f"{indent}  ", field)
            yield f"{indent}- {first.lstrip(' ')}"
            yield from rest
        else:
            yield from self.value(value, f"{indent}-", indent, field)

    def _stands_on_one_line(self, value: Data | list[Any], begun: str, field: str) -> bool:
        if not value:
            return True
        if isinstance(value, Mapping):
            if field in _ONE_LINE:
                return not (field == "parameters" and any(isinstance(inner, Mapping) for inner in value.values()))
            return self.compact and not _holds_mappings(value) and _fits(value, begun)
        return (
            field not in _ROWS and not any(isinstance(inner, Mapping | list) for inner in value) and _fits(value, begun)
        )


def _holds_mappings(value: Data) -> bool:
    lists = [inner for inner in value.values() if isinstance(inner, list)]
    return any(isinstance(one, Mapping) for inner in lists for one in inner)


def _fits(value: Data | list[Any], begun: str) -> bool:
    texts = value.values() if isinstance(value, Mapping) else value
    if any(isinstance(text, str) and "\n" in text for text in texts):
        return False
    return len(begun) + 1 + len(_flow(value)) <= WIDTH


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_flow_key(key)}: {_flow(inner)}" for key, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value, "x: {{y: {text}, z: [{text}, {text}]}}")


def _flow_key(key: str) -> str:
    name = _scalar(key, "x: {{{key}: y}}")
    return f"? {name}" if len(name) > _LONGEST_KEY else name


def _is_words(value: list[Any]) -> bool:
    return all(isinstance(word, str) and _WORD.fullmatch(word) and _scalar(word) == word for word in value)


def _wrapped(words: list[str], indent: str) -> Iterator[str]:
    line = indent
    for word in words:
        if line != indent and len(line) + len(word) + 1 > WIDTH:
            yield line.rstrip(" ")
            line = indent
        line += f"{word}, "
    yield line.rstrip(" ")


def _block(text: str) -> list[str]:
    """The lines of a text as a literal block, what stands behind the colon first; nothing if it cannot be one."""
    body = text.rstrip("\n")
    trailing = len(text) - len(body)
    if not body.strip() or "\r" in text:
        return []
    first = next(line for line in body.split("\n") if line)
    mark = "|" + ("2" if first.startswith((" ", "\t")) else "") + {0: "-", 1: ""}.get(trailing, "+")
    lines = [mark, *body.split("\n"), *[""] * (trailing - 1)]
    written = "\n".join(f"  {line}" if line else "" for line in lines[1:])
    return lines if _reads(f"x: {mark}\n{written}\ny: z\n", {"x": text, "y": "z"}) else []


def _scalar(value: Any, place: str = "x: {text}") -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"
    return _text(str(value), place)


@lru_cache(maxsize=8192)
def _text(text: str, place: str) -> str:
    """A text in a place. A key is written as a value would be, so that 100 is in quotes, but for the field `on`."""
    if "\n" not in text and text.strip() == text and _stands_plain(text, place):
        return text
    first, second = ("'", '"') if " " not in text else ('"', "'")
    clean = not any(sign in text for sign in ("\n", "\t", "\r", "\ufeff"))
    for quote in (first, second):
        if clean and quote not in text and (quote == "'" or "\\" not in text):
            return f"{quote}{text}{quote}"
    if clean and "\\" in text and '"' in text:
        return "'{}'".format(text.replace("'", "''"))
    return '"{}"'.format("".join(_ESCAPES.get(sign, sign) for sign in text))


def _stands_plain(text: str, place: str) -> bool:
    if text != "on" and (_NUMBER_TO_SOME.fullmatch(text) or not _reads(f"x: {text}\n", {"x": text})):
        return False
    expected: Mapping[str, Data] = {
        "x: {text}": {"x": text},
        "{key}: x": {text: "x"},
        "x: {{{key}: y}}": {"x": {text: "y"}},
        "x: {{y: {text}, z: [{text}, {text}]}}": {"x": {"y": text, "z": [text, text]}},
    }
    return _reads(f"{place.format(text=text, key=text)}\n", expected[place])


def _reads(text: str, expected: Data) -> bool:
    try:
        return read_yaml(text).value == expected
    except Unreadable:
        return False
