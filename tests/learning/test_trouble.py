"""What an answer asks of the database, and what is said when the database does not answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from canarylearn.learning.models import Attempt
from tests.people import QUESTION, TASK, Reply, Visitor, answers, chosen, path_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("content")]

both_rooms = pytest.mark.parametrize("slug", [TASK, QUESTION])


class FailingAt:
    """Lets statements through to the database, except for one."""

    def __init__(self, number: int, error: Exception) -> None:
        self.left, self.error, self.failed = number, error, False

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self.failed = True
            raise self.error
        return execute(*arguments)


def wrong(slug: str, number: int = 0) -> dict[str, int]:
    """An answer that does not pass."""
    return answers(slug, passing=False)[number]


def statements(ask: Callable[[], Reply]) -> int:
    """How many statements a request takes, the begin and the end of transactions among them."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status == 200
    return len(captured)


@both_rooms
def test_an_answer_takes_few_statements(visitor: Visitor, slug: str) -> None:
    def answer(number: int) -> Callable[[], Reply]:
        form = visitor.form(slug)
        return lambda: visitor.answer(slug, wrong(slug, number), form, htmx=True)

    # The first answer of all makes the learner and the slot; then: list, begin, slot, attempts, insert, commit.
    assert statements(answer(0)) == 11
    assert statements(answer(0)) == 5
    assert statements(answer(1)) == 6


def test_the_first_answer_to_the_next_item_makes_only_its_slot(visitor: Visitor) -> None:
    visitor.answer(TASK, wrong(TASK))
    form = visitor.form(QUESTION)
    assert statements(lambda: visitor.answer(QUESTION, wrong(QUESTION), form, htmx=True)) == 9


@both_rooms
def test_a_page_takes_few_statements(visitor: Visitor, slug: str) -> None:
    visitor.answer(slug, wrong(slug))
    assert statements(lambda: visitor.get(path_of(slug))) <= 6
    assert statements(lambda: visitor.get(path_of(slug), htmx=True)) <= 3


@both_rooms
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_wherever_the_database_fails_an_answer_is_kept_in_the_page_and_counts_once(
    slug: str, error: type[Exception]
) -> None:
    number = 0
    while True:
        number += 1
        Attempt.objects.all().delete()
        visitor = Visitor()
        form = {**visitor.form(slug), **chosen(slug, wrong(slug))}
        failing = FailingAt(number, error("database is locked"))
        with connection.execute_wrapper(failing):
            reply = visitor.post(f"{path_of(slug)}attempt/", form)
        if not failing.failed:
            break
        assert reply.status == 503
        assert reply.header("Retry-After") == "5"
        assert reply.header("Cache-Control") == "no-store"
        assert "send it again: it will count once" in reply.text
        assert f'action="{path_of(slug)}attempt/"' in reply.text
        kept = {name: value for name, value in reply.hidden.items() if name != "csrfmiddlewaretoken"}
        assert kept == {name: value for name, value in form.items() if name != "csrfmiddlewaretoken"}
        again = visitor.post(f"{path_of(slug)}attempt/", kept)
        assert (again.status, again.passed) == (200, False)
        assert Attempt.objects.count() == 1
    assert number > 12


def test_a_page_asked_for_meanwhile_says_so_too(visitor: Visitor) -> None:
    for path in ("/", "/practice/", "/quizzes/", path_of(TASK), "/topics/canary-releases/"):
        with connection.execute_wrapper(FailingAt(1, OperationalError("gone"))):
            reply = visitor.get(path)
        assert reply.status == 503
        assert "Nothing you did is lost" in reply.text
        assert "gone" not in reply.text


def test_a_hint_asked_for_meanwhile_can_be_asked_for_again(visitor: Visitor) -> None:
    path = f"{path_of(TASK)}hints/1/"
    with connection.execute_wrapper(FailingAt(3, OperationalError("gone"))):
        reply = visitor.post(path, {}, htmx=True)
    assert reply.status == 503
    assert f'action="{path}"' in reply.text
    assert 'id="hint-1"' in visitor.post(path, reply.hidden).text


def test_a_password_is_not_sent_back(visitor: Visitor) -> None:
    User.objects.create_superuser("boss", password="a password that is long")
    with connection.execute_wrapper(FailingAt(1, OperationalError("gone"))):
        reply = visitor.post("/admin/login/", {"username": "boss", "password": "a password that is long"})
    assert reply.status == 503
    assert "a password" not in reply.text
    assert "<form" not in reply.text


def test_a_mistake_in_a_statement_is_a_fault_of_ours_and_no_trouble_that_passes(visitor: Visitor) -> None:
    with connection.execute_wrapper(FailingAt(1, ProgrammingError("no such column"))):
        reply = visitor.get("/practice/")
    assert reply.status == 500
    assert "no such column" not in reply.text
