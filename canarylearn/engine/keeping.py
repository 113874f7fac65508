"""Keeping what was made: a cache that is bounded by how much it holds, and not by how many things."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Store(Generic[Kept]):
    """The things used last, of a size of at most `room` in all; the newest stays, however large it is."""

    def __init__(self, room: int, size: Callable[[Kept], int]) -> None:
        self._room, self._size = room, size
        self._things: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under a key; it is made where it is not there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        # Made without the lock: two threads may make the same thing, and both are equal.
        thing = make()
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            held = sum(map(self._size, self._things.values()))
            while held > self._room and len(self._things) > 1:
                held -= self._size(self._things.popitem(last=False)[1])
        return thing

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._things.clear()
