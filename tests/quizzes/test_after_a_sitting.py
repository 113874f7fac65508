"""What comes of a sitting: more questions or a verdict, the next test, and what other pages know of it."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone

from canarylearn.learning.models import Item, Learner, Slot, Version
from canarylearn.learning.ready import ready
from canarylearn.mastery import FIRST, MOST
from quizzes.models import Asked, Sitting
from quizzes.sittings import services
from quizzes.sittings.telling import evidence
from tests.accounts.signing import ADDRESS, DELETE, EXPORT, PASSWORD, send, sign_in, sign_up
from tests.people import Visitor
from tests.quizzes.banks import with_bank
from tests.quizzes.sitting import TEST, begin, fields_of, mixed, place, send_answer, sit, waiting, words

# The end


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
    assert list(evidence([key])) == []
    somebody.post(f"{TEST}end/", {})
    told = [found for _, found in evidence([key])]
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
