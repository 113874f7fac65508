"""Learners for tests: they open pages, choose options and send forms, to a served site or straight to Django."""

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.test import Client

from canarylearn.items import Answer, Item, judge
from canarylearn.learning.forms import option_id
from tests.topics import curriculum

T = TypeVar("T")

TASK = "release-function"
"""The task with the most answers: 64, and three tries."""

QUESTION = "all-traffic-by-mistake"
"""A question: one choice, and two tries."""

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r'<form class="answer".*?</form>', re.DOTALL)
_MESSAGE = re.compile(r'<p class="message (?:info|error)" role="status">(.*?)</p>', re.DOTALL)
_TRIES = re.compile(r"(\d+) tr(?:y|ies) left")
_VERDICT = re.compile(r'<section class="verdict (passed|failed)"')
_DEPLOYED = re.compile(r'<p class="quiet answer-text">Deployed: (.*?)</p>', re.DOTALL)


def item_of(slug: str) -> Item:
    """An item as authored."""
    return curriculum().items[slug]


@cache
def answers(slug: str, *, passing: bool) -> tuple[dict[str, int], ...]:
    """Every answer to an item that passes, or that does not: found by deploying it, as the site does."""
    item = item_of(slug)
    scenarios = curriculum().scenarios_of(item)
    return tuple(answer for answer in item.assignments() if judge(item, scenarios, answer).passed is passing)


def room_of(slug: str) -> str:
    """The room an item is answered in."""
    return "practice" if item_of(slug).kind == "task" else "quizzes"


def path_of(slug: str) -> str:
    """The path of an item's page."""
    return f"/{room_of(slug)}/{slug}/"


def chosen(slug: str, answer: Answer) -> dict[str, str]:
    """The fields of the form that say an answer."""
    name = "choice" if item_of(slug).kind == "question" else "blank-{}"
    return {name.format(blank): option_id(position) for blank, position in answer.items()}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back: its status, its headers as they stood, and what a learner can read in it."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def set_cookies(self) -> list[str]:
        """The cookies it sets, as they were sent."""
        return [value for key, value in self.headers if key.lower() == "set-cookie"]

    @property
    def is_fragment(self) -> bool:
        """Whether it is a piece to swap in and not a page."""
        return "<html" not in self.text

    @property
    def message(self) -> str:
        """The line above the form."""
        found = _MESSAGE.search(self.text)
        return html.unescape(found[1]) if found else ""

    @property
    def tries_left(self) -> int:
        """The tries that are left; none when the item is finished."""
        form = _FORM.search(self.text)
        found = _TRIES.search(form[0]) if form else None
        return int(found[1]) if found else 0

    @property
    def passed(self) -> bool | None:
        """The verdict, if one is shown."""
        found = _VERDICT.search(self.text)
        return None if found is None else found[1] == "passed"

    @property
    def deployed(self) -> str:
        """The answer that the verdict speaks of."""
        found = _DEPLOYED.search(self.text)
        return found[1] if found else ""

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the form: its key, the version it is about, the token of the site."""
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(self.text)}


class Person:
    """A browser at a served site: cookies, and nothing else."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None) -> None:
        self.address = urlsplit(url).netloc
        self.cookies = dict(cookies or {})

    @property
    def key(self) -> UUID:
        """Who the site takes this person for."""
        payload = self.cookies["learner"].partition(":")[0]
        return UUID(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))

    def get(self, path: str, **headers: str) -> Reply:
        """Open a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str], *, htmx: bool = False) -> Reply:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"HX-Request": "true"} if htmx else {})
        return self._ask("POST", path, urlencode(fields).encode(), headers)

    def form(self, slug: str) -> dict[str, str]:
        """Open an item, and keep the form that is on its page."""
        return self.get(path_of(slug)).hidden

    def answer(self, slug: str, answer: Answer, form: Mapping[str, str] | None = None, *, htmx: bool = False) -> Reply:
        """Send an answer, in a form that was kept or in a fresh one."""
        fields = {**(self.form(slug) if form is None else form), **chosen(slug, answer)}
        return self.post(f"{path_of(slug)}attempt/", fields, htmx=htmx)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        connection = HTTPConnection(self.address, timeout=60)
        try:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {**headers, "Cookie": cookie})
            answer = connection.getresponse()
            reply = Reply(status=answer.status, headers=answer.getheaders(), body=answer.read())
        finally:
            connection.close()
        for one in reply.set_cookies:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply


class Visitor:
    """A browser that talks to Django without a server between."""

    def __init__(self, *, csrf: bool = False) -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)

    def get(self, path: str, *, htmx: bool = False) -> Reply:
        """Open a page."""
        return self.reply(self.client.get(path, headers={"HX-Request": "true"} if htmx else None))

    def post(self, path: str, fields: Mapping[str, object], *, htmx: bool = False) -> Reply:
        """Send a form."""
        return self.reply(self.client.post(path, fields, headers={"HX-Request": "true"} if htmx else None))

    def send(self, path: str, body: bytes, content_type: str = "application/x-www-form-urlencoded") -> Reply:
        """Send bytes, whatever they are."""
        return self.reply(self.client.generic("POST", path, body, content_type=content_type))

    def form(self, slug: str) -> dict[str, str]:
        """Open an item, and keep the form that is on its page."""
        return self.get(path_of(slug)).hidden

    def answer(self, slug: str, answer: Answer, form: Mapping[str, str] | None = None, *, htmx: bool = False) -> Reply:
        """Send an answer, in a form that was kept or in a fresh one."""
        fields = {**(self.form(slug) if form is None else form), **chosen(slug, answer)}
        return self.post(f"{path_of(slug)}attempt/", fields, htmx=htmx)

    def tries_left(self, slug: str) -> int:
        """The tries that the item's page shows."""
        return self.get(path_of(slug)).tries_left

    @staticmethod
    def reply(answer: Any) -> Reply:
        """An answer of the client, to be read."""
        cookies = [("Set-Cookie", morsel.OutputString()) for morsel in answer.cookies.values()]
        return Reply(status=answer.status_code, headers=[*answer.items(), *cookies], body=answer.content)


def all_at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls at the same moment, each in a thread of its own; what they returned, in their order."""
    gate = threading.Barrier(len(calls))
    results: dict[int, T] = {}

    def run(number: int) -> None:
        gate.wait()
        results[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(calls))]
