"""The proof: which items may be published, and what makes a proof stale."""

from typing import Any

import pytest

from canarylearn.items import Item, digest, proof
from canarylearn.items.judging import SEEDS
from canarylearn.items.problems import topic_problems
from canarylearn.items.proof import conclude
from canarylearn.items.rows import Row, prove_seed
from canarylearn.items.texts import text_problems
from tests.topics import curriculum
from tests.worlds import scenario

SCENARIOS = {
    "plain": scenario(slug="plain", title="a plain world", about="v1 fails 1 % of its requests, as ever."),
    "bad": scenario(slug="bad", canary={"errors": "15%"}),
}

FIELDS: dict[str, Any] = {
    "id": "a-task",
    "kind": "task",
    "level": "easy",
    "title": "A task",
    "prompt": "Fill it in.",
    "template": "deploy_model(version='v2', traffic_split=⟦traffic⟧)",
    "options": ["20", "0", "'20%'"],
    "scenarios": ["bad"],
    "goals": [{"name": "A bad v2 is rolled back", "outcome": "rolled_back"}],
    "hints": ["Look here.", "Count this.", "A twin."],
    "mistakes": ["A mistake."],
    "solution": ["It took {{bad: time_to_notice}}."],
    "quick_check": "A check.",
}


def item(**changes: Any) -> Item:
    return Item.model_validate({**FIELDS, **changes})


def found(one: Item, seeds: range = range(4)) -> list[tuple[str, str]]:
    """The problems of an item over a few seeds."""
    rows = [prove_seed(one, SCENARIOS, seed) for seed in seeds]
    return [(problem.code, problem.message) for problem in conclude(one, SCENARIOS, rows)[1]]


def told(one: Item) -> list[tuple[str, str]]:
    """The problems of an item's words and code."""
    return [(problem.code, problem.message) for problem in text_problems(one, SCENARIOS)]


def test_59_seeds_are_enough_for_95_percent_with_95_percent_confidence() -> None:
    assert 0.95 ** len(SEEDS) < 0.05 <= 0.95 ** (len(SEEDS) - 1)


def test_a_sound_item_has_a_proof_and_no_problems() -> None:
    rows = [prove_seed(item(), SCENARIOS, seed) for seed in range(3)]
    made, problems = conclude(item(), SCENARIOS, rows)
    assert problems == []
    assert (made.seeds, made.answers, made.guess_floor) == (3, 3, 1 / 3)
    assert made.digest == digest(item(), SCENARIOS)


def test_a_row_has_one_verdict_and_one_ending_for_each_answer() -> None:
    row = prove_seed(item(scenarios=["bad", "plain"], goals=[{**FIELDS["goals"][0], "in": "bad"}]), SCENARIOS, 7)
    assert row.seed == 7
    assert row.passed == (True, False, False)
    assert row.endings == ("rolled_back / promoted", "inconclusive / inconclusive", "refused / refused")


def test_the_order_in_which_seeds_were_run_is_no_part_of_the_proof() -> None:
    rows = [prove_seed(item(), SCENARIOS, seed) for seed in range(3)]
    assert conclude(item(), SCENARIOS, rows) == conclude(item(), SCENARIOS, reversed(rows))


def test_an_item_that_nothing_passes_is_refused() -> None:
    ((code, message),) = found(item(options=["0", "'20%'"], solution=["A step."]))
    assert (code, message) == ("none-passes", "no answer reaches every goal; loosen a goal or add an option")


def test_an_item_with_two_passing_answers_is_refused_unless_it_says_so() -> None:
    ((code, message),) = found(item(options=["20", "30", "0"]))
    assert code == "several-pass"
    assert message.startswith("2 answers pass, and 1 should;")
    assert found(item(options=["20", "30", "0"], passing_answers=2)) == []
    assert [code for code, _ in found(item(passing_answers=2))] == ["several-pass"]


def test_a_verdict_that_hangs_on_luck_is_refused_with_the_seeds_that_differ() -> None:
    # An A/A run: which of the two equal arms fails more requests is chance alone.
    tight = {"name": "v2 fails less than v1", "measure": "canary_error_rate", "at_most": "1%"}
    one = item(scenarios=["plain"], goals=[tight], solution=["A step."])
    problems = dict(found(one, range(8)))
    message = problems["depends-on-luck"]
    assert message.startswith("traffic = 20 passes under ")
    rows = [prove_seed(one, SCENARIOS, seed) for seed in range(8)]
    passes = sum(row.passed[0] for row in rows)
    assert 0 < passes < 8
    odd = next(row.seed for row in rows if row.passed[0] != rows[0].passed[0])
    assert f"{passes} of 8 seeds (seed {odd} differs from seed 0)" in message


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        pytest.param(
            {"solution": ["It took 99 min."]},
            "number-without-run",
            "solution step 1: the number 99 is stated by no run, code or scenario; bind it as {{scenario: measure}}",
            id="number in the solution",
        ),
        pytest.param({"mistakes": ["All 99 of them."]}, "number-without-run", "mistake 1: the number 99", id="mistake"),
        pytest.param({"quick_check": "At most 99."}, "number-without-run", "quick check: the number 99", id="check"),
        pytest.param({"notes": {"20": "After 99 s."}}, "number-without-run", "note on 20: the number 99", id="note"),
        pytest.param(
            {"solution": ["It took {{good: time_to_notice}}."]}, "bound-to-nothing", "solution step 1", id="no scenario"
        ),
        pytest.param(
            {"notes": {"20": "{{bad: luck}}"}}, "bound-to-nothing", "note on 20: {{bad: luck}}", id="no measure"
        ),
        pytest.param(
            {"notes": {"'20%'": "{{bad: users_harmed}}"}}, "bound-to-nothing", "a run that was refused", id="no run"
        ),
        pytest.param(
            {"notes": {"0": "Unlike {{20 => bad: users_harmed}}."}},
            "tells-too-early",
            "note on 0: it would show the run of another answer too early",
            id="note on another answer",
        ),
        pytest.param(
            {"hints": ["Look.", "It is {{bad: users_harmed}}.", "A twin."]}, "tells-too-early", "hint 2", id="hint"
        ),
        pytest.param(
            {"prompt": "Of {{bad: users_harmed}} users"}, "tells-too-early", "prompt: it is read", id="prompt"
        ),
        pytest.param(
            {"runs": {"all": "set_weight(100)\nset_weight('x')"}}, "code-refused", "run 'all', line 2: ", id="named run"
        ),
        pytest.param({"runs": {"all": "promote("}}, "code-refused", "run 'all', line 1: ", id="not code"),
        pytest.param(
            {"afterwards": [{"title": "More", "intro": "See.", "script": "print(1)\nprint(x)"}]},
            "code-refused",
            "'More', line 2: ",
            id="demonstration",
        ),
        pytest.param(
            {
                "afterwards": [
                    {
                        "title": "Units",
                        "intro": "See.",
                        "templates": {"a": "set_weight(⟦traffic⟧)", "b": "f(⟦traffic⟧)"},
                    }
                ]
            },
            "code-refused",
            "'Units': every option is refused under 'b'",
            id="contract",
        ),
        pytest.param({"faulty": {"traffic": "30"}}, "faulty-code-runs", "show code that is refused", id="faulty"),
    ],
)
def test_words_and_code_that_the_runs_do_not_bear_out_are_refused(
    changes: dict[str, Any], code: str, said: str
) -> None:
    ((found_code, message),) = told(item(**changes))
    assert found_code == code
    assert said in message


def test_numbers_of_the_item_its_scenarios_and_bound_runs_may_be_written() -> None:
    one = item(
        scenarios=["plain", "bad"],
        goals=[{**FIELDS["goals"][0], "in": "bad"}],
        mistakes=["Choosing 0 where 20 is meant, or 1 %."],
        notes={"20": "{{bad: users_harmed}} were harmed."},
        faulty={"traffic": "'30'"},
    )
    assert told(one) == []


# Digests


def test_a_digest_changes_with_the_item_a_scenario_and_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(item(), SCENARIOS)
    changed = {
        digest(item(prompt="Fill it in, please."), SCENARIOS),
        digest(item(options=["0", "20", "'20%'"]), SCENARIOS),
        digest(item(goals=[{"name": "A bad v2 is rolled back", "outcome": "promoted"}]), SCENARIOS),
        digest(item(), {**SCENARIOS, "bad": scenario(slug="bad", canary={"errors": "16%"})}),
    }
    monkeypatch.setattr(proof, "ENGINE_VERSION", "another")
    changed.add(digest(item(), SCENARIOS))
    assert len(changed - {before}) == 5


def test_a_digest_changes_with_nothing_else() -> None:
    before = digest(item(), SCENARIOS)
    fields = {key: FIELDS[key] for key in reversed(FIELDS)}
    assert digest(Item.model_validate(fields), SCENARIOS) == before
    spelled_out = [{"text": text, "fill": text} for text in FIELDS["options"]]
    assert digest(item(options=spelled_out, passing_answers=1), SCENARIOS) == before
    assert digest(item(), {"bad": SCENARIOS["bad"]}) == before
    assert (
        digest(item(), {"unused": SCENARIOS["plain"], "bad": scenario(slug="bad", canary={"errors": "15.0 %"})})
        == before
    )


def test_outcomes_change_when_a_run_ends_otherwise() -> None:
    rows = [prove_seed(item(), SCENARIOS, seed) for seed in range(3)]
    before = conclude(item(), SCENARIOS, rows)[0].outcomes
    moved = [Row(seed=row.seed, passed=(False, True, False), endings=row.endings) for row in rows]
    after = conclude(item(), SCENARIOS, moved)[0]
    assert after.guess_floor == 1 / 3
    assert after.outcomes != before


# A topic's questions together


def questions(lengths: list[list[int]], passing: list[int]) -> tuple[dict[str, Item], dict[str, list[Row]]]:
    """Questions with options of these lengths, of which one passes each."""
    claim = {"name": "It was printed", "prints": "1"}
    items, rows = {}, {}
    for number, sizes in enumerate(lengths):
        options = [{"text": chr(97 + place) * size, "claim": claim} for place, size in enumerate(sizes)]
        slug = f"question-{number}"
        items[slug] = item(id=slug, kind="question", template="print(1)", options=options, goals=[])
        passed = tuple(place == passing[number] for place in range(len(sizes)))
        rows[slug] = [Row(seed=0, passed=passed, endings=())]
    return items, rows


@pytest.mark.parametrize(
    ("lengths", "passing", "refused"),
    [
        pytest.param([[9, 5], [5, 9], [9, 5]], [0, 1, 0], True, id="always the longest"),
        pytest.param([[9, 5], [5, 9], [9, 5]], [0, 1, 1], True, id="mostly the longest"),
        pytest.param([[9, 5], [5, 9], [9, 5]], [0, 0, 1], False, id="sometimes the longest"),
        pytest.param([[9, 5], [5, 9]], [0, 1], False, id="too few to say"),
        pytest.param([[9, 9, 5], [9, 9, 5], [9, 9, 5]], [0, 1, 0], False, id="two as long"),
    ],
)
def test_questions_whose_longest_option_passes_are_refused(
    lengths: list[list[int]], passing: list[int], refused: bool
) -> None:
    problems = topic_problems(*questions(lengths, passing))
    assert [problem.code for problem in problems] == ["longest-passes"] * refused


def test_the_curriculum_has_no_problem_that_words_can_have() -> None:
    files = curriculum()
    for one in files.items.values():
        assert text_problems(one, files.scenarios_of(one)) == []


def test_a_number_of_the_run_written_by_hand_is_refused() -> None:
    """An author who writes a number of the run by hand, even the right one, is told to bind it."""
    files = curriculum()
    one = files.items["first-users"]
    by_hand = one.model_copy(update={"solution": ("The fault showed after 14 min.",)})
    problems = text_problems(by_hand, files.scenarios_of(by_hand))
    assert [problem.code for problem in problems] == ["number-without-run"]
