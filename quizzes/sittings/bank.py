"""What a topic's test may ask a learner: the items of its bank, in the variants that they have not met."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from canarylearn.dialects.errors import Unreadable
from canarylearn.learning.models import Item, Place, Slot
from canarylearn.learning.ready import Ready, ready
from canarylearn.mastery import DIFFICULTIES, Candidate
from quizzes.models import Asked

Variants = QuerySet[Any, tuple[str, int]]
"""Slugs of items, each with the number of a variant."""


@dataclass(frozen=True, kw_only=True)
class Bank:
    """The candidates for a learner, and the current version of each item."""

    candidates: tuple[Candidate, ...]
    versions: Mapping[str, int]


def bank_for(learner_key: UUID, topic_slug: str) -> Bank:
    """The items of a topic's bank that can be asked, each with the variants that the learner has met nowhere."""
    rows = Item.objects.filter(topic__slug=topic_slug, room=Place.TEST, retired=False, current__isnull=False)
    found = rows.order_by("position").values_list(
        "slug", "concept", "current_id", "current__level", "current__proof__guess_floor"
    )
    met = met_by(learner_key, topic_slug)
    candidates, versions = [], {}
    for slug, concept, version_id, level, floor in found:
        one = read_or_none(version_id)
        if one is None or floor is None or level not in DIFFICULTIES:
            continue
        unmet = tuple(variant for variant in one.variants if variant not in met[slug])
        candidates.append(Candidate(item=slug, concept=concept, level=level, floor=floor, variants=unmet))
        versions[slug] = version_id
    return Bank(candidates=tuple(candidates), versions=versions)


def met_by(learner_key: UUID, topic_slug: str) -> Mapping[str, set[int]]:
    """The variants of each item that a learner has met, in a test or anywhere else."""
    met: dict[str, set[int]] = defaultdict(set)
    asked, tried = _asked(learner_key, topic_slug), _tried(learner_key, topic_slug)
    for slug, variant in asked.union(tried, all=True):
        met[slug].add(variant)
    return met


def _asked(learner_key: UUID, topic_slug: str) -> Variants:
    mine = Q(sitting__learner__key=learner_key) | Q(sitting__learner__merged_into__key=learner_key)
    rows = Asked.objects.filter(mine, sitting__topic__slug=topic_slug).order_by()
    return rows.values_list("version__item__slug", "variant")


def _tried(learner_key: UUID, topic_slug: str) -> Variants:
    """An item can have been moved here from practice."""
    rows = Slot.objects.filter(
        learner__key=learner_key, version__item__topic__slug=topic_slug, version__item__room=Place.TEST
    )
    return rows.order_by().values_list("version__item__slug", "variant")


def read_or_none(version_id: int, variant: int = 0) -> Ready | None:
    """A version with a variant's numbers; None where it is in a form that is no longer read."""
    try:
        return ready(version_id, variant)
    except (Unreadable, LookupError):
        return None
