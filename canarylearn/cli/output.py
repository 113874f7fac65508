"""Output: words for people, with colour on a terminal, or one JSON object for programs."""

import json
import math
import os
import sys
from dataclasses import dataclass, field

SHAPE = 1
"""The version of the JSON shape: raised when a field changes its meaning or goes away."""

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "soft": "2", "strong": "1"}


def _on_terminal() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


@dataclass(kw_only=True)
class Output:
    """Where a command's result goes: `say` to people, `give` to programs; only one of the two is printed."""

    command: str
    as_json: bool
    coloured: bool = field(default_factory=_on_terminal)

    def say(self, text: str = "") -> None:
        """A line for people."""
        if not self.as_json:
            print(text)

    def colour(self, name: str, text: str) -> str:
        """The text in a colour, on a terminal that has any."""
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if self.coloured and not self.as_json else text

    def give(self, **fields: object) -> None:
        """The result for programs: {"canary": SHAPE, "command": ..., fields}. Numbers that are not finite are null."""
        if self.as_json:
            print(
                json.dumps({"canary": SHAPE, "command": self.command, **_plain(fields)}, ensure_ascii=False, indent=1)
            )

    def refuse(self, message: str) -> None:
        """A call that cannot be used: one line on standard error, and an object with the key 'error' for programs."""
        self.give(error=message)
        if not self.as_json:
            print(f"canary {self.command}: {message}", file=sys.stderr)


def _plain(value: object) -> dict[str, object]:
    plain = plain_value(value)
    assert isinstance(plain, dict)
    return plain


def plain_value(value: object) -> object:
    """A value that JSON can carry: no NaN and no infinity, tuples as lists."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain_value(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(entry) for entry in value]
    return value
