"""Writing at a stage of the project in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.visits import Visit


@contextmanager
def saved(visit: Visit) -> Iterator[None]:
    """What is done here ends with a save by the page's script."""
    with visit.page.expect_response(lambda response: response.url.endswith("/save/")):
        yield


def write_at_stage(visit: Visit, text: str) -> None:
    """Put a text into the editor, and leave it, so that it is saved."""
    with saved(visit):
        visit.page.locator("#text").fill(text)
        visit.page.locator("#text").blur()
