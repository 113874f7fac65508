"""The curriculum in the test's own database."""

import pytest

from canarylearn.learning.content import load_topic, read_lock
from canarylearn.learning.ready import ready
from tests.people import Visitor, curriculum


@pytest.fixture
def content(db: None) -> None:
    """The topics and items of the curriculum, published."""
    ready.cache_clear()  # the tests before this one had rows of the same numbers
    load_topic(curriculum(), read_lock())


@pytest.fixture
def visitor(content: None) -> Visitor:
    """Somebody who has just come."""
    return Visitor()
