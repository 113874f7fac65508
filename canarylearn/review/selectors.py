"""What a learner's reviews look like today: the cards that there are for them, and what is asked."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from canarylearn.items.spec import TRIES
from canarylearn.learning.days import day_of
from canarylearn.learning.kept import day
from canarylearn.learning.models import Attempt, Kind, Learner, Place, Topic
from canarylearn.learning.modes import Glance
from canarylearn.learning.selectors import topic_spec
from canarylearn.review.decks import ReadyCard, ready_cards
from canarylearn.review.models import Card, Deck
from canarylearn.review.scheduling import CAP, Memory, Waiting, next_day, queue

CARD, ITEM = "card", "item"
_KINDS = (Kind.TASK, Kind.QUESTION)
"""What is asked again when it was missed in practice."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that can be asked: a flashcard of a topic, or an item that went wrong elsewhere."""

    what: str
    topic: Topic
    concept: str
    place: int
    ready: ReadyCard | None = None
    version_id: int = 0
    slug: str = ""
    first_due: date | None = None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A learner's reviews today: everything that can be asked, the cards answered so far, and how many a day."""

    today: date
    cap: int
    time_zone: str
    topics: list[Topic]
    things: Mapping[str, Thing]
    cards: Mapping[str, Card]

    def memory(self, thing: Thing) -> Memory:
        """How well a thing is known; what was missed elsewhere waits for the day after that."""
        card = self.cards.get(thing.what)
        if card is None or (card.memory.is_new and thing.first_due is not None):
            return Memory(due=thing.first_due)
        return card.memory

    @cached_property
    def done(self) -> int:
        """How many cards were answered today, in every topic."""
        return sum(card.memory.counts_already(self.today) for card in self.cards.values())

    def queue(self, topic: str = "") -> list[Thing]:
        """What is asked today, of one topic or of all, in its order."""
        waiting = [
            Waiting(
                what=thing.what,
                concept=f"{thing.topic.slug} {thing.concept}",
                place=thing.place,
                memory=self.memory(thing),
                missed=thing.ready is None,
            )
            for thing in self.of(topic)
        ]
        asked = queue(waiting, self.today, self.cap - self.done, self._last_concept)
        return sorted((self.things[one.what] for one in asked), key=lambda thing: not self._is_begun(thing))

    def of(self, topic: str) -> list[Thing]:
        """The things of a topic, or all."""
        return [thing for thing in self.things.values() if topic in ("", thing.topic.slug)]

    def count(self, topic: str) -> int:
        """How many are asked today."""
        return min(self._due(topic), max(0, self.cap - self.done))

    def capped(self, topic: str) -> bool:
        """Whether more is due today than the learner wants to be asked."""
        return self._due(topic) > self.cap - self.done

    def _due(self, topic: str) -> int:
        return sum(self.memory(thing).is_due(self.today) for thing in self.of(topic))

    def next_day(self, topic: str) -> date | None:
        """When something is asked again, after today."""
        return next_day([self.memory(thing) for thing in self.of(topic)], self.today)

    def _is_begun(self, thing: Thing) -> bool:
        """Whether the learner has tried it already, or opened a hint: then it is finished before anything else."""
        card = self.cards.get(thing.what)
        return card is not None and bool(card.sitting)

    @property
    def _last_concept(self) -> str:
        answered = [card for card in self.cards.values() if card.memory.counts_already(self.today)]
        last = max(answered, key=lambda card: card.changed, default=None)
        thing = self.things.get(last.what) if last else None
        return f"{thing.topic.slug} {thing.concept}" if thing else ""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept of a learner: their time zone, how many cards a day they want, their cards."""

    time_zone: str
    cap: int
    cards: Mapping[str, Card]


@dataclass(frozen=True, kw_only=True)
class _Try:
    """One attempt, with what is needed of its item."""

    slot: Hashable
    number: int
    passed: bool
    hints: int
    made: datetime
    item: str
    kind: str
    concept: str
    position: int
    topic: str
    version: int


def desk(learner_key: UUID, now: datetime, topic: str = "") -> Desk:
    """A learner's reviews at that moment, in one topic or in all. Three queries, two for somebody new."""
    mine = kept(learner_key)
    wanted = Topic.objects.filter(slug=topic) if topic else Topic.objects.all()
    topics = list(wanted.select_related("deck"))
    if mine is None:
        return _desk(Kept(time_zone="", cap=CAP, cards={}), now, topics, [])
    by_slug = {found.slug: found for found in topics}
    return _desk(mine, now, topics, _missed_items(_tries(learner_key, by_slug), mine.time_zone, by_slug))


OF_A_CARD = ("what", "answered", "due", "stability", "answers")
"""What of a card says whether it is due."""


def desk_at_a_glance(glance: Glance, now: datetime) -> Desk | None:
    """A learner's reviews in one topic, told from what is kept: only the cards of the topic are asked for.

    Nothing for somebody who has neither answered a card nor missed an item. It says how many are due, and no more.
    """
    time_zone = next((one["time_zone"] for one in glance.kept["learner"]), "")
    missed = _missed_items(_tries_at_a_glance(glance), time_zone, {glance.topic.slug: glance.topic})
    rows = glance.kept["card"]
    if not rows and not missed:
        return None
    cards = [Card(**{**row, "answered": day(row["answered"]), "due": day(row["due"])}) for row in rows]
    cap = next((one["cap"] for one in glance.kept["wish"]), CAP)
    mine = Kept(time_zone=time_zone, cap=cap, cards={card.what: card for card in cards})
    return _desk(mine, now, [glance.topic], missed)


def _tries_at_a_glance(glance: Glance) -> Iterator[_Try]:
    """The tries at items of practice."""
    asked = {one.slug: one for one in glance.items if one.room == Place.PRACTICE and one.kind in _KINDS}
    for (slug, version), standing in glance.everywhere.items():
        if slug not in asked:
            continue
        item = asked[slug]
        for variant, at in {0: standing, **standing.others}.items():
            for attempt in at.attempts:
                yield _Try(
                    slot=(version, variant),
                    number=attempt.number,
                    passed=attempt.passed,
                    hints=attempt.hints_opened,
                    made=attempt.created,
                    item=slug,
                    kind=item.kind,
                    concept=item.concept,
                    position=item.position,
                    topic=glance.topic.slug,
                    version=item.version_id,
                )


def kept(learner_key: UUID) -> Kept | None:
    """What is kept of a learner, in one query; nothing of somebody who did nothing yet."""
    columns = tuple(field.attname for field in Card._meta.concrete_fields)
    learner = Learner.objects.filter(key=learner_key).order_by()
    rows = list(learner.values_list("time_zone", "review_wishes__cap", *(f"cards__{name}" for name in columns)))
    if not rows:
        return None
    time_zone, cap = rows[0][:2]
    cards = [Card(**dict(zip(columns, row[2:], strict=True))) for row in rows if row[2] is not None]
    return Kept(time_zone=time_zone, cap=CAP if cap is None else cap, cards={card.what: card for card in cards})


def _desk(mine: Kept, now: datetime, topics: list[Topic], missed: list[Thing]) -> Desk:
    things = [*(thing for found in topics for thing in _flashcards(found)), *missed]
    return Desk(
        today=day_of(mine.time_zone, now),
        cap=mine.cap,
        time_zone=mine.time_zone,
        topics=topics,
        things={thing.what: thing for thing in things},
        cards=mine.cards,
    )


def name_of_card(topic: str, slug: str) -> str:
    """What a flashcard is called among the things that can be asked."""
    return f"{CARD}:{topic}/{slug}"


def name_of_item(slug: str) -> str:
    """What an item is called among them."""
    return f"{ITEM}:{slug}"


def _flashcards(topic: Topic) -> Iterator[Thing]:
    """A topic's flashcards, in the order in which its concepts build on each other."""
    deck: Deck | None = getattr(topic, "deck", None)
    if deck is None:
        return
    concepts = list(topic_spec(topic.spec).concepts)
    cards = sorted(ready_cards(deck).values(), key=lambda one: concepts.index(one.card.concept))
    for place, mine in enumerate(cards):
        yield Thing(
            what=name_of_card(topic.slug, mine.slug),
            topic=topic,
            concept=mine.card.concept,
            place=place,
            ready=mine,
            slug=mine.slug,
        )


def _missed_items(tried: Iterable[_Try], time_zone: str, topics: Mapping[str, Topic]) -> list[Thing]:
    """The items of practice that are finished, and were not solved at the first try without a hint.

    An item with a try left is still in practice. What was missed is asked from the day after that.
    """
    found: dict[str, Thing] = {}
    for _slot, group in groupby(tried, key=attrgetter("slot")):
        tries = list(group)
        first, last = tries[0], tries[-1]
        solved = any(one.passed for one in tries)
        unaided = first.passed and not first.hints
        if unaided or not (solved or len(tries) >= TRIES[first.kind]):
            continue
        what = name_of_item(first.item)
        found[what] = Thing(
            what=what,
            topic=topics[first.topic],
            concept=first.concept,
            place=first.position,
            version_id=first.version,
            slug=first.item,
            first_due=day_of(time_zone, last.made) + timedelta(days=1),
        )
    return list(found.values())


def _tries(learner_key: UUID, topics: Mapping[str, Topic]) -> list[_Try]:
    item = "slot__version__item__"
    attempts = Attempt.objects.filter(
        slot__learner__key=learner_key,
        slot__version__item__room=Place.PRACTICE,
        slot__version__item__kind__in=_KINDS,
        slot__version__item__retired=False,
        slot__version__item__topic__slug__in=list(topics),
    )
    names = ("kind", "concept", "position", "topic__slug", "current_id")
    rows = attempts.order_by("slot", "number").values_list(
        "slot_id", "number", "passed", "hints_opened", "created", f"{item}slug", *(f"{item}{name}" for name in names)
    )
    return [
        _Try(
            slot=row[0],
            number=row[1],
            passed=row[2],
            hints=row[3],
            made=row[4],
            item=row[5],
            kind=row[6],
            concept=row[7],
            position=row[8],
            topic=row[9],
            version=row[10],
        )
        for row in rows
    ]
