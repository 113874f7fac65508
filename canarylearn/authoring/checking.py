"""What is wrong with an item or a scenario as it is written: the schema's own words, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from canarylearn.authoring.fields import Path
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import Document, read_yaml
from canarylearn.engine import Scenario
from canarylearn.items import Item
from canarylearn.items.files import TopicSpec
from canarylearn.items.reading import place_and_words, read_as
from canarylearn.items.variants import misfits

_PLAIN: dict[str, Any] = {
    "missing": _("this is required: fill it in"),
    "string_too_short": _("write at least %(min_length)s characters"),
    "string_too_long": _("write at most %(max_length)s characters"),
    "too_short": _("at least %(min_length)s are needed, and there are %(actual_length)s"),
    "too_long": _("at most %(max_length)s can stand here, and there are %(actual_length)s"),
    "string_pattern_mismatch": _("use small letters, digits and hyphens, beginning with a letter (%(pattern)s)"),
    "literal_error": _("choose one of %(expected)s"),
    "extra_forbidden": _("there is no such field; remove it, or look for a slip in its name"),
    "int_parsing": _("write a whole number"),
    "greater_than_equal": _("write a number that is greater than or equal to %(ge)s"),
    "less_than_equal": _("write a number that is less than or equal to %(le)s"),
}
"""Kinds of errors that pydantic tells in the words of programmers."""


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One thing to mend: where it stands in the data, and what is wrong and what to do. `line` is that in the file."""

    path: Path
    message: str
    line: int = 0

    @property
    def where(self) -> str:
        """The place in words."""
        return ".".join(str(step) for step in self.path)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A text as it was read: its data, the item or scenario if it makes one, and what is wrong otherwise."""

    data: Any
    spec: Any
    complaints: tuple[Complaint, ...]


def check_item(text: str, topic: TopicSpec, scenarios: Mapping[str, str], taken: str = "") -> Checked:
    """An item's text held against the schema, then against its topic and the scenarios that there are.

    `taken` says why the item cannot have its id, where that is so.
    """
    checked = _check(Item, text)
    if checked.spec is None:
        return replace(checked, complaints=tuple(_with_strays(checked, text)))
    found = [*_in_topic(checked.spec, topic, taken), *_in_scenarios(checked.spec, scenarios)]
    return Checked(data=checked.data, spec=checked.spec, complaints=tuple(_with_lines(found, text)))


def check_scenario(text: str) -> Checked:
    """A scenario's text held against the schema."""
    return _check(Scenario, text)


def _check(schema: type[BaseModel], text: str) -> Checked:
    try:
        document = read_yaml(text)
    except Unreadable as unreadable:
        told = tuple(Complaint(path=(), message=at.message, line=at.line) for at in unreadable.errors)
        return Checked(data=None, spec=None, complaints=told)
    try:
        return Checked(data=document.value, spec=schema.model_validate(document.value), complaints=())
    except ValidationError as error:
        return Checked(data=document.value, spec=None, complaints=tuple(_complaints(error, document)))


def _complaints(error: ValidationError, document: Document) -> Iterator[Complaint]:
    for problem in error.errors():
        path, said = place_and_words(problem)
        yield Complaint(path=path, message=_plain(problem) or said, line=document.line(path))


def _plain(problem: Mapping[str, Any]) -> str:
    """What is wrong in the words of people, where the schema's library has words of its own for it."""
    words = _PLAIN.get(problem["type"])
    return str(words) % problem.get("ctx", {}) if words is not None else ""


def _with_strays(checked: Checked, text: str) -> Iterator[Complaint]:
    """The complaints, with every goal that is in a scenario of other items: the schema tells of the first alone."""
    data = checked.data if isinstance(checked.data, Mapping) else {}
    goals, scenarios = (_list(data.get(name)) for name in ("goals", "scenarios"))
    strays = [
        number
        for number, goal in enumerate(goals if scenarios else ())
        if isinstance(goal, Mapping) and isinstance(goal.get("in"), str) and goal["in"] not in scenarios
    ]
    yield from (one for one in checked.complaints if one.path not in [("goals", number) for number in strays])
    message = _("this scenario is not among the item's: choose one of those above, or every scenario")
    found = [Complaint(path=("goals", number, "in"), message=str(message)) for number in strays]
    yield from _with_lines(found, text) if found else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _with_lines(complaints: Iterable[Complaint], text: str) -> Iterator[Complaint]:
    document = read_yaml(text)
    for one in complaints:
        yield Complaint(path=one.path, message=one.message, line=document.line(one.path))


def _in_topic(item: Item, topic: TopicSpec, taken: str) -> Iterator[Complaint]:
    if taken:
        yield Complaint(path=("id",), message=taken)
    if item.concept not in topic.concepts:
        yield Complaint(path=("concept",), message=f"choose one of the topic's concepts: {', '.join(topic.concepts)}")
    room = item.room if item.room != "practice" else "quizzes" if item.kind == "question" else "practice"
    if room not in topic.rooms:
        yield Complaint(path=("room",), message=f"the topic says nothing of the room {room!r}; choose another")


def _in_scenarios(item: Item, scenarios: Mapping[str, str]) -> Iterator[Complaint]:
    read: dict[str, Scenario] = {}
    for number, slug in enumerate(item.scenarios):
        if slug not in scenarios:
            yield Complaint(
                path=("scenarios", number),
                message=f"there is no scenario {slug!r} in this topic; write it, or choose another",
            )
            continue
        try:
            read[slug] = read_as(Scenario, scenarios[slug])
        except Unreadable as unreadable:
            first = unreadable.errors[0]
            said = f"the scenario {slug!r} cannot be run yet (line {first.line}: {first.message}); mend it first"
            yield Complaint(path=("scenarios", number), message=said)
    for path, message in misfits(item, read):
        yield Complaint(path=path, message=message)
