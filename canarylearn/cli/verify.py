"""canary verify: judge the answers in a file of evidence once more."""

import argparse
from pathlib import Path

from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.cli.scenarios import CONTENT
from canarylearn.engine import ENGINE_VERSION
from canarylearn.items.evidence import MOST_CHARACTERS, Answered, BadEvidence, Evidence, read_evidence, rejudge
from canarylearn.items.judging import SEEDS


def run(options: argparse.Namespace, output: Output) -> int:
    """0: every answer passes as the file says. 1: one does not, or a text is not the one that this copy publishes."""
    evidence = read(options.file)
    judged = rejudge(evidence, more_seeds=SEEDS if options.all_seeds else ())
    strange = {one.id for one in evidence.items if not is_published(evidence, one)}
    for one in judged:
        mark = output.colour("green", "✓ equal") if one.equal else output.colour("red", "✕ not equal")
        output.say(f"{mark}  {one.title} ({one.id}, version {one.version})")
        output.say(f"    {one.reason}")
        if one.id in strange:
            output.say(
                "    note: its text is not the one this copy publishes, so the verdict holds for the file's own text"
            )
    if other := sorted({one.engine for one in evidence.items} - {ENGINE_VERSION}):
        output.say(f"note: judged then by the engine's version {', '.join(other)}, and now by {ENGINE_VERSION}")
    equal = all(one.equal for one in judged)
    seeds = f"{judged[0].seeds} seeds" if judged[0].seeds > 1 else "the seed in the file"
    output.say(f"{sum(one.equal for one in judged)} of {len(judged)} verdicts are equal, under {seeds}.")
    output.give(
        equal=equal,
        known=not strange,
        engine=ENGINE_VERSION,
        items=[
            {
                "id": one.id,
                "version": one.version,
                "equal": one.equal,
                "reason": one.reason,
                "known": one.id not in strange,
            }
            for one in judged
        ],
    )
    return 0 if equal and not strange else 1


def read(name: str) -> Evidence:
    """The evidence in a file. Raises Usage for a file that holds none."""
    try:
        with open(name, encoding="utf-8") as file:  # noqa: PTH123 - as in files.py
            return read_evidence(file.read(MOST_CHARACTERS + 1))
    except OSError as error:
        raise Usage(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Usage(f"{name} is not a text in UTF-8") from None
    except BadEvidence as bad:
        raise Usage(f"{name}: {bad}") from None


def is_published(evidence: Evidence, one: Answered) -> bool:
    """Whether this copy publishes the item and its scenarios in these words."""
    folder = CONTENT / evidence.topic
    texts = {f"scenarios/{slug}.yaml": text for slug, text in one.scenarios.items()}
    files = [*folder.glob(f"*/{one.id}.yaml"), *(folder / name for name in texts)]
    return {text_of(file) for file in files} == {one.item, *texts.values()}


def text_of(file: Path) -> str:
    """The text of a file of the curriculum; empty if there is none."""
    return file.read_text(encoding="utf-8") if file.is_file() else ""
