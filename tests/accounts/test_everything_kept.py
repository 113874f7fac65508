"""Every kind of row that hangs on a learner: it comes along when a guest signs in, and goes with the account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.db.models.signals import pre_save
from django.utils import timezone

from canarylearn.accounts.owndata import erase, export
from canarylearn.classes.models import Classroom, Membership
from canarylearn.items import Item
from canarylearn.learning.merging import account_key, merge_guest, what_else_hangs_on
from canarylearn.learning.models import Attempt, ClockSpeed, Learner, Page, PageMark, Slot, Topic, Version
from canarylearn.learning.ready import ready
from canarylearn.lessons.models import Prediction
from canarylearn.projects.models import Draft, Endurance, PassedStage
from canarylearn.reports.models import Reason, Report, Where
from canarylearn.review.models import Answer, Card, Wish
from quizzes.challenge.models import Badge, Clock
from quizzes.models import Asked, Sitting
from tests.accounts.test_own_data import traces
from tests.people import TASK

pytestmark = pytest.mark.usefixtures("content")

GUESTS, ACCOUNTS, OTHERS = "written-by-the-guest", "written-in-the-account", "written-by-another-guest"


def _a_version() -> tuple[Version, Item]:
    version = Version.objects.get(item__slug=TASK)
    return version, ready(version.pk).item


def everything(word: str) -> dict[type[Model], dict[str, Any]]:
    """A row of every kind, with the word in every text that a person can write or that is theirs alone."""
    topic, version, now = Topic.objects.get(), _a_version()[0], timezone.now()
    place = {"topic": topic.slug, "stage": "route"}
    found = {"where": Where.PRACTICE, "reason": Reason.OTHER}
    return {
        PageMark: {"page": Page.objects.order_by("pk")[0], "question": "first"},
        Prediction: {"topic": topic.slug, "walk": "tuesday", "run": "r", "gate": 0, "asked": "40", "answer": word[:20]},
        Draft: {**place, "text": f"# {word}", "other": f"# {word} too", "number": 3, "updated": now},
        PassedStage: {**place, "text": f"# {word}", "seeds": [word], "engine": "1", "digest": word},
        Endurance: {"topic": topic.slug, "digest": word, "rounds": 2, "survived": 24},
        Card: {"what": "card:one", "due": date(2026, 1, 1), "answers": 1, "sitting": {"so far": word}},
        Answer: {"what": "card:one", "day": date(2026, 1, 1), "grade": 3, "key": word},
        Wish: {"cap": 7},
        Clock: {"version": version, "speed": ClockSpeed.NORMAL, "started": now, "seconds": 90},
        Badge: {"topic": topic, "earned": now, "evidence": {"of": word}, "shared": True, "name": word, "token": word},
        Sitting: {"topic": topic, "seed": word, "plan": [word]},
        Membership: {"classroom": Classroom.objects.get_or_create(title="Of everybody")[0], "name": word},
        Report: {
            "version": version,
            "title": "T",
            "form": "sent once",
            "seed": 1,
            "engine": "1",
            "words": word,
            **found,
        },
    }


def give_everything(learner: Learner, word: str) -> None:
    """Make those rows, and an answer in a test and in practice."""
    for model, fields in everything(word).items():
        model._default_manager.create(learner=learner, **fields)
    version, item = _a_version()
    Asked.objects.create(
        sitting=Sitting.objects.get(learner=learner),
        number=1,
        version=version,
        concept="routing",
        level="easy",
        floor=0.25,
        first=True,
        key=word,
    )
    slot = Slot.objects.create(learner=learner, version=version)
    answer = dict.fromkeys(item.blanks, (GUESTS, ACCOUNTS, OTHERS).index(word))
    Attempt.objects.create(slot=slot, number=1, key=word, answer=answer, passed=False, engine="1")


def a_guest(word: str) -> Learner:
    guest = Learner.objects.create(key=uuid4())
    give_everything(guest, word)
    return guest


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ada", "ada.lovelace@example.org", "engine copper violet thimble")


def of_learner(user: User) -> Learner:
    return Learner.objects.get(key=account_key(user))


def kinds() -> dict[type[Model], str]:
    return dict(what_else_hangs_on(Learner))


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def test_every_kind_of_row_is_tried_here(user: User) -> None:
    assert set(kinds()) == set(everything(GUESTS))


def test_a_new_account_has_every_row_of_the_guest(user: User) -> None:
    guest = a_guest(GUESTS)
    assert merge_guest(guest.key, user) == 1
    mine = of_learner(user)
    assert {model for model in kinds() if model._default_manager.filter(learner=mine).count() != 1} == set()
    assert {model for model in kinds() if model._default_manager.exclude(learner=mine).exists()} == set()
    assert Asked.objects.get().sitting.learner == mine


def test_where_both_have_a_row_one_counts_and_the_other_is_set_aside_and_belongs_to_the_account(user: User) -> None:
    mine = of_learner(user)
    give_everything(mine, ACCOUNTS)
    guest = a_guest(GUESTS)
    merge_guest(guest.key, user)
    for model in kinds():
        assert model._default_manager.filter(learner=mine).count() == 1, model
        assert model._default_manager.filter(learner__merged_into=mine).count() == 1, model
    # The guest wrote last, so the guest's draft goes on; the account's text is not lost.
    assert Draft.objects.get(learner=mine).text == f"# {GUESTS}"
    assert Draft.objects.get(learner__merged_into=mine).text == f"# {ACCOUNTS}"
    assert Badge.objects.get(learner=mine).name == ACCOUNTS


def test_two_guests_come_along_one_after_the_other(user: User) -> None:
    first, second = a_guest(GUESTS), a_guest(OTHERS)
    for guest in (first, second):
        assert merge_guest(guest.key, user) == 1
    mine = of_learner(user)
    for model in kinds():
        assert model._default_manager.filter(learner=mine).count() == 1, model
        assert model._default_manager.count() == 2, model
    assert {one.merged_into for one in Learner.objects.exclude(pk=mine.pk)} == {mine}
    assert Attempt.objects.filter(slot__learner=mine).count() == 2


@contextmanager
def failing_at(model: type[Model]) -> Iterator[None]:
    """The database goes away just when a row of this kind is written."""

    def fail(**_: Any) -> None:
        raise ConnectionError("the database went away")

    receiver: Callable[..., None] = fail
    pre_save.connect(receiver, sender=model, weak=False)
    try:
        yield
    finally:
        pre_save.disconnect(receiver, sender=model)


@pytest.mark.parametrize("at", ["a draft", "the last kind", "an attempt"])
def test_a_failure_in_the_middle_leaves_both_sides_as_they_were(user: User, at: str) -> None:
    give_everything(of_learner(user), ACCOUNTS)
    guest = a_guest(GUESTS)
    order = [model for model, _ in what_else_hangs_on(Learner) if model is not Endurance]
    models: dict[str, type[Model]] = {"a draft": Draft, "the last kind": order[-1], "an attempt": Attempt}
    model = models[at]
    if model is not Attempt:  # of which the guest's is moved, and not kept beside the account's
        model._default_manager.filter(learner=of_learner(user)).delete()
    before = rows()
    with failing_at(model), pytest.raises(ConnectionError):
        merge_guest(guest.key, user)
    assert rows() == before
    merge_guest(guest.key, user)
    assert rows() != before


def test_nothing_of_any_kind_is_left_of_a_person_and_counts_stay(user: User) -> None:
    give_everything(of_learner(user), ACCOUNTS)
    merge_guest(a_guest(GUESTS).key, user)
    exported = repr(export(user))
    words = (ACCOUNTS, GUESTS, ACCOUNTS[:20], GUESTS[:20], "lovelace", user.password)
    assert all(word in exported for word in (ACCOUNTS, GUESTS))
    assert all(traces(word) for word in words)
    everybody = Version.objects.count(), Topic.objects.count(), Page.objects.count()
    every: list[type[Model]] = [*kinds(), Asked]
    erase(user)
    assert traces(*words) == set()
    assert {model for model in every if model._default_manager.exists()} == set()
    assert (Version.objects.count(), Topic.objects.count(), Page.objects.count()) == everybody
    assert Slot.objects.count() == 1
    assert Attempt.objects.count() == 2
    assert Learner.objects.get().user is None
