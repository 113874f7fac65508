"""Drafts: saved as they are written, never lost between two tabs, and their author's own when signing in or leaving."""

import datetime as dt
import json

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from canarylearn.accounts.owndata import erase, export
from canarylearn.learning.merging import account_key, merge_guest
from canarylearn.learning.models import Learner
from canarylearn.projects.models import Draft, Endurance, PassedStage
from canarylearn.projects.services import Status, digest_of, hidden_seeds, save_draft, take_other
from tests.people import Reply, Visitor
from tests.projects.writing import base_of, page_of, said, send, text_in

TOPIC = "canary-releases"


def autosave(visitor: Visitor, text: str, base: int | str, **fields: str) -> tuple[int, dict[str, object]]:
    """What the page's script sends every few seconds, and what it is told."""
    path, data = f"{page_of('route')}save/", {"text": text, "base": base, **fields}
    reply: Reply = visitor.reply(visitor.client.post(path, data, headers={"Accept": "application/json"}))
    return reply.status, json.loads(reply.text)


def draft() -> Draft:
    """The only draft there is."""
    return Draft.objects.get()


def test_autosave_counts_up_and_the_same_text_is_no_new_draft(visitor: Visitor) -> None:
    assert autosave(visitor, "a", 0) == (200, {"number": 1, "status": "saved"})
    assert autosave(visitor, "b", 1) == (200, {"number": 2, "status": "saved"})
    assert autosave(visitor, "b", 2) == (200, {"number": 2, "status": "same"})
    assert autosave(visitor, "b", 1) == (200, {"number": 2, "status": "same"})
    assert (draft().text, draft().other, draft().number) == ("b", "", 2)


def test_two_tabs_lose_nothing(visitor: Visitor) -> None:
    autosave(visitor, "from the first tab", 0)
    status, told = autosave(visitor, "from the second tab", 0)
    assert (status, told) == (409, {"number": 1, "status": "conflict", "text": "from the first tab"})
    assert (draft().text, draft().other) == ("from the first tab", "from the second tab")
    both = visitor.get(page_of("route"))
    assert text_in(both) == "from the first tab"
    assert "from the second tab" in both.text
    assert autosave(visitor, "from the second tab, and more", 1, over="1")[0] == 200
    assert (draft().text, draft().other) == ("from the second tab, and more", "from the first tab")


def test_without_a_script_a_conflict_shows_both_texts_and_saving_once_more_decides(visitor: Visitor) -> None:
    send(visitor, "route", "save", "newer", base="0")
    page = send(visitor, "route", "judge", "mine", base="0")
    assert page.status == 409
    assert "Nothing is lost" in said(page) or "Nothing is lost" in page.text
    assert text_in(page) == "mine"
    assert "newer" in page.text
    assert 'name="over" value="1"' in page.text
    decided = send(visitor, "route", "save", "mine", base=base_of(page), over="1")
    assert decided.status == 200
    assert (draft().text, draft().other) == ("mine", "newer")


def test_the_text_that_was_set_aside_can_be_taken_or_thrown_away(visitor: Visitor) -> None:
    send(visitor, "route", "save", "one", base="0")
    send(visitor, "route", "save", "two", base="0")
    assert visitor.post(f"{page_of('route')}other/", {"do": "take"}).status == 303
    assert (draft().text, draft().other, draft().number) == ("two", "one", 2)
    visitor.post(f"{page_of('route')}other/", {"do": "drop"})
    assert (draft().text, draft().other) == ("two", "")
    visitor.post(f"{page_of('route')}other/", {"do": "take"})
    assert (draft().text, draft().other) == ("two", "")


def test_a_text_that_is_too_long_is_told_to_the_script(visitor: Visitor) -> None:
    status, told = autosave(visitor, "x" * 9000, 0)
    assert status == 422
    assert "8,192 can be kept" in str(told["error"])


def test_a_hint_makes_no_draft_of_the_beginning(visitor: Visitor) -> None:
    send(visitor, "measure", "hints/1", text_in(visitor.get(page_of("measure"))))
    assert draft().hints_opened == 1
    assert draft().number == 1


def test_lines_end_alike_whatever_the_browser_sends(visitor: Visitor) -> None:
    autosave(visitor, "a\r\nb\rc\n", 0)
    assert draft().text == "a\nb\nc\n"


@pytest.fixture
def account(db: None) -> User:
    """Somebody with an account."""
    return User.objects.create_user("ada", "ada@example.org", "engine copper violet thimble")


def written(learner: Learner, text: str, *, minutes_ago: int) -> Draft:
    """A draft of stage 1, written some time ago."""
    then = timezone.now() - dt.timedelta(minutes=minutes_ago)
    return Draft.objects.create(learner=learner, topic=TOPIC, stage="route", text=text, number=3, updated=then)


def guest_and_account(account: User) -> tuple[Learner, Learner]:
    """A guest, and the account's own learner."""
    from uuid import uuid4

    return Learner.objects.create(key=uuid4()), Learner.objects.get(key=account_key(account))


@pytest.mark.parametrize(("guests", "accounts", "kept"), [(1, 60, "the guest's"), (60, 1, "the account's")])
def test_the_newer_draft_counts_after_signing_in_and_the_other_is_exported(
    account: User, guests: int, accounts: int, kept: str
) -> None:
    guest, own = guest_and_account(account)
    written(guest, "the guest's", minutes_ago=guests)
    written(own, "the account's", minutes_ago=accounts)
    merge_guest(guest.key, account)
    assert Draft.objects.get(learner=own).text == kept
    rows = export(account)["projects.draft"]
    assert isinstance(rows, list)
    assert sorted(row["text"] for row in rows) == ["the account's", "the guest's"]


def test_what_a_guest_wrote_and_passed_comes_along_and_goes_with_the_account(account: User) -> None:
    guest, own = guest_and_account(account)
    written(guest, "x = 1", minutes_ago=5)
    PassedStage.objects.create(
        learner=guest, topic=TOPIC, stage="route", text="x", seeds=[1, 2], engine="2", digest=digest_of("x")
    )
    Endurance.objects.create(learner=guest, topic=TOPIC, digest=digest_of("x"), rounds=2, survived=24)
    merge_guest(guest.key, account)
    for model in (Draft, PassedStage, Endurance):
        assert model.objects.get().learner == own
    told = export(account)
    assert {"projects.draft", "projects.passedstage", "projects.endurance"} <= set(told)
    erase(account)
    for model in (Draft, PassedStage, Endurance):
        assert not model.objects.exists()


def test_hidden_seeds_are_a_learner_s_and_a_stage_s_own(db: None, settings: object) -> None:
    from uuid import UUID

    one, other = UUID(int=1), UUID(int=2)
    first = hidden_seeds(one, TOPIC, "route")
    assert first == hidden_seeds(one, TOPIC, "route")
    others = [hidden_seeds(other, TOPIC, "route"), hidden_seeds(one, TOPIC, "decide"), hidden_seeds(one, "x", "route")]
    assert len({first, *others}) == 4
    settings.SECRET_KEY = "another key, which another site would have"  # type: ignore[attr-defined]
    assert hidden_seeds(one, TOPIC, "route") != first


def test_a_draft_written_over_knowingly_sets_the_other_one_aside(account: User) -> None:
    key = account_key(account)
    place = {"learner_key": key, "topic": TOPIC, "stage": "route"}
    save_draft(**place, text="one", base=0)  # type: ignore[arg-type]
    saved = save_draft(**place, text="two", base=1, knowingly=True)  # type: ignore[arg-type]
    assert (saved.status, saved.draft.text, saved.draft.other) == (Status.SAVED, "two", "one")
    back = take_other(**place, keep=True)  # type: ignore[arg-type]
    assert (back.text, back.other, back.number) == ("one", "two", 3)
