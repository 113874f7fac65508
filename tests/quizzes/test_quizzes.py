"""Quizzes: the list of questions, and what the page of a question offers."""

import html
import re

import pytest

from tests.people import QUESTION, Visitor, answers, item_of, path_of
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")


def test_the_list_names_every_question_in_the_order_of_the_topic(visitor: Visitor) -> None:
    found = re.findall(r'<a href="/quizzes/([a-z0-9-]+)/"><span class="number"', visitor.get("/quizzes/").text)
    assert found == list(curriculum().topic.questions)


def test_the_list_says_where_the_learner_stands(visitor: Visitor) -> None:
    first, second, *others = curriculum().topic.questions
    visitor.answer(first, answers(first, passing=True)[0])
    visitor.answer(second, answers(second, passing=False)[0])
    found = re.findall(r'<span class="state">(.*?)</span>', visitor.get("/quizzes/").text)
    assert found == ["✓ solved", "1 of 2 tries left", *["2 of 2 tries left"] * len(others)]


def test_a_question_offers_each_option_once_and_none_is_chosen(visitor: Visitor) -> None:
    page = visitor.get(path_of(QUESTION)).text
    radios = re.findall(r'<input type="radio" name="choice" value="([A-Z])"([^>]*)>', page)
    assert radios == [(letter, "") for letter in "ABCDEFGH"[: len(item_of(QUESTION).options_for("choice"))]]


def test_the_choice_stays_chosen_after_a_wrong_answer(visitor: Visitor) -> None:
    answer = answers(QUESTION, passing=False)[1]
    reply = visitor.answer(QUESTION, answer)
    for page in (reply.text, visitor.get(path_of(QUESTION)).text):
        assert re.findall(r'value="([A-Z])" checked', page) == ["ABCDEFGH"[answer["choice"]]]


def test_the_way_goes_on_to_the_next_question_and_ends_at_the_list(visitor: Visitor) -> None:
    questions = curriculum().topic.questions
    for slug, following in zip(questions, [*(path_of(slug) for slug in questions[1:]), "/quizzes/"], strict=True):
        page = visitor.answer(slug, answers(slug, passing=True)[0]).text
        assert f'<a class="primary" href="{following}">' in page


def test_while_a_try_is_left_nothing_says_what_passes(visitor: Visitor) -> None:
    reply = visitor.answer(QUESTION, answers(QUESTION, passing=False)[0])
    assert reply.tries_left == 1
    text = html.unescape(reply.text)
    assert "What passes" not in text
    assert item_of(QUESTION).mistakes[0] not in text
    assert item_of(QUESTION).solution[0] not in text
