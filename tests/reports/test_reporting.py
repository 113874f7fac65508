"""Learners say what is wrong with a question, and those who look after it reply."""

import html
import re

import pytest
from django.contrib.auth.models import User

from canarylearn.accounts.owndata import erase, export
from canarylearn.authoring.models import AuditEntry
from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.models import Item, Learner, Version
from canarylearn.reports.models import Report
from canarylearn.reports.services import MOST_AN_HOUR
from quizzes.models import Asked, Sitting
from tests.accounts.signing import sign_up
from tests.people import QUESTION, TASK, Reply, Visitor, answers, chosen, path_of
from tests.reports.crowd import instructor

pytestmark = pytest.mark.usefixtures("content")

LESSON = "/topics/canary-releases/why/"
MINE = "/report/"


def link_in(reply: Reply) -> str:
    """Where the quiet link under a question leads."""
    found = re.search(r'<p class="report-link"><a href="([^"]+)"', reply.text)
    assert found
    return html.unescape(found[1])


def form_at(visitor: Visitor, path: str) -> dict[str, str]:
    return {name: value for name, value in visitor.get(path).hidden.items() if name == "form"}


def send(visitor: Visitor, path: str, reason: str = "verdict", words: str = "") -> Reply:
    return visitor.post(path, {**form_at(visitor, path), "reason": reason, "words": words})


@pytest.mark.parametrize("slug", [TASK, QUESTION])
def test_a_question_is_reported_before_it_is_answered(visitor: Visitor, slug: str) -> None:
    path = link_in(visitor.get(path_of(slug)))
    reply = send(visitor, path, words="The text says an hour, and the chart ends after two.")
    assert (reply.status, reply.header("Location")) == (303, MINE)
    kept = Report.objects.get()
    assert kept.version == Item.objects.get(slug=slug).current
    assert (kept.variant, kept.seed, kept.engine, kept.answer, kept.tries) == (0, 0, ENGINE_VERSION, None, 0)
    assert (kept.reason, kept.state, kept.where) == ("verdict", "open", path_of(slug).split("/")[1])
    assert "The text says an hour" in visitor.get(MINE).text
    assert "Nobody has replied yet" in visitor.get(MINE).text


def test_the_last_answer_goes_along_and_costs_no_try(visitor: Visitor) -> None:
    wrong = answers(TASK, passing=False)[:2]
    for answer in wrong:
        visitor.answer(TASK, answer)
    left = visitor.tries_left(TASK)
    fragment = visitor.answer(TASK, wrong[1], htmx=True)
    send(visitor, link_in(fragment))
    kept = Report.objects.get()
    assert (kept.answer, kept.tries) == (dict(wrong[1]), 2)
    assert visitor.tries_left(TASK) == left


def test_with_other_numbers_the_variant_and_its_seed_go_along(visitor: Visitor) -> None:
    slug = "first-users"
    visitor.answer(slug, answers(slug, passing=True)[0])
    path = link_in(visitor.get(f"{path_of(slug)}?numbers=1"))
    send(visitor, path)
    kept = Report.objects.get()
    assert (kept.variant, kept.seed, kept.answer) == (1, 1, None)


def test_a_question_on_a_page_is_reported_with_the_option_taken(visitor: Visitor) -> None:
    visitor.post(f"{LESSON}questions/a-small-group/", {"choice": "B"})
    path = "/report/pages/canary-releases/why/a-small-group/"
    assert path in visitor.get(LESSON).text
    send(visitor, path, reason="unclear")
    kept = Report.objects.get()
    assert (kept.question, kept.answer, kept.where, kept.version) == ("a-small-group", {"choice": 1}, "lesson", None)
    assert kept.page is not None
    teacher = instructor()
    assert "Their last answer" in teacher.get(f"/teach/reports/{kept.pk}/").text
    Report.objects.update(page_number=99)
    assert "It has changed since" in teacher.get(f"/teach/reports/{kept.pk}/").text


def test_an_incident_is_reported_once_it_is_finished(visitor: Visitor) -> None:
    slug = Item.objects.filter(room="challenge", kind="question").values_list("slug", flat=True)[0]
    page = Item.objects.get(slug=slug).get_absolute_url()
    assert "report-link" not in visitor.get(page).text
    visitor.post(f"{page}start/", {"variant": 0, "speed": "off"})
    assert "report-link" not in visitor.get(page).text
    for wrong in answers(slug, passing=False)[:2]:
        visitor.post(f"{page}attempt/", {**visitor.get(page).hidden, **chosen(slug, wrong)})
    send(visitor, link_in(visitor.get(page)))
    kept = Report.objects.get()
    assert (kept.where, kept.tries) == ("challenge", 2)


def test_the_same_form_counts_once(visitor: Visitor) -> None:
    path = link_in(visitor.get(path_of(TASK)))
    form = {**form_at(visitor, path), "reason": "text", "words": ""}
    assert [visitor.post(path, form).status for _ in range(3)] == [303, 303, 303]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose what is wrong."),
        ({"reason": "nonsense"}, "Choose one of these."),
        ({"reason": "other"}, "Say what it is."),
        ({"reason": "text", "words": "x" * 2001}, "2000"),
        ({"reason": "text", "words": "a\x00b"}, "Null characters"),
        ({"reason": "text", "form": "short"}, "Nothing was sent"),
    ],
)
def test_a_form_that_says_nothing_is_shown_again(visitor: Visitor, fields: dict[str, str], said: str) -> None:
    path = link_in(visitor.get(path_of(TASK)))
    reply = visitor.post(path, {**form_at(visitor, path), **fields})
    assert (reply.status, said in reply.text) == (422, True)
    assert not Report.objects.exists()
    assert not Learner.objects.exists()


def test_so_many_reports_an_hour_and_what_was_written_is_kept(visitor: Visitor) -> None:
    path = link_in(visitor.get(path_of(TASK)))
    assert {send(visitor, path).status for _ in range(MOST_AN_HOUR)} == {303}
    reply = send(visitor, path, words="One more thing.")
    assert (reply.status, "One more thing." in reply.text) == (429, True)
    assert Report.objects.count() == MOST_AN_HOUR
    assert send(Visitor(), path).status == 303


@pytest.mark.parametrize(
    "path",
    [
        "/report/items/nowhere/",
        f"/report/items/{TASK}/?version=7",
        f"/report/items/{TASK}/?version=-1",
        f"/report/items/{TASK}/?numbers=99",
        f"/report/items/{TASK}/?numbers=12345678901234567890",
        "/report/pages/canary-releases/why/nothing/",
        "/report/pages/canary-releases/nothing/nothing/",
        "/report/items/sixty-looks/",
    ],
)
def test_what_is_not_there_cannot_be_reported_nor_a_question_of_the_test(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == visitor.post(path, {}).status == 404


def test_a_question_of_the_test_can_be_reported_after_it(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    learner, version = Learner.objects.get(), Version.objects.get(item__slug="sixty-looks")
    sitting = Sitting.objects.create(learner=learner, topic=version.item.topic, seed="s", plan=[])
    facts = {"number": 1, "concept": "c", "level": "hard", "floor": 0.25, "first": True, "key": "k"}
    Asked.objects.create(sitting=sitting, version=version, answer={"choice": 0}, answered=sitting.started, **facts)
    path = "/report/items/sixty-looks/"
    assert visitor.get(path).status == 404
    Sitting.objects.update(ended=sitting.started, verdict="not-yet", sure=0.1)
    send(visitor, path)
    kept = Report.objects.get()
    assert (kept.where, kept.answer) == ("test", {"choice": 0})


def test_a_report_is_answered_and_its_learner_reads_the_reply(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    send(visitor, link_in(visitor.get(path_of(TASK))), words="<script>alert(1)</script>")
    kept, teacher = Report.objects.get(), instructor()
    listed = teacher.get("/teach/reports/").text
    assert kept.get_absolute_url() in listed
    assert "<script>alert" not in listed
    page = teacher.get(kept.get_absolute_url()).text
    assert "Their last answer" in page
    assert f'href="{path_of(TASK)}">Go to the question' in page
    assert "<script>alert" not in page
    reply = teacher.post(kept.get_absolute_url(), {"state": "answered", "reply": "You are right: it is mended."})
    assert (reply.status, reply.header("Location")) == (303, kept.get_absolute_url())
    assert "You are right: it is mended." in visitor.get(MINE).text
    assert "You are right" not in Visitor().get(MINE).text
    assert "There are none" in teacher.get("/teach/reports/").text
    assert kept.get_absolute_url() in teacher.get("/teach/reports/?state=answered").text
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.who) == ("report answered", User.objects.get(username="ines"))


def test_a_report_is_closed_and_opened_again(visitor: Visitor) -> None:
    send(visitor, link_in(visitor.get(path_of(TASK))))
    kept, teacher = Report.objects.get(), instructor()
    assert teacher.post(kept.get_absolute_url(), {"state": "answered", "reply": " "}).status == 422
    assert teacher.post(kept.get_absolute_url(), {"state": "nonsense"}).status == 422
    assert teacher.post(kept.get_absolute_url(), {"state": "closed"}).status == 303
    assert "It was looked at and closed." in visitor.get(MINE).text
    assert teacher.post(kept.get_absolute_url(), {"state": "open"}).status == 303
    assert Report.objects.get().state == "open"
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True)) == ["report closed", "report open"]


@pytest.mark.parametrize("number", [1, 2**63])
def test_a_report_that_is_not_there_is_not_found(number: int) -> None:
    assert instructor().get(f"/teach/reports/{number}/").status == 404


def test_learners_cannot_answer_reports(visitor: Visitor) -> None:
    send(visitor, link_in(visitor.get(path_of(TASK))))
    kept = Report.objects.get()
    assert visitor.post(kept.get_absolute_url(), {"state": "closed"}).status == 302
    sign_up(visitor)
    assert visitor.post(kept.get_absolute_url(), {"state": "closed"}).status == 403
    assert Report.objects.get().state == "open"


def test_a_guests_report_survives_signing_in_is_exported_and_vanishes_with_the_account(visitor: Visitor) -> None:
    send(visitor, link_in(visitor.get(path_of(TASK))), words="Mine.")
    sign_up(visitor)
    user = User.objects.get()
    assert "Mine." in visitor.get(MINE).text
    assert Report.objects.get().learner.user == user
    assert "Mine." in str(export(user)["reports.report"])
    erase(user)
    assert not Report.objects.exists()


def test_who_replied_can_leave_and_the_reply_stays(visitor: Visitor) -> None:
    send(visitor, link_in(visitor.get(path_of(TASK))))
    kept, teacher = Report.objects.get(), instructor()
    teacher.post(kept.get_absolute_url(), {"state": "answered", "reply": "Mended."})
    erase(User.objects.get(username="ines"))
    assert (Report.objects.get().reply, Report.objects.get().replied_by) == ("Mended.", None)
