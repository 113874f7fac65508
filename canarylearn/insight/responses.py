"""Responses: first tries at items, and how well each learner does on all the others.

An item is never held against a total that it is part of. With k items even pure noise correlates with its own total by
1 / sqrt(k): 0.45 with 5 items, 0.32 with 10. So ability is the rest score: what a learner scored elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 30
"""Below so many first tries nothing is said of an item: a correlation of 0.2 among 30 lies between -0.17 and 0.52."""

LEAST_OTHERS = 3
"""Whoever answered fewer other items has no rest score."""

Numbers = NDArray[np.float64]
Answer = tuple[tuple[str, int], ...]
"""The option in each blank, by its position, in the order of the blanks' names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """A learner's first try at an item with one variant's numbers.

    `score` is from 0 to 1. `answer` is None for "not sure". `helped` says that a hint was open; such a try tells about
    the hint and not about the item. `again` says that the learner had met the item before, in other numbers or another
    version. `seconds` is None where nothing measured the time, and `gave_up` says that they left it unsolved with
    tries to spare.
    """

    learner: int
    item: str
    version: int = 1
    variant: int = 0
    score: float
    answer: Answer | None = None
    helped: bool = False
    again: bool = False
    seconds: float | None = None
    gave_up: bool = False

    @property
    def is_evidence(self) -> bool:
        """Whether it says how able its learner is: the first meeting with the item, without a hint."""
        return not self.helped and not self.again


class Table:
    """All responses of a set of items, and from them each learner's rest score against each item."""

    def __init__(self, responses: Iterable[Response]) -> None:
        self.responses = tuple(responses)
        self._by_item: dict[str, list[Response]] = {}
        for one in self.responses:
            self._by_item.setdefault(one.item, []).append(one)
        evidence = [one for one in self.responses if one.is_evidence]
        self._evidence: dict[tuple[int, str], float] = {(one.learner, one.item): one.score for one in evidence}
        scores: dict[str, list[float]] = {}
        for (_, item), score in self._evidence.items():
            scores.setdefault(item, []).append(score)
        self._means = {item: sum(found) / len(found) for item, found in scores.items()}
        self._sums: dict[int, tuple[float, int]] = {}
        for (learner, item), score in self._evidence.items():
            total, count = self._sums.get(learner, (0.0, 0))
            self._sums[learner] = (total + score - self._means[item], count + 1)

    def of(self, item: str) -> list[Response]:
        """The responses to an item."""
        return self._by_item.get(item, [])

    def rest(self, learner: int, item: str) -> float | None:
        """How well a learner does on the other items; None for who answered too few of them.

        The mean, over the other items they answered, of score - mean score of that item. Where everybody answered
        everything this is (total - item) / (k - 1), less a constant: the rest score itself. Where they did not, nobody
        is taken for able because they met the easy ones.
        """
        total, count = self._sums.get(learner, (0.0, 0))
        own = self._evidence.get((learner, item))
        if own is not None:
            total, count = total - (own - self._means[item]), count - 1
        return total / count if count >= LEAST_OTHERS else None

    def matrix(self, items: Iterable[str]) -> Numbers:
        """The scores of everybody who answered all of these items: a row a learner, a column an item."""
        names = list(items)
        learners = sorted(self._sums)
        rows = [[self._evidence.get((learner, item), np.nan) for item in names] for learner in learners]
        found: Numbers = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
        complete: Numbers = found[~np.isnan(found).any(axis=1)]
        return complete


def thirds(rest: Mapping[int, float]) -> dict[int, int]:
    """Each learner's third by rest score: 0 the bottom, 1 the middle, 2 the top.

    Learners with the same rest score are in the same third, by the middle of the places that they share, so that no
    order of rows decides anything.
    """
    values = np.array(sorted(rest.values()))
    count = len(values)
    found = {}
    for learner, value in rest.items():
        below = int(np.searchsorted(values, value, side="left"))
        upto = int(np.searchsorted(values, value, side="right"))
        found[learner] = min(2, int(3 * (below + upto) / (2 * count)))
    return found
