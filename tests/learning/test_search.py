"""Search: what is found, in which order, and what is never looked at."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canarylearn.learning.models import Item, Page
from canarylearn.learning.search import MOST_LETTERS, MOST_WORDS, current_index, search, terms
from tests.people import QUESTION, TASK, Visitor, item_of, path_of
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")

SEARCH = "/search/"


def ask(visitor: Visitor, query: str) -> str:
    """The page that answers a query."""
    reply = visitor.reply(visitor.client.get(SEARCH, {"q": query}))
    assert reply.status == 200
    return reply.text


def found(query: str) -> list[str]:
    """Where the results lead, the best first."""
    return [one.url for one in search(query).results]


def test_the_page_without_a_query_says_what_could_be_looked_for(visitor: Visitor) -> None:
    page = visitor.get(SEARCH)
    assert page.status == 200
    assert 'name="q" value=""' in page.text
    assert "/search/?q=" in page.text
    assert 'href="/search/"' in visitor.get("/").text


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        (item_of(TASK).title, path_of(TASK)),
        (item_of(QUESTION).title, path_of(QUESTION)),
        ("introduction", "/topics/canary-releases/introduction/"),
        ("cost to decide", "/topics/canary-releases/cost/"),
        ("lab", "/lab/"),
        ("CANARY releases for model updates", "/topics/canary-releases/"),
        ("introd", "/topics/canary-releases/introduction/"),
    ],
)
def test_titles_are_found_first(query: str, leads_to: str) -> None:
    assert leads_to in found(query)[:2]


def test_one_form_of_a_word_finds_the_other() -> None:
    assert set(found("release")) == set(found("releases"))


def test_pages_and_prompts_are_found_by_their_text(visitor: Visitor) -> None:
    assert path_of("faster-or-better") in found("accurate latency production")
    assert path_of("who-is-routed") in ask(visitor, "users by their number")


def test_what_was_looked_for_is_marked_and_each_result_says_what_it_is(visitor: Visitor) -> None:
    page = ask(visitor, "Introduction")
    assert "<mark>Introduction</mark>" in page
    assert "Introduction, in Canary releases for model updates" in page
    assert "Practice questions, in Canary releases for model updates" in ask(visitor, item_of(QUESTION).title)


def test_where_nothing_holds_all_words_those_that_hold_some_are_shown_as_such(visitor: Visitor) -> None:
    assert "Nothing holds all of these words." in ask(visitor, "introduction xylophone")


def test_where_nothing_is_found_it_says_what_to_try(visitor: Visitor) -> None:
    page = ask(visitor, "xylophone")
    assert "Nothing here holds “xylophone”." in page
    assert "/search/?q=" in page


def test_nothing_is_looked_at_that_is_shown_later() -> None:
    held = " ".join(f"{one.title} {one.summary} {one.text}" for one in current_index().entries)
    files = curriculum()
    practised = (*files.topic.tasks, *files.topic.questions)
    for slug, item in files.items.items():
        later = [*item.hints, *item.solution, *item.mistakes, *item.notes.values(), item.quick_check]
        later += [goal.name for goal in item.goals if goal.name]
        later += [option.text for blank in item.blanks for option in item.options_for(blank)]
        later += [] if slug in practised else [item.title, item.prompt]
        shown_later = [" ".join(text.split()) for text in later if len(text.split()) > 4]
        assert not [text for text in shown_later if text in held], slug
    for page in files.pages.values():
        for question in page.questions.values():
            texts = [*question.notes.values(), *(option.text for option in question.options_for("choice"))]
            assert not [text for text in texts if len(text.split()) > 4 and text in held]
    assert "{{" not in held


def test_an_item_of_the_test_or_the_challenge_is_not_found() -> None:
    Item.objects.filter(slug=TASK).update(room="test")
    assert path_of(TASK) not in found(item_of(TASK).title)


def test_a_retired_item_is_not_found_and_a_changed_page_is_found_by_its_new_text() -> None:
    Item.objects.filter(slug=TASK).update(retired=True)
    assert path_of(TASK) not in found(item_of(TASK).title)
    page = Page.objects.get(mode="why")
    assert found("xylophone") == []
    Page.objects.filter(pk=page.pk).update(spec=f"{page.spec}\n\nA xylophone.\n", digest="another")
    assert found("xylophone") == [page.get_absolute_url()]


HOSTILE = [
    "",
    " ",
    "\x00",
    "%",
    "_",
    "'; DROP TABLE learning_item; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% load x %}",
    "\\",
    "(" * 90,
    ".*" * 50,
    "\ud7ff\u202e\ufeff",
    "𝐜𝐚𝐧𝐚𝐫𝐲",
    "a" * 100_000,
    "canary " * 10_000,
    "🐤",
    "the",
]


def test_no_query_does_harm(visitor: Visitor) -> None:
    for query in HOSTILE:
        page = ask(visitor, query)
        assert "<script>alert" not in page
        shown = re.search(r'name="q" value="([^"]*)"', page)
        assert shown
        assert len(html.unescape(shown[1])) <= MOST_LETTERS
        assert len(terms(query)) <= MOST_WORDS


def test_a_long_query_is_cut_and_says_so(visitor: Visitor) -> None:
    assert "the first 100 characters were looked for" in ask(visitor, "canary " * 100)


def test_it_asks_little_of_the_database_and_writes_nothing(visitor: Visitor) -> None:
    search("canary")
    with CaptureQueriesContext(connection) as asked:
        ask(visitor, "canary")
    statements = [one["sql"] for one in asked]
    assert len(statements) <= 5
    assert all(one.startswith("SELECT") for one in statements)
