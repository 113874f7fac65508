"""What the teachers of a class see of it: where everybody stands, who is stuck where, and what was done of the
assignments."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.classes.dates import due_for, zone_of
from canarylearn.classes.models import Assignment, Classroom, Membership
from canarylearn.classes.parts import Doings, Share, Work
from canarylearn.learning.models import Topic
from canarylearn.learning.progress import Evidence, State, by_concept, known_of_all
from canarylearn.learning.progress_page import ConceptView, concept_view
from canarylearn.learning.selectors import topic_spec

FEWEST = 5
"""Figures about a class are told of at least so many who answered: fewer are people, and have a page each."""

TWICE = 2


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """Where somebody does not get on: an item by its `slug`, with the last attempt at it, or a concept, without."""

    member: Membership
    what: str
    why: str
    slug: str = ""
    attempt: int = 0


@dataclass(frozen=True, kw_only=True)
class StuckPlace:
    """A concept or an item, and who of a class does not get on with it."""

    what: str
    slug: str
    people: Sequence[Stuck]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One member, and where they stand at each concept."""

    member: Membership
    concepts: Sequence[ConceptView]
    stuck: int


@dataclass(frozen=True, kw_only=True)
class Column:
    """One concept over the class: how many of those who answered are in each state; None where too few did."""

    title: str
    answered: int
    states: Sequence[tuple[str, int]] | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A class at a glance."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    stuck: Sequence[StuckPlace]


def overview(members: Sequence[Membership], topics: Sequence[Topic]) -> Overview:
    """Where every member stands at the concepts of these topics: four queries, whatever their number."""
    known = known_of_all([member.learner.key for member in members])
    doings = Doings([member.learner_id for member in members], [topic.slug for topic in topics])
    rows, stuck = [], []
    for member in members:
        concepts = concepts_of(known[member.learner.key].evidence, topics)
        at = stuck_at(member, concepts, doings.works[member.learner_id].values())
        stuck += at
        rows.append(Row(member=member, concepts=concepts, stuck=len(at)))
    columns = [_column([row.concepts[place] for row in rows]) for place in range(len(rows[0].concepts) if rows else 0)]
    return Overview(columns=columns, rows=rows, stuck=_places(stuck))


def _places(stuck: Iterable[Stuck]) -> list[StuckPlace]:
    """Who is stuck, by where; the place with most people first."""
    found: dict[tuple[str, str], list[Stuck]] = {}
    for one in stuck:
        found.setdefault((one.slug, "" if one.slug else one.what), []).append(one)
    places = [StuckPlace(what=people[-1].what, slug=people[0].slug, people=people) for people in found.values()]
    return sorted(places, key=lambda place: (-len(place.people), place.what))


def concepts_of(evidence: Iterable[Evidence], topics: Iterable[Topic]) -> list[ConceptView]:
    """Where somebody stands at each concept of these topics."""
    known, found = list(evidence), []
    for topic in topics:
        spec = topic_spec(topic.spec)
        standings = by_concept(known, spec.concepts)
        found += [concept_view(spec, concept, standing) for concept, standing in standings.items()]
    return found


def stuck_at(member: Membership, concepts: Iterable[ConceptView], works: Iterable[Work]) -> list[Stuck]:
    """Where a member does not get on: many answers and not strong, out of tries, or missed twice."""
    found = [
        Stuck(
            member=member,
            what=concept.title,
            why=ngettext(
                "%(count)d first answer and not strong yet",
                "%(count)d first answers and not strong yet",
                len(concept.evidence),
            )
            % {"count": len(concept.evidence)},
        )
        for concept in concepts
        if concept.standing.spinning
    ]
    for work in works:
        if work.solved or (work.finished is None and work.misses < TWICE):
            continue
        why = _("out of tries") if work.finished else _("missed twice, and still open")
        found.append(Stuck(member=member, what=work.title, why=why, slug=work.slug, attempt=work.last))
    return found


def _column(views: Sequence[ConceptView]) -> Column:
    met = [view for view in views if view.standing.state is not State.UNKNOWN]
    if len(met) < FEWEST:
        return Column(title=views[0].title, answered=len(met), states=None)
    counts = Counter(view.word for view in met)
    return Column(title=views[0].title, answered=len(met), states=counts.most_common())


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a member is with an assignment. `late` says that it was completed, or is still open, after it was due."""

    member: Membership
    assignment: Assignment
    share: Share
    parts: Sequence[Share]
    due: datetime | None
    late: bool
    waits: bool

    @property
    def open(self) -> bool:
        """Whether there is something to do now."""
        return not self.waits and not self.share.complete


def progress_with(
    assignment: Assignment, member: Membership, classroom: Classroom, doings: Doings, now: datetime
) -> Progress:
    """How far a member is with an assignment."""
    share = doings.of_assignment(member.learner_id, assignment)
    due = due_for(assignment, member, zone_of(classroom.time_zone))
    return Progress(
        member=member,
        assignment=assignment,
        share=share,
        parts=[doings.share(member.learner_id, name, assignment.opens) for name in assignment.parts],
        due=due,
        late=due is not None and (share.when or now) > due and (share.when is not None or not share.complete),
        waits=assignment.opens is not None and now < assignment.opens,
    )
