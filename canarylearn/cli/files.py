"""Files that a call names, read with plain refusals."""

import argparse
import sys

from canarylearn.cli.problems import Usage
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.manifest import Context
from canarylearn.dialects.registry import BY_NAME, Dialect, dialect_of, read_manifest
from canarylearn.dialects.yaml_text import MOST_CHARACTERS, read_documents
from canarylearn.engine.plan import Plan


def read_text(name: str) -> str:
    """The text of a file, or of standard input for '-'. Raises Usage for one that cannot be read."""
    try:
        if name == "-":
            return sys.stdin.read(MOST_CHARACTERS + 1)
        # One more than is allowed, so that a huge file is refused for its size and never read whole.
        with open(name, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be a thirtieth of the start
            return file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise Usage(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Usage(f"{name} is not a text in UTF-8") from None


def write_text(name: str, text: str) -> None:
    """Write a file, over the one that may be there. Raises Usage when it cannot be written."""
    try:
        with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
            file.write(text)
    except OSError as error:
        raise Usage(f"{name} cannot be written: {error.strerror}") from None


def choose_dialect(text: str, name: str | None, version: str | None) -> tuple[Dialect, Context]:
    """The dialect of a text and the version to read it by. Raises Usage for a version without rules of its own."""
    dialect = BY_NAME[name] if name else dialect_of(read_documents(text))
    if version and version not in dialect.versions:
        raise Usage(
            f"there are rules of {dialect.title} for the versions {', '.join(dialect.versions)}, not {version!r}"
        )
    return dialect, Context(version=version or "")


def plan_of(options: argparse.Namespace, name: str | None = None) -> tuple[Dialect, Plan]:
    """The plan in the file of a call. Raises Usage, with the tool's first error, when it cannot be run."""
    name = name or options.file
    text = read_text(name)
    try:
        chosen, context = choose_dialect(text, options.dialect, options.tool_version)
        dialect, reading = read_manifest(text, chosen, Context(version=context.version, measures=dict(options.measure)))
    except Unreadable as unreadable:
        first = unreadable.errors[0]
        more = f" (and {len(unreadable.errors) - 1} more)" if len(unreadable.errors) > 1 else ""
        raise Usage(f"{name}:{first.line}: {first.message}{more}. Run `canary check {name}` for all of it.") from None
    if reading.unmeasured:
        unknown = reading.unmeasured[0]
        raise Usage(f"{name}: what the metric {unknown} measures is not known; say it, as in --measure {unknown}=p95")
    return dialect, reading.plan
