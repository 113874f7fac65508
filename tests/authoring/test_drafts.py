"""Drafts and scenarios: nothing is lost when two people save, every state is kept, and only owners change them."""

import gzip
from typing import Any

import pytest

from canarylearn.authoring.models import Draft, ProofRun, Revision, Scene
from canarylearn.learning.content import load_topic, read_lock
from canarylearn.learning.models import Topic, Version
from tests.authoring.small import GOOD, SCENARIOS, as_fields, small_topic
from tests.authoring.writing import Author, fields_of
from tests.topics import curriculum


@pytest.fixture
def author(db: None) -> Author:
    """An author in a small topic."""
    small_topic()
    return Author()


def _good(author: Author, slug: str = "small-share") -> Draft:
    draft = author.begin("new:task", "Small", slug)
    author.send(draft, {"stamp": "1", "as": "form", **as_fields({**GOOD, "id": slug})})
    draft.refresh_from_db()
    return draft


def test_an_unfinished_draft_is_kept_as_it_is_and_says_so(author: Author) -> None:
    draft = author.begin("new:task", "Half a thought")
    author.send(draft, author.open(draft) | {"prompt": "More to"})
    assert "Saved as it is." in author.page
    assert "A draft keeps whatever you write" in author.page
    assert "prompt: More to" in Draft.objects.get().spec
    assert author.mend


@pytest.mark.parametrize("way", ["form", "yaml"])
@pytest.mark.parametrize("htmx", [False, True])
def test_who_saves_second_sees_both_texts_and_nothing_is_lost(author: Author, way: str, htmx: bool) -> None:
    draft = _good(author)
    mine, theirs = author.open(draft, way), author.open(draft, way)
    if way == "form":
        mine, theirs = mine | {"title": "Mine, which is late"}, theirs | {"title": "Theirs, which is first"}
    else:
        mine = mine | {"text": mine["text"].replace("Give v2 a share", "Mine, which is late")}
        theirs = theirs | {"text": theirs["text"].replace("Give v2 a share", "Theirs, which is first")}
    author.send(draft, theirs, htmx=htmx)
    assert author.status == 200
    author.send(draft, mine, htmx=htmx)
    assert author.status == 409
    assert "Mine, which is late" in author.page
    assert "Theirs, which is first" in author.page
    draft.refresh_from_db()
    assert "title: Theirs, which is first" in draft.spec
    author.send(draft, {**mine, "stamp": fields_of(author.page)["stamp"]})
    assert author.status == 200
    draft.refresh_from_db()
    assert "title: Mine, which is late" in draft.spec
    assert Revision.objects.filter(spec__contains="Theirs, which is first").exists()


@pytest.mark.parametrize("stamp", ["", "0", "99", "x", "9" * 40])
def test_a_stamp_that_is_none_saves_nothing(author: Author, stamp: str) -> None:
    draft = _good(author)
    author.send(draft, author.open(draft) | {"title": "Another", "stamp": stamp})
    assert author.status == 409
    draft.refresh_from_db()
    assert "Another" not in draft.spec


def test_every_save_is_in_the_history_with_what_changed_and_can_be_restored(author: Author) -> None:
    draft = _good(author)
    author.send(draft, author.open(draft) | {"title": "A better title", "note": "shorter"})
    author.send(draft, author.open(draft))
    page = author.get(f"/admin/authoring/draft/{draft.pk}/history/")
    assert Revision.objects.count() == 3, "saving what is saved is no change"
    assert '<span class="added">+title: A better title' in page
    assert '<span class="removed">-title: Give v2 a share' in page
    assert "shorter" in page
    before = Revision.objects.get(spec__contains="title: Give v2 a share")
    author.post(f"/admin/authoring/draft/{draft.pk}/history/", {"revision": str(before.pk)})
    draft.refresh_from_db()
    assert draft.spec == before.spec
    assert Revision.objects.count() == 4
    for number in ("", "x", "0", "9" * 30, str(before.pk + 100)):
        author.post(f"/admin/authoring/draft/{draft.pk}/history/", {"revision": number})
        assert author.status == 404


def test_a_draft_that_was_published_keeps_its_id(author: Author) -> None:
    draft = _good(author)
    author.send(draft, author.open(draft) | {"id": "other-name"})
    draft.refresh_from_db()
    assert draft.slug == "other-name"
    author.prove(draft)
    author.publish(draft)
    author.send(draft, author.open(draft) | {"id": "third-name"})
    assert "attempts hang on that" in author.errors["id"]
    draft.refresh_from_db()
    assert draft.slug == "other-name"


PAGES = ("change", "proof", "publish", "history", "delete")


def test_a_draft_is_its_owners_and_whoever_may_change_any(author: Author) -> None:
    draft = _good(author)
    other = Author("bea")
    for page in PAGES:
        other.get(f"/admin/authoring/draft/{draft.pk}/{page}/")
        assert other.status in (403, 302, 200), page
        assert GOOD["title"] not in other.page, page
        other.post(f"/admin/authoring/draft/{draft.pk}/{page}/", {"do": "save", "post": "yes"})
        assert GOOD["title"] not in other.page
    other.get("/admin/authoring/draft/")
    assert "Give v2 a share" not in other.page
    draft.refresh_from_db()
    boss = Author("boss", superuser=True)
    boss.get(f"/admin/authoring/draft/{draft.pk}/change/")
    assert boss.status == 200
    boss.get("/admin/authoring/draft/")
    assert "Give v2 a share" in boss.page


def test_a_draft_is_deleted_by_its_owner_with_its_history_and_its_item_stays(author: Author) -> None:
    draft = _good(author)
    author.prove(draft)
    author.publish(draft)
    address = f"/admin/authoring/draft/{draft.pk}/delete/"
    author.get(address)
    assert "small-share" in author.page
    author.post(address, {"post": "yes"})
    assert not Draft.objects.exists()
    assert not Revision.objects.exists()
    assert Version.objects.count() == 1


def test_a_page_asks_the_database_little(author: Author, django_assert_max_num_queries: Any) -> None:
    draft = _good(author)
    author.prove(draft)
    for path in (f"draft/{draft.pk}/change/", f"draft/{draft.pk}/proof/", f"draft/{draft.pk}/publish/"):
        with django_assert_max_num_queries(12):
            author.get(f"/admin/authoring/{path}")
        assert author.status == 200
        assert len(gzip.compress(author.page.encode())) < 60_000


def test_staff_without_the_permission_write_nothing(author: Author) -> None:
    draft = _good(author)
    clerk = Author("cy", "view_auditentry")
    for path in ("draft/add/", f"draft/{draft.pk}/change/", "scene/add/", f"scene/{Scene.objects.all()[0].pk}/change/"):
        clerk.get(f"/admin/authoring/{path}")
        assert clerk.status == 403, path
    clerk.post("/admin/authoring/draft/coloured/", {"template": "x"})
    assert clerk.status == 403
    author.client.logout()
    author.get(f"/admin/authoring/draft/{draft.pk}/change/")
    assert author.status == 302


def test_what_is_not_there_is_not_found(author: Author) -> None:
    for path in ("0/change/", "x/change/", "999/proof/", "999/publish/", "999/history/", f"{'9' * 40}/change/"):
        author.get(f"/admin/authoring/draft/{path}")
        assert author.status == 404, path
    draft = _good(author)
    author.get(f"/admin/authoring/draft/{draft.pk}/change/?beside=moods")
    assert author.status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x", "from": "moods"},
        {"title": "x", "from": "item:none"},
        {"title": "\x00", "from": "new:task"},
        {"title": "Long", "id": "x" * 99, "from": "new:task"},
    ],
)
def test_a_beginning_that_is_none_is_told(author: Author, fields: dict[str, str]) -> None:
    author.post("/admin/authoring/draft/add/", fields)
    assert author.status in (404, 422)
    assert not Draft.objects.exists()


# Scenarios


def test_a_scenario_that_is_written_for_a_draft_is_named_by_its_title_and_leads_back(author: Author) -> None:
    draft = author.begin("new:task", "Mine", "mine-alone")
    author.send(draft, {**author.open(draft), "prompt": "Kept on the way."}, "scene")
    draft.refresh_from_db()
    assert "Kept on the way." in draft.spec
    assert f"/draft/{draft.pk}/change/#f-scenarios-0" in author.page
    fields = fields_of(author.page) | {"title": "A full disk", "about": "v2 fails once its disk is full."}
    for slug in ("a-full-disk", "a-full-disk-2"):
        author.post("/admin/authoring/scene/add/", {**fields, "do": "save"})
        assert f"/draft/{draft.pk}/change/#f-scenarios-0" in author.page
        assert Scene.objects.filter(slug=slug).exists()
    assert "A full disk (a-full-disk-2)" in author.get(f"/admin/authoring/draft/{draft.pk}/change/")


def test_a_new_scenario_is_run_while_it_is_written_and_saved_once_it_can_be_run(author: Author) -> None:
    author.get("/admin/authoring/scene/add/")
    assert "v2 went to everyone" in author.page, "it is drawn before it has a name"
    fields = fields_of(author.page)
    author.post("/admin/authoring/scene/add/", {**fields, "do": "save"})
    assert author.status == 422
    assert "slug" in author.errors
    assert Scene.objects.count() == len(SCENARIOS)
    wanted = {**fields, "slug": "slow-disk", "title": "A slow disk", "about": "v2 fails once its disk is full."}
    author.post("/admin/authoring/scene/add/", {**wanted, "do": "add:faults"}, htmx=True)
    wanted = {**fields_of(author.page), "faults.0.kind": "error-burst", "faults.0.on": "canary", "faults.0.rate": "30%"}
    author.post("/admin/authoring/scene/add/", {**wanted, "do": "chart"}, htmx=True)
    assert "v2 was rolled back" in author.page
    assert "<svg" in author.page
    assert Scene.objects.count() == len(SCENARIOS)
    author.post("/admin/authoring/scene/add/", {**wanted, "do": "save"})
    scene = Scene.objects.get(slug="slow-disk")
    assert (author.status, scene.owner) == (200, author.user)
    assert "faults:\n  - {kind: error-burst, on: canary, rate: 30%}" in scene.spec
    author.post("/admin/authoring/scene/add/", {**wanted, "do": "save"})
    assert author.status == 422
    assert "another scenario has the name" in author.page


def test_a_scenario_says_what_is_wrong_at_its_field(author: Author) -> None:
    author.get("/admin/authoring/scene/add/")
    good = fields_of(author.page) | {"slug": "slow-disk", "title": "A slow disk", "about": "v2 fails when it is full."}
    for changed, place, words in (
        ({"window": "soon"}, "window", "soon"),
        ({"trial": "3h"}, "trial", "longer than window"),
        ({"interval": "7m"}, "interval", "whole numbers of intervals"),
        ({"canary.p95": "10ms"}, "", "p95 must be the larger"),
        ({"canary.name": "v1"}, "", "different names"),
        ({"traffic.users": "many"}, "traffic.users", "not a whole number"),
        ({"canary.errors": "0.5 parts"}, "canary.errors", "share"),
        (
            {"traffic.requests_per_second": "99999", "window": "6d", "trial": "5d", "interval": "1d"},
            "",
            "more than 5,000,000",
        ),
        ({"faults.0.kind": "outage", "faults.0.rate": "5%"}, "faults.0.since", "required"),
        ({"faults.0.kind": "leak", "faults.0.on": "canary", "faults.0.growth": "-1"}, "faults.0.growth", "greater"),
    ):
        author.post("/admin/authoring/scene/add/", {**good, **changed, "do": "save"})
        assert author.status == 422, changed
        assert words in (author.errors.get(place, "") if place else author.mend), (changed, author.errors, author.mend)
    assert not Scene.objects.filter(slug="slow-disk").exists()


def test_a_scenario_of_a_file_is_copied_and_not_changed(author: Author) -> None:
    scene = Scene.objects.get(slug="all-bad")
    address = f"/admin/authoring/scene/{scene.pk}/change/"
    author.get(address)
    fields = fields_of(author.page)
    author.post(address, {**fields, "title": "Mine", "do": "save"})
    assert author.status == 403
    author.post(address, {**fields, "title": "Mine", "slug": "my-own", "do": "copy"})
    assert author.status == 200
    assert Scene.objects.get(slug="my-own").owner == author.user
    scene.refresh_from_db()
    assert scene.spec == SCENARIOS["all-bad"]


def test_two_who_save_a_scenario_lose_nothing(author: Author) -> None:
    scene = Scene.objects.get(slug="all-bad")
    Scene.objects.update(owner=author.user)
    address = f"/admin/authoring/scene/{scene.pk}/change/"
    author.get(address)
    fields = fields_of(author.page)
    author.post(address, {**fields, "title": "The first", "do": "save"})
    author.post(address, {**fields, "title": "The second", "do": "save"})
    assert author.status == 409
    assert "The first" in author.page
    assert "The second" in author.page
    author.post(address, {**fields_of(author.page), "do": "save"})
    scene.refresh_from_db()
    assert "The second" in scene.spec


def test_a_changed_scenario_makes_a_proof_old(author: Author) -> None:
    draft = _good(author)
    author.prove(draft)
    scene = Scene.objects.get(slug="all-bad")
    scene.spec = scene.spec.replace("errors: 40%", "errors: 35%")
    scene.save()
    author.publish(draft)
    assert author.status == 422
    assert "was changed since it was proven" in author.mend
    author.get(f"/admin/authoring/draft/{draft.pk}/proof/")
    assert "This proof is of what it was" in author.page
    assert ProofRun.objects.count() == 1


def test_files_fill_the_library_and_leave_alone_what_somebody_wrote(content: None) -> None:
    assert Scene.objects.count() == len(curriculum().scenarios)
    author = Author("boss", superuser=True)
    own = Scene.objects.get(slug="v2-fails")
    own.owner, own.spec = author.user, own.spec.replace("title:", "title: ")
    own.save()
    told = load_topic(curriculum(), read_lock())
    assert any("v2-fails was written by boss" in one for one in told)
    assert Scene.objects.get(slug="v2-fails").spec == own.spec
    assert Topic.objects.get().scenes.count() == len(curriculum().scenarios)
