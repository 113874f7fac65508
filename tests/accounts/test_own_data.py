"""A person's own data: all of it in one file, and nothing of it left once the account is deleted."""

import json
import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection
from django.db.models import Model
from django.test import Client

from canarylearn.accounts.owndata import KEPT, export, sessions_of
from canarylearn.learning.merging import what_else_hangs_on
from canarylearn.learning.models import Attempt, Learner, Slot
from tests.accounts.signing import (
    ADDRESS,
    DELETE,
    EXPORT,
    OWN_DATA,
    PASSWORD,
    is_signed_in,
    send,
    sign_in,
    sign_out,
    sign_up,
)
from tests.learning.test_visitors import SALT
from tests.people import QUESTION, TASK, Visitor, answers, path_of

pytestmark = pytest.mark.usefixtures("content")

WRONG = answers(TASK, passing=False)


@pytest.fixture
def person(visitor: Visitor) -> Visitor:
    """Somebody with an account, who answered as a guest and since, here and elsewhere."""
    elsewhere = Visitor()
    sign_up(elsewhere)
    for answer in WRONG[:3]:
        elsewhere.answer(TASK, answer)
    visitor.answer(TASK, WRONG[3])
    visitor.answer(QUESTION, answers(QUESTION, passing=True)[0])
    sign_in(visitor)
    return visitor


def texts() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table, as text, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", str(value)) for name, value in zip(names, row, strict=True))


def traces(*words: str) -> set[str]:
    """Where one of these words stands in the database."""
    return {place for place, text in texts() for word in words if word.lower() in text.lower()}


def names_of(user: User) -> list[str]:
    """What could tell that a row is about this person."""
    learners = Learner.objects.filter(user=user) | Learner.objects.filter(merged_into__user=user)
    attempts = Attempt.objects.filter(slot__learner__in=learners)
    keys = [one.hex for one in learners.values_list("key", flat=True)]
    sessions = [one.session_key for one in sessions_of(user)]
    return [
        ADDRESS,
        "lovelace",
        user.username,
        user.password,
        *keys,
        *sessions,
        *attempts.values_list("key", flat=True),
    ]


def test_the_page_says_what_is_kept(person: Visitor) -> None:
    page = re.sub(r"\s+", " ", person.get(OWN_DATA).text)
    assert ADDRESS in page
    assert "<dd>5, of which 1 does not count" in page
    assert f'href="{EXPORT}"' in page
    assert f'href="{DELETE}"' in page


def test_the_copy_holds_everything(person: Visitor) -> None:
    reply = person.get(EXPORT)
    assert reply.header("Content-Type") == "application/json"
    assert reply.header("Content-Disposition") == 'attachment; filename="canarylearn.json"'
    copy = json.loads(reply.text)
    assert copy["format"] == 1
    assert [one["address"] for one in copy["addresses"]] == [ADDRESS]
    assert len(copy["sessions"]) == 2
    assert [(one["item"], one["passed"], one["counts"]) for one in copy["answers"]] == [
        (TASK, False, True),
        (TASK, False, True),
        (TASK, False, True),
        (TASK, False, False),
        (QUESTION, True, True),
    ]
    assert all(one["answer"] and one["when"] and one["form"] for one in copy["answers"])
    written = reply.text
    user = User.objects.get()
    missing = [name for name in names_of(user) if name not in written and name not in written.replace("-", "")]
    secrets = [user.password, *(one.session_key for one in sessions_of(user))]
    assert missing == secrets  # with these, whoever finds the file could sign in


def test_the_copy_is_of_ones_own_alone(person: Visitor) -> None:
    other = Visitor()
    sign_up(other, "grace.hopper@example.org")
    other.answer(TASK, WRONG[5])
    text = other.get(EXPORT).text
    assert ADDRESS not in text
    assert len(json.loads(text)["answers"]) == 1
    assert "grace" not in person.get(EXPORT).text


def test_staff_find_their_log_in_their_copy(person: Visitor) -> None:
    user = User.objects.get()
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, "something", single_object=True)
    assert len(export(user)["log"]) == 1  # type: ignore[arg-type]


def test_deleting_leaves_no_trace_in_any_column(person: Visitor) -> None:
    user = User.objects.get()
    address = EmailAddress.objects.get()
    boss = User.objects.create_superuser("boss")
    user.first_name = "Ada Lovelace"
    user.save()
    for one in (user, address):
        LogEntry.objects.log_actions(boss.pk, [one], CHANGE, f"was {ADDRESS}", single_object=True)
    sign_in(Visitor(), password="a wrong one, and long enough")
    send(Visitor(), "/account/password/forgotten/", email=ADDRESS)
    names = names_of(user)
    assert all(traces(name) for name in names)
    reply = send(person, DELETE, password=PASSWORD)
    assert (reply.status, reply.header("Location")) == (302, "/")
    assert traces(*names) == set()
    assert LogEntry.objects.filter(user=boss).count() == 2
    assert "Your account is deleted" in person.get("/").text
    assert not is_signed_in(person)


def test_the_counts_of_an_item_stay_and_say_nothing_of_when(person: Visitor) -> None:
    before = Slot.objects.filter(learner__user__isnull=False).count()
    send(person, DELETE, password=PASSWORD)
    assert Slot.objects.count() == before == 2
    assert Attempt.objects.count() == 4
    moments = [*Attempt.objects.values_list("created", flat=True), *Slot.objects.values_list("created", flat=True)]
    moments += Learner.objects.values_list("created", flat=True)
    assert {(one.hour, one.minute, one.second, one.microsecond) for one in moments} == {(0, 0, 0, 0)}
    assert not Learner.objects.filter(merged_into__isnull=False).exists()


def test_everywhere_else_the_person_is_signed_out(person: Visitor) -> None:
    elsewhere, other = Visitor(), Visitor()
    sign_in(elsewhere)
    sign_up(other, "grace.hopper@example.org")
    send(person, DELETE, password=PASSWORD)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(other)
    assert Session.objects.count() == 1
    assert elsewhere.tries_left(TASK) == 3
    assert sign_in(elsewhere).status == 200


def test_a_wrong_password_deletes_nothing(person: Visitor) -> None:
    for password in ("", "wrong", "x" * 5000, "\x00"):
        reply = send(person, DELETE, password=password)
        assert reply.status == 422
    assert "Nothing was deleted" in send(person, DELETE, password="wrong").text
    assert person.get(DELETE).status == 200
    assert User.objects.count() == 1


def test_guessing_the_password_to_delete_is_limited(person: Visitor) -> None:
    replies = [send(person, DELETE, password="wrong").status for _ in range(11)]
    assert replies == [422] * 10 + [429]
    assert send(person, DELETE, password=PASSWORD).status == 429
    assert User.objects.count() == 1


def test_who_runs_the_site_is_deleted_by_another(person: Visitor) -> None:
    User.objects.update(is_staff=True)
    assert "another administrator" in person.get(DELETE).text
    assert person.post(DELETE, {"password": PASSWORD}).status == 403
    assert User.objects.count() == 1


def test_the_same_address_can_sign_up_again_and_finds_nothing(person: Visitor) -> None:
    send(person, DELETE, password=PASSWORD)
    sign_up(person)
    assert is_signed_in(person)
    assert person.tries_left(TASK) == 3
    assert json.loads(person.get(EXPORT).text)["answers"] == []


def test_a_deleted_account_is_no_guest_to_be_merged(person: Visitor) -> None:
    old = Learner.objects.get(user__isnull=False).key
    send(person, DELETE, password=PASSWORD)
    person.client.cookies["learner"] = signing.dumps(str(old), salt=SALT)
    assert person.get(path_of(QUESTION)).passed is None
    sign_up(person)
    assert person.get(path_of(QUESTION)).passed is None


def test_a_model_that_nobody_thought_of_is_in_the_copy_and_goes(person: Visitor) -> None:
    """`KEPT` without one of its kinds is as a site with a model that was added and not named there."""
    user = User.objects.get()
    hanging: list[type[Model]] = [model for model, _ in what_else_hangs_on(User)]
    assert set(hanging) >= {LogEntry, EmailAddress}
    known = KEPT.pop(EmailAddress)
    try:
        rows = export(user)["account.emailaddress"]
        assert isinstance(rows, list)
        assert rows[0]["email"] == ADDRESS
        send(person, DELETE, password=PASSWORD)
    finally:
        KEPT[EmailAddress] = known
    assert traces(ADDRESS) == set()


def test_nobody_else_can_ask_for_it() -> None:
    assert Client().post(DELETE, {"password": PASSWORD}).status_code == 302
    assert Client().get(EXPORT).status_code == 302


def test_signing_out_leaves_the_data_where_it_is(person: Visitor) -> None:
    before = Attempt.objects.count()
    sign_out(person)
    assert Attempt.objects.count() == before
