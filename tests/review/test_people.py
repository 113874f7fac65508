"""Reviews of people: guests who sign in, several at once, travellers, and what is exported and deleted."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User

from canarylearn.learning.merging import account_key, merge_guest
from canarylearn.learning.models import Learner
from canarylearn.review.models import Answer, Card, Wish
from canarylearn.review.scheduling import Grade, Memory, answer
from canarylearn.review.selectors import desk
from canarylearn.review.services import Counted, Status, grade_card, wish
from tests.accounts.signing import DELETE, EXPORT, PASSWORD, send, sign_in, sign_up
from tests.people import Person, Visitor, all_at_once
from tests.review.reviewing import REVIEW, action, asked, grade, turn
from tests.serving import Site

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
CARD = "card:canary-releases/whose-fault"


def give(key: UUID, grade: Grade, now: datetime, what: str = CARD) -> Counted:
    """Grade a card at a moment, from a page made just before."""
    card = Card.objects.filter(learner__key=key, what=what).first()
    seen = card.answers if card else 0
    return grade_card(
        learner_key=key,
        what=what,
        grade=grade,
        key=uuid4().hex,
        seen=seen,
        now=now,
    )


@pytest.mark.django_db
def test_what_is_kept_is_the_librarys_state_to_the_last_digit() -> None:
    """Through the database and back, over 60 answers, beside a card that never leaves memory."""
    key, ours, now = uuid4(), Memory(), MONDAY
    luck = random.Random(7)
    for _ in range(60):
        graded = luck.choice((*Grade, Grade.GOOD))
        ours = answer(ours, graded, now.date())
        assert give(key, graded, now).memory == ours
        assert Card.objects.get().memory == ours
        now = (now + timedelta(days=luck.choice((1, 2, 9, 33)))).replace(hour=luck.choice((0, 9, 23)))
    assert Answer.objects.count() == 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Pacific/Kiritimati", date(2026, 11, 24)),
        ("Asia/Kathmandu", date(2026, 11, 24)),
        ("Europe/Vienna", date(2026, 11, 23)),
        ("", date(2026, 11, 23)),
    ],
)
def test_an_answer_is_of_the_day_that_it_is_where_the_learner_is(name: str, day: date) -> None:
    key = uuid4()
    Learner.objects.create(key=key, time_zone=name)
    give(key, Grade.GOOD, MONDAY.replace(hour=18, minute=30))
    assert Card.objects.get().answered == day
    assert Answer.objects.get().day == day
    assert desk(key, MONDAY.replace(hour=18, minute=30)).done == 1


@pytest.mark.django_db
def test_a_change_of_zone_moves_no_date_and_counts_no_day_twice() -> None:
    key, noon = uuid4(), MONDAY.replace(hour=12)
    learner = Learner.objects.create(key=key, time_zone="Pacific/Kiritimati")  # where it is Tuesday already
    give(key, Grade.GOOD, noon)
    due = Card.objects.get().due
    assert due == date(2026, 11, 26)
    learner.time_zone = "Pacific/Honolulu"  # where it is Monday still, and Wednesday at ten o'clock UTC
    learner.save()
    wednesday = datetime(2026, 11, 25, 10, tzinfo=UTC)
    for moment in (noon + timedelta(hours=5), wednesday - timedelta(seconds=1)):
        assert give(key, Grade.EASY, moment).status is Status.ALREADY
        assert desk(key, moment).done == 1
    assert Card.objects.get().due == due
    assert desk(key, wednesday).done == 0
    assert give(key, Grade.GOOD, wednesday).status is Status.COUNTED


@pytest.mark.django_db
def test_a_guests_cards_become_the_accounts_and_those_that_say_more_stay() -> None:
    user = User.objects.create_user("ada")
    guest, account = uuid4(), account_key(user)
    both, more, mine = (f"card:canary-releases/{slug}" for slug in ("whose-fault", "ten-three-ways", "back-for-good"))
    give(account, Grade.GOOD, MONDAY, both)
    give(account, Grade.GOOD, MONDAY + timedelta(days=2), both)
    give(guest, Grade.AGAIN, MONDAY, both)
    give(account, Grade.EASY, MONDAY, more)
    for days in (0, 1, 2):
        give(guest, Grade.AGAIN, MONDAY + timedelta(days=days), more)
    give(guest, Grade.HARD, MONDAY, mine)
    wish(learner_key=guest, cap=7)
    merge_guest(guest, user)
    cards = {card.what: card for card in Card.objects.filter(learner__user=user)}
    assert {what: card.answers for what, card in cards.items()} == {both: 2, more: 3, mine: 1}
    assert {card.what: card.answers for card in Card.objects.filter(learner__user=None)} == {both: 1, more: 1}
    assert Wish.objects.get(learner__user=user).cap == 7
    kept = list(Answer.objects.filter(learner__user=user, what=more).values_list("day", flat=True))
    assert len(set(kept)) == len(kept) == 3
    assert Card.objects.count() == 5
    assert Answer.objects.count() == 8


@pytest.mark.django_db
def test_of_as_many_answers_the_card_that_comes_back_sooner_stays() -> None:
    user = User.objects.create_user("ada")
    guest = uuid4()
    give(account_key(user), Grade.EASY, MONDAY)
    give(guest, Grade.AGAIN, MONDAY)
    wish(learner_key=guest, cap=7)
    wish(learner_key=account_key(user), cap=9)
    merge_guest(guest, user)
    assert Card.objects.get(learner__user=user).due == date(2026, 11, 24)
    assert Wish.objects.get(learner__user=user).cap == 9


@pytest.mark.usefixtures("content")
def test_reviews_survive_signing_in_are_exported_and_vanish_with_the_account(visitor: Visitor) -> None:
    somebody = Visitor()
    sign_up(somebody)
    first = asked(visitor.get(REVIEW))
    grade(visitor, 3)
    visitor.post("/review/wish/", {"cap": "9"})
    sign_in(visitor)
    page = visitor.get(REVIEW)
    assert asked(page) != first
    assert "1 of 9 done" in page.text
    copy = json.loads(visitor.get(EXPORT).text)
    assert [one["what"] for one in copy["review.card"]] == [one["what"] for one in copy["review.answer"]]
    assert copy["review.answer"][0]["grade"] == "3"
    assert copy["review.wish"][0]["cap"] == "9"
    send(visitor, DELETE, password=PASSWORD)
    assert not Card.objects.exists()
    assert not Answer.objects.exists()
    assert not Wish.objects.exists()


def test_grades_that_arrive_together_count_once(site_on_each_database: Site) -> None:
    person = Person(site_on_each_database.url)
    backs = [turn(person) for _ in range(3)]  # type: ignore[arg-type]
    titles = {asked(back) for back in backs}
    assert len(titles) == 1

    def send_it(number: int) -> Callable[[], int]:
        back = backs[number % 3]
        other = Person(site_on_each_database.url, person.cookies)
        return lambda: other.post(action(back), {**back.hidden, "grade": str(1 + number % 4)}).status

    statuses = all_at_once([send_it(number) for number in range(9)])
    assert sorted(statuses) == [200] + [409] * 8
    assert "1 of 20 done" in person.get(REVIEW).text
