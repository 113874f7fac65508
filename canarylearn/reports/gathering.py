"""Gathering: what is kept of a topic's items, as the responses that item analysis works on.

What counts is the first time that a learner met an item, in whatever version and with whatever numbers. Whoever left is
in the counts without a name, and what a guest did that their account had done already is not counted twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Count, Max, Q
from django.utils import timezone

from canarylearn.dialects.errors import Unreadable
from canarylearn.insight import Response, Table
from canarylearn.items.spec import ROOM_TRIES, TRIES
from canarylearn.items.spec import Item as Spec
from canarylearn.learning.keys import made_at
from canarylearn.learning.models import Attempt, Item, Place, Slot, Topic
from canarylearn.learning.ready import item_as_kept
from canarylearn.reports.models import Report
from quizzes.challenge.models import Clock
from quizzes.models import Asked

GIVEN_UP_AFTER = timedelta(hours=1)
"""Whoever left an item unsolved for so long, with tries to spare, has given up for now."""

LONGEST = timedelta(hours=1)
"""A first answer after longer than this was not being thought about all the time, and is not timed."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """An item of the list. `spec` is None where it is in a form that is no longer read."""

    row: Item
    spec: Spec | None
    floor: float
    reports: int

    @property
    def slug(self) -> str:
        """Its name for ever."""
        return self.row.slug

    @property
    def version(self) -> int:
        """Its current version's number in the database."""
        return self.row.current_id or 0

    @property
    def options(self) -> dict[str, int]:
        """How many options each blank has."""
        return options_of(self.spec)


def options_of(spec: Spec | None) -> dict[str, int]:
    """How many options each blank of an item has."""
    return {blank: len(spec.options_for(blank)) for blank in spec.blanks} if spec else {}


def items_of(topic: Topic) -> list[Known]:
    """The items of a topic that are asked now, in their order."""
    rows = Item.objects.filter(topic=topic, retired=False, current__isnull=False)
    rows = rows.select_related("current").defer("current__scenarios").order_by("kind", "position")
    reported = dict(
        Report.objects.filter(version__item__topic=topic)
        .order_by()
        .values_list("version__item__slug")
        .annotate(Count("learner", distinct=True))
    )
    return [
        Known(
            row=row,
            spec=read_or_none(row.current.spec),
            floor=row.current.proof["guess_floor"],
            reports=reported.get(row.slug, 0),
        )
        for row in sorted(rows, key=lambda row: Place.values.index(row.room))
        if row.current is not None
    ]


def read_or_none(spec: str) -> Spec | None:
    """An item's file, read; None where it is in a form of long ago."""
    try:
        return item_as_kept(spec)
    except Unreadable:
        return None


def gather(topic: Topic) -> Table:
    """All first tries at the items of a topic: in the rooms, in the challenge and in the test. Four queries."""
    return Table(chain(_tried(topic), _tested(topic)))


def _tried(topic: Topic) -> Iterator[Response]:
    """First tries, and first tries with a hint open. The order of time says which meeting was the first."""
    here = Q(slot__version__item__topic=topic, slot__learner__merged_into__isnull=True)
    kept = Attempt.objects.filter(here & (Q(number=1) | Q(hints_opened__gt=0))).order_by("created", "pk")
    rows = kept.values_list(
        "slot_id",
        "slot__learner_id",
        "slot__version__item__slug",
        "slot__version_id",
        "slot__variant",
        "number",
        "key",
        "answer",
        "passed",
        "hints_opened",
        "created",
    )
    left, begun = _left(topic), _begun(topic)
    met: set[tuple[int, str]] = set()
    helped: set[tuple[int, str]] = set()
    for slot, learner, item, version, variant, number, key, answer, passed, hints, when in rows:
        who = (learner, item)
        if hints and who in helped:
            continue
        yield Response(
            learner=learner,
            item=item,
            version=version,
            variant=variant,
            score=float(passed),
            answer=tuple(sorted(answer.items())),
            helped=bool(hints),
            again=who in met,
            seconds=_seconds(begun.get((learner, version, variant)) or made_at(key), when) if number == 1 else None,
            gave_up=slot in left,
        )
        met.add(who)
        if hints:
            helped.add(who)


def _left(topic: Topic) -> set[int]:
    """The slots that were left: unsolved, with tries to spare, and untouched for an hour."""
    slots = Slot.objects.filter(version__item__topic=topic, learner__merged_into__isnull=True).order_by()
    counted = slots.annotate(
        tries=Count("attempts"),
        solved=Count("attempts", filter=Q(attempts__passed=True)),
        last=Max("attempts__created"),
    )
    before = timezone.now() - GIVEN_UP_AFTER
    rows = counted.filter(solved=0, last__lt=before).values_list(
        "pk", "version__item__kind", "version__item__room", "tries"
    )
    return {slot for slot, kind, room, tries in rows if tries < ROOM_TRIES.get(room, TRIES[kind])}


def _begun(topic: Topic) -> dict[tuple[int, int, int], datetime]:
    """When each incident of the challenge was begun. Elsewhere the key of the form says when its page was shown."""
    clocks = Clock.objects.filter(version__item__topic=topic).order_by()
    rows = clocks.values_list("learner_id", "version_id", "variant", "started")
    return {(learner, version, variant): started for learner, version, variant, started in rows}


def _tested(topic: Topic) -> Iterator[Response]:
    """The answers of tests that ended; "not sure" is none, and passes nothing."""
    asked = Asked.objects.filter(
        sitting__topic=topic, sitting__ended__isnull=False, sitting__learner__merged_into__isnull=True
    )
    rows = (
        asked.filter(passed__isnull=False)
        .order_by("shown", "pk")
        .values_list(
            "sitting__learner_id",
            "version__item__slug",
            "version_id",
            "variant",
            "answer",
            "passed",
            "first",
            "shown",
            "answered",
        )
    )
    for learner, item, version, variant, answer, passed, first, shown, answered in rows:
        yield Response(
            learner=learner,
            item=item,
            version=version,
            variant=variant,
            score=float(bool(passed)),
            answer=None if answer is None else tuple(sorted(answer.items())),
            again=not first,
            seconds=_seconds(shown, answered),
            gave_up=answer is None,
        )


def _seconds(begun: datetime | None, ended: datetime | None) -> float | None:
    if begun is None or ended is None or not timedelta() <= ended - begun <= LONGEST:
        return None
    return (ended - begun).total_seconds()
