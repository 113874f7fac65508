"""A visitor who reviews: turns cards, grades them, answers items that went wrong."""

import html
import re
from datetime import timedelta

from django.db.models import F

from canarylearn.learning.models import Attempt, Item
from canarylearn.learning.ready import ready
from canarylearn.review.models import Answer, Card
from tests.people import Reply, Visitor, answers, chosen

ALL, REVIEW = "/review/", "/review/canary-releases/"
TASK, QUESTION = "first-users", "why-canary"

_ACTION = re.compile(r'<form [^>]*action="(/review/(?:cards|items)/[^"?]+)')
_ASKED = re.compile(r'<h2 id="asked"[^>]*>(.*?)</h2>')


def action(reply: Reply) -> str:
    """Where the form of the card or item that is asked goes to."""
    found = _ACTION.search(reply.text)
    assert found, "nothing is asked"
    return found[1]


def asked(reply: Reply) -> str:
    """The title of what is asked."""
    found = _ASKED.search(reply.text)
    assert found
    return html.unescape(found[1])


def turn(visitor: Visitor, front: Reply | None = None, **fields: str) -> Reply:
    """Turn the card that is asked."""
    front = front or visitor.get(REVIEW)
    return visitor.post(action(front), {**front.hidden, **fields})


def grade(visitor: Visitor, grade: int, back: Reply | None = None, *, htmx: bool = False) -> Reply:
    """Grade the card that is asked."""
    back = back or turn(visitor)
    return visitor.post(action(back), {**back.hidden, "grade": str(grade)}, htmx=htmx)


def given(slug: str, *, passing: bool, number: int = 0) -> dict[str, str]:
    """The fields of an answer that passes or does not, with the numbers in which a missed item is asked first."""
    item = Item.objects.select_related("current").get(slug=slug)
    assert item.current is not None
    numbers = ready(item.current.pk).variants
    mine = ready(item.current.pk, numbers[1 % len(numbers)])
    found = [answer for answer in mine.item.assignments() if mine.judge(answer).passed is passing]
    return chosen(slug, found[number])


def miss(visitor: Visitor, slug: str = TASK, *, days_ago: int = 1) -> None:
    """Use up the tries of an item, so many days ago."""
    tries = 3 if slug == TASK else 2
    for answer in answers(slug, passing=False)[:tries]:
        assert visitor.answer(slug, answer).passed is False
    long_ago(days_ago)


def long_ago(days: int) -> None:
    """Let so many days pass: everything that was done is so much older."""
    past = timedelta(days=days)
    Attempt.objects.update(created=F("created") - past)
    for card in Card.objects.all():
        card.answered = card.answered and card.answered - past
        card.due = card.due and card.due - past
        card.save()
    for one in Answer.objects.order_by("day"):
        one.day -= past
        one.save()
