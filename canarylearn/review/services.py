"""Everything that writes what learners review: an answer to a card, a try at an item, a hint, a wish."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from canarylearn.items import Answer as ItemAnswer
from canarylearn.learning.days import day_of
from canarylearn.learning.models import Learner
from canarylearn.learning.ready import Ready
from canarylearn.review.models import Answer, Card, Wish
from canarylearn.review.scheduling import Grade, Memory, answer, grade_of

MOST_CARDS = 200
"""How many cards a day a learner can wish for."""


class Status(StrEnum):
    """What became of an answer. COUNTED alone changes when a card comes back; TRIED is a miss with tries left."""

    COUNTED = "counted"
    TRIED = "tried"
    REPEATED = "repeated"
    SAME_ANSWER = "same-answer"
    ALREADY = "already"
    STALE = "stale"


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """An item that was begun in review: the version and variant it was begun with, the answers, the hints opened."""

    version: int
    variant: int
    answers: list[dict[str, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hints: int = 0


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What became of an answer, and the card after it; an item's with its sitting."""

    status: Status
    memory: Memory
    grade: Grade | None = None
    sitting: Sitting | None = None


def sitting_of(card: Card | None, ready: Ready) -> Sitting:
    """The item as the learner left it; afresh if it is another version or has other numbers by now."""
    kept = card.sitting if card else {}
    if (kept.get("version"), kept.get("variant")) == (ready.version_id, ready.variant):
        return Sitting(**kept)
    return Sitting(version=ready.version_id, variant=ready.variant)


def grade_card(*, learner_key: UUID, what: str, grade: Grade, key: str, seen: int, now: datetime) -> Counted:
    """Count the learner's own grade of a flashcard, unless it is a repetition or one of today counts already.

    `key` comes from the form: it counts once, however often it arrives. `seen` is how often the card had been answered
    when its page was made: a page of another day says nothing about today.
    """
    with transaction.atomic():
        card, today = _lock(learner_key, what, now)
        status = _status(card, key, seen, today)
        if status is Status.COUNTED:
            _count(card, grade, key, today)
        return Counted(status=status, memory=card.memory, grade=grade if status is Status.COUNTED else None)


def try_item(
    *,
    learner_key: UUID,
    what: str,
    ready: Ready,
    given: ItemAnswer | None,
    key: str,
    seen: int,
    certain: bool,
    now: datetime,
) -> Counted:
    """Judge an answer to an item, or take it that the learner does not know (`given` is None).

    The card is graded once the item is solved or no try is left: by the first try of today, as for every card.
    """
    passed = given is not None and ready.judge(given).passed
    with transaction.atomic():
        card, today = _lock(learner_key, what, now)
        sitting = sitting_of(card, ready)
        status = _status(card, key, seen, today)
        if status is Status.COUNTED and key in sitting.keys:
            status = Status.REPEATED
        elif status is Status.COUNTED and given is not None and dict(given) in sitting.answers:
            status = Status.SAME_ANSWER
        if status is not Status.COUNTED:
            return Counted(status=status, memory=card.memory, sitting=sitting)
        if given is not None:
            sitting.answers.append(dict(given))
            sitting.keys.append(key)
        if given is not None and not passed and len(sitting.answers) < ready.item.tries:
            _keep(card, sitting)
            return Counted(status=Status.TRIED, memory=card.memory, sitting=sitting)
        grade = grade_of(passed=passed, tries=len(sitting.answers), hints=sitting.hints, certain=certain)
        _count(card, grade, key, today)
        return Counted(status=Status.COUNTED, memory=card.memory, grade=grade, sitting=sitting)


def open_hint(*, learner_key: UUID, what: str, ready: Ready, level: int, now: datetime) -> Sitting:
    """Open the hint of this level if it is the next one."""
    with transaction.atomic():
        card, _today = _lock(learner_key, what, now)
        sitting = sitting_of(card, ready)
        if level == sitting.hints + 1:
            sitting = Sitting(**{**vars(sitting), "hints": level})
            _keep(card, sitting)
        return sitting


def wish(*, learner_key: UUID, cap: int) -> None:
    """Keep how many cards a day a learner wants."""
    with transaction.atomic():
        learner = _lock_learner(learner_key)
        Wish.objects.update_or_create(learner=learner, defaults={"cap": cap})


def _lock_learner(key: UUID) -> Learner:
    """The learner with this key, made on first use and locked until the transaction ends: one answer after another."""
    learners = Learner.objects.select_for_update(of=("self",), no_key=True).filter(key=key).order_by()
    found = learners.first()
    if found is None:
        Learner.objects.bulk_create([Learner(key=key)], ignore_conflicts=True)
        found = learners.get()
    return found


def _lock(learner_key: UUID, what: str, now: datetime) -> tuple[Card, date]:
    """A learner's card, which nobody else can change meanwhile, and the day it is where they are."""
    learner = _lock_learner(learner_key)
    card = Card.objects.filter(learner=learner, what=what).first() or Card(learner=learner, what=what)
    return card, day_of(learner.time_zone, now)


def _status(card: Card, key: str, seen: int, today: date) -> Status:
    if Answer.objects.filter(learner_id=card.learner_id, what=card.what, key=key).exists():
        return Status.REPEATED
    if card.memory.counts_already(today):
        return Status.ALREADY
    return Status.COUNTED if seen == card.answers else Status.STALE


def _count(card: Card, grade: Grade, key: str, today: date) -> None:
    card.remember(answer(card.memory, grade, today))
    card.sitting = {}
    card.save()
    Answer.objects.create(learner_id=card.learner_id, what=card.what, day=today, grade=int(grade), key=key)


def _keep(card: Card, sitting: Sitting) -> None:
    card.sitting = dict(vars(sitting))
    card.save()
