"""What the test tells the rest of the site: where a learner stands in it, and what is closed to them meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.learning.closing import Closing
from canarylearn.learning.modes import Glance
from canarylearn.learning.progress import Evidence
from canarylearn.mastery import Verdict
from quizzes.models import Asked, Sitting
from quizzes.sittings.bank import read_or_none
from quizzes.sittings.pages import VERDICTS, say_for


def say_state(glance: Glance) -> str:
    """The open test, or else the last verdict; nothing before the first test."""
    mine = Sitting.objects.filter(learner__key=glance.key, topic=glance.topic).order_by("-started", "-pk")
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


def evidence(learner_keys: Sequence[UUID]) -> Iterator[tuple[UUID, Evidence]]:
    """What finished tests showed: each first answer, without hints and among mixed questions. "Not sure" is a miss."""
    judged = Asked.objects.filter(sitting__learner__key__in=learner_keys, passed__isnull=False).order_by()
    for key, topic, *facts in judged.values_list(
        "sitting__learner__key",
        *("sitting__topic__slug", "sitting_id", "answered", "concept", "version__item__slug", "variant"),
        *("version__title", "level", "floor", "passed"),
    ):
        sitting, when, concept, slug, variant, title, level, floor, passed = facts
        yield (
            key,
            Evidence(
                when=when,
                concept=concept,
                what=(slug, variant),
                title=title,
                level=level,
                floor=floor,
                passed=passed,
                unaided=True,
                mixed=True,
                where="test",
                url=reverse("test:result", args=[topic, sitting]),
            ),
        )
