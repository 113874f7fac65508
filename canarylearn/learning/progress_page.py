"""Your progress: each concept with the evidence behind its state, the next best step, and the weekly streak."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.items.files import TopicSpec
from canarylearn.learning.days import zone as zone_of
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Learner, Topic
from canarylearn.learning.modes import modes_of
from canarylearn.learning.next_step import NextStep, next_step
from canarylearn.learning.progress import Evidence, Known, Standing, State, by_concept, known_of
from canarylearn.learning.reading import pages_of
from canarylearn.learning.selectors import listed_items, topic_spec, topics
from canarylearn.learning.streaks import streak

_ROOM = {"name": "progress"}


@dataclass(frozen=True, kw_only=True)
class ConceptView:
    """One concept on the page. `word` says the state, `percent` how probable it is that it is strong."""

    title: str
    summary: str
    word: str
    standing: Standing
    percent: int
    after: tuple[str, ...]

    @property
    def evidence(self) -> Sequence[Evidence]:
        """What the state rests on, the newest first."""
        return self.standing.evidence[::-1]


@dataclass(frozen=True, kw_only=True)
class TopicView:
    """One topic on the page."""

    topic: Topic
    concepts: list[ConceptView]
    step: NextStep | None


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """Where this learner stands in every topic."""
    known, wishes = known_of(request.visitor.key), _wishes(request.visitor.key)
    today = timezone.now().astimezone(wishes.zone).date()
    moments = [*(one.when for one in known.evidence), *wishes.read]
    context = {
        "room": _ROOM,
        "topics": [_topic(request, topic, known, today) for topic in topics()],
        "streak": streak([moment.astimezone(wishes.zone).date() for moment in moments], today)
        if wishes.streak
        else None,
    }
    return render(request, "learning/progress.html", context)


@dataclass(frozen=True, kw_only=True)
class _Wishes:
    """What a learner set, and when they read pages or answered questions on them."""

    zone: ZoneInfo
    streak: bool
    read: list[dt.datetime]


def _wishes(learner_key: UUID) -> _Wishes:
    """One query; the settings of a learner who did nothing yet are the site's."""
    learner = Learner.objects.filter(key=learner_key).order_by()
    rows = list(learner.values_list("time_zone", "streak", "page_marks__created"))
    name, shown = rows[0][:2] if rows else ("", True)
    return _Wishes(zone=zone_of(name), streak=shown, read=[row[2] for row in rows if row[2] is not None])


def _topic(request: LearnerRequest, topic: Topic, known: Known, today: dt.date) -> TopicView:
    spec, modes = topic_spec(topic.spec), modes_of(topic, pages_of(topic.slug))
    standings = by_concept(known.evidence, spec.concepts)
    unfinished = [one for one in listed_items(None, topic.slug) if one.slug not in known.finished]
    return TopicView(
        topic=topic,
        concepts=[concept_view(spec, concept, standing) for concept, standing in standings.items()],
        step=next_step(request.visitor.key, today, topic, spec, modes, standings, unfinished),
    )


def concept_view(spec: TopicSpec, concept: str, standing: Standing) -> ConceptView:
    """One concept, in words."""
    words = {
        State.UNKNOWN: _("not met yet"),
        State.BUILDING: _("building"),
        State.STRONG: _("strong"),
        State.RETAINED: _("retained"),
    }
    facts = spec.concepts[concept]
    return ConceptView(
        title=facts.title,
        summary=facts.summary,
        word=words[standing.state],
        standing=standing,
        percent=round(100 * standing.strength),
        after=tuple(spec.concepts[other].title for other in facts.after),
    )
