"""Option pull: who picks what, among learners who do well elsewhere and those who do not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from canarylearn.insight.responses import Answer, Response

T = TypeVar("T")

BOTTOM, MIDDLE, TOP = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Pull:
    """How many picked something: all, and by third of ability. Learners without a rest score are in no third.

    `totals` are the same counts of everybody who picked anything.
    """

    count: int
    by_third: tuple[int, int, int]
    total: int
    totals: tuple[int, int, int]

    @property
    def share(self) -> float:
        """Of all first choices, from 0 to 1."""
        return self.count / self.total if self.total else 0.0

    def share_in(self, third: int) -> float | None:
        """Of the first choices in a third; None where nobody is in it."""
        return self.by_third[third] / self.totals[third] if self.totals[third] else None


def pull_of_answers(responses: Iterable[Response], third: Mapping[int, int]) -> dict[Answer, Pull]:
    """The pull of each whole answer that was given, the most frequent first; "not sure" is no answer."""
    picked = [(one.answer, third.get(one.learner)) for one in responses if one.answer is not None]
    return _pull(picked)


def pull_of_options(responses: Iterable[Response], third: Mapping[int, int]) -> dict[tuple[str, int], Pull]:
    """The pull of each option in each blank, of those that were picked at all."""
    found: dict[tuple[str, int], Pull] = {}
    by_blank: dict[str, list[tuple[tuple[str, int], int | None]]] = {}
    for one in responses:
        for blank, option in one.answer or ():
            by_blank.setdefault(blank, []).append(((blank, option), third.get(one.learner)))
    for picked in by_blank.values():
        found |= _pull(picked)
    return found


def _pull(picked: list[tuple[T, int | None]]) -> dict[T, Pull]:
    total, thirds = len(picked), Counter(place for _, place in picked)
    counts, cells = Counter(what for what, _ in picked), Counter(picked)
    order = sorted(counts, key=lambda what: (-counts[what], str(what)))
    return {
        what: Pull(
            count=counts[what],
            by_third=(cells[what, BOTTOM], cells[what, MIDDLE], cells[what, TOP]),
            total=total,
            totals=(thirds[BOTTOM], thirds[MIDDLE], thirds[TOP]),
        )
        for what in order
    }
