"""load_content: the database is brought up to the files, all of it or nothing, and what changed is said."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from canarylearn.items import Proof, read_topic
from canarylearn.learning import content
from canarylearn.learning.models import Item, Page, Topic, Version
from canarylearn.learning.selectors import listed_items
from tests.topics import as_if_proven, change, copied

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the curriculum, to be changed, with proofs for what it says."""
    folder = copied(tmp_path)
    monkeypatch.setattr(content, "CONTENT", tmp_path)
    monkeypatch.setattr(content, "LOCK", tmp_path / "proofs.lock.json")
    proven(tmp_path)
    return folder


def proven(folder: Path) -> None:
    """Record proofs for all topics, as check_content does."""
    proofs: dict[str, Proof] = {}
    for topic in content.topic_folders():
        proofs |= as_if_proven(read_topic(topic))
    content.write_lock(proofs)


def load() -> list[str]:
    out = StringIO()
    call_command("load_content", stdout=out)
    return out.getvalue().splitlines()


def refused() -> str:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("load_content", stdout=out)
    assert out.getvalue() == ""
    return str(caught.value)


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row there is of topics, items, versions and pages."""
    tables: list[type[models.Model]] = [Topic, Item, Version, Page]
    return {table.__name__: list(table._default_manager.order_by("pk").values_list()) for table in tables}


FIRST = "canary-releases: "


def test_the_first_load_says_what_is_new(topic: Path) -> None:
    told = load()
    assert told[0] == f"{FIRST}new topic canary-releases"
    assert f"{FIRST}new task first-users, version 1" in told
    assert f"{FIRST}new question why-canary, version 1" in told
    assert f"{FIRST}new page why, version 1" in told
    files = read_topic(topic)
    assert len([line for line in told if ", version 1" in line]) == len(files.items) + len(files.pages)


def test_items_stand_in_the_order_of_the_topic(topic: Path) -> None:
    load()
    spec = read_topic(topic).topic
    assert [one.slug for one in listed_items("task")] == list(spec.tasks)
    assert [one.slug for one in listed_items("question")] == list(spec.questions)


def test_a_second_load_changes_nothing_and_says_so(topic: Path) -> None:
    load()
    before = rows()
    assert load() == [f"{FIRST}nothing changed"]
    assert rows() == before


def test_a_changed_item_gets_a_new_version_and_keeps_the_old_one(topic: Path) -> None:
    load()
    old = Version.objects.get(item__slug="first-users")
    change(topic / "tasks" / "first-users.yaml", ("title: Give v2 its first users", "title: The first users of v2"))
    proven(topic.parent)
    assert load() == [f"{FIRST}changed task first-users, version 2"]
    current = Item.objects.get(slug="first-users").current
    assert current is not None
    assert (current.number, current.title) == (2, "The first users of v2")
    old.refresh_from_db()
    assert (old.number, old.title) == (1, "Give v2 its first users")
    assert "title: Give v2 its first users" in old.spec


def test_a_changed_scenario_makes_new_versions_of_the_items_it_is_run_in(topic: Path) -> None:
    load()
    change(topic / "scenarios" / "a-tenth-on-v2.yaml", ("errors: 0.5%", "errors: 0.6%"))
    proven(topic.parent)
    assert load() == [f"{FIRST}changed question who-is-routed, version 2"]


def test_a_file_that_only_looks_different_makes_no_new_version(topic: Path) -> None:
    load()
    path = topic / "tasks" / "first-users.yaml"
    path.write_text("# A comment.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load() == [f"{FIRST}nothing changed"]


def test_a_new_order_moves_the_items_without_new_versions(topic: Path) -> None:
    load()
    change(topic / "topic.yaml", ("tasks: [first-users, latency-limit,", "tasks: [latency-limit, first-users,"))
    assert load() == [
        f"{FIRST}topic canary-releases changed",
        f"{FIRST}first-users: position is now 2, and was 1",
        f"{FIRST}latency-limit: position is now 1, and was 2",
    ]
    assert [one.slug for one in listed_items("task")][:2] == ["latency-limit", "first-users"]
    assert Version.objects.count() == Item.objects.count()


def test_an_item_without_a_file_is_retired_and_comes_back_with_its_versions(topic: Path) -> None:
    load()
    path = topic / "tasks" / "release-function.yaml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    change(topic / "topic.yaml", (", release-function]", "]"))
    assert load()[1:] == [f"{FIRST}retired release-function"]
    assert load() == [f"{FIRST}nothing changed"]
    assert "release-function" not in [one.slug for one in listed_items("task")]
    path.write_text(text, encoding="utf-8")
    change(topic / "topic.yaml", ("split-the-traffic]", "split-the-traffic, release-function]"))
    assert load()[1:] == [f"{FIRST}release-function is back"]
    assert "release-function" in [one.slug for one in listed_items("task")]
    assert Version.objects.filter(item__slug="release-function").count() == 1


def test_an_item_may_move_to_another_topic(topic: Path) -> None:
    """Whichever of the two topics is loaded first."""
    load()
    for slug in ("a-new-home", "the-new-home"):
        home = copied(topic.parent / "made")
        target = topic.parent / slug
        home.rename(target)
        for path in [path for name in ("tasks", "questions", "challenge", "bank") for path in target.glob(f"{name}/*")]:
            if path.name != "first-users.yaml":
                path.unlink()
        text = (target / "topic.yaml").read_text(encoding="utf-8")
        (target / "topic.yaml").write_text(
            text[: text.index("tasks: [")].replace("slug: canary-releases", f"slug: {slug}")
            + "tasks: [first-users]\nquestions: []\n",
            encoding="utf-8",
        )
        if slug == "a-new-home":
            (topic / "tasks" / "first-users.yaml").unlink()
            change(topic / "topic.yaml", ("tasks: [first-users, ", "tasks: ["))
        else:
            (topic.parent / "a-new-home" / "tasks" / "first-users.yaml").unlink()
            change(topic.parent / "a-new-home" / "topic.yaml", ("tasks: [first-users]", "tasks: []"))
        load()
        item = Item.objects.get(slug="first-users")
        assert (item.topic.slug, item.retired, item.versions.count()) == (slug, False, 1)


def test_unproven_items_are_refused_and_nothing_is_written(topic: Path) -> None:
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "level: hard"))
    assert refused() == "not proven as they stand: first-users; run 'manage.py check_content' first"
    assert rows() == {"Topic": [], "Item": [], "Version": [], "Page": []}
    content.LOCK.unlink()
    assert refused().count(",") == len(read_topic(topic).asked) - 1


def test_a_file_that_cannot_be_read_is_refused_with_its_line(topic: Path) -> None:
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "level: trivial"))
    assert refused() == "tasks/first-users.yaml: level: Input should be 'easy', 'medium' or 'hard' (line 4)"


def test_a_second_topic_that_fails_takes_the_first_back_with_it(topic: Path) -> None:
    """The files of the first topic are in order, and were loaded by then."""
    later = topic.parent / "later-topic"
    later.mkdir()
    (later / "topic.yaml").write_text("slug: later-topic\n", encoding="utf-8")
    assert "topic.yaml: title: Field required" in refused()
    assert rows() == {"Topic": [], "Item": [], "Version": [], "Page": []}


def test_a_failure_half_way_leaves_the_database_as_it_was(topic: Path) -> None:
    """The topic and a version are written by the time an item cannot be: they are gone again, whoever loads."""
    load()
    before = rows()
    text = (topic / "topic.yaml").read_text(encoding="utf-8")
    (topic / "topic.yaml").write_text(text.replace("title: Canary releases", "title: All canary releases", 1))
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "level: hard"))
    proven(topic.parent)

    def stop(**kwargs: object) -> None:
        if isinstance(kwargs["instance"], Item):
            raise OSError("the disk is full")

    models.signals.pre_save.connect(stop)
    try:
        with pytest.raises(OSError, match="disk"):
            load()
        assert rows() == before
        with pytest.raises(OSError, match="disk"):
            content.load_topic(read_topic(topic), content.read_lock())
    finally:
        models.signals.pre_save.disconnect(stop)
    assert rows() == before


def test_a_page_whose_number_no_run_shows_is_refused(topic: Path) -> None:
    load()
    change(topic / "pages" / "why.md", ("It passed every test.", "It passed 4 of 7 tests."))
    assert "the page why" in refused()


def test_a_page_without_a_file_is_gone(topic: Path) -> None:
    load()
    (topic / "pages" / "cost.md").unlink()
    proven(topic.parent)
    assert load() == [f"{FIRST}removed the page cost"]
    assert sorted(Page.objects.values_list("mode", flat=True)) == ["deep-dive", "introduction", "why"]


def test_a_page_has_the_name_of_a_mode_and_its_questions_have_names_of_their_own(topic: Path) -> None:
    (topic / "pages" / "why.md").rename(topic / "pages" / "because.md")
    assert "there is no such mode" in refused()
    (topic / "pages" / "because.md").rename(topic / "pages" / "why.md")
    change(topic / "pages" / "why.md", ("::: ask a-small-group", "::: ask first-users"))
    assert "an item has the id 'first-users' already" in refused()
