"""Everything that reads what is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db.models import Q, QuerySet

from canarylearn.items.files import TopicSpec, read_as
from canarylearn.learning.models import Attempt, Item, Place, Slot, Topic, Version


@dataclass(frozen=True)
class Listed:
    """An item in its room: enough to link to it, and the number in the database of its current version.

    The fields stand in the order in which `_listing` asks for them.
    """

    slug: str
    title: str
    level: str
    position: int
    version_id: int
    topic_slug: str
    concept: str
    kind: str
    room: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a learner stands at one version: the counted tries, and how many hints are open.

    That is with the numbers of one variant; `others` has where they stand with the version's other numbers.
    """

    attempts: tuple[Attempt, ...] = ()
    hints_opened: int = 0
    others: Mapping[int, "Standing"] = field(default_factory=dict)

    @property
    def solved(self) -> bool:
        """Whether a try passed."""
        return any(attempt.passed for attempt in self.attempts)

    @property
    def unaided(self) -> bool:
        """Whether a try passed before any hint was opened."""
        return any(attempt.passed and not attempt.hints_opened for attempt in self.attempts)

    @property
    def counts_as_solved(self) -> bool:
        """Whether the item is solved: with these numbers, or unaided with others."""
        return self.solved or any(other.unaided for other in self.others.values())

    def resolved(self, tries: int) -> bool:
        """Whether nothing is left to win or lose: solved, or out of tries."""
        return self.solved or len(self.attempts) >= tries


_OF_ATTEMPTS = tuple(field.attname for field in Attempt._meta.concrete_fields)


def listed_items(kind: str | None, topic_slug: str | None = None, room: str | None = Place.PRACTICE) -> list[Listed]:
    """The published items of a kind (or of every kind) in a room (or in all), in the order of their topics."""
    return [Listed(*row) for row in _listing(kind, topic_slug, room).all()]


@lru_cache(maxsize=64)
def _listing(
    kind: str | None, topic_slug: str | None, room: str | None
) -> QuerySet[Item, tuple[str, str, str, int, int, str, str, str, str]]:
    """The query behind every request about an item: put together once, since that takes longer than asking it."""
    items = Item.objects.filter(retired=False, current__isnull=False)
    if room is not None:
        items = items.filter(room=room)
    if kind is not None:
        items = items.filter(kind=kind)
    if topic_slug is not None:
        items = items.filter(topic__slug=topic_slug)
    return items.order_by("topic", "position").values_list(
        *("slug", "current__title", "current__level", "position", "current_id"),
        *("topic__slug", "concept", "kind", "room"),
    )


def standings(learner_key: UUID, version_ids: Iterable[int], variant: int = 0) -> dict[int, Standing]:
    """Where a learner stands at each of these versions, with the numbers of a variant; none for one never tried.

    One query: slots side by side with their attempts.
    """
    slots = Slot.objects.filter(learner__key=learner_key, version_id__in=list(version_ids))
    return {version: standing for (_slug, version), standing in _standings(slots, variant).items()}


def standings_in(learner_key: UUID, topic_slug: str) -> dict[tuple[str, int], Standing]:
    """Where a learner stands at every item of a topic, in whatever version: by the item's slug and the version's number
    in the database. One query."""
    slots = Slot.objects.filter(learner__key=learner_key, version__item__topic__slug=topic_slug)
    return _standings(slots, 0)


def _standings(slots: QuerySet[Slot], variant: int) -> dict[tuple[str, int], Standing]:
    rows = slots.order_by("version", "variant", "attempts__number").values_list(
        *("version__item__slug", "version_id", "variant", "hints_opened"),
        *(f"attempts__{name}" for name in _OF_ATTEMPTS),
    )
    known: dict[tuple[str, int], dict[int, Standing]] = {}
    for (slug, version, number, hints), tried in groupby(rows, key=itemgetter(slice(4))):
        attempts = (Attempt.from_db(None, _OF_ATTEMPTS, row[4:]) for row in tried if row[4] is not None)
        known.setdefault((slug, version), {})[number] = Standing(attempts=tuple(attempts), hints_opened=hints)
    return {place: replace(numbers.pop(variant, Standing()), others=numbers) for place, numbers in known.items()}


def solved_items(learner_key: UUID) -> frozenset[str]:
    """The slugs of the items that a learner has solved, in whatever version it was."""
    counts = Q(slot__variant=0) | Q(hints_opened=0)  # with other numbers only what was solved unaided
    passed = Attempt.objects.filter(counts, slot__learner__key=learner_key, passed=True).order_by()
    return frozenset(passed.values_list("slot__version__item__slug", flat=True))


def attempts_of(learner_key: UUID) -> QuerySet[Attempt]:
    """Every counted try of a learner, the newest first."""
    return Attempt.objects.filter(slot__learner__key=learner_key).select_related("slot").order_by("-created", "-pk")


def own_attempt(learner_key: UUID, number: int) -> Attempt | None:
    """The attempt of that number in the database, if it is this learner's."""
    mine = Attempt.objects.filter(slot__learner__key=learner_key, pk=number)
    return mine.select_related("slot__version__item__current").first()


def versions_of(attempts: Iterable[Attempt]) -> dict[int, Version]:
    """The versions that these attempts answered, by their number in the database, each with its item."""
    wanted = {attempt.slot.version_id for attempt in attempts}
    return Version.objects.select_related("item").defer("scenarios", "proof").in_bulk(wanted)


def topics() -> list[Topic]:
    """All topics."""
    return list(Topic.objects.all())


@lru_cache(maxsize=64)
def topic_spec(text: str) -> TopicSpec:
    """A topic's file, read once for each text it ever had."""
    return read_as(TopicSpec, text)
