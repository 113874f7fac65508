"""Badges: all incidents of a topic, solved, with what it takes to run every answer again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from canarylearn.items.evidence import Answered, make_evidence
from canarylearn.items.judging import shown_seed
from canarylearn.learning.models import Attempt, Learner, Topic
from canarylearn.learning.ready import ready
from canarylearn.learning.selectors import Listed
from quizzes.challenge.clocks import clocks_of, say_clock
from quizzes.challenge.models import Badge, Clock

_SALT = "canarylearn.evidence"


def claim(*, learner_key: UUID, topic: Topic, listed: list[Listed], now: datetime) -> Badge | None:
    """The learner's badge of a topic, made now if it is due and was not made before; None while it is not due."""
    with transaction.atomic():
        learner = Learner.objects.select_for_update(of=("self",)).filter(key=learner_key).order_by().first()
        if learner is None:
            return None
        made = Badge.objects.filter(learner=learner, topic=topic).first()
        if made is not None:
            return made
        solved = _solved(learner_key, listed)
        if not listed or len(solved) < len(listed):
            return None
        return Badge.objects.create(
            learner=learner, topic=topic, earned=now, evidence=_evidence(learner_key, topic, solved, now)
        )


def _solved(learner_key: UUID, listed: list[Listed]) -> list[Attempt]:
    """The answer that solved each of these items: the first that counts, in whatever version it was."""
    slugs = [one.slug for one in listed]
    passed = Attempt.objects.filter(slot__learner__key=learner_key, passed=True, slot__version__item__slug__in=slugs)
    found: dict[str, Attempt] = {}
    for attempt in passed.select_related("slot__version__item").order_by("created", "pk"):
        if not (attempt.slot.variant and attempt.hints_opened):
            found.setdefault(attempt.slot.version.item.slug, attempt)
    return [found[slug] for slug in slugs if slug in found]


def _evidence(learner_key: UUID, topic: Topic, solved: list[Attempt], now: datetime) -> dict[str, Any]:
    by_place: dict[tuple[int, int], Clock] = {
        (clock.version_id, clock.variant): clock
        for clock in clocks_of(learner_key, [attempt.slot.version.item.slug for attempt in solved])
    }
    items = [_answered(attempt, by_place.get((attempt.slot.version_id, attempt.slot.variant))) for attempt in solved]
    made = make_evidence(topic=topic.slug, earned=now.isoformat(timespec="seconds"), items=items).model_dump()
    return {**made, "seal": seal(made["digest"])}


def _answered(attempt: Attempt, clock: Clock | None) -> Answered:
    version = attempt.slot.version
    return Answered(
        id=version.item.slug,
        version=version.number,
        variant=attempt.slot.variant,
        item=version.spec,
        scenarios=version.scenarios,
        answer=attempt.answer,
        seed=shown_seed(ready(version.pk, attempt.slot.variant).item),
        engine=attempt.engine,
        tries=attempt.number,
        hints=attempt.hints_opened,
        clock=say_clock(clock),
    )


def seal(digest: str) -> str:
    """What only this site can write under a digest."""
    return signing.Signer(salt=_SALT).signature(digest)


def is_sealed(digest: str, seal: str) -> bool:
    """Whether this site wrote that under the digest."""
    try:
        signing.Signer(salt=_SALT).unsign(f"{digest}:{seal}")
    except signing.BadSignature:
        return False
    return True


def may_see(badge: Badge, learner_key: UUID) -> bool:
    """Its owner always, others while it is shared."""
    return badge.shared or badge.belongs_to(learner_key)
