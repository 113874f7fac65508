"""Go durations, as time.ParseDuration reads them and as a person would write them."""

import re
from fractions import Fraction

_UNITS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_PART = re.compile(r"(\d*)(?:(\.)(\d*))?([^\d.]*)", re.ASCII)
_LONGEST_TEXT = 100
_LONGEST = Fraction(2**63 - 1, 10**9)
"""Go keeps a duration as nanoseconds in 64 bits: a little over 292 years."""


def parse_go_duration(text: str) -> Fraction:
    """Seconds, to the nanosecond, in a Go duration such as '30s', '1h30m' or '-1.5m'.

    Raises ValueError with Go's own words.
    """
    invalid = ValueError(f'time: invalid duration "{text[:_LONGEST_TEXT]}"')
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return Fraction(0)
    if not rest or len(text) > _LONGEST_TEXT:
        raise invalid
    seconds = Fraction(0)
    while rest:
        part = _PART.match(rest)
        if part is None or not (part[1] or part[3]):
            raise invalid
        if not part[4]:
            raise ValueError(f'time: missing unit in duration "{text}"')
        if part[4] not in _UNITS:
            raise ValueError(f'time: unknown unit "{part[4]}" in duration "{text}"')
        seconds += Fraction(f"{part[1] or 0}.{part[3] or 0}") * _UNITS[part[4]]
        rest = rest[part.end() :]
    seconds = Fraction(int(seconds * 10**9), 10**9)
    if seconds > _LONGEST:
        raise invalid
    return -seconds if text[0] == "-" else seconds


def say_go_duration(seconds: Fraction) -> str:
    """A Go duration for an amount of seconds: 5m, 1h30m, 1.5s."""
    nanoseconds = round(seconds * 10**9)
    minutes, left = divmod(nanoseconds, 60 * 10**9)
    hours, minutes = divmod(minutes, 60)
    whole, fraction = divmod(left, 10**9)
    decimals = f".{fraction:09}".rstrip("0") if fraction else ""
    said = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")
    return said + (f"{whole}{decimals}s" if left or not said else "")
