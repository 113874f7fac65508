"""A site whose topic has a test, and somebody who comes to it."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from canarylearn.learning.ready import ready
from tests.people import Visitor
from tests.quizzes.sitting import publish


@pytest.fixture(scope="module")
def published(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The topic with a bank, put into the database once for all tests that only sit the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        publish()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def somebody(published: None, db: None) -> Visitor:
    """Somebody who has just come to a site whose topic has a test."""
    ready.cache_clear()
    return Visitor()
