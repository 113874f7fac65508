"""What the page of a topic says of a learner's reviews."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.learning.models import Topic
from canarylearn.review.selectors import desk_of_known


def state(learner_key: UUID, topic: Topic) -> str:
    """How many cards are due today; nothing for somebody who never reviewed."""
    mine = desk_of_known(learner_key, timezone.now(), topic.slug)
    if mine is None:
        return ""
    if not mine.cards and all(thing.ready for thing in mine.things.values()):
        return ""
    due = len(mine.queue(topic.slug))
    if not due:
        return _("nothing due today")
    return ngettext("%(count)s due today", "%(count)s due today", due) % {"count": due}
