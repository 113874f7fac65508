"""The ways of learning a topic: which of them it has, in the order in which they are listed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.items.files import Room as RoomSpec
from canarylearn.items.files import TopicSpec
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Page, Place, Topic
from canarylearn.learning.reading import Marked, marks, ready_page
from canarylearn.learning.rooms import Room, has, present
from canarylearn.learning.selectors import Listed, Standing, listed_items, standings, topic_spec
from canarylearn.learning.steps import steps

PRACTICE = Room(name="practice", kind="task")
QUIZZES = Room(name="quizzes", kind="question")
ROOMS = (PRACTICE, QUIZZES)

MODES = (
    "introduction",
    "why",
    "deep-dive",
    "visualise",
    "practice",
    "challenge",
    "project",
    "review",
    "cost",
    "test",
    "quizzes",
    "lab",
)
"""Every way there is or will be, in its order; a topic lists those that work."""

_JUMP_IN, _TEST_FIRST, _TEST = "jump in", "test first", "test"


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A learner, named by their key, at a topic: its items in every room, and where the learner stands at them."""

    key: UUID
    topic: Topic
    items: tuple[Listed, ...]
    known: Mapping[int, Standing]

    def listed(self, room: Room) -> list[Listed]:
        """The items of a room."""
        return [one for one in self.items if one.room == room.place and room.kind in (None, one.kind)]


Telling = Callable[[Glance], str]
"""What a learner did in a mode of a topic, in a few words; nothing where that is nothing."""


Offering = Callable[[TopicSpec], bool]
"""Whether a topic has what a mode needs, besides a room of its name."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A mode that an app of its own adds: the name of its address, which takes the topic's slug, how it tells, and
    which topics have enough for it."""

    url_name: str
    state: Telling
    offered: Offering


_told: dict[str, _Told] = {}


def tell_mode(name: str, url_name: str, state: Telling, offered: Offering = lambda _: True) -> None:
    """Let an app add its mode to every topic whose topic.yaml has a room of this name. Called when the app is ready."""
    _told[name] = _Told(url_name=url_name, state=state, offered=offered)


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A way of learning, to link to: `minutes` is 0 where there is no telling, `begin` says whether to test first."""

    name: str
    title: str
    summary: str
    url: str
    minutes: int
    begin: str


def modes_of(topic: Topic, rows: list[Page]) -> list[Mode]:
    """The ways of learning a topic that work, in their order. `rows` are the topic's pages."""
    found = [_page_mode(row) for row in rows]
    found += [_room_mode(room, topic) for room in ROOMS if has(room, topic)]
    rooms = topic_spec(topic.spec).rooms
    found += [_told_mode(name, rooms[name], topic) for name in _told if _is_told(name, topic)]
    found.append(
        Mode(
            name="lab",
            title=_("Lab"),
            summary=_("Your own plan, as a form, a manifest or a script, in any scenario."),
            url=reverse("lab:index"),
            minutes=0,
            begin=_JUMP_IN,
        )
    )
    return sorted(found, key=lambda mode: MODES.index(mode.name))


def test_url(topic: Topic) -> str:
    """Where somebody tests themselves first: the test, where the topic has one, and otherwise its questions."""
    return reverse(_told["test"].url_name, args=[topic.slug]) if _is_told("test", topic) else QUIZZES.url()


def after(name: str, modes: list[Mode]) -> Mode | None:
    """The mode that comes after this one."""
    names = [mode.name for mode in modes]
    following = names.index(name) + 1
    return modes[following] if following < len(modes) else None


def show_modes(request: LearnerRequest, topic: Topic, rows: list[Page]) -> list[dict[str, object]]:
    """The ways of learning, each with where the learner stands in it."""
    glance = _glance(request.visitor.key, topic)
    marked = marks(glance.key, rows)
    by_mode = {row.mode: row for row in rows}
    shown: list[dict[str, object]] = []
    for mode in modes_of(topic, rows):
        facts: dict[str, object] = {
            **vars(mode),
            "test_first": mode.begin == _TEST_FIRST,
            "is_test": mode.begin == _TEST,
        }
        if mode.name in by_mode:
            facts["state"] = say_state(marked[mode.name], len(ready_page(by_mode[mode.name]).questions))
            facts["read"] = marked[mode.name].read
        if mode.name in _told:
            facts["state"] = _told[mode.name].state(glance)
        for room in ROOMS:
            if room.name == mode.name:
                items = steps(request, room, glance.listed(room), known=glance.known)
                solved = sum(step.state == "solved" for step in items)
                facts |= {"room": present(room, topic), "items": items, "count": len(items), "solved": solved}
        shown.append(facts)
    return shown


def _glance(learner_key: UUID, topic: Topic) -> Glance:
    items = tuple(listed_items(None, topic.slug, room=None))
    return Glance(
        key=learner_key,
        topic=topic,
        items=items,
        known=standings(learner_key, [one.version_id for one in items if one.room != Place.TEST]),
    )


def practice_block(request: LearnerRequest, topic: Topic) -> dict[str, object] | None:
    """The questions of a topic with the learner's state at each, for the end of a page."""
    if not has(QUIZZES, topic):
        return None
    return {"room": present(QUIZZES, topic), "steps": steps(request, QUIZZES, listed_items("question", topic.slug))}


def say_state(marked: Marked, questions: int) -> str:
    """What a learner did on a page; nothing where that is nothing."""
    said = [_("read")] if marked.read else []
    if marked.answered:
        said.append(_("%(answered)s of %(all)s answered") % {"answered": marked.answered, "all": questions})
    return ", ".join(said)


def _page_mode(row: Page) -> Mode:
    facts = ready_page(row).page.facts
    return Mode(
        name=row.mode,
        title=facts.title,
        summary=facts.summary,
        url=row.get_absolute_url(),
        minutes=facts.minutes,
        begin=facts.begin,
    )


def _room_mode(room: Room, topic: Topic) -> Mode:
    facts = present(room, topic)
    return Mode(
        name=room.name,
        title=str(facts["title"]),
        summary=str(facts["summary"]),
        url=room.url(),
        minutes=int(str(facts["minutes"])),
        begin=_TEST if room == QUIZZES and not _is_told("test", topic) else _JUMP_IN,
    )


def _is_told(name: str, topic: Topic) -> bool:
    spec = topic_spec(topic.spec)
    return name in _told and name in spec.rooms and _told[name].offered(spec)


def _told_mode(name: str, room: RoomSpec, topic: Topic) -> Mode:
    return Mode(
        name=name,
        title=room.title,
        summary=room.summary,
        url=reverse(_told[name].url_name, args=[topic.slug]),
        minutes=room.minutes,
        begin=_TEST if name == "test" else _JUMP_IN,
    )
