"""Your attempts: the list of them, and each of them once more."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.history import PAGE
from canarylearn.learning.models import Attempt, Item, Learner, Version
from canarylearn.learning.ready import ready
from tests.people import QUESTION, TASK, Reply, Visitor, answers, item_of

pytestmark = pytest.mark.usefixtures("content")

MOST_STATEMENTS = 8


def entries(reply: Reply) -> list[tuple[str, str]]:
    """The attempts in a list: the address of each, and its verdict."""
    found = re.findall(
        r'<h2><a href="(/attempts/\d+/)">.*?<span class="state">.*?</span> ([A-Z][a-z ]+)</span>', reply.text, re.DOTALL
    )
    return [(address, word.strip()) for address, word in found]


def statements(ask: Callable[[], Reply]) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status == 200
    return len(captured)


def body_of_verdict(reply: Reply) -> str:
    """All that a verdict shows but its headline: the answer, figures, goals, words and runs."""
    found = re.search(r'<p class="quiet answer-text">(.*?)(?:<p class="back">.*?)?</section>', reply.text, re.DOTALL)
    assert found
    return found[1].strip()


def some_attempts(visitor: Visitor) -> None:
    """Two tries at a task, the second of which passes, and one at a question."""
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    visitor.answer(TASK, answers(TASK, passing=True)[0])
    visitor.answer(QUESTION, answers(QUESTION, passing=False)[0])


def test_whoever_has_answered_nothing_is_told_where_to_begin(visitor: Visitor) -> None:
    reply = visitor.get("/attempts/")
    assert entries(reply) == []
    assert 'href="/practice/"' in reply.text
    assert reply.header("Cache-Control") == "no-store"
    assert not Learner.objects.exists()


def test_every_counted_try_is_listed_the_newest_first(visitor: Visitor) -> None:
    some_attempts(visitor)
    visitor.answer(TASK, answers(TASK, passing=True)[0])  # the same answer again is no attempt
    reply = visitor.get("/attempts/")
    kept = list(Attempt.objects.order_by("-pk"))
    assert entries(reply) == [
        (f"/attempts/{attempt.pk}/", "Solved" if attempt.passed else "Not yet") for attempt in kept
    ]
    assert [attempt.passed for attempt in kept] == [False, True, False]
    assert "3 attempts" in reply.text
    assert f"try 2 of {item_of(TASK).tries}" in reply.text
    assert f"version 1, engine {ENGINE_VERSION}" in reply.text
    assert reply.header("Cache-Control") == "no-store"


def test_a_list_says_how_many_hints_were_open(visitor: Visitor) -> None:
    visitor.post(f"/practice/{TASK}/hints/1/", visitor.form(TASK))
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    visitor.post(f"/practice/{TASK}/hints/2/", visitor.form(TASK))
    visitor.answer(TASK, answers(TASK, passing=False)[1])
    text = visitor.get("/attempts/").text
    assert text.index("2 hints open") < text.index("1 hint open")


def test_nobody_sees_the_attempts_of_others(visitor: Visitor) -> None:
    some_attempts(visitor)
    other = Visitor()
    assert entries(other.get("/attempts/")) == []
    some_attempts(other)
    mine, theirs = ({address for address, _ in entries(one.get("/attempts/"))} for one in (visitor, other))
    assert not mine & theirs
    for address in theirs:
        reply = visitor.get(address)
        assert reply.status == 404
        assert reply.header("Cache-Control") == "no-store"
        assert other.get(address).status == 200


@pytest.mark.parametrize("number", [0, 10**9, 2**63, 10**40])
def test_a_number_that_is_no_attempt_is_not_found(visitor: Visitor, number: int) -> None:
    some_attempts(visitor)
    assert visitor.get(f"/attempts/{number}/").status == 404


def test_the_list_and_a_replay_take_few_statements(visitor: Visitor) -> None:
    some_attempts(visitor)
    address = entries(visitor.get("/attempts/"))[0][0]
    ready.cache_clear()
    assert statements(lambda: visitor.get("/attempts/")) == 3
    assert statements(lambda: visitor.get(address)) == 2
    for slug in ("first-users", "latency-limit", "split-the-traffic", "faster-or-better", "why-canary"):
        visitor.answer(slug, answers(slug, passing=False)[0])
    assert statements(lambda: visitor.get("/attempts/")) == 3 <= MOST_STATEMENTS


def test_a_long_list_comes_in_pages(visitor: Visitor) -> None:
    some_attempts(visitor)
    version = Version.objects.filter(item__slug=TASK).get()
    slot = Attempt.objects.earliest("pk").slot
    for number in range(2, PAGE + 4):  # as many versions as it takes, with one attempt at each
        version.pk, version.number = None, number
        version.save()
        slot.pk, slot.version = None, version
        slot.save()
        Attempt.objects.create(
            slot=slot, number=1, key="k", answer=answers(TASK, passing=True)[0], passed=True, engine=ENGINE_VERSION
        )
    first, last = visitor.get("/attempts/"), visitor.get("/attempts/?page=2")
    assert len(entries(first)) == PAGE
    assert len(entries(first)) + len(entries(last)) == Attempt.objects.count()
    assert not set(entries(first)) & set(entries(last))
    assert statements(lambda: visitor.get("/attempts/")) == 3
    for odd in ("0", "-1", "99999999999999999999", "x", "", "%00"):
        assert visitor.get(f"/attempts/?page={odd}").status == 200
    assert 'href="?page=2"' in first.text
    assert 'href="?page=1"' in last.text


@pytest.mark.parametrize("slug", [TASK, QUESTION])
@pytest.mark.parametrize("passing", [True, False])
def test_a_replay_shows_what_the_learner_saw(visitor: Visitor, slug: str, passing: bool) -> None:
    seen = visitor.answer(slug, answers(slug, passing=passing)[0])
    replayed = visitor.get(entries(visitor.get("/attempts/"))[0][0])
    assert body_of_verdict(seen) == body_of_verdict(replayed)
    assert replayed.passed is passing
    assert f"Judged anew by engine {ENGINE_VERSION}: the same verdict as then." in replayed.text


def test_a_replay_has_the_hints_that_were_open_and_no_more(visitor: Visitor) -> None:
    visitor.post(f"/practice/{TASK}/hints/1/", visitor.form(TASK))
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    visitor.post(f"/practice/{TASK}/hints/2/", visitor.form(TASK))
    text = visitor.get(entries(visitor.get("/attempts/"))[0][0]).text
    assert "Hint 1, open at the time" in text
    assert "Hint 2" not in text


def test_a_replay_tells_nothing_that_the_verdict_did_not_tell(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    text = visitor.get(entries(visitor.get("/attempts/"))[0][0]).text
    for late in ("What each answer would have done", "Step by step", "From your answer", "What passes"):
        assert late not in text


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"passed": True, "finding": ""}, "Today’s engine judges this differently."),
        ({"finding": "users_harmed"}, "the same verdict, and another reason comes first."),
        ({"engine": "1"}, f"Judged anew by engine {ENGINE_VERSION}: the same verdict as then, by engine 1."),
    ],
)
def test_a_replay_says_if_today_s_engine_judges_otherwise(visitor: Visitor, kept: dict[str, object], said: str) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    Attempt.objects.update(**kept)
    reply = visitor.get(entries(visitor.get("/attempts/"))[0][0])
    assert said in reply.text
    assert reply.passed is False
    assert Attempt.objects.get().passed is kept.get("passed", False)


def test_an_attempt_outlives_its_item_and_its_version(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    address = entries(visitor.get("/attempts/"))[0][0]
    item = Item.objects.get(slug=TASK)
    newer = Version.objects.get(item=item)
    newer.pk, newer.number = None, 2
    newer.save()
    item.current = newer
    item.save()
    assert "version 2 is asked now" in visitor.get(address).text
    assert f'href="/practice/{TASK}/"' in visitor.get(address).text
    Item.objects.filter(slug=TASK).update(retired=True)
    assert f'href="/practice/{TASK}/"' not in visitor.get(address).text
    assert visitor.get(address).passed is False


def test_an_attempt_at_a_version_that_is_no_longer_read_is_still_there(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    Version.objects.filter(item__slug=TASK).update(spec="a form: of long ago")
    ready.cache_clear()
    reply = visitor.get("/attempts/")
    assert "version = " in reply.text
    replayed = visitor.get(entries(reply)[0][0])
    assert replayed.status == 200
    assert "a form that is no longer read" in replayed.text


def test_the_header_and_the_topic_lead_to_the_attempts(visitor: Visitor) -> None:
    header = re.search(r'<nav aria-label="Main">.*?</nav>', visitor.get("/").text, re.DOTALL)
    assert header
    assert '<a href="/attempts/">Your attempts</a>' in header[0]
    topic = visitor.get("/topics/canary-releases/").text
    assert '<a href="/attempts/">Your attempts</a>' in topic.partition("<main")[2]


def test_whoever_signs_in_finds_the_attempts_of_the_guest_they_were(visitor: Visitor) -> None:
    some_attempts(visitor)
    before = entries(visitor.get("/attempts/"))
    visitor.client.force_login(User.objects.create_user("somebody"))
    assert entries(visitor.get("/attempts/")) == before
    assert statements(lambda: visitor.get("/attempts/")) <= MOST_STATEMENTS
    assert statements(lambda: visitor.get(before[0][0])) <= MOST_STATEMENTS
    assert Visitor().get(before[0][0]).status == 404
