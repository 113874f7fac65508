"""How strong a learner is at a concept: what it takes to rise, and how a state falls."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from canarylearn.learning.models import Learner, Version
from canarylearn.learning.progress import KEPT, OPPORTUNITIES, Evidence, Standing, State, standing
from canarylearn.review.models import Answer as ReviewAnswer
from canarylearn.review.models import Card
from quizzes.models import Asked, Sitting
from tests.people import Visitor, answers, item_of

START = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
MOST_QUERIES = 8
ORDER = [State.UNKNOWN, State.BUILDING, State.STRONG, State.RETAINED]


def first_answer(
    day: float, variant: int = 0, *, passed: bool = True, unaided: bool = True, mixed: bool = False, floor: float = 0.05
) -> Evidence:
    """A first answer to a medium item, so many days after the start."""
    return Evidence(
        when=START + dt.timedelta(days=day),
        concept="exposure",
        what=("an-item", variant),
        title="An item",
        level="medium",
        floor=floor,
        passed=passed,
        unaided=unaided,
        mixed=mixed,
        where="practice",
    )


STRONG = [first_answer(day, day, mixed=day == 3) for day in range(6)]
"""Six right first answers with six variants on six days, one of them among mixed questions."""


def at(*evidence: Evidence) -> Standing:
    return standing(evidence)


def test_nothing_answered_is_unknown_and_not_weak() -> None:
    assert at().state is State.UNKNOWN


def test_right_answers_on_other_numbers_and_days_become_strong() -> None:
    assert at(*STRONG).state is State.STRONG


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        pytest.param([first_answer(day, 0, mixed=True) for day in range(6)], "with other numbers", id="one variant"),
        pytest.param([first_answer(0, one, mixed=True) for one in range(6)], "two days", id="one day"),
        pytest.param([first_answer(day, day) for day in range(6)], "mixed", id="never mixed"),
        pytest.param(
            [first_answer(day, day, unaided=False, mixed=True) for day in range(6)], "without hints", id="hints"
        ),
        pytest.param([first_answer(day, day, mixed=True, floor=0.7) for day in range(4)], "luck", id="easily guessed"),
    ],
)
def test_each_condition_of_strong_is_needed_and_named(evidence: list[Evidence], said: str) -> None:
    found = at(*evidence)
    assert found.state is State.BUILDING
    assert any(said in one for one in found.missing)


def test_right_again_after_a_week_is_retained() -> None:
    assert at(*STRONG[:5]).state is State.STRONG
    assert at(*STRONG[:4]).state is State.BUILDING
    since = 4
    assert at(*STRONG, first_answer(since + KEPT.days - 0.1, 9)).state is State.STRONG
    assert at(*STRONG, first_answer(since + KEPT.days, 9)).state is State.RETAINED


def test_a_hint_a_week_later_does_not_make_it_retained() -> None:
    assert at(*STRONG, first_answer(20, 9, unaided=False)).state is State.STRONG


def test_a_miss_moves_one_step_down_and_never_to_nothing() -> None:
    kept = [*STRONG, first_answer(20, 9)]
    misses = [first_answer(21 + number, 20 + number, passed=False) for number in range(4)]
    states = [at(*kept, *misses[:count]).state for count in range(5)]
    assert states == [State.RETAINED, State.STRONG, State.BUILDING, State.BUILDING, State.BUILDING]


def test_ten_answers_without_becoming_strong_are_enough_of_the_same() -> None:
    misses = [first_answer(day, day, passed=day % 2 == 0) for day in range(OPPORTUNITIES)]
    assert at(*misses).spinning
    assert not at(*misses[:-1]).spinning


def test_whoever_was_strong_once_is_not_spinning() -> None:
    later = [first_answer(10 + day, 10 + day, passed=False) for day in range(OPPORTUNITIES)]
    assert at(*STRONG, *later).state is State.BUILDING
    assert not at(*STRONG, *later).spinning


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans(), st.booleans()), max_size=15))
def test_a_state_moves_one_step_at_a_time(drawn: list[tuple[int, bool, bool, bool]]) -> None:
    known = sorted(
        (first_answer(day, n, passed=p, unaided=u, mixed=m) for n, (day, p, u, m) in enumerate(drawn)),
        key=lambda one: one.when,
    )
    places = [ORDER.index(standing(known[:number]).state) for number in range(len(known) + 1)]
    assert places[0] == 0
    for one, before, after in zip(known, places, places[1:], strict=False):
        assert max(1, before - 1) <= after <= before + 1
        assert one.passed or after <= max(1, before)
        assert after >= before or not one.passed


def test_the_page_shows_the_evidence_and_what_is_missing(visitor: Visitor) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    visitor.answer("why-canary", answers("why-canary", passing=False)[0])
    page = visitor.get("/progress/").text
    assert page.count("<time datetime") == 2
    assert item_of("first-users").title in page
    assert "Until it counts as strong" in page
    assert "That is not the same as weak" in page


def test_only_the_first_answer_to_an_item_counts(visitor: Visitor) -> None:
    visitor.answer("why-canary", answers("why-canary", passing=False)[0])
    visitor.answer("why-canary", answers("why-canary", passing=True)[0])
    assert visitor.get("/progress/").text.count("<time datetime") == 1


def test_a_test_and_a_reviewed_item_are_evidence_too_once_they_are_judged(visitor: Visitor) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    learner, version = Learner.objects.get(), Version.objects.get(item__slug="why-canary")
    sitting = Sitting.objects.create(learner=learner, topic=version.item.topic, seed="seed", plan=[[version.pk, 0]])
    asked = Asked.objects.create(
        sitting=sitting,
        number=1,
        version=version,
        concept="exposure",
        level="easy",
        floor=0.25,
        first=True,
        key="key",
        answered=timezone.now(),
        not_sure=True,
    )
    ReviewAnswer.objects.create(learner=learner, what="item:latency-limit", day=START.date(), grade=3, key="key")
    ReviewAnswer.objects.create(learner=learner, what="card:canary-releases/a-card", day=START.date(), grade=3, key="k")
    assert visitor.get("/progress/").text.count("<time datetime") == 2
    Asked.objects.filter(pk=asked.pk).update(passed=False)
    page = visitor.get("/progress/").text
    assert page.count("<time datetime") == 3
    assert f"/test/canary-releases/results/{sitting.pk}/" in page


def test_cards_that_are_due_come_first(visitor: Visitor) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    learner, today = Learner.objects.get(), timezone.now().date()
    Card.objects.create(learner=learner, what="card:canary-releases/a-card", due=today + dt.timedelta(days=3))
    assert "card is due" not in visitor.get("/progress/").text
    Card.objects.update(due=today - dt.timedelta(days=1))
    assert "1 card is due" in visitor.get("/progress/").text


def test_whoever_did_nothing_is_told_where_to_begin(visitor: Visitor) -> None:
    page = visitor.get("/progress/").text
    assert "Next best step" in page
    assert "<time datetime" not in page


def test_the_streak_is_shown_until_it_is_turned_off(visitor: Visitor) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    assert "1 week</strong> in a row" in visitor.get("/progress/").text
    Learner.objects.update(streak=False)
    assert "in a row" not in visitor.get("/progress/").text


def test_an_unknown_time_zone_does_not_break_the_page(visitor: Visitor) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    Learner.objects.update(time_zone="Atlantis/Capital")
    assert visitor.get("/progress/").status == 200


def test_the_page_takes_few_queries(visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    visitor.answer("first-users", answers("first-users", passing=True)[0])
    with django_assert_max_num_queries(MOST_QUERIES):
        visitor.get("/progress/")
