"""The pages of figures: who may see them, what they say, and what they keep to themselves."""

import csv
import io
import re
from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from canarylearn.authoring.models import AuditEntry
from canarylearn.items import judge
from canarylearn.learning.keys import made_at
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Topic
from canarylearn.reports.beliefs import Fingerprint, fingerprint
from canarylearn.reports.gathering import gather
from canarylearn.reports.misconceptions import misconceptions
from canarylearn.reports.subject import letters
from tests.people import QUESTION, Visitor, answers, item_of, path_of
from tests.reports.crowd import a_class, copies, first_tries, instructor, new_learners
from tests.topics import curriculum, deployed

pytestmark = pytest.mark.usefixtures("content")

ITEMS, ITEM = "/teach/items/", f"/teach/items/{QUESTION}/"
PAGES = (ITEMS, ITEM, f"/teach/items/{QUESTION}/why/A/", "/teach/misconceptions/", "/teach/reports/")
MOST_STATEMENTS = 12


def statements(visitor: Visitor, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get(path).status == 200
    return len(captured)


def crowd(picks: Mapping[int, int]) -> None:
    """Learners whose first answer to the question is this option, so many each."""
    given = [answers_by_option()[option] for option, count in picks.items() for _ in range(count)]
    first_tries(new_learners(len(given)), {QUESTION: given})


def answers_by_option() -> dict[int, Mapping[str, int]]:
    item = item_of(QUESTION)
    return {answer[item.blanks[0]]: answer for answer in item.assignments()}


@pytest.mark.parametrize("path", PAGES)
def test_guests_are_sent_to_sign_in_and_learners_are_refused(path: str) -> None:
    guest = Visitor()
    reply = guest.get(path)
    assert (reply.status, reply.header("Location")) == (302, f"/account/sign-in/?next={path}")
    learner = Visitor()
    learner.client.force_login(User.objects.create_user("leo"))
    assert learner.get(path).status == 403
    assert learner.post(path, {}).status == 403


@pytest.mark.parametrize("path", PAGES)
def test_instructors_and_whoever_runs_the_site_see_them(path: str) -> None:
    chief = Visitor()
    chief.client.force_login(User.objects.create_superuser("chief"))
    assert instructor().get(path).status == chief.get(path).status == 200


def test_below_thirty_nothing_is_said_of_an_item() -> None:
    crowd({0: 10, 1: 10, 2: 9})
    page = instructor().get(ITEM).text
    assert "too few (29 of 30)" in page
    assert "Who picks what" not in page
    assert "Discrimination</dt>" not in page


def test_thirty_first_tries_are_shown_with_who_picked_what() -> None:
    crowd({0: 16, 1: 12, 2: 2})
    page = instructor().get(ITEM).text
    assert "Who picks what" in page
    assert 'data-label="All">53\N{NO-BREAK SPACE}%</td>' in page
    assert 'data-label="All">40\N{NO-BREAK SPACE}%</td>' in page
    assert "Why do they pick B?" in page
    assert "Why do they pick C?" not in page  # two learners could be told apart


def test_why_an_answer_is_picked_shows_its_run_beside_one_that_works() -> None:
    crowd({0: 16, 1: 16})
    wrong = answers(QUESTION, passing=False)[0]
    letter = "ABCD"[next(iter(wrong.values()))]
    reply = instructor().get(f"/teach/items/{QUESTION}/why/{letter}/")
    assert f"Why do they pick {letter}?" in reply.text
    assert "What passes" in reply.text
    assert "beside-1" in reply.text
    assert "A note to begin with" in reply.text


@pytest.mark.parametrize("picked", ["Z", "AA", "A-A", "a", "-", "A-"])
def test_an_address_that_names_no_answer_leads_nowhere(picked: str) -> None:
    assert instructor().get(f"/teach/items/{QUESTION}/why/{picked}/").status == 404


@pytest.mark.parametrize(
    "path", [f"{ITEM}?version=9", f"{ITEM}?version=x", "/teach/items/nowhere/", f"{ITEMS}?topic=nowhere"]
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert instructor().get(path).status == 404


def test_the_table_sorts_by_any_column_and_says_which() -> None:
    a_class()
    visitor = instructor()
    up, down = visitor.get(f"{ITEMS}?sort=facility").text, visitor.get(f"{ITEMS}?sort=-facility").text
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down

    def shares(page: str) -> list[int]:
        return [int(one) for one in re.findall(r'data-label="First try">(\d+)\N{NO-BREAK SPACE}%', page)]

    assert len(shares(up)) == Item.objects.filter(room="practice").count()
    assert shares(up) == sorted(shares(up)) == shares(down)[::-1]
    assert visitor.get(f"{ITEMS}?sort=nonsense").status == 200


def test_flags_are_said_in_plain_words() -> None:
    """Whoever does well elsewhere picks what fails, the others what passes, and nobody the rest."""
    others = [slug for slug in Item.objects.filter(room="practice").values_list("slug", flat=True) if slug != QUESTION]
    learners = a_class(60, slugs=others)
    scored = Learner.objects.annotate(solved=Count("slots__attempts", filter=Q(slots__attempts__passed=True)))
    able = set(scored.order_by("-solved", "pk").values_list("pk", flat=True)[:30])
    works, fails = answers(QUESTION, passing=True)[0], answers(QUESTION, passing=False)[0]
    first_tries(learners, {QUESTION: [fails if one.pk in able else works for one in learners]})
    text = instructor().get(ITEM).text
    letter = "ABCD"[next(iter(fails.values()))]
    assert f"The top third prefers {letter}" in text
    assert "Check the truth" in text
    assert "Nobody picks" in text
    assert "do no better here" in text


def test_a_hint_that_gives_it_away_is_seen_apart_from_what_is_known() -> None:
    works, fails = answers(QUESTION, passing=True)[0], answers(QUESTION, passing=False)[0]
    first_tries(new_learners(40), {QUESTION: [works, fails] * 20})
    first_tries(new_learners(40), {QUESTION: [works] * 40}, hints=1)
    text = instructor().get(ITEM).text
    assert "With a hint open 100\N{NO-BREAK SPACE}% pass, without one 50\N{NO-BREAK SPACE}%" in text
    assert "<b>50\N{NO-BREAK SPACE}% (" in text  # facility is of unaided tries


def test_the_time_to_a_first_answer_in_practice_is_from_when_its_page_was_shown() -> None:
    """Thirty learners look at it for 10, 20, ... 300 seconds: half of them for more than 155. One key is of before
    that was kept, one page stood open for a night, and a second try is not measured."""
    crowd({0: 32})
    now = timezone.now().replace(microsecond=0)
    rows = list(Attempt.objects.order_by("pk"))
    for number, one in enumerate(rows[:30], start=1):
        key = f"{int(now.timestamp()) - 10 * number:08x}-{'x' * 24}"
        Attempt.objects.filter(pk=one.pk).update(key=key, created=now)
    Attempt.objects.filter(pk=rows[31].pk).update(key=f"{int(now.timestamp()) - 40_000:08x}-{'x' * 24}", created=now)
    assert "<b>2\N{NO-BREAK SPACE}min 35\N{NO-BREAK SPACE}s</b>" in instructor().get(ITEM).text


def test_the_key_of_a_form_says_when_its_page_was_made(visitor: Visitor) -> None:
    began = timezone.now().replace(microsecond=0)
    visitor.answer(QUESTION, answers(QUESTION, passing=True)[0])
    made = made_at(Attempt.objects.get().key)
    assert made is not None
    assert began <= made <= timezone.now()
    assert made_at("x" * 24) is None


def test_a_guest_that_became_an_account_is_not_counted_twice() -> None:
    crowd({0: 30})
    kept, *others = Learner.objects.order_by("pk")
    Learner.objects.filter(pk__in=[one.pk for one in others[:5]]).update(merged_into=kept)
    assert "too few (25 of 30)" in instructor().get(ITEM).text


def test_no_page_of_figures_says_who_anybody_is() -> None:
    crowd({0: 30})
    User.objects.create_user("leo", "leo@example.org", first_name="Leopold")
    Learner.objects.filter(pk=Learner.objects.order_by("pk")[0].pk).update(user=User.objects.get(username="leo"))
    visitor = instructor()
    keys = [str(key) for key in Learner.objects.values_list("key", flat=True)]
    for path in PAGES:
        text = visitor.get(path).text
        assert not [said for said in (*keys, "leo@", "Leopold") if said in text]


def test_no_learner_is_shown_a_figure(visitor: Visitor) -> None:
    a_class()
    visitor.answer(QUESTION, answers(QUESTION, passing=True)[0])
    for path in (path_of(QUESTION), "/progress/", "/attempts/", "/report/"):
        text = visitor.get(path).text
        assert not re.search(r"discrimination|guess floor|top third|first tries", text, re.IGNORECASE)


def test_the_same_wrong_run_is_the_same_misconception_in_every_item() -> None:
    """What the runs say decides, so that refused answers to two tasks fall together."""
    a_class()
    topic = Topic.objects.get()
    found = misconceptions(topic, gather(topic))
    assert found
    for one in found:
        for shown in one.shown:
            item = item_of(shown.item)
            texts = {blank: option.text for blank, option in item.chosen(shown.answer).items()}
            judgement = deployed(curriculum(), shown.item, 0, **texts)
            assert not judgement.passed
            assert fingerprint(judgement, curriculum().scenarios) == one.fingerprint
    assert max(one.items for one in found) > 1
    visitor = instructor()
    page = visitor.get("/teach/misconceptions/").text
    several = next(one for belief in found for one in belief.shown if len(one.answer) > 1)
    assert list(several.answer) == list(item_of(several.item).blanks)
    address = f"/teach/items/{several.item}/why/{letters(several.answer)}/"
    assert address in page
    assert "What they seem to believe" in visitor.get(address).text
    assert found[0].words.split(";")[0].replace("'", "&#x27;") in page


def belief(slug: str, answer: Mapping[str, int]) -> Fingerprint:
    files = curriculum()
    worlds = files.scenarios_of(item_of(slug))
    return fingerprint(judge(item_of(slug), worlds, answer), worlds)


def test_runs_that_failed_for_other_reasons_are_other_misconceptions() -> None:
    """The same goal missed and the same end, and yet not the same belief: what was wrong with v2 decides, and whether
    anything changes the end at all."""
    late = {belief("wait-for-the-labels", one) for one in answers("wait-for-the-labels", passing=False)}
    group = {belief("the-average-looks-fine", one) for one in answers("the-average-looks-fine", passing=False)}
    everyone = {one for one in late | group if (one.finding, one.outcome) == ("not-rolled_back", "promoted")}
    assert {one.faults for one in everyone} == {("quality-drop",), ("segment-bug",)}
    assert all(one.always for one in everyone)
    some = {belief("ramp-in-order", one) for one in answers("ramp-in-order", passing=False)}
    assert {one.always for one in some if one.finding == "not-rolled_back"} == {False}


def test_a_refusal_is_the_same_whatever_value_was_refused_and_another_for_another_unit() -> None:
    def refusals(slug: str) -> set[str]:
        return {one.which for answer in answers(slug, passing=False) if (one := belief(slug, answer)).which}

    fractions, percent = refusals("share-in-fractions"), refusals("split-the-traffic")
    sums = {one for one in fractions | percent if "add up" in one}
    assert sums == {
        "set_traffic(): the shares add up to …, and as fractions they have to add up to 1",
        "set_traffic(): the shares add up to …, and as percent they have to add up to 100",
    }


def test_more_than_a_goal_allows_is_not_less_than_it_wants() -> None:
    ways = {belief("one-share-three-units", one) for one in answers("one-share-three-units", passing=False)}
    assert {one.which for one in ways if one.finding == "share_observed"} == {"more", "less"}


def test_answers_of_fewer_than_five_are_no_misconception() -> None:
    wrong = next(iter(answers(QUESTION, passing=False)[0].values()))
    crowd({wrong: 4})
    topic = Topic.objects.get()
    assert misconceptions(topic, gather(topic)) == []


def test_the_file_has_a_row_an_item_and_runs_nothing() -> None:
    a_class()
    Item.objects.get(slug=QUESTION).versions.update(title="=cmd|' /C calc'!A0")
    visitor = instructor()
    reply = visitor.post("/teach/items.csv?topic=canary-releases", {})
    assert reply.status == 200
    assert reply.header("Content-Type").startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert {row["item"] for row in rows} == set(Item.objects.values_list("slug", flat=True))
    mine = next(row for row in rows if row["item"] == QUESTION)
    assert mine["title"].startswith("'=cmd")
    assert 0 <= float(mine["First try"]) <= 1
    assert float(mine["discrimination, from"]) <= float(mine["Discrimination"])
    kept = AuditEntry.objects.get()
    assert (kept.what, kept.target) == ("statistics exported", "topic canary-releases")


def test_the_file_is_not_taken_by_a_link() -> None:
    reply = instructor().get("/teach/items.csv?topic=canary-releases")
    assert (reply.status, reply.header("Allow")) == (405, "POST")
    assert not AuditEntry.objects.exists()


def test_pages_ask_the_database_a_bounded_number_of_times() -> None:
    """Fifty items, three hundred learners, fifteen thousand first tries."""
    versions, learners = copies(50), new_learners(300)
    rows = [(version, learner) for version in versions for learner in learners]
    slots = Slot.objects.bulk_create([Slot(learner=learner, version=version) for version, learner in rows])
    Attempt.objects.bulk_create(
        [
            Attempt(
                slot=slot, number=1, key="x" * 20, answer={"choice": slot.pk % 3}, passed=not slot.pk % 3, engine="1"
            )
            for slot in slots
        ]
    )
    visitor = instructor()
    for path in (ITEMS, "/teach/items/copy-3/", "/teach/items/copy-3/why/A/", "/teach/misconceptions/"):
        assert statements(visitor, path) <= MOST_STATEMENTS, path
