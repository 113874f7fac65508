"""Item, scenario and topic files: read into specs, with every error located."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import Document, read_yaml
from canarylearn.engine.faults import KINDS
from canarylearn.engine.scenario import Scenario
from canarylearn.items.spec import TAGS, Item, Prose, Slug

Spec = TypeVar("Spec", bound=BaseModel)

_ITEM_FOLDERS = ("tasks", "questions")


class Room(BaseModel):
    """How a topic presents one way of learning: a title, the time it takes, and a summary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Prose
    minutes: int = Field(ge=1, le=600)
    summary: Prose


class TopicSpec(BaseModel):
    """A topic: what it is called, its rooms, and the order of its items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: Slug
    title: Prose
    summary: Prose
    rooms: dict[Annotated[str, Field(pattern=r"^(practice|quizzes)$")], Room]
    tasks: tuple[Slug, ...]
    questions: tuple[Slug, ...]


@dataclass(frozen=True, kw_only=True)
class TopicFiles:
    """Everything in a topic's folder, by slug. `texts` holds the files themselves, by path within the folder."""

    topic: TopicSpec
    items: Mapping[str, Item]
    scenarios: Mapping[str, Scenario]
    texts: Mapping[str, str]

    def scenarios_of(self, item: Item) -> dict[str, Scenario]:
        """The scenarios that an item is run in, by slug."""
        return {slug: self.scenarios[slug] for slug in item.scenarios}


def read_as(schema: type[Spec], text: str) -> Spec:
    """The text of a YAML file as a spec. Raises Unreadable with a line for each thing that is wrong."""
    document = read_yaml(text)
    try:
        return schema.model_validate(document.value)
    except ValidationError as error:
        raise Unreadable(tuple(_located(document, problem) for problem in error.errors())) from None


def _located(document: Document, problem: Mapping[str, object]) -> Located:
    where, context = problem["loc"], problem.get("ctx", {})
    assert isinstance(where, tuple)
    assert isinstance(context, dict)
    where = tuple(part for part in (*where, *context.get("where", ())) if part not in TAGS and part not in KINDS)
    path = ".".join(str(part) for part in where)
    said = str(problem["msg"]).removeprefix("Value error, ")
    return Located(
        line=document.line(where),
        column=None,
        code=str(problem["type"]),
        message=f"{path}: {said}" if path else said,
    )


def read_topic(folder: Path) -> TopicFiles:
    """A topic's folder. Raises Unreadable, each message beginning with the file's name, if any of it cannot be used."""
    paths = [folder / "topic.yaml", *sorted(folder.glob("*/*.yaml"))]
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    files = TopicFiles(
        topic=_read(TopicSpec, "topic.yaml", texts),
        items=_read_all(Item, _ITEM_FOLDERS, texts),
        scenarios=_read_all(Scenario, ("scenarios",), texts),
        texts=texts,
    )
    _refuse_mismatches(files, folder)
    return files


def _read_all(schema: type[Spec], folders: tuple[str, ...], texts: Mapping[str, str]) -> dict[str, Spec]:
    paths = [PurePosixPath(name) for name in texts]
    return {path.stem: _read(schema, str(path), texts) for path in paths if path.parent.name in folders}


def _read(schema: type[Spec], name: str, texts: Mapping[str, str]) -> Spec:
    try:
        return read_as(schema, texts[name])
    except Unreadable as unreadable:
        named = [
            Located(line=at.line, column=at.column, code=at.code, message=f"{name}: {at.message}")
            for at in unreadable.errors
        ]
        raise Unreadable(tuple(named)) from None


def _refuse_mismatches(files: TopicFiles, folder: Path) -> None:
    """Names in files, files and the topic's lists must agree."""
    problems = [*_misnamed(files, folder), *_mislisted(files), *_misreferenced(files)]
    if problems:
        raise Unreadable(tuple(Located(line=1, column=None, code="mismatch", message=problem) for problem in problems))


def _misnamed(files: TopicFiles, folder: Path) -> Iterator[str]:
    if files.topic.slug != folder.name:
        yield f"topic.yaml: its slug is {files.topic.slug!r}; name the folder after it"
    for name, item in files.items.items():
        if item.id != name:
            yield f"{name}.yaml: its id is {item.id!r}; name the file after it"
        if f"{item.kind}s/{name}.yaml" not in files.texts:
            yield f"{name}.yaml: it is a {item.kind}; put it into the folder {item.kind}s"
        elif sum(f"{kind}/{name}.yaml" in files.texts for kind in _ITEM_FOLDERS) > 1:
            yield f"{name}.yaml: a task and a question have this id; rename one"
    for name, scenario in files.scenarios.items():
        if scenario.slug != name:
            yield f"{name}.yaml: its slug is {scenario.slug!r}; name the file after it"


def _mislisted(files: TopicFiles) -> Iterator[str]:
    topic = files.topic
    for listed, kind, room in ((topic.tasks, "task", "practice"), (topic.questions, "question", "quizzes")):
        there = {name for name, item in files.items.items() if item.kind == kind}
        for name in dict.fromkeys(listed):
            if name not in there:
                yield f"topic.yaml: lists the {kind} {name!r}, which has no file"
            if listed.count(name) > 1:
                yield f"topic.yaml: lists the {kind} {name!r} more than once"
        for name in sorted(there - set(listed)):
            yield f"{name}.yaml: is not listed in topic.yaml"
        if listed and room not in topic.rooms:
            yield f"topic.yaml: lists a {kind}, and says nothing of the room {room!r}"


def _misreferenced(files: TopicFiles) -> Iterator[str]:
    for name, item in files.items.items():
        for slug in item.scenarios:
            if slug not in files.scenarios:
                yield f"{name}.yaml: there is no scenario {slug!r}"
