"""Every number on a page of the ten modes is that of a run, of the world it is about, or of the site's own rules.

Lessons are compared in tests/lessons, the figures of the test's page in tests/quizzes.
"""

import html
import re
from collections.abc import Iterable, Mapping

import pytest
from django.urls import reverse

from canarylearn.engine import Scenario
from canarylearn.engine.quantities import BUCKETS, NBSP, say_count, say_latency, say_share, say_weight
from canarylearn.items import Answer, Item, judge
from canarylearn.items.binding import NUMBER, bind, is_bound
from canarylearn.items.cards import Face, read_face
from canarylearn.items.lesson_facts import bind_words
from canarylearn.items.lessons import Words
from canarylearn.items.project.stages import FACTS
from canarylearn.items.variants import vary
from canarylearn.learning.models import Item as Row
from canarylearn.learning.models import Learner
from canarylearn.lessons.walking import live_runs
from canarylearn.mastery import FIRST
from canarylearn.review.models import Deck
from quizzes.models import Asked, Sitting
from tests.challenge import helping
from tests.lessons.test_visualise import go_through, look
from tests.people import Visitor, answers, path_of
from tests.projects.scripts import project
from tests.review.reviewing import REVIEW, action, grade, turn
from tests.topics import curriculum

PRACTISED = (*curriculum().topic.tasks, *curriculum().topic.questions)
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}

# What a prompt says besides, and where it comes from.
ENDS = {"route": {"0", "0.5"}}
"""The smallest shares that a router is judged at."""

PREMISES = {
    ("latency-limit", "10"): "the share that monitor_metric works on",
    ("release-function", "30"): "the trial of the scenario, in minutes",
    ("share-of-few-pods", "99"): "the largest weight of Argo Rollouts that is not everything",
    ("is-the-split-honest", "1"): "the chance of a false alarm, in percent",
}


def words(text: str) -> str:
    """What a reader sees, each stretch of white space as one space."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text.replace("`", "").replace("*", "")))


@pytest.mark.parametrize("slug", sorted(curriculum().items))
def test_what_a_prompt_states_is_true_of_the_code_and_the_worlds_that_are_run(slug: str) -> None:
    item, scenarios = curriculum().items[slug], curriculum().scenarios_of(curriculum().items[slug])
    for number in range(item.variants + 1 if item.parameters else 1):
        varied, worlds = vary(item, scenarios, number)
        known = numbers(varied.model_dump_json(include={"template", "options", "goals", "runs", "faulty"}))
        for world in worlds.values():
            known |= numbers(f"{world.title} {world.about}") | _numbers_in(world)
        strange = {number for number in numbers(varied.prompt) if number not in known}
        assert {one for one in strange if (slug, one) not in PREMISES} == set()


def _numbers_in(world: object) -> set[str]:
    """What a scenario is made of, also as percent and as people say it."""
    plain = [float(found) for found in re.findall(r"\d+(?:\.\d+)?", repr(world))]
    return {f"{way:g}" for one in plain for way in (one, one * 100, one / 60)}


def said_of(item: Item, worlds: Mapping[str, Scenario], answer: Answer, texts: Iterable[str]) -> set[str]:
    """The numbers of these texts, from runs that are made here."""
    bound = [bind(text, item, worlds, answer) if is_bound(text) else text for text in texts]
    return set().union(*(numbers(text) for text in bound)) if bound else set()


def expected(item: Item, answer: Answer) -> set[str]:
    """What the page of a finished item has to show of its runs."""
    worlds = dict(curriculum().scenarios_of(item))
    assert judge(item, worlds, answer).passed
    found = said_of(item, worlds, answer, item.mistakes)
    for text in item.solution:
        found |= numbers(bind(text, item, worlds)) if is_bound(text) else numbers(text)
    chosen = {option.text for option in item.chosen(answer).values()}
    notes = [note for text, note in item.notes.items() if text in chosen]
    return found | said_of(item, worlds, answer, notes)


@pytest.mark.parametrize("slug", PRACTISED)
def test_a_finished_item_shows_the_numbers_of_its_runs(visitor: Visitor, slug: str) -> None:
    right = answers(slug, passing=True)[0]
    visitor.answer(slug, right)
    page = words(visitor.get(path_of(slug)).text)
    assert {one for one in expected(curriculum().items[slug], right) if one not in page} == set()
    assert "{{" not in page
    assert "‹" not in page


@pytest.mark.parametrize("slug", helping.INCIDENTS)
def test_a_solved_incident_shows_the_numbers_of_its_runs(visitor: Visitor, slug: str) -> None:
    helping.solve(visitor, slug)
    page = words(visitor.get(helping.path_of(slug)).text)
    right = helping.answers(slug, passing=True)[0]
    assert {one for one in expected(curriculum().items[slug], right) if one not in page} == set()
    assert "{{" not in page
    assert "‹" not in page


def test_every_question_of_the_test_is_explained_with_the_numbers_of_its_runs(visitor: Visitor) -> None:
    """Each of the bank, as it stands in a test that ended."""
    visitor.answer("why-canary", answers("why-canary", passing=True)[0])
    learner = Learner.objects.get()
    for start in range(0, len(curriculum().topic.bank), FIRST):
        some = curriculum().topic.bank[start : start + FIRST]
        for number, (one, page) in enumerate(zip(some, _explained(visitor, learner, some), strict=True), start=1):
            item = curriculum().items[one]
            right = _passing(item)
            assert {found for found in expected(item, right) if found not in page} == set(), (number, one)
            assert "{{" not in page
            assert "‹" not in page


def _passing(item: Item) -> Answer:
    worlds = curriculum().scenarios_of(item)
    return next(answer for answer in item.assignments() if judge(item, worlds, answer).passed)


def _explained(visitor: Visitor, learner: Learner, slugs: Iterable[str]) -> Iterable[str]:
    """The pages that explain these items, each answered right."""
    rows = {row.slug: row for row in Row.objects.filter(room="test").select_related("current", "topic")}
    when = learner.created
    sitting = Sitting.objects.create(
        learner=learner, topic=rows[next(iter(rows))].topic, seed="", plan=[], ended=when, verdict="strong", sure=0.99
    )
    for number, slug in enumerate(slugs, start=1):
        item, version = curriculum().items[slug], rows[slug].current
        assert version is not None
        Asked.objects.create(
            sitting=sitting,
            number=number,
            version=version,
            concept=item.concept or "",
            level=item.level,
            floor=0.25,
            first=True,
            key=str(number),
            answer=dict(_passing(item)),
            answered=when,
            passed=True,
            engine="1",
        )
        url = reverse("test:explained", args=["canary-releases", sitting.pk, number])
        yield words(visitor.get(url).text)


def test_every_card_shows_on_its_back_what_its_runs_measured(visitor: Visitor) -> None:
    seen: set[str] = set()
    for _ in curriculum().cards:
        back = turn(visitor)
        slug = next(one for one in curriculum().cards if one in action(back))
        face: Face = read_face(Deck.objects.get().cards[slug], 0)
        page = words(back.text)
        scenarios = {name: curriculum().scenarios[name] for name in face.page.scenarios}
        for part in face.page.parts:
            if isinstance(part, Words):
                for number in numbers(bind_words(part.text, face.page, scenarios)):
                    assert number in page, (slug, number)
        assert "{{" not in page
        assert "$" not in page
        seen.add(slug)
        grade(visitor, 4, back)
    assert len(seen) > len(curriculum().cards) / 2, REVIEW


@pytest.mark.parametrize("slug", ["monday", "tuesday", "wednesday", "thursday", "friday"])
def test_a_live_run_ends_with_the_table_of_its_trace(visitor: Visitor, slug: str) -> None:
    walked = live_runs("canary-releases")[slug].walked
    go_through(visitor, slug)
    page = words(look(visitor, slug, walked.last).text)
    for number, interval in enumerate(walked.frames, start=1):
        begin, end = round(interval.start / 60), round(interval.end / 60)
        v1, v2 = interval.baseline, interval.canary
        measured = [say_count(v2.requests), say_share(v1.error_rate), say_share(v2.error_rate)]
        measured += [say_latency(v1.p95), say_latency(v2.p95)]
        row = f"{number} {begin}–{end} {say_weight(interval.weight)} {' '.join(measured)}"
        assert words(row) in page, row


@pytest.mark.parametrize("stage", project().stages)
def test_a_stage_of_the_project_states_what_its_judging_does(visitor: Visitor, stage: str) -> None:
    spec = project().stages[stage]
    page = words(visitor.get(f"/project/canary-releases/{stage}/").text)
    code = numbers(f"{spec.right} {spec.starter} {' '.join(spec.wrong.values())}")
    ours = code | {f"{BUCKETS:,}", f"{BUCKETS - 1:,}"} | set().union(*(numbers(fact) for fact in FACTS.values()))
    # What is indented is code: a record as it looks.
    plain = "\n".join(line for line in spec.prompt.split("\n") if not line.startswith("    "))
    stated = numbers(re.sub(r"\{\{[^}]*\}\}", "", plain))
    assert stated - ours - ENDS.get(stage, set()) == set()
    for name in re.findall(r"\{\{\s*([^}]+?)\s*\}\}", spec.prompt):
        assert FACTS[name].replace(NBSP, " ") in page
    assert "{{" not in page


def test_the_counts_in_the_list_of_modes_are_those_of_the_topic() -> None:
    topic = curriculum().topic
    counts = {
        "visualise": [len(live_runs("canary-releases")), 3],
        "practice": [len(topic.tasks), 3],
        "quizzes": [len(topic.questions), 2],
        "challenge": [len(topic.challenge), 2],
        "project": [len(project().stages)],
        "test": [FIRST, len(topic.concepts)],
    }
    for room, found in counts.items():
        said = [WORDS[word] for word in re.findall(r"[a-z]+", topic.rooms[room].summary.lower()) if word in WORDS]
        assert said[: len(found)] == found, room
