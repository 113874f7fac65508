"""What a test sends before its end is the same whichever answer passes."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import transaction

from canarylearn.items import read_topic
from canarylearn.learning.content import load_topic
from canarylearn.learning.ready import ready
from canarylearn.mastery import FIRST
from tests.people import Visitor
from tests.quizzes.banks import with_bank, write_bank
from tests.test_what_is_sent import everything_sent
from tests.topics import as_if_proven, change, copied, passing

TEST = "/test/canary-releases/"


class _Undo(Exception):
    """Raised to take a build out of the database again."""


def sent_by(topic: Path) -> list[str]:
    """All that a learner is sent by a build of the content, from the topic to the offer of an end."""
    sent: list[str] = []
    try:
        with transaction.atomic():
            files = read_topic(topic)
            load_topic(files, {slug: replace(one, variants=(0,)) for slug, one in as_if_proven(files).items()})
            sent = list(_walk(Visitor()))
            raise _Undo
    except _Undo:
        ready.cache_clear()
    return sent


def _walk(visitor: Visitor) -> Iterator[str]:
    for path in ("/topics/canary-releases/", TEST):
        yield everything_sent(visitor.client.get(path))
    visitor.post(f"{TEST}begin/", {})
    for number in range(1, WALKED):
        page = visitor.client.get(f"{TEST}{number}/")
        yield everything_sent(page)
        hidden = Visitor.reply(page).hidden
        yield everything_sent(visitor.client.post(f"{TEST}{number}/answer/", hidden))
        yield everything_sent(visitor.client.post(f"{TEST}{number}/answer/", {**hidden, "not-sure": "yes"}))
        for path in (f"{TEST}{number}/", f"{TEST}end/", "/attempts/", "/practice/"):
            yield everything_sent(visitor.client.get(path))
    yield everything_sent(visitor.client.get(f"{TEST}{WALKED}/"))


WALKED = 6

OTHER_GOALS = (
    (
        "questions/all-traffic-by-mistake.yaml",
        "at_least: ‹share-2›%, at_most: ‹share+2›%",
        "at_least: 45%, at_most: 55%",
    ),
    (
        "tasks/first-users.yaml",
        "measure: users_exposed_share, at_most: 20%",
        "measure: users_exposed_share, at_least: 40%",
    ),
)


@pytest.mark.django_db
def test_what_is_sent_before_the_end_is_the_same_whichever_answer_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds that differ in what passes and in nothing else; the seed is the same, so the questions are."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "ab" * size)
    builds = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        topic = copied(tmp_path / name)
        if name == "other":
            for file, before, after in OTHER_GOALS:
                change(topic / file, (before, after))
        write_bank(topic, FIRST)
        builds.append(topic)
    files = [read_topic(topic) for topic in builds]
    changed = [slug for slug in with_bank(FIRST).topic.bank if passing(files[0], slug) != passing(files[1], slug)]
    assert len(changed) == len(OTHER_GOALS)
    sent, sent_by_other = sent_by(builds[0]), sent_by(builds[1])
    assert len(sent) == 2 + 7 * (WALKED - 1) + 1
    assert sum("no whole answer yet" in page for page in sent) == WALKED - 1
    assert sent == sent_by_other
