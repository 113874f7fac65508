"""What the page of a topic says of a learner's reviews."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.learning.models import Item, Topic
from canarylearn.learning.modes import Glance
from canarylearn.learning.next_step import NextStep
from canarylearn.learning.progress import Evidence
from canarylearn.review.models import Answer, Card
from canarylearn.review.scheduling import Grade
from canarylearn.review.selectors import ITEM, desk_of_known


def state(glance: Glance) -> str:
    """How many cards are due today; nothing for somebody who never reviewed."""
    mine = desk_of_known(glance.key, timezone.now(), glance.topic.slug)
    if mine is None:
        return ""
    if not mine.cards and all(thing.ready for thing in mine.things.values()):
        return ""
    due = len(mine.queue(glance.topic.slug))
    if not due:
        return _("nothing due today")
    return ngettext("%(count)s due today", "%(count)s due today", due) % {"count": due}


def evidence(learner_keys: Sequence[UUID]) -> Iterator[tuple[UUID, Evidence]]:
    """What reviewed items showed: mixed with other concepts, with other numbers each time.

    Only items count: the grade of a flashcard is the learner's own. Hard is right with a hint or on a later try.
    """
    items = Item.objects.filter(slug=Substr(OuterRef("what"), len(ITEM) + 2)).order_by()
    answers = Answer.objects.filter(learner__key__in=learner_keys, what__startswith=f"{ITEM}:").order_by()
    named = answers.annotate(
        concept=Subquery(items.values("concept")[:1]),
        title=Subquery(items.values("current__title")[:1]),
        level=Subquery(items.values("current__level")[:1]),
        proof=Subquery(items.values("current__proof")[:1]),
    ).filter(concept__isnull=False)
    for key, what, day, created, grade, concept, title, level, proof in named.values_list(
        "learner__key", "what", "day", "created", "grade", "concept", "title", "level", "proof"
    ):
        yield (
            key,
            Evidence(
                when=created,
                concept=concept,
                what=(what, day.toordinal()),
                title=title,
                level=level,
                floor=proof["guess_floor"],
                passed=grade > Grade.AGAIN,
                unaided=grade > Grade.HARD,
                mixed=True,
                where="review",
            ),
        )


def urgent(learner_key: UUID, topic: Topic, today: date) -> NextStep | None:
    """Cards that were answered before and are due again come before anything new."""
    due = Card.objects.filter(learner__key=learner_key, due__lte=today).count()
    if not due:
        return None
    return NextStep(
        url=reverse("review:topic", args=[topic.slug]),
        title=_("Review"),
        reason=ngettext("%(count)s card is due.", "%(count)s cards are due.", due) % {"count": due},
    )
