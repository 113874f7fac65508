"""Learners sit the ten-question test: they begin, answer so that it passes or does not, and see what comes of it."""

import html
import re
from dataclasses import replace

from canarylearn.learning.content import load_topic
from canarylearn.learning.ready import ready
from canarylearn.mastery import FIRST
from quizzes.models import Asked
from tests.people import Reply, Visitor
from tests.quizzes.banks import Known, known, with_bank
from tests.topics import as_if_proven

TEST = "/test/canary-releases/"
TAGS = re.compile(r"<[^>]+>")


def words(text: str) -> str:
    """What a reader sees, each stretch of white space as one space."""
    return " ".join(html.unescape(TAGS.sub(" ", text)).split())


def publish(size: int = 24) -> None:
    """The topic with a bank of that size."""
    ready.cache_clear()
    files = with_bank(size)
    load_topic(files, {slug: replace(proof, variants=(0,)) for slug, proof in as_if_proven(files).items()})


def place(reply: Reply) -> str:
    """Where a reply sends the browser."""
    assert reply.status == 303, (reply.status, reply.text[:2000])
    return reply.header("Location")


def begin(visitor: Visitor) -> Reply:
    """Begin, and open the first question."""
    return visitor.get(place(visitor.post(f"{TEST}begin/", {})))


def waiting() -> Asked:
    """The one question that waits for an answer."""
    return Asked.objects.select_related("version__item").get(answered=None, sitting__ended=None)


def fields_of(one: Asked, *, passing: bool) -> dict[str, str]:
    answers: Known = known(one.version.item.slug)
    return answers.passing if passing else answers.missing


def send_answer(visitor: Visitor, passing: bool | None, **more: str) -> Reply:
    """Answer the question that waits: with a passing answer or a missing one, or (None) say "not sure"."""
    one = waiting()
    page = visitor.get(f"{TEST}{one.number}/")
    fields = {"not-sure": "yes"} if passing is None else fields_of(one, passing=passing)
    return visitor.post(f"{TEST}{one.number}/answer/", {**page.hidden, **fields, **more})


def sit(visitor: Visitor, *answers: bool | None) -> str:
    """Begin, give these answers one after the other, and return where that leads."""
    begin(visitor)
    found = ""
    for passing in answers:
        found = place(send_answer(visitor, passing))
    return found


def mixed(visitor: Visitor) -> None:
    """Ten answers that decide nothing: all pass but the last."""
    sit(visitor, *[True] * (FIRST - 1), False)
