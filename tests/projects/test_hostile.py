"""Scripts that mean harm, sent to a stage: answered in time and in words, in the process apart that the lab has."""

import re
import time
from html import unescape

import pytest

from canarylearn.lab.apart import WORKPLACE
from canarylearn.projects.models import PassedStage
from tests.dialects.hostile_scripts import HOSTILE
from tests.people import Visitor
from tests.projects.scripts import project
from tests.projects.writing import page_of, said, send

SECONDS = 12.0
"""All the judging may take 6, a call of it 2.5 more; the rest is for a busy machine."""

_PYTHON_INSIDE = re.compile(r"Traceback|<class|object at 0x|NoneType|[A-Z][a-z]+Error\b|/site-packages")

BODIES = {
    "loops": ("never-ends", "for i in range(1000):\n        for j in range(1000):\n            pass"),
    "calls itself": ("calls-itself", "return route(user_id, percent)"),
    "grows a list": ("too-much-data", "x = [1]\n    for i in range(1000):\n        x = x + x + [1]"),
    "grows a text": ("stops", "x = 'a'\n    for i in range(1000):\n        x = x + x"),
    "prints without end": ("too-much-output", "for i in range(1000):\n        print(i)"),
    "grows a number": ("stops", "x = 10\n    for i in range(1000):\n        x = x * x"),
    "keeps what it is given": ("stops", "keep[len(keep)] = [user_id] * 1000\n    return keep[9999]"),
}
MESSAGES = {
    "loops": "the script took more than 150,000 steps",
    "calls itself": "functions call each other more than 30 deep",
    "grows a list": "a list or dict may have at most 1,000 elements",
    "grows a text": "a text may have at most 2,000 characters",
    "prints without end": "a script may print 200 lines",
    "grows a number": "a number here may be at most 1,000,000,000",
    "keeps what it is given": "the dict has no entry 9999",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_function_that_takes_too_much_is_stopped_in_words(visitor: Visitor, name: str) -> None:
    began = time.monotonic()
    page = send(visitor, "route", "judge", f"keep = {{}}\n\ndef route(user_id, percent):\n    {BODIES[name][1]}\n")
    assert time.monotonic() - began < SECONDS
    assert MESSAGES[name] in said(page)
    assert "Not yet" in said(page)


SLOW = "def slow():\n    x = 0\n    for i in range(900):\n        for j in range(12):\n            x = j\n\n"


def test_a_script_that_is_slow_everywhere_is_given_up_in_time(visitor: Visitor) -> None:
    text = SLOW + project().reference("decide").replace("def decide(v1, v2):", "def decide(v1, v2):\n    slow()")
    began = time.monotonic()
    page = send(visitor, "decide", "judge", text)
    assert time.monotonic() - began < SECONDS
    assert "it took more than 2 seconds of computing" in said(page)


def test_hostile_scripts_are_answered_and_shown_as_text(visitor: Visitor) -> None:
    sendable = [source for source in HOSTILE.values() if not re.search("[\ud800-\udfff]", source)]
    for source in sendable[::7]:
        began = time.monotonic()
        page = visitor.post(f"{page_of('release')}run/", {"text": source, "base": base_now(visitor)}, htmx=True)
        assert time.monotonic() - began < SECONDS
        assert page.status in (200, 422), page.status
        assert not _PYTHON_INSIDE.search(unescape(re.sub(r"<pre.*?</pre>", "", page.text, flags=re.DOTALL)))
    assert not PassedStage.objects.exists()


def base_now(visitor: Visitor) -> str:
    """The number of the draft that is there."""
    from canarylearn.projects.models import Draft

    draft = Draft.objects.first()
    return str(draft.number if draft else 0)


def test_what_is_typed_runs_in_the_process_apart_alone(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    whole = WORKPLACE.call

    def listening(function: object, argument: object) -> object:
        calls.append(function)
        return whole(function, argument)  # type: ignore[arg-type]

    monkeypatch.setattr(WORKPLACE, "call", listening)
    for do in ("run", "judge"):
        send(visitor, "route", do, "x = 1\n")
    assert len(calls) == 2
