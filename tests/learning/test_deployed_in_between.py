"""A page is open while the site gets new content, or forgets who opened it: nothing is lost, and nothing gained."""

from pathlib import Path

import pytest
from django.core.management import call_command

from canarylearn.items import read_topic
from canarylearn.learning.content import load_topic, read_lock
from canarylearn.learning.models import Page, PageMark
from canarylearn.lessons.models import Prediction
from canarylearn.projects import selectors
from canarylearn.projects.models import Draft, PassedStage
from canarylearn.review.models import Answer, Card, Deck
from quizzes.models import Asked
from tests.people import Visitor
from tests.projects.scripts import project
from tests.projects.writing import page_of, send, text_in
from tests.review.reviewing import REVIEW, TASK, action, asked, given, grade, miss, turn
from tests.topics import as_if_proven, change, copied

TOPIC, TEST = "/topics/canary-releases/", "/test/canary-releases/"
ROUTE = project().reference("route")


def publish_task(folder: Path) -> None:
    """A new version of the task, as its authors would publish it."""
    topic = copied(folder)
    change(topic / "tasks" / f"{TASK}.yaml", ("v1 serves everyone.", "v1 serves everybody."))
    files = read_topic(topic)
    load_topic(files, {**read_lock(), TASK: as_if_proven(files)[TASK]})


def test_an_item_of_the_review_that_was_changed_costs_no_try_and_is_asked_as_it_is_now(
    visitor: Visitor, tmp_path: Path
) -> None:
    miss(visitor)
    old = visitor.get(REVIEW)
    answer = given(TASK, passing=True)
    publish_task(tmp_path)
    reply = visitor.post(action(old), {**old.hidden, **answer})
    assert reply.status == 409
    assert "changed in the meantime" in reply.message
    assert "v1 serves everybody." in reply.text
    assert reply.tries_left == 3
    assert not Answer.objects.exists()
    assert visitor.post(action(reply), {**reply.hidden, **given(TASK, passing=True)}).passed
    assert Answer.objects.count() == 1


def test_a_card_whose_text_was_changed_is_graded_once(visitor: Visitor) -> None:
    back = turn(visitor)
    deck = Deck.objects.get()
    slug = action(back).split("/")[4]
    deck.cards[slug] = deck.cards[slug].replace(asked(back), "Renamed")
    deck.save()
    assert grade(visitor, 3, back).status == 200
    assert grade(visitor, 1, back).status == 409
    assert [(one.grade, one.what.endswith(slug)) for one in Answer.objects.all()] == [(3, True)]


def test_a_card_that_was_withdrawn_counts_for_nothing(visitor: Visitor) -> None:
    back = turn(visitor)
    deck = Deck.objects.get()
    del deck.cards[action(back).split("/")[4]]
    deck.save()
    assert grade(visitor, 3, back).status == 404
    assert not Card.objects.exists()
    assert asked(visitor.get(REVIEW)) != asked(back)


def test_a_stage_that_was_changed_keeps_what_is_written_and_what_was_passed(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project is files of the site: a new one comes with a restart, while the text stands in somebody's browser."""
    send(visitor, "route", "judge", ROUTE)
    passed = PassedStage.objects.get()
    topic = copied(tmp_path)
    change(topic / "project" / "route.yaml", ("now, later, and after a restart", "now and after any restart"))
    monkeypatch.setattr(selectors, "CONTENT", tmp_path)
    selectors.project_of.cache_clear()
    try:
        reply = send(visitor, "route", "judge", "x = 1\n", base="1")
        assert reply.status == 200
        assert text_in(reply) == "x = 1\n"
        assert "now and after any restart" in reply.text
        assert PassedStage.objects.get().text == passed.text
        assert Draft.objects.get().text == "x = 1\n"
        assert "1 of 4 stages passed" in visitor.get("/project/canary-releases/").text
    finally:
        selectors.project_of.cache_clear()


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_a_question_of_a_page_that_was_changed_is_not_run_with_an_answer_to_another(
    visitor: Visitor, htmx: bool
) -> None:
    form = f"{TOPIC}why/questions/everyone-at-once/"
    assert '<input type="hidden" name="version" value="1">' in visitor.get(f"{TOPIC}why/").text
    Page.objects.filter(mode="why").update(digest="of yesterday")
    call_command("load_content", verbosity=0)
    reply = visitor.post(form, {"version": "1", "choice": "A"}, htmx=htmx)
    assert reply.status == 409
    assert "was changed in the meantime, so nothing was run" in reply.text
    assert not PageMark.objects.exists()
    assert visitor.post(form, {"version": "2", "choice": "A"}, htmx=htmx).status == 200
    assert PageMark.objects.get().option == 0


def test_a_prediction_about_another_run_is_not_kept(visitor: Visitor) -> None:
    walk = f"{TOPIC}visualise/predict/"
    fields = {"scenario": "monday", "gate": "1", "unsure": "1"}
    reply = visitor.post(walk, {**fields, "run": "0123456789abcdef"})
    assert reply.status == 409
    assert "This run was changed in the meantime" in reply.text
    assert not Prediction.objects.exists()


# Somebody whose cookie is gone: a month has passed, or they cleared it


def forget(visitor: Visitor) -> None:
    visitor.client.cookies.clear()


def test_an_answer_to_a_test_that_expired_changes_nothing_and_says_so(visitor: Visitor) -> None:
    visitor.post(f"{TEST}begin/", {})
    page = visitor.get(f"{TEST}1/")
    forget(visitor)
    reply = visitor.post(f"{TEST}1/answer/", {**page.hidden, "not-sure": "yes"})
    assert reply.status == 409
    assert "Nothing was changed." in reply.text
    assert Asked.objects.get().answered is None


def test_a_text_that_comes_after_its_author_was_forgotten_is_kept(visitor: Visitor) -> None:
    send(visitor, "route", "save", "first = 1\n")
    forget(visitor)
    reply = send(visitor, "route", "save", "second = 2\n", base="1")
    assert reply.status == 200
    assert "Saved." in reply.text
    assert text_in(visitor.get(page_of("route"))) == "second = 2\n"
    assert sorted(Draft.objects.values_list("text", flat=True)) == ["first = 1\n", "second = 2\n"]


def test_an_item_to_review_is_no_longer_there_for_whom_nobody_knows(visitor: Visitor) -> None:
    miss(visitor)
    page = visitor.get(REVIEW)
    forget(visitor)
    assert visitor.post(action(page), {**page.hidden, **given(TASK, passing=True)}).status == 404
    assert not Answer.objects.exists()


def test_a_form_whose_token_expired_counts_for_nothing_anywhere(content: None) -> None:
    visitor = Visitor(csrf=True)
    assert visitor.get(REVIEW).status == 200
    for path in (f"{TEST}begin/", f"{REVIEW.removesuffix('canary-releases/')}wish/", f"{page_of('route')}judge/"):
        reply = visitor.post(path, {"csrfmiddlewaretoken": "x" * 64, "text": ROUTE, "base": "0", "cap": "3"})
        assert reply.status == 403
        assert "Nothing was counted" in reply.text
    assert not Draft.objects.exists()
    assert not Asked.objects.exists()
