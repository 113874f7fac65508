"""Live runs: what an author may write, where gates are found, and what keeps runs from being published."""

from functools import cache
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Phase
from canarylearn.items.places import evidence
from canarylearn.items.walks import FILE, GATES, WATCHING, Walked, Walks, make_run, read_walks, walk_problems
from canarylearn.learning import content
from tests.topics import TOPIC, change, copied, curriculum


def walks() -> Walks:
    found = read_walks(TOPIC)
    assert found is not None
    return found


def only(found: Walks | None, slug: str) -> Walks:
    """The file with one of its runs: proving all of them takes a while."""
    assert found is not None
    return found.model_copy(update={"runs": tuple(walk for walk in found.runs if walk.slug == slug)})


@cache
def made(slug: str) -> Walked:
    walk = next(walk for walk in walks().runs if walk.slug == slug)
    return make_run(walks(), walk, curriculum().scenarios[walk.scenario])


SLUGS = [walk.slug for walk in walks().runs]


def test_all_runs_end_as_their_author_says_whatever_the_luck() -> None:
    assert list(walk_problems(walks(), curriculum().scenarios)) == []
    assert {walk.ends for walk in walks().runs} == set(Phase)


def test_five_runs_of_one_plan() -> None:
    assert len(walks().runs) == 5
    assert len({walk.scenario for walk in walks().runs}) == 5


@pytest.mark.parametrize("slug", SLUGS)
def test_gates_stand_in_order_before_the_decision(slug: str) -> None:
    walked = made(slug)
    assert len(walked.gates) == GATES
    assert sorted(set(walked.gates)) == list(walked.gates)
    assert walked.gates[-1] < walked.decided <= walked.last <= walked.most
    assert walked.outcome.phase is walked.walk.ends


@pytest.mark.parametrize("slug", SLUGS)
def test_gates_have_the_property_they_are_named_by(slug: str) -> None:
    walked = made(slug)
    frames = walked.frames
    for gate, frame in zip(walked.walk.gates, walked.gates, strict=True):
        now, then = frames[frame - 1], frames[frame]
        if gate.at in ("before-first-rise", "before-last-rise"):
            assert then.weight > now.weight
        if gate.at == "half-the-evidence":
            assert evidence(now) >= 0.5
            assert all(evidence(before) < 0.5 for before in frames[: frame - 1])
        if gate.at == "looks-worse":
            assert now.canary.error_rate > 2 * now.baseline.error_rate
        if gate.at == "before-decision":
            assert frame + 1 == walked.decided


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_right_is_read_off_the_run(slug: str) -> None:
    walked = made(slug)
    for number, (gate, frame) in enumerate(zip(walked.walk.gates, walked.gates, strict=True)):
        observed, then = walked.observed(number), walked.frames[frame]
        last = walked.frames[walked.decided - 1]
        expected = {
            "analysis": walked.outcome.phase.value if frame + 1 == walked.decided else WATCHING,
            "ending": walked.outcome.phase.value,
            "harmed": str(walked.outcome.harmed[walked.decided - 1]),
            "minutes": f"{last.end / 60:.0f}",
            "requests": str(then.canary.requests),
        }
        assert observed == expected[gate.ask]
        assert frame < walked.known_at(number) <= walked.decided


def test_the_line_of_the_plan_is_the_step_whose_weight_is_on() -> None:
    walked = made("thursday")
    lines = walked.walks.plan.split("\n")
    for number in range(1, walked.decided + 1):
        weight = f"{walked.frames[number - 1].weight / 100:g}%"
        assert f"weight: {weight}," in lines[walked.line(number) - 1]
    assert walked.line(walked.decided + 1) == 0


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("at: looks-worse", "at: after-lunch", 16, "runs.0.gates.1.at"),
        ("slug: wednesday", "slug: 3rd", 29, "runs.2.slug"),
        ("seed: 3", "seed: 999", 13, "runs.0.seed"),
        ("slug: tuesday", "slug: monday", 3, "stands here twice"),
        ("weight: 5%", "weight: five", 3, "line 4 of the plan"),
        ("decides: judge", "decides: nobody", 3, "line 1 of the plan"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_where_it_is_wrong(
    tmp_path: Path, before: str, after: str, line: int, said: str
) -> None:
    folder = copied(tmp_path)
    change(folder / FILE, (before, after))
    with pytest.raises(Unreadable) as refused:
        read_walks(folder)
    located = refused.value.errors[0]
    assert said in located.message
    assert located.message.startswith(FILE)
    assert abs(located.line - line) <= 3


@pytest.mark.parametrize(
    ("slug", "before", "after", "code", "said"),
    [
        ("thursday", "ends: promoted", "ends: inconclusive", "ends-otherwise", "59 of 59 seeds"),
        ("thursday", "scenario: v2-is-fine", "scenario: v2-is-lost", "no-scenario", "v2-is-lost"),
        ("monday", "at: looks-worse", "at: before-decision", "no-gate", "the one before it at 8"),
        ("wednesday", "seed: 8", "seed: 5", "", ""),
    ],
)
def test_runs_that_do_not_hold_are_refused(
    tmp_path: Path, slug: str, before: str, after: str, code: str, said: str
) -> None:
    folder = copied(tmp_path)
    change(folder / FILE, (before, after))
    problems = list(walk_problems(only(read_walks(folder), slug), curriculum().scenarios))
    assert [problem.code for problem in problems] == ([code] if code else [])
    assert all(said in problem.message for problem in problems)


def test_a_gate_that_no_frame_has_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / FILE).read_text(encoding="utf-8")
    fine = text.index("thursday")
    (folder / FILE).write_text(
        text[:fine] + text[fine:].replace("before-last-rise", "looks-worse", 1), encoding="utf-8"
    )
    (problem,) = walk_problems(only(read_walks(folder), "thursday"), curriculum().scenarios)
    assert problem.code == "no-gate"
    assert "'looks-worse' cannot be found" in problem.message


def test_check_content_refuses_before_anything_else_is_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied(tmp_path)
    change(folder / FILE, ("ends: promoted", "ends: rolled_back"))
    monkeypatch.setattr(content, "CONTENT", tmp_path)
    with pytest.raises(CommandError, match=r"visualise\.yaml: ends-otherwise: thursday"):
        call_command("check_content", check=True, quiet=True)


def test_a_topic_without_runs_has_none(tmp_path: Path) -> None:
    assert read_walks(tmp_path) is None
