"""Who a visitor is taken for, and what goes out with pages about one person."""

import re
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core import signing
from pytest_django import Settings

from canarylearn.learning.middleware import MONTH
from canarylearn.learning.models import Attempt, Learner
from tests.people import QUESTION, TASK, Reply, Visitor, answers, path_of

SALT = "canarylearn.learner"

pytestmark = pytest.mark.usefixtures("content")


class Old(signing.TimestampSigner):
    """Signs as it was done longer ago than a cookie lasts."""

    def timestamp(self) -> str:
        return str(signing.b62_encode(int(time.time()) - MONTH - 60))


def wrong(slug: str = TASK, number: int = 0) -> dict[str, int]:
    """An answer that does not pass."""
    return answers(slug, passing=False)[number]


def cookie_of(visitor: Visitor) -> str:
    """The visitor's cookie."""
    return visitor.client.cookies["learner"].value


def key_in(cookie: str) -> UUID:
    """The learner's key in a cookie."""
    return UUID(signing.loads(cookie, salt=SALT))


def with_cookie(cookie: str) -> Visitor:
    """Somebody who comes with a cookie of their own making."""
    visitor = Visitor()
    visitor.client.cookies["learner"] = cookie
    return visitor


def test_a_learner_is_known_again_by_a_cookie_for_this_site_alone(visitor: Visitor) -> None:
    reply = visitor.get(path_of(TASK))
    sent = next(one for one in reply.set_cookies if one.startswith("learner="))
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    assert "Path=/" in sent
    assert f"Max-Age={MONTH}" in sent
    key = key_in(cookie_of(visitor))
    visitor.answer(TASK, wrong())
    assert key_in(cookie_of(visitor)) == key == Learner.objects.get().key


def test_over_https_cookies_are_secure_and_tied_to_the_host(visitor: Visitor, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    sent = next(one for one in visitor.get(path_of(TASK)).set_cookies if "learner" in one)
    assert sent.startswith("__Host-learner=")
    assert "Secure" in sent
    assert "Domain" not in sent


def test_pages_about_nobody_hand_out_no_cookie(visitor: Visitor) -> None:
    for path in ("/how-answers-are-judged/", "/admin/login/", "/nowhere/"):
        assert not [one for one in visitor.get(path).set_cookies if one.startswith("learner=")]


def made_by_us(value: object) -> str:
    """A cookie with our signature and something else in it."""
    return signing.dumps(value, salt=SALT)


FORGED: dict[str, Callable[[str], str]] = {
    "empty": lambda cookie: "",
    "nonsense": lambda cookie: "nonsense",
    "no signature": lambda cookie: str(uuid4()),
    "one letter changed": lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
    "cut": lambda cookie: cookie.partition(":")[0],
    "under another signature": lambda cookie: (
        f"{cookie.partition(':')[0]}:{made_by_us(str(uuid4())).partition(':')[2]}"
    ),
    "signed for something else": lambda cookie: signing.dumps(str(key_in(cookie)), salt="another.salt"),
    "signed by somebody else": lambda cookie: signing.dumps(str(key_in(cookie)), key="another key", salt=SALT),
    "too old": lambda cookie: Old(salt=SALT).sign_object(str(key_in(cookie))),
    "a text": lambda cookie: made_by_us("no key"),
    "a number": lambda cookie: made_by_us(17),
    "null": lambda cookie: made_by_us(None),
    "a list": lambda cookie: made_by_us(["a", {"b": 1}]),
    "badly compressed": lambda cookie: ".eJ:x:y",
    "other letters": lambda cookie: "ü" * 50,
    "colons": lambda cookie: ":" * 3000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_cookie_that_is_not_ours_makes_a_stranger_and_no_error(visitor: Visitor, name: str) -> None:
    visitor.answer(TASK, wrong())
    stranger = with_cookie(FORGED[name](cookie_of(visitor)))
    reply = stranger.get(path_of(TASK))
    assert reply.status == 200
    assert (reply.tries_left, reply.passed) == (3, None)
    assert key_in(cookie_of(stranger)) != Learner.objects.get().key


def test_a_cookie_of_the_last_secret_key_is_still_good(visitor: Visitor, settings: Settings) -> None:
    visitor.answer(TASK, wrong())
    key, old = Learner.objects.get().key, settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key, and a long one " * 3, [old]
    assert visitor.get(path_of(TASK)).tries_left == 2
    settings.SECRET_KEY_FALLBACKS = []
    assert key_in(cookie_of(visitor)) == key  # signed anew with the new key in the meantime
    assert visitor.get(path_of(TASK)).tries_left == 2


def test_a_new_secret_key_alone_makes_strangers(visitor: Visitor, settings: Settings) -> None:
    visitor.answer(TASK, wrong())
    settings.SECRET_KEY = "a new key, and a long one " * 3
    assert visitor.get(path_of(TASK)).tries_left == 3


def test_learners_do_not_see_each_other(visitor: Visitor) -> None:
    visitor.answer(TASK, wrong())
    other = Visitor()
    assert (other.get(path_of(TASK)).passed, other.tries_left(TASK)) == (None, 3)
    other.answer(TASK, wrong(TASK, 1))
    assert visitor.get(path_of(TASK)).deployed != other.get(path_of(TASK)).deployed
    assert Attempt.objects.count() == 2


def about_one_person(visitor: Visitor) -> list[Reply]:
    """Every kind of page that shows where somebody stands."""
    form = visitor.form(TASK)
    return [
        visitor.get("/topics/canary-releases/"),
        visitor.get("/practice/"),
        visitor.get("/quizzes/"),
        visitor.get(path_of(TASK)),
        visitor.get(path_of(QUESTION)),
        visitor.get(path_of(TASK), htmx=True),
        visitor.get(f"{path_of(TASK)}attempt/"),
        visitor.answer(TASK, wrong(), form),
        visitor.answer(TASK, wrong(), form, htmx=True),
        visitor.answer(TASK, wrong(TASK, 1), form, htmx=True),
        visitor.post(f"{path_of(TASK)}attempt/", {}),
        visitor.post(f"{path_of(TASK)}hints/1/", {}, htmx=True),
    ]


def test_no_cache_keeps_a_page_about_one_person(visitor: Visitor) -> None:
    for reply in about_one_person(visitor):
        assert reply.header("Cache-Control") == "no-store"
        assert {"HX-Request", "Cookie"} <= set(re.split(r",\s*", reply.header("Vary")))


def test_every_page_has_the_policy_and_each_its_own_nonce(visitor: Visitor) -> None:
    nonces: list[str] = []
    for reply in [*about_one_person(visitor), visitor.get("/"), visitor.get("/nowhere/")]:
        policy = reply.header("Content-Security-Policy")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "strict-dynamic" not in policy
        assert reply.header("X-Frame-Options") == "DENY"
        nonces += re.findall(r"'nonce-([^']+)'", policy)
    assert len(nonces) == len(set(nonces)) >= 4


def test_fragments_carry_no_script(visitor: Visitor) -> None:
    fragments = [reply for reply in about_one_person(visitor) if reply.is_fragment]
    assert len(fragments) >= 4
    for reply in fragments:
        assert "<script" not in reply.text
        assert 'id="attempt"' in reply.text
