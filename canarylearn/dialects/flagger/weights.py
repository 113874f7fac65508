"""Flagger's numbers: the weights that its steps reach, and the time between its ticks."""

import re
from fractions import Fraction

_TOTAL = 100
_DEFAULT_INTERVAL, _LEAST_INTERVAL = Fraction(60), Fraction(10)
_UNITS = {"ns": -9, "us": -6, "µs": -6, "μs": -6, "ms": -3}
_LONG_UNITS = {"s": 1, "m": 60, "h": 3600}
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_MOST_CHARACTERS = 60
_MOST_SECONDS = Fraction(2**63 - 1, 10**9)


def reached(*, step: int, steps: list[int], most: int) -> tuple[tuple[int, ...], bool]:
    """The canary's weights in percent, one after another, and whether the last of them is promoted.

    `step` is stepWeight, `steps` stepWeights and `most` maxWeight. The rules are those of nextStepWeight and
    runCanary: a step may pass maxWeight, a step that is not above 0 never moves again, and 100 is never passed.
    """
    if steps:
        most = min(_TOTAL, steps[-1])
    elif most <= 0:
        most = _TOTAL
    weights: list[int] = []
    weight = 0
    while True:
        move = _next(weight, step=step, steps=steps)
        if move <= 0 or (weight < most and weight == _TOTAL):
            return tuple(weights), False
        if weight >= most:
            return tuple(weights), True
        weight = min(_TOTAL, weight + move)
        weights.append(weight)


def _next(weight: int, *, step: int, steps: list[int]) -> int:
    if step > 0 or not steps:
        return step
    room = _TOTAL - weight
    if room == 0:
        return 1
    if weight == 0:
        return min(room, steps[0])
    for place, listed in enumerate(steps[:-1]):
        if listed == weight:
            return min(room, steps[place + 1] - weight)
    return room


def seconds_of(text: str) -> tuple[Fraction, str]:
    """The seconds between ticks for an interval, and what is surprising about it, if anything."""
    seconds = _go_duration(text)
    if seconds is None:
        return (
            _DEFAULT_INTERVAL,
            f"Go cannot read {text[:_MOST_CHARACTERS]!r} as a duration, so Flagger ticks every 60 s",
        )
    if seconds < _LEAST_INTERVAL:
        return _LEAST_INTERVAL, f"{text} is below Flagger's floor: it ticks every 10 s"
    return seconds, ""


def _go_duration(text: str) -> Fraction | None:
    """The seconds in a Go duration that begins with a digit; None for what time.ParseDuration refuses."""
    if len(text) > _MOST_CHARACTERS:
        return None
    seconds, at = Fraction(0), 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        unit = Fraction(10) ** _UNITS[part[2]] if part[2] in _UNITS else Fraction(_LONG_UNITS[part[2]])
        seconds += Fraction(part[1].removesuffix(".")) * unit
        at = part.end()
    return seconds if at and seconds <= _MOST_SECONDS else None
