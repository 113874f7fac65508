"""What the test tells the rest of the site: where a learner stands in it, and what is closed to them meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, CharField, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.learning.closing import Closing
from canarylearn.learning.kept import moment
from canarylearn.learning.modes import Glance
from canarylearn.mastery import Verdict
from quizzes.models import Asked, Sitting
from quizzes.sittings.bank import read_or_none
from quizzes.sittings.pages import VERDICTS, say_for


def say_state(glance: Glance) -> str:
    """The open test, or else the last verdict; nothing before the first test."""
    sittings = glance.kept["sitting"]
    if not sittings:
        return ""
    last = max(sittings, key=lambda one: (moment(one["started"]), one["pk"]))
    if last["ended"] is None:
        return _("a test is open")
    sure = say_for(Sitting(verdict=last["verdict"], sure=last["sure"]))
    return ", ".join(filter(None, [str(VERDICTS[Verdict(last["verdict"])]).lower(), sure]))


def kept_sittings(learner_key: UUID, topic_slug: str) -> QuerySet[Sitting]:
    """The tests that a learner has begun in a topic."""
    return Sitting.objects.filter(learner__key=learner_key, topic__slug=topic_slug)


def closed_to(learner_key: UUID) -> Mapping[str, Closing]:
    """The scenarios of the question that waits in a learner's test: the lab would answer it."""
    waiting = Asked.objects.filter(sitting__learner__key=learner_key, sitting__ended=None, answered=None)
    closed: dict[str, Closing] = {}
    for one in waiting.select_related("sitting__topic").order_by():
        ready, topic = read_or_none(one.version_id, one.variant), one.sitting.topic.slug
        if ready is not None:
            url = reverse("test:question", args=[topic, one.number])
            closing = Closing(title=_("a question of the test"), url=url)
            closed |= {f"{topic}/{slug}": closing for slug in ready.item.scenarios}
    return closed


def evidence(learner_keys: Sequence[UUID]) -> QuerySet[Any, Any]:
    """What finished tests showed: each first answer, without hints and among mixed questions. "Not sure" is a miss."""
    judged = Asked.objects.filter(sitting__learner__key__in=learner_keys, passed__isnull=False)
    return judged.values_list(
        *(Value("test", output_field=CharField()), "sitting__learner__key", "answered"),
        *("version__item__slug", "variant", "concept", "version__title", "level", "floor", "passed"),
        *(Value(True, output_field=BooleanField()), "sitting__topic__slug", "sitting_id"),
    )


def address(topic: str, sitting: int) -> str:
    """Where a learner finds the test again."""
    return reverse("test:result", args=[topic, sitting])
