"""Pages as authors write them: every block is read, every error has its line, every number comes from somewhere."""

import pytest

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine.quantities import NBSP
from canarylearn.items.lesson_facts import bind_words, page_problems, run_of
from canarylearn.items.lessons import Block, Shown, Words, read_page
from tests.topics import curriculum

FACTS = """\
---
title: A page
minutes: 3
begin: jump in
summary: What stands here.
---
"""

RUN = """\
::: release canary in one-segment-breaks
rollout_canary(model='v2', traffic=5, duration='1h')
:::
"""

QUESTION = """\
::: ask a-question
title: What happens?
prompt: You release it.
template: set_weight(⟦choice⟧)
options: ['5', '100']
scenarios: [one-segment-breaks]
goals:
  - {name: The broken v2 is rolled back, outcome: rolled_back}
notes:
  '5': "Noticed after {{one-segment-breaks: time_to_notice}}."
:::
"""

COST = """\
::: cost
title: What it takes
pairs: [[1%, 2%]]
share: 10%
requests_per_second: 10
users: 2000
:::
"""


def refusal(text: str) -> tuple[int, str]:
    """The line and the words with which a page is refused."""
    with pytest.raises(Unreadable) as caught:
        read_page(text)
    first = caught.value.errors[0]
    return first.line, first.message


def problems(text: str) -> list[tuple[int, str]]:
    """Line and code of everything that keeps a page from being published."""
    return [(line, problem.code) for line, problem in page_problems(read_page(text), curriculum().scenarios)]


def test_a_page_is_words_and_blocks_in_their_order() -> None:
    page = read_page(f"{FACTS}## Words\n\nMore.\n{RUN}{QUESTION}{COST}")
    assert [type(part) for part in page.parts] == [Words, Shown, Block, Block]
    assert [part.line for part in page.parts] == [7, 10, 13, 24]
    assert list(page.runs) == ["canary"]
    assert list(page.questions) == ["a-question"]
    assert page.scenarios == ("one-segment-breaks",)
    assert problems(f"{FACTS}## Words\n\nMore.\n{RUN}{QUESTION}{COST}") == []


def test_the_pages_of_the_curriculum_have_no_problem() -> None:
    files = curriculum()
    assert set(files.pages) == {"introduction", "why", "deep-dive", "cost"}
    assert [found for page in files.pages.values() for found in page_problems(page, files.scenarios)] == []
    assert len(files.pages["deep-dive"].questions) == 7


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("## No facts\n", 1, "begins with its facts"),
        ("---\ntitle: A page\n", 1, "begins with its facts"),
        (FACTS.replace("minutes: 3", "minutes: soon"), 3, "minutes"),
        (FACTS.replace("jump in", "whenever"), 4, "begin"),
        (f"{FACTS}\n::: relase a in b\n:::\n", 8, "there is no block 'relase'"),
        (f"{FACTS}\n:::\n", 8, "a block opens as"),
        (f"{FACTS}\n::: release canary in one-segment-breaks\npromote()\n", 8, "is not closed"),
        (f"{FACTS}\n::: release canary\npromote()\n:::\n", 8, "say which run and where"),
        (f"{FACTS}\n::: cost of it\n:::\n", 8, "takes no name"),
        (f"{FACTS}{RUN}{RUN}", 10, "'canary' stands twice"),
        (f"{FACTS}{QUESTION}{QUESTION}", 18, "'a-question' stands twice"),
        (f"{FACTS}{QUESTION.replace('outcome: rolled_back', 'outcome: fine')}", 14, "goals"),
        (f"{FACTS}{QUESTION.replace('prompt: You release it.', 'prompt: [1')}", 10, "not readable as YAML"),
        (f"{FACTS}{COST.replace('share: 10%', 'share: 10')}", 10, "'8%'"),
        (f"{FACTS}{COST.replace('1%, 2%', '2%, 1%')}", 8, "v2's is the higher one"),
        (f"{FACTS}::: compare\ntitle: Both\nruns: [one, other]\nmeasures: [users_harmed]\n:::\n", 7, "no run 'one'"),
        (
            f"{FACTS}{RUN}::: compare\ntitle: Both\nruns: [canary, canary]\nmeasures: [harm]\n:::\n",
            11,
            "no measure 'harm'",
        ),
    ],
)
def test_an_error_is_told_with_its_line(text: str, line: int, words: str) -> None:
    found, said = refusal(text)
    assert words in said
    assert found == line


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("About 7 users.", "number-without-run"),
        ("{{canary: users}} users.", "bound-to-nothing"),
        ("{{nobody: users_harmed}} users.", "bound-to-nothing"),
        ("{{2% to 1% at 10%: requests}} requests.", "bound-to-nothing"),
        ("{{1% to 2% at 10%: hours}}.", "bound-to-nothing"),
        ("{{ users_harmed }}.", "bound-to-nothing"),
    ],
)
def test_a_number_from_nowhere_is_refused(words: str, code: str) -> None:
    assert problems(f"{FACTS}First.\n{words}\n\n{RUN}") == [(8 if code == "number-without-run" else 7, code)]


def test_a_number_is_refused_at_the_line_it_stands_on() -> None:
    assert problems(f"{FACTS}First.\n\nThen 7 users.\n\n{RUN}") == [(9, "number-without-run")]


@pytest.mark.parametrize(
    "words",
    [
        "5 percent of the users for one hour: `traffic=5`.",
        "{{canary: users_harmed}} users.",
        "It costs [7 %](https://example.org/) of the budget.",
        "v2 fails 30 % of their requests.",
    ],
)
def test_a_number_may_come_from_a_run_the_code_a_scenario_or_a_source(words: str) -> None:
    assert problems(f"{FACTS}{words}\n\n{RUN}") == []


def test_words_are_bound_to_the_run_that_is_shown() -> None:
    page, scenarios = read_page(f"{FACTS}{RUN}"), curriculum().scenarios
    outcome = run_of(page.runs["canary"], scenarios).outcome
    assert outcome is not None
    bound = bind_words("{{canary: users_harmed}} of {{canary: users_exposed}}", page, scenarios)
    assert bound == f"{outcome.measures['users_harmed']} of {outcome.measures['users_exposed']}"
    assert bind_words("{{1% to 5% at 10%: requests}}, {{1% to 5% at 10%: all_requests}}", page, scenarios) == "95, 950"
    assert bind_words("{{canary: time_to_notice}}", page, scenarios) == f"5{NBSP}min"


def test_code_that_is_refused_is_told_at_its_line() -> None:
    assert problems(f"{FACTS}{RUN.replace('traffic=5', 'traffic=five')}") == [(8, "code-refused")]


def test_a_printed_block_prints_something() -> None:
    assert problems(f"{FACTS}{RUN.replace('release', 'printed')}") == [(7, "nothing-printed")]


def test_a_note_of_a_question_is_held_to_its_runs() -> None:
    assert problems(f"{FACTS}{QUESTION.replace('after {{', 'after 17 and {{')}") == [(7, "number-without-run")]
    assert problems(f"{FACTS}{QUESTION.replace('time_to_notice', 'time_to_tell')}") == [(7, "bound-to-nothing")]
