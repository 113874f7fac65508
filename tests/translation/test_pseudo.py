"""In a language that nobody speaks no page says anything in English but what its authors and its runs say."""

from collections.abc import Callable

import pytest

from canarylearn.learning.models import Attempt
from tests.accounts.signing import sign_up
from tests.challenge import helping as challenge
from tests.lab.visiting import filled
from tests.lab.visiting import send as send_plan
from tests.people import QUESTION, TASK, Reply, Visitor, answers, path_of
from tests.projects.writing import PROJECT, page_of
from tests.translation.content import is_content
from tests.translation.pages import same_words
from tests.translation.pseudo import FROM_LEFT, speaking

_EVERYWHERE = {"html", "body", "main", "#main", "div", "section"}
TOPIC, TEST = "/topics/canary-releases/", "/test/canary-releases/"


def english(ask: Callable[[], Reply]) -> list[str]:
    """What a page says in English whatever the language, content aside; the page is asked for twice."""
    known = ask()
    with speaking(FROM_LEFT):
        other = ask()
    assert known.status == other.status
    found = [one for one in same_words(known.text, other.text) if not is_content(one)]
    return [f"{one.text} (in {' '.join(sorted(one.within - _EVERYWHERE))})" for one in found]


def english_at(visitor: Visitor, *paths: str) -> dict[str, list[str]]:
    """What these pages say so, by their addresses."""
    found = {path: english(lambda path=path: visitor.get(path)) for path in paths}  # type: ignore[misc]
    return {path: texts for path, texts in found.items() if texts}


def test_pages_that_are_new_to_somebody(visitor: Visitor) -> None:
    rooms = ["/practice/", "/quizzes/", "/lab/", "/review/", "/challenge/canary-releases/", TEST, PROJECT]
    pages = [f"{TOPIC}{mode}/" for mode in ("introduction", "why", "deep-dive", "visualise", "cost")]
    others = ["/", TOPIC, path_of(TASK), path_of(QUESTION), page_of("route"), "/progress/", "/attempts/", "/search/"]
    odd = ["/search/?q=canary", "/search/?q=zzzz", "/how-answers-are-judged/", "/nowhere/"]
    assert english_at(visitor, *rooms, *pages, *others, *odd) == {}


@pytest.mark.parametrize("passing", [False, True])
def test_pages_after_answers(visitor: Visitor, passing: bool) -> None:
    for slug in (TASK, QUESTION):
        for answer in answers(slug, passing=passing)[: 1 if passing else 3]:
            visitor.answer(slug, answer)
    visitor.post(f"{path_of('first-users')}hint/1/", visitor.form("first-users"))
    replay = f"/attempts/{Attempt.objects.latest('pk').pk}/"
    paths = [path_of(TASK), path_of(QUESTION), path_of("first-users"), "/attempts/", replay, "/", TOPIC, "/progress/"]
    assert english_at(visitor, *paths, "/practice/", "/quizzes/", "/review/") == {}


def test_answers_that_are_refused(visitor: Visitor) -> None:
    form = visitor.form(TASK)
    attempt = f"{path_of(TASK)}attempt/"
    for fields in (form, {**form, "version": "99"}, {}):
        assert english(lambda fields=fields: visitor.post(attempt, fields)) == []  # type: ignore[misc]


def test_the_lab(visitor: Visitor) -> None:
    assert english(lambda: send_plan(visitor, filled())) == []
    assert english(lambda: send_plan(visitor, filled(weight_1="much", hold_2="", value_1="x", decides="checks"))) == []


def test_the_test_and_the_challenge(visitor: Visitor) -> None:
    incident = challenge.path_of(challenge.QUESTION)
    assert english_at(visitor, incident) == {}
    challenge.start(visitor, challenge.QUESTION)
    visitor.post(f"{TEST}begin/", {})
    assert english_at(visitor, incident, f"{TEST}1/", f"{TEST}end/", TEST, challenge.LIST) == {}
    challenge.send(visitor, challenge.QUESTION, challenge.answers(challenge.QUESTION, passing=True)[0])
    visitor.post(f"{TEST}end/", {})
    assert english_at(visitor, incident, TEST, challenge.LIST) == {}


def test_pages_of_an_account(visitor: Visitor) -> None:
    guests = ["sign-in/", "sign-up/", "password/forgotten/", "closed/", "preferences/"]
    assert english_at(visitor, *(f"/account/{page}" for page in guests)) == {}
    wrong = {"email": "ada", "password1": "short"}
    assert english(lambda: visitor.post("/account/sign-up/", wrong)) == []
    sign_up(visitor)
    visitor.get("/")  # which says once that somebody signed up
    own = ["", "delete/", "address/", "password/", "sign-out/", "factors/", "passkeys/", "confirm-access/"]
    assert english_at(visitor, *(f"/account/{page}" for page in own)) == {}
