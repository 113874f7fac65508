"""What an answer does and costs, on whole pages and in fragments."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Version
from canarylearn.learning.ready import ready
from tests.people import QUESTION, TASK, Reply, Visitor, answers, chosen, item_of, path_of
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")

both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
both_rooms = pytest.mark.parametrize("slug", [TASK, QUESTION])


def wrong(slug: str, number: int = 0) -> dict[str, int]:
    """An answer that does not pass."""
    return answers(slug, passing=False)[number]


def right(slug: str) -> dict[str, int]:
    """An answer that passes."""
    return answers(slug, passing=True)[0]


def costs_nothing(visitor: Visitor, slug: str, reply: Reply, *, htmx: bool = False) -> bool:
    """Whether all tries are left, in what came back, on the page and in the database."""
    tries = item_of(slug).tries
    assert reply.is_fragment is htmx
    return reply.tries_left == visitor.tries_left(slug) == tries and not Attempt.objects.exists()


@both_ways
@both_rooms
def test_a_wrong_answer_costs_one_try_and_a_right_one_ends_it(visitor: Visitor, slug: str, htmx: bool) -> None:
    tries = item_of(slug).tries
    first = visitor.answer(slug, wrong(slug), htmx=htmx)
    assert (first.status, first.passed, first.tries_left) == (200, False, tries - 1)
    second = visitor.answer(slug, right(slug), htmx=htmx)
    assert (second.status, second.passed, second.tries_left) == (200, True, 0)
    assert first.is_fragment is second.is_fragment is htmx
    kept = Attempt.objects.order_by("number")
    assert [(one.number, one.answer, one.passed) for one in kept] == [(1, wrong(slug), False), (2, right(slug), True)]
    assert {one.engine for one in kept} == {ENGINE_VERSION}
    assert [bool(one.finding) for one in kept] == [True, False]


@both_ways
@both_rooms
def test_tries_end(visitor: Visitor, slug: str, htmx: bool) -> None:
    tries = item_of(slug).tries
    for number in range(tries):
        assert visitor.answer(slug, wrong(slug, number), htmx=htmx).tries_left == tries - 1 - number
    late = visitor.answer(slug, right(slug), htmx=htmx)
    assert late.status == 409
    assert late.message == "This one is finished, so nothing was counted."
    assert late.passed is False
    assert Attempt.objects.count() == tries


@both_ways
@pytest.mark.parametrize(
    ("slug", "said"),
    [
        (TASK, "Nothing was deployed: duration is still empty. No try was used."),
        (QUESTION, "Nothing was chosen, so nothing was deployed. No try was used."),
    ],
)
def test_an_empty_blank_costs_nothing_and_keeps_the_rest(visitor: Visitor, slug: str, said: str, htmx: bool) -> None:
    form = visitor.form(slug)
    fields = chosen(slug, wrong(slug))
    last = list(fields)[-1]
    reply = visitor.post(f"{path_of(slug)}attempt/", {**form, **fields, last: ""}, htmx=htmx)
    assert reply.status == 200
    assert reply.message == said
    assert costs_nothing(visitor, slug, reply, htmx=htmx)
    assert reply.text.count(" selected") == len(fields) - 1 if slug == TASK else True
    assert not Learner.objects.exists()


@both_ways
@both_rooms
def test_the_same_answer_in_a_new_form_costs_nothing(visitor: Visitor, slug: str, htmx: bool) -> None:
    first = visitor.answer(slug, wrong(slug), htmx=htmx)
    again = visitor.answer(slug, wrong(slug), htmx=htmx)
    assert again.status == 200
    assert again.message == "You deployed this answer before, so no try was used. This is what it did."
    assert (again.passed, again.deployed, again.tries_left) == (False, first.deployed, first.tries_left)
    assert Attempt.objects.count() == 1


@both_ways
@both_rooms
def test_a_form_sent_twice_counts_once(visitor: Visitor, slug: str, htmx: bool) -> None:
    form = visitor.form(slug)
    first = visitor.answer(slug, wrong(slug), form, htmx=htmx)
    again = visitor.answer(slug, wrong(slug), form, htmx=htmx)
    assert again.status == 200
    assert again.message == "This answer had already arrived. It was counted once."
    assert (again.passed, again.deployed, again.tries_left) == (False, first.deployed, first.tries_left)
    assert Attempt.objects.count() == 1


@both_ways
@both_rooms
def test_a_used_form_with_another_answer_is_refused_with_a_new_form(visitor: Visitor, slug: str, htmx: bool) -> None:
    form = visitor.form(slug)
    first = visitor.answer(slug, wrong(slug), form, htmx=htmx)
    reply = visitor.answer(slug, right(slug), form, htmx=htmx)
    assert reply.status == 409
    assert "No try was used: press Deploy again." in reply.message
    assert reply.tries_left == first.tries_left
    assert reply.hidden["key"] != form["key"]
    assert visitor.answer(slug, right(slug), reply.hidden, htmx=htmx).passed


@both_rooms
def test_the_key_of_somebody_elses_form_is_only_a_key(visitor: Visitor, slug: str) -> None:
    other = Visitor()
    form = other.form(slug)
    other.answer(slug, wrong(slug), form)
    mine = visitor.answer(slug, wrong(slug, 1), {**visitor.form(slug), "key": form["key"]})
    assert (mine.status, mine.tries_left) == (200, item_of(slug).tries - 1)
    assert other.get(path_of(slug)).deployed != mine.deployed
    assert Attempt.objects.filter(key=form["key"]).count() == 2


@both_rooms
def test_a_page_left_open_in_another_tab_cannot_undo_what_was_solved(visitor: Visitor, slug: str) -> None:
    stale = visitor.form(slug)
    visitor.answer(slug, right(slug))
    late = visitor.answer(slug, wrong(slug), stale)
    assert (late.status, late.passed, late.tries_left) == (409, True, 0)
    assert Attempt.objects.count() == 1


def republish(slug: str) -> Version:
    """Publish the item once more with another title."""
    item = Item.objects.get(slug=slug)
    old = item.current
    assert old is not None
    title = f"title: {item_of(slug).title}"
    assert title in old.spec
    fields = {"title": "Asked anew", "spec": old.spec.replace(title, "title: Asked anew"), "number": old.number + 1}
    same = ("level", "scenarios", "digest", "engine", "proof")
    item.current = Version.objects.create(item=item, **fields, **{name: getattr(old, name) for name in same})
    item.save()
    return old


@both_ways
@both_rooms
def test_an_item_published_anew_shows_its_new_form_and_keeps_old_attempts(
    visitor: Visitor, slug: str, htmx: bool
) -> None:
    visitor.answer(slug, wrong(slug))
    form = visitor.form(slug)
    old = republish(slug)
    reply = visitor.answer(slug, right(slug), form, htmx=htmx)
    assert reply.status == 409
    assert reply.message.startswith("This question was changed in the meantime. No try was used")
    assert "Asked anew" in reply.text
    assert reply.hidden["version"] == str(old.number + 1)
    assert [one.slot.version for one in Attempt.objects.all()] == [old]
    assert visitor.answer(slug, right(slug), reply.hidden, htmx=htmx).passed
    assert Attempt.objects.filter(slot__version=old).count() == 1


@both_rooms
def test_what_was_solved_stays_solved_when_it_is_published_anew(visitor: Visitor, slug: str) -> None:
    visitor.answer(slug, right(slug))
    republish(slug)
    listed = visitor.get(path_of(slug).replace(f"{slug}/", ""))
    assert listed.text.count("✓ solved") == 1
    again = visitor.answer(slug, wrong(slug), htmx=True)
    assert (again.passed, again.tries_left) == (False, item_of(slug).tries - 1)
    assert ", solved" in again.text


@both_ways
@both_rooms
def test_an_item_retired_meanwhile_is_gone_and_its_attempts_are_not(visitor: Visitor, slug: str, htmx: bool) -> None:
    visitor.answer(slug, wrong(slug))
    form = visitor.form(slug)
    Item.objects.filter(slug=slug).update(retired=True)
    reply = visitor.answer(slug, right(slug), form, htmx=htmx)
    assert reply.status == 404
    assert "Nothing you did is lost" in reply.text
    assert Attempt.objects.count() == 1


def test_an_item_is_not_answered_in_the_room_of_the_other_kind(visitor: Visitor) -> None:
    assert visitor.get(f"/quizzes/{TASK}/").status == 404
    assert visitor.post(f"/practice/{QUESTION}/attempt/", visitor.form(QUESTION)).status == 404


@both_rooms
def test_looking_at_pages_writes_nothing(visitor: Visitor, slug: str) -> None:
    for path in ("/", "/topics/canary-releases/", "/practice/", "/quizzes/", path_of(slug), path_of(slug)):
        assert visitor.get(path).status == 200
    assert not Learner.objects.exists()
    visitor.answer(slug, wrong(slug))
    assert Learner.objects.count() == Slot.objects.count() == 1


@both_ways
@both_rooms
def test_a_fault_in_a_run_costs_nothing_and_is_owned(visitor: Visitor, slug: str, htmx: bool) -> None:
    form = visitor.form(slug)
    Version.objects.filter(item__slug=slug).update(scenarios={})  # what no run can do without
    ready.cache_clear()
    reply = visitor.answer(slug, wrong(slug), form, htmx=htmx)
    assert reply.status == 500
    assert "Something broke on our side" in reply.text
    assert "Traceback" not in reply.text
    assert not Attempt.objects.exists()
    assert not Learner.objects.exists()


@both_rooms
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("form", ["attempt/", "hints/1/"])
def test_the_address_of_a_form_opened_without_sending_it_shows_the_item(
    visitor: Visitor, slug: str, method: str, form: str
) -> None:
    ask: Callable[..., object] = getattr(visitor.client, method)
    reply = visitor.reply(ask(path_of(slug) + form))
    assert reply.status == 405
    assert reply.header("Allow") == "POST"
    if method == "get":
        assert costs_nothing(visitor, slug, reply)


def test_loading_the_same_content_again_changes_nothing_for_anyone(visitor: Visitor) -> None:
    visitor.answer(TASK, wrong(TASK))
    before = visitor.get(path_of(TASK))
    call_command("load_content")
    after = visitor.get(path_of(TASK))
    assert curriculum().topic.slug in after.text
    assert (after.deployed, after.tries_left) == (before.deployed, before.tries_left)
