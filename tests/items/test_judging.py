"""Judging: filled in, run, held against the goals; and what is said of it afterwards."""

import pytest

from canarylearn.engine import Scenario
from canarylearn.items import Item, Judgement, judge
from canarylearn.items.binding import bind, unbound_numbers
from canarylearn.items.explaining import ending, figures, goal_detail, headline, story
from tests.topics import curriculum, deployed
from tests.worlds import scenario

NBSP = "\N{NO-BREAK SPACE}"

SCENARIOS = {
    "plain": scenario(slug="plain"),
    "bad": scenario(slug="bad", canary={"errors": "15%"}),
}


def item(**changes: object) -> Item:
    """A small task, with some fields changed."""
    fields: dict[str, object] = {
        "id": "a-task",
        "kind": "task",
        "level": "easy",
        "title": "A task",
        "prompt": "Fill it in.",
        "template": "deploy_model(version='v2', traffic_split=⟦traffic⟧)",
        "options": ["20", "100", "'20%'", "0"],
        "scenarios": ["bad", "plain"],
        "goals": [
            {"name": "A bad v2 is rolled back", "in": "bad", "outcome": "rolled_back"},
            {"name": "Few users meet it", "in": "bad", "measure": "users_exposed_share", "at_most": "40%"},
        ],
        "hints": ["Look here.", "Count this.", "A twin."],
        "mistakes": ["A mistake."],
        "solution": ["A step."],
        "quick_check": "A check.",
    }
    return Item.model_validate({**fields, **changes})


def judged(one: Item, answer: int, blank: str = "traffic") -> Judgement:
    return judge(one, SCENARIOS, {blank: answer})


def detail(judgement: Judgement, number: int = 0) -> str:
    return goal_detail(judgement.goals[number], judgement, SCENARIOS).replace(NBSP, " ")


def said(judgement: Judgement, scenarios: dict[str, Scenario] | None = None) -> tuple[str, list[str]]:
    shown = [f"{figure.label}: {figure.value}" for figure in figures(judgement)]
    words = headline(judgement, scenarios or SCENARIOS)
    return words.replace(NBSP, " "), [figure.replace(NBSP, " ") for figure in shown]


# Judging


def test_an_answer_passes_when_every_goal_holds_in_every_scenario() -> None:
    assert judged(item(), 0).passed
    strict = item(goals=[{"name": "It is rolled back", "outcome": "rolled_back"}])
    judgement = judged(strict, 0)
    assert [(result.scenario, result.met) for result in judgement.goals] == [("bad", True), ("plain", False)]
    assert not judgement.passed


def test_a_refused_answer_reaches_no_goal() -> None:
    judgement = judged(item(), 2)
    assert judgement.refusal is not None
    assert not judgement.passed
    assert not any(result.met for result in judgement.goals)


def test_an_answer_that_was_not_offered_is_no_answer() -> None:
    with pytest.raises(IndexError):
        judged(item(), 4)
    with pytest.raises(KeyError):
        judged(item(), 0, blank="other")


def test_the_same_answer_always_gets_the_same_judgement() -> None:
    first, second = judged(item(), 0), judged(item(), 0)
    assert first == second
    assert judge(item(), SCENARIOS, {"traffic": 0}, seed=5).goals != first.goals


def test_two_blanks_of_the_same_name_get_the_same_option() -> None:
    one = item(template="share = ⟦traffic⟧\nset_weight(⟦traffic⟧)\nprint(share)", options=["20", "30"])
    assert judged(one, 1).code == "share = 30\nset_weight(30)\nprint(share)"


def test_a_blank_may_have_options_of_its_own() -> None:
    one = item(
        template="deploy_model(version=⟦version⟧, traffic_split=⟦share⟧)",
        options={"version": ["'v2'", "'v1'"], "share": ["20", "30", "0"]},
    )
    assert len(list(one.assignments())) == 6
    assert judge(one, SCENARIOS, {"version": 0, "share": 1}).code == "deploy_model(version='v2', traffic_split=30)"


def comparing(**goal: object) -> Item:
    return item(
        runs={"small": "set_weight(10)\nhold('1h')", "all": "set_weight(100)\nhold('1h')"},
        goals=[{"name": "It compares", "in": "plain", "measure": "users_exposed", **goal}],
    )


@pytest.mark.parametrize(
    ("goal", "met", "words"),
    [
        ({"run": "small", "below": "all"}, True, "Users who met the canary: 89 with “small”, 983 with “all”."),
        ({"run": "all", "below": "small"}, False, "Users who met the canary: 983 with “all”, 89 with “small”."),
        ({"run": "all", "above": "small"}, True, "Users who met the canary: 983 with “all”, 89 with “small”."),
        ({"below": "all", "above": "small"}, False, None),
    ],
)
def test_a_goal_may_compare_runs(goal: dict[str, object], met: bool, words: str | None) -> None:
    judgement = judged(comparing(**goal), 0)
    assert judgement.goals[0].met is met
    text = detail(judgement)
    numbers = {
        name: run.outcome.measures["users_exposed"] for (name, _), run in judgement.others.items() if run.outcome
    }
    small, everyone = (f"{numbers[name]:,.0f}" for name in ("small", "all"))
    expected = words.replace("983", everyone).replace("89", small) if words else None
    assert text == (expected or f"Users who met the canary: 1,000, {everyone} with “all” and {small} with “small”.")


def test_a_run_that_was_refused_is_compared_with_nothing() -> None:
    one = item(
        runs={"small": "set_weight(10)", "broken": "set_weight('x')"},
        goals=[{"name": "It compares", "measure": "users_exposed", "run": "small", "below": "broken"}],
    )
    judgement = judged(one, 0)
    assert not judgement.passed
    assert "refused with “broken”" in detail(judgement)


def test_a_goal_may_be_about_what_was_printed() -> None:
    one = item(
        template="print(⟦traffic⟧)\nprint('end')",
        goals=[{"name": "It prints", "prints": "20\nend\n"}],
        scenarios=["plain"],
    )
    assert judged(one, 0).passed
    judgement = judged(one, 1)
    assert not judgement.passed
    assert detail(judgement) == "Printed: 100, end."
    assert said(judgement) == ("The run shows something else", [])
    assert said(judged(one, 0)) == ("The runs show it", [])


# Explaining


def test_a_roll_back_is_told_with_its_time_and_who_had_met_the_model() -> None:
    words, shown = said(judged(item(), 0))
    assert words.startswith("v2 was rolled back after ")
    assert words.endswith(" of users had met it")
    assert [figure.split(":")[0] for figure in shown] == ["Users who met it", "Users harmed", "Noticed after"]


def test_no_evidence_is_told_as_no_decision() -> None:
    judgement = judged(item(), 3)
    words, shown = said(judgement)
    assert words == "No decision: no request reached the canary, so there is no evidence; 0 % of users met v2"
    assert shown[-1] == "Noticed after: never"
    assert detail(judgement).startswith("No decision: ")
    assert detail(judgement, 1) == "Share of users who met the canary: 0 % (at most 40 % asked for)."


def test_no_control_is_told_as_no_decision() -> None:
    words, _ = said(judged(item(), 1))
    assert words.startswith("No decision: no request reached the baseline")
    assert "100 % of users met v2" in words


def test_a_refusal_is_told_with_its_line_and_without_numbers() -> None:
    judgement = judged(item(), 2)
    assert said(judgement) == ("Nothing was released: line 1 was refused", [])
    assert detail(judgement) == "Not reached: the code was refused."
    assert story(judgement.runs["bad"], SCENARIOS["bad"]) == "the code was refused"
    assert ending(judgement.runs["bad"]) == "refused"


def test_a_promotion_is_told_with_the_harm_it_did() -> None:
    one = item(template="set_weight(⟦traffic⟧)\npromote()", goals=[{"name": "It is noticed", "outcome": "rolled_back"}])
    words, shown = said(judged(one, 0))
    assert words.startswith("v2 went to everyone at once, and ")
    assert words.endswith(" users were badly served")
    assert shown[-1] == "Noticed after: never"
    judgement = judged(one, 0)
    assert ending(judgement.runs["bad"]) == "promoted at once"
    assert story(judgement.runs["plain"], SCENARIOS["plain"]) == "v2 went to everyone at once"


def test_a_release_of_the_old_model_is_told_as_such() -> None:
    judgement = deployed(curriculum(), "release-function", 0, "'v1'", "10", "'1h'")
    words, shown = said(judgement, dict(curriculum().scenarios))
    assert words == "The release went through, and v2 never answered a request"
    assert "Requests the new model answered: 0" in shown
    assert ending(judgement.runs["v2-fails"]) == "nothing tested"


def test_the_figures_begin_with_what_was_missed() -> None:
    remove = "Remove the old model from the deployment, since it no longer gets any requests anyway"
    judgement = deployed(curriculum(), "all-traffic-by-mistake", 0, remove)
    _, shown = said(judgement, dict(curriculum().scenarios))
    assert shown[:2] == ["Share it got: 100 %", "Way back: no"]
    scenarios = dict(curriculum().scenarios)
    assert goal_detail(judgement.goals[1], judgement, scenarios) == "A way back exists: no (yes asked for)."


def test_a_passing_release_is_told_with_the_time_it_took() -> None:
    judgement = deployed(curriculum(), "percent-not-text", 0, "10")
    words, shown = said(judgement, dict(curriculum().scenarios))
    assert words == "v2 went to everyone after 1 h"
    assert shown[-1] == "Released after: 1 h"


def test_a_release_that_was_wanted_and_did_not_come_is_told_as_such() -> None:
    judgement = deployed(curriculum(), "percent-not-text", 0, "0.1")
    _, shown = said(judgement, dict(curriculum().scenarios))
    assert shown[-1] == "Released after: never"


def test_claims_are_told_by_the_runs_they_are_about() -> None:
    everyone = "To replace the old model with the new one for all users at the same moment"
    judgement = deployed(curriculum(), "why-canary", 0, everyone)
    scenarios = dict(curriculum().scenarios)
    assert said(judgement, scenarios) == ("The run shows something else", [])
    assert "at least 99 % asked for" in goal_detail(judgement.goals[0], judgement, scenarios).replace(NBSP, " ")


# Binding


def test_a_bound_number_is_the_one_that_the_run_measured() -> None:
    judgement = judged(item(), 0)
    outcome = judgement.runs["bad"].outcome
    assert outcome is not None
    expected = f"{outcome.measures['users_exposed']:,.0f} met it"
    assert bind("{{bad: users_exposed}} met it", item(), SCENARIOS) == expected
    assert bind("{{20 => bad: users_exposed}} met it", item(), SCENARIOS) == expected


def test_a_number_bound_beside_an_answer_is_of_that_answer() -> None:
    assert bind("{{bad: users_exposed}}", item(), SCENARIOS, {"traffic": 3}) == "0"
    assert bind("{{plain: users_exposed_share}}", item(), SCENARIOS, {"traffic": 1}) == f"100{NBSP}%"


def test_a_number_may_be_bound_to_a_named_run() -> None:
    one = item(runs={"nobody": "hold('1h')"})
    assert bind("{{nobody @ bad: users_exposed}}", one, SCENARIOS) == "0"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{nowhere: users_exposed}}", "bound to nothing"),
        ("{{bad: users}}", "bound to nothing"),
        ("{{other @ bad: users_exposed}}", "which the item does not have"),
        ("{{30 => bad: users_exposed}}", "speaks of an answer or a run that the item does not have"),
        ("{{'20%' => bad: users_exposed}}", "bound to a run that was refused"),
    ],
)
def test_a_binding_that_leads_nowhere_is_an_error(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bind(text, item(), SCENARIOS)


def test_an_item_without_code_of_its_own_has_no_run_to_bind_to() -> None:
    files = curriculum()
    claims = files.items["why-canary"]
    with pytest.raises(ValueError, match="an answer or a run"):
        bind("{{v2-fails: users_exposed}}", claims, files.scenarios_of(claims))


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("Give it 20 or 100, at most 40 %, to v2.", []),
        ("It took {{bad: time_to_notice}}.", []),
        ("It took 14 min and 1,652 users.", ["14", "1,652"]),
        ("A tenth of the tests.", []),
        ("0.5 s", ["0.5"]),
    ],
)
def test_a_number_that_nothing_states_is_found(text: str, loose: list[str]) -> None:
    assert unbound_numbers(text, item(), SCENARIOS) == loose
