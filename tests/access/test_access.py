"""Every address of the site, for everybody, by both methods: what each gets stands in one table."""

from typing import Any

import pytest

from tests.access.site import PERSONAS, Address, World, addresses
from tests.access.table import ACCESS, ADMIN, in_admin, staff

pytestmark = pytest.mark.usefixtures("content")

QUESTION, INCIDENT = {"slug": "all-traffic-by-mistake"}, {"slug": "release-in-order"}

SPECIAL: dict[str, dict[str, Any]] = {
    "topic": {"slug": "canary-releases"},
    **dict.fromkeys(("quizzes:item", "quizzes:attempt", "quizzes:hint"), QUESTION),
    **{
        f"challenge:{name}": INCIDENT for name in ("item", "start", "attempt", "hint", "clock", "more-time", "no-clock")
    },
    **{name: {"number": 1} for name in ("test:question", "test:attempt", "test:explained")},
}
"""What stands in an address where it is not what stands in the others."""


def expected(address: Address) -> tuple[str, str]:
    """What the table says of an address. Raises KeyError where it says nothing."""
    model, page = address.model
    if model:
        return in_admin(model, page)
    if address.name == "admin:unnamed":  # addresses of long ago, and those that are none
        return staff("go/404"), staff("go/404")
    return ACCESS[address.name]


def test_every_address_is_in_the_table_and_nothing_else_is() -> None:
    known = {one.model[0] or one.name for one in addresses()} - {"admin:unnamed"}
    assert known == set(ACCESS) | set(ADMIN)


def test_everybody_gets_what_the_table_says() -> None:
    world, wrong = World(), []
    special = {**SPECIAL, "replay": {"number": world.things["attempt"].pk}}
    for address in addresses():
        path = world.path(address, special.get(address.name, {}))
        for method, row in zip(("GET", "POST"), expected(address), strict=True):
            for persona, allowed in zip(PERSONAS, row.split(), strict=True):
                found = world.outcome(persona, method, path)
                if found not in allowed.split("/"):
                    wrong.append(f"{address.name} {path}: {persona} {method} got {found}, not {allowed}")
    assert wrong == []
