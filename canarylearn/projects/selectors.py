"""What pages of projects read: the projects there are, and where a learner stands in one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from canarylearn.items.project.files import Project, has_project, read_project
from canarylearn.learning.content import CONTENT
from canarylearn.learning.modes import Glance
from canarylearn.projects.models import Draft, PassedStage


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a learner stands in a project: drafts and passed stages by the stage's name."""

    drafts: Mapping[str, Draft]
    passed: Mapping[str, PassedStage]

    def text(self, project: Project, stage: str) -> str:
        """What the editor shows: the draft, or else what was written for the stages before it, and a beginning."""
        if stage in self.drafts and self.drafts[stage].number:
            return self.drafts[stage].text
        before = self._before(list(project.stages), stage)
        starter = project.stages[stage].starter.rstrip("\n")
        return f"{before.rstrip()}\n\n{starter}\n" if before else f"{starter}\n"

    def _before(self, names: list[str], stage: str) -> str:
        for name in reversed(names[: names.index(stage)]):
            if name in self.passed:
                return self.passed[name].text
            if name in self.drafts and self.drafts[name].number:
                return self.drafts[name].text
        return ""


@lru_cache(maxsize=8)
def project_of(topic: str) -> Project | None:
    """The project of a topic, if it has one. The files are part of the site and do not change while it runs."""
    return read_project(CONTENT / topic) if has_project(CONTENT / topic) else None


def standing(learner_key: UUID, topic: str) -> Standing:
    """Where a learner stands in the project of a topic: two queries."""
    mine = {"learner__key": learner_key, "topic": topic}
    return Standing(
        drafts={one.stage: one for one in Draft.objects.filter(**mine).order_by()},
        passed={one.stage: one for one in PassedStage.objects.filter(**mine).order_by()},
    )


def kept_stages(learner_key: UUID, topic_slug: str) -> QuerySet[PassedStage]:
    """The stages that a learner has passed in a topic's project."""
    return PassedStage.objects.filter(learner__key=learner_key, topic=topic_slug)


def say_state(glance: Glance) -> str:
    """What a learner has passed of a topic's project, for the list of modes."""
    project = project_of(glance.topic.slug)
    passed = {one["stage"] for one in glance.kept["stage"]}
    if project is None or not passed:
        return ""
    done = sum(name in passed for name in project.stages)
    return _("%(done)d of %(count)d stages passed") % {"done": done, "count": len(project.stages)}
