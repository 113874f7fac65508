"""Whatever stands in an address, a query or a form: the answer is a page or a refusal, and never a fault of ours."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from canarylearn.learning.models import Attempt, Learner
from tests.people import Visitor

NUMBERS = ("0", "1", "99", "9" * 40)
SLUGS = ("canary-releases", "first-users", "nobody-sees-v2", "route", "why", "nothing", "-", "_" * 400)
TEXTS = ("a", "ünï-ⓒode", "x" * 500, "..", "%", "\N{RIGHT-TO-LEFT OVERRIDE}a", "<b>")
QUERY = "?" + "&".join(
    f"{name}={quote(value)}"
    for name, value in {
        **dict.fromkeys(("frame", "numbers", "page", "seed", "users", "rate", "share"), "9" * 40),
        **dict.fromkeys(
            ("scenario", "answer", "q", "p", "before", "next", "concept", "language"), "\x00ü<b>" + "x" * 50
        ),
    }.items()
)
FORM = {
    **dict.fromkeys(("version", "gate", "number", "cap", "seed", "grade", "variant"), "9" * 40),
    **dict.fromkeys(
        ("key", "choice", "answer", "text", "speed", "code", "scenario", "way", "language"), "\x00ü<b>" * 9
    ),
}
_ELSEWHERE = ("admin/", "account/", "static/", "healthz")
"""Tested where they belong. The health of a site that nobody serves is a fault, as it has to be."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of the site as its table has it, with the names of what changes: '/test/<slug:topic>/'."""
    for one in patterns:
        at = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, at)
        elif not at.startswith(_ELSEWHERE):
            yield f"/{at}"


ADDRESSES = sorted(set(addresses(get_resolver("canarylearn.urls").url_patterns)))


def filled(address: str) -> list[str]:
    """An address with each of the values that a stranger may try, in every place alike and beside a true topic."""
    found = set()
    for place in range(max(len(NUMBERS), len(SLUGS), len(TEXTS))):
        for topic in ("canary-releases", SLUGS[place % len(SLUGS)]):
            parts = []
            for part in address.split("/"):
                kind = part.partition(":")[0]
                value = {"<int": NUMBERS, "<slug": SLUGS, "<str": TEXTS}.get(kind)
                parts.append(part if value is None else topic if "topic" in part else quote(value[place % len(value)]))
            found.add("/".join(parts))
    return sorted(found)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_is_answered_by_a_fault(visitor: Visitor, address: str) -> None:
    for path in filled(address):
        for htmx in (False, True):
            assert visitor.get(f"{path}{QUERY}", htmx=htmx).status < 500, path
            assert visitor.post(path, FORM, htmx=htmx).status < 500, path
            assert visitor.post(path, {}, htmx=htmx).status < 500, path
    assert not Attempt.objects.exists()
    assert Learner.objects.count() <= 1
