"""What the page of a topic says of a learner's reviews."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.learning.kept import Kept, day
from canarylearn.learning.models import Item, Topic
from canarylearn.learning.modes import Glance
from canarylearn.learning.next_step import NextStep
from canarylearn.review.models import Answer, Card, Wish
from canarylearn.review.scheduling import Grade
from canarylearn.review.selectors import ITEM, desk_at_a_glance


def kept_cards(learner_key: UUID, topic_slug: str) -> QuerySet[Card]:
    """The cards of a learner in every topic: how many they answered today says how many are left."""
    return Card.objects.filter(learner__key=learner_key)


def kept_wishes(learner_key: UUID, topic_slug: str) -> QuerySet[Wish]:
    """How many cards a day a learner wants."""
    return Wish.objects.filter(learner__key=learner_key)


def state(glance: Glance) -> str:
    """How many cards are due today; nothing for somebody who never reviewed."""
    mine = desk_at_a_glance(glance, timezone.now())
    if mine is None:
        return ""
    due = mine.count(glance.topic.slug)
    if not due:
        return _("nothing due today")
    return ngettext("%(count)s due today", "%(count)s due today", due) % {"count": due}


def evidence(learner_keys: Sequence[UUID]) -> QuerySet[Any, Any]:
    """What reviewed items showed: mixed with other concepts, with other numbers each time.

    Only items count: the grade of a flashcard is the learner's own. Hard is right with a hint or on a later try.
    """
    items = Item.objects.filter(slug=Substr(OuterRef("what"), len(ITEM) + 2)).order_by()
    floor = Cast(KeyTextTransform("guess_floor", "current__proof"), FloatField())
    answers = Answer.objects.filter(learner__key__in=learner_keys, what__startswith=f"{ITEM}:")
    return (
        answers.annotate(concept=Subquery(items.values("concept")[:1]))
        .filter(concept__isnull=False)
        .values_list(
            *(Value("review", output_field=CharField()), "learner__key", "created", "what", "pk", "concept"),
            Subquery(items.values("current__title")[:1]),
            Subquery(items.values("current__level")[:1]),
            Subquery(items.values(floor=floor)[:1]),
            *(_above(Grade.AGAIN), _above(Grade.HARD)),
            *(Value("", output_field=CharField()), Value(0, output_field=IntegerField())),
        )
    )


def _above(grade: Grade) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(grade__gt=int(grade)), output_field=BooleanField())


def urgent(kept: Kept, topic: Topic, today: date) -> NextStep | None:
    """Cards that were answered before and are due again come before anything new."""
    days = [day(card["due"]) for card in kept["card"]]
    due = sum(one is not None and one <= today for one in days)
    if not due:
        return None
    return NextStep(
        url=reverse("review:topic", args=[topic.slug]),
        title=_("Review"),
        reason=ngettext("%(count)s card is due.", "%(count)s cards are due.", due) % {"count": due},
    )
