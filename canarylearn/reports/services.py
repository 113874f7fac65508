"""Everything that writes reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from canarylearn.classes.services import audit
from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.models import Learner, Page, Version
from canarylearn.reports.models import Report, State

MOST_AN_HOUR = 10
"""Reports of one learner."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a report is about, as its learner saw it."""

    title: str
    where: str
    seed: int
    version: Version | None = None
    variant: int = 0
    page: Page | None = None
    question: str = ""
    answer: Mapping[str, int] | None = None
    tries: int = 0


def too_many(learner_key: UUID) -> bool:
    """Whether this learner has reported enough for the hour."""
    recent = Report.objects.filter(learner__key=learner_key, created__gt=timezone.now() - _HOUR)
    return recent.count() >= MOST_AN_HOUR


def report(learner_key: UUID, about: About, *, reason: str, words: str, form: str) -> Report:
    """Keep a report. The same form counts once, however often it arrives."""
    Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
    with transaction.atomic():
        # Locked, so that signing in either takes the report along or comes first.
        learner = Learner.objects.select_for_update(of=("self",), no_key=True).order_by().get(key=learner_key)
        found, _made = Report.objects.get_or_create(
            learner=learner,
            form=form,
            defaults={
                "version": about.version,
                "page": about.page,
                "page_number": about.page.number if about.page else 0,
                "question": about.question,
                "title": about.title,
                "where": about.where,
                "variant": about.variant,
                "seed": about.seed,
                "engine": ENGINE_VERSION,
                "answer": None if about.answer is None else dict(about.answer),
                "tries": about.tries,
                "reason": reason,
                "words": words,
            },
        )
    return found


def settle(number: int, who: User, *, state: str, reply: str) -> None:
    """Answer a report, close it, or open it again. What was replied stays when it is opened again."""
    with transaction.atomic():
        one = Report.objects.select_for_update(of=("self",)).order_by().get(pk=number)
        before, one.state = one.state, state
        if state == State.ANSWERED:
            one.reply, one.replied_by, one.replied = reply, who, timezone.now()
        one.save(update_fields=["state", "reply", "replied_by", "replied"])
        audit(who, f"report {state}", f"report {number}: {one.title}", before=before)
