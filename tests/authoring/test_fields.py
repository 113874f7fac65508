"""The fields of the editor: every item and scenario goes in and comes out whole, and rows do what buttons say."""

from typing import Any, cast, get_args

import pytest

from canarylearn.authoring.fields import Refused, Unfit, Words, read_scalar, say_scalar
from canarylearn.authoring.groups import Part, Rows
from canarylearn.authoring.help import COMMANDS, numbers
from canarylearn.authoring.item_form import EACH, ITEM, typed_item
from canarylearn.authoring.models import Draft
from canarylearn.authoring.rows import change_rows
from canarylearn.authoring.scene_form import SCENE, typed_scene
from canarylearn.dialects.script import read
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import MEASURES
from canarylearn.engine.faults import KINDS, Fault
from canarylearn.items.writing import item_text, scenario_text
from canarylearn.learning.models import Item
from tests.authoring.small import GOOD, as_fields, small_topic
from tests.authoring.writing import Author, fields_of
from tests.topics import curriculum

ITEMS = [name for name in curriculum().texts if name.split("/")[0] in ("tasks", "questions", "challenge", "bank")]
SCENARIOS = [name for name in curriculum().texts if name.startswith("scenarios/")]
PRACTICE = [name for name in ITEMS if name.split("/")[0] in ("tasks", "questions")]


@pytest.fixture
def author(db: None) -> Author:
    """An author in a small topic."""
    small_topic()
    return Author()


def test_every_item_goes_through_the_fields_whole() -> None:
    for name in ITEMS:
        text = curriculum().texts[name]
        refused = Refused()
        assert item_text(ITEM.data(typed_item(read_yaml(text).value), "", refused)) == text, name
        assert refused.messages == {}


def test_every_scenario_goes_through_the_fields_whole() -> None:
    for name in SCENARIOS:
        text = curriculum().texts[name]
        assert scenario_text(SCENE.data(typed_scene(read_yaml(text).value), "", Refused())) == text, name


def test_the_ten_practice_items_made_again_in_the_form_equal_their_files(content: None) -> None:
    author = Author("boss", superuser=True)
    assert len(PRACTICE) == 10
    for name in PRACTICE:
        text = curriculum().texts[name]
        slug = name.split("/")[1].removesuffix(".yaml")
        draft = author.begin("new:task", "Made again", f"again-{slug}")
        empty = author.open(draft)
        data: Any = read_yaml(text).value
        fields = as_fields(data)
        wanted = {**empty, **fields, "id": f"again-{slug}"}
        author.send(draft, wanted)
        draft.refresh_from_db()
        assert draft.spec.replace(f"id: again-{slug}", f"id: {slug}", 1) == text
        assert author.mend == "", name
        # What the page shows afterwards is what was sent: sending it again changes nothing.
        author.send(draft, author.open(draft))
        draft.refresh_from_db()
        assert draft.stamp == 2, name


def test_switching_between_fields_and_text_loses_nothing(author: Author) -> None:
    draft = author.begin("new:task", "Both ways", "both-ways")
    author.send(draft, {"stamp": "1", "as": "form", **as_fields(GOOD)})
    fields = author.open(draft)
    fields["prompt"] = "Not saved yet, and not lost."
    author.send(draft, fields, "as:yaml")
    text = author.page.partition('id="text"')[2]
    assert "Not saved yet, and not lost." in text
    draft.refresh_from_db()
    assert "Not saved yet" not in draft.spec
    author.send(draft, fields_of(author.page), "as:form")
    back = fields_of(author.page)
    assert {name: value for name, value in back.items() if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"
    }


def test_a_text_that_the_fields_cannot_show_is_shown_as_text(author: Author) -> None:
    draft = author.begin("new:task", "Odd", "odd-one")
    text = "id: odd-one\nkind: task\nmoods: [good, bad]\n"
    author.send(draft, {"stamp": "1", "as": "yaml", "text": text})
    author.get(f"/admin/authoring/draft/{draft.pk}/change/")
    assert "moods: [good, bad]" in author.page
    assert "The fields cannot show all of this text" in author.page
    assert "moods" in author.mend
    assert "there is no such field" in author.mend


def test_rows_are_added_moved_and_removed_by_buttons_and_nothing_is_saved(author: Author) -> None:
    draft = author.begin("new:task", "Rows", "rows-here")
    fields = author.open(draft) | {"mistakes.0": "First.", "mistakes.1": "Second."}
    author.send(draft, fields, "add:mistakes")
    fields = fields_of(author.page)
    assert (fields["mistakes.0"], fields["mistakes.1"], fields["mistakes.2"]) == ("First.", "Second.", "")
    author.send(draft, {**fields, "mistakes.2": "Third."}, "up:mistakes.2", htmx=True)
    assert "<html" not in author.page
    fields = fields_of(author.page)
    assert [fields[f"mistakes.{number}"] for number in range(3)] == ["First.", "Third.", "Second."]
    author.send(draft, fields, "move:mistakes.2.0")
    fields = fields_of(author.page)
    assert [fields[f"mistakes.{number}"] for number in range(3)] == ["Second.", "First.", "Third."]
    author.send(draft, fields, "remove:mistakes.1")
    fields = fields_of(author.page)
    assert [fields.get(f"mistakes.{number}") for number in range(3)] == ["Second.", "Third.", None]
    author.send(draft, fields, "add:goals")
    author.send(draft, fields_of(author.page), "add:options.9.claim")
    assert author.status == 404, "there are not so many options"
    author.send(draft, fields, "blank")
    assert "⟦blank1⟧" in fields_of(author.page)["template"]
    assert Draft.objects.get().stamp == 1


def test_each_blank_gets_its_list_of_options(author: Author) -> None:
    draft = author.begin("new:task", "Each", "each-one")
    fields = author.open(draft) | {"template": "f(⟦one⟧, ⟦two⟧)", "options_are": EACH}
    author.send(draft, fields, "again")
    fields = fields_of(author.page)
    assert (fields["each.0.blank"], fields["each.1.blank"]) == ("one", "two")
    author.send(draft, fields, "add:each.1.options")
    fields = fields_of(author.page) | {"each.1.options.0.fill": "10"}
    author.send(draft, fields)
    assert "two: ['10']" in Draft.objects.get().spec


def test_rows_that_are_not_there_are_not_found(author: Author) -> None:
    draft = author.begin("new:task", "Rows", "rows-here")
    for what in (
        "add:moods",
        "remove:goals.7",
        "up:title",
        "move:goals.0.x",
        "add:",
        "remove:",
        "fly:goals.0",
        "add:title",
    ):
        author.send(draft, author.open(draft), what)
        assert author.status in (404, 200), what
        assert author.status == 404 or what.startswith("fly"), what


def test_scalars_are_read_as_files_read_them() -> None:
    for text, value in (
        ("10", 10),
        ("0.5", 0.5),
        ("10%", "10%"),
        ("'0.5'", "0.5"),
        ("1h", "1h"),
        ("a: b", "a: b"),
        ("true", "true"),
    ):
        assert read_scalar(text) == value
        assert type(read_scalar(text)) is type(value)
    for value in (10, 0.5, "0.5", "10%", "it's", "‹fails-1›%"):
        assert read_scalar(say_scalar(value)) == value
    with pytest.raises(Unfit):
        say_scalar(True)
    with pytest.raises(LookupError):
        change_rows(ITEM, ITEM.blank(), "add:nothing")


def test_what_can_be_looked_up_while_writing_is_what_there_is() -> None:
    acting = {name for name, function in HOST.items() if function.acts} | {"route_request", "bucket"}
    assert {command.partition("(")[0] for command, _what in COMMANDS} == acting
    for command, _what in COMMANDS:
        read(command)
    assert {mark for mark, _label in numbers("all-bad")} <= {f"{{{{all-bad: {name}}}}}" for name in MEASURES}


def test_a_fault_shows_the_fields_that_its_kind_has() -> None:
    faults = SCENE.child("faults")
    assert isinstance(faults, Rows)
    fields = cast("Part", faults.row).fields
    union = get_args(get_args(Fault)[0])
    assert {get_args(one.model_fields["kind"].annotation)[0] for one in union} == set(KINDS)
    for one in union:
        kind = get_args(one.model_fields["kind"].annotation)[0]
        shown = {name for name, node in fields.items() if kind in cast("Words", node).used_for.split()}
        assert shown == set(one.model_fields) - {"kind"}, kind


def test_a_published_item_is_opened_and_a_copy_gets_another_name(content: None) -> None:
    author = Author("boss", superuser=True)
    author.post("/admin/authoring/draft/add/", {"from": "open:first-users"})
    opened = Draft.objects.get()
    assert (opened.slug, opened.spec) == ("first-users", curriculum().texts["tasks/first-users.yaml"])
    assert opened.based_on == Item.objects.get(slug="first-users").current
    author.post("/admin/authoring/draft/add/", {"from": "open:first-users"})
    assert Draft.objects.count() == 1
    copy = author.begin("item:first-users", "Give v2 its first users")
    assert copy.slug == "give-v2-its-first-users"
    assert copy.based_on is None
    again = author.begin(f"draft:{copy.pk}", "Give v2 its first users")
    assert again.slug == "give-v2-its-first-users-2"
