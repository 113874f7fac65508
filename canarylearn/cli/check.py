"""canary check: the tool's own verdict on a file, and the shares it gives."""

import argparse
from fractions import Fraction

from canarylearn.cli.files import choose_dialect, read_text
from canarylearn.cli.output import Output
from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Reading
from canarylearn.dialects.registry import Dialect, read_manifest
from canarylearn.engine.plan import Decides, Plan
from canarylearn.engine.quantities import BUCKETS, say_duration, say_weight

_DECIDES = {
    Decides.JUDGE: "the comparative judge decides",
    Decides.CHECKS: "its checks decide",
    Decides.FAILED_CHECKS: "failed checks are counted",
    Decides.NOBODY: "it only routes: a person or a pipeline decides",
}


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when the tool would take the file, 1 with its errors when it would not; --strict finds notes too."""
    text = read_text(options.file)
    dialect: Dialect | None = None
    try:
        dialect, context = choose_dialect(text, options.dialect, options.tool_version)
        _, reading = read_manifest(text, dialect, context)
    except Unreadable as unreadable:
        return _refused(options.file, dialect, unreadable.errors, output)
    _accepted(options.file, dialect, reading, output)
    return int(options.strict and bool(reading.notes or reading.unmeasured))


def _refused(name: str, dialect: Dialect | None, errors: tuple[Located, ...], output: Output) -> int:
    title = dialect.title if dialect else "no tool that is known here"
    output.say(f"{output.colour('red', '✕')} {name}: {title} refuses it")
    for error in errors:
        _say_located(name, error, output)
    output.give(
        file=name,
        dialect=dialect.name if dialect else None,
        accepted=False,
        errors=[_as_json(error) for error in errors],
        notes=[],
        shares=[],
        steps=[],
    )
    return 1


def _accepted(name: str, dialect: Dialect, reading: Reading, output: Output) -> None:
    output.say(f"{output.colour('green', '✓')} {name}: {dialect.title} accepts it; {_DECIDES[reading.plan.decides]}")
    for share in reading.shares:
        output.say(f"  {_percent(share.share):>8}  {share.target}")
    if not reading.shares:
        _say_steps(reading.plan, output)
    for note in reading.notes:
        _say_located(name, note, output, "yellow", "note")
    for metric in reading.unmeasured:
        unknown = f"what {metric} measures is not known; to run the file, say it: --measure {metric}=p95"
        output.say(f"  {output.colour('yellow', 'note')}  {unknown}")
    output.give(
        file=name,
        dialect=dialect.name,
        accepted=True,
        errors=[],
        notes=[_as_json(note) for note in reading.notes],
        shares=[{"target": share.target, "share": float(share.share)} for share in reading.shares],
        steps=[{"weight": step.weight / BUCKETS, "hold": step.hold} for step in reading.plan.steps],
    )


def _say_steps(plan: Plan, output: Output) -> None:
    for number, step in enumerate(plan.steps, start=1):
        hold = "until a person goes on" if step.hold is None else say_duration(step.hold) if step.hold else "no hold"
        checks = f", then {' and '.join(check.title for check in step.checks)}" if step.checks else ""
        output.say(f"  {number}. {say_weight(step.weight):>7}  {hold}{checks}")


def _say_located(name: str, at: Located, output: Output, colour: str = "red", word: str = "error") -> None:
    where = f"{name}:{at.line}"
    path = f"{at.path}: " if at.path else ""
    output.say(f"  {output.colour(colour, word)}  {output.colour('strong', where)}  {path}{at.message}")


def _as_json(at: Located) -> dict[str, object]:
    return {"line": at.line, "path": at.path, "code": at.code, "message": at.message}


def _percent(share: Fraction) -> str:
    percent = share * 100
    return f"{percent} %" if percent.denominator == 1 else f"{float(percent):.2f} %"
