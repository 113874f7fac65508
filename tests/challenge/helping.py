"""Learners at the challenge: they start incidents, answer them, and time goes by."""

import re
from datetime import timedelta
from functools import cache

from django.db.models import F

from canarylearn.items import Answer, judge
from canarylearn.learning.models import Attempt
from quizzes.challenge.models import Clock
from tests.people import Reply, Visitor, chosen
from tests.topics import curriculum

LIST = "/challenge/canary-releases/"
QUESTION = "nobody-sees-v2"
ORDER = "release-in-order"
INCIDENTS = curriculum().topic.challenge


def path_of(slug: str) -> str:
    """The address of an incident."""
    return f"/challenge/incidents/{slug}/"


@cache
def answers(slug: str, *, passing: bool) -> tuple[dict[str, int], ...]:
    """Answers to an incident that pass, or that do not, found by running them; of an order a few that do not."""
    item = curriculum().items[slug]
    scenarios = curriculum().scenarios_of(item)
    found = (answer for answer in item.assignments() if judge(item, scenarios, answer).passed is passing)
    return tuple(found) if passing or item.kind != "order" else tuple(next(found) for _ in range(3))


def start(visitor: Visitor, slug: str, speed: str = "1", variant: int = 0) -> Reply:
    """Press Start, and see the incident."""
    begun = visitor.post(f"{path_of(slug)}start/", {"speed": speed, "variant": variant})
    assert begun.status in (200, 303, 409), begun.text
    return visitor.get(path_of(slug))


def send(visitor: Visitor, slug: str, answer: Answer, page: Reply | None = None, **more: str) -> Reply:
    """Send an answer in the form of a page, or of the page as it is now."""
    page = page or visitor.get(path_of(slug))
    fields = {"key": page.hidden["key"], "version": page.hidden["version"], **chosen(slug, answer), **more}
    return visitor.post(attempt_url(page) or f"{path_of(slug)}attempt/", fields)


def attempt_url(page: Reply) -> str:
    """Where the form of a page is sent."""
    found = re.search(r'<form class="answer"[^>]* action="([^"]+)"', page.text)
    return found[1] if found else ""


def solve(visitor: Visitor, slug: str, speed: str = "1") -> Reply:
    """Start an incident and solve it."""
    return send(visitor, slug, answers(slug, passing=True)[0], start(visitor, slug, speed))


def solve_all(visitor: Visitor, speed: str = "1") -> None:
    """Solve every incident."""
    for slug in INCIDENTS:
        assert solve(visitor, slug, speed).passed


def later(seconds: float) -> None:
    """Time goes by: whatever was begun and answered lies so many seconds further back."""
    Clock.objects.update(started=F("started") - timedelta(seconds=seconds))
    Attempt.objects.update(created=F("created") - timedelta(seconds=seconds))
