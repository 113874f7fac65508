"""Amounts with units: read from the words people write, and written back for people to read."""

import math
import re
from decimal import Decimal

BUCKETS = 10_000
"""Traffic is split into this many equal buckets; a weight is a whole number of them, so 10 % is 1,000."""

NBSP = "\N{NO-BREAK SPACE}"

_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
_DURATION = re.compile(r"(?:\d{1,6}(?:\.\d{1,3})?(?:ms|s|m|h|d))+", re.ASCII)
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s?%", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds in a duration such as '180ms', '90s', '30m', '1h30m' or '2d'.

    Raises ValueError, in plain words, when the text is not a duration or is not longer than nothing.
    """
    if not isinstance(text, str) or not _DURATION.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a duration; write a number and a unit, such as '30m' or '1h'")
    seconds = sum(Decimal(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(text))
    if not seconds:
        raise ValueError(f"{text!r} lasts no time at all; write a longer duration, such as '30m'")
    return float(seconds)


def parse_share(text: str) -> float:
    """The fraction (0 to 1) in a share such as '8%' or '0.5 %'.

    Raises ValueError, in plain words, when the text is not a share from 0 % to 100 %.
    """
    found = _SHARE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or Decimal(found[1]) > 100:
        raise ValueError(f"{text!r} is not a share; write a number from 0 to 100 with a percent sign, such as '8%'")
    return float(Decimal(found[1]) / 100)


def parse_weight(text: str) -> int:
    """The whole number of buckets (0 to 10,000) in a share such as '10%'; ValueError as in `parse_share`."""
    return round(parse_share(text) * BUCKETS)


def say_count(number: float) -> str:
    """A whole number with thousands separated: 1,812."""
    return f"{number:,.0f}"


def say_share(fraction: float) -> str:
    """A fraction as a percentage with as many digits as carry meaning: 50 %, 7.9 %, 0.12 %."""
    if math.isnan(fraction):
        return "no data"
    percent = fraction * 100
    digits = 0 if percent == round(percent) or percent >= 99.95 else 1 if percent >= 1 else 2
    return f"{percent:.{digits}f}{NBSP}%"


def say_latency(seconds: float) -> str:
    """A response time in seconds with two decimals: 0.81 s."""
    return "no data" if math.isnan(seconds) else f"{seconds:.2f}{NBSP}s"


def say_duration(seconds: float) -> str:
    """A span of time in the largest units that fit: 90 s, 35 min, 1 h 30 min; 'never' when infinite."""
    if math.isinf(seconds):
        return "never"
    if seconds < 120:
        return f"{seconds:.0f}{NBSP}s"
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours}{NBSP}h"] * bool(hours) + [f"{minutes}{NBSP}min"] * bool(minutes)
    return NBSP.join(parts)


def say_weight(buckets: int) -> str:
    """A weight in buckets as a percentage of traffic: 1000 is 10 %."""
    return say_share(buckets / BUCKETS)
