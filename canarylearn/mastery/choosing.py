"""Which questions a test asks, and in which order: drawn by a seed, the same questions for the same seed.

The whole of it is drawn at the beginning, since nothing in it hangs on an answer; so a page that asks one question more
says nothing about the answer before.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from canarylearn.mastery.deciding import FIRST, MOST
from canarylearn.mastery.evidence import DIFFICULTIES, information

STRATA = {"easy": 3, "medium": 4, "hard": 3}
"""How many of the first questions have each level."""

_information = lru_cache(maxsize=1024)(information)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An item that may be asked: its variants are those the learner has not met."""

    item: str
    concept: str
    level: str
    floor: float
    variants: tuple[int, ...]

    @property
    def difficulty(self) -> float:
        """How difficult it is taken to be."""
        return DIFFICULTIES[self.level]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """An item that will be asked, and with which variant's numbers."""

    candidate: Candidate
    variant: int


def draw(candidates: Iterable[Candidate], seed: str) -> list[Drawn]:
    """Up to twenty questions, no item twice: the first ten from easy to hard, then those that tell most at the cut."""
    mixed = sorted((one for one in candidates if one.variants), key=lambda one: _number(seed, one.item))
    first = _first(mixed)
    further = _further(mixed, first)
    return [Drawn(candidate=one, variant=_variant(seed, one)) for one in [*first, *further]]


def _first(mixed: Sequence[Candidate]) -> list[Candidate]:
    """Three strata and every concept; where the strata cannot be filled, whatever is asked least goes in."""
    counts = Counter(one.concept for one in mixed)
    concepts = sorted(counts, key=lambda concept: counts[concept])[:FIRST]
    taken = _cover(concepts, mixed, STRATA)
    if taken is None:  # the strata have no room for all concepts, and to ask about each matters more
        taken = [next(one for one in mixed if one.concept == concept) for concept in concepts]
    for level, count in STRATA.items():
        while sum(one.level == level for one in taken) < count and len(taken) < FIRST:
            found = _least_asked([one for one in mixed if one.level == level], taken)
            if found is None:
                break
            taken.append(found)
    while len(taken) < FIRST and (found := _least_asked(mixed, taken)) is not None:
        taken.append(found)
    levels = list(DIFFICULTIES)
    return sorted(taken, key=lambda one: (levels.index(one.level), mixed.index(one)))


def _cover(concepts: Sequence[str], mixed: Sequence[Candidate], room: dict[str, int]) -> list[Candidate] | None:
    """One candidate for each concept, within the room that the strata have; None where there is no such choice."""
    if not concepts:
        return []
    tried: set[str] = set()
    for one in mixed:
        if one.concept == concepts[0] and one.level not in tried and room[one.level]:
            tried.add(one.level)
            rest = _cover(concepts[1:], mixed, {**room, one.level: room[one.level] - 1})
            if rest is not None:
                return [one, *rest]
    return None


def _further(mixed: Sequence[Candidate], first: Sequence[Candidate]) -> list[Candidate]:
    """Those that tell most at the cut come first; of equals, those of the concept that was asked least."""
    asked, left = list(first), [one for one in mixed if one not in first]
    while left and len(asked) < MOST:
        most = max(_tells(one) for one in left)
        found = _least_asked([one for one in left if _tells(one) == most], asked)
        assert found is not None
        left.remove(found)
        asked.append(found)
    return asked[len(first) :]


def _tells(one: Candidate) -> float:
    return _information(one.difficulty, one.floor)


def _least_asked(mixed: Sequence[Candidate], taken: Sequence[Candidate]) -> Candidate | None:
    """A candidate that is not taken, of the concept that was taken least often."""
    often = Counter(one.concept for one in taken)
    return min((one for one in mixed if one not in taken), key=lambda one: often[one.concept], default=None)


def _variant(seed: str, one: Candidate) -> int:
    return one.variants[_number(seed, f"{one.item} variant") % len(one.variants)]


def _number(seed: str, name: str) -> int:
    """A number drawn for a name, the same on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:8], "big")
