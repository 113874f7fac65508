"""How strong a learner is at each concept, and the evidence behind it.

The rules are those of mastery learning, held against their known weaknesses: a row of right answers is passed by luck
far too often, so what counts is the probability of being strong, on different numbers, on different days, and once
among mixed questions. A state can fall, one step at a time, and never to nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from canarylearn.items.spec import TRIES
from canarylearn.learning.models import Attempt
from canarylearn.mastery import Answered, strength

SURE = 0.8
"""How probable it must be that a learner is strong."""

SUCCESSES = 3
"""Right first answers, without hints, on as many different variants."""

APART = dt.timedelta(days=2)
"""Two of them must lie as far apart."""

KEPT = dt.timedelta(days=7)
"""Right again after this long is retained."""

OPPORTUNITIES = 10
"""So many first answers at a concept without becoming strong: more of the same will hardly help (wheel-spinning)."""


class State(StrEnum):
    """How strong a learner is at a concept. Not measured is not weak."""

    UNKNOWN = "unknown"
    BUILDING = "building"
    STRONG = "strong"
    RETAINED = "retained"


_LADDER = (State.BUILDING, State.STRONG, State.RETAINED)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One first answer to an item with one variant's numbers: the only kind of answer that says what somebody knew.

    `unaided` is without hints; `mixed` is among items of other concepts, in the test or in review; `floor` is the
    chance of passing by a blind guess; `url` leads its learner to the run, and is empty where none is kept; `attempt`
    is the number in the database of the attempt that it was, if it was one.
    """

    when: dt.datetime
    concept: str
    what: tuple[str, int]
    title: str
    level: str
    floor: float
    passed: bool
    unaided: bool
    mixed: bool
    where: str
    url: str = ""
    attempt: int = 0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a learner stands at a concept: the state, the probability of being strong, and what both rest on."""

    state: State
    strength: float
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    spinning: bool


class Row(NamedTuple):
    """A row of what an app knows, among mixed questions: `where` it was answered, and the columns of an Evidence.

    `what` and `number` tell variants apart; `topic` and `place` are for the app, which makes the address of them.
    """

    where: str
    whose: UUID
    when: dt.datetime
    what: str
    number: int
    concept: str
    title: str
    level: str
    floor: float
    passed: bool
    unaided: bool
    topic: str
    place: int


Source = Callable[[Sequence[UUID]], "QuerySet[Any, Any]"]
"""What an app knows of the learners with these keys, with the columns of a Row."""

Address = Callable[[str, int], str]
"""Where a learner finds the run again, by the topic and the place of its Row."""

_sources: dict[str, tuple[Source, Address]] = {}


def tell_evidence(where: str, source: Source, address: Address = lambda _topic, _place: "") -> None:
    """Let an app add what its pages learnt about learners. Called when the app is ready."""
    _sources[where] = (source, address)


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything known of a learner: the evidence, the oldest first, and the items of practice that are finished."""

    evidence: tuple[Evidence, ...]
    finished: frozenset[str]


def known_of(learner_key: UUID) -> Known:
    """Everything known of a learner."""
    return known_of_all([learner_key])[learner_key]


def known_of_all(learner_keys: Sequence[UUID]) -> dict[UUID, Known]:
    """Everything known of each of these learners: two queries, whatever their number and that of the sources."""
    tries: dict[tuple[UUID, str, int], int] = {}
    finished: dict[UUID, set[str]] = {key: set() for key in learner_keys}
    found: dict[UUID, list[Evidence]] = {key: [] for key in learner_keys}
    for row in _attempts(learner_keys):
        place = (row.whose, row.slug, row.variant)
        tries[place] = tries.get(place, 0) + 1
        if row.passed or tries[place] >= TRIES.get(row.kind, 1):
            finished[row.whose].add(row.slug)
        if row.number == 1:
            found[row.whose].append(_from_attempt(row))
    for told in _told(learner_keys):
        found[told.whose].append(_from_row(told))
    return {
        key: Known(evidence=tuple(sorted(found[key], key=lambda one: one.when)), finished=frozenset(finished[key]))
        for key in learner_keys
    }


def _told(learner_keys: Sequence[UUID]) -> list[Row]:
    """What all apps know, in one query."""
    asked = [source(learner_keys).order_by() for source, _address in _sources.values()]
    return [Row(*row) for row in asked[0].union(*asked[1:], all=True)] if asked else []


def _from_row(row: Row) -> Evidence:
    return Evidence(
        when=row.when,
        concept=row.concept,
        what=(row.what, row.number),
        title=row.title,
        level=row.level,
        floor=row.floor,
        passed=row.passed,
        unaided=row.unaided,
        mixed=True,
        where=row.where,
        url=_sources[row.where][1](row.topic, row.place),
    )


def _attempts(learner_keys: Sequence[UUID]) -> Iterable[Any]:
    """Every counted try, with what is asked about its item, in one query."""
    rows = Attempt.objects.filter(slot__learner__key__in=learner_keys).order_by()
    return rows.annotate(
        whose=F("slot__learner__key"),
        variant=F("slot__variant"),
        slug=F("slot__version__item__slug"),
        kind=F("slot__version__item__kind"),
        concept=F("slot__version__item__concept"),
        place=F("slot__version__item__room"),
        title=F("slot__version__title"),
        level=F("slot__version__level"),
        floor=F("slot__version__proof__guess_floor"),
    ).values_list(
        *("pk", "whose", "number", "created", "passed", "hints_opened"),
        *("variant", "slug", "kind", "concept", "place", "title", "level", "floor"),
        named=True,
    )


def _from_attempt(row: Any) -> Evidence:
    """A first try, in practice or in the challenge."""
    return Evidence(
        when=row.created,
        concept=row.concept,
        what=(row.slug, row.variant),
        title=row.title,
        level=row.level,
        floor=row.floor,
        passed=row.passed,
        unaided=row.hints_opened == 0,
        mixed=False,
        where=row.place,
        url=reverse("replay", args=[row.pk]),
        attempt=row.pk,
    )


def standing(evidence: Sequence[Evidence]) -> Standing:
    """Where a learner stands at one concept, from everything known about it, the oldest first."""
    state, since, was_strong = State.UNKNOWN, dt.datetime.min.replace(tzinfo=dt.UTC), False
    for number, one in enumerate(evidence, start=1):
        before = state
        state = _after(state, one, evidence[:number], since)
        was_strong = was_strong or state is State.STRONG
        if state is not before:
            since = one.when
    rising = state in (State.UNKNOWN, State.BUILDING)
    return Standing(
        state=state,
        strength=_strength(evidence),
        evidence=tuple(evidence),
        missing=tuple(missing(evidence)) if rising else (),
        spinning=rising and not was_strong and len(evidence) >= OPPORTUNITIES,
    )


def missing(evidence: Sequence[Evidence]) -> list[str]:
    """What is still to be shown before a concept counts as strong, in words; nothing when it is."""
    shown = [one for one in evidence if one.passed and one.unaided]
    variants = len({one.what for one in shown})
    found = []
    if variants < SUCCESSES:
        more = SUCCESSES - variants
        found.append(
            ngettext(
                "%(count)d more right first answer without hints, with other numbers",
                "%(count)d more right first answers without hints, each with other numbers",
                more,
            )
            % {"count": more}
        )
    if not shown or shown[-1].when - shown[0].when < APART:
        found.append(_("a right answer at least two days after another"))
    if not any(one.mixed for one in shown):
        found.append(_("one of them among mixed questions, in the review or in the test"))
    if not found and _strength(evidence) < SURE:
        found.append(_("a few more right answers, since some of these could have been luck"))
    return found


def _after(state: State, one: Evidence, known: Sequence[Evidence], since: dt.datetime) -> State:
    """The state after one more answer. One that passed with hints is practice: it neither lifts nor lowers."""
    if not one.passed:
        return _LADDER[max(0, _LADDER.index(state) - 1)] if state in _LADDER else State.BUILDING
    if state is State.STRONG and one.unaided and one.when - since >= KEPT:
        return State.RETAINED
    if state in (State.UNKNOWN, State.BUILDING):
        return State.BUILDING if missing(known) else State.STRONG
    return state


def _strength(evidence: Sequence[Evidence]) -> float:
    told = [one for one in evidence if one.unaided or not one.passed]
    return strength([Answered(level=one.level, floor=one.floor, passed=one.passed) for one in told])


def by_concept(evidence: Iterable[Evidence], concepts: Iterable[str]) -> dict[str, Standing]:
    """Where a learner stands at each of these concepts."""
    known = list(evidence)
    return {concept: standing([one for one in known if one.concept == concept]) for concept in concepts}
