"""When a card comes back: as the FSRS library says it, on the right day wherever the learner is, in the right order."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, Scheduler

from canarylearn.learning.days import day_of, zone
from canarylearn.review.scheduling import (
    LAPSES,
    Grade,
    Memory,
    Waiting,
    answer,
    chance,
    dates,
    grade_of,
    next_day,
    queue,
)

MONDAY = date(2026, 11, 23)

# The zone, and the Sunday before which a night is an hour (in Lord Howe half an hour) shorter or longer.
CHANGES = [
    ("Europe/Vienna", date(2026, 3, 29)),
    ("Europe/Vienna", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Kiritimati", date(2026, 6, 7)),
    ("Asia/Kathmandu", date(2026, 6, 7)),
]


def scripted(reviews: int) -> Iterator[tuple[int, Grade]]:
    """A history, the same each time: how many days after the answer before, and how well the card was known."""
    luck = random.Random(20261124)
    for _ in range(reviews):
        yield luck.choice((1, 1, 2, 3, 5, 8, 13, 40, 120)), luck.choice((*Grade, Grade.GOOD, Grade.GOOD))


def local(name: str, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment by the clock on the wall."""
    return datetime.combine(day, time(hour, minute, second), ZoneInfo(name)).astimezone(UTC)


def learnt(*grades: Grade, since: date = MONDAY) -> Memory:
    """A card after these answers, each on the day it was due."""
    memory = Memory()
    for grade in grades:
        memory = answer(memory, grade, memory.due or since)
    return memory


def test_intervals_are_the_librarys_for_a_scripted_history() -> None:
    """Beside ours the library's own scheduler, on a card of its own, over 400 reviews of which many are lapses."""
    scheduler = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=(), desired_retention=0.9)
    theirs, ours, today = Card(card_id=7), Memory(), MONDAY
    intervals = []
    for gap, grade in scripted(400):
        today += timedelta(days=gap)
        moment = datetime.combine(today, time(12), UTC)
        assert chance(ours, today) == scheduler.get_card_retrievability(theirs, moment)
        theirs, _ = scheduler.review_card(theirs, Rating(int(grade)), moment)
        ours = answer(ours, grade, today)
        assert (ours.stability, ours.difficulty) == (theirs.stability, theirs.difficulty)
        assert ours.due == theirs.due.date()
        intervals.append((theirs.due - moment).days)
    assert ours.answers == 400
    assert ours.lapses > 50
    assert min(intervals) == 1
    assert max(intervals) > 30


def test_the_first_intervals_are_those_that_the_parameters_give() -> None:
    assert [(day - MONDAY).days for day in dates(Memory(), MONDAY).values()] == [1, 1, 2, 8]


def test_what_a_button_says_is_what_happens() -> None:
    memory = Memory()
    for gap, grade in scripted(40):
        today = (memory.answered or MONDAY) + timedelta(days=gap)
        said = dates(memory, today)[grade]
        memory = answer(memory, grade, today)
        assert memory.due == said


def test_a_better_grade_never_brings_a_card_back_sooner() -> None:
    memory = Memory()
    for gap, grade in scripted(40):
        today = (memory.answered or MONDAY) + timedelta(days=gap)
        assert all(one <= other for one, other in pairwise(dates(memory, today).values()))
        memory = answer(memory, grade, today)


def test_the_first_answer_of_a_day_counts_and_no_other() -> None:
    memory = learnt(Grade.GOOD)
    assert memory.counts_already(MONDAY)
    with pytest.raises(ValueError, match="counts already"):
        answer(memory, Grade.EASY, MONDAY)
    assert not memory.is_due(MONDAY)


@pytest.mark.parametrize(("name", "sunday"), CHANGES)
def test_a_card_is_due_on_its_day_by_the_clock_on_the_wall(name: str, sunday: date) -> None:
    """Answered late on the evening before the clocks change, due two days on: from midnight there, and no sooner."""
    evening = local(name, sunday - timedelta(days=1), 23, 30)
    memory = answer(Memory(), Grade.GOOD, day_of(name, evening))
    due = sunday + timedelta(days=1)
    assert memory.due == due
    for clock in ((0, 0), (12, 0), (23, 59, 59)):
        assert not memory.is_due(day_of(name, local(name, sunday, *clock)))
    for clock in ((0, 0), (0, 1), (23, 59)):
        assert memory.is_due(day_of(name, local(name, due, *clock)))


@pytest.mark.parametrize(("name", "sunday"), CHANGES)
def test_a_night_is_a_day_however_long_it_was(name: str, sunday: date) -> None:
    """From late in the evening to early in the morning are far less than 24 hours, and still another day."""
    saturday = sunday - timedelta(days=1)
    begun = answer(Memory(), Grade.AGAIN, day_of(name, local(name, saturday, 23, 50)))
    morning = local(name, sunday, 4, 30)
    assert begun.is_due(day_of(name, morning))
    again = answer(begun, Grade.GOOD, day_of(name, morning))
    scheduler = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
    card, _ = scheduler.review_card(Card(card_id=1), Rating.Again, datetime(2026, 6, 1, 12, tzinfo=UTC))
    card, _ = scheduler.review_card(card, Rating.Good, datetime(2026, 6, 2, 12, tzinfo=UTC))
    assert (again.stability, again.difficulty) == (card.stability, card.difficulty)


def test_who_flies_west_over_the_date_line_is_asked_nothing_twice() -> None:
    moment = local("Pacific/Kiritimati", MONDAY, 9)
    memory = answer(Memory(), Grade.GOOD, day_of("Pacific/Kiritimati", moment))
    there = day_of("Pacific/Honolulu", moment + timedelta(hours=3))
    assert there == MONDAY - timedelta(days=1)
    assert memory.counts_already(there)
    assert not memory.is_due(there)
    assert chance(memory, there) == 1
    assert memory.is_due(day_of("Pacific/Honolulu", local("Pacific/Honolulu", MONDAY + timedelta(days=2), 0)))
    assert not memory.is_due(day_of("Pacific/Honolulu", local("Pacific/Honolulu", MONDAY + timedelta(days=1), 23)))


def test_who_flies_east_over_the_date_line_misses_nothing() -> None:
    moment = local("Pacific/Honolulu", MONDAY, 22)
    memory = answer(Memory(), Grade.GOOD, day_of("Pacific/Honolulu", moment))
    there = day_of("Pacific/Kiritimati", moment + timedelta(hours=5))
    assert there == MONDAY + timedelta(days=2)
    assert memory.is_due(there)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "..", "/etc/passwd", "Europe", "x" * 300, "a\x00b"])
def test_a_name_that_is_no_time_zone_means_that_of_the_site(name: str) -> None:
    assert zone(name).key == "UTC"


def waiting(what: str, concept: str, memory: Memory | None = None, *, missed: bool = False) -> Waiting:
    """A card that may be asked; its place is that of its name in the alphabet."""
    return Waiting(what=what, concept=concept, place=ord(what[0]), memory=memory or Memory(), missed=missed)


def names(found: list[Waiting]) -> str:
    """The names of cards, in order."""
    return "".join(one.what for one in found)


def test_those_least_likely_to_be_known_come_first() -> None:
    weak, firm = learnt(Grade.AGAIN), learnt(Grade.GOOD, Grade.GOOD, Grade.EASY)
    later = MONDAY + timedelta(days=90)
    cards = [waiting("n", "1"), waiting("m", "2", Memory(due=MONDAY), missed=True), waiting("f", "3", firm)]
    cards.append(waiting("w", "4", weak))
    assert chance(weak, later) < chance(firm, later)
    assert names(queue(cards, later, room=9)) == "wfmn"
    assert names(queue(cards, later, room=1)) == "w"
    assert queue(cards, later, room=-3) == []


def test_what_is_not_due_is_not_asked() -> None:
    easy = learnt(Grade.EASY)
    tomorrow = MONDAY + timedelta(days=1)
    missed = waiting("m", "2", Memory(due=tomorrow), missed=True)
    assert queue([waiting("e", "1", easy), missed], MONDAY, room=9) == []
    assert names(queue([waiting("e", "1", easy), missed], tomorrow, room=9)) == "m"


def test_concepts_take_turns_where_they_can() -> None:
    cards = [waiting(letter, concept) for letter, concept in zip("abcdefg", "1112233", strict=True)]
    mixed = queue(cards, MONDAY, room=9, before="1")
    assert sorted(names(mixed)) == list("abcdefg")
    assert mixed[0].concept != "1"
    assert all(one.concept != other.concept for one, other in pairwise(mixed))
    assert names(queue(cards[:3], MONDAY, room=9)) == "abc"  # of one concept alone they cannot


def test_the_daily_share_is_taken_before_concepts_take_turns() -> None:
    cards = [waiting(letter, concept) for letter, concept in zip("abcd", "1123", strict=True)]
    assert sorted(names(queue(cards, MONDAY, room=2))) == ["a", "b"]


def test_the_next_day_is_never_today() -> None:
    assert next_day([], MONDAY) is None
    assert next_day([learnt(Grade.EASY), learnt(Grade.GOOD)], MONDAY) == MONDAY + timedelta(days=2)
    assert next_day([Memory()], MONDAY) == MONDAY + timedelta(days=1)
    assert next_day([Memory(due=MONDAY - timedelta(days=9))], MONDAY) == MONDAY + timedelta(days=1)


def test_a_card_slips_after_four_lapses_and_a_first_miss_is_none() -> None:
    assert learnt(Grade.AGAIN).lapses == 0
    assert not learnt(Grade.GOOD, *[Grade.AGAIN] * (LAPSES - 1)).slips
    assert learnt(Grade.GOOD, *[Grade.AGAIN] * LAPSES).slips


@pytest.mark.parametrize(
    ("passed", "tries", "hints", "certain", "grade"),
    [
        (False, 3, 0, False, Grade.AGAIN),
        (False, 0, 0, True, Grade.AGAIN),
        (True, 2, 0, True, Grade.HARD),
        (True, 1, 1, True, Grade.HARD),
        (True, 1, 0, False, Grade.GOOD),
        (True, 1, 0, True, Grade.EASY),
    ],
)
def test_an_item_is_graded_by_how_it_was_solved(
    passed: bool, tries: int, hints: int, certain: bool, grade: Grade
) -> None:
    assert grade_of(passed=passed, tries=tries, hints=hints, certain=certain) is grade
