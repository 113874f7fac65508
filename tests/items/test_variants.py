"""Variants: parameters that are declared and used, numbers drawn for ever, and each variant proven on its own."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import Item, digest, judge, prove, read_topic
from canarylearn.items.files import read_as
from canarylearn.items.judging import SEEDS, shown_seed
from canarylearn.items.parameters import MARK, Parameter, combinations, draw, fill, texts_of
from canarylearn.items.proof import Proving, prove_members
from canarylearn.items.variants import Unmade, vary
from tests.families import FAMILY, WORLDS, family
from tests.topics import change, copied, curriculum

FEW = range(6)
DRAWS = 10_000

# The lines are counted in the tests: keep one thing to a line.
FILE = """\
id: a-task
kind: task
level: easy
title: A task
prompt: At most ‹cap› % may meet it.
template: deploy_model(version='v2', traffic_split=⟦traffic⟧)
options: ['10', '50']
scenarios: [bad]
goals:
  - {name: Few meet it, measure: users_exposed_share, at_most: ‹cap›%}
hints: [Look here., Count this., A twin.]
mistakes: [A mistake.]
solution: [A step.]
quick_check: A check.
parameters:
  cap: {from: 10, to: 30, step: 5, authored: 20}
variants: 2
varies:
  bad: {traffic.users: cap}
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        pytest.param("‹cap› %", "‹cup› %", 5, "there is no parameter 'cup'; the parameters are cap", id="undeclared"),
        pytest.param("‹cap›%}", "‹cap of all›%}", 10, "is not a parameter's name or a sum", id="no sum"),
        pytest.param("‹cap›%}", "‹cap/0›%}", 10, "nothing can be divided by 0", id="divided by nothing"),
        pytest.param(
            "variants: 2\n", "  top: {values: [1, 2]}\nvariants: 2\n", 17, "'top' is declared and never", id="not used"
        ),
        pytest.param("variants: 2\n", "variants: 5\n", 17, "beside the authored one the parameters make 4", id="few"),
        pytest.param("variants: 2\n", "", 1, "says how many 'variants' it wants", id="no variants"),
        pytest.param("{from: 10,", "{from: 10%,", 16, "of one form, and these are numbers and shares", id="two forms"),
        pytest.param("{from: 10,", "{from: '>10',", 16, "'>10' is no value; write a number, a share", id="no value"),
        pytest.param("step: 5, ", "step: -5, ", 16, "'step' above 0", id="backwards"),
        pytest.param(
            "authored: 20", "authored: 21", 16, "the authored value 21 is not among the others", id="authored"
        ),
        pytest.param("from: 10, to", "to", 16, "either 'values' or all of 'from', 'to' and 'step'", id="half a range"),
        pytest.param("bad: {traffic.users: cap}", "odd: {traffic.users: cap}", 19, "not among the item's", id="world"),
        pytest.param("traffic.users: cap", "traffic.users: '20'", 19, "'20' names no parameter", id="varies nothing"),
        pytest.param("traffic.users: cap", "traffic.users: 20", 19, "20 names no parameter", id="varies a number"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_at_their_line(before: str, after: str, line: int, said: str) -> None:
    assert FILE.count(before) == 1
    with pytest.raises(Unreadable) as caught:
        read_as(Item, FILE.replace(before, after))
    assert [(at.line, said in at.message) for at in caught.value.errors] == [(line, True)], caught.value


def test_a_field_that_no_scenario_has_is_refused_at_its_line_and_so_is_another_authored_value(tmp_path: Path) -> None:
    file = copied(tmp_path) / "tasks" / "first-users.yaml"
    text = file.read_text(encoding="utf-8")
    line = text[: text.index("faults.0.rate")].count("\n") + 1
    for field, said in (
        ("faults.1.rate: '‹fails-1›%'", "the scenario v2-fails has no faults.1.rate"),
        ("faults.0.rates: '‹fails-1›%'", "rates: Extra inputs are not permitted"),
        ("faults.0.rate: '‹fails›%'", "with the authored values it is '8%', and the scenario v2-fails says otherwise"),
        ("faults.0.rate: fails", "8 is not a share"),
    ):
        file.write_text(text, encoding="utf-8")
        change(file, ("faults.0.rate: ‹fails-1›%", field))
        with pytest.raises(Unreadable) as caught:
            read_topic(file.parent.parent)
        (at,) = caught.value.errors
        assert at.line == line
        assert said in at.message


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("‹n›", "8"),
        ("‹n*2› and ‹100-n›", "16 and 92"),
        ("‹1-n/100›", "0.92"),
        ("‹share*2› ‹share-3*share/4›", "16% 2%"),
        ("‹time*3›", "30m"),
        ("‹kept› ‹kept+0.5› ‹kept*1000›", "0.50 1.0 500"),
        ("‹n/3›", "2.6667"),
        ("‹name›, {{v2-fails: users}} and ⟦blank⟧ {n}", "ranker-b, {{v2-fails: users}} and ⟦blank⟧ {n}"),
    ],
)
def test_a_mark_is_filled_with_its_value_or_its_sum_and_all_else_stays(text: str, read: str) -> None:
    values: dict[str, int | float | str] = {"n": 8, "share": "8%", "time": "10m", "kept": "0.50", "name": "ranker-b"}
    assert fill(text, values) == read


def some_parameters(luck: random.Random) -> dict[str, Parameter]:
    """A few parameters with ranges of any size."""
    made = {}
    for name in "abc"[: luck.randint(1, 3)]:
        first, count = luck.randint(0, 50), luck.randint(2, 40)
        made[name] = Parameter.model_validate(
            {"from": first, "to": first + 3 * (count - 1), "step": 3, "authored": first + 3 * luck.randrange(count)}
        )
    return made


def test_ten_thousand_draws_are_the_same_each_time_and_no_two_of_an_item_are_alike() -> None:
    luck, drawn = random.Random(4), 0
    while drawn < DRAWS:
        parameters = some_parameters(luck)
        total = min(combinations(parameters), 400)
        found = [tuple(draw(parameters, "an-item", number).values()) for number in range(total)]
        assert found == [tuple(draw(parameters, "an-item", number).values()) for number in range(total)]
        assert len(set(found)) == total
        assert found[0] == tuple(parameter.authored for parameter in parameters.values())
        drawn += total


def test_draws_stay_what_they_were_when_they_were_first_made() -> None:
    """Attempts hang on the numbers of a variant: another way of drawing them would rewrite what was asked."""
    values = [(varied.goals[1].at_most, varied.varies["bad"]["canary.errors"]) for varied in members(family())]
    assert values == [("50%", "15%"), ("60%", "30%"), ("50%", "25%"), ("40%", "20%")]


def members(item: Item, most: int = 4) -> Iterator[Item]:
    """The item as authored, and its first few variants."""
    return (item.variant(number) for number in range(most))


def test_no_text_of_a_variant_holds_a_mark() -> None:
    for item in curriculum().asked.values():
        for number in range(min(combinations(item.parameters), 12) if item.parameters else 1):
            try:
                varied, scenarios = vary(item, curriculum().scenarios_of(item), number)
            except Unmade:
                continue
            facts = [varied.model_dump(), *(one.model_dump() for one in scenarios.values())]
            assert [text for _path, text in texts_of(facts) if MARK.search(text)] == []


def test_a_variant_changes_the_item_and_its_scenario_and_the_authored_one_stays() -> None:
    item, scenarios = vary(family(), WORLDS, 1)
    assert (item.number, item.prompt) == (1, "v2 fails 30% of its requests. At most 60 % of users may meet it.")
    assert (scenarios["bad"].canary.errors, scenarios["bad"].about) == (0.3, "v2 fails 30% of its requests.")
    assert vary(family(), WORLDS, 0) == (family(), WORLDS)
    assert family().prompt == "v2 fails 15% of its requests. At most 50 % of users may meet it."


def test_a_variant_is_shown_under_a_seed_of_its_own_that_was_proven() -> None:
    seeds = [shown_seed(family().variant(number)) for number in range(4)]
    assert seeds == [0, 1, 2, 3]
    assert set(seeds) <= set(SEEDS)
    item, scenarios = vary(family(), WORLDS, 2)
    assert judge(item, scenarios, {"traffic": 0}) == judge(item, scenarios, {"traffic": 0}, 2)


def test_a_parameter_belongs_to_the_digest_and_an_item_without_any_has_the_digest_it_had() -> None:
    wider = {**FAMILY["parameters"], "cap": {"from": 40, "to": 65, "step": 5, "authored": 50}}
    assert digest(family(parameters=wider), WORLDS) != digest(family(), WORLDS)
    plain = {name: value for name, value in FAMILY.items() if name not in ("parameters", "variants", "varies")}
    facts = {**plain, "prompt": "Fill it in.", "goals": FAMILY["goals"][:1]}
    one = Item.model_validate(facts)
    assert digest(one, WORLDS) == digest(Item.model_validate({**facts, "parameters": {}, "variants": 0}), WORLDS)


# Proof


def test_each_variant_is_proven_on_its_own_and_the_proof_names_them() -> None:
    made, problems = prove(family(), WORLDS, FEW)
    assert problems == []
    assert made.variants == (0, 1, 2, 3)


MOVING: dict[str, Any] = {
    "prompt": "At most half of the users may meet it.",
    "options": ["‹one›", "‹100-one›", "0"],
    "goals": [
        FAMILY["goals"][0],
        {"name": "At most 50 % of users meet it", "measure": "users_exposed_share", "at_most": "50%"},
    ],
    "parameters": {"one": {"values": [20, 80, 25, 75, 50]}},
    "varies": {},
}


def test_an_option_may_pass_in_one_variant_and_fail_in_the_next() -> None:
    item = family(**MOVING)
    made, problems = prove(item, WORLDS, FEW)
    assert problems == []
    passing = {
        number: [judge(*vary(item, WORLDS, number), answer).passed for answer in item.assignments()]
        for number in made.variants
    }
    assert {tuple(passed) for passed in passing.values()} == {(True, False, False), (False, True, False)}


def test_draws_that_make_no_item_are_passed_over() -> None:
    item = family(**MOVING)
    with pytest.raises(Unmade, match="two options are alike: '50'"):
        vary(item, WORLDS, next(number for number in range(5) if draw(item.parameters, item.id, number)["one"] == 50))
    made, problems = prove(item, WORLDS, FEW)
    assert problems == []
    values = [draw(item.parameters, item.id, number)["one"] for number in made.variants]
    assert sorted(values) == [20, 25, 75, 80]


LUCKY: dict[str, Any] = {
    "prompt": "v2 fails ‹harm› of its requests.",
    "goals": [{"name": "v2 fails often", "measure": "canary_error_rate", "at_least": "1%"}],
    "options": ["20", "0", "'20%'"],
    "parameters": {"harm": {"values": ["15%", "1%", "30%", "25%"]}},
    "variants": 2,
}


def test_a_variant_whose_verdict_hangs_on_luck_is_passed_over() -> None:
    item = family(**LUCKY)
    proving = Proving(item, WORLDS)
    while due := proving.due():
        proving.take(due, [prove_members(due, seed) for seed in FEW])
    made, problems = proving.conclude()
    assert problems == []
    assert draw(item.parameters, item.id, 1)["harm"] == "1%"
    assert made.variants == (0, 2, 3)


def test_too_few_proven_variants_are_a_problem_that_says_why_the_others_failed() -> None:
    _made, (problem,) = prove(family(**{**LUCKY, "variants": 3}), WORLDS, FEW)
    assert problem.code == "too-few-variants"
    assert problem.message.startswith("2 of 3 variants are proven, out of 3 draws; narrow the ranges")
    assert "traffic = 20 passes under" in problem.message


def test_no_more_than_four_times_the_wanted_number_is_drawn() -> None:
    never = {"name": "v2 fails often", "measure": "canary_error_rate", "at_least": "10%"}
    ranges = {"harm": {"from": 1, "to": 40, "step": 1, "authored": 15}}
    world = {"bad": {"canary.errors": "‹harm/20›%", "about": "v2 fails ‹harm/20› % of its requests."}}
    one = {**LUCKY, "goals": [never], "parameters": ranges, "variants": 1, "varies": world}
    proving = Proving(family(**{**one, "prompt": "v2 fails ‹harm› %."}), WORLDS)
    while due := proving.due():
        proving.take(due, [prove_members(due, seed) for seed in range(1)])
    _made, (problem,) = proving.conclude()
    assert problem.message.startswith("0 of 1 variants are proven, out of 4 draws;")


def test_the_curriculum_has_variants_of_every_item_of_practice() -> None:
    topic = curriculum().topic
    wanted = {slug: curriculum().items[slug].variants for slug in (*topic.tasks, *topic.questions)}
    assert set(wanted.values()) == {3}
