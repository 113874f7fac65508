"""Accounts at a served site with two workers, on each database: many things at the same moment."""

import itertools
import json
import re
import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.accounts.factors import APP_ON, ASKED, show_codes, show_it_is_me, turn_app_on
from tests.accounts.signing import (
    DELETE,
    EXPORT,
    FORGOTTEN,
    PASSWORD,
    SIGN_IN,
    SIGN_UP,
    is_signed_in,
    send,
    sign_in,
    sign_out,
    sign_up,
)
from tests.accounts.tables import forget_counts, places_of
from tests.people import QUESTION, TASK, Person, Reply, all_at_once, answers, path_of
from tests.serving import Site

ROUNDS = 3
WRONG = answers(TASK, passing=False)
_numbers = itertools.count(1)


@pytest.fixture
def site(site_on_each_database: Site) -> Iterator[Site]:
    """A running site that has not counted anything yet."""
    forget_counts(site_on_each_database)
    yield site_on_each_database
    forget_counts(site_on_each_database)


def address() -> str:
    """An address that nobody else has."""
    return f"somebody.{next(_numbers)}@example.org"


def answers_of(person: Person) -> list[dict[str, object]]:
    """The tries in a person's copy of their data."""
    found = json.loads(person.get(EXPORT).text)["answers"]
    assert isinstance(found, list)
    return found


def test_answers_that_arrive_while_one_signs_in_are_all_kept_and_never_too_many(site: Site) -> None:
    mine = address()
    sign_up(Person(site.url), mine)
    for round_number in range(ROUNDS):
        forget_counts(site)
        guest = Person(site.url)
        given = WRONG[round_number * 4 : round_number * 4 + 4]
        first = guest.form(TASK)
        before = guest.answer(TASK, given[0], first)
        forms = [guest.form(TASK) for _ in given[1:]]
        signing = {**guest.get(SIGN_IN).hidden, "login": mine, "password": PASSWORD}
        tabs = [Person(site.url, guest.cookies) for _ in range(4)]
        calls = [
            partial(tab.answer, TASK, answer, form) for tab, answer, form in zip(tabs, given[1:], forms, strict=False)
        ]
        replies = all_at_once([*calls, partial(tabs[3].post, SIGN_IN, signing)])
        assert {reply.status for reply in replies[:3]} <= {200, 409}
        assert replies[3].status == 302
        # What was still on its way as a guest has that guest's cookie, which the browser sends with its next page.
        late = [one.cookies["learner"] for one in tabs[:3] if one.cookies.get("learner", '""') != '""']
        for cookie in late:
            tabs[3].cookies["learner"] = cookie
            assert tabs[3].get(path_of(TASK)).status == 200
        shown = {
            form["key"] for form, reply in zip([first, *forms], [before, *replies], strict=False) if reply.status == 200
        }
        mine_now = answers_of(tabs[3])
        assert shown <= {one["form"] for one in mine_now}
        assert sum(one["counts"] is True for one in mine_now) <= 3


def test_one_guest_who_signs_in_twice_at_once_is_merged_once(site: Site) -> None:
    for _ in range(ROUNDS):
        forget_counts(site)
        people = [address(), address()]
        for one in people:
            sign_up(Person(site.url), one)
        guest = Person(site.url)
        guest.answer(TASK, WRONG[0])
        guest.answer(QUESTION, answers(QUESTION, passing=True)[0])
        signing = guest.get(SIGN_IN).hidden
        tabs = [Person(site.url, guest.cookies) for _ in range(4)]
        calls = [
            partial(tab.post, SIGN_IN, {**signing, "login": people[number % 2], "password": PASSWORD})
            for number, tab in enumerate(tabs)
        ]
        assert {reply.status for reply in all_at_once(calls)} == {302}
        assert sorted(len(answers_of(tab)) for tab in tabs) == [0, 0, 2, 2]
        assert sorted(tab.get(path_of(TASK)).tries_left for tab in tabs) == [2, 2, 3, 3]


def test_what_is_known_of_an_account_is_the_same_on_every_device(site: Site) -> None:
    mine, phone, desk = address(), Person(site.url), Person(site.url)
    phone.answer(TASK, WRONG[0])
    sign_up(phone, mine)
    desk.answer(TASK, WRONG[1])
    sign_in(desk, mine)
    assert {one.get(path_of(TASK)).tries_left for one in (phone, desk)} == {1}
    phone.answer(TASK, answers(TASK, passing=True)[0])
    assert desk.get(path_of(TASK)).passed
    sign_out(desk)
    assert desk.get(path_of(TASK)).passed is None
    assert phone.get(path_of(TASK)).passed


def test_two_workers_count_wrong_passwords_together(site: Site) -> None:
    mine = address()
    sign_up(Person(site.url), mine)
    forms = [Person(site.url) for _ in range(12)]
    hidden = [one.get(SIGN_IN).hidden for one in forms]
    wrong = {"login": mine, "password": "a wrong one, and long enough"}
    replies = all_at_once(
        [partial(one.post, SIGN_IN, {**form, **wrong}) for one, form in zip(forms, hidden, strict=True)]
    )
    assert {reply.status for reply in replies} == {200}
    tried = sum("No account has this address" in reply.text for reply in replies)
    refused = sum("That was too often" in reply.text for reply in replies)
    assert tried + refused == 12
    assert 1 <= tried <= 5
    last = Person(site.url)
    for _ in range(5):
        sign_in(last, mine, "a wrong one, and long enough")
    assert "That was too often" in sign_in(last, mine).text
    assert not is_signed_in(last)


def test_two_who_sign_up_with_one_address_at_once_make_one_account(site: Site) -> None:
    mine = address()
    people = [Person(site.url) for _ in range(6)]
    hidden = [one.get(SIGN_UP).hidden for one in people]
    fields = {"email": mine, "password1": PASSWORD}
    calls = [partial(one.post, SIGN_UP, {**form, **fields}) for one, form in zip(people, hidden, strict=True)]
    replies: list[Reply] = all_at_once(calls)
    assert {reply.status for reply in replies} <= {200, 302}
    signed_in = [one for one, reply in zip(people, replies, strict=True) if reply.status == 302]
    assert len(signed_in) == 1
    assert sign_in(Person(site.url), mine).status == 302


def test_a_link_for_a_new_password_is_printed_on_ones_own_machine_and_works(site: Site) -> None:
    mine, person = address(), Person(site.url)
    sign_up(person, mine)
    sign_out(person)
    send(person, FORGOTTEN, email=mine)
    links = re.findall(r"http://[^/\s]+(/account/password/new/\S+)", site.log.read_text())
    step = person.get(person.get(links[-1]).header("Location"))
    action = re.findall(r'<form method="post" action="([^"]+)"', step.text)[-1]
    new = "lantern orbit mustard fable"
    assert person.post(action, {**step.hidden, "password1": new, "password2": new}).status == 302
    assert sign_in(person, mine, new).status == 302


def test_a_deleted_account_leaves_no_trace_in_any_column(site: Site) -> None:
    person, other, mine = Person(site.url), Person(site.url), "augusta.king@example.org"
    person.answer(TASK, WRONG[0])
    sign_up(person, mine)
    other.answer(TASK, WRONG[1])
    sign_in(other, mine)
    sign_in(Person(site.url), mine, "a wrong one, and long enough")
    copy = json.loads(person.get(EXPORT).text)
    words = [
        mine,
        "augusta",
        "127.0.0.1",
        copy["account"][0]["name"],
        person.cookies["session"],
        other.cookies["session"],
    ]
    words += [word for one in copy["learners"] for word in (one["key"], one["key"].replace("-", ""))]
    words += [one["form"] for one in copy["answers"]]
    assert {"auth_user.email", "account_emailaddress.email", "django_session.session_key"} <= places_of(site, *words)
    assert send(person, DELETE, password=PASSWORD).header("Location") == "/"
    assert places_of(site, *words) == set()
    assert not is_signed_in(other)


def test_a_recovery_code_that_is_sent_many_times_at_once_is_good_once_and_nothing_of_it_stays(site: Site) -> None:
    person, mine = Person(site.url), address()
    sign_up(person, mine)
    show_it_is_me(person, APP_ON)
    secret, codes = turn_app_on(person, time.time()), show_codes(person)
    assert len(codes) == 10
    assert secret not in person.get(EXPORT).text
    assert places_of(site, secret, *codes) == set()
    others = [Person(site.url) for _ in range(4)]
    for other in others:
        assert sign_in(other, mine).header("Location") == ASKED
    forms = [{**other.get(ASKED).hidden, "next": "", "code": codes[0]} for other in others]
    sent = [partial(other.post, ASKED, form) for other, form in zip(others, forms, strict=True)]
    assert sorted(reply.status for reply in all_at_once(sent)) == [200, 200, 200, 302]
    assert [is_signed_in(other) for other in others].count(True) == 1
    send(person, DELETE, password=PASSWORD)
    assert places_of(site, mine) == set()
    assert not any(is_signed_in(other) for other in others)
