"""Places in a run: frames with a property, found in the trace up to the decision. Frame 1 is the first interval."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

from canarylearn.engine import Interval

Place = Literal["before-first-rise", "before-last-rise", "looks-worse", "half-the-evidence", "before-decision"]

_TWICE, _ENOUGH_EVENTS = 2, 3

_Finder = Callable[[tuple[Interval, ...]], int | None]


def _rises(trace: tuple[Interval, ...]) -> list[int]:
    pairs = enumerate(pairwise(trace), 1)
    return [number for number, (now, then) in pairs if then.weight > now.weight]


def _before_first_rise(trace: tuple[Interval, ...]) -> int | None:
    return next(iter(_rises(trace)), None)


def _before_last_rise(trace: tuple[Interval, ...]) -> int | None:
    return next(reversed(_rises(trace)), None)


def _looks_worse(trace: tuple[Interval, ...]) -> int | None:
    """The first frame in which v2 serves badly more than twice as often as v1, and not by one or two requests."""
    for number, interval in enumerate(trace[:-1], 1):
        canary, baseline = interval.canary, interval.baseline
        bad = canary.errors + canary.slow
        twice = _TWICE * (baseline.errors + baseline.slow) * canary.requests
        if bad >= _ENOUGH_EVENTS and bad * baseline.requests > twice:
            return number
    return None


def _half_the_evidence(trace: tuple[Interval, ...]) -> int | None:
    return next((number for number, interval in enumerate(trace[:-1], 1) if evidence(interval) >= 1 / 2), None)


def _before_decision(trace: tuple[Interval, ...]) -> int | None:
    return len(trace) - 1 or None


PLACES: Mapping[str, _Finder] = {
    "before-first-rise": _before_first_rise,
    "before-last-rise": _before_last_rise,
    "looks-worse": _looks_worse,
    "half-the-evidence": _half_the_evidence,
    "before-decision": _before_decision,
}


def evidence(interval: Interval) -> float:
    """The evidence against v2, as a part of what stops the release; never below 0, and 0 where nothing was compared.

    It is counted on the scale of the judge's logarithms, on which independent evidence adds up.
    """
    numbers = interval.analysis.numbers
    if "log_e" not in numbers or "threshold" not in numbers:
        return 0.0
    return max(0.0, numbers["log_e"] / numbers["threshold"])
