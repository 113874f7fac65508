"""A guest signs in: whatever they and the account did before, nothing is lost, doubled or undone."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User

from canarylearn.learning.merging import account_key, counted, merge_guest
from canarylearn.learning.models import Attempt, Item, Learner, Page, PageMark, Slot
from tests.accounts.signing import ADDRESS, DELETE, EXPORT, PASSWORD, is_signed_in, send, sign_in, sign_out, sign_up
from tests.learning.test_visitors import SALT, Old, cookie_of, key_in
from tests.people import QUESTION, TASK, Visitor, answers, item_of, path_of

pytestmark = pytest.mark.usefixtures("content")

RIGHT = answers(TASK, passing=True)[0]
WRONG = answers(TASK, passing=False)


@pytest.fixture
def account() -> Visitor:
    """Somebody with an account, who is signed in on a device of theirs."""
    somebody = Visitor()
    sign_up(somebody)
    return somebody


def kept(slug: str = TASK) -> list[tuple[int, dict[str, int]]]:
    """The account's counted tries at an item."""
    attempts = Attempt.objects.filter(slot__learner__user__email=ADDRESS, slot__version__item__slug=slug)
    return list(attempts.order_by("number").values_list("number", "answer"))


def set_aside() -> list[dict[str, int]]:
    """The tries that do not count."""
    found = Attempt.objects.filter(slot__learner__merged_into__user__email=ADDRESS)
    return list(found.order_by("created").values_list("answer", flat=True))


def give(somebody: Visitor, *given: dict[str, int], slug: str = TASK) -> None:
    """Give answers, one after the other."""
    for answer in given:
        assert somebody.answer(slug, answer).status == 200


def numbered(*given: dict[str, int]) -> list[tuple[int, dict[str, int]]]:
    return list(enumerate(given, start=1))


def test_a_new_account_has_what_the_guest_did(visitor: Visitor) -> None:
    give(visitor, WRONG[0], WRONG[1])
    give(visitor, answers(QUESTION, passing=True)[0], slug=QUESTION)
    visitor.post(f"{path_of(TASK)}hints/1/", visitor.form(TASK))
    sign_up(visitor)
    assert "The 3 answers you gave before are in your account now." in visitor.get("/").text
    assert "in your account now" not in visitor.get("/").text
    assert kept() == numbered(WRONG[0], WRONG[1])
    assert visitor.get(path_of(QUESTION)).passed
    page = visitor.get(path_of(TASK))
    assert page.tries_left == 1
    assert 'id="hint-1"' in page.text
    assert set_aside() == []


def test_an_account_alone_is_told_nothing(visitor: Visitor, account: Visitor) -> None:
    sign_in(visitor)
    assert "in your account now" not in visitor.get("/").text


def test_an_account_that_is_ahead_stays_ahead(visitor: Visitor, account: Visitor) -> None:
    give(account, WRONG[0], RIGHT)
    give(visitor, WRONG[1])
    sign_in(visitor)
    assert visitor.get(path_of(TASK)).passed
    assert kept() == numbered(WRONG[0], RIGHT)
    assert set_aside() == [WRONG[1]]


def test_an_account_that_is_behind_catches_up(visitor: Visitor, account: Visitor) -> None:
    give(account, WRONG[0])
    give(visitor, WRONG[1], RIGHT)
    sign_in(visitor)
    assert visitor.get(path_of(TASK)).passed
    assert account.get(path_of(TASK)).passed
    assert kept() == numbered(WRONG[0], WRONG[1], RIGHT)


def test_what_was_missed_is_solved_when_the_guest_solved_it(visitor: Visitor, account: Visitor) -> None:
    give(account, WRONG[0], WRONG[1], WRONG[2])
    give(visitor, WRONG[3], WRONG[4], RIGHT)
    sign_in(visitor)
    assert kept() == numbered(WRONG[0], WRONG[1], RIGHT)
    assert set_aside() == [WRONG[2], WRONG[3], WRONG[4]]
    assert visitor.get(path_of(TASK)).passed


def test_both_tried_the_same_and_there_are_no_more_tries_than_allowed(visitor: Visitor, account: Visitor) -> None:
    give(visitor, WRONG[0], WRONG[1])
    give(account, WRONG[1], WRONG[2])
    sign_in(visitor)
    assert kept() == numbered(WRONG[0], WRONG[1], WRONG[2])
    assert set_aside() == [WRONG[1]]
    assert visitor.get(path_of(TASK)).tries_left == 0


def test_the_same_answer_given_twice_uses_one_try(visitor: Visitor, account: Visitor) -> None:
    give(visitor, WRONG[0])
    give(account, WRONG[0])
    sign_in(visitor)
    assert visitor.get(path_of(TASK)).tries_left == 2


def test_the_most_hints_that_were_opened_are_open(visitor: Visitor, account: Visitor) -> None:
    for level in (1, 2):
        visitor.post(f"{path_of(TASK)}hints/{level}/", visitor.form(TASK))
    account.post(f"{path_of(TASK)}hints/1/", account.form(TASK))
    sign_in(visitor)
    assert 'id="hint-2"' in account.get(path_of(TASK)).text


def test_two_guests_become_one_account(visitor: Visitor, account: Visitor) -> None:
    other = Visitor()
    give(visitor, WRONG[0])
    give(other, WRONG[1], WRONG[0])
    sign_in(visitor)
    sign_in(other)
    assert kept() == numbered(WRONG[0], WRONG[1])
    assert {one.tries_left(TASK) for one in (visitor, other, account)} == {1}
    give(other, RIGHT)
    assert visitor.get(path_of(TASK)).passed


def test_a_cookie_that_is_too_old_brings_nothing_and_hinders_nobody(visitor: Visitor, account: Visitor) -> None:
    give(visitor, WRONG[0])
    visitor.client.cookies["learner"] = Old(salt=SALT).sign_object(str(key_in(cookie_of(visitor))))
    sign_in(visitor)
    assert kept() == []
    assert visitor.tries_left(TASK) == 3
    assert cookie_of(visitor) == ""


def test_after_signing_out_the_next_person_begins_anew(visitor: Visitor) -> None:
    give(visitor, WRONG[0])
    old = cookie_of(visitor)
    sign_up(visitor)
    assert cookie_of(visitor) == ""
    give(visitor, WRONG[1])
    sign_out(visitor)
    assert visitor.tries_left(TASK) == 3
    visitor.client.cookies["learner"] = old  # kept somewhere, or sent by a page that was still on its way
    assert visitor.tries_left(TASK) == 3
    assert account_key(User.objects.get()) != key_in(old)


def test_an_answer_that_was_still_on_its_way_comes_along_with_the_next_page(visitor: Visitor) -> None:
    give(visitor, WRONG[0])
    old = cookie_of(visitor)
    sign_up(visitor)
    late = Visitor()
    late.client.cookies["learner"] = old
    give(late, WRONG[1])
    visitor.client.cookies["learner"] = cookie_of(late)
    assert visitor.tries_left(TASK) == 1
    assert cookie_of(visitor) == ""
    assert kept() == numbered(WRONG[0], WRONG[1])


def test_a_page_from_before_signing_in_still_counts_once(visitor: Visitor) -> None:
    form = visitor.form(TASK)
    visitor.answer(TASK, WRONG[0], form)
    sign_up(visitor)
    visitor.get("/")  # says what there is to say about the account
    reply = visitor.answer(TASK, WRONG[0], form)
    assert reply.message == "This answer had already arrived. It was counted once."
    assert kept() == numbered(WRONG[0])


def test_an_account_is_never_merged_into_another(visitor: Visitor) -> None:
    give(visitor, WRONG[0])
    sign_up(visitor)
    first = account_key(User.objects.get())
    other = User.objects.create_user("other")
    assert merge_guest(first, other) == 0
    assert Learner.objects.get(user__email=ADDRESS).key == first
    assert kept() == numbered(WRONG[0])


def test_somebody_who_signs_up_after_somebody_signed_out_takes_nothing_along(visitor: Visitor) -> None:
    give(visitor, WRONG[0])
    sign_up(visitor)
    sign_out(visitor)
    sign_up(visitor, "grace.hopper@example.org")
    assert is_signed_in(visitor)
    assert visitor.tries_left(TASK) == 3
    assert kept() == numbered(WRONG[0])


def mark(learner: Learner, question: str, *, passed: bool = False) -> PageMark:
    """What a learner did on the first page of the topic."""
    page = Page.objects.first()
    assert page is not None
    return PageMark.objects.create(learner=learner, page=page, question=question, passed=passed)


def test_what_hangs_on_a_guest_besides_comes_along_and_solved_stays_solved(visitor: Visitor, account: Visitor) -> None:
    visitor.answer(TASK, WRONG[0])
    account.answer(TASK, WRONG[0])
    guest, owner = Learner.objects.get(user=None), Learner.objects.get(user__isnull=False)
    mark(guest, "read")
    mark(guest, "both", passed=True)
    mark(guest, "solved")
    mark(owner, "both")
    mark(owner, "solved", passed=True)
    sign_in(visitor)
    mine = PageMark.objects.filter(learner=owner).order_by("question")
    assert list(mine.values_list("question", "passed")) == [("both", True), ("read", False), ("solved", True)]
    assert PageMark.objects.filter(learner__merged_into=owner, passed=False).count() == 2
    copy = json.loads(visitor.get(EXPORT).text)["learning.pagemark"]
    assert len(copy) == 5
    send(visitor, DELETE, password=PASSWORD)
    assert not PageMark.objects.exists()


# Every way in which two slots can meet

START = datetime(2026, 1, 1, tzinfo=UTC)


def pairs() -> Iterator[tuple[list[str], list[str], list[int]]]:
    """What each of two did at an item with three tries, a to d wrong and P right, and in which order in time."""
    for mine, theirs in itertools.product(
        ["", "a", "P", "ab", "aP", "abc", "abP"], ["", "a", "P", "cd", "ca", "cP", "bdP", "dba"]
    ):
        for places in itertools.combinations(range(len(mine) + len(theirs)), len(mine)):
            yield list(mine), list(theirs), list(places)


def fill(learner: Learner, version_id: int, did: list[str], moments: list[int]) -> None:
    slot = Slot.objects.create(learner=learner, version_id=version_id)
    for number, (letter, moment) in enumerate(zip(did, moments, strict=True), start=1):
        one = Attempt.objects.create(
            slot=slot, number=number, key=str(uuid4()), answer={"x": ord(letter)}, passed=letter == "P", engine="1"
        )
        Attempt.objects.filter(pk=one.pk).update(created=START + timedelta(minutes=moment))


def test_however_two_slots_meet_the_rules_hold() -> None:
    item = Item.objects.get(slug=TASK)
    assert item_of(TASK).tries == 3
    assert item.current_id is not None
    user = User.objects.create_user("somebody")
    seen = 0
    for mine, theirs, places in pairs():
        Learner.objects.all().delete()
        account = Learner.objects.create(key=uuid4(), user=user)
        guest = Learner.objects.create(key=uuid4())
        rest = [place for place in range(len(mine) + len(theirs)) if place not in places]
        fill(account, item.current_id, mine, places)
        fill(guest, item.current_id, theirs, rest)
        before = set(Attempt.objects.values_list("pk", "key"))
        first = Attempt.objects.order_by("created").first()
        merge_guest(guest.key, user)
        now = list(Attempt.objects.filter(slot__learner=account).order_by("number"))
        assert set(Attempt.objects.values_list("pk", "key")) == before, "something is lost"
        assert [one.number for one in now] == list(range(1, len(now) + 1))
        assert len({one.answer["x"] for one in now}) == len(now) <= 3
        assert any(one.passed for one in now) == ("P" in mine + theirs), "progress fell, or came from nowhere"
        assert not any(one.passed for one in now[:-1])
        assert [one.created for one in now] == sorted(one.created for one in now)
        assert first is None or now[0] == first, "the first try is the evidence"
        assert len(now) >= min(3, len(set(mine))) or now[-1].passed
        seen += 1
    assert seen == 300


def test_what_counts_of_a_question_with_one_try() -> None:
    one = Attempt(number=1, answer={"x": 1}, passed=False, created=START)
    two = Attempt(number=1, answer={"x": 2}, passed=True, created=START + timedelta(minutes=1))
    assert counted([two, one], 1) == [two]
    assert counted([two, one], 2) == [one, two]
    assert counted([one], 1) == [one]
    assert counted([], 1) == []


def test_the_key_of_an_account_is_made_once() -> None:
    user = User.objects.create_user("somebody")
    assert isinstance(account_key(user), UUID)
    assert account_key(user) == account_key(user)
