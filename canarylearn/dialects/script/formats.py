"""Formats: what may stand after the colon in an f-string, and what it makes of a value."""

import re

from canarylearn.dialects.script.values import Trouble, Value, is_number, kind, short

_SPEC = re.compile(
    r"(?P<align>[<>^])?(?P<width>\d{1,2})?(?P<comma>,)?(?P<digits>\.\d(?=[f%]))?(?P<type>[fd%])?", re.ASCII
)


def shape(value: Value, plain: str, spec: str) -> str:
    """A value (`plain` as print shows it) as the part after the colon in an f-string asks: {share:.1%}, {name:<12}."""
    found = _SPEC.fullmatch(spec)
    if found is None or (found["width"] or "").startswith("0"):
        raise Trouble("format", f"{short(spec)} is no format here: write one such as ':.1f', ':.1%', ':,' or ':>8'")
    body = _digits(value, found) if found["type"] or found["comma"] else plain
    width = int(found["width"] or 0)
    align = found["align"] or (">" if is_number(value) else "<")
    return {"<": body.ljust, ">": body.rjust, "^": body.center}[align](width)


def _digits(value: Value, found: re.Match[str]) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Trouble("format", f"a number is needed for this format, and it got {kind(value)}")
    if found["type"] == "d" and not isinstance(value, int):
        raise Trouble("format", f"':d' writes whole numbers, and it got {kind(value)}: write ':.0f'")
    if found["type"] in (None, "d"):
        return f"{value:,}" if found["comma"] else f"{value}"
    digits = int(found["digits"][1:]) if found["digits"] else 6
    scaled = value * 100 if found["type"] == "%" else value
    body = f"{scaled:,.{digits}f}" if found["comma"] else f"{scaled:.{digits}f}"
    return body + ("%" if found["type"] == "%" else "")
