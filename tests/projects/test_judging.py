"""The judging itself: it says the same each time, in parts or at once, and shows what anyone can see again."""

import pytest

from canarylearn.items.project import deciding, measuring
from canarylearn.items.project.breaking import made, search
from canarylearn.items.project.stages import PARTS, SEEDS, STAGES, Job, do, judge_stage, try_out
from canarylearn.items.project.trial import run_release, table_of
from canarylearn.items.project.verdicts import most_by_luck
from canarylearn.items.project.worlds import CASES, INTERVAL, LOOKS, SHORT, log_of, summed
from tests.projects.scripts import project, seeds_of, text_of


@pytest.mark.parametrize("stage", STAGES)
def test_in_parts_a_stage_gets_the_verdict_that_it_gets_at_once(stage: str) -> None:
    text = project().wrong(stage, next(iter(project().stages[stage].wrong)))
    whole = judge_stage(stage, text, seeds_of(stage))
    assert len(whole.checks) == PARTS[stage] or not whole.checks
    parts = [judge_stage(stage, text, seeds_of(stage), part) for part in range(PARTS[stage])]
    assert next(part.finding for part in parts if part.finding) == whole.finding


def test_the_same_script_gets_the_same_verdict() -> None:
    text = text_of("decide", "wrong", "false-alarms")
    first, again = (judge_stage("decide", text, seeds_of("decide")) for _ in range(2))
    assert first == again
    assert first.finding
    assert first.finding.seed


def test_a_decision_that_failed_can_be_called_again_as_it_is_shown() -> None:
    text = text_of("decide", "wrong", "doubt-promotes")
    finding = judge_stage("decide", text, seeds_of("decide")).finding
    assert finding
    assert try_out("decide", f"{text}\nprint({finding.example})", 1).output == ["promote"]


def test_a_router_that_failed_shows_it_again_when_it_is_asked() -> None:
    text = text_of("route", "wrong", "not-nested")
    finding = judge_stage("route", text, seeds_of("route")).finding
    assert finding
    assert try_out("route", f"{text}\nprint({finding.example})", 1).output == ["v2 v1"]


def test_a_release_that_failed_goes_the_same_way_when_it_is_tried_out_with_its_seed() -> None:
    text = text_of("release", "wrong", "unchecked")
    finding = judge_stage("release", text, seeds_of("release")).finding
    assert finding
    assert finding.seed
    tried = try_out("release", text, finding.seed, finding.case)
    assert tried.title.startswith("release() gives 'rolled back' and leaves 5 % on v2")


def test_what_broke_a_release_breaks_it_again_in_the_world_of_its_seed() -> None:
    text = text_of("release", "right", "step-by-step")
    found = search(text, 5007, worlds=1)
    assert found.finding
    assert (found.finding.code, found.finding.seed, found.survived) == ("blames-v2", 5007, 0)
    assert found.world == made(5007).case.title
    again = run_release(text, made(5007).case, 5007)
    assert again.returned == "rolled back"
    assert search(project().reference("release"), 5007, worlds=1).finding is None


def test_bad_luck_breaks_no_sound_release() -> None:
    """In each of these worlds, whose v2 is as good as v1, the reference blames v2 once by chance."""
    sound = project().reference("release")
    for seed in (1405, 1167, 1298):
        assert run_release(sound, made(seed).case, seed).returned == "rolled back"
        assert search(sound, seed, worlds=1).finding is None


def test_a_sound_release_survives_worlds_that_nobody_chose() -> None:
    assert search(project().reference("release"), 70_000, worlds=48).finding is None


def test_worlds_of_all_kinds_are_made() -> None:
    titles = " ".join(made(seed).case.title for seed in range(60))
    for words in (
        "depend on",
        "roll backs get lost",
        "on ios",
        "right answers wrong",
        "in an hour",
        "both versions fail",
    ):
        assert words in titles


def test_a_log_adds_up_to_what_the_world_did() -> None:
    world = CASES["fine"].world(3)
    log = log_of(world, [500, 2500, 2500])
    total = [summed(log, version, 0, 60) for version in ("v1", "v2")]
    assert sum(int(str(one["requests"])) for one in total) == world.bounds[3]
    assert sum(int(str(one["labelled"])) for one in total) == sum(
        int(str(record["labelled"])) for record in log if isinstance(record, dict) and record["minute"] == 0
    )


def test_looks_of_a_simulated_release_are_its_log_s_windows() -> None:
    case = SHORT["short-failing"]
    pairs = list(deciding.windows(case, 8))
    for look in (1, 4, LOOKS):
        log = log_of(case.world(8), [deciding.WEIGHT * 100] * look)
        window = 0, look * INTERVAL
        assert pairs[look - 1] == (summed(log, "v1", *window), summed(log, "v2", *window))


def test_bounds_are_those_of_the_binomial() -> None:
    from scipy.stats import binom

    for times, chance in ((60, 0.02), (60, 0.2), (40, 0.05), (40, 0.01)):
        most = most_by_luck(times, chance)
        assert binom.sf(most, times, chance) <= 1e-4 < binom.sf(most - 1, times, chance)


def test_an_example_log_tells_its_slips_apart() -> None:
    log = measuring.example_log(12)
    windows = [(0, 160), (100, 160), (101, 160), (100, 161), (40, 100)]
    found = {str(summed(log, "v1", *window)["requests"]) for window in windows}
    assert len(found) == len(windows)


@pytest.mark.parametrize("stage", STAGES)
def test_trying_out_shows_what_the_function_does(stage: str) -> None:
    tried = try_out(stage, project().reference(stage), 5, "failing")
    assert tried.finding is None
    assert tried.rows
    assert all(len(row) == len(tried.columns) for row in tried.rows)


def test_what_is_sent_is_plain_data() -> None:
    job = Job(do="judge", stage="route", text="x = 1", seeds=(1,), part=0)
    assert do(job)["finding"] == {
        "code": "no-function",
        "sentence": "There is no function route() in the script: write def route(user_id, percent): first.",
        "example": "",
        "seed": None,
        "case": "",
        "line": None,
    }


def test_a_release_leaves_a_row_for_each_interval() -> None:
    ran = run_release(project().reference("release"), CASES["late"], 2)
    assert len(table_of(ran)) * INTERVAL == ran.trial.minute
    assert set(SEEDS) == set(PARTS) == set(STAGES)
