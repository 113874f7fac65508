"""export_items and import_items: published items become files, and files become unproven drafts, all or none."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from canarylearn.authoring.models import Draft, Revision
from canarylearn.exchange import ENDINGS, FORMATS
from canarylearn.items import Item, judge
from canarylearn.items.reading import read_as
from canarylearn.learning.content import load_topic
from canarylearn.learning.models import Version
from tests.topics import as_if_proven, curriculum

pytestmark = pytest.mark.django_db

SLUGS = ("first-users", "all-traffic-by-mistake")


@pytest.fixture
def author() -> User:
    load_topic(curriculum(), as_if_proven(curriculum()))
    return User.objects.create_user("ada")


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def imported(file: Path, form: str) -> list[str]:
    return run("import_items", str(file), "--format", form, "--topic", "canary-releases", "--owner", "ada")


@pytest.mark.parametrize("form", FORMATS)
def test_published_items_go_out_and_come_in_as_unproven_drafts_judged_the_same(
    author: User, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"items{ENDINGS[form]}"

    told = run("export_items", *SLUGS, "--format", form, "--output", str(file))
    drafted = imported(file, form)

    assert told[0] == f"wrote {file}: 2 items"
    assert (
        "  first-users: goes out with the numbers as authored; its other variants come back with the mark alone" in told
    )
    assert {line for line in drafted if line.startswith("draft ")} == {f"draft {slug}-2" for slug in SLUGS}
    assert any("'first-users' is there already; this one comes in as 'first-users-2'" in line for line in drafted)
    for slug in SLUGS:
        draft = Draft.objects.get(slug=f"{slug}-2")
        assert (draft.unproven, draft.owner, draft.topic.slug) == (True, author, "canary-releases")
        item, files = read_as(Item, draft.spec), curriculum()
        assert item.id == draft.slug
        worlds = files.scenarios_of(files.items[slug])
        for answer in item.assignments():
            assert judge(item, worlds, answer).passed == judge(files.items[slug], worlds, answer).passed
        assert Revision.objects.get(draft=draft).note == f"imported from {form}"


def test_a_file_that_is_refused_leaves_nothing_behind(author: User, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xml"
    file.write_text('<!DOCTYPE q [<!ENTITY a "b">]>\n<quiz>&a;</quiz>', encoding="utf-8")

    with pytest.raises(CommandError, match="it declares a document type or entities") as caught:
        imported(file, "moodle-xml")

    assert str(caught.value).endswith("\nNothing was imported.")
    assert not Draft.objects.exists()


def test_a_question_of_somebody_else_is_a_draft_and_no_version(author: User, tmp_path: Path) -> None:
    file = tmp_path / "foreign.gift"
    file.write_text("::../../First users::Which?{=One ~Two}\n", encoding="utf-8")
    count = Version.objects.count()

    told = imported(file, "gift")

    assert told[0] == "draft first-users-2"
    assert any("comes in without goals" in line for line in told)
    assert Draft.objects.get().unproven
    assert Version.objects.count() == count


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export_items", "no-such-item", "--format", "csv"), "there is no published item 'no-such-item'"),
        (("export_items", "--format", "csv", "--topic", "nowhere"), "there is no published item to export"),
        (
            ("import_items", "x", "--format", "csv", "--topic", "nowhere", "--owner", "ada"),
            "there is no topic 'nowhere'",
        ),
        (
            ("import_items", "x", "--format", "csv", "--topic", "canary-releases", "--owner", "eve"),
            "there is no account 'eve'",
        ),
        (
            ("import_items", "no-such-file", "--format", "csv", "--topic", "canary-releases", "--owner", "ada"),
            "no-such-file: No such file or directory",
        ),
    ],
)
def test_what_is_not_there_is_said(author: User, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)

    assert str(caught.value) == said
