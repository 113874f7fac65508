"""Lines to put in order: each order is run as it stands, and a wrong one is told by the first thing that went wrong."""

import itertools
import re

import pytest
from pydantic import ValidationError

from canarylearn.items import Item, judge, prove
from canarylearn.items.explaining import first_failure, headline, say_answer
from tests.families import ORDER, WORLDS, order

RIGHT = {"line1": 2, "line2": 3, "line3": 1, "line4": 0}


def put(*positions: int) -> dict[str, int]:
    """An answer: which line stands in each place."""
    return {f"line{number}": position for number, position in enumerate(positions, start=1)}


def test_every_order_is_an_answer_and_nothing_else_is() -> None:
    found = [tuple(answer.values()) for answer in order().assignments()]
    assert found == list(itertools.permutations(range(4)))
    assert order().blanks == ("line1", "line2", "line3", "line4")
    with pytest.raises(KeyError):
        judge(order(), WORLDS, put(0, 0, 1, 2))
    with pytest.raises(KeyError):
        judge(order(), WORLDS, {"line1": 0})


def test_the_lines_are_joined_into_a_script_that_is_run() -> None:
    code = "set_weight(10)\nhold('30m')\nif canary.error_rate > 0.05:\n    rollback()\npromote()"
    judgement = judge(order(), WORLDS, RIGHT)
    assert judgement.code == code
    assert judgement.passed


def test_a_template_stands_around_the_lines_as_far_in_as_the_mark() -> None:
    item = order(template="def release():\n    ⟦lines⟧\n\nrelease()\n")
    code = item.filled(RIGHT) or ""
    assert code.startswith("def release():\n    set_weight(10)\n    hold('30m')\n    if canary")
    assert "\n        rollback()\n    promote()\n\nrelease()\n" in code
    assert judge(item, WORLDS, RIGHT).passed


def test_an_order_is_proven_by_running_every_order_and_several_may_pass() -> None:
    made, problems = prove(order(), WORLDS, range(3))
    assert (problems, made.answers, made.guess_floor) == ([], 24, 1 / 24)
    lines = [*ORDER["lines"][:2], "set_weight(10)\nhold('30m')", "print('It does not matter when this is said.')"]
    _made, (problem,) = prove(order(lines=lines), WORLDS, range(1))
    assert problem.message.startswith("4 answers pass, and 1 should;")
    assert prove(order(lines=lines, passing_answers=4), WORLDS, range(1))[1] == []


def test_an_order_that_passes_as_it_is_listed_is_refused() -> None:
    lines = ORDER["lines"]
    listed = order(lines=[lines[2], lines[3], lines[1], lines[0]])
    _made, (problem,) = prove(listed, WORLDS, range(1))
    assert (problem.code, problem.message[:44]) == ("given-away", "the lines are listed in an order that passes")


def test_a_refused_order_is_told_by_the_step_that_stopped_it() -> None:
    judgement = judge(order(), WORLDS, put(2, 1, 3, 0))
    assert headline(judgement, WORLDS) == "Nothing was released: step 2 was refused"
    assert first_failure(judgement) == "Step 2, `Roll back if v2 fails often`, stopped the script."


def test_the_step_is_found_below_a_template_and_lines_of_several_rows() -> None:
    item = order(template="# a release\n# of v2\n⟦lines⟧\n# the end")
    answer = put(2, 3, 1, 0)
    assert [item.step_at(answer, line) for line in range(1, 10)] == [None, None, 1, 2, 3, 3, 4, None, None]


def test_an_order_that_ran_is_told_by_the_first_goal_it_missed() -> None:
    judgement = judge(order(), WORLDS, put(2, 3, 0, 1))
    assert headline(judgement, WORLDS).startswith("v2 went to everyone after 30")
    assert first_failure(judgement) == "No step was refused. The first goal missed: A bad v2 is rolled back."
    assert first_failure(judge(order(), WORLDS, RIGHT)) == ""


def test_an_order_is_said_line_by_line() -> None:
    said = "set_weight(10), then hold('30m'), then Roll back if v2 fails often, then promote()"
    assert say_answer(order(), RIGHT) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines": ["promote()", "hold('1h')"]}, "2 lines; give 3 to 6"),
        ({"lines": ["promote()", "hold('1h')", "promote()"]}, "two lines are alike: 'promote()'"),
        ({"options": ["10", "20"]}, "has lines, and no options"),
        ({"template": "deploy()"}, "holds ⟦lines⟧ once"),
        ({"template": "⟦lines⟧\n⟦more⟧"}, "holds ⟦lines⟧ once"),
        ({"kind": "task", "template": "⟦traffic⟧", "options": ["1", "2"]}, "lines belong to items of the kind 'order'"),
    ],
)
def test_lines_that_make_no_order_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Item.model_validate({**ORDER, **changes})


def test_lines_may_hold_parameters() -> None:
    lines = [*ORDER["lines"][:2], "set_weight(‹share›)", "hold('30m')"]
    item = order(lines=lines, parameters={"share": {"values": [10, 15, 20]}}, variants=2)
    made, problems = prove(item, WORLDS, range(2))
    assert (problems, made.variants) == ([], (0, 1, 2))
    assert item.variant(1).lines[2].fill in ("set_weight(15)", "set_weight(20)")
