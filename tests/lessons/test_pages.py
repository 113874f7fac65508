"""The pages of a topic: what they show was run, answers are judged where they stand, and all of it without a script."""

import html
import re
from urllib.parse import urlencode

import pytest
from django.core.management import call_command

from canarylearn.engine.deciding import cost_to_decide
from canarylearn.engine.quantities import say_count
from canarylearn.items import judge
from canarylearn.items.explaining import headline
from canarylearn.items.files import PAGES
from canarylearn.items.lesson_facts import bind_words, run_of
from canarylearn.items.lessons import Question, Words
from canarylearn.learning.forms import option_id
from canarylearn.learning.models import Attempt, Learner, PageMark, Slot
from canarylearn.learning.models import Page as PageRow
from canarylearn.learning.modes import MODES
from tests.accounts.signing import sign_up
from tests.people import Reply, Visitor
from tests.topics import curriculum

TOPIC = "/topics/canary-releases/"
QUESTIONS = [(mode, slug) for mode, page in curriculum().pages.items() for slug in page.questions]
TAGS = re.compile(r"<[^>]+>")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


def words(text: str) -> str:
    """What a reader sees of HTML, each stretch of white space as one space."""
    return " ".join(html.unescape(TAGS.sub(" ", text)).split())


def path(mode: str) -> str:
    return f"{TOPIC}{mode}/"


def asked(mode: str, slug: str) -> Question:
    return curriculum().pages[mode].questions[slug]


def send(visitor: Visitor, mode: str, slug: str, option: int, *, htmx: bool = False) -> Reply:
    return visitor.post(f"{path(mode)}questions/{slug}/", {"choice": option_id(option)}, htmx=htmx)


def right(mode: str, slug: str) -> int:
    """The option that the runs bear out."""
    question = asked(mode, slug)
    scenarios = curriculum().scenarios_of(question)
    return next(answer["choice"] for answer in question.assignments() if judge(question, scenarios, answer).passed)


@pytest.mark.parametrize("mode", PAGES)
def test_every_number_of_the_text_is_that_of_a_run(visitor: Visitor, mode: str) -> None:
    page, scenarios = curriculum().pages[mode], curriculum().scenarios
    seen = words(visitor.get(path(mode)).text)
    for part in page.parts:
        if isinstance(part, Words):
            for line in bind_words(part.text, page, scenarios).split("\n"):
                for number in NUMBER.findall(line):
                    assert number in seen
    assert "{{" not in seen


@pytest.mark.parametrize("mode", PAGES)
def test_a_script_is_shown_with_what_its_run_printed_and_measured(visitor: Visitor, mode: str) -> None:
    page = curriculum().pages[mode]
    text = visitor.get(path(mode)).text
    for name, shown in page.runs.items():
        run = run_of(shown, curriculum().scenarios)
        assert run.outcome is not None
        figure = text[text.index(f'id="{name}"') :].split("</figure>")[0]
        assert words("\n".join(run.output)) in words(figure)
        if shown.way == "release":
            for measure in ("users_exposed", "users_harmed", "failed_requests"):
                assert f"<dd>{say_count(run.outcome.measures[measure])}</dd>" in figure


@pytest.mark.parametrize(("mode", "slug"), QUESTIONS)
def test_each_answer_is_run_and_judged_where_it_stands(visitor: Visitor, mode: str, slug: str) -> None:
    question = asked(mode, slug)
    scenarios = curriculum().scenarios_of(question)
    for answer in question.assignments():
        judgement = judge(question, scenarios, answer)
        reply = send(visitor, mode, slug, answer["choice"], htmx=True)
        assert reply.status == 200
        assert reply.is_fragment
        assert f"{'Right' if judgement.passed else 'Not yet'} : {words(headline(judgement, scenarios))}" in words(
            reply.text
        )


@pytest.mark.parametrize("mode", curriculum().pages)
def test_no_box_for_code_is_empty(visitor: Visitor, mode: str) -> None:
    boxes = re.findall(r'<pre class="code".*?</pre>', visitor.get(path(mode)).text, re.DOTALL)
    assert not [box for box in boxes if not words(box)]


def test_an_answer_without_a_script_comes_back_in_the_whole_page(visitor: Visitor) -> None:
    mode, slug = QUESTIONS[0]
    reply = send(visitor, mode, slug, right(mode, slug))
    assert reply.status == 200
    assert not reply.is_fragment
    assert words(reply.text).count("Right :") == 1
    assert f'action="{path(mode)}questions/{slug}/#{slug}"' in reply.text


def test_an_answer_is_no_try_and_can_be_changed(visitor: Visitor) -> None:
    mode, slug = "deep-dive", "what-share"
    for option in (0, 1, right(mode, slug)):
        send(visitor, mode, slug, option)
    assert PageMark.objects.get().passed
    assert PageMark.objects.get().option == right(mode, slug)
    assert not Attempt.objects.exists()
    assert not Slot.objects.exists()
    kept = visitor.get(path(mode)).text
    assert words(kept).count("Right :") == 1
    assert "1 of 7 questions answered" in kept
    assert "1 of 7 answered" in visitor.get(TOPIC).text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("choice", ["", "Z", "AA", "\x00"])
def test_what_is_no_answer_is_told_and_not_kept(visitor: Visitor, choice: str, htmx: bool) -> None:
    reply = visitor.post(f"{path('why')}questions/everyone-at-once/", {"choice": choice}, htmx=htmx)
    assert reply.status == 422
    assert reply.message == "Nothing was chosen, so nothing was run."
    assert reply.is_fragment is htmx
    assert not PageMark.objects.exists()


def test_reading_a_page_writes_nothing_and_saying_so_is_kept(visitor: Visitor) -> None:
    for mode in PAGES:
        assert visitor.get(path(mode)).status == 200
    assert not Learner.objects.exists()
    assert "You have read this" not in visitor.get(path("why")).text
    for _ in range(2):
        reply = visitor.post(f"{path('why')}read/", {})
        assert reply.status == 303
        assert reply.header("Location") == f"{path('why')}#end"
    assert PageMark.objects.count() == 1
    assert "You have read this" in visitor.get(path("why")).text
    assert "✓ read" in words(visitor.get(TOPIC).text)


@pytest.mark.parametrize("form", ["read/", "questions/everyone-at-once/"])
def test_the_address_of_a_form_opened_without_sending_it_shows_the_page(visitor: Visitor, form: str) -> None:
    reply = visitor.get(path("why") + form)
    assert reply.status == 405
    assert reply.header("Allow") == "POST"
    assert "<h1>Why</h1>" in reply.text


@pytest.mark.parametrize("form", ["read/", "questions/everyone-at-once/"])
def test_a_form_of_another_site_is_refused(content: None, form: str) -> None:
    assert Visitor(csrf=True).post(path("why") + form, {"choice": "A"}).status == 403


@pytest.mark.parametrize(
    "address", [f"{TOPIC}nowhere/", "/topics/nothing/why/", f"{TOPIC}why/questions/nothing/", f"{TOPIC}lab/"]
)
def test_what_is_not_there_is_not_found(visitor: Visitor, address: str) -> None:
    assert visitor.get(address).status == 404


def test_the_topic_lists_the_modes_in_order_each_saying_whether_it_is_needed(visitor: Visitor) -> None:
    listed = visitor.get(TOPIC).text.split('<ol class="cards modes">')[1].split("</ol>\n<p")[0]
    titles = [words(title) for title in re.findall(r"<h2>(.*?)</h2>", listed)]
    by_mode = {mode: page.facts for mode, page in curriculum().pages.items()} | dict(curriculum().topic.rooms)
    assert titles == [
        f"{by_mode[mode].title} about {by_mode[mode].minutes} min" for mode in MODES if mode in by_mode
    ] + ["Lab"]
    tests_first = {page.facts.title for page in curriculum().pages.values() if page.facts.begin == "test first"}
    assert len(tests_first) == 2
    begins = [words(begin) for begin in re.findall(r'<p class="begin">(.*?)</p>', listed)]
    assert len(begins) == len(titles)
    for title, begin in zip(titles, begins, strict=True):
        if title.partition(" about ")[0] in tests_first:
            assert begin.startswith("Test yourself first")
        elif title.startswith("Test "):
            assert begin == "Test yourself here."
        else:
            assert begin == "Jump in, no test required."


@pytest.mark.parametrize(
    ("mode", "following"),
    [("introduction", "Why"), ("why", "Deep dive"), ("deep-dive", "Visualise"), ("cost", "Test")],
)
def test_a_page_ends_with_the_practice_block_and_the_next_mode(visitor: Visitor, mode: str, following: str) -> None:
    end = visitor.get(path(mode)).text.split('<nav class="lesson-next"')[1]
    assert len(re.findall(r'href="/quizzes/[a-z-]+/"', end)) == 5
    assert f"Next: {following}" in end


@pytest.mark.parametrize("mode", PAGES)
def test_a_page_asks_the_database_little(visitor: Visitor, mode: str, django_assert_max_num_queries: object) -> None:
    send(visitor, *QUESTIONS[0], 0)
    assert callable(django_assert_max_num_queries)
    for address in (path(mode), TOPIC):
        visitor.get(address)  # versions are read once a process
        with django_assert_max_num_queries(8):
            visitor.get(address)


def numbers(**changes: str) -> str:
    fields = {"baseline": "1", "canary": "2", "share": "10", "rate": "10", "users": "2000", **changes}
    return f"{path('cost')}?{urlencode(fields)}"


@pytest.mark.parametrize("htmx", [False, True])
def test_the_calculator_works_out_what_the_address_says(visitor: Visitor, htmx: bool) -> None:
    reply = visitor.get(numbers(canary="3", share="5", users="500"), htmx=htmx)
    cost = cost_to_decide(0.01, 0.03, 0.05, rate=10, users=500)
    said = words(reply.text.split('class="worked-out"')[1])
    assert reply.is_fragment is htmx
    assert f"Requests to v2 {say_count(cost.canary_requests)} Requests in all {say_count(cost.all_requests)}" in said
    assert f"Users who met v2 {say_count(cost.users)} Of them harmed {say_count(cost.harmed)}" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"canary": "1"}, "Write more than v1 fails"),
        ({"canary": "0.5"}, "Write more than v1 fails"),
        ({"share": "0"}, "Write a number above 0"),
        ({"share": "100"}, "less than or equal to 99"),
        ({"rate": "0"}, "Write a number above 0"),
        ({"rate": "nan"}, "Enter a number"),
        ({"users": "two"}, "Enter a whole number"),
        ({"users": "0"}, "greater than or equal to 1"),
        ({"baseline": "-1"}, "greater than or equal to 0"),
        ({"baseline": "1e400"}, ""),
        ({"baseline": ""}, "This field is required"),
    ],
)
def test_numbers_that_make_no_sense_are_told_and_nothing_is_worked_out(
    visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    reply = visitor.get(numbers(**changes))
    assert reply.status == 200
    assert said in words(reply.text)
    assert "Nothing was worked out" in reply.text


@pytest.mark.parametrize("changes", [{"baseline": "0"}, {"canary": "100"}, {"users": "1"}, {"rate": "0.001"}])
def test_extreme_numbers_are_worked_out(visitor: Visitor, changes: dict[str, str]) -> None:
    reply = visitor.get(numbers(**changes))
    assert reply.status == 200
    assert "Nothing was worked out" not in reply.text
    assert not {"nan", "inf"} & set(words(reply.text.split('class="worked-out"')[1]).split())


def test_a_changed_page_gets_a_number_and_an_unchanged_one_keeps_its(visitor: Visitor) -> None:
    PageRow.objects.filter(mode="why").update(digest="of yesterday")
    call_command("load_content")
    assert dict(PageRow.objects.values_list("mode", "number")) == {
        "introduction": 1,
        "why": 2,
        "deep-dive": 1,
        "cost": 1,
    }


def test_a_mark_at_a_question_that_is_asked_no_more_is_left_out(visitor: Visitor) -> None:
    send(visitor, "why", "everyone-at-once", 0)
    PageMark.objects.update(question="long-gone")
    assert visitor.get(path("why")).status == 200
    PageMark.objects.update(question="everyone-at-once", option=17)
    assert visitor.get(path("why")).status == 200
    assert "answered" not in words(visitor.get(TOPIC).text)


def test_what_a_guest_read_and_answered_is_their_accounts_after_signing_up(visitor: Visitor) -> None:
    send(visitor, "why", "everyone-at-once", 0)
    visitor.post(f"{path('why')}read/", {})
    sign_up(visitor)
    assert PageMark.objects.filter(learner__user__isnull=False).count() == 2
    assert "read, 1 of 2 answered" in visitor.get(TOPIC).text
