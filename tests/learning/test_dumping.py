"""dump_content and load_content: files to rows to files with the same bytes, and no conflict is settled silently."""

from collections.abc import Mapping
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canarylearn.authoring.models import Scene
from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Item as ItemSpec
from canarylearn.items import Proof, digest, read_topic
from canarylearn.items.reading import read_as
from canarylearn.items.writing import item_text
from canarylearn.learning import content
from canarylearn.learning.models import Item, Source, Topic, Version
from tests.topics import as_if_proven, change, copied

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the curriculum with proofs, loaded."""
    folder = copied(tmp_path / "content")
    monkeypatch.setattr(content, "CONTENT", folder.parent)
    monkeypatch.setattr(content, "LOCK", folder.parent / "proofs.lock.json")
    proven(folder)
    run("load_content")
    return folder


def proven(folder: Path) -> None:
    """Record proofs for a topic's files, as check_content does."""
    content.write_lock(as_if_proven(read_topic(folder)))


def run(command: str, *args: object, **options: object) -> list[str]:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue().splitlines()


def refused(command: str, *args: object, **options: object) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(command, *args, stdout=out, **options)
    assert out.getvalue() == ""
    return str(caught.value)


def texts(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def publish(
    slug: str, *changes: tuple[str, str], scenarios: Mapping[str, str] | None = None, **place: object
) -> Version:
    """Publish an item in the admin: a copy of `like` (itself if there is none) with pieces of its text replaced."""
    like = Item.objects.select_related("current").get(slug=place.pop("like", slug))
    assert like.current is not None
    text = like.current.spec
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    spec = read_as(ItemSpec, text)
    assert item_text(spec) == text
    worlds = {**like.current.scenarios, **(scenarios or {})}
    files = read_topic(content.CONTENT / like.topic.slug)
    found = digest(spec, files.scenarios_of(spec))
    fields = {"topic": like.topic, "kind": spec.kind, "room": spec.room, "concept": spec.concept, "position": 99}
    item, _new = Item.objects.get_or_create(slug=slug, defaults={**fields, **place})
    item.current = Version.objects.create(
        item=item,
        number=item.versions.count() + 1,
        title=spec.title,
        level=spec.level,
        spec=text,
        scenarios=worlds,
        digest=found,
        engine=ENGINE_VERSION,
        proof=asdict(Proof(digest=found, engine=ENGINE_VERSION, seeds=59, answers=4, guess_floor=0.25, outcomes="")),
        source=Source.ADMIN,
    )
    item.save()
    return item.current


TITLE = ("title: Give v2 its first users", "title: The first users of v2")


def test_what_was_loaded_is_written_back_with_the_same_bytes(topic: Path, tmp_path: Path) -> None:
    told = run("dump_content", tmp_path / "made")

    assert texts(tmp_path / "made") == texts(topic.parent)
    assert "new canary-releases/tasks/first-users.yaml" in told
    assert "copied canary-releases/visualise.yaml" in told


def test_a_dump_over_the_files_that_were_loaded_changes_nothing(topic: Path) -> None:
    before = texts(topic.parent)

    assert run("dump_content") == ["nothing changed"]
    assert texts(topic.parent) == before


def test_what_the_admin_published_is_written_into_the_files_and_loads_as_it_is(topic: Path) -> None:
    version = publish("first-users", TITLE)

    assert run("dump_content") == ["changed canary-releases/tasks/first-users.yaml"]
    assert (topic / "tasks" / "first-users.yaml").read_text(encoding="utf-8") == version.spec
    assert run("load_content") == ["canary-releases: nothing changed"]
    assert Item.objects.get(slug="first-users").current == version
    assert content.read_lock()["first-users"].digest == version.digest


def test_a_new_item_of_the_admin_gets_a_file_a_place_in_the_list_and_its_proof(topic: Path, tmp_path: Path) -> None:
    publish("my-first-users", ("id: first-users", "id: my-first-users"), like="first-users")
    Item.objects.filter(slug="release-function").update(retired=True)

    told = run("dump_content", tmp_path / "made")

    files = read_topic(tmp_path / "made" / topic.name)
    assert files.topic.tasks[-1] == "my-first-users"
    assert "release-function" not in files.items
    assert "my-first-users" in content.read_lock(tmp_path / "made" / "proofs.lock.json")
    assert f"new {topic.name}/tasks/my-first-users.yaml" in told


def test_a_file_that_only_looks_different_is_left_as_it_is(topic: Path) -> None:
    path = topic / "tasks" / "first-users.yaml"
    path.write_text("# Mine.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")

    assert run("dump_content") == ["nothing changed"]
    assert path.read_text(encoding="utf-8").startswith("# Mine.\n")


def test_files_with_changes_that_were_never_loaded_are_not_written_over_unless_told(topic: Path) -> None:
    was = texts(topic.parent)
    publish("latency-limit", ("level: medium", "level: hard"))
    edited = {
        "cards/whose-fault.yaml": ("title: Whose fault", "title: Whose"),
        "pages/why.md": ("begin: ", "begin: So "),
        "scenarios/an-hour-on-trial.yaml": ("title: ", "title: so "),
        "tasks/first-users.yaml": ("level: easy", "level: hard"),
        "topic.yaml": ("title: Canary releases for model updates", "title: Canaries"),
    }
    for path, pieces in edited.items():
        change(topic / path, pieces)
    changed = texts(topic.parent)

    said = refused("dump_content")

    assert sorted(said.splitlines()) == [
        f"{topic.name}/{path}: says what the database never held; load it first, or write over it with --overwrite"
        for path in edited
    ]
    assert texts(topic.parent) == changed
    run("dump_content", overwrite=True)
    differing = {name for name, text in texts(topic.parent).items() if text != was[name]}
    assert differing == {f"{topic.name}/tasks/latency-limit.yaml", "proofs.lock.json"}


def test_two_items_that_need_one_scenario_otherwise_are_told_and_nothing_is_written(
    topic: Path, tmp_path: Path
) -> None:
    text = (topic / "scenarios" / "v2-fails.yaml").read_text(encoding="utf-8")
    publish("first-users", TITLE, scenarios={"v2-fails": text.replace("users: ", "users: 1")})

    said = refused("dump_content", tmp_path / "made")

    assert "the scenario v2-fails is one thing for" in said
    assert "first-users; publish both with the same one, or give one of them another name" in said
    assert not (tmp_path / "made").exists()


def test_an_item_that_no_room_of_its_topic_holds_is_told_and_nothing_is_written(topic: Path, tmp_path: Path) -> None:
    row = Topic.objects.get()
    row.spec = row.spec[: row.spec.index("  challenge:\n")] + row.spec[row.spec.index("  project:\n") :]
    row.save()

    said = refused("dump_content", tmp_path / "made")

    assert "topic.yaml: lists a challenge item, and says nothing of the room 'challenge' (line 1)" in said
    assert not (tmp_path / "made").exists()


def test_an_edited_row_and_a_newer_file_are_a_conflict_and_nothing_is_loaded(topic: Path) -> None:
    version = publish("first-users", TITLE)
    change(topic / "tasks" / "latency-limit.yaml", ("level: medium", "level: hard"))
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "level: hard"))
    proven(topic)
    count, found = Version.objects.count(), content.read_lock()["first-users"].digest

    said = refused("load_content")

    first, second = said.splitlines()
    assert first == (
        f"first-users: version 2 was published in the admin (digest {version.digest[:12]}), "
        f"and its file says something else (digest {found[:12]})"
    )
    assert second == (
        "Nothing was loaded. Write the admin's items into the files with 'manage.py dump_content', or load with "
        "--keep-admin to leave them as they are, or with --take-files to publish the files instead."
    )
    assert Version.objects.count() == count


def test_the_admins_version_is_kept_if_told_and_the_rest_is_loaded(topic: Path) -> None:
    version = publish("first-users", TITLE)
    mine = publish("my-first-users", ("id: first-users", "id: my-first-users"), like="first-users")
    change(topic / "tasks" / "latency-limit.yaml", ("level: medium", "level: hard"))
    proven(topic)

    told = run("load_content", keep_admin=True)

    assert told[0] == "canary-releases: changed task latency-limit, version 2"
    assert told[1].startswith("canary-releases: kept first-users: version 2 was published in the admin")
    assert told[2].endswith("and the files have no such item")
    assert Item.objects.get(slug="first-users").current == version
    item = Item.objects.get(slug="my-first-users")
    assert (item.current, item.retired) == (mine, False)


def test_the_files_are_published_if_told_and_the_admins_version_stays_in_the_history(topic: Path) -> None:
    version = publish("first-users", TITLE)
    publish("my-first-users", ("id: first-users", "id: my-first-users"), like="first-users")

    told = run("load_content", take_files=True)

    assert told == [
        "canary-releases: changed task first-users, version 3",
        "canary-releases: retired my-first-users",
    ]
    current = Item.objects.get(slug="first-users").current
    assert current is not None
    assert (current.number, current.source) == (3, Source.FILE)
    assert Version.objects.filter(pk=version.pk).exists()


def test_a_site_starts_with_what_its_authors_published(topic: Path) -> None:
    version = publish("first-users", TITLE)

    run("prepare")

    assert Item.objects.get(slug="first-users").current == version


def test_one_cannot_ask_for_both(topic: Path) -> None:
    with pytest.raises(CommandError, match="not allowed with argument"):
        call_command("load_content", "--keep-admin", "--take-files")


def test_a_scenario_of_the_library_alone_goes_into_the_files(topic: Path) -> None:
    text = (topic / "scenarios" / "v2-fails.yaml").read_text(encoding="utf-8")
    text = text.replace("slug: v2-fails", "slug: my-own-world")
    Scene.objects.create(topic=Topic.objects.get(), slug="my-own-world", spec=text)

    assert run("dump_content") == ["new canary-releases/scenarios/my-own-world.yaml"]
    assert (topic / "scenarios" / "my-own-world.yaml").read_text(encoding="utf-8") == text


def test_files_that_look_otherwise_are_written_in_their_one_form(topic: Path) -> None:
    before = texts(topic.parent)
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "# Hard?\nlevel: 'easy'"))
    change(topic / "scenarios" / "v2-fails.yaml", ("slug: v2-fails", "watch: error_rate\nslug: v2-fails"))

    assert run("format_content") == ["rewrote tasks/first-users.yaml", "rewrote scenarios/v2-fails.yaml"]
    assert texts(topic.parent) == before
    assert run("format_content") == []


def test_nothing_is_rewritten_beside_a_file_that_cannot_be_read(topic: Path) -> None:
    change(topic / "topic.yaml", ("slug: canary-releases", "slug: 'canary-releases'"))
    change(topic / "tasks" / "first-users.yaml", ("level: easy", "level: trivial"))
    before = texts(topic.parent)

    assert refused("format_content") == (
        "tasks/first-users.yaml: level: Input should be 'easy', 'medium' or 'hard' (line 4)"
    )
    assert texts(topic.parent) == before
