"""No link leads nowhere: a walk over every page that can be reached from the home page, by a guest and signed in."""

import html
import re
from urllib.parse import urldefrag, urljoin, urlsplit

from tests.accounts.signing import sign_up
from tests.challenge.helping import solve_all
from tests.lessons.test_visualise import go_through
from tests.people import Visitor, answers
from tests.projects.scripts import project
from tests.review.reviewing import grade

_ANCHOR = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
_ELSEWHERE = ("/admin/", "/static/")
MOST_PAGES = 500
MODES = (
    *(f"/topics/canary-releases/{mode}/" for mode in ("introduction", "why", "deep-dive", "visualise", "cost")),
    *("/practice/", "/challenge/canary-releases/", "/project/canary-releases/", "/review/canary-releases/"),
    "/test/canary-releases/",
)


def test_no_link_leads_a_guest_nowhere(visitor: Visitor) -> None:
    pages = walk(visitor)
    assert set(MODES) <= set(pages)


def test_no_link_leads_somebody_nowhere_who_did_something_in_every_mode(visitor: Visitor) -> None:
    sign_up(visitor)
    for slug, passing in (("first-users", True), ("who-is-routed", False)):
        visitor.answer(slug, answers(slug, passing=passing)[0])
    visitor.post("/topics/canary-releases/why/questions/everyone-at-once/", {"choice": "A"})
    solve_all(visitor)
    visitor.post("/challenge/canary-releases/badge/", {})
    go_through(visitor, "monday")
    stage = "/project/canary-releases/route/"
    visitor.post(f"{stage}judge/", {**visitor.get(stage).hidden, "text": project().reference("route")})
    grade(visitor, 3)
    test = "/test/canary-releases/"
    visitor.post(f"{test}begin/", {})
    for number in range(1, 11):
        visitor.post(f"{test}{number}/answer/", {**visitor.get(f"{test}{number}/").hidden, "not-sure": "yes"})
    pages = walk(visitor)
    assert set(MODES) <= set(pages)
    for kind in (r"/attempts/\d+/", rf"{test}results/\d+/10/", "/challenge/badge/[^/]+/", "/account/export/"):
        assert any(re.fullmatch(kind, page) for page in pages), kind


def walk(visitor: Visitor) -> dict[str, str]:
    """Every page that links lead to, by its address. Fails at a link that leads nowhere."""
    pages: dict[str, str] = {}
    waiting = ["/"]
    links: list[tuple[str, str, str]] = []
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        reply = visitor.get(address)
        hops = 0
        while reply.status in (301, 302, 303) and hops < 3:
            reply, hops = visitor.get(urljoin(address, reply.header("Location"))), hops + 1
        assert reply.status == 200, f"{address}, from {[page for page, to, _ in links if to == address][:1]}"
        pages[address] = reply.text
        assert len(pages) < MOST_PAGES
        for href in _ANCHOR.findall(reply.text):
            target, fragment = urldefrag(urljoin(address, html.unescape(href)))
            if not urlsplit(target).netloc and not target.startswith(_ELSEWHERE):
                links.append((address, target, fragment))
                waiting.append(target)
    broken = [link for link in links if link[2] and link[2] not in _ID.findall(pages[link[1]])]
    assert not broken
    return pages
