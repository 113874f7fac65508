"""What counts as a database that keeps what it has acknowledged."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import checks
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.test import Client, override_settings

from canarylearn.health import durability_problems
from tests.postgresql import PostgreSQL

pytestmark = pytest.mark.django_db


def database(engine: str, **config: object) -> BaseDatabaseWrapper:
    """A connection of its own, beside those of the settings."""
    return ConnectionHandler({"default": {"ENGINE": f"django.db.backends.{engine}", **config}})["default"]


def sqlite_file(folder: Path, **changed: object) -> BaseDatabaseWrapper:
    """A SQLite file opened as the settings say, but for what is changed."""
    options = {**settings.DATABASES["default"]["OPTIONS"], **changed}
    return database("sqlite3", NAME=folder / "db.sqlite3", OPTIONS=options)


def test_a_file_opened_as_the_settings_say_is_durable(tmp_path: Path) -> None:
    assert durability_problems(sqlite_file(tmp_path)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"init_command": "PRAGMA synchronous=FULL"}, "journal_mode is delete, and wal is needed"),
        ({"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"}, "synchronous is 1"),
        ({"transaction_mode": "DEFERRED"}, "transaction_mode is DEFERRED, and IMMEDIATE is needed"),
    ],
)
def test_other_pragmas_are_named(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    problems = durability_problems(sqlite_file(tmp_path, **changed))
    assert len(problems) == 1
    assert said in problems[0]


def test_a_forgetful_postgresql_is_named(postgresql: PostgreSQL) -> None:
    name = postgresql.new_database().rpartition("/")[2]
    address = {"HOST": "127.0.0.1", "PORT": postgresql.port, "USER": "canary", "NAME": name}
    kept, forgetful = (
        database("postgresql", **address, OPTIONS={"options": f"-c synchronous_commit={choice}"})
        for choice in ("on", "off")
    )
    assert durability_problems(kept) == []
    assert durability_problems(forgetful) == ["PostgreSQL's synchronous_commit is off, and on is needed."]
    kept.close()
    forgetful.close()


def test_production_refuses_a_database_that_forgets() -> None:
    # The tests' own database lives in memory: nothing could forget more.
    with override_settings(DEVELOPMENT=False):
        found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    assert [problem.id for problem in found if problem.level >= checks.ERROR] == ["canarylearn.E001"]


def test_the_health_page_says_why_it_is_unwell(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unwell"
    assert answer.json()["problems"] == [
        "SQLite's journal_mode is memory, and wal is needed; keep the file on a local disk."
    ]
    assert "no-store" in answer["Cache-Control"]
