"""Scenarios that are closed to somebody for now, since what runs in them is what they are asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Why a scenario is closed: the title of what was begun, and where it is."""

    title: str
    url: str


Telling = Callable[[UUID], Mapping[str, Closing]]
"""What an app keeps closed to a learner, named by their key: scenarios by name ('topic/slug')."""

_told: list[Telling] = []


def tell_closed(telling: Telling) -> None:
    """Let an app close scenarios while it asks about them. Called when the app is ready."""
    _told.append(telling)


def closed_elsewhere(learner_key: UUID) -> dict[str, Closing]:
    """What all apps keep closed to a learner."""
    return {name: closing for telling in _told for name, closing in telling(learner_key).items()}
