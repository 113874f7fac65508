"""The trace of a run, for step-by-step views: which line ran, and what the variables were after it."""

from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.dialects.script.limits import Limits
from canarylearn.dialects.script.values import MORE, Function, Value, written

_MOST_SHOWN = 80
_OVERHEAD = 10


@dataclass(frozen=True, kw_only=True)
class TraceLine:
    """One executed line: its number, the variables after it as text, and how many lines were printed so far.

    Texts stand in quotes, so that '10' and 10 differ; long values are cut. Inside a function its own variables show.
    """

    line: int
    variables: Mapping[str, str]
    printed: int


class Recorder:
    """Keeps the trace until it is full. Recording never changes a run: nothing it does counts against the script."""

    def __init__(self, limits: Limits) -> None:
        self.lines: list[TraceLine] = []
        self.full = False
        self._limits = limits
        self._characters = 0

    def record(self, line: int, scope: Mapping[str, Value], printed: int) -> None:
        """Note a line, unless the trace is full."""
        variables: dict[str, str] = {}
        self.full = self.full or len(self.lines) >= self._limits.traced_lines
        for name, value in scope.items():
            self.full = self.full or self._characters > self._limits.traced_characters
            if self.full:
                break
            if not isinstance(value, Function):
                variables[name] = _brief(value)
                self._characters += len(name) + len(variables[name]) + _OVERHEAD
        if self.full:
            return
        self._characters += _OVERHEAD
        self.lines.append(TraceLine(line=line, variables=variables, printed=printed))


def _brief(value: Value) -> str:
    text = written(value, _MOST_SHOWN, quoted=True)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + MORE
