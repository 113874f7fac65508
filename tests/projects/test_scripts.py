"""What people write is judged by what it does: right scripts pass in any style, wrong ones fail for a reason each."""

import pytest

from canarylearn.items.project.stages import STAGES, judge_stage
from tests.projects.scripts import RIGHT, WRONG, names, project, seeds_of, text_of


def test_there_are_enough_of_both() -> None:
    assert len({name.partition("--")[0] for _, name in WRONG}) >= 40
    for stage in STAGES:
        assert len(names(stage, "right")) >= 8, stage


@pytest.mark.parametrize(("stage", "name"), RIGHT, ids=[f"{stage}-{name}" for stage, name in RIGHT])
def test_a_right_script_passes(stage: str, name: str) -> None:
    judged = judge_stage(stage, text_of(stage, "right", name), seeds_of(stage))
    assert judged.finding is None, judged.finding
    assert judged.passed
    assert all(check.held and check.told for check in judged.checks)


@pytest.mark.parametrize(("stage", "name"), WRONG, ids=[f"{stage}-{name}" for stage, name in WRONG])
def test_a_wrong_script_fails_for_its_own_reason(stage: str, name: str) -> None:
    judged = judge_stage(stage, text_of(stage, "wrong", name), seeds_of(stage)[:1])
    assert judged.finding is not None
    assert judged.finding.code == name.partition("--")[0], judged.finding
    assert judged.finding.sentence.endswith((".", "?"))
    assert not judged.passed


def test_each_stage_passes_with_what_the_stages_before_it_ask_for() -> None:
    for stage in STAGES:
        judged = judge_stage(stage, project().reference(stage), seeds_of(stage, 700_001))
        assert judged.passed, judged.finding


def test_a_beginning_fails_its_stage_and_does_not_stop() -> None:
    codes = []
    for stage in STAGES:
        before = "\n".join(project().stages[one].right for one in STAGES[: STAGES.index(stage)])
        finding = judge_stage(stage, before + "\n" + project().stages[stage].starter, seeds_of(stage)).finding
        assert finding is not None
        codes.append(finding.code)
    assert codes == ["nobody", "missing-entry", "blind-to-harm", "doubt-left-on"]
