"""Hints: opened in order, free, and counted on the attempts that follow."""

import re

import pytest

from canarylearn.learning.models import Attempt, Slot
from tests.people import QUESTION, TASK, Reply, Visitor, answers, chosen, item_of, path_of

pytestmark = pytest.mark.usefixtures("content")

both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
both_rooms = pytest.mark.parametrize("slug", [TASK, QUESTION])


def opened(reply: Reply) -> list[int]:
    """The hints that can be read in a page."""
    return [int(level) for level in re.findall(r'<div class="hint" id="hint-(\d)"', reply.text)]


def offered(reply: Reply) -> list[int]:
    """The hints that can be opened next."""
    return [int(level) for level in re.findall(r'formaction="[^"]*/hints/(\d+)/"', reply.text)]


def open_hint(visitor: Visitor, slug: str, level: int, *, htmx: bool = False) -> Reply:
    """Press the button of a hint."""
    return visitor.post(f"{path_of(slug)}hints/{level}/", {}, htmx=htmx)


@both_ways
@both_rooms
def test_hints_open_in_order_and_cost_no_try(visitor: Visitor, slug: str, htmx: bool) -> None:
    assert (opened(visitor.get(path_of(slug))), offered(visitor.get(path_of(slug)))) == ([], [1])
    for level in (1, 2, 3):
        reply = open_hint(visitor, slug, level, htmx=htmx)
        assert reply.status == 200
        assert reply.is_fragment is htmx
        assert opened(reply) == list(range(1, level + 1))
        assert offered(reply) == ([level + 1] if level < 3 else [])
        assert reply.tries_left == item_of(slug).tries
    assert opened(visitor.get(path_of(slug))) == [1, 2, 3]
    assert not Attempt.objects.exists()


@both_ways
@both_rooms
def test_a_hint_cannot_be_skipped(visitor: Visitor, slug: str, htmx: bool) -> None:
    for level in (2, 3):
        reply = open_hint(visitor, slug, level, htmx=htmx)
        assert reply.message == "Hints open one after the other."
        assert (opened(reply), offered(reply)) == ([], [1])
    open_hint(visitor, slug, 1)
    assert opened(open_hint(visitor, slug, 3)) == [1]


@both_rooms
def test_opening_a_hint_twice_changes_nothing(visitor: Visitor, slug: str) -> None:
    open_hint(visitor, slug, 1)
    open_hint(visitor, slug, 2)
    reply = open_hint(visitor, slug, 1)
    assert (opened(reply), offered(reply), reply.message) == ([1, 2], [3], "")


@both_rooms
def test_the_text_of_a_hint_is_in_no_page_before_it_is_opened(visitor: Visitor, slug: str) -> None:
    page = visitor.get(path_of(slug)).text
    reply = open_hint(visitor, slug, 1)
    text = re.search(r'id="hint-1"[^>]*><b>Hint 1</b>(.*?)</div>', reply.text, re.DOTALL)
    assert text
    assert text[1].strip() not in page


@both_rooms
def test_an_attempt_says_how_many_hints_were_open(visitor: Visitor, slug: str) -> None:
    visitor.answer(slug, answers(slug, passing=False)[0])
    open_hint(visitor, slug, 1)
    open_hint(visitor, slug, 2)
    visitor.answer(slug, answers(slug, passing=True)[0])
    assert [one.hints_opened for one in Attempt.objects.order_by("number")] == [0, 2]


@both_ways
@both_rooms
def test_hints_may_be_opened_afterwards_and_change_no_attempt(visitor: Visitor, slug: str, htmx: bool) -> None:
    solved = visitor.answer(slug, answers(slug, passing=True)[0])
    assert offered(solved) == []
    reply = open_hint(visitor, slug, 1, htmx=htmx)
    assert (reply.status, reply.passed, opened(reply)) == (200, True, [1])
    assert [one.hints_opened for one in Attempt.objects.all()] == [0]


@both_rooms
def test_a_hint_keeps_what_was_chosen_and_counts_nothing(visitor: Visitor, slug: str) -> None:
    fields = {**visitor.form(slug), **chosen(slug, answers(slug, passing=False)[0])}
    reply = visitor.post(f"{path_of(slug)}hints/1/", fields, htmx=True)
    assert reply.text.count(" selected>") + reply.text.count(" checked>") == len(item_of(slug).blanks)
    assert reply.passed is None
    assert not Attempt.objects.exists()
    junk = visitor.post(f"{path_of(slug)}hints/2/", dict.fromkeys(fields, "\x00 junk"), htmx=True)
    assert (junk.status, opened(junk)) == (200, [1, 2])


@both_rooms
def test_the_hints_of_one_learner_are_not_open_for_another(visitor: Visitor, slug: str) -> None:
    open_hint(visitor, slug, 1)
    assert opened(Visitor().get(path_of(slug))) == []
    assert Slot.objects.count() == 1
