"""Item files: what cannot be used is refused, with the line to change and words that say how."""

from collections.abc import Callable
from pathlib import Path

import pytest

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.items import read_topic
from canarylearn.items.files import read_as
from canarylearn.items.spec import Item
from tests.topics import change, copied

# The lines are counted in the tests: keep one thing to a line.
TASK = """\
id: a-task
kind: task
level: easy
title: A task
prompt: Fill it in.
template: deploy_model(version='v2', traffic_split=⟦traffic⟧)
options: ['10', '50']
scenarios: [one, two]
goals:
  - {name: It is promoted, in: one, outcome: promoted}
  - {name: Few meet it, measure: users_exposed_share, at_most: 20%}
hints: [Look here., Count this., A twin.]
mistakes: [A mistake.]
notes: {'10': A note.}
solution: [A step.]
quick_check: A check.
runs: {all: promote()}
"""

QUESTION = """\
id: a-question
kind: question
level: hard
title: A question
prompt: Choose one.
options:
  - {text: Fewer, claim: {name: Fewer meet it, measure: users_exposed, run: small, below: all}}
  - {text: More, claim: {name: More meet it, measure: users_exposed, run: small, above: all}}
scenarios: [one]
hints: [Look here., Count this., A twin.]
mistakes: [A mistake.]
solution: [A step.]
quick_check: A check.
runs: {all: promote(), small: set_weight(10)}
"""


def errors_of(text: str, *changes: tuple[str, str]) -> list[Located]:
    """What is said of an item's file after changes."""
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    with pytest.raises(Unreadable) as caught:
        read_as(Item, text)
    return list(caught.value.errors)


def test_the_items_of_these_tests_can_be_used() -> None:
    task, question = read_as(Item, TASK), read_as(Item, QUESTION)
    assert (task.blanks, task.tries) == (("traffic",), 3)
    assert (question.blanks, question.tries) == (("choice",), 2)


OPTIONS = "options: ['10', '50']"
GOAL = "{name: It is promoted, in: one, outcome: promoted}"
SHARE = "measure: users_exposed_share, at_most: 20%"
TEMPLATE = "template: deploy_model(version='v2', traffic_split=⟦traffic⟧)"
FIRST_CLAIM = "claim: {name: Fewer meet it, measure: users_exposed, run: small, below: all}"


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        pytest.param("id: a-task", "id: A Task", 1, "id: String should match pattern", id="id"),
        pytest.param("kind: task", "kind: riddle", 2, "kind: Input should be 'task', 'question' or 'order'", id="kind"),
        pytest.param(
            "level: easy", "level: trivial", 3, "level: Input should be 'easy', 'medium' or 'hard'", id="level"
        ),
        pytest.param("title: A task", "title: A", 4, "title: String should have at least 3 characters", id="title"),
        pytest.param(
            TEMPLATE, "template: promote()", 6, "the template has no blank; mark one with ⟦name⟧", id="no blank"
        ),
        pytest.param(OPTIONS, "options: ['10']", 7, "one option is no choice; give at least two", id="one option"),
        pytest.param(
            OPTIONS, "options: ['10', ' 10']", 7, "two options are alike: '10'; change or remove one", id="twins"
        ),
        pytest.param(
            OPTIONS, "options: [10, '50']", 7, "options.0: an option is code in quotes, such as '10'", id="number"
        ),
        pytest.param(OPTIONS, "options: ['10', {text: x}]", 7, "options.1: an option needs either 'fill'", id="idle"),
        pytest.param(
            OPTIONS,
            "options: {share: ['10', '50']}",
            7,
            "options are given for ['share'], and the blanks are ['traffic']",
            id="other blank",
        ),
        pytest.param(
            OPTIONS,
            "options: ['10', {text: x, claim: {name: It prints, prints: x}}]",
            7,
            "options of a task fill code; claims belong to questions",
            id="claim in a task",
        ),
        pytest.param("[one, two]", "[]", 8, "scenarios: Tuple should have at least 1 item", id="no scenario"),
        pytest.param(
            GOAL, "{name: It is promoted, in: one}", 10, "exactly one of 'outcome', 'measure'", id="empty goal"
        ),
        pytest.param(
            GOAL,
            "{name: It is promoted, outcome: promoted, prints: x}",
            10,
            "goals.0: a goal names exactly one",
            id="two",
        ),
        pytest.param(
            GOAL,
            "{name: It is promoted, outcome: promoted, at_least: 5%}",
            10,
            "compare a measure",
            id="outcome compared",
        ),
        pytest.param(
            GOAL, "{name: It is promoted, outcome: won}", 10, "goals.0.outcome: Input should be", id="outcome"
        ),
        pytest.param(
            GOAL,
            "{name: It is promoted, in: three, outcome: promoted}",
            10,
            "goals.0: goal 'It is promoted' is in 'three', which is not among the item's scenarios",
            id="unknown scenario",
        ),
        pytest.param(SHARE, "measure: users_exposed_share", 11, "a measure needs at least one", id="not compared"),
        pytest.param(
            SHARE, "measure: users, at_most: 20%", 11, "there is no measure 'users'; choose one of", id="measure"
        ),
        pytest.param(
            SHARE,
            "measure: users_exposed_share, at_most: 0.2",
            11,
            "goals.1: users_exposed_share takes a value such as '20%', and not '0.2'",
            id="share",
        ),
        pytest.param(SHARE, "measure: users_exposed, at_most: few", 11, "takes a value such as 500", id="count"),
        pytest.param(SHARE, "measure: canary_p95, at_most: 0.5", 11, "takes a value such as '0.5s'", id="latency"),
        pytest.param(SHARE, "measure: time_to_full, at_most: soon", 11, "such as '10m' or 'never'", id="duration"),
        pytest.param(SHARE, "measure: way_back, at_least: 'maybe'", 11, "takes a value such as 'yes'", id="yes or no"),
        pytest.param(
            SHARE,
            "measure: users_exposed, below: none",
            11,
            "goals.1: goal 'Few meet it' speaks of the run 'none', which the item does not have",
            id="unknown run",
        ),
        pytest.param(
            GOAL, "{name: It is, outcome: promoted, at: 1}", 10, "goals.0.at: Extra inputs", id="unknown field"
        ),
        pytest.param("[Look here., Count this., A twin.]", "[One., Two.]", 12, "hints: Tuple should have", id="hints"),
        pytest.param(
            "{'10': A note.}", "{'11': A note.}", 14, "notes speak of ['11'], which are not options", id="note"
        ),
        pytest.param(
            "quick_check: A check.", "faulty: {other: x}", 16, "faulty code is given for ['other']", id="faulty"
        ),
        pytest.param(
            "runs: {all: promote()}",
            "afterwards: [{title: Contracts, intro: See., templates: {one: ⟦other⟧, two: ⟦traffic⟧}}]",
            17,
            "the template for 'one' has the blanks ['other'], and the item ['traffic']",
            id="contract",
        ),
        pytest.param(
            "runs: {all: promote()}",
            "afterwards: [{title: Alone}]",
            17,
            "afterwards.0.templates: Field required",
            id="after",
        ),
        pytest.param(
            "runs: {all: promote()}", "passing_answers: 0", 17, "passing_answers: Input should be", id="passing"
        ),
    ],
)
def test_a_task_that_cannot_be_used_is_refused_at_its_line(before: str, after: str, line: int, said: str) -> None:
    changes = [(before, after)]
    if "faulty" in after:
        changes.append(("runs: {all: promote()}", "quick_check: A check."))
    errors = [error for error in errors_of(TASK, *changes) if said in error.message]
    assert [error.line for error in errors] == [line]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        pytest.param(
            "prompt: Choose one.",
            "prompt: Choose one.\ntemplate: promote(⟦other⟧)",
            6,
            "a question's template may hold the blank ⟦choice⟧ only, and it holds ['other']",
            id="other blank",
        ),
        pytest.param(
            "prompt: Choose one.",
            "prompt: Choose one.\ntemplate: ⟦choice⟧",
            8,
            "options that fill code need the blank ⟦choice⟧ in the template, and the other way round",
            id="claims and a blank",
        ),
        pytest.param(
            FIRST_CLAIM, "fill: promote()", 7, "options that fill code need the blank", id="fill and no blank"
        ),
        pytest.param(
            FIRST_CLAIM, f"fill: promote(), {FIRST_CLAIM}", 7, "options.0: an option needs either 'fill'", id="both"
        ),
        pytest.param(
            "run: small, below: all",
            "run: large, below: all",
            7,
            "options: goal 'Fewer meet it' speaks of the run 'large', which the item does not have",
            id="claim about no run",
        ),
    ],
)
def test_a_question_that_cannot_be_used_is_refused_at_its_line(before: str, after: str, line: int, said: str) -> None:
    errors = [error for error in errors_of(QUESTION, (before, after)) if said in error.message]
    assert [error.line for error in errors] == [line]


def test_an_item_that_nothing_decides_is_refused() -> None:
    goals = TASK[TASK.index("goals:") : TASK.index("hints:")]
    (error,) = errors_of(TASK, (goals, ""))
    assert error.message == "goals: nothing decides this item; give it a goal"


def test_more_answers_than_can_be_run_are_refused() -> None:
    blanks = ", ".join(f"⟦b{number}⟧" for number in range(7))
    (error,) = errors_of(
        TASK,
        (TEMPLATE, f"template: f({blanks})"),
        (OPTIONS, "options: ['1', '2', '3', '4']"),
        ("notes: {'10': A note.}\n", ""),
    )
    assert error.message == "options: 16384 possible answers are more than 4096; use fewer blanks or options"


def test_every_error_of_a_file_is_told_at_once() -> None:
    assert [error.line for error in errors_of(TASK, ("level: easy", "level: 1"), (OPTIONS, "options: [1, 2]"))] == [
        3,
        7,
        7,
    ]


def test_a_file_that_is_not_yaml_is_refused_at_its_line() -> None:
    (error,) = errors_of(TASK, ("title: A task", "title: 'A task"))
    assert error.code == "not-yaml"


Break = Callable[[Path], object]


def _move(before: str, after: str) -> Break:
    return lambda topic: (topic / before).rename(topic / after)


def _edit(name: str, before: str, after: str) -> Break:
    return lambda topic: change(topic / name, (before, after))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(
            _edit("topic.yaml", "slug: canary-releases", "slug: canaries"),
            "topic.yaml: its slug is 'canaries'; name the folder after it",
            id="folder",
        ),
        pytest.param(
            _edit("tasks/first-users.yaml", "id: first-users", "id: last-users"),
            "first-users.yaml: its id is 'last-users'; name the file after it",
            id="item's file",
        ),
        pytest.param(
            _edit("scenarios/v2-fails.yaml", "slug: v2-fails", "slug: v2-breaks"),
            "v2-fails.yaml: its slug is 'v2-breaks'; name the file after it",
            id="scenario's file",
        ),
        pytest.param(
            _move("tasks/first-users.yaml", "questions/first-users.yaml"),
            "first-users.yaml: it is a task for practice; put it into the folder tasks",
            id="wrong folder",
        ),
        pytest.param(
            _edit("topic.yaml", "tasks: [first-users,", "tasks: [first-users, second-users,"),
            "topic.yaml: lists the task 'second-users', which has no file",
            id="no file",
        ),
        pytest.param(
            _edit("topic.yaml", "tasks: [first-users,", "tasks: ["),
            "first-users.yaml: is not listed in topic.yaml",
            id="not listed",
        ),
        pytest.param(
            _edit("topic.yaml", "tasks: [first-users,", "tasks: [first-users, first-users,"),
            "topic.yaml: lists the task 'first-users' more than once",
            id="listed twice",
        ),
        pytest.param(
            _edit(
                "topic.yaml",
                "  quizzes:\n    title: Practice questions\n    minutes: 5\n",
                "  practice2:\n    minutes: 5\n",
            ),
            "topic.yaml: rooms.practice2",
            id="unknown room",
        ),
        pytest.param(
            _edit("questions/why-canary.yaml", "scenarios: [v2-fails]", "scenarios: [v2-fails, v9]"),
            "questions/why-canary.yaml: scenarios.1",
            id="scenario's name",
        ),
        pytest.param(
            _edit("questions/why-canary.yaml", "scenarios: [v2-fails]", "scenarios: [v2-fails, v9-fails]"),
            "why-canary.yaml: there is no scenario 'v9-fails'",
            id="no scenario",
        ),
        pytest.param(
            _edit("tasks/first-users.yaml", "level: easy", "level: trivial"),
            "tasks/first-users.yaml: level: Input should be",
            id="an item's error",
        ),
        pytest.param(
            _edit("scenarios/v2-fails.yaml", "window: 90m", "window: 30m"),
            "scenarios/v2-fails.yaml: trial: it is longer than window",
            id="a scenario's error",
        ),
    ],
)
def test_files_that_do_not_fit_together_are_named(tmp_path: Path, broken: Break, said: str) -> None:
    topic = copied(tmp_path)
    broken(topic)
    with pytest.raises(Unreadable) as caught:
        read_topic(topic)
    assert [error.message for error in caught.value.errors if said in error.message]


def test_a_topic_says_something_of_each_room_it_fills(tmp_path: Path) -> None:
    topic = copied(tmp_path)
    text = (topic / "topic.yaml").read_text()
    (topic / "topic.yaml").write_text(text[: text.index("  quizzes:")] + text[text.index("concepts:") :])
    with pytest.raises(Unreadable, match="lists a question, and says nothing of the room 'quizzes'"):
        read_topic(topic)


def test_a_task_and_a_question_do_not_share_an_id(tmp_path: Path) -> None:
    topic = copied(tmp_path)
    (topic / "questions" / "first-users.yaml").write_text((topic / "tasks" / "first-users.yaml").read_text())
    with pytest.raises(Unreadable, match="files in two folders have this id; rename one"):
        read_topic(topic)
