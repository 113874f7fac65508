"""The tables of a served site, looked at past the site."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql

from tests.serving import Site


def forget_counts(site: Site) -> None:
    """Begin counting anew, as if all limits had run out."""
    url = site.environment["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as database:
            database.execute("DELETE FROM canarylearn_cache")
            database.commit()
    else:
        with psycopg.connect(url) as server:
            server.execute("DELETE FROM canarylearn_cache")


def places_of(site: Site, *words: str) -> set[str]:
    """The columns in which one of these words stands, of whatever type they are."""
    wanted = [word.lower() for word in words]
    return {place for place, text in _texts(site) if any(word in text for word in wanted)}


def _texts(site: Site) -> Iterator[tuple[str, str]]:
    url = site.environment["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in names:
                yield from _columns(table, database.execute(f'SELECT * FROM "{table}"'))
    else:
        with psycopg.connect(url) as server:
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            for (table,) in server.execute(query).fetchall():
                rows = server.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                yield from _columns(table, rows)


def _columns(table: str, cursor: Any) -> Iterator[tuple[str, str]]:
    columns = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield from ((f"{table}.{name}", str(value).lower()) for name, value in zip(columns, row, strict=True))
