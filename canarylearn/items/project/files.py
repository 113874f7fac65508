"""The files of a project: its stages as they are asked, read with every error located, and proven by judging them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.engine.quantities import NBSP
from canarylearn.items.authored import Authored, Prose, Slug
from canarylearn.items.project.stages import FACTS, SEEDS, STAGES, judge_stage
from canarylearn.items.reading import read_as

_Read = TypeVar("_Read", bound=BaseModel)

FOLDER = "project"
_BOUND = re.compile(r"\{\{\s*([a-z0-9 ]+?)\s*\}\}")
_PROOF = (11, 47_000)
"""Where the seeds begin that the references are proven with."""


class Stage(Authored):
    """One stage as it is asked. `right` passes, after that of the stages before it; `wrong` fails by these codes."""

    title: Prose
    concept: Slug
    prompt: Prose
    starter: str = Field(min_length=1, max_length=2000)
    hints: tuple[Prose, Prose, Prose]
    right: str = Field(min_length=1, max_length=6000)
    wrong: dict[Slug, str] = Field(min_length=1)


class Cover(Authored):
    """What a project is about, and its stages in their order."""

    title: Prose
    lead: Prose
    language: Prose
    stages: tuple[Slug, ...]


@dataclass(frozen=True, kw_only=True)
class Project:
    """A topic's project."""

    cover: Cover
    stages: Mapping[str, Stage]

    def reference(self, stage: str) -> str:
        """A script that passes a stage, with what the stages before it ask for."""
        names = list(self.stages)
        return "\n".join(self.stages[name].right for name in names[: names.index(stage) + 1])

    def wrong(self, stage: str, code: str) -> str:
        """A script that fails a stage, with right functions of the stages before it."""
        names = list(self.stages)
        before = "\n".join(self.stages[name].right for name in names[: names.index(stage)])
        return f"{before}\n{self.stages[stage].wrong[code]}"


def has_project(topic: Path) -> bool:
    """Whether a topic's folder has a project."""
    return (topic / FOLDER / "project.yaml").is_file()


def read_project(topic: Path) -> Project:
    """The project in a topic's folder. Raises Unreadable; each message begins with the file's name."""
    cover = _read(Cover, topic / FOLDER / "project.yaml")
    if cover.stages != STAGES:
        said = f"project.yaml: its stages are {', '.join(STAGES)}, in this order"
        raise Unreadable((Located(line=1, column=None, code="mismatch", message=said),))
    return Project(cover=cover, stages={name: _read(Stage, topic / FOLDER / f"{name}.yaml") for name in cover.stages})


def bind(text: str) -> str:
    """A text with what the judging says in place of the names of facts; a sign of percent stays with its number."""
    return _BOUND.sub(lambda found: FACTS[found[1]], text).replace(" %", f"{NBSP}%")


def project_problems(project: Project) -> Iterator[str]:
    """What is not as the files say: a reference that fails, or a wrong script that passes or fails by another code."""
    for name, stage in project.stages.items():
        for first in _PROOF:
            seeds = tuple(first + number for number in range(SEEDS[name]))
            judged = judge_stage(name, project.reference(name), seeds)
            if judged.finding is not None:
                yield f"{name}.yaml: its right script fails under seed {first}: {judged.finding.sentence}"
        for code in stage.wrong:
            found = judge_stage(name, project.wrong(name, code), seeds).finding
            if found is None or found.code != code:
                yield f"{name}.yaml: its wrong script {code!r} {f'fails by {found.code!r}' if found else 'passes'}"


def _read(schema: type[_Read], path: Path) -> _Read:
    try:
        text = path.read_text(encoding="utf-8")
        spec = read_as(schema, text)
        _check_facts(text)
    except FileNotFoundError:
        missing = Located(line=1, column=None, code="missing", message=f"{path.name}: there is no such file")
        raise Unreadable((missing,)) from None
    except Unreadable as unreadable:
        raise Unreadable(
            tuple(
                Located(line=at.line, column=at.column, code=at.code, message=f"{path.name}: {at.message}")
                for at in unreadable.errors
            )
        ) from None
    return spec


def _check_facts(text: str) -> None:
    unknown = [
        Located(line=number, column=None, code="unknown-fact", message=f"there is no fact {found[1]!r}")
        for number, line in enumerate(text.split("\n"), start=1)
        for found in _BOUND.finditer(line)
        if found[1] not in FACTS
    ]
    if unknown:
        raise Unreadable(tuple(unknown))
