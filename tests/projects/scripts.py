"""Scripts that people write for each stage: right ones in many styles, and wrong ones, each named after its finding."""

from functools import cache
from pathlib import Path

from canarylearn.items.project.files import Project, read_project
from canarylearn.items.project.stages import SEEDS, STAGES
from tests.topics import TOPIC

CORPUS = Path(__file__).with_name("corpus")


@cache
def project() -> Project:
    """The project as it is published."""
    return read_project(TOPIC)


def seeds_of(stage: str, first: int = 31) -> tuple[int, ...]:
    """As many seeds as a stage is judged with."""
    return tuple(first + 4001 * number for number in range(SEEDS[stage]))


def names(stage: str, kind: str) -> list[str]:
    """The scripts of a kind, 'right' or 'wrong'."""
    return sorted(path.stem for path in (CORPUS / stage / kind).glob("*.canary"))


def text_of(stage: str, kind: str, name: str) -> str:
    """A script, after right functions of the stages that it builds on."""
    before = CORPUS / stage / "_before.canary"
    start = before.read_text(encoding="utf-8") if before.exists() else ""
    return start + (CORPUS / stage / kind / f"{name}.canary").read_text(encoding="utf-8")


RIGHT = [(stage, name) for stage in STAGES for name in names(stage, "right")]
WRONG = [(stage, name) for stage in STAGES for name in names(stage, "wrong")]
