"""Scenarios by name or by file."""

from pathlib import Path

from canarylearn.cli.files import read_text
from canarylearn.cli.problems import Usage
from canarylearn.dialects.errors import Unreadable
from canarylearn.engine.scenario import Scenario
from canarylearn.items.files import read_as

CONTENT = Path(__file__).resolve().parent.parent / "content"


def known_scenarios() -> dict[str, Path]:
    """The scenarios that come with the curriculum, by slug."""
    return {path.stem: path for path in sorted(CONTENT.glob("*/scenarios/*.yaml"))}


def find_scenario(name: str) -> Scenario:
    """The scenario in a file, or the one of the curriculum with that slug. Raises Usage when there is none."""
    known = known_scenarios()
    path = known.get(name)
    if path is None and not Path(name).is_file():
        raise Usage(f"there is no scenario {name!r}: name a file, or one of {', '.join(known)}")
    try:
        return read_as(Scenario, read_text(str(path or name)))
    except Unreadable as unreadable:
        lines = "; ".join(f"line {at.line}: {at.message}" for at in unreadable.errors[:5])
        raise Usage(f"{name} is no scenario: {lines}") from None
