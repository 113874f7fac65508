"""What apps keep of a learner, for the pages that show all of it: one statement, however many apps there are."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from canarylearn.learning.models import Learner, PageMark

Rows = list[dict[str, Any]]
Kept = Mapping[str, Rows]
"""Rows by the name of their kind: each has the fields that were told, with moments and days as texts."""

Query = Callable[[UUID, str], QuerySet[Any]]
"""The rows of the learner with this key, in the topic of this slug, or in all of them where that is empty."""

_told: dict[str, tuple[Query, tuple[str, ...]]] = {}


def tell_kept(name: str, query: Query, *fields: str) -> None:
    """Let an app add rows of its own, with these fields. Called when the app is ready."""
    _told[name] = (query, fields)


def kept_of(learner_key: UUID, *names: str, topic_slug: str = "") -> Kept:
    """The rows of these kinds, or of every kind."""
    wanted = names or tuple(_told)
    first, *others = (_asked(name, learner_key, topic_slug) for name in wanted if name in _told)
    found: dict[str, Rows] = {name: [] for name in wanted}
    for name, row in first.union(*others, all=True):
        found[name].append(row)
    return found


def _asked(name: str, learner_key: UUID, topic_slug: str) -> QuerySet[Any]:
    query, fields = _told[name]
    row = JSONObject(**{field: field for field in fields})
    return query(learner_key, topic_slug).order_by().values_list(Value(name, output_field=CharField()), row)


def moment(text: str) -> dt.datetime:
    """A moment of a row; a database that keeps none with a zone keeps them in UTC."""
    found = parse_datetime(text)
    assert found is not None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def day(text: str | None) -> dt.date | None:
    """A day of a row, if there is one."""
    return dt.date.fromisoformat(text) if text else None


def _learner(learner_key: UUID, topic_slug: str) -> QuerySet[Learner]:
    return Learner.objects.filter(key=learner_key)


def _marks(learner_key: UUID, topic_slug: str) -> QuerySet[PageMark]:
    here = Q(page__topic__slug=topic_slug) if topic_slug else Q()
    return PageMark.objects.filter(here, learner__key=learner_key)


tell_kept("learner", _learner, "time_zone", "streak")
tell_kept("mark", _marks, "page_id", "question", "option", "created")
