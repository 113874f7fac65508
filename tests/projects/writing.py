"""Learners who write at a project's stages, for tests."""

import re
from html import unescape

from tests.people import Reply, Visitor

PROJECT = "/project/canary-releases/"
BASE = re.compile(r'name="base" id="base" value="(\d+)"')


def page_of(stage: str) -> str:
    """The address of a stage."""
    return f"{PROJECT}{stage}/"


def base_of(reply: Reply) -> str:
    """The number of the draft that a page is about."""
    found = BASE.search(reply.text)
    assert found, "the page has no editor"
    return found[1]


def text_in(reply: Reply) -> str:
    """What stands in the editor."""
    found = re.search(r'<textarea id="text".*?>\n(.*?)</textarea>', reply.text, re.DOTALL)
    assert found, "the page has no editor"
    return unescape(found[1])


def send(visitor: Visitor, stage: str, do: str, text: str, *, htmx: bool = False, **fields: str) -> Reply:
    """Send a text to be saved, run or judged, written over the draft that is there."""
    known = fields if "base" in fields else {"base": base_of(visitor.get(page_of(stage))), **fields}
    return visitor.post(f"{page_of(stage)}{do}/", {"text": text, **known}, htmx=htmx)


def said(reply: Reply) -> str:
    """What can be read in what came of a text."""
    came = reply.text.split('<div id="came"', 1)[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", came))).strip()
