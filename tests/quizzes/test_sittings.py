"""The ten-question test as it is sat: what is asked, what is kept, what comes of it, and what never does."""

import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from canarylearn.learning.content import load_topic
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Version
from canarylearn.learning.progress import known_of
from canarylearn.learning.ready import ready
from canarylearn.mastery import FIRST, MOST
from quizzes.models import Asked, Sitting
from quizzes.sittings import services
from tests.accounts.signing import ADDRESS, DELETE, EXPORT, PASSWORD, send, sign_in, sign_up
from tests.people import Reply, Visitor
from tests.quizzes.banks import CONCEPTS, Known, known, with_bank
from tests.topics import as_if_proven

TEST = "/test/canary-releases/"
TAGS = re.compile(r"<[^>]+>")


def words(text: str) -> str:
    """What a reader sees, each stretch of white space as one space."""
    return " ".join(html.unescape(TAGS.sub(" ", text)).split())


def publish(size: int = 24) -> None:
    """The topic with a bank of that size."""
    ready.cache_clear()
    files = with_bank(size)
    load_topic(files, {slug: replace(proof, variants=(0,)) for slug, proof in as_if_proven(files).items()})


@pytest.fixture(scope="module")
def published(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The topic with a bank, put into the database once for all tests that only sit the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        publish()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def somebody(published: None, db: None) -> Visitor:
    """Somebody who has just come to a site whose topic has a test."""
    ready.cache_clear()
    return Visitor()


def place(reply: Reply) -> str:
    """Where a reply sends the browser."""
    assert reply.status == 303, (reply.status, reply.text[:2000])
    return reply.header("Location")


def begin(visitor: Visitor) -> Reply:
    """Begin, and open the first question."""
    return visitor.get(place(visitor.post(f"{TEST}begin/", {})))


def waiting() -> Asked:
    """The one question that waits for an answer."""
    return Asked.objects.select_related("version__item").get(answered=None, sitting__ended=None)


def fields_of(one: Asked, *, passing: bool) -> dict[str, str]:
    answers: Known = known(one.version.item.slug)
    return answers.passing if passing else answers.missing


def send_answer(visitor: Visitor, passing: bool | None, **more: str) -> Reply:
    """Answer the question that waits: with a passing answer or a missing one, or (None) say "not sure"."""
    one = waiting()
    page = visitor.get(f"{TEST}{one.number}/")
    fields = {"not-sure": "yes"} if passing is None else fields_of(one, passing=passing)
    return visitor.post(f"{TEST}{one.number}/answer/", {**page.hidden, **fields, **more})


def sit(visitor: Visitor, *answers: bool | None) -> str:
    """Begin, give these answers one after the other, and return where that leads."""
    begin(visitor)
    found = ""
    for passing in answers:
        found = place(send_answer(visitor, passing))
    return found


# Before the first question


def test_the_page_before_says_what_it_is_and_changes_nothing(somebody: Visitor) -> None:
    said = words(somebody.get(TEST).text)
    for text in (
        "10 questions , from easy to hard",
        "No preparation needed",
        "“Not sure” is always an answer",
        "No hints, and no feedback until the end",
        "An answer stays as it was given",
        "It locks nothing",
        "How sure is this?",
    ):
        assert text in said
    assert not Learner.objects.exists()
    assert not Sitting.objects.exists()


def test_the_figures_of_the_page_are_those_of_the_simulation(somebody: Visitor, repository: Path) -> None:
    said = words(somebody.get(TEST).text)
    doc = (repository / "docs" / "test.md").read_text(encoding="utf-8")

    def row(name: str) -> list[float]:
        line = next(line for line in doc.splitlines() if line.startswith(f"| {name}"))
        return [float(cell.strip(" %")) for cell in line.split("|")[2:7]]

    ours, count = row("**our test**, up to 20"), row("8 of 10 right")
    assert f"{ours[1]:.0f} of 100 who are below the line were called strong" in said
    assert f"{ours[3]:.0f} of 100 stayed undecided" in said
    assert f"“8 of 10 right” calls {count[1]:.0f} of 100 strong" in said
    assert round(ours[2]) == 21  # "one in five"
    easier = row("every question easier")
    assert f"{easier[1]:.0f} of 100 would be called strong wrongly (26 by “8 of 10 right”)" in said


def test_the_mode_is_listed_and_lessons_lead_to_it(somebody: Visitor) -> None:
    page = somebody.get("/topics/canary-releases/").text
    assert f'href="{TEST}"' in page
    assert f'<a href="{TEST}">Test yourself first</a>' in page
    assert f'<a href="{TEST}">test yourself first</a>' in somebody.get("/topics/canary-releases/introduction/").text
    for address in ("/topics/canary-releases/visualise/", "/challenge/canary-releases/", "/project/canary-releases/"):
        assert f'<a href="{TEST}">' in somebody.get(address).text
    begin(somebody)
    assert "a test is open" in somebody.get("/topics/canary-releases/").text


@pytest.mark.django_db
def test_with_fewer_than_ten_questions_it_is_not_listed_and_says_why() -> None:
    publish(size=9)
    visitor = Visitor()
    page = visitor.get("/topics/canary-releases/").text
    assert TEST not in page
    assert '<a href="/quizzes/">Test yourself first</a>' in page
    assert "not enough questions left that are new to you" in visitor.get(TEST).text
    assert visitor.post(f"{TEST}begin/", {}).status == 409
    assert not Sitting.objects.exists()


def test_there_is_no_test_of_an_unknown_topic(somebody: Visitor) -> None:
    assert somebody.get("/test/nothing/").status == 404
    assert somebody.post("/test/nothing/begin/", {}).status == 404


# Questions


def test_ten_questions_from_easy_to_hard_over_all_concepts_and_then_a_verdict(somebody: Visitor) -> None:
    end = sit(somebody, *[True] * FIRST)
    asked = list(Asked.objects.order_by("number"))
    assert [one.level for one in asked] == ["easy"] * 3 + ["medium"] * 4 + ["hard"] * 3
    assert {one.concept for one in asked} == set(CONCEPTS)
    assert all(one.passed and one.first and one.floor == 0.25 for one in asked)
    sitting = Sitting.objects.get()
    assert (sitting.verdict, sitting.ended is not None) == ("strong", True)
    said = words(somebody.get(end).text)
    assert f"Strong {round(100 * (sitting.sure or 0))} % sure that you are strong at this topic." in said.replace(
        "\u00a0", " "
    )


def test_nothing_is_said_of_an_answer_before_the_end(somebody: Visitor) -> None:
    begin(somebody)
    pages = [somebody.get(place(send_answer(somebody, passing))).text for passing in (True, False, None)]
    pages += [somebody.get(f"{TEST}1/").text, somebody.get(f"{TEST}end/").text]
    for page in pages:
        assert "verdict passed" not in page
        assert "verdict failed" not in page
        assert "passes" not in words(page)
        assert "Hint" not in words(page)
    assert not Asked.objects.exclude(passed=None).exists()
    assert not Attempt.objects.exists()


def test_not_sure_counts_as_a_wrong_answer_does_and_no_worse(somebody: Visitor) -> None:
    sit(somebody, *[None] * FIRST)
    other = Visitor()
    first = Sitting.objects.get()
    Sitting.objects.filter(pk=first.pk).update(seed="kept")
    sit(other, *[False] * FIRST)
    second = Sitting.objects.exclude(pk=first.pk).get()
    assert first.sure == pytest.approx(second.sure)
    assert first.verdict == second.verdict == "not-yet"
    assert Asked.objects.filter(sitting=first, not_sure=True, answer__isnull=True, passed=False).count() == FIRST


def test_how_sure_one_says_to_be_is_kept_and_decides_nothing(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True, certainty="guessing")
    send_answer(somebody, True, certainty="nonsense")
    assert list(
        Asked.objects.filter(answered__isnull=False).order_by("number").values_list("certainty", flat=True)
    ) == [
        "guessing",
        "",
    ]


def test_an_incomplete_answer_is_not_kept_and_what_was_chosen_stays(somebody: Visitor) -> None:
    page = begin(somebody)
    reply = somebody.post(f"{TEST}1/answer/", {**page.hidden, "certainty": "fairly"})
    assert reply.status == 422
    assert "no whole answer yet" in reply.message
    assert 'value="fairly" checked' in reply.text
    assert waiting().number == 1


def test_a_seed_gives_the_same_test_and_another_learner_gets_another(somebody: Visitor) -> None:
    begin(somebody)
    begin(Visitor())
    one, other = Sitting.objects.all()
    assert one.plan != other.plan
    assert len(one.plan) == MOST


# Reload, back, second tab, double post


def test_a_reload_and_the_way_back_change_nothing(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True)
    before = list(Asked.objects.values())
    assert "Question 1 was answered" in somebody.get(f"{TEST}1/").text
    assert somebody.get(f"{TEST}2/").text.count('name="key"') == 1
    assert place(somebody.get(f"{TEST}9/")) == f"{TEST}2/"
    assert place(somebody.get(f"{TEST}more/")) == f"{TEST}2/"
    assert list(Asked.objects.values()) == before


def test_the_same_answer_twice_is_kept_once_and_another_one_is_refused(somebody: Visitor) -> None:
    page = begin(somebody)
    one = waiting()
    first = {**page.hidden, **fields_of(one, passing=False)}
    assert place(somebody.post(f"{TEST}1/answer/", first)) == f"{TEST}2/"
    assert place(somebody.post(f"{TEST}1/answer/", first)) == f"{TEST}2/"
    reply = somebody.post(f"{TEST}1/answer/", {**page.hidden, **fields_of(one, passing=True)})
    assert reply.status == 409
    assert "answered already" in reply.message
    assert somebody.post(f"{TEST}1/answer/", {**page.hidden, "not-sure": "yes"}).status == 409
    assert Asked.objects.count() == 2
    kept = Asked.objects.get(number=1)
    assert kept.answer == {blank: ord(value) - ord("A") for blank, value in _by_blank(first).items()}


def _by_blank(fields: dict[str, str]) -> dict[str, str]:
    named = {name.removeprefix("blank-"): value for name, value in fields.items() if name.startswith("blank-")}
    return named or {"choice": fields["choice"]}


def test_the_last_answer_sent_twice_leads_to_the_same_verdict(somebody: Visitor) -> None:
    begin(somebody)
    for _number in range(FIRST - 1):
        send_answer(somebody, True)
    page = somebody.get(f"{TEST}{FIRST}/")
    fields = {**page.hidden, **fields_of(waiting(), passing=True)}
    first = place(somebody.post(f"{TEST}{FIRST}/answer/", fields))
    assert place(somebody.post(f"{TEST}{FIRST}/answer/", fields)) == first
    assert first == f"{TEST}results/{Sitting.objects.get().pk}/"


@pytest.mark.parametrize("key", ["", "x" * 24, "of another question"])
def test_an_answer_to_another_question_is_refused(somebody: Visitor, key: str) -> None:
    page = begin(somebody)
    old = page.hidden["key"]
    send_answer(somebody, True)
    fields = {**somebody.get(f"{TEST}2/").hidden, **fields_of(waiting(), passing=True)}
    fields["key"] = old if key == "of another question" else key
    reply = somebody.post(f"{TEST}2/answer/", fields)
    assert reply.status == 409
    assert "Nothing was changed" in reply.message
    assert Asked.objects.filter(answered=None).get().number == 2


def test_somebody_elses_key_is_no_key(somebody: Visitor) -> None:
    begin(somebody)
    theirs = waiting()
    other = Visitor()
    begin(other)
    reply = other.post(f"{TEST}1/answer/", {"key": theirs.key, "version": "1", "not-sure": "yes"})
    assert reply.status == 409
    assert not Asked.objects.filter(answered__isnull=False).exists()


@pytest.mark.parametrize("body", [b"", b"key=%00", b"key=%ff", b"\xff\xfe", b"key=" + b"x" * 5000, b"choice=A&key[]=1"])
def test_nonsense_is_refused_and_never_an_error(somebody: Visitor, body: bytes) -> None:
    begin(somebody)
    for path in ("1/answer/", "0/answer/", "99999999999999999999/answer/"):
        assert somebody.send(f"{TEST}{path}", body).status in (404, 409, 422)
    assert waiting().number == 1


def test_addresses_of_forms_can_be_opened(somebody: Visitor) -> None:
    assert somebody.get(f"{TEST}begin/").status == 405
    assert somebody.get(f"{TEST}1/answer/").status == 405
    begin(somebody)
    reply = somebody.get(f"{TEST}1/answer/")
    assert (reply.status, reply.header("Allow")) == (405, "POST")
    assert 'name="key"' in reply.text
    for path in ("skip/", "end/", "more/"):
        assert somebody.get(f"{TEST}{path}").status in (200, 303)
    assert waiting().number == 1
    assert Sitting.objects.get().ended is None


def test_beginning_twice_goes_on_with_the_one_that_is_open(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True)
    assert place(somebody.post(f"{TEST}begin/", {})) == f"{TEST}2/"
    assert Sitting.objects.count() == 1


def test_the_database_allows_one_open_test(somebody: Visitor) -> None:
    begin(somebody)
    sitting = Sitting.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(learner=sitting.learner, topic=sitting.topic, seed="x", plan=[])


def test_days_later_it_goes_on_where_it_was(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True)
    Sitting.objects.update(started=timezone.now() - timedelta(days=20))
    page = somebody.get(TEST).text
    assert "A test is open: 1 question answered." in words(page)
    assert f'href="{TEST}2/"' in page


def test_a_deployment_in_between_changes_nothing_that_was_drawn(somebody: Visitor) -> None:
    begin(somebody)
    plan = Sitting.objects.get().plan
    Item.objects.filter(room="test").update(retired=True)
    for _number in range(FIRST):
        send_answer(somebody, True)
    assert [one.version_id for one in Asked.objects.order_by("number")] == [step[0] for step in plan[:FIRST]]
    assert Sitting.objects.get().verdict == "strong"


def test_a_question_that_can_no_longer_be_read_is_left_out(somebody: Visitor) -> None:
    begin(somebody)
    Version.objects.filter(pk=waiting().version_id).update(spec="of: another time")
    ready.cache_clear()
    page = somebody.get(f"{TEST}1/")
    assert "Question 1 was withdrawn" in page.text
    assert place(somebody.get(f"{TEST}skip/")) == f"{TEST}1/"
    assert "withdrawn" in somebody.get(f"{TEST}1/").text
    assert place(somebody.post(f"{TEST}skip/", {})) == f"{TEST}1/"
    assert 'name="key"' in somebody.get(f"{TEST}1/").text
    somebody.post(f"{TEST}skip/", {})
    assert len(Sitting.objects.get().plan) == MOST - 1


# The end


def mixed(visitor: Visitor) -> None:
    """Ten answers that decide nothing: all pass but the last."""
    sit(visitor, *[True] * (FIRST - 1), False)


def test_where_ten_do_not_decide_more_are_offered_and_it_ends_when_they_do(somebody: Visitor) -> None:
    mixed(somebody)
    assert Sitting.objects.get().ended is None
    page = words(somebody.get(f"{TEST}more/").text)
    assert "10 answers allow both" in page
    assert "Up to 10 more questions" in page
    assert place(somebody.get(f"{TEST}11/")) == f"{TEST}more/"
    assert place(somebody.post(f"{TEST}more/", {})) == f"{TEST}11/"
    assert place(somebody.post(f"{TEST}more/", {})) == f"{TEST}11/"
    assert Asked.objects.count() == 11
    while Sitting.objects.get().ended is None:
        send_answer(somebody, True)
    sitting = Sitting.objects.get()
    assert sitting.verdict == "strong"
    assert FIRST < sitting.asked.count() < MOST
    course = services.course_of([(one, bool(one.passed)) for one in sitting.asked.order_by("number")])
    assert all(0.2 < sure < 0.8 for sure in course[FIRST:-1])
    assert course[-1] == sitting.sure


def test_the_offer_can_be_declined(somebody: Visitor) -> None:
    mixed(somebody)
    end = place(somebody.post(f"{TEST}end/", {}))
    assert Sitting.objects.get().verdict == "undecided"
    said = words(somebody.get(end).text)
    assert "Undecided Your answers allow both" in said


def test_it_can_be_ended_at_any_time_and_says_what_the_answers_allow(somebody: Visitor) -> None:
    begin(somebody)
    for _number in range(3):
        send_answer(somebody, False)
    confirm = words(somebody.get(f"{TEST}end/").text)
    assert "3 questions are answered" in confirm
    assert "fewer than 5 answers" in confirm
    end = place(somebody.post(f"{TEST}end/", {}))
    assert place(somebody.post(f"{TEST}end/", {})) == TEST
    said = words(somebody.get(end).text)
    assert "Too few answers to say anything yet" in said
    assert "3 answers." in said
    assert Asked.objects.filter(passed=None).count() == 1  # shown, not answered, and held against nobody


def test_ended_without_an_answer_it_measured_nothing_and_the_next_can_begin(somebody: Visitor) -> None:
    begin(somebody)
    end = place(somebody.post(f"{TEST}end/", {}))
    assert "nothing was measured" in words(somebody.get(end).text)
    begin(somebody)
    assert Sitting.objects.count() == 2


def test_the_end_shows_the_course_the_concepts_and_every_question(somebody: Visitor) -> None:
    end = sit(somebody, *[True] * 6, None, *[True] * 3)
    if "more" in end:
        end = place(somebody.post(f"{TEST}end/", {}))
    page = somebody.get(end).text
    said = words(page)
    sitting = Sitting.objects.get()
    course = services.course_of([(one, bool(one.passed)) for one in sitting.asked.order_by("number")])
    rows = re.findall(r'<td data-label="Sure of “strong” after it">(\d+)', page)
    assert [int(row) for row in rows] == [min(99, max(1, round(100 * sure))) for sure in course[1:]]
    assert page.count('class="dot up"') == 9
    assert page.count('class="dot down"') == 1
    assert "Not sure not answered" in said
    for concept in with_bank().topic.concepts.values():
        assert concept.title in said
    assert re.search(r"\d of \d questions? passed", said)


def test_every_question_is_explained_with_its_run_and_every_option(somebody: Visitor) -> None:
    end = sit(somebody, True, False, None, *[False] * 7)
    for number in range(1, FIRST + 1):
        page = somebody.get(f"{end}{number}/")
        assert page.status == 200
        assert "What each answer would have done" in words(page.text)
        assert "Step by step" in words(page.text)
        assert len(re.findall(r'id="([^"]+)"', page.text)) == len(set(re.findall(r'id="([^"]+)"', page.text)))
    assert 'class="verdict passed"' in somebody.get(f"{end}1/").text
    assert 'class="verdict failed"' in somebody.get(f"{end}2/").text
    assert "You gave no answer" in somebody.get(f"{end}3/").text
    assert somebody.get(f"{end}11/").status == 404


def test_nobody_else_sees_a_verdict_and_nobody_sees_one_before_the_end(somebody: Visitor) -> None:
    begin(somebody)
    number = Sitting.objects.get().pk
    assert somebody.get(f"{TEST}results/{number}/").status == 404
    assert somebody.get(f"{TEST}results/{number}/1/").status == 404
    send_answer(somebody, True)
    somebody.post(f"{TEST}end/", {})
    assert somebody.get(f"{TEST}results/{number}/").status == 200
    assert Visitor().get(f"{TEST}results/{number}/").status == 404
    assert Visitor().get(f"{TEST}results/{number}/1/").status == 404
    assert somebody.get(f"{TEST}results/99999999999999999999/").status == 404


# The next test


def test_the_next_test_waits_a_day_and_says_so(somebody: Visitor) -> None:
    sit(somebody, *[False] * FIRST)
    assert somebody.post(f"{TEST}begin/", {}).status == 409
    assert "The next test can begin on" in words(somebody.get(TEST).text)
    assert Sitting.objects.count() == 1
    Sitting.objects.update(ended=datetime(2126, 1, 14, 21, 30, tzinfo=UTC))
    Learner.objects.update(time_zone="Asia/Tokyo")
    assert "can begin on 16 Jan 2126, 06:30 (Asia/Tokyo)" in words(somebody.get(TEST).text)
    assert "can begin on 16 Jan 2126, 06:30 (Asia/Tokyo)" in words(
        somebody.get(f"{TEST}results/{Sitting.objects.get().pk}/").text
    )
    Sitting.objects.update(ended=timezone.now() - services.COOL_DOWN - timedelta(seconds=1))
    assert 'type="submit">Begin the test' in somebody.get(TEST).text
    assert "not yet, " in words(somebody.get("/topics/canary-releases/").text)


def met(sitting: Sitting) -> set[tuple[str, int]]:
    return set(sitting.asked.values_list("version__item__slug", "variant"))


def test_the_next_test_asks_nothing_twice_and_ends_when_all_is_known(somebody: Visitor) -> None:
    sit(somebody, *[False] * FIRST)
    Sitting.objects.update(ended=timezone.now() - timedelta(days=2))
    sit(somebody, *[False] * FIRST)
    first, second = Sitting.objects.order_by("pk")
    assert not met(first) & met(second)
    Sitting.objects.update(ended=timezone.now() - timedelta(days=2))
    assert "not enough questions left that are new to you" in somebody.get(TEST).text
    assert somebody.post(f"{TEST}begin/", {}).status == 409


def test_a_known_question_comes_back_with_other_numbers(somebody: Visitor) -> None:
    for version in Version.objects.filter(item__room="test"):
        version.proof["variants"] = [0, 1]
        version.save()
    sit(somebody, *[None] * FIRST)
    for _number in range(2):
        Sitting.objects.update(ended=timezone.now() - timedelta(days=2))
        sit(somebody, *[None] * FIRST)
    seen = [pair for sitting in Sitting.objects.all() for pair in met(sitting)]
    assert len(seen) == len(set(seen)) == 3 * FIRST
    again = Asked.objects.filter(first=False)
    assert again.exists()
    assert not Asked.objects.filter(sitting=Sitting.objects.order_by("pk").first(), first=False).exists()


def test_what_was_met_in_practice_is_not_asked(somebody: Visitor) -> None:
    begin(somebody)
    learner = Learner.objects.get()
    somebody.post(f"{TEST}end/", {})
    for item in Item.objects.filter(room="test"):
        assert item.current_id is not None
        Slot.objects.create(learner=learner, version_id=item.current_id)
    assert "not enough questions left" in somebody.get(TEST).text


# What the rest of the site knows


def test_questions_of_the_bank_are_in_no_room_of_practice(somebody: Visitor) -> None:
    begin(somebody)
    slug = waiting().version.item.slug
    for room in ("practice", "quizzes"):
        assert slug not in somebody.get(f"/{room}/").text
        assert somebody.get(f"/{room}/{slug}/").status == 404
        assert somebody.post(f"/{room}/{slug}/attempt/", {}).status == 404


def test_the_lab_is_closed_for_the_scenarios_of_the_question_that_waits(somebody: Visitor) -> None:
    begin(somebody)
    one = waiting()
    name = f"canary-releases/{ready(one.version_id).item.scenarios[0]}"
    assert somebody.get(f"/lab/?scenario={name}").status in (200, 403)
    assert "a question of the test" in somebody.get("/lab/").text
    somebody.post(f"{TEST}end/", {})
    assert "a question of the test" not in somebody.get("/lab/").text


def test_progress_knows_a_test_when_it_has_ended_and_not_before(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True)
    send_answer(somebody, False)
    one = Asked.objects.get(number=1)
    key = Learner.objects.get().key
    assert known_of(key).evidence == ()
    somebody.post(f"{TEST}end/", {})
    told = known_of(key).evidence
    assert [(found.passed, found.mixed, found.unaided, found.where) for found in told] == [
        (True, True, True, "test"),
        (False, True, True, "test"),
    ]
    assert (told[0].concept, told[0].level, told[0].floor) == (one.concept, one.level, one.floor)
    assert somebody.get(told[0].url).status == 200
    assert somebody.get("/progress/").status == 200


def test_a_form_that_meets_a_locked_database_can_be_sent_again(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin(somebody)
    fields = {**page.hidden, **fields_of(waiting(), passing=True)}

    def locked(*_arguments: object, **_named: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Sitting.objects, "select_for_update", locked)
        reply = somebody.post(f"{TEST}1/answer/", fields)
    assert reply.status == 503
    assert reply.hidden["key"] == page.hidden["key"]
    assert place(somebody.post(f"{TEST}1/answer/", fields)) == f"{TEST}2/"


@pytest.mark.parametrize("state", ["before", "question", "more", "end", "verdict", "explained"])
def test_a_page_is_light_and_asks_the_database_little(
    somebody: Visitor, state: str, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    if state == "more":
        mixed(somebody)
    elif state in ("verdict", "explained"):
        sit(somebody, *[False] * FIRST)
    elif state != "before":
        begin(somebody)
    number = Sitting.objects.values_list("pk", flat=True).first()
    path = {
        "before": TEST,
        "question": f"{TEST}1/",
        "more": f"{TEST}more/",
        "end": f"{TEST}end/",
        "verdict": f"{TEST}results/{number}/",
        "explained": f"{TEST}results/{number}/2/",
    }[state]
    page = somebody.get(path)  # versions are read once a process
    assert page.status == 200
    assert len(gzip.compress(page.body)) < 60_000
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        somebody.get(path)


# Accounts


def test_a_guests_test_goes_on_in_their_account(somebody: Visitor) -> None:
    begin(somebody)
    send_answer(somebody, True)
    sign_up(somebody)
    assert place(somebody.get(f"{TEST}more/")) == f"{TEST}2/"
    assert Sitting.objects.get().learner.user is not None


def test_of_two_open_tests_the_further_one_goes_on_and_ended_ones_all_come_along(somebody: Visitor) -> None:
    account = Visitor()
    sign_up(account)
    for one in (account, somebody):
        begin(one)
        for _number in range(FIRST):
            send_answer(one, False)
        Sitting.objects.update(ended=timezone.now() - timedelta(days=2))
        begin(one)
        Sitting.objects.filter(ended=None).update(ended=timezone.now())  # so that one question waits at a time
    theirs, guests = Sitting.objects.filter(sure=None).order_by("pk")
    Sitting.objects.filter(pk__in=(theirs.pk, guests.pk)).update(ended=None)
    first = Asked.objects.select_related("version__item").get(sitting=guests, number=1)
    page = somebody.get(f"{TEST}1/")
    somebody.post(f"{TEST}1/answer/", {**page.hidden, **fields_of(first, passing=True)})
    sign_in(somebody)
    kept = Sitting.objects.filter(learner__user__email=ADDRESS)
    assert kept.filter(ended__isnull=False).count() == 2
    assert kept.get(ended=None).pk == guests.pk
    assert Sitting.objects.count() == 4
    assert place(somebody.get(f"{TEST}more/")) == f"{TEST}2/"


def test_a_test_is_exported_without_its_verdict_before_the_end_and_deleted(somebody: Visitor) -> None:
    sign_up(somebody)
    begin(somebody)
    send_answer(somebody, True, certainty="sure")
    told = json.loads(somebody.get(EXPORT).text)
    assert [one["passed"] for one in told["quizzes.asked"]] == ["None", "None"]
    assert told["quizzes.asked"][0]["certainty"] == "sure"
    assert len(told["quizzes.sitting"]) == 1
    send(somebody, DELETE, password=PASSWORD)
    assert not Sitting.objects.exists()
    assert not Asked.objects.exists()


def test_two_tabs_keep_one_answer(somebody: Visitor) -> None:
    """The second tab's answer was on its way when the first one's was kept: the row was read before, and is stale."""
    begin(somebody)
    stale = waiting()
    key: UUID = Learner.objects.get().key
    give = partial(services.keep_answer, key, stale)
    assert give(services.Answer(options=None)) is services.Step.KEPT
    assert give(services.Answer(options={"choice": 0})) is services.Step.LOCKED
    assert give(services.Answer(options=None)) is services.Step.REPEATED
    assert Asked.objects.count() == 2
