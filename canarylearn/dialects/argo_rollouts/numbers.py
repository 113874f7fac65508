"""Amounts that Argo takes as a number or as a text: pauses, counts, surges."""

import re
from fractions import Fraction
from math import ceil, floor

from canarylearn.dialects.argo_rollouts.durations import parse_go_duration
from canarylearn.dialects.argo_rollouts.values import LEAST_INT32, MOST_INT32

_WHOLE = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_PERCENT = re.compile(r"\d{1,9}%", re.ASCII)


def atoi(text: str) -> int | None:
    """The 32-bit whole number in a text, as Go reads it; None when there is none."""
    if not _WHOLE.fullmatch(text) or not LEAST_INT32 <= int(text) <= MOST_INT32:
        return None
    return int(text)


def int_value(value: object) -> int:
    """What Kubernetes makes of an int-or-string where a number is asked for: 0 of a text that is none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    return (atoi(value) or 0) if isinstance(value, str) else 0


def pause_seconds(duration: object) -> int:
    """Seconds of a pause: a number or '90' is seconds, a text such as '5m' a Go duration; -1 for anything else.

    Parts of a second are cut off, as Argo does.
    """
    if isinstance(duration, int) and not isinstance(duration, bool):
        return duration
    if not isinstance(duration, str):
        return -1
    seconds = atoi(duration)
    if seconds is not None:
        return seconds
    try:
        length = parse_go_duration(duration)
    except ValueError:
        return -1
    return int(length) if LEAST_INT32 <= length < MOST_INT32 + 1 else -1


def pods_or_percent(value: object) -> int:
    """The number in a maxSurge or maxUnavailable for the check that not both are zero."""
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return int(value[:-1])
    return int_value(value)


def pods(value: object, replicas: int, *, up: bool) -> int:
    """Pods that a maxSurge (rounded up) or maxUnavailable (rounded down) allows.

    Argo reads every text as a percentage, also one without a percent sign.
    """
    if isinstance(value, str):
        percent = atoi(value.replace("%", ""))
        share = Fraction(replicas * (percent or 0), 100)
        return ceil(share) if up else floor(share)
    return int_value(value)
