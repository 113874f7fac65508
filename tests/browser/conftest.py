"""Visits to a served site, each by a new learner."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.visits import Visit, visits
from tests.serving import Site


@pytest.fixture
def visit(browser: Browser, served_site: Site) -> Iterator[Callable[..., Visit]]:
    """Begin a visit by a new learner; keywords are those of a browser context."""
    with visits(browser, served_site.url) as begin:
        yield begin
