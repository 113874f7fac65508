"""What the judging of a stage finds: checks that held, and the first one that did not, with what it takes to see it."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import comb

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import Interpreter, Limits, Refused, read
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.dialects.script.values import Value, written
from canarylearn.engine import Release
from canarylearn.engine.quantities import NBSP

LIMITS = Limits(steps=150_000)
"""A release looks at its log many times; everything else is bounded as in the lab."""

_LUCK = 1e-4
_LONGEST = 400


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Why a stage was not passed: a stable code, one sentence, and how to see it again.

    `seed` is what the users, the log or the luck were made from, `example` a call that shows it, `line` where.
    """

    code: str
    sentence: str
    example: str = ""
    seed: int | None = None
    case: str = ""
    line: int | None = None


class Failed(Exception):
    """A property that does not hold."""

    def __init__(self, code: str, sentence: str, **how: object) -> None:
        super().__init__(sentence)
        together = sentence.replace(" %", f"{NBSP}%")
        self.finding = Finding(code=code, sentence=together, **how)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One property: what it is, whether it held (None: it was not tried any more), and what was run for it."""

    title: str
    held: bool | None
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came of judging a stage."""

    passed: bool
    finding: Finding | None = None
    checks: list[Checked] = field(default_factory=list)


class Script:
    """A learner's script, read and run, whose function of the stage can be called.

    Calls that stand outside of functions, such as print(release()), are for trying it out and are left out. Raises
    Failed for a script that cannot be read, that stops, or that lacks the function.
    """

    def __init__(
        self, text: str, release: Release, *, needs: str, host: Mapping[str, HostFunction] | None = None
    ) -> None:
        self._needs = needs
        begin(text, release, host)
        self._interpreter = begin(_without_calls(text), release, host)
        refused = self._interpreter.run()
        if refused is not None:
            raise stopped(refused)
        self._require(needs)

    @property
    def output(self) -> list[str]:
        """What it printed."""
        return self._interpreter.output

    def call(self, *arguments: Value) -> Value:
        """What the function of the stage makes of these arguments. Raises Refused."""
        return self._interpreter.call(self._needs.partition("(")[0], *arguments)

    def _require(self, needs: str) -> None:
        name, _, rest = needs.rstrip(")").partition("(")
        wanted = [part.strip() for part in rest.split(",") if part.strip()]
        function = self._interpreter.function(name)
        if function is None:
            raise Failed("no-function", f"There is no function {name}() in the script: write def {needs}: first.")
        free = len(function.parameters) - len(function.defaults)
        if not free <= len(wanted) <= len(function.parameters):
            found = f"{name}({', '.join(function.parameters)})"
            raise Failed("other-parameters", f"It is called as {needs}, and the script has {found}.")


def _without_calls(text: str) -> str:
    """The script without calls outside of its functions; the lines keep their numbers."""
    lines = text.replace("\r\n", "\n").split("\n")
    for node in ast.parse("\n".join(lines)).body:
        if isinstance(node, ast.Expr):
            before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
            after = lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset or 0 :].decode()
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
            lines[node.lineno - 1] = f"{before}pass{after}"
    return "\n".join(lines)


def begin(text: str, release: Release, host: Mapping[str, HostFunction] | None = None) -> Interpreter:
    """An interpreter for a text. Raises Failed, with the line, for a text that cannot be read."""
    try:
        program = read(text, LIMITS)
    except Unreadable as unreadable:
        at = unreadable.errors[0]
        raise Failed("unreadable", f"{_capital(at.message)}.", line=at.line) from None
    return Interpreter(program, release, LIMITS, host={**HOST, **(host or {})})


def stopped(at: Located, example: str = "", **how: object) -> Failed:
    """The finding for a script that stopped on its way."""
    if "the name random" in at.message or "the name randint" in at.message:
        said = (
            "There is no random() here, and that is as well: whoever is drawn anew meets v1 now and v2 a moment later."
        )
        return Failed("random-routing", said, example=example, line=at.line, **how)
    code = {"too-many-steps": "never-ends", "too-deep": "calls-itself", "too-much-data": "too-much-data"}
    found = code.get(at.code, "too-much-output" if at.code == "too-much-output" else "stops")
    return Failed(found, f"The script stopped: {at.message}.", example=example, line=at.line, **how)


def run_checks(checks: Mapping[str, Callable[[], str]], part: int | None = None) -> Judged:
    """Each check in order, up to the first that fails, or the one check of that number alone. A check says what it ran.

    The others are listed as not tried.
    """
    done = [Checked(title=title, held=None) for title in checks]
    for number, (title, check) in enumerate(checks.items()):
        if part not in (None, number):
            continue
        try:
            done[number] = Checked(title=title, held=True, told=check())
        except Failed as failed:
            done[number] = Checked(title=title, held=False)
            return Judged(passed=False, finding=failed.finding, checks=done)
    return Judged(passed=True, checks=done)


def most_by_luck(times: int, chance: float) -> int:
    """The largest number of times in so many that something of this chance comes up but for once in 10,000."""
    left = 1.0
    for found in range(times + 1):
        left -= comb(times, found) * chance**found * (1 - chance) ** (times - found)
        if left <= _LUCK:
            return found
    return times


def say_percent(share: float, digits: int = 0) -> str:
    """A share in percent."""
    return f"{share * 100:.{digits}f}{NBSP}%"


def shown(value: Value) -> str:
    """A value as it stands in a script."""
    text = written(value, _LONGEST, quoted=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


__all__ = [
    "Checked",
    "Failed",
    "Finding",
    "Judged",
    "Refused",
    "Script",
    "begin",
    "most_by_luck",
    "shown",
    "stopped",
]
