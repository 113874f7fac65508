"""Flags: what about an item is worth a look, by thresholds that are guarded against luck.

A flag is a code and the numbers it rests on; pages say it in words. None is raised on fewer than `LEAST` first tries,
but for the guess floor, which is exact before anybody has answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scipy import stats

from canarylearn.insight.options import TOP, Pull
from canarylearn.insight.responses import LEAST, Answer
from canarylearn.insight.statistics import Interval, Spread, wilson

HARDEST, EASIEST = 0.25, 0.95
ABOVE_THE_FLOOR = 0.05
HIGHEST_FLOOR = 0.34
LEAST_DISCRIMINATION = 0.15
LEAST_EFFICIENCY = 15.0
LEAST_PULL = 0.05
VARIANT_APART = 0.2

STILL_GOOD = 0.3
"""An item is called inefficient only where the upper end of its discrimination is below this."""

LEAKS_FROM, LEAKS_BY = 0.8, 0.2
"""A hint gives the answer away where so many pass with it (the interval's lower end), and so many more than without."""

LUCK = 0.05
"""What luck does as rarely as this is taken for a fact."""

LEAST_HELPED = 20
LEAST_ITEMS = 8


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something to look at. `blank` and `option` name an option, `answer` a whole answer, `variant` a variant."""

    code: str
    value: float = 0.0
    other: float = 0.0
    blank: str = ""
    option: int = -1
    answer: Answer = ()
    variant: int = 0


@dataclass(frozen=True, kw_only=True)
class Hints:
    """First tries with a hint open and without, and how many of each passed."""

    helped: int
    passed: int
    unaided: int
    passed_unaided: int

    @property
    def rate(self) -> float:
        """How many pass with a hint, from 0 to 1."""
        return self.passed / self.helped if self.helped else 0.0

    @property
    def rate_unaided(self) -> float:
        """How many pass without."""
        return self.passed_unaided / self.unaided if self.unaided else 0.0


class Measured(Protocol):
    """What flags are raised on."""

    @property
    def floor(self) -> float: ...
    @property
    def count(self) -> int: ...
    @property
    def facility(self) -> Interval | None: ...
    @property
    def discrimination(self) -> Interval | None: ...
    @property
    def efficiency(self) -> float | None: ...
    @property
    def answers(self) -> Mapping[Answer, Pull]: ...
    @property
    def options(self) -> Mapping[tuple[str, int], Pull]: ...
    @property
    def passing(self) -> frozenset[Answer]: ...
    @property
    def spread(self) -> Spread | None: ...
    @property
    def hints(self) -> Hints: ...


def floor_flag(floor: float) -> Flag | None:
    """Guessing alone passes too often: more than 0.34 of all answers pass. Exact, from the proof."""
    return Flag(code="guessing", value=floor) if floor > HIGHEST_FLOOR else None


def raise_flags(found: Measured, *, options: Mapping[str, int], order: bool) -> tuple[Flag, ...]:
    """Every flag of an item, the gravest first."""
    flags: list[Flag | None] = []
    if found.count >= LEAST:
        flags += [_top_prefers(found), *_hard_or_easy(found), _weak(found), _variant_off(found), _leaks(found)]
        flags += [] if order else _dead(found, options)
    return tuple(flag for flag in [*flags, floor_flag(found.floor)] if flag)


def _hard_or_easy(found: Measured) -> list[Flag]:
    """Facility below max(0.25, guess floor + 0.05), or above 0.95."""
    assert found.facility is not None
    value = found.facility.value
    if value < max(HARDEST, found.floor + ABOVE_THE_FLOOR):
        return [Flag(code="too-hard", value=value, other=found.floor)]
    return [Flag(code="too-easy", value=value)] if value > EASIEST else []


def _weak(found: Measured) -> Flag | None:
    """Discrimination whose upper bound is below 0.15; or an efficiency below 15 where that bound is below 0.3."""
    told, works = found.discrimination, found.efficiency
    if told is None:
        return None
    if told.high < LEAST_DISCRIMINATION:
        return Flag(code="weak", value=told.value, other=told.high)
    if works is not None and works < LEAST_EFFICIENCY and told.high < STILL_GOOD:
        return Flag(code="inefficient", value=works)
    return None


def _dead(found: Measured, options: Mapping[str, int]) -> list[Flag]:
    """Options that fewer than 5 % pick, and fewer than their even part of the picks that miss, by more than luck.

    The second matters where an item is easy: then few pick anything else, and that is no fault of an option. Luck is a
    binomial test at 5 %, divided by the options it is made for. An option of an answer that passed is never dead.
    """
    useful = {pick for answer in found.passing for pick in answer}
    total = next((pull.total for pull in found.answers.values()), 0)
    flags = []
    for blank, count in options.items():
        missing = [(blank, option) for option in range(count) if (blank, option) not in useful]
        picks = {one: found.options[one].count if one in found.options else 0 for one in missing}
        misses = sum(picks.values())
        for one, picked in picks.items():
            if not misses or picked >= LEAST_PULL * total or len(missing) < 2:
                continue
            if stats.binomtest(picked, misses, 1 / len(missing), "less").pvalue < LUCK / len(missing):
                flags.append(Flag(code="dead", value=picked / total, blank=blank, option=one[1]))
    return flags


def _top_prefers(found: Measured) -> Flag | None:
    """More of the top third give one answer that fails than all that pass, and by more than luck (sign test, 5 %)."""
    wrong = [(answer, pull) for answer, pull in found.answers.items() if answer not in found.passing]
    if not wrong:
        return None
    answer, pull = max(wrong, key=lambda pair: pair[1].by_third[TOP])
    right = sum(one.by_third[TOP] for key, one in found.answers.items() if key in found.passing)
    picked = pull.by_third[TOP]
    if picked <= right or stats.binomtest(picked, picked + right, alternative="greater").pvalue >= LUCK:
        return None
    return Flag(code="top-prefers", value=pull.share_in(TOP) or 0.0, other=right / pull.totals[TOP], answer=answer)


def _variant_off(found: Measured) -> Flag | None:
    """One variant's facility is off by more than 0.2, and by more than luck."""
    spread = found.spread
    if spread is None or spread.distance <= VARIANT_APART or spread.probability_of_off >= LUCK:
        return None
    return Flag(code="variant-off", value=spread.facilities[spread.off], other=spread.distance, variant=spread.off)


def _leaks(found: Measured) -> Flag | None:
    """With a hint nearly everybody passes: the lower end is 0.8 or more, 0.2 above without one, by more than luck."""
    hints = found.hints
    if hints.helped < LEAST_HELPED or hints.rate - hints.rate_unaided < LEAKS_BY:
        return None
    table = [
        [hints.passed, hints.helped - hints.passed],
        [hints.passed_unaided, hints.unaided - hints.passed_unaided],
    ]
    if wilson(hints.rate, hints.helped)[0] < LEAKS_FROM or stats.fisher_exact(table).pvalue >= LUCK:
        return None
    return Flag(code="hint-leaks", value=hints.rate, other=hints.rate_unaided)


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A rate of an item that stands out of those of its list, and the median of these."""

    code: str
    item: str
    value: float
    middle: float


def outliers(code: str, values: Mapping[str, float]) -> list[Ranked]:
    """The items whose rate is far above that of the others: above Q3 + 1.5 (Q3 - Q1), Tukey's outer ring of the box.

    Needs 8 items. Ranks decide, not a fixed limit, since nobody knows how many hints are many.
    """
    if len(values) < LEAST_ITEMS:
        return []
    ordered: Sequence[float] = sorted(values.values())
    low, middle, high = (float(one) for one in stats.scoreatpercentile(ordered, [25, 50, 75]))
    fence = high + 1.5 * (high - low)
    return [
        Ranked(code=code, item=item, value=value, middle=middle)
        for item, value in values.items()
        if value > fence and value > middle
    ]
