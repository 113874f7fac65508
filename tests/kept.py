"""What a served site has kept, read from its database past the site."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.serving import Site

_ATTEMPTS = """
    SELECT learner.key, item.slug, attempt.number, attempt.key, attempt.answer, attempt.passed
    FROM learning_attempt attempt
    JOIN learning_slot slot ON slot.id = attempt.slot_id
    JOIN learning_learner learner ON learner.id = slot.learner_id
    JOIN learning_version version ON version.id = slot.version_id
    JOIN learning_item item ON item.id = version.item_id
    ORDER BY learner.id, slot.id, attempt.number
"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One attempt in the database."""

    learner: UUID
    slug: str
    number: int
    key: str
    answer: dict[str, int]
    passed: bool


def kept_attempts(site: Site, learner: UUID | None = None) -> list[Kept]:
    """Every attempt in the site's database, or those of one learner."""
    found = [
        Kept(
            learner=UUID(str(who)),
            slug=slug,
            number=number,
            key=key,
            answer=json.loads(answer) if isinstance(answer, str) else answer,
            passed=bool(passed),
        )
        for who, slug, number, key, answer, passed in _rows(site, _ATTEMPTS)
    ]
    return [one for one in found if learner in (None, one.learner)]


def count_learners(site: Site, key: UUID) -> int:
    """How many rows there are for a learner's key."""
    return sum(UUID(str(found)) == key for (found,) in _rows(site, "SELECT key FROM learning_learner"))


def _rows(site: Site, query: str) -> list[tuple[Any, ...]]:
    url = site.environment["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return database.execute(query).fetchall()
    with psycopg.connect(url) as server:
        return server.execute(query.encode()).fetchall()
