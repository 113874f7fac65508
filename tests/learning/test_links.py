"""No link leads nowhere: a walk over every page that can be reached from the home page, signed out."""

import html
import re
from urllib.parse import urldefrag, urljoin, urlsplit

from tests.people import Visitor

_ANCHOR = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
_ELSEWHERE = ("/admin/", "/static/")
MOST_PAGES = 300


def test_no_link_leads_nowhere(visitor: Visitor) -> None:
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
    assert {f"/topics/canary-releases/{mode}/" for mode in ("introduction", "why", "deep-dive", "cost")} <= set(pages)
