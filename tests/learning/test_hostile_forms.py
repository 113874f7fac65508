"""Every form that learners have is sent what no browser sends: it is refused in words, and costs nothing."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from canarylearn.learning.models import Attempt, PageMark
from canarylearn.lessons.models import Prediction
from canarylearn.projects.models import PassedStage
from canarylearn.review.models import Answer, Card
from quizzes.challenge.models import Clock
from quizzes.models import Asked, Sitting
from tests.challenge.helping import QUESTION as INCIDENT
from tests.challenge.helping import path_of as incident
from tests.challenge.helping import start
from tests.people import Visitor
from tests.review.reviewing import TASK, miss

TOPIC, TEST, REVIEW = "/topics/canary-releases/", "/test/canary-releases/", "/review/"
STAGE = "/project/canary-releases/route/"

FIELDS = (
    *(
        "key",
        "version",
        "choice",
        "blank-traffic",
        "certainty",
        "not-sure",
        "seen",
        "grade",
        "unknown",
        "certain",
        "cap",
    ),
    *("scope", "said", "speed", "variant", "scenario", "run", "gate", "answer", "text", "base", "seed", "case", "over"),
    *("do", "ticked", "time_zone", "clock", "words"),
)
"""The names of all fields that learners' forms have."""


def every(value: str) -> bytes:
    return urlencode(dict.fromkeys(FIELDS, value)).encode()


FORM = "application/x-www-form-urlencoded"
BODIES = {
    "nothing": (b"", FORM),
    "no text at all": (bytes(range(256)), FORM),
    "zero bytes": (every("A\0"), FORM),
    "a huge number": (every("9" * 400), FORM),
    "a negative number": (every("-1"), FORM),
    "half a surrogate pair": ("&".join(f"{name}=%ED%A0%80" for name in FIELDS).encode(), FORM),
    "another alphabet": (every("\u202eА１"), FORM),
    "every field many times": (b"&".join([every("Z")] * 20), FORM),
    "lists and tables": ("&".join(f"{name}[]=1&{name}[a]=2" for name in FIELDS).encode(), FORM),
    "JSON": (b'{"choice": {"$ne": null}, "version": [1], "key": true}', "application/json"),
    "a megabyte": (b"said=" + b"x" * 1_000_000, FORM),
    "a megabyte of fields": (b"a=&" * 300_000, FORM),
    "half of a file": (b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n', "multipart/form-data; boundary=x"),
    "no boundary": (b"x", "multipart/form-data"),
}

FORMS = (
    *(f"/practice/{TASK}/attempt/", "/quizzes/why-canary/attempt/"),
    *(f"{TOPIC}why/questions/everyone-at-once/", f"{TOPIC}visualise/predict/"),
    *(
        "/challenge/canary-releases/speed/",
        f"{incident('errors-on-both-sides')}start/",
        f"{incident(INCIDENT)}attempt/",
    ),
    *(f"{STAGE}save/", f"{STAGE}judge/"),
    *(f"{REVIEW}cards/canary-releases/whose-fault/grade/", f"{REVIEW}items/{TASK}/attempt/", f"{REVIEW}wish/"),
    f"{TEST}1/answer/",
)


@pytest.fixture
def busy(visitor: Visitor) -> Visitor:
    """Somebody with something to lose: an incident on its clock, an item to review, an open test."""
    miss(visitor)
    start(visitor, INCIDENT)
    visitor.post(f"{TEST}begin/", {})
    return visitor


def kept() -> Iterator[object]:
    """Everything that could be lost or gained."""
    for model in (Attempt, Answer, Card, PageMark, Prediction, PassedStage, Clock, Sitting):
        yield model.__name__, list(model.objects.order_by("pk").values())
    yield "answered", list(Asked.objects.order_by("pk").values("pk", "answered", "not_sure"))


def test_what_no_browser_sends_is_refused_in_words_and_costs_nothing(busy: Visitor) -> None:
    before = list(kept())
    assert {busy.get(path).status for path in FORMS} == {405}  # each is there
    for name, body in BODIES.items():
        for path in FORMS:
            reply = busy.send(path, *body)
            assert reply.status in (200, 303, 400, 404, 409, 413, 422), (name, path, reply.status)
            if not path.startswith(STAGE):  # a stage has no tries: any text may be written
                assert reply.status >= 400 or "No try was used" in reply.text, (name, path, reply.status)
            assert list(kept()) == before, (name, path)


def test_what_belongs_to_somebody_else_is_not_there(busy: Visitor) -> None:
    """Another learner's item of the review, question of the test, and incident: as if they did not exist."""
    key = Asked.objects.get().key
    before, stranger = list(kept()), Visitor()
    assert stranger.post(f"{REVIEW}items/{TASK}/attempt/", {"key": "k" * 24, "version": "1", "seen": "0"}).status == 404
    assert stranger.post(f"{TEST}1/answer/", {"key": key, "not-sure": "yes"}).status == 409
    assert (
        stranger.post(f"{incident(INCIDENT)}attempt/", {"key": "k" * 24, "version": "1", "choice": "A"}).status == 409
    )
    assert list(kept()) == before
