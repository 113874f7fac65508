"""Your progress: each concept with the evidence behind its state, the next best step, and the weekly streak."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.items.files import TopicSpec
from canarylearn.learning.days import zone as zone_of
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Learner, PageMark, Topic
from canarylearn.learning.modes import modes_of
from canarylearn.learning.next_step import NextStep, next_step
from canarylearn.learning.progress import Evidence, Known, Standing, State, by_concept, known_of
from canarylearn.learning.reading import pages_of
from canarylearn.learning.selectors import listed_items, topic_spec, topics
from canarylearn.learning.streaks import Streak, streak

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
    known = known_of(request.visitor.key)
    learner = Learner.objects.filter(key=request.visitor.key).first() or Learner(key=request.visitor.key)
    context = {
        "room": _ROOM,
        "topics": [_topic(request, topic, known) for topic in topics()],
        "streak": _streak(learner, known.evidence) if learner.streak else None,
    }
    return render(request, "learning/progress.html", context)


def _topic(request: LearnerRequest, topic: Topic, known: Known) -> TopicView:
    spec, modes = topic_spec(topic.spec), modes_of(topic, pages_of(topic.slug))
    standings = by_concept(known.evidence, spec.concepts)
    unfinished = [one for one in listed_items(None, topic.slug) if one.slug not in known.finished]
    return TopicView(
        topic=topic,
        concepts=[_concept(spec, concept, standing) for concept, standing in standings.items()],
        step=next_step(request.visitor.key, topic, spec, modes, standings, unfinished),
    )


def _concept(spec: TopicSpec, concept: str, standing: Standing) -> ConceptView:
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


def _streak(learner: Learner, known: Iterable[Evidence]) -> Streak:
    zone = zone_of(learner.time_zone)
    read = PageMark.objects.filter(learner__key=learner.key).order_by().values_list("created", flat=True)
    moments: list[dt.datetime] = [*(one.when for one in known), *read]
    return streak([moment.astimezone(zone).date() for moment in moments], timezone.now().astimezone(zone).date())
