"""The ten-question test as it is sat: what is asked, what is kept, and what is never said before the end."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from canarylearn.learning.models import Attempt, Item, Learner, Version
from canarylearn.learning.ready import ready
from canarylearn.mastery import FIRST, MOST
from quizzes.models import Asked, Sitting
from tests.people import Visitor
from tests.quizzes.banks import CONCEPTS
from tests.quizzes.sitting import TEST, begin, fields_of, place, publish, send_answer, sit, waiting, words

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
