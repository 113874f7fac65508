"""The analysis of one item: its statistics, who picks what, and what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from canarylearn.insight.flags import Flag, Hints, raise_flags
from canarylearn.insight.options import Pull, pull_of_answers, pull_of_options
from canarylearn.insight.responses import LEAST, Answer, Response, Table, thirds
from canarylearn.insight.statistics import (
    Interval,
    Spread,
    corrected_facility,
    efficiency,
    facility,
    pearson,
    variant_spread,
)


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What first tries say of an item. What is None was measured too little, or not at all.

    `count` are the learners whose first, unaided try it rests on, `met` all who tried it at all. `answers` and
    `options` are picks with the numbers of one `variant`, the one that most learners met first; `passing` are the
    answers among them that passed. Rates are shares of the learners who met it, from 0 to 1; `seconds` is the median
    time to the first answer.
    """

    item: str
    floor: float
    count: int
    met: int
    facility: Interval | None
    corrected: float | None
    discrimination: Interval | None
    efficiency: float | None
    variant: int
    answers: Mapping[Answer, Pull]
    options: Mapping[tuple[str, int], Pull]
    passing: frozenset[Answer]
    by_variant: Mapping[int, tuple[int, float]]
    spread: Spread | None
    hints: Hints
    hint_rate: float | None
    seconds: float | None
    timed: int
    give_up_rate: float | None
    flags: tuple[Flag, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether there are enough learners to say anything."""
        return self.count >= LEAST


def analyse(
    table: Table,
    item: str,
    *,
    floor: float,
    options: Mapping[str, int],
    version: int | None = None,
    order: bool = False,
) -> Analysis:
    """The analysis of an item in one version (or in all). `options` says how many each blank has to offer.

    In items that are put in order every line goes somewhere, so that no option of theirs can be dead.
    """
    mine = [one for one in table.of(item) if version in (None, one.version)]
    evidence = [one for one in mine if one.is_evidence]
    rest = {one.learner: value for one in evidence if (value := table.rest(one.learner, item)) is not None}
    ranked = [one for one in evidence if one.learner in rest]
    scores, rests = [one.score for one in ranked], [rest[one.learner] for one in ranked]
    easy = facility([one.score for one in evidence])
    variant = _most_met(evidence)
    picks = [one for one in evidence if one.variant == variant]
    third = thirds({one.learner: rest[one.learner] for one in picks if one.learner in rest})
    met = {one.learner for one in mine}
    times = [one.seconds for one in evidence if one.seconds is not None]
    found = Analysis(
        item=item,
        floor=floor,
        count=len(evidence),
        met=len(met),
        facility=easy,
        corrected=None if easy is None else corrected_facility(easy.value, floor),
        discrimination=pearson(scores, rests),
        efficiency=efficiency(scores, rests),
        variant=variant,
        answers=pull_of_answers(picks, third),
        options=pull_of_options(picks, third),
        passing=frozenset(one.answer for one in picks if one.answer is not None and one.score >= 1),
        by_variant=_by_variant(mine),
        spread=variant_spread(_comparable(mine)),
        hints=Hints(
            helped=sum(one.helped for one in mine),
            passed=sum(one.helped and one.score >= 1 for one in mine),
            unaided=len(evidence),
            passed_unaided=sum(one.score >= 1 for one in evidence),
        ),
        hint_rate=_rate({one.learner for one in mine if one.helped}, met),
        seconds=median(times) if len(times) >= LEAST else None,
        timed=len(times),
        give_up_rate=_rate({one.learner for one in mine if one.gave_up}, met),
    )
    return replace(found, flags=raise_flags(found, options=options, order=order))


def _most_met(evidence: Sequence[Response]) -> int:
    counts: dict[int, int] = {}
    for one in evidence:
        counts[one.variant] = counts.get(one.variant, 0) + 1
    return max(sorted(counts), key=lambda variant: counts[variant], default=0)


def _rate(some: set[int], met: set[int]) -> float | None:
    return len(some) / len(met) if len(met) >= LEAST else None


def _by_variant(mine: Sequence[Response]) -> dict[int, tuple[int, float]]:
    """How many tried each variant unaided, and how well; whether they had met the item before or not."""
    found: dict[int, list[float]] = {}
    for one in mine:
        if not one.helped:
            found.setdefault(one.variant, []).append(one.score)
    return {variant: (len(scores), sum(scores) / len(scores)) for variant, scores in sorted(found.items())}


def _comparable(mine: Sequence[Response]) -> dict[int, list[float]]:
    """The scores by variant, of learners in the same position: those who met the item with it, or those who had met
    the item before, whichever are more. In practice the authored numbers always come first; to hold them against the
    others would measure practice."""
    groups: dict[bool, dict[int, list[float]]] = {False: {}, True: {}}
    for one in mine:
        if not one.helped:
            groups[one.again].setdefault(one.variant, []).append(one.score)
    several = [group for group in groups.values() if len(group) > 1]
    return max(several, key=lambda group: sum(map(len, group.values())), default={})
