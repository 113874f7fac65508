"""Practice: the list of tasks, and what the page of a task offers."""

import re

import pytest

from canarylearn.learning.models import Topic
from tests.people import TASK, Visitor, answers, item_of, path_of
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")


def states(text: str) -> list[str]:
    """The state of each item in a list."""
    return re.findall(r'<span class="state">(.*?)</span>', text)


def test_the_list_names_every_task_in_the_order_of_the_topic(visitor: Visitor) -> None:
    found = re.findall(r'<a href="/practice/([a-z0-9-]+)/"><span class="number"', visitor.get("/practice/").text)
    assert found == list(curriculum().topic.tasks)


def test_the_list_says_where_the_learner_stands(visitor: Visitor) -> None:
    tasks = curriculum().topic.tasks
    assert states(visitor.get("/practice/").text) == ["3 of 3 tries left"] * len(tasks)
    visitor.answer(tasks[0], answers(tasks[0], passing=True)[0])
    visitor.answer(tasks[1], answers(tasks[1], passing=False)[0])
    for answer in answers(TASK, passing=False)[:3]:
        visitor.answer(TASK, answer)
    expected = ["✓ solved", "2 of 3 tries left", *["3 of 3 tries left"] * (len(tasks) - 2)]
    expected[tasks.index(TASK)] = "✕ not solved"
    assert states(visitor.get("/practice/").text) == expected


def test_a_task_offers_every_option_in_every_blank(visitor: Visitor) -> None:
    page = visitor.get(path_of(TASK)).text
    for blank in item_of(TASK).blanks:
        select = re.search(rf'<select[^>]* name="blank-{blank}".*?</select>', page, re.DOTALL)
        assert select
        offered = [value for value in re.findall(r'<option value="([A-Z]?)"', select[0]) if value]
        assert offered == list("ABCDEFGH"[: len(item_of(TASK).options_for(blank))])


def test_all_empty_blanks_are_named_at_once(visitor: Visitor) -> None:
    reply = visitor.post(f"{path_of(TASK)}attempt/", visitor.form(TASK))
    *most, last = item_of(TASK).blanks
    assert reply.message == f"Nothing was deployed: {' and '.join([*most, last])} are still empty. No try was used."


def test_a_fragment_brings_the_step_of_the_task_up_to_date(visitor: Visitor) -> None:
    reply = visitor.answer(TASK, answers(TASK, passing=True)[0], htmx=True)
    step = re.search(rf'<li id="step-{TASK}" class="(\w+)" hx-swap-oob="true">', reply.text)
    assert step
    assert step[1] == "solved"


def test_a_topic_without_practice_has_no_such_room(visitor: Visitor) -> None:
    spec = re.sub(r"(?ms)^  practice:.*?(?=^  quizzes:)", "", curriculum().texts["topic.yaml"])
    Topic.objects.update(spec=spec)
    assert visitor.get("/practice/").status == 404
    assert visitor.get("/quizzes/").status == 200
    topic = visitor.get("/topics/canary-releases/")
    assert topic.status == 200
    assert topic.text.count('class="progress"') == 1
