"""Rooms, such as practice and quizzes: where their items are met, and what pages say of them."""

from dataclasses import dataclass

from django.urls import reverse

from canarylearn.items.files import Room as RoomSpec
from canarylearn.learning.models import Place, Topic
from canarylearn.learning.selectors import Listed, listed_items, topic_spec


@dataclass(frozen=True, kw_only=True)
class Room:
    """One way of answering: its name in URLs and templates, where its items are met, their kind, and the word for one.

    `kind` is None where items of every kind are met; `noun` is then given, and else the kind.
    """

    name: str
    kind: str | None
    place: str = Place.PRACTICE
    noun: str = ""

    @property
    def word(self) -> str:
        """The word for one of its items."""
        return self.noun or self.kind or "item"

    def listed(self, topic_slug: str | None = None) -> list[Listed]:
        """Its items, in the order of their topics."""
        return listed_items(self.kind, topic_slug, self.place)

    def url(self) -> str:
        """Where the room's list is."""
        return reverse(f"{self.name}:index")


def has(room: Room, topic: Topic) -> bool:
    """Whether a topic can be learnt in a room."""
    return room.name in topic_spec(topic.spec).rooms


def present(room: Room, topic: Topic) -> dict[str, object]:
    """What pages say of a room in a topic."""
    spec: RoomSpec = topic_spec(topic.spec).rooms[room.name]
    return {
        "name": room.name,
        "noun": room.word,
        "title": spec.title,
        "minutes": spec.minutes,
        "summary": spec.summary,
        "url": room.url(),
    }


def facts(room: Room) -> dict[str, str]:
    """What the fragment of an item says of its room."""
    return {"name": room.name, "noun": room.word, "url": room.url()}
