"""The home page: what this is, and one question that is answered there as on its own page."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canarylearn.learning.models import Attempt, Learner, Topic
from tests.accounts.signing import sign_up
from tests.people import Reply, Visitor, answers, chosen, item_of, path_of
from tests.topics import curriculum

FIRST, SECOND = curriculum().topic.questions[:2]
MOST_QUERIES, MOST_BYTES = 8, 60_000


def answer_at_home(visitor: Visitor, slug: str, *, passing: bool, htmx: bool = True) -> Reply:
    """Send the form that the home page shows."""
    home = visitor.get("/")
    assert f'action="{path_of(slug)}attempt/"' in home.text
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"} if htmx else None
    answer = answers(slug, passing=passing)[0]
    return visitor.reply(
        visitor.client.post(f"{path_of(slug)}attempt/", {**home.hidden, **chosen(slug, answer)}, headers=headers)
    )


def test_a_stranger_finds_a_question_and_no_verdict(visitor: Visitor) -> None:
    home = visitor.get("/")
    assert item_of(FIRST).title in home.text
    assert home.tries_left == item_of(FIRST).tries
    assert home.passed is None
    assert home.text.count("<h1") == 1
    assert not Learner.objects.exists()


def test_an_answer_there_is_judged_in_place_and_counts_as_on_its_page(visitor: Visitor) -> None:
    reply = answer_at_home(visitor, FIRST, passing=False)
    assert (reply.status, reply.is_fragment, reply.passed) == (200, True, False)
    assert '<h2 id="asked"' in reply.text
    assert visitor.get("/").passed is False
    assert visitor.get("/").tries_left == visitor.tries_left(FIRST) == item_of(FIRST).tries - 1
    assert Attempt.objects.count() == 1


def test_without_javascript_the_answer_is_on_the_page_of_the_question(visitor: Visitor) -> None:
    reply = answer_at_home(visitor, FIRST, passing=True, htmx=False)
    assert (reply.status, reply.is_fragment, reply.passed) == (200, False, True)
    assert '<h1 id="asked"' in reply.text


def test_on_its_own_page_the_question_is_the_heading(visitor: Visitor) -> None:
    fragment = visitor.answer(FIRST, answers(FIRST, passing=False)[0], htmx=True)
    assert '<h1 id="asked"' in fragment.text


@pytest.mark.parametrize("passing", [True, False])
def test_when_it_is_finished_the_next_one_is_offered(visitor: Visitor, passing: bool) -> None:
    for answer in answers(FIRST, passing=passing)[: item_of(FIRST).tries]:
        visitor.answer(FIRST, answer)
    home = visitor.get("/").text
    assert f'<a href="{path_of(FIRST)}">{item_of(FIRST).title}</a>' in home
    assert ("✓ Solved:" in home) == passing
    assert f'action="{path_of(SECOND)}attempt/"' in home


def test_when_all_are_finished_it_says_so_and_leads_on(visitor: Visitor) -> None:
    for slug in curriculum().topic.questions:
        visitor.answer(slug, answers(slug, passing=True)[0])
    home = visitor.get("/")
    assert "All 5 questions here are finished, 5 of them solved." in home.text
    assert "/attempt/" not in home.text
    assert 'href="/topics/canary-releases/introduction/"' in home.text


def test_an_account_finds_it_as_it_left_it(visitor: Visitor) -> None:
    sign_up(visitor)
    answer_at_home(visitor, FIRST, passing=False)
    assert visitor.get("/").passed is False


def test_each_topic_lists_its_ways_of_learning(visitor: Visitor) -> None:
    home = visitor.get("/").text
    for address in ("/topics/canary-releases/why/", "/practice/", "/quizzes/", "/lab/"):
        assert f'<li><a href="{address}">' in home


def test_a_site_without_topics_says_what_to_do(db: None) -> None:
    Topic.objects.all().delete()
    assert "load_content" in Visitor().get("/").text


@pytest.mark.parametrize("signed_in", [False, True])
def test_it_asks_little_of_the_database_and_of_the_line(visitor: Visitor, signed_in: bool) -> None:
    if signed_in:
        sign_up(visitor)
    visitor.get("/")
    answer_at_home(visitor, FIRST, passing=False)
    with CaptureQueriesContext(connection) as asked:
        home = visitor.get("/")
    assert len(asked) <= MOST_QUERIES, [one["sql"] for one in asked]
    assert len(gzip.compress(home.body)) < MOST_BYTES
