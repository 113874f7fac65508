"""Classes: making one, joining it, what is asked, more time, and who sees what."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from canarylearn.accounts.owndata import erase, export
from canarylearn.authoring.models import AuditEntry, Draft
from canarylearn.classes.dates import due_for, moment, zone_of
from canarylearn.classes.models import Assignment, Classroom, CoTeacher, Membership
from canarylearn.classes.roles import AUTHOR, INSTRUCTOR, MAY
from canarylearn.classes.services import end_class
from canarylearn.learning.merging import account_key, merge_guest
from canarylearn.learning.models import Attempt, Item, Learner, Page, PageMark, Topic, Version
from canarylearn.learning.ready import ready
from quizzes.challenge import clocks
from quizzes.models import Sitting
from quizzes.sittings import services as sittings
from tests.classes.school import TOPIC, School, account, answer, claim, key_of, signed_in, sit, user_of
from tests.people import QUESTION, TASK, Visitor
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")

MOST_QUERIES = 12


@pytest.fixture
def school() -> School:
    return School()


def test_an_instructor_makes_a_class_and_gives_its_code(visitor: Visitor) -> None:
    teacher = signed_in(account("turing", INSTRUCTOR))
    topic = Topic.objects.get()
    reply = teacher.post(
        "/teach/", {"title": " Releases\u202e 101 ", "topics": [topic.pk], "time_zone": "Europe/Vienna"}
    )
    made = Classroom.objects.get()
    assert (reply.status, reply.header("Location")) == (303, made.get_absolute_url())
    assert (made.title, made.joining, made.owner) == ("Releases 101", True, User.objects.get())
    page = teacher.get(made.get_absolute_url()).text
    assert made.code in page
    assert f"http://testserver/classes/join/{made.code}/" in page
    assert "Releases 101" in teacher.get("/teach/").text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "x"},
        {"title": "\x00", "topics": "1"},
        {"title": "x", "topics": "99999"},
        {"title": "x" * 101, "topics": "1"},
        {"title": "x", "topics": "zero", "time_zone": "Atlantis"},
    ],
)
def test_a_class_that_cannot_be_made_is_not(visitor: Visitor, fields: dict[str, str]) -> None:
    reply = signed_in(account("turing", INSTRUCTOR)).post("/teach/", fields)
    assert reply.status == 422
    assert "errorlist" in reply.text
    assert not Classroom.objects.exists()


def test_a_guest_is_told_to_sign_in_and_comes_back(school: School, visitor: Visitor) -> None:
    link = f"/classes/join/{school.classroom.code}/"
    page = visitor.get(link).text
    assert "Releases 101" in page
    assert f'href="/account/sign-in/?next={link}"' in page
    assert visitor.post(link, {"name": "Ada"}).status == 303
    assert not Membership.objects.exists()
    assert "need an account" in visitor.get("/classes/").text
    assert not Learner.objects.exists()


def test_a_learner_joins_by_code_or_link_and_leaves(school: School) -> None:
    ada = account("ada")
    visitor = signed_in(ada)
    typed = f"{school.classroom.code[:4].lower()}-{school.classroom.code[4:]} "
    link = visitor.get(f"/classes/join/?code={typed}").header("Location")
    assert link == f"/classes/join/{school.classroom.code}/"
    page = visitor.get(link).text
    assert "also those from before" in page
    assert 'value="ada"' in page
    assert visitor.post(link, {"name": "  Ada\tL. "}).header("Location") == "/classes/"
    member = Membership.objects.get()
    assert (member.name, member.learner.user) == ("Ada L.", ada)
    assert "You are in this class" in visitor.get(link).text
    assert visitor.post(link, {"name": "Another"}).status == 303
    assert "You are Ada L. here" in visitor.get("/classes/").text
    assert "Ada L." in signed_in(school.teacher).get(school.page).text
    assert visitor.post(f"/classes/{school.classroom.pk}/leave/", {}).status == 303
    assert not Membership.objects.exists()
    assert visitor.post(f"/classes/{school.classroom.pk}/leave/", {}).status == 404


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "\x00", "aDA"])
def test_a_name_that_cannot_be_taken_is_refused_where_it_is_typed(school: School, name: str) -> None:
    school.member("Ada")
    visitor = signed_in(account("eve"))
    reply = visitor.post(f"/classes/join/{school.classroom.code}/", {"name": name})
    assert reply.status == 422
    assert "errorlist" in reply.text
    assert Membership.objects.count() == 1


def test_a_code_is_renewed_and_joining_closed(school: School) -> None:
    teacher, learner, old = signed_in(school.teacher), signed_in(account("ada")), school.classroom.code
    teacher.post(f"{school.page}joining/", {"do": "renew"})
    school.classroom.refresh_from_db()
    assert school.classroom.code != old
    for code in (old, "nonsense", "", "\u00e9", "x" * 500):
        assert learner.get(f"/classes/join/?code={code}").status == 404
    assert learner.get(f"/classes/join/{old}/").status == 404
    new = f"/classes/join/{school.classroom.code}/"
    assert learner.get(new).status == 200
    teacher.post(f"{school.page}joining/", {"do": "close"})
    assert learner.post(new, {"name": "Ada"}).status == 404
    teacher.post(f"{school.page}joining/", {"do": "open"})
    assert learner.post(new, {"name": "Ada"}).status == 303
    teacher.post(f"{school.page}end/", {})
    assert signed_in(account("eve")).get(new).status == 404
    teacher.post(f"{school.page}joining/", {"do": "open"})
    assert not Classroom.objects.get().joining
    teacher.post(f"{school.page}end/", {})
    assert Classroom.objects.get().ended is None


def test_who_teaches_does_not_join(school: School) -> None:
    teacher = signed_in(school.teacher)
    assert "nothing to join" in teacher.get(f"/classes/join/{school.classroom.code}/").text
    teacher.post(f"/classes/join/{school.classroom.code}/", {"name": "T"})
    assert not Membership.objects.exists()


def test_a_class_exists_for_its_teachers_alone(school: School) -> None:
    member, asked = school.member("Ada"), school.ask(f"item:{TASK}")
    answer(member, TASK, False)
    mine = Attempt.objects.get().pk
    other = account("hopper", INSTRUCTOR)
    boss = User.objects.create_superuser("boss")
    paths = [
        school.page,
        f"{school.page}progress/",
        member.get_absolute_url(),
        asked.get_absolute_url(),
        f"{member.get_absolute_url()}attempts/{mine}/",
    ]
    for somebody, status in ((school.teacher, 200), (other, 404), (boss, 404), (account("eve"), 403)):
        assert {signed_in(somebody).get(path).status for path in paths} == {status}
    assert {Visitor().get(path).status for path in paths} == {302}
    CoTeacher.objects.create(classroom=school.classroom, user=other)
    assert {signed_in(other).get(path).status for path in paths} == {200}
    other.groups.clear()  # the role is gone, and with it the class
    assert {signed_in(other).get(path).status for path in paths} == {403}


def test_a_co_teacher_is_found_by_address_and_only_the_owner_decides(school: School) -> None:
    owner, hopper = signed_in(school.teacher), account("hopper", INSTRUCTOR)
    account("ada")
    for address in ("ada@example.org", "nobody@example.org", "turing@example.org", "no address"):
        assert owner.post(f"{school.page}teachers/", {"address": address}).status == 422
    assert owner.post(f"{school.page}teachers/", {"address": "Hopper@example.org"}).status == 303
    beside = signed_in(hopper)
    assert beside.get(school.page).status == 200
    for path in ("end/", "teachers/", f"teachers/{school.teacher.pk}/remove/"):
        beside.post(school.page + path, {"address": "hopper@example.org"})
    assert (Classroom.objects.get().ended, CoTeacher.objects.count()) == (None, 1)
    beside.post(f"{school.page}teachers/{hopper.pk}/remove/", {})
    assert beside.get(school.page).status == 404
    assert set(AuditEntry.objects.values_list("what", flat=True)) == {"co-teacher added", "co-teacher removed"}


def test_another_class_s_member_and_attempt_cannot_be_reached_through_ones_own(school: School) -> None:
    ada = school.member("Ada")
    answer(ada, TASK, False)
    other = School(teacher=account("hopper", INSTRUCTOR))
    eve = other.member("Eve")
    answer(eve, TASK, False)
    theirs = Attempt.objects.get(slot__learner=eve.learner_id)
    teacher = signed_in(school.teacher)
    assert teacher.get(f"{school.page}members/{eve.pk}/").status == 404
    assert teacher.get(f"{school.page}members/{ada.pk}/attempts/{theirs.pk}/").status == 404
    assert teacher.post(f"{school.page}members/{eve.pk}/remove/", {}).status == 404
    assert teacher.get(f"{school.page}members/{10**30}/").status == 404
    assert teacher.get(f"{school.page}members/{ada.pk}/attempts/{10**30}/").status == 404
    assert Membership.objects.count() == 2


def test_only_work_of_the_class_s_topics_is_seen(school: School) -> None:
    ada = school.member("Ada")
    answer(ada, TASK, False)
    attempt = Attempt.objects.get()
    elsewhere = Topic.objects.create(slug="elsewhere", title="Elsewhere", spec=Topic.objects.get().spec)
    Item.objects.filter(slug=TASK).update(topic=elsewhere)
    teacher = signed_in(school.teacher)
    assert teacher.get(f"{ada.get_absolute_url()}attempts/{attempt.pk}/").status == 404
    assert "Nothing has been counted yet" in teacher.get(ada.get_absolute_url()).text


def test_an_attempt_is_replayed_as_its_learner_saw_it(school: School) -> None:
    ada = school.member("Ada")
    answer(ada, TASK, False)
    attempt = Attempt.objects.get()
    user = user_of(ada)
    own = signed_in(user).get(f"/attempts/{attempt.pk}/").text
    seen = signed_in(school.teacher).get(f"{ada.get_absolute_url()}attempts/{attempt.pk}/").text
    start, end = '<div class="attempt replay">', "</main>"
    assert own.partition(start)[2].partition(end)[0] == seen.partition(start)[2].partition(end)[0] != ""
    assert "ada@example.org" not in seen


def test_a_finished_test_is_seen_question_by_question_as_its_learner_sees_it(school: School) -> None:
    ada = school.member("Ada")
    sitting = sit(ada)
    mine, teacher = signed_in(user_of(ada)), signed_in(school.teacher)
    address = f"{ada.get_absolute_url()}tests/{sitting.pk}/"
    for page in (ada.get_absolute_url(), f"{school.page}progress/"):
        assert f'<a href="{address}">Undecided</a>' in teacher.get(page).text
    own, seen = mine.get(f"/test/{TOPIC}/results/{sitting.pk}/").text, teacher.get(address).text
    start, end = '<header class="said', '<table class="stacked answers">'
    assert own.partition(start)[2].partition(end)[0] == seen.partition(start)[2].partition(end)[0] != ""
    assert f'<a href="{address}1/">' in seen
    assert f"/test/{TOPIC}/results/" not in seen
    own, seen = mine.get(f"/test/{TOPIC}/results/{sitting.pk}/1/").text, teacher.get(f"{address}1/").text
    start, end = '<div class="attempt replay">', '<p class="act">'
    shown = own.partition(start)[2].partition('<p class="report-link">')[0]
    assert shown.strip() == seen.partition(start)[2].partition(end)[0].strip() != ""
    assert teacher.get(f"{address}2/").status == 404
    row = list(csv.reader(io.StringIO(teacher.post(f"{school.page}export/", {}).body.decode("utf-8-sig"))))[1]
    assert row[-3:-1] == ["1", "Undecided"]


def test_an_open_test_and_one_of_somebody_else_are_not_seen(school: School) -> None:
    ada, eve = school.member("Ada"), School(teacher=account("hopper", INSTRUCTOR)).member("Eve")
    waiting, theirs = sit(ada, ended=False), sit(eve)
    teacher = signed_in(school.teacher)
    for number in (waiting.pk, theirs.pk, 10**30):
        assert teacher.get(f"{ada.get_absolute_url()}tests/{number}/").status == 404
        assert teacher.get(f"{ada.get_absolute_url()}tests/{number}/1/").status == 404
    assert teacher.get(f"{school.page}members/{eve.pk}/tests/{theirs.pk}/").status == 404
    assert "tests/" not in teacher.get(ada.get_absolute_url()).text
    sittings.end(waiting.pk)
    elsewhere = Topic.objects.create(slug="elsewhere", title="Elsewhere", spec=Topic.objects.get().spec)
    Sitting.objects.filter(pk=waiting.pk).update(topic=elsewhere)  # not a topic of the class
    assert teacher.get(f"{ada.get_absolute_url()}tests/{waiting.pk}/").status == 404


def test_who_left_is_seen_no_more(school: School) -> None:
    ada = school.member("Ada")
    answer(ada, TASK, False)
    teacher = signed_in(school.teacher)
    assert teacher.get(ada.get_absolute_url()).status == 200
    assert teacher.post(f"{ada.get_absolute_url()}remove/", {}).status == 303
    assert teacher.get(ada.get_absolute_url()).status == 404
    assert AuditEntry.objects.get().what == "member removed"
    assert Attempt.objects.count() == 1


def test_an_assignment_is_made_changed_and_taken_back(school: School) -> None:
    teacher = signed_in(school.teacher)
    fields = {
        "title": "Week 1",
        "opens": "2026-11-23T08:00",
        "due": "2026-11-27T17:00",
        "parts": [f"item:{TASK}", f"room:{TOPIC}/practice", f"page:{TOPIC}/why", f"test:{TOPIC}"],
    }
    assert teacher.post(f"{school.page}assignments/new/", fields).status == 303
    made = Assignment.objects.get()
    assert made.due == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert made.parts == fields["parts"]
    edit = f"{made.get_absolute_url()}edit/"
    page = teacher.get(edit).text
    assert 'value="2026-11-27T17:00"' in page
    assert page.count(" checked") == 4
    assert teacher.post(edit, {**fields, "due": "", "title": "Week one"}).status == 303
    made.refresh_from_db()
    assert made.title == "Week one"
    assert Assignment.objects.filter(due__isnull=True).exists()
    assert teacher.get(made.get_absolute_url()).status == 200
    assert teacher.post(f"{made.get_absolute_url()}delete/", {}).status == 303
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "required"),
        ({"parts": []}, "required"),
        ({"parts": ["item:nothing"]}, "valid choice"),
        ({"due": "2026-11-23T07:00"}, "before it opens"),
        ({"due": "2027-03-28T02:30"}, "clocks go forward"),
        ({"due": "soon"}, "valid date"),
        ({"due": "9999-12-31T23:59", "opens": "0001-01-01T00:00"}, "no such time"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused(school: School, changed: dict[str, object], said: str) -> None:
    fields = {"title": "Week 1", "opens": "2026-11-23T08:00", "due": "2026-11-27T17:00", "parts": [f"item:{TASK}"]}
    reply = signed_in(school.teacher).post(f"{school.page}assignments/new/", {**fields, **changed})
    assert reply.status == 422
    assert said in reply.text
    assert not Assignment.objects.exists()


def test_an_hour_that_comes_twice_gives_the_later_one_for_what_is_due() -> None:
    vienna = zone_of("Europe/Vienna")
    twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 (as it is typed)
    assert moment(twice, vienna, later=False) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment(twice, vienna, later=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_extra_days_end_at_the_same_hour_across_a_change_of_clocks(school: School) -> None:
    ada = school.member("Ada")
    due = school.ask("x", due=datetime(2026, 10, 24, 15, tzinfo=UTC))  # 17:00 in Vienna
    vienna = zone_of("Europe/Vienna")
    assert due_for(due, ada, vienna) == due.due
    ada.extra_days = 2
    assert due_for(due, ada, vienna) == datetime(2026, 10, 26, 16, tzinfo=UTC)  # 17:00 again, in winter


def test_what_is_done_of_an_assignment_is_counted_and_late_is_shown(school: School) -> None:
    now = timezone.now()
    asked = school.ask(
        f"item:{TASK}",
        f"item:{QUESTION}",
        f"page:{TOPIC}/why",
        f"test:{TOPIC}",
        opens=now - timedelta(days=4),
        due=now - timedelta(days=1),
    )
    ada, bob, eve = school.member("Ada"), school.member("Bob"), school.member("Eve")
    for member, days in ((ada, 2), (bob, 0)):
        answer(member, TASK, False, True, days_ago=days)
        answer(member, QUESTION, False, False, days_ago=days)  # out of tries: finished, and not solved
        mark = PageMark.objects.create(learner_id=member.learner_id, page=Page.objects.get(mode="why"))
        PageMark.objects.filter(pk=mark.pk).update(created=now - timedelta(days=days))
        Sitting.objects.create(
            learner_id=member.learner_id,
            topic=Topic.objects.get(),
            seed="1",
            plan=[],
            verdict="undecided",
            ended=now - timedelta(days=days),
        )
    old = now - timedelta(days=9)  # before it opened
    Sitting.objects.create(
        learner_id=eve.learner_id, topic=Topic.objects.get(), seed="1", plan=[], verdict="undecided", ended=old
    )
    teacher = signed_in(school.teacher)

    def told() -> dict[str, str]:
        rows = teacher.get(asked.get_absolute_url()).text.partition("<tbody>")[2].split("<tr>")[1:]
        words = [" ".join(row.split()) for row in rows]
        return {
            name: ("completed" if "completed" in row else "0 of 4" if "0 of 4 done" in row else "?")
            + (" late" if ">late<" in row else "")
            for name, row in zip(("Ada", "Bob", "Eve"), words, strict=True)
        }

    assert told() == {"Ada": "completed", "Bob": "completed late", "Eve": "0 of 4 late"}
    Membership.objects.update(extra_days=2)
    assert told() == {"Ada": "completed", "Bob": "completed", "Eve": "0 of 4"}
    user = user_of(eve)
    assert signed_in(user).get(f"/practice/{TASK}/").tries_left == 3  # late, and nothing is locked


def test_a_room_is_done_when_every_item_of_it_is(school: School) -> None:
    asked, ada = school.ask(f"room:{TOPIC}/practice"), school.member("Ada")
    versions = list(Version.objects.filter(item__room="practice", item__kind="task"))
    for version in versions[1:]:
        claim(ada, version, True)
    user = user_of(ada)
    page = signed_in(user).get("/classes/").text
    assert f"{len(versions) - 1} of {len(versions)} done" in page
    claim(ada, versions[0], False, False)
    assert "0 of 1 done" in signed_in(school.teacher).get(asked.get_absolute_url()).text
    Item.objects.filter(pk=versions[0].item_id).update(retired=True)  # not asked of anybody any more
    assert "1 of 1 have completed it" in signed_in(school.teacher).get(asked.get_absolute_url()).text


def test_one_line_says_what_is_due(school: School, visitor: Visitor) -> None:
    now = timezone.now()
    school.ask(f"item:{TASK}", due=now + timedelta(days=2))
    school.ask(f"item:{QUESTION}", due=now + timedelta(days=1))
    school.ask(f"item:{QUESTION}", opens=now + timedelta(days=1))
    ada = school.member("Ada")
    user = user_of(ada)
    mine = signed_in(user)
    for path in (f"/topics/{TOPIC}/", "/progress/"):
        assert "and 1 more" in mine.get(path).text
        assert "due-work" not in visitor.get(path).text
    answer(ada, TASK, True)
    answer(ada, QUESTION, True)
    assert "due-work" not in mine.get("/progress/").text
    other = school.ask(f"page:{TOPIC}/why")
    assert "due-work" in mine.get("/progress/").text
    end_class(school.classroom, None)
    assert "due-work" not in mine.get("/progress/").text
    assert other.title not in mine.get("/classes/").text


def test_more_time_widens_the_clock_of_the_challenge_and_no_other(school: School) -> None:
    ada, bob = school.member("Ada"), school.member("Bob")
    teacher = signed_in(school.teacher)
    assert teacher.post(ada.get_absolute_url(), {"extra_days": "0", "more_time": "50"}).status == 303
    for fields in ({"extra_days": "91", "more_time": "0"}, {"extra_days": "-1", "more_time": "7"}, {}):
        assert teacher.post(ada.get_absolute_url(), fields).status == 422
    version = ready(Version.objects.filter(item__room="challenge").order_by("pk")[0].pk)
    planned = version.item.seconds or 0
    now = timezone.now()

    def seconds(member: Membership, speed: str) -> int:
        begun = clocks.start(learner_key=key_of(member), ready=version, speed=speed, now=now)
        kept = begun.seconds
        begun.delete()
        return kept

    assert seconds(ada, "1") == round(planned * 1.5)
    assert seconds(ada, "2") == round(planned * 1.5) * 2
    assert seconds(bob, "1") == planned
    user = user_of(ada)
    minutes, rest = divmod(round(planned * 1.5), 60)
    assert f"{minutes}:{rest:02}" in signed_in(user).get(f"/challenge/incidents/{version.item.id}/").text
    end_class(school.classroom, None)
    assert seconds(ada, "1") == planned


def test_who_is_stuck_where(school: School) -> None:
    ada, bob = school.member("Ada"), school.member("Bob")
    answer(ada, TASK, False, False)
    answer(ada, QUESTION, False, False)
    answer(bob, TASK, False, True)
    concept = Item.objects.get(slug=TASK).concept
    for version in Version.objects.exclude(item__slug__in=(TASK, QUESTION))[:10]:
        Item.objects.filter(pk=version.item_id).update(concept=concept)
        claim(bob, version, False, True)  # wrong at first ten times, and right in the end
    page = " ".join(signed_in(school.teacher).get(f"{school.page}progress/").text.split())
    stuck = page.partition('id="stuck"')[2].partition("</section>")[0]
    assert stuck.count("<li>") == 3
    for number in range(2):
        answer(school.member(f"Other{number}"), QUESTION, False, False)
    page = " ".join(signed_in(school.teacher).get(f"{school.page}progress/").text.split())
    stuck = page.partition('id="stuck"')[2].partition("</section>")[0]
    assert stuck.count("<li>") == 3  # places, and not people
    first = stuck.partition("<li>")[2].partition("</li>")[0]
    assert f'<a href="/teach/items/{QUESTION}/">' in first
    assert "3 people" in first
    last = Attempt.objects.filter(slot__learner=ada.learner_id, slot__version__item__slug=QUESTION).order_by("-pk")[0]
    assert f"attempts/{last.pk}/" in first
    assert "missed twice, and still open" in stuck
    assert "out of tries" in stuck
    assert "first answers and not strong yet" in stuck
    mine = signed_in(school.teacher).get(ada.get_absolute_url()).text
    assert "missed twice" in mine


def test_figures_of_fewer_than_five_are_not_told(school: School) -> None:
    people = [school.member(name) for name in ("Ada", "Bob", "Cleo", "Dan", "Eve")]
    for member in people[:4]:
        answer(member, TASK, True)
    teacher = signed_in(school.teacher)
    told = "of 5 who answered"
    assert told not in teacher.get(f"{school.page}progress/").text
    answer(people[4], TASK, False)
    assert told in teacher.get(f"{school.page}progress/").text


def test_the_table_runs_nothing_in_a_spreadsheet_and_is_kept(school: School) -> None:
    ada = school.member("=HYPERLINK(1)")
    school.ask(f"item:{TASK}", due=timezone.now() - timedelta(days=1))
    Assignment.objects.update(title='@SUM(A1), "quoted"')
    answer(ada, TASK, True)
    teacher = signed_in(school.teacher)
    assert teacher.get(f"{school.page}export/").status == 405
    assert not AuditEntry.objects.exists()
    reply = teacher.post(f"{school.page}export/", {})
    assert reply.header("Content-Type").startswith("text/csv")
    heads, row = csv.reader(io.StringIO(reply.body.decode("utf-8-sig")))
    concepts = len(curriculum().topic.concepts)
    assert len(heads) == len(row) == 2 + 2 * concepts + 4 + 2
    assert (heads[-2], row[0]) == ('\'@SUM(A1), "quoted"', "'=HYPERLINK(1)")
    assert row[-2] == "1 of 1"
    assert row[-1].endswith(" late")
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.who, entry.detail) == ("class exported", school.teacher, {"members": 1})


def test_pages_of_a_class_of_thirty_ask_little(
    school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = school.ask(f"item:{TASK}", f"room:{TOPIC}/challenge", f"page:{TOPIC}/why", f"test:{TOPIC}")
    versions = list(Version.objects.filter(item__room="practice"))
    for number in range(30):
        member = school.member(f"Learner{number}")
        for version in versions[:4]:
            claim(member, version, False, number % 2 == 0)
    CoTeacher.objects.create(classroom=school.classroom, user=account("hopper", INSTRUCTOR))
    teacher, user = signed_in(school.teacher), user_of(member)
    paths = ("/teach/", school.page, f"{school.page}progress/", asked.get_absolute_url(), f"{school.page}settings/")
    for path in (*paths, f"{school.page}assignments/new/"):
        teacher.get(path)
        with django_assert_max_num_queries(MOST_QUERIES):
            assert teacher.get(path).status == 200
    with django_assert_max_num_queries(MOST_QUERIES + 6):  # all there is of one person
        assert teacher.get(member.get_absolute_url()).status == 200
    mine = signed_in(user)
    mine.get("/classes/")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert mine.get("/classes/").status == 200


def test_a_membership_survives_signing_in_is_exported_and_vanishes_with_the_account(school: School) -> None:
    ada = school.member("Ada")
    user = user_of(ada)
    guest = Learner.objects.create(key=uuid4())
    Membership.objects.create(classroom=school.classroom, learner=guest, name="Ada as a guest")
    merge_guest(guest.key, user)
    assert Membership.objects.get(learner__user=user).name == "Ada"
    copy = json.dumps(export(user))
    assert '"classes.membership"' in copy
    assert "Ada" in copy
    answer(ada, TASK, False)
    erase(user)
    assert not Membership.objects.exists()
    assert Attempt.objects.count() == 1
    assert signed_in(school.teacher).get(f"{school.page}progress/").status == 200


def test_who_teaches_can_go_and_the_class_goes_to_who_taught_it_longest_beside_them(school: School) -> None:
    first, second = account("hopper", INSTRUCTOR), account("knuth", INSTRUCTOR)
    for user in (first, second):
        CoTeacher.objects.create(classroom=school.classroom, user=user)
    member = school.member("Ada")
    copy = export(school.teacher)
    assert "classes.classroom" in copy
    assert "classes.membership" not in copy  # what others did is not this teacher's own
    erase(school.teacher)
    school.classroom.refresh_from_db()
    assert (school.classroom.owner, school.classroom.ended) == (first, None)
    assert [one.user for one in school.classroom.co_teachers.all()] == [second]
    second.delete()
    first.delete()
    ended = Classroom.objects.get()
    assert ended.owner is None
    assert ended.ended is not None
    assert Membership.objects.get() == member
    user = user_of(member)
    assert "has ended" in signed_in(user).get("/classes/").text


def test_what_an_author_made_outlives_them(school: School) -> None:
    author = account("knuth", AUTHOR)
    Item.objects.filter(slug=TASK).update(owner=author)
    Draft.objects.create(topic=Topic.objects.get(), slug="mine", owner=author, spec="x")
    answer(school.member("Ada"), TASK, True)
    copy = export(author)
    assert {"learning.item", "authoring.draft"} <= set(copy)
    assert "learning.version" not in copy
    erase(author)
    assert Item.objects.get(slug=TASK).owner is None
    assert Draft.objects.get().owner is None
    assert Attempt.objects.count() == 1


def test_roles_are_there_and_a_change_of_one_is_kept(visitor: Visitor) -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(MAY)
    boss, ada = User.objects.create_superuser("boss"), account("ada")
    admin, address = signed_in(boss), reverse("admin:auth_user_change", args=[ada.pk])
    joined = {"date_joined_0": "2026-11-01", "date_joined_1": "10:00:00"}
    group = Group.objects.get(name=INSTRUCTOR)
    fields = {"username": "ada", "email": "ada@example.org", "is_active": "on", **joined}
    assert admin.post(address, {**fields, "groups": [group.pk]}).status == 302
    ada.refresh_from_db()
    assert signed_in(ada).get("/admin/").status == 200
    assert ada.has_perms(["authoring.add_draft", "classes.add_classroom", "learning.view_item"])
    assert not ada.has_perm("learning.view_attempt")
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.who, entry.target) == ("role changed", boss, f"account {ada.pk}")
    assert (entry.detail["before"]["roles"], entry.detail["after"]["roles"]) == ([], [INSTRUCTOR])
    assert admin.post(address, {**fields, "is_staff": "on"}).status == 302
    ada.refresh_from_db()
    assert signed_in(ada).get("/admin/").status == 302
    assert admin.post(address, fields).status == 302
    assert AuditEntry.objects.count() == 2
    assert signed_in(ada).get("/teach/").status == 403


def test_who_runs_the_site_gives_a_class_to_somebody_else(school: School) -> None:
    admin, heir = signed_in(User.objects.create_superuser("boss")), account("hopper", INSTRUCTOR)
    school.member("Ada")
    address = reverse("admin:classes_classroom_change", args=[school.classroom.pk])
    assert admin.get(address).status == 200
    assert admin.post(address, {"owner": heir.pk}).status == 302
    assert signed_in(heir).get(school.page).status == 200
    assert AuditEntry.objects.get().what == "class given"
    assert signed_in(heir).get(address).status == 403
    account_key(heir)
