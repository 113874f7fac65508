"""Exchange: questions go out to other systems, and come in from them as drafts.

An exported question carries a mark with the item it was made of, so that it comes back as the same item. What another
system wrote comes in without goals: it is a draft until runs can decide it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from canarylearn.engine import Scenario
from canarylearn.exchange import gift, moodle_xml, table
from canarylearn.exchange.drafting import DraftText, Imported, drafts_of
from canarylearn.exchange.questions import questions_of
from canarylearn.items.spec import Item

Format = Literal["gift", "moodle-xml", "csv"]

FORMATS: Mapping[str, ModuleType] = {"gift": gift, "moodle-xml": moodle_xml, "csv": table}

ENDINGS: Mapping[str, str] = {"gift": ".gift", "moodle-xml": ".xml", "csv": ".csv"}
"""How the name of a file in each format ends."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file, and what of the items it does not carry, one sentence each."""

    data: bytes
    lost: tuple[str, ...]


def export_with_losses(items: Sequence[Item], scenarios: Mapping[str, Scenario], format: Format) -> Exported:  # noqa: A002
    """The items as a file of a format, made by running every answer, and what the file does not carry."""
    questions, lost = questions_of(items, scenarios)
    write: Callable[..., bytes] = FORMATS[format].write
    return Exported(data=write(questions), lost=tuple(lost))


def export(items: Sequence[Item], scenarios: Mapping[str, Scenario], format: Format) -> bytes:  # noqa: A002
    """The items as a file of a format; see `export_with_losses` for what it does not carry."""
    return export_with_losses(items, scenarios, format).data


def read(data: bytes, format: Format) -> Imported:  # noqa: A002
    """The drafts in a file. Raises Unreadable, with a line, for a file that is refused as a whole."""
    return drafts_of(FORMATS[format].read(data))


__all__ = ["ENDINGS", "FORMATS", "DraftText", "Exported", "Format", "Imported", "export", "export_with_losses", "read"]
