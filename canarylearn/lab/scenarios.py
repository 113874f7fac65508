"""The scenarios of the curriculum, and which of them are closed to somebody for now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from canarylearn.engine import Scenario
from canarylearn.items.files import TopicSpec, read_as
from canarylearn.learning.closing import Closing, closed_elsewhere
from canarylearn.learning.content import topic_folders
from canarylearn.learning.ready import ready
from canarylearn.learning.selectors import listed_items, standings

_ABOUT = {
    "error_rate": _("Failing requests"),
    "p95": _("Response times"),
    "accuracy": _("Right and wrong answers"),
}
_TELLING = "canary-releases/v2-fails"
_ROOMS = {"task": "practice", "question": "quizzes"}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A scenario to choose: its name ('topic/slug'), the group it stands in, and what is true in it."""

    name: str
    group: str
    scenario: Scenario


def offered() -> Mapping[str, Offered]:
    """Every scenario of the curriculum by its name, in the order of its groups."""
    return _offered(get_language())


@lru_cache(maxsize=8)
def _offered(language: str | None) -> Mapping[str, Offered]:
    """The groups are named in the language, which is why each has its own."""
    folders = topic_folders()
    found = []
    for folder in folders:
        topic = read_as(TopicSpec, (folder / "topic.yaml").read_text(encoding="utf-8"))
        for path in sorted(folder.glob("scenarios/*.yaml")):
            scenario = read_as(Scenario, path.read_text(encoding="utf-8"))
            about = str(_ABOUT.get(scenario.watch, _("Other")))
            group = f"{topic.title}: {about.lower()}" if len(folders) > 1 else about
            found.append(Offered(name=f"{topic.slug}/{path.stem}", group=group, scenario=scenario))
    groups = list(dict.fromkeys(one.group for one in found))
    return {one.name: one for one in sorted(found, key=lambda one: groups.index(one.group))}


def closed_scenarios(learner_key: UUID) -> dict[str, Closing]:
    """The scenarios of every item that was begun (a try or a hint) and is neither solved nor out of tries, and whatever
    other rooms keep closed meanwhile."""
    listed = {one.version_id: (room, one) for kind, room in _ROOMS.items() for one in listed_items(kind)}
    closed = closed_elsewhere(learner_key)
    for version_id, standing in standings(learner_key, listed).items():
        item, (room, one) = ready(version_id).item, listed[version_id]
        begun = bool(standing.attempts or standing.hints_opened)
        if begun and not standing.resolved(item.tries):
            closing = Closing(title=item.title, url=reverse(f"{room}:item", args=[one.slug]))
            closed |= {f"{one.topic_slug}/{slug}": closing for slug in item.scenarios}
    return closed


def suggested(closed: Mapping[str, Closing]) -> str:
    """The scenario to begin with: the telling one, or else the first that is open; none when all are closed."""
    there = [name for name in offered() if name not in closed]
    return _TELLING if _TELLING in there else next(iter(there), "")
