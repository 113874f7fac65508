"""Whether this site can keep what learners do: durability of the database, as a check and as /healthz."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SYNCHRONOUS_FULL = 2  # SQLite's number for FULL; EXTRA is 3


def durability_problems(database: BaseDatabaseWrapper) -> list[str]:
    """What keeps the database from holding every answer it has acknowledged; empty when all is well."""
    return _sqlite_problems(database) if database.vendor == "sqlite" else _postgresql_problems(database)


def _sqlite_problems(database: BaseDatabaseWrapper) -> list[str]:
    found = []
    with database.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    mode = database.settings_dict["OPTIONS"].get("transaction_mode")
    if journal != "wal":
        found.append(f"SQLite's journal_mode is {journal}, and wal is needed; keep the file on a local disk.")
    if synchronous < SYNCHRONOUS_FULL:
        found.append(f"SQLite's synchronous is {synchronous}, and {SYNCHRONOUS_FULL} (FULL) is needed.")
    if mode != "IMMEDIATE":
        found.append(f"SQLite's transaction_mode is {mode}, and IMMEDIATE is needed.")
    return found


def _postgresql_problems(database: BaseDatabaseWrapper) -> list[str]:
    names = ("fsync", "full_page_writes", "synchronous_commit")
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s), current_setting(%s), current_setting(%s)", names)
        values = cursor.fetchone()
    return [
        f"PostgreSQL's {name} is off, and on is needed."
        for name, value in zip(names, values, strict=True)
        if value == "off"
    ]


@checks.register(checks.Tags.database)
def check_durability(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a production database that could forget an acknowledged answer."""
    if settings.DEVELOPMENT or not databases or "default" not in databases:
        return []
    hint = "See docs/operations.md, the part on databases."
    return [checks.Error(problem, hint=hint, id="canarylearn.E001") for problem in durability_problems(connection)]


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and is durable, 503 with the reasons otherwise."""
    try:
        problems = durability_problems(connection)
    except DatabaseError:
        problems = ["The database does not answer."]
    status = "unwell" if problems else "well"
    return JsonResponse({"status": status, "problems": problems}, status=503 if problems else 200)
