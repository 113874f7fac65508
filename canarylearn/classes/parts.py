"""What an assignment is made of, and how much of it somebody has done.

A part is named by its kind and what it is: `item:first-users`, `room:canary-releases/practice`,
`page:canary-releases/why`, `test:canary-releases`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from canarylearn.classes.models import Assignment
from canarylearn.items.spec import ROOM_TRIES, TRIES
from canarylearn.learning.models import Attempt, Item, Kind, PageMark, Place, Topic
from canarylearn.learning.modes import modes_of
from canarylearn.learning.reading import READ, all_pages
from quizzes.models import Sitting

ROOMS = ("practice", "quizzes", "challenge")
"""Ways of learning that are made of items, so that it can be told how much of them is done."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something to do: what it is called, and where it is."""

    name: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What a topic has to offer of one sort; `room` names the room that its items are in, if they are items."""

    title: str
    parts: Sequence[Part]
    room: str = ""


def shelves(topics: Iterable[Topic]) -> list[Shelf]:
    """Everything that an assignment for these topics can be made of, in two queries."""
    wanted, pages, found = list(topics), all_pages(), []
    items: dict[int, list[Item]] = defaultdict(list)
    for item in _items(wanted):
        items[item.topic_id].append(item)
    for topic in wanted:
        rows = pages.get(topic.pk, [])
        read = {row.mode for row in rows}
        modes = modes_of(topic, rows)
        ways = [
            Part(name=f"{kind}:{topic.slug}{rest}", title=mode.title, url=mode.url)
            for mode in modes
            for kind, rest in [_kind_of(mode.name, read)]
            if kind
        ]
        found.append(Shelf(title=f"{topic.title}: {_('Rooms, pages and the test')}", parts=ways))
        for title, room in ((_("Tasks"), "practice"), (_("Questions"), "quizzes"), (_("Incidents"), "challenge")):
            of_it = [item for item in items[topic.pk] if _room_of(item.room, item.kind) == room]
            if of_it:
                found.append(
                    Shelf(
                        title=f"{topic.title}: {title}",
                        parts=[_item_part(item) for item in of_it],
                        room=f"{topic.slug}/{room}",
                    )
                )
    return found


def by_name(shelved: Iterable[Shelf]) -> dict[str, Part]:
    """The parts on these shelves."""
    return {part.name: part for shelf in shelved for part in shelf.parts}


def _items(topics: Iterable[Topic]) -> Iterable[Item]:
    rooms = (Place.PRACTICE, Place.CHALLENGE)
    there = Item.objects.filter(topic__in=list(topics), room__in=rooms, retired=False, current__isnull=False)
    return there.select_related("current").defer("current__spec", "current__scenarios", "current__proof")


def _item_part(item: Item) -> Part:
    title = item.current.title if item.current else item.slug
    return Part(name=f"item:{item.slug}", title=title, url=item.get_absolute_url())


def _kind_of(mode: str, read: set[str]) -> tuple[str, str]:
    if mode == "test":
        return "test", ""
    if mode in read:
        return "page", f"/{mode}"
    return ("room", f"/{mode}") if mode in ROOMS else ("", "")


def _room_of(place: str, kind: str) -> str:
    if place == Place.CHALLENGE:
        return "challenge"
    return "practice" if kind == Kind.TASK else "quizzes"


@dataclass(kw_only=True)
class Work:
    """What somebody did at an item: the last title it had, how often they missed, and when it was finished (solved, or
    out of tries)."""

    slug: str
    title: str
    topic: str
    misses: int = 0
    solved: bool = False
    finished: datetime | None = None
    last: int = 0


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of something is done; `when` is when the last of it was, and None while some is open."""

    done: int
    of: int
    when: datetime | None

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.of


class Doings:
    """What these learners, by their numbers in the database, did in these topics. Each kind of thing is asked for once,
    when it is needed, for all of them together; what the rooms hold is not, where the shelves are known already."""

    def __init__(
        self, learners: Iterable[int], topics: Iterable[str] | None, shelved: Iterable[Shelf] | None = None
    ) -> None:
        self._shelved = None if shelved is None else list(shelved)
        self._learners, self._topics = list(learners), None if topics is None else list(topics)

    def _in(self, path: str) -> Q:
        """What belongs to these topics; everything where none are named."""
        return Q() if self._topics is None else Q(**{f"{path}__slug__in": self._topics})

    @cached_property
    def works(self) -> dict[int, dict[str, Work]]:
        """Each learner's work at items, by slug."""
        found: dict[int, dict[str, Work]] = {learner: {} for learner in self._learners}
        tries: dict[tuple[int, int, int], int] = defaultdict(int)
        rows = Attempt.objects.filter(self._in("slot__version__item__topic"), slot__learner__in=self._learners)
        facts = (
            *("pk", "passed", "created", "slot__learner_id", "slot__version_id", "slot__variant"),
            *("slot__version__title", "slot__version__item__slug", "slot__version__item__kind"),
            *("slot__version__item__room", "slot__version__item__topic__slug"),
        )
        for pk, passed, created, learner, version, variant, title, slug, kind, place, topic in rows.order_by(
            "created", "pk"
        ).values_list(*facts):
            work = found[learner].setdefault(slug, Work(slug=slug, title=title, topic=topic))
            tries[learner, version, variant] += 1
            over = passed or tries[learner, version, variant] >= ROOM_TRIES.get(place, TRIES[kind])
            work.title, work.last = title, pk
            work.misses += not passed
            work.solved = work.solved or passed
            if over and work.finished is None:
                work.finished = created
        return found

    @cached_property
    def _read(self) -> dict[tuple[int, str], datetime]:
        marks = PageMark.objects.filter(self._in("page__topic"), learner__in=self._learners, question=READ)
        rows = marks.order_by().values_list("learner_id", "page__topic__slug", "page__mode", "created")
        return {(learner, f"{topic}/{mode}"): created for learner, topic, mode, created in rows}

    @cached_property
    def _tests(self) -> dict[tuple[int, str], list[datetime]]:
        ended = Sitting.objects.filter(self._in("topic"), learner__in=self._learners, ended__isnull=False)
        found: dict[tuple[int, str], list[datetime]] = defaultdict(list)
        for learner, topic, when in ended.order_by("ended").values_list("learner_id", "topic__slug", "ended"):
            if when is not None:
                found[learner, topic].append(when)
        return found

    @cached_property
    def _rooms(self) -> dict[str, list[str]]:
        rooms: dict[str, list[str]] = defaultdict(list)
        if self._shelved is not None:
            return {
                shelf.room: [part.name.partition(":")[2] for part in shelf.parts]
                for shelf in self._shelved
                if shelf.room
            }
        there = Item.objects.filter(self._in("topic"), retired=False, current__isnull=False).order_by()
        for topic, slug, place, kind in there.values_list("topic__slug", "slug", "room", "kind"):
            if place != Place.TEST:
                rooms[f"{topic}/{_room_of(place, kind)}"].append(slug)
        return rooms

    def share(self, learner: int, name: str, opens: datetime | None = None) -> Share:
        """How much of a part a learner has done. A test counts from when the assignment opens, and the rest whenever
        it was done."""
        kind, _colon, what = name.partition(":")
        if kind == "page":
            return _whole([self._read.get((learner, what))])
        if kind == "test":
            return _whole([next((one for one in self._tests[learner, what] if opens is None or one >= opens), None)])
        slugs = self._rooms.get(what, []) if kind == "room" else [what]
        works = self.works.get(learner, {})
        return _whole([works[slug].finished if slug in works else None for slug in slugs])

    def of_assignment(self, learner: int, assignment: Assignment) -> Share:
        """How much of an assignment a learner has done, counted in parts. An item that was withdrawn before they had
        finished it is not asked of them."""
        shares = {name: self.share(learner, name, assignment.opens) for name in assignment.parts}
        asked = [one for name, one in shares.items() if one.complete or not self._is_withdrawn(name)]
        return _whole([one.when if one.complete else None for one in asked])

    def _is_withdrawn(self, name: str) -> bool:
        kind, _colon, what = name.partition(":")
        return kind == "item" and not any(what in slugs for slugs in self._rooms.values())


def _whole(moments: Sequence[datetime | None]) -> Share:
    known = [one for one in moments if one is not None]
    return Share(done=len(known), of=len(moments), when=max(known) if known and len(known) == len(moments) else None)
