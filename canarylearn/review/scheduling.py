"""When a card comes back: FSRS in whole days, and the order of what is due. Knows no database.

A day is a date in the learner's own time zone. FSRS counts the time between two answers in whole spans of 24 hours, so
it is given noon of each date: the days between two answers are then those of the calendar, whatever the hour, the
clock change or the journey between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum

from fsrs import Card, Rating, Scheduler, State

RETENTION = 0.9
"""The chance of still knowing a card on the day it comes back."""

LAPSES = 4
"""After so many times forgotten a card needs another way of learning, and no other date."""

CAP = 20
"""How many cards a day, unless the learner says otherwise."""

# Without steps of minutes, since a card is asked once a day; without luck, so that the date on a button is kept.
SCHEDULER = Scheduler(desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


class Grade(IntEnum):
    """How well a card was known, as FSRS counts it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is known of how well a learner knows a card; nothing of a new one. `answered` and `due` are days."""

    answered: date | None = None
    due: date | None = None
    stability: float | None = None
    difficulty: float | None = None
    answers: int = 0
    lapses: int = 0

    @property
    def is_new(self) -> bool:
        """Whether it was never answered."""
        return self.stability is None

    @property
    def slips(self) -> bool:
        """Whether it was forgotten so often that another way of learning is due."""
        return self.lapses >= LAPSES

    def is_due(self, today: date) -> bool:
        """Whether it is to be asked today. What was answered today is not asked again: it would say nothing new."""
        return (self.due is None or self.due <= today) and not self.counts_already(today)

    def counts_already(self, today: date) -> bool:
        """Whether an answer of today is kept: the first one of a day counts.

        A learner who flew west can find themselves on the day before their last answer; that is no new day.
        """
        return self.answered is not None and self.answered >= today


def answer(memory: Memory, grade: Grade, today: date) -> Memory:
    """The card after an answer. Raises ValueError if one of this day was counted already."""
    if memory.counts_already(today):
        raise ValueError(f"an answer of {memory.answered} counts already, and today is {today}")
    card, _log = SCHEDULER.review_card(_card(memory), Rating(grade), _noon(today))
    return replace(
        memory,
        answered=today,
        due=card.due.date(),
        stability=card.stability,
        difficulty=card.difficulty,
        answers=memory.answers + 1,
        lapses=memory.lapses + (grade is Grade.AGAIN and not memory.is_new),
    )


def dates(memory: Memory, today: date) -> dict[Grade, date]:
    """When the card would come back after each grade."""
    return {grade: answer(memory, grade, today).due or today for grade in Grade}


def chance(memory: Memory, today: date) -> float:
    """The chance that the card is still known today; 0 for a new one."""
    return float(SCHEDULER.get_card_retrievability(_card(memory), _noon(today)))


def _card(memory: Memory) -> Card:
    """The library's card; its number means nothing here, and naming one spares a pause."""
    return Card(
        card_id=1,
        state=State.Learning if memory.is_new else State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_noon(memory.due or date(2000, 1, 1)),
        last_review=_noon(memory.answered) if memory.answered else None,
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A card that may be asked: `what` names it, `place` is its place in its topic, `missed` says it is an item that
    went wrong elsewhere."""

    what: str
    concept: str
    place: int
    memory: Memory
    missed: bool = False


def queue(waiting: Iterable[Waiting], today: date, room: int, before: str = "") -> list[Waiting]:
    """What is asked today, in its order: at most `room` cards.

    Those least likely to be still known come first; then what was missed elsewhere, then new cards, in their order. Of
    those that find room, no two of one concept follow each other where that can be helped; `before` is the concept of
    the card answered last.
    """
    due = sorted((one for one in waiting if one.memory.is_due(today)), key=lambda one: _urgency(one, today))
    return _interleaved(due[: max(room, 0)], before)


def _urgency(one: Waiting, today: date) -> tuple[int, float, int, str]:
    kind = (1 if one.missed else 2) if one.memory.is_new else 0
    return kind, chance(one.memory, today), one.place, one.what


def _interleaved(due: Sequence[Waiting], before: str) -> list[Waiting]:
    rest, mixed = list(due), []
    while rest:
        following = next((one for one in rest if one.concept != before), rest[0])
        rest.remove(following)
        mixed.append(following)
        before = following.concept
    return mixed


def next_day(memories: Iterable[Memory], today: date) -> date | None:
    """The first day after today on which something is asked; None if there is nothing to come back."""
    tomorrow = today + timedelta(days=1)
    return min((max(memory.due or tomorrow, tomorrow) for memory in memories), default=None)


def grade_of(*, passed: bool, tries: int, hints: int, certain: bool) -> Grade:
    """The grade of an item, by how it was solved: `tries` were taken in all, and so many hints opened."""
    if not passed:
        return Grade.AGAIN
    if hints or tries > 1:
        return Grade.HARD
    return Grade.EASY if certain else Grade.GOOD


GRADES: Mapping[str, Grade] = {str(int(grade)): grade for grade in Grade}
"""The grades by what a form says."""
