"""Answers that arrive together, twice or late, at a served site on each database."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import psycopg
import pytest

from tests.kept import count_learners, kept_attempts
from tests.people import QUESTION, TASK, Person, Reply, all_at_once, answers, chosen, item_of, path_of
from tests.serving import Site

ROUNDS = 10
TOGETHER = 8


def wrong(slug: str, count: int) -> list[dict[str, int]]:
    """Different answers that do not pass."""
    found = list(answers(slug, passing=False)[:count])
    assert len(found) == count
    return found


def newcomer(site: Site, slug: str) -> Person:
    """Somebody who has only looked at an item so far."""
    person = Person(site.url)
    assert person.get(path_of(slug)).status == 200
    return person


def post_together(person: Person, slug: str, given: list[dict[str, int]]) -> list[Reply]:
    """Send each answer from a tab of its own, all at the same moment."""
    forms = [person.form(slug) for _ in given]
    return all_at_once([partial(person.answer, slug, answer, form) for answer, form in zip(given, forms, strict=True)])


def broken_promises(site: Site, slug: str, *, used: int) -> list[str]:
    """What one round of answers at once breaks: more counted than allowed, fewer, or a shown verdict not kept."""
    person, tries = newcomer(site, slug), item_of(slug).tries
    given = wrong(slug, used + TOGETHER)
    for answer in given[:used]:
        assert person.answer(slug, answer).status == 200
    replies = post_together(person, slug, given[used:])
    kept = kept_attempts(site, person.key)
    broken = []
    if len(kept) != tries:
        broken.append(f"{len(kept)} counted, {tries} allowed")
    if [one.number for one in kept] != list(range(1, len(kept) + 1)):
        broken.append("numbers are not in order")
    shown = [answer for answer, reply in zip(given[used:], replies, strict=True) if reply.status == 200]
    stored = [one.answer for one in kept[used:]]
    if [answer for answer in shown if answer not in stored] or len(shown) != len(stored):
        broken.append(f"shown {shown}, kept {stored}")
    if unexpected := [reply.status for reply in replies if reply.status not in (200, 409)]:
        broken.append(f"status {unexpected}")
    return broken


@pytest.mark.parametrize("used", [2, 0], ids=["with-one-try-left", "as-the-first-answers-of-somebody-new"])
def test_answers_at_once_are_counted_to_the_limit_and_none_is_lost(site_on_each_database: Site, used: int) -> None:
    for _ in range(ROUNDS):
        assert broken_promises(site_on_each_database, TASK, used=used) == []


def test_the_same_rounds_catch_a_site_without_the_lock(live_site: Callable[..., Site]) -> None:
    site = live_site("postgresql", "tests.learning.unlocked:application")
    told = [" ".join(broken_promises(site, TASK, used=2)) for _ in range(ROUNDS)]
    assert sum("status [500" in one for one in told) >= ROUNDS // 4
    assert not any("counted" in one for one in told)  # the constraints of the database have the last word

    with psycopg.connect(site.environment["DATABASE_URL"]) as database:
        database.execute("ALTER TABLE learning_attempt DROP CONSTRAINT one_attempt_a_number")
    told = [" ".join(broken_promises(site, TASK, used=2)) for _ in range(ROUNDS)]
    assert sum("counted, 3 allowed" in one for one in told) >= ROUNDS // 4


@pytest.mark.parametrize("slug", [TASK, QUESTION])
def test_one_form_sent_many_times_at_once_counts_once(site_on_each_database: Site, slug: str) -> None:
    answer = wrong(slug, 1)[0]
    for _ in range(ROUNDS):
        person = newcomer(site_on_each_database, slug)
        form = person.form(slug)
        replies = all_at_once([partial(person.answer, slug, answer, form, htmx=True) for _ in range(TOGETHER)])
        assert {(reply.status, reply.passed) for reply in replies} == {(200, False)}
        assert {reply.tries_left for reply in replies} == {item_of(slug).tries - 1}
        assert [one.answer for one in kept_attempts(site_on_each_database, person.key)] == [answer]
        assert count_learners(site_on_each_database, person.key) == 1


def test_tries_with_other_numbers_are_counted_to_the_limit_too(served_site: Site) -> None:
    person = newcomer(served_site, TASK)
    assert person.answer(TASK, answers(TASK, passing=True)[0]).passed
    path = f"{path_of(TASK)}attempt/?numbers=1"
    forms = [person.get(f"{path_of(TASK)}?numbers=1").hidden for _ in range(TOGETHER)]
    fields = [{**form, **chosen(TASK, answer)} for form, answer in zip(forms, wrong(TASK, TOGETHER), strict=True)]
    replies = all_at_once([partial(person.post, path, one) for one in fields])
    assert Counter(reply.status for reply in replies) == {200: 3, 409: TOGETHER - 3}
    assert [one.number for one in kept_attempts(served_site, person.key)] == [1, 1, 2, 3]


def test_one_form_with_other_answers_at_once_counts_one_of_them(site_on_each_database: Site) -> None:
    for _ in range(ROUNDS):
        person = newcomer(site_on_each_database, TASK)
        form, given = person.form(TASK), wrong(TASK, TOGETHER)
        replies = all_at_once([partial(person.answer, TASK, answer, form) for answer in given])
        kept = kept_attempts(site_on_each_database, person.key)
        assert Counter(reply.status for reply in replies) == {200: 1, 409: TOGETHER - 1}
        accepted = next(answer for answer, reply in zip(given, replies, strict=True) if reply.status == 200)
        assert [one.answer for one in kept] == [accepted]


def test_nothing_is_counted_after_the_answer_that_passes(site_on_each_database: Site) -> None:
    given = [*wrong(TASK, TOGETHER - 1), answers(TASK, passing=True)[0]]
    for _ in range(ROUNDS):
        person = newcomer(site_on_each_database, TASK)
        replies = post_together(person, TASK, given)
        kept = kept_attempts(site_on_each_database, person.key)
        assert not any(one.passed for one in kept[:-1])
        assert len(kept) == Counter(reply.status for reply in replies)[200] <= 3


def test_hundreds_of_replays_of_one_form_count_once(site_on_each_database: Site) -> None:
    person = newcomer(site_on_each_database, TASK)
    answer, form = wrong(TASK, 1)[0], person.form(TASK)
    first = person.answer(TASK, answer, form, htmx=True)
    replays = [
        reply
        for _ in range(50)
        for reply in all_at_once([partial(person.answer, TASK, answer, form, htmx=True) for _ in range(TOGETHER)])
    ]
    assert len(replays) == 400
    assert {(reply.status, reply.passed, reply.deployed) for reply in replays} == {(200, False, first.deployed)}
    assert [(one.key, one.answer) for one in kept_attempts(site_on_each_database, person.key)] == [
        (form["key"], answer)
    ]


def test_a_stale_tab_cannot_spend_a_try_or_undo_what_was_solved(site_on_each_database: Site) -> None:
    person = newcomer(site_on_each_database, TASK)
    stale = person.form(TASK)
    assert person.answer(TASK, answers(TASK, passing=True)[0]).passed
    late = person.answer(TASK, wrong(TASK, 1)[0], stale)
    assert late.status == 409
    assert late.message == "This one is finished, so nothing was counted."
    assert late.passed
    assert person.get(path_of(TASK)).passed
    assert [one.passed for one in kept_attempts(site_on_each_database, person.key)] == [True]
