"""Your progress: each concept with the evidence behind its state, the next best step, and the weekly streak."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.items.files import TopicSpec
from canarylearn.learning.days import zone as zone_of
from canarylearn.learning.kept import Kept, kept_of, moment
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Page, Topic
from canarylearn.learning.modes import modes_of
from canarylearn.learning.next_step import NextStep, next_step
from canarylearn.learning.progress import Evidence, Known, Standing, State, by_concept, known_of
from canarylearn.learning.reading import topics_and_pages
from canarylearn.learning.selectors import Listed, listed_items, topic_spec
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
    key = request.visitor.key
    known, kept, items = known_of(key), kept_of(key, "learner", "mark", "card"), listed_items(None)
    zone, wants_streak = _wishes(kept)
    today = timezone.now().astimezone(zone).date()
    moments = [*(one.when for one in known.evidence), *(moment(mark["created"]) for mark in kept["mark"])]
    open_items = [one for one in items if one.slug not in known.finished]
    context = {
        "room": _ROOM,
        "topics": [_topic(topic, rows, known, kept, open_items, today) for topic, rows in topics_and_pages()],
        "streak": streak([one.astimezone(zone).date() for one in moments], today) if wants_streak else None,
    }
    return render(request, "learning/progress.html", context)


def _wishes(kept: Kept) -> tuple[ZoneInfo, bool]:
    """A learner's time zone, and whether they want the streak; of one who did nothing yet, the site's."""
    row: dict[str, Any] = next(iter(kept["learner"]), {"time_zone": "", "streak": True})
    return zone_of(row["time_zone"]), bool(row["streak"])


def _topic(
    topic: Topic, rows: list[Page], known: Known, kept: Kept, open_items: Sequence[Listed], today: dt.date
) -> TopicView:
    spec, modes = topic_spec(topic.spec), modes_of(topic, rows)
    standings = by_concept(known.evidence, spec.concepts)
    mine = [one for one in open_items if one.topic_slug == topic.slug]
    return TopicView(
        topic=topic,
        concepts=[concept_view(spec, concept, standing) for concept, standing in standings.items()],
        step=next_step(kept, today, topic, spec, modes, standings, mine),
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
