"""What changed from one text to another."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Change:
    """A line of a difference: plain, added or removed."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Change]:
    """What one text has and another has not, with a few lines around."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [Change(kind=kinds.get(line[:1], ""), text=line) for line in lines]
