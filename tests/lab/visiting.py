"""Visits to the lab: forms as they are sent, and where they lead."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from canarylearn.lab.beginning import TO_BEGIN_WITH
from canarylearn.lab.links import address, pack
from tests.people import Reply, Visitor

LAB = "/lab/"
FAILS, FINE, SLOW = "canary-releases/v2-fails", "canary-releases/v2-is-fine", "canary-releases/v2-is-slow"


def filled(**changes: str) -> dict[str, str]:
    """The form as it stands on a new page, with some fields changed."""
    return {**TO_BEGIN_WITH, "scenario": FAILS, **changes}


def packed_in(link: str, name: str = "p") -> str:
    """A plan in an address."""
    return parse_qs(urlsplit(link).query).get(name, [""])[0]


def send(visitor: Visitor, fields: dict[str, str], *, htmx: bool = False) -> Reply:
    """Send the form, and go where it leads."""
    reply = visitor.post(LAB, fields, htmx=htmx)
    return visitor.get(reply.header("Location"), htmx=htmx) if reply.status == 303 else reply


def opened(visitor: Visitor, before: str = "", **fields: Any) -> Reply:
    """Open the address of a plan that was packed as it is."""
    return visitor.get(address(pack(fields), before))


def plan_before(page: Reply) -> str:
    """The plan that the next run will be compared with."""
    found = re.search(r'name="before" value="([^"]*)"', page.text)
    assert found is not None, "the page keeps no plan for the next run"
    return found[1]
