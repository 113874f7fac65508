"""Learners for measurements: they open pages as a browser does, and have their answers ready to send."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1"
ITEM = re.compile(r'href="(/(?:practice|quizzes|questions)/[a-z0-9-]+/)"')


@dataclass(frozen=True, kw_only=True)
class App:
    """A site to measure: its settings, the lists of its items, and the page that signs a new learner in, if any."""

    name: str
    settings: str
    lists: tuple[str, ...]
    entrance: str = ""


CANARY = App(name="CanaryLearn", settings="canarylearn.settings", lists=("/practice/", "/quizzes/"))
FLOOR = App(name="floor", settings="benchmarks.floor.settings", lists=("/questions/",), entrance="/enter/")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: what a browser would send."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    text: str


Send = Callable[[Call], Reply]


@contextmanager
def over_http(url: str) -> Iterator[Send]:
    """Send over one connection, which is kept open until the end."""
    connection = HTTPConnection(HOST, urlsplit(url).port or 80)

    def send(call: Call) -> Reply:
        connection.request(call.method, call.path, call.body, dict(call.headers))
        response = connection.getresponse()
        return Reply(status=response.status, headers=response.getheaders(), text=response.read().decode())

    with closing(connection):
        yield send


def over_wsgi(application: Callable[..., Any]) -> Send:
    """Call the application in this process, as a server does."""

    def send(call: Call) -> Reply:
        started: list[Any] = []
        result = application(environ(call), lambda *what: started.extend(what))
        text = b"".join(result).decode()
        result.close()
        status, headers = started[:2]
        return Reply(status=int(status[:3]), headers=headers, text=text)

    return send


def environ(call: Call) -> dict[str, object]:
    """A request as WSGI has it."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()}
    return {
        "REQUEST_METHOD": call.method,
        "PATH_INFO": call.path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": HOST,
        "CONTENT_TYPE": call.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(call.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "HTTP_HOST": HOST,
        **headers,
    }


def items(app: App, send: Send) -> list[str]:
    """The addresses of all items."""
    texts = [send(Call(method="GET", path=path)).text for path in app.lists]
    found = list(dict.fromkeys(ITEM.findall("".join(texts))))
    assert found, f"{app.name} lists no items"
    return found


def answers(app: App, send: Send, pages: list[str]) -> Iterator[Call]:
    """Answers ready to be sent, without end: each learner opens every item and gives one answer to each.

    The options change from learner to learner, so that right and wrong answers come as often as options do.
    """
    for number in itertools.count():
        learner = _Learner(send)
        if app.entrance:
            learner.get(app.entrance)
        for page in pages:
            yield learner.answer(page, number)


class _Learner:
    """One learner's cookies."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        reply = self._send(Call(method="GET", path=path, headers=self._headers()))
        assert reply.status == 200, f"{path}: {reply.status}"
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                self._cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return reply.text

    def answer(self, page: str, number: int) -> Call:
        form = _Form()
        form.feed(self.get(page))
        body = urlencode(form.filled(number)).encode()
        more = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return Call(method="POST", path=form.action, headers={**self._headers(), **more}, body=body)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}


class _Form(HTMLParser):
    """The first form of a page: where it goes, its hidden fields, and what each blank or choice may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self._fixed: dict[str, str] = {}
        self._open: dict[str, list[str]] = {}
        self._select = ""
        self._over = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if self._over:
            return
        if tag == "form":
            self.action = found["action"]
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and found["value"]:
            self._open.setdefault(self._select, []).append(found["value"])
        elif tag == "input" and found.get("type") == "hidden":
            self._fixed[found["name"]] = found["value"]
        elif tag == "input" and found.get("type") == "radio":
            self._open.setdefault(found["name"], []).append(found["value"])

    def handle_endtag(self, tag: str) -> None:
        self._over |= tag == "form"

    def filled(self, number: int) -> dict[str, str]:
        """The form with the option of this number, counted round, in each blank."""
        chosen = {
            name: values[(number + place) % len(values)] for place, (name, values) in enumerate(self._open.items())
        }
        assert chosen, "the page has no form to answer"
        return {**self._fixed, **chosen}
