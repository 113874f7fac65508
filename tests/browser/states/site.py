"""What belongs to no room: search, pages that are missing, classes."""

from tests.browser.states.accounts import signed_in
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit


def _missing(visit: Visit) -> None:
    visit.expect_complaints("404")
    visit.page.goto("/nowhere/")


STATES: dict[str, State] = {
    "missing page": _missing,
    "how answers are judged": page_at("/how-answers-are-judged/"),
    "search": page_at("/search/"),
    "search with results": page_at("/search/?q=canary"),
    "search without results": page_at(f"/search/?q={'x' * 90}"),
    "classes of a guest": page_at("/classes/"),
    "your classes": signed_in("/classes/"),
}
