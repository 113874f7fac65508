"""The pages of the review: what is due, turning and grading cards, items that went wrong, and how much a day."""

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canarylearn.items.lessons import Words
from canarylearn.learning.markup import render
from canarylearn.learning.models import Topic
from canarylearn.review.decks import ready_cards
from canarylearn.review.models import Answer, Card, Deck
from tests.people import Visitor, answers
from tests.review.reviewing import ALL, QUESTION, REVIEW, TASK, action, asked, given, grade, long_ago, miss, turn
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")


def words(text: str) -> str:
    """What is read on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def set_cap(visitor: Visitor, cap: object) -> int:
    """Wish for so many cards a day; the status of the answer."""
    return visitor.post("/review/wish/", {"cap": cap, "scope": "canary-releases"}).status


@pytest.mark.parametrize("path", [ALL, REVIEW])
def test_somebody_new_is_asked_the_first_card(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    assert page.status == 200
    assert "16 left today" in page.text
    assert action(page).endswith("/back/")
    assert not Card.objects.exists()


def test_the_queue_across_topics_is_linked_from_a_topics_own(visitor: Visitor) -> None:
    assert f'href="{ALL}"' in visitor.get(REVIEW).text
    assert f'href="{REVIEW}"' in visitor.get("/").text


def test_nothing_of_the_back_is_in_the_page_before_it_is_turned(visitor: Visitor) -> None:
    front = visitor.get(REVIEW)
    back = turn(visitor, front)
    assert asked(back) == asked(front)
    slug = action(front).split("/")[4]
    face = curriculum().cards[slug].face(0)
    first = next(part.text for part in face.page.parts if isinstance(part, Words))
    said = words(render(re.sub(r"\{\{.*", "", first.strip().split(".")[0])))
    assert said.strip() in words(back.text)
    assert said.strip() not in words(front.text)
    assert 'name="grade"' not in front.text
    assert not Card.objects.exists()


def test_a_grade_says_when_the_card_comes_back_and_shows_the_next(visitor: Visitor) -> None:
    first = asked(visitor.get(REVIEW))
    reply = grade(visitor, 1)
    assert reply.message == "It comes back tomorrow, with other numbers where it has them."
    assert asked(reply) != first
    assert "15 left today" in reply.text
    assert "1 of 20 done" in reply.text
    assert grade(visitor, 3).message.startswith("Kept. It comes back on ")
    assert list(Answer.objects.values_list("grade", flat=True)) == [1, 3]


def test_a_card_comes_back_with_other_numbers(visitor: Visitor) -> None:
    front = visitor.get(REVIEW)
    set_cap(visitor, 200)
    grade(visitor, 1, turn(visitor, front))
    long_ago(1)
    again = visitor.get(REVIEW)
    assert asked(again) == asked(front)
    prompt = re.compile(r'<div class="prompt">(.*?)</div>', re.DOTALL)
    assert prompt.findall(again.text) != prompt.findall(front.text)


def test_a_form_counts_once_however_often_it_arrives(visitor: Visitor) -> None:
    back = turn(visitor)
    grade(visitor, 3, back)
    reply = grade(visitor, 1, back)
    assert reply.status == 409
    assert reply.message == "This answer had already arrived. It was counted once."
    assert Answer.objects.get().grade == 3


def test_of_two_windows_the_first_answer_of_the_day_counts(visitor: Visitor) -> None:
    front = visitor.get(REVIEW)
    one, two = turn(visitor, front), turn(visitor, front)
    grade(visitor, 3, one)
    reply = grade(visitor, 1, two)
    assert reply.status == 409
    assert "The first answer of a day counts." in reply.message
    assert Answer.objects.get().grade == 3
    assert turn(visitor, front).status == 409


def test_a_page_of_another_day_counts_for_nothing(visitor: Visitor) -> None:
    old = turn(visitor)
    grade(visitor, 1)
    long_ago(1)
    reply = grade(visitor, 4, old)
    assert reply.status == 409
    assert "was from another day" in reply.message
    assert Card.objects.get().answers == 1


def test_htmx_gets_the_card_alone(visitor: Visitor) -> None:
    back = turn(visitor)
    reply = grade(visitor, 3, back, htmx=True)
    assert reply.is_fragment
    assert reply.text.lstrip().startswith('<div id="attempt"')


@pytest.mark.parametrize(
    "fields", [{"grade": "5"}, {"grade": ""}, {"key": "short"}, {"seen": "-1"}, {"seen": "x" * 9000}]
)
def test_what_is_no_grade_is_told_so_and_counts_for_nothing(visitor: Visitor, fields: dict[str, str]) -> None:
    back = turn(visitor)
    reply = visitor.post(action(back), {**back.hidden, "grade": "3", **fields})
    assert reply.status == 422
    assert "Nothing was counted." in reply.message
    assert not Answer.objects.exists()


def test_addresses_of_forms_answer_a_reload_with_the_page(visitor: Visitor) -> None:
    miss(visitor)
    place = "/review/cards/canary-releases/whose-fault"
    for path in (f"{place}/back/", f"{place}/grade/", "/review/wish/", f"/review/items/{TASK}/attempt/"):
        reply = visitor.get(path)
        assert (reply.status, reply.header("Allow")) == (405, "POST"), path
        assert "left today" in reply.text
    assert visitor.get(f"/review/items/{TASK}/hints/1/").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/review/nowhere/",
        "/review/cards/canary-releases/nothing/back/",
        "/review/cards/nowhere/whose-fault/grade/",
        f"/review/items/{TASK}/attempt/",  # nobody missed it
        f"/review/items/{TASK}/hints/1/",
    ],
)
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404
    assert visitor.post(path, {}).status in (404, 405)


def test_a_scope_that_is_none_is_not_found(visitor: Visitor) -> None:
    assert visitor.post("/review/cards/canary-releases/whose-fault/back/", {"scope": "nowhere\x00"}).status == 404
    assert visitor.post("/review/wish/", {"scope": "nowhere", "cap": 3}).status == 404


def test_a_topic_without_the_room_has_no_review(visitor: Visitor) -> None:
    topic = Topic.objects.get()
    topic.spec = re.sub(r"  review:\n(    .*\n)+", "", topic.spec)
    topic.save()
    assert visitor.get(REVIEW).status == 404
    assert visitor.get(ALL).status == 404
    assert "/review/" not in visitor.get("/topics/canary-releases/").text


def test_a_topic_without_cards_still_asks_what_was_missed(visitor: Visitor) -> None:
    Deck.objects.all().delete()
    assert "Nothing is due" in visitor.get(REVIEW).text
    miss(visitor)
    assert action(visitor.get(REVIEW)) == f"/review/items/{TASK}/attempt/"


def test_the_daily_share_can_be_changed(visitor: Visitor) -> None:
    assert set_cap(visitor, 2) == 303
    assert "2 left today" in visitor.get(REVIEW).text
    grade(visitor, 3)
    done = grade(visitor, 3)
    assert "That is it for today" in done.text
    assert "Next: tomorrow." in done.text
    assert set_cap(visitor, 3) == 303
    assert "1 left today" in visitor.get(REVIEW).text


@pytest.mark.parametrize("cap", ["0", "201", "-5", "many", "", "9" * 400])
def test_a_share_that_is_none_is_told_so(visitor: Visitor, cap: str) -> None:
    assert set_cap(visitor, cap) == 422
    assert 'class="errorlist"' in visitor.post("/review/wish/", {"cap": cap}).text


def test_when_nothing_is_due_the_page_says_when_something_is(visitor: Visitor) -> None:
    Deck.objects.update(cards={"whose-fault": Deck.objects.get().cards["whose-fault"]})
    reply = grade(visitor, 3)
    assert "Nothing is due" in reply.text
    assert re.search(r"Next: on [A-Z]\w+day\.", reply.text)
    assert "nothing due today" in visitor.get("/topics/canary-releases/").text


def test_the_page_of_the_topic_says_what_is_due(visitor: Visitor) -> None:
    assert "due today" not in visitor.get("/topics/canary-releases/").text
    grade(visitor, 3)
    page = visitor.get("/topics/canary-releases/").text
    assert "15 due today" in page
    assert f'href="{REVIEW}"' in page


def test_a_card_that_keeps_slipping_names_another_way(visitor: Visitor) -> None:
    front = visitor.get(REVIEW)
    grade(visitor, 3, turn(visitor, front))
    for lapse in range(1, 5):
        long_ago(400)
        assert "Another way" not in visitor.get(REVIEW).text
        reply = grade(visitor, 1)
        assert ("got away 4 times" in words(reply.text)) is (lapse == 4)
    assert 'href="/topics/canary-releases/' in reply.text
    long_ago(1)
    assert "Another way may help" in visitor.get(REVIEW).text


def test_an_explanation_is_shown_beside_the_checklist_and_not_kept(visitor: Visitor) -> None:
    place = "/review/cards/canary-releases/explain-both-arms/back/"
    reply = visitor.post(place, {"said": "Both run <b>at once</b>.\nAnd so on" + "x" * 9000})
    assert "Both run &lt;b&gt;at once&lt;/b&gt;.<br>And so on" in reply.text
    assert "x" * 4000 not in reply.text
    assert reply.text.count('type="checkbox"') == 4
    assert not Card.objects.exists()


# Items that went wrong elsewhere


def answer_item(visitor: Visitor, slug: str, *, passing: bool, number: int = 0, **more: str) -> str:
    """Answer the item that is asked; the line above its form."""
    page = visitor.get(REVIEW)
    assert action(page) == f"/review/items/{slug}/attempt/"
    reply = visitor.post(action(page), {**page.hidden, **given(slug, passing=passing, number=number), **more})
    assert reply.status == 200
    assert reply.passed is passing
    return reply.message


def counted() -> list[tuple[str, int]]:
    """The answers that counted."""
    return list(Answer.objects.order_by("pk").values_list("what", "grade"))


@pytest.mark.parametrize("slug", [TASK, QUESTION])
def test_an_item_that_was_missed_is_asked_from_the_next_day(visitor: Visitor, slug: str) -> None:
    miss(visitor, slug, days_ago=0)
    assert "/review/items/" not in visitor.get(REVIEW).text
    long_ago(1)
    assert action(visitor.get(REVIEW)) == f"/review/items/{slug}/attempt/"
    assert "17 due today" in visitor.get("/topics/canary-releases/").text


def test_what_was_solved_at_once_or_is_still_in_practice_is_not_asked(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    visitor.answer(QUESTION, answers(QUESTION, passing=True)[0])
    long_ago(5)
    assert "/review/items/" not in visitor.get(REVIEW).text


@pytest.mark.parametrize("hint", [True, False])
def test_what_took_a_hint_or_a_later_try_is_asked(visitor: Visitor, hint: bool) -> None:
    if hint:
        visitor.post(f"/practice/{TASK}/hints/1/", visitor.form(TASK))
    else:
        visitor.answer(TASK, answers(TASK, passing=False)[0])
    visitor.answer(TASK, answers(TASK, passing=True)[0])
    long_ago(1)
    assert action(visitor.get(REVIEW)) == f"/review/items/{TASK}/attempt/"


def test_right_at_once_is_good_and_with_certainty_easy(visitor: Visitor) -> None:
    miss(visitor)
    assert answer_item(visitor, TASK, passing=True).startswith("Kept. It comes back on")
    miss(visitor, QUESTION)
    answer_item(visitor, QUESTION, passing=True, certain="1")
    assert counted() == [(f"item:{TASK}", 3), (f"item:{QUESTION}", 4)]


def test_right_at_a_later_try_is_hard(visitor: Visitor) -> None:
    miss(visitor)
    assert answer_item(visitor, TASK, passing=False) == ""
    assert counted() == []
    answer_item(visitor, TASK, passing=True, certain="1")
    assert counted() == [(f"item:{TASK}", 2)]


def test_right_with_a_hint_is_hard(visitor: Visitor) -> None:
    miss(visitor)
    page = visitor.get(REVIEW)
    hinted = visitor.post(f"/review/items/{TASK}/hints/1/", page.hidden)
    assert 'id="hint-1"' in hinted.text
    assert "Hints open one after the other." in visitor.post(f"/review/items/{TASK}/hints/3/", page.hidden).text
    answer_item(visitor, TASK, passing=True)
    assert counted() == [(f"item:{TASK}", 2)]


def test_wrong_at_every_try_is_again_and_shows_everything(visitor: Visitor) -> None:
    miss(visitor)
    for number in range(3):
        said = answer_item(visitor, TASK, passing=False, number=number)
    assert said.startswith("It comes back tomorrow")
    assert counted() == [(f"item:{TASK}", 1)]
    assert "/review/items/" not in visitor.get(REVIEW).text


def test_who_does_not_know_is_shown_everything(visitor: Visitor) -> None:
    miss(visitor)
    page = visitor.get(REVIEW)
    reply = visitor.post(action(page), {**page.hidden, "unknown": "1"})
    assert reply.status == 200
    assert "What each answer would have done" in reply.text
    assert "Next card" in reply.text
    assert counted() == [(f"item:{TASK}", 1)]
    again = visitor.post(action(page), {**page.hidden, "unknown": "1"})
    assert (again.status, again.message) == (409, "This answer had already arrived. It was counted once.")


def test_an_item_left_empty_costs_nothing(visitor: Visitor) -> None:
    miss(visitor)
    page = visitor.get(REVIEW)
    reply = visitor.post(action(page), page.hidden)
    assert "something is still empty" in reply.message
    bad = visitor.post(action(page), {**page.hidden, "key": "no", "blank-traffic": "Z"})
    assert bad.status == 422
    changed = visitor.post(action(page), {**page.hidden, "version": "99"})
    assert changed.status == 409
    assert counted() == []


def test_the_same_answer_again_and_a_form_sent_twice_cost_no_try(visitor: Visitor) -> None:
    miss(visitor)
    page = visitor.get(REVIEW)
    fields = {**page.hidden, **given(TASK, passing=False)}
    left = visitor.post(action(page), fields).tries_left
    assert left == 2
    twice = visitor.post(action(page), fields)
    assert (twice.tries_left, twice.message) == (2, "This answer had already arrived. It was counted once.")
    same = visitor.post(action(page), {**fields, **visitor.get(REVIEW).hidden})
    assert (same.tries_left, same.message[:33]) == (2, "You deployed this answer before, ")


def test_an_item_is_another_learners_no_more_than_its_answers(visitor: Visitor) -> None:
    miss(visitor)
    other = Visitor()
    assert "/review/items/" not in other.get(REVIEW).text
    assert other.post(f"/review/items/{TASK}/attempt/", {}).status == 404


def test_the_pages_are_light_and_ask_little_of_the_database(visitor: Visitor) -> None:
    miss(visitor)
    for path in (REVIEW, ALL):
        visitor.get(path)
        with CaptureQueriesContext(connection) as asked_of_it:
            page = visitor.get(path)
        assert len(asked_of_it) <= 8
        assert len(gzip.compress(page.body)) < 20_000
    deck = ready_cards(Deck.objects.get())
    backs = [visitor.post(f"/review/cards/canary-releases/{slug}/back/", {}) for slug in deck]
    assert {back.status for back in backs} == {200}
    assert max(len(gzip.compress(back.body)) for back in backs) < 30_000


def test_an_item_is_asked_with_other_numbers_each_time(visitor: Visitor) -> None:
    miss(visitor)
    seen = []
    for _ in range(3):
        page = visitor.get(REVIEW)
        seen.append(tuple(re.findall(r'<option value="[A-Z]">(.*?)</option>', page.text)))
        visitor.post(action(page), {**page.hidden, "unknown": "1"})
        long_ago(1)
    assert len(set(seen)) == 3
    assert "Here it is with other numbers." in page.text
