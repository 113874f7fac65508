"""The files of a project: read with every error located, and proven by judging what they say is right and wrong."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canarylearn.dialects.errors import Unreadable
from canarylearn.items.files import read_topic
from canarylearn.items.project.files import bind, has_project, project_problems, read_project
from canarylearn.items.project.stages import STAGES
from tests.projects.scripts import project
from tests.topics import TOPIC, change, copied


def test_the_project_is_what_its_files_say() -> None:
    assert has_project(TOPIC)
    assert tuple(project().stages) == STAGES
    concepts = read_topic(TOPIC).topic.concepts
    for name, stage in project().stages.items():
        assert stage.concept in concepts
        assert "{{" not in bind(stage.prompt)
        assert f"`{name}(" in stage.prompt


def error_in(folder: Path) -> str:
    """The first error of the project in a folder, with its line."""
    with pytest.raises(Unreadable) as caught:
        read_project(folder)
    at = caught.value.errors[0]
    return f"line {at.line}: {at.message}"


@pytest.mark.parametrize(
    ("file", "before", "after", "error"),
    [
        ("route", "concept: routing\n", "", "line 1: route.yaml: concept: Field required"),
        ("route", "concept: routing", "concept: routing\nanswer: x", "line 3: route.yaml: answer: Extra inputs"),
        ("decide", "{{looks}} times in", "{{lookers}} times in", "line 11: decide.yaml: there is no fact 'lookers'"),
        ("project", "[route, measure", "[measure, route", "line 1: project.yaml: its stages are route, measure"),
        ("project", "lead: |", "lead: [", "project.yaml"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    tmp_path: Path, file: str, before: str, after: str, error: str
) -> None:
    folder = copied(tmp_path)
    change(folder / "project" / f"{file}.yaml", (before, after))
    assert error in error_in(folder)


def test_a_stage_without_a_file_is_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "project" / "measure.yaml").unlink()
    assert "measure.yaml: there is no such file" in error_in(folder)


def test_a_reference_that_fails_and_a_wrong_script_that_passes_are_told() -> None:
    sound = project()
    stage = sound.stages["route"]
    swapped = stage.model_copy(
        update={"right": stage.wrong["a-hundredth"], "wrong": {"a-hundredth": stage.right, "nobody": "x = 1"}}
    )
    broken = type(sound)(cover=sound.cover, stages={"route": swapped})
    problems = list(project_problems(broken))
    assert "route.yaml: its right script fails under seed 11: At 25\N{NO-BREAK SPACE}% only" in problems[0]
    assert "route.yaml: its wrong script 'a-hundredth' passes" in problems
    assert "route.yaml: its wrong script 'nobody' fails by 'no-function'" in problems


@pytest.mark.parametrize(
    ("before", "after", "arguments", "error"),
    [
        ("salt='ranking-v2') < percent * 100", "salt='x') < percent", (), "project/route.yaml: its right script fails"),
        ("concept: routing\n", "", ("--check",), "project/route.yaml: concept: Field required (line 1)"),
    ],
)
def test_check_content_refuses_a_project_that_is_not_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, arguments: tuple[str, ...], error: str
) -> None:
    folder = copied(tmp_path)
    change(folder / "project" / "route.yaml", (before, after))
    monkeypatch.setattr("canarylearn.learning.management.commands.check_content.topic_folders", lambda *_: [folder])
    with pytest.raises(CommandError, match=re.escape(error)):
        call_command("check_content", "--quiet", *arguments)


def test_what_the_files_say_is_proven() -> None:
    assert list(project_problems(project())) == []
