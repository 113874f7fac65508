"""Item, scenario and topic files: read into specs, with every error located."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine.scenario import Scenario
from canarylearn.items.authored import Authored, Prose, Slug
from canarylearn.items.cards import Card
from canarylearn.items.lessons import Page, read_page
from canarylearn.items.reading import read_as as read_as
from canarylearn.items.spec import Item
from canarylearn.items.variants import misfits

Spec = TypeVar("Spec", bound=BaseModel)
Read = TypeVar("Read")

_ITEM_FOLDERS = ("tasks", "questions", "challenge", "bank")

PAGES = ("introduction", "why", "deep-dive", "cost")
"""The ways of learning that are pages to read, each a file in the folder `pages`, in the order they are listed."""


class Room(Authored):
    """How a topic presents one way of learning: a title, the time it takes, and a summary."""

    title: Prose
    minutes: int = Field(ge=1, le=600)
    summary: Prose


class Concept(Authored):
    """One idea of a topic, by which items are drawn and progress is told. `after` names the concepts it builds on."""

    title: Prose
    summary: Prose
    after: tuple[Slug, ...] = ()


class TopicSpec(Authored):
    """A topic: what it is called, its rooms, its concepts, and the order of its items.

    `tasks` and `questions` are those of practice; `challenge` and `bank` (the test's) hold items of any kind.
    """

    slug: Slug
    title: Prose
    summary: Prose
    rooms: dict[Annotated[str, Field(pattern=r"^(practice|quizzes|visualise|challenge|project|review|test)$")], Room]
    concepts: dict[Slug, Concept] = Field(min_length=1)
    tasks: tuple[Slug, ...]
    questions: tuple[Slug, ...]
    challenge: tuple[Slug, ...] = ()
    bank: tuple[Slug, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TopicFiles:
    """Everything in a topic's folder, by slug. `texts` holds the files themselves, by path within the folder."""

    topic: TopicSpec
    items: Mapping[str, Item]
    scenarios: Mapping[str, Scenario]
    pages: Mapping[str, Page]
    texts: Mapping[str, str]
    cards: Mapping[str, Card] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, Item]:
        """Everything that is judged by running it: the items, and the questions in the pages."""
        return {**self.items, **{slug: one for page in self.pages.values() for slug, one in page.questions.items()}}

    def scenarios_of(self, item: Item) -> dict[str, Scenario]:
        """The scenarios that an item is run in, by slug."""
        return {slug: self.scenarios[slug] for slug in item.scenarios}


def read_topic(folder: Path) -> TopicFiles:
    """A topic's folder. Raises Unreadable, each message beginning with the file's name, if any of it cannot be used."""
    paths = [folder / "topic.yaml", *sorted(folder.glob("*/*.yaml")), *sorted(folder.glob("pages/*.md"))]
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    files = TopicFiles(
        topic=_read(TopicSpec, "topic.yaml", texts),
        items=_read_all(Item, _ITEM_FOLDERS, texts),
        scenarios=_read_all(Scenario, ("scenarios",), texts),
        pages={
            PurePosixPath(name).stem: _named(name, read_page, text) for name, text in texts.items() if _is_page(name)
        },
        texts=texts,
        cards=_read_all(Card, ("cards",), texts),
    )
    _refuse_mismatches(files, folder)
    return files


def _read_all(schema: type[Spec], folders: tuple[str, ...], texts: Mapping[str, str]) -> dict[str, Spec]:
    paths = [PurePosixPath(name) for name in texts]
    return {path.stem: _read(schema, str(path), texts) for path in paths if path.parent.name in folders}


def _is_page(name: str) -> bool:
    return name.startswith("pages/")


def _read(schema: type[Spec], name: str, texts: Mapping[str, str]) -> Spec:
    return _named(name, lambda text: read_as(schema, text), texts[name])


def _named(name: str, read: Callable[[str], Read], text: str) -> Read:
    """What was read of a file; its name stands in each error."""
    try:
        return read(text)
    except Unreadable as unreadable:
        named = [
            Located(line=at.line, column=at.column, code=at.code, message=f"{name}: {at.message}")
            for at in unreadable.errors
        ]
        raise Unreadable(tuple(named)) from None


def _refuse_mismatches(files: TopicFiles, folder: Path) -> None:
    """Names in files, files and the topic's lists must agree."""
    problems = [*_misnamed(files, folder), *_mislisted(files), *_misreferenced(files), *_misplaced_pages(files)]
    located = [Located(line=1, column=None, code="mismatch", message=problem) for problem in problems]
    if located or (located := [*_misvaried(files)]):
        raise Unreadable(tuple(located))


def _misnamed(files: TopicFiles, folder: Path) -> Iterator[str]:
    if files.topic.slug != folder.name:
        yield f"topic.yaml: its slug is {files.topic.slug!r}; name the folder after it"
    named = [(name, "id", item.id) for name, item in files.items.items()]
    named += [(f"cards/{name}", "id", card.id) for name, card in files.cards.items()]
    named += [(name, "slug", scenario.slug) for name, scenario in files.scenarios.items()]
    for path, key, found in named:
        if found != path.rpartition("/")[2]:
            yield f"{path}.yaml: its {key} is {found!r}; name the file after it"
    yield from _misfiled(files)


def _misfiled(files: TopicFiles) -> Iterator[str]:
    """Items in the folder of another room, and what belongs to no concept of the topic."""
    for name, item in files.items.items():
        if f"{item.folder}/{name}.yaml" not in files.texts:
            yield f"{name}.yaml: it is a {item.kind} for {item.room}; put it into the folder {item.folder}"
        elif sum(f"{folder}/{name}.yaml" in files.texts for folder in _ITEM_FOLDERS) > 1:
            yield f"{name}.yaml: files in two folders have this id; rename one"
    known = ", ".join(files.topic.concepts)
    concepts = [(name, item.concept) for name, item in files.items.items()]
    concepts += [(f"cards/{name}", card.concept) for name, card in files.cards.items()]
    for path, concept in concepts:
        if concept not in files.topic.concepts:
            yield f"{path}.yaml: its concept is {concept!r}; topic.yaml has {known}"


def _mislisted(files: TopicFiles) -> Iterator[str]:
    topic = files.topic
    for listed, folder, room in (
        (topic.tasks, "tasks", "practice"),
        (topic.questions, "questions", "quizzes"),
        (topic.challenge, "challenge", "challenge"),
        (topic.bank, "bank", "test"),
    ):
        kind = folder.removesuffix("s") if room in ("practice", "quizzes") else f"{room} item"
        there = {name for name, item in files.items.items() if item.folder == folder}
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
    for name, page in files.pages.items():
        for slug in page.scenarios:
            if slug not in files.scenarios:
                yield f"pages/{name}.md: there is no scenario {slug!r}"
    for name, card in files.cards.items():
        for slug in card.scenarios:
            if slug not in files.scenarios:
                yield f"cards/{name}.yaml: there is no scenario {slug!r}"


def _misvaried(files: TopicFiles) -> Iterator[Located]:
    """An item varies fields that its scenarios have, and its authored values are what they say."""
    for name, item in files.items.items():
        for path, message in misfits(item, files.scenarios):
            line = read_yaml(files.texts[f"{item.folder}/{name}.yaml"]).line(path)
            said = f"{name}.yaml: {'.'.join(path)}: {message}"
            yield Located(line=line, column=None, code="varies", message=said)


def _misplaced_pages(files: TopicFiles) -> Iterator[str]:
    """A page is one of the modes that are read, and its questions have ids of their own: proofs are kept by them."""
    taken = dict.fromkeys(files.items, "an item")
    for name, page in files.pages.items():
        if name not in PAGES:
            yield f"pages/{name}.md: there is no such mode; the pages are {', '.join(PAGES)}"
        for slug in page.questions:
            if slug in taken:
                yield f"pages/{name}.md: {taken[slug]} has the id {slug!r} already; rename the question"
            taken[slug] = f"the page {name}"
