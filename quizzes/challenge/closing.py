"""The lab keeps the scenarios of an incident closed from Start until nothing is left to win or lose."""

from uuid import UUID

from canarylearn.learning.closing import Closing
from canarylearn.learning.ready import ready
from canarylearn.learning.selectors import Standing, standings
from quizzes.challenge.models import Clock


def closed(learner_key: UUID) -> dict[str, Closing]:
    """The scenarios of every incident that was started and is not resolved, by name."""
    begun = list(Clock.objects.filter(learner__key=learner_key, passed=False).select_related("version__item"))
    known = standings(learner_key, {clock.version_id for clock in begun}) if begun else {}
    found: dict[str, Closing] = {}
    for clock in begun:
        at = ready(clock.version_id, clock.variant)
        standing = known.get(clock.version_id, Standing())
        here = standing.others.get(clock.variant, Standing()) if clock.variant else standing
        if clock.version_id == clock.version.item.current_id and not here.resolved(at.item.tries):
            closing = Closing(title=at.item.title, url=clock.version.item.get_absolute_url())
            found |= {f"{at.topic_slug}/{slug}": closing for slug in at.item.scenarios}
    return found
