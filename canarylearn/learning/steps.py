"""The row of a room's items, each with where the learner stands at it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.ready import ready
from canarylearn.learning.rooms import Room
from canarylearn.learning.selectors import Listed, Standing, solved_items, standings


@dataclass(frozen=True, kw_only=True)
class Step:
    """One item in the row of a room's items. `state` is open, tried, solved or missed."""

    slug: str
    number: int
    url: str
    title: str
    level: str
    state: str
    tries_left: int
    tries_total: int
    is_current: bool


def steps(
    request: LearnerRequest,
    room: Room,
    listed: list[Listed],
    current: str = "",
    known: Mapping[int, Standing] | None = None,
) -> list[Step]:
    """The room's items in order, each with where the learner stands at it; `known` spares asking for that."""
    if known is None:
        known = standings(request.visitor.key, [one.version_id for one in listed])
    before = solved_before(request, listed)
    return [
        step_at(
            room,
            one,
            known.get(one.version_id, Standing()),
            number,
            solved_before=one.slug in before,
            is_current=one.slug == current,
        )
        for number, one in enumerate(listed, start=1)
    ]


def solved_before(request: LearnerRequest, listed: list[Listed]) -> frozenset[str]:
    """The items solved in any version: what was solved stays solved when its author publishes a new one."""
    if all(ready(one.version_id).number == 1 for one in listed):
        return frozenset()
    return solved_items(request.visitor.key)


def step_at(room: Room, one: Listed, standing: Standing, number: int, *, solved_before: bool, is_current: bool) -> Step:
    """One item in the row, for a learner who stands there so; `solved_before` is for an older version of it."""
    tries = ready(one.version_id).item.tries
    if standing.counts_as_solved or solved_before:
        state = "solved"
    elif standing.resolved(tries):
        state = "missed"
    else:
        state = "tried" if standing.attempts else "open"
    return Step(
        slug=one.slug,
        number=number,
        url=reverse(f"{room.name}:item", args=[one.slug]),
        title=one.title,
        level=one.level,
        state=state,
        tries_left=max(0, tries - len(standing.attempts)),
        tries_total=tries,
        is_current=is_current,
    )
