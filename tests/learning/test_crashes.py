"""What was shown is kept: the server killed, the database crashed or away, at a served site on each database."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from signal import SIGKILL
from types import TracebackType
from typing import Self

import pytest

from tests.kept import Kept, kept_attempts
from tests.people import TASK, Person, answers, chosen, path_of
from tests.postgresql import PostgreSQL
from tests.serving import Site

CLIENTS = 4
ENOUGH = 60  # answers shown before the crash


@dataclass
class Crowd:
    """Learners who answer one after the other, until told to stop. What was shown to them, and what was left open."""

    site: Site
    shown: list[tuple[Person, dict[str, str]]] = field(default_factory=list)
    open: list[tuple[Person, dict[str, str]]] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._answer_on) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _answer_on(self) -> None:
        answer = chosen(TASK, answers(TASK, passing=False)[0])
        while not self.over.is_set():
            person = Person(self.site.url)
            with suppress(OSError, HTTPException):
                page = person.get(path_of(TASK))
                if page.status == 200:
                    self._send(person, {**page.hidden, **answer})

    def _send(self, person: Person, form: dict[str, str]) -> None:
        try:
            reply = person.post(f"{path_of(TASK)}attempt/", form)
        except (OSError, HTTPException):
            self.open.append((person, form))
            return
        self.statuses.add(reply.status)
        (self.shown if reply.status == 200 else self.open).append((person, form))
        if len(self.shown) >= ENOUGH:
            self.enough.set()


def check_all_is_kept(crowd: Crowd) -> None:
    """Every answer that was shown is in the database, once; every other one counts once when it is sent again."""
    for person, form in crowd.open:
        assert person.post(f"{path_of(TASK)}attempt/", form).status == 200
    kept: dict[str, list[Kept]] = {}
    for one in kept_attempts(crowd.site):
        kept.setdefault(one.key, []).append(one)
    assert len(crowd.shown) >= ENOUGH
    for _, form in crowd.shown + crowd.open:
        assert [(one.number, one.answer) for one in kept[form["key"]]] == [(1, answers(TASK, passing=False)[0])]


@pytest.fixture(scope="module")
def site_on_postgresql(live_site: Callable[..., Site]) -> Site:
    """A running site whose database may be taken away."""
    return live_site("postgresql")


def test_an_answer_that_was_shown_survives_the_server_being_killed(site_on_each_database: Site) -> None:
    with Crowd(site_on_each_database) as crowd:
        assert crowd.enough.wait(60)
        site_on_each_database.stop(SIGKILL)
    site_on_each_database.start()
    check_all_is_kept(crowd)


def test_an_answer_that_was_shown_survives_a_crash_of_postgresql(
    site_on_postgresql: Site, postgresql: PostgreSQL
) -> None:
    with Crowd(site_on_postgresql) as crowd:
        assert crowd.enough.wait(60)
        postgresql.stop("immediate")
        try:
            person, form = crowd.shown[0]
            away = person.post(f"{path_of(TASK)}attempt/", form)
        finally:
            postgresql.start()
    assert away.status == 503
    assert away.header("Retry-After") == "5"
    assert crowd.statuses <= {200, 503}
    check_all_is_kept(crowd)


def test_what_was_chosen_while_the_database_is_away_counts_when_it_is_sent_again(
    site_on_postgresql: Site, postgresql: PostgreSQL
) -> None:
    person = Person(site_on_postgresql.url)
    form = {**person.form(TASK), **chosen(TASK, answers(TASK, passing=False)[0])}
    postgresql.stop()
    try:
        page, fragment = (person.post(f"{path_of(TASK)}attempt/", form, htmx=htmx) for htmx in (False, True))
    finally:
        postgresql.start()
    assert page.status == fragment.status == 503
    kept = page.hidden
    assert {name: kept[name] for name in form if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in form.items() if name != "csrfmiddlewaretoken"
    }
    again = person.post(f"{path_of(TASK)}attempt/", kept)
    assert (again.status, again.passed, again.tries_left) == (200, False, 2)
    assert [one.key for one in kept_attempts(site_on_postgresql, person.key)] == [form["key"]]
