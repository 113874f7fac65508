"""Where a learner stands at the incidents: with which numbers, by which clock, and what comes next."""

from dataclasses import dataclass
from uuid import UUID

from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.selectors import Listed, Standing, standings
from quizzes.challenge.clocks import clocks_of
from quizzes.challenge.models import Clock


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a learner stands at one incident. `again` is the next variant, for an incident that was missed."""

    ready: Ready
    standing: Standing
    clock: Clock | None
    again: int | None

    @property
    def resolved(self) -> bool:
        """Whether nothing is left to win or lose with these numbers."""
        return self.standing.resolved(self.ready.item.tries)

    @property
    def waits(self) -> bool:
        """Whether it was not begun yet. Until then nothing is shown of what is asked."""
        return self.clock is None and not self.resolved


def stand_at(learner_key: UUID, version_id: int, standing: Standing, mine: list[Clock]) -> Stand:
    """Where a learner stands at an item, told from their standing at its current version and their clocks at it."""
    authored = ready(version_id)
    numbers = {0: standing, **standing.others}
    begun = {clock.variant: clock for clock in mine if clock.version_id == version_id}
    variant = max((one for one in (*begun, *numbers) if one in authored.variants), key=authored.variants.index)
    at = ready(version_id, variant)
    here = numbers.get(variant, Standing())
    clock = begun.get(variant) or _from_before(learner_key, at, here, mine)
    following = authored.variants[authored.variants.index(variant) + 1 :]
    over = here.resolved(at.item.tries) and not standing.counts_as_solved
    return Stand(ready=at, standing=here, clock=clock, again=following[0] if over and following else None)


def _from_before(learner_key: UUID, at: Ready, here: Standing, mine: list[Clock]) -> Clock | None:
    """The clock that ran at an earlier version when a new one was published: it goes on, unless that was resolved."""
    earlier = [clock for clock in mine if clock.version_id != at.version_id]
    if not earlier or here.attempts:
        return None
    last = earlier[-1]
    before = ready(last.version_id, last.variant)
    stood = standings(learner_key, [last.version_id], last.variant).get(last.version_id, Standing())
    return None if stood.resolved(before.item.tries) else last


def stands(learner_key: UUID, listed: list[Listed], known: dict[int, Standing]) -> list[Stand]:
    """Where a learner stands at each of these incidents, told from their standings."""
    mine = clocks_of(learner_key, [one.slug for one in listed])
    return [
        stand_at(
            learner_key,
            one.version_id,
            known.get(one.version_id, Standing()),
            [clock for clock in mine if clock.version.item.slug == one.slug],
        )
        for one in listed
    ]
