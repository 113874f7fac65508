"""What every room's states are made of: a state is reached by doing something on a visit."""

from collections.abc import Callable

from tests.browser.visits import Visit

State = Callable[[Visit], None]

NO_CONNECTION = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
"""What a browser complains of while it has no connection."""


def page_at(path: str) -> State:
    """The page of an address, with nothing done on it."""

    def show(visit: Visit) -> None:
        visit.page.goto(path)

    return show
