"""What the test tells the rest of the site: where a learner stands in it, and what is closed to them meanwhile."""

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.learning.closing import Closing
from canarylearn.learning.models import Topic
from canarylearn.mastery import Verdict
from quizzes.models import Asked, Sitting
from quizzes.sittings.bank import read_or_none
from quizzes.sittings.pages import VERDICTS, say_for


def say_state(learner_key: UUID, topic: Topic) -> str:
    """The open test, or else the last verdict; nothing before the first test."""
    mine = Sitting.objects.filter(learner__key=learner_key, topic=topic).order_by("-started", "-pk")
    last = mine.defer("plan").first()
    if last is None:
        return ""
    if last.ended is None:
        return _("a test is open")
    return ", ".join(filter(None, [str(VERDICTS[Verdict(last.verdict)]).lower(), say_for(last)]))


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
