"""No byte of a page of the challenge tells which answer passes before a verdict does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from canarylearn.items import read_topic
from canarylearn.learning.content import load_topic
from canarylearn.learning.ready import ready
from tests.challenge.helping import INCIDENTS, LIST, ORDER, QUESTION, answers, path_of
from tests.people import chosen
from tests.test_what_is_sent import _plain, _Undo, everything_sent
from tests.topics import TOPIC, as_if_proven, change, copied, curriculum, passing

pytestmark = pytest.mark.django_db

_TIMES = re.compile(r"until \d\d:\d\d:\d\d|\d:\d\d was left|data-left=\"[\d.]+\"|<b data-shown>[\d:]+|\"left\": [\d.]+")


def sent(topic: Path, slug: str, answer: dict[str, int] | None = None) -> list[str]:
    """All that is sent about an incident by one build of the content: before it is started, and until a verdict."""
    found: list[str] = []
    try:
        with transaction.atomic():
            files = read_topic(topic)
            load_topic(files, as_if_proven(files))
            found = [_TIMES.sub("*", page) for page in _visit(slug, answer)]
            raise _Undo
    except _Undo:
        ready.cache_clear()
    return found


def _visit(slug: str, answer: dict[str, int] | None) -> Iterator[str]:
    client, page = Client(), path_of(slug)
    form = {"key": "k" * 20, "version": "1"}
    fields = chosen(slug, answer or answers(slug, passing=False)[0])
    for address in (LIST, page, f"{page}clock/"):
        yield everything_sent(client.get(address))
    yield everything_sent(client.post(f"{page}attempt/", {**form, **fields}))
    yield everything_sent(client.post(f"{page}start/", {"speed": "1", "variant": "0"}))
    yield everything_sent(client.get(page))
    yield everything_sent(client.get(page, headers={"hx-request": "true"}))
    yield everything_sent(client.post(f"{page}attempt/", form))
    for address in ("more-time", "hints/1", "no-clock"):
        yield everything_sent(client.post(f"{page}{address}/", {}))
    if answer is not None:
        yield everything_sent(client.post(f"{page}attempt/", {**form, **fields}))
        yield everything_sent(client.get(page))


def _half_is_wanted(topic: Path) -> None:
    change(
        topic / "challenge" / f"{QUESTION}.yaml",
        ("measure: share_observed, at_most: 20%", "measure: share_observed, at_least: 50%"),
    )


def _nothing_may_be_promoted(topic: Path) -> None:
    """The order is asked for another end, so that another one passes."""
    change(
        topic / "challenge" / f"{ORDER}.yaml",
        ("in: v2-fails, outcome: rolled_back", "in: v2-fails, outcome: promoted"),
        ("measure: users_harmed_share, at_most: 15%", "measure: users_harmed_share, at_least: 15%"),
        ("measure: requests_judged, at_least: 1000", "measure: requests_judged, at_least: 0"),
    )


@pytest.mark.parametrize(("slug", "build"), [(QUESTION, _half_is_wanted), (ORDER, _nothing_may_be_promoted)])
def test_what_is_sent_before_the_verdict_is_the_same_whatever_passes(slug: str, build: object, tmp_path: Path) -> None:
    topic = copied(tmp_path)
    assert callable(build)
    build(topic)
    assert passing(curriculum(), slug) != passing(read_topic(topic), slug)
    one, other = sent(TOPIC, slug), sent(topic, slug)
    assert len(one) == 11
    item = curriculum().items[slug]
    told = [text.text[:15] for text in (item.lines or item.options_for("choice"))]
    assert [[text in page for text in told] for page in (one[1], one[5])] == [[False] * len(told), [True] * len(told)]
    assert one == other


@pytest.mark.parametrize("slug", INCIDENTS)
def test_nothing_of_the_end_is_sent_while_a_try_is_left(slug: str) -> None:
    item = curriculum().items[slug]
    goals = [goal.name for goal in item.goals]
    late = [text for text in (*item.solution, *item.mistakes, item.quick_check) if "{{" not in text]
    late += ["What passes:", "Step by step", "Common mistakes", "What each answer would have done"]
    pages = sent(TOPIC, slug, answers(slug, passing=False)[0])
    for page in pages:
        assert not [text for text in late if _plain(text.replace("`", "").replace("*", "")) in _plain(page)]
    for page in pages[:11]:
        assert not [name for name in goals if name in _plain(page)]
    assert '<section class="verdict failed"' in pages[11]
