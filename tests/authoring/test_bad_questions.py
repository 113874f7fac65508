"""Deliberately bad questions: each is refused where it is written, proven or published, and told where and why."""

import html
from collections.abc import Callable
from typing import Any

import pytest

from canarylearn.authoring.models import Draft, ProofRun, Revision
from canarylearn.authoring.reasons import words_of
from canarylearn.items.writing import item_text
from canarylearn.learning.models import Item, Version
from tests.authoring.small import GOOD, as_fields, small_topic, spoilt
from tests.authoring.writing import Author

Change = Callable[[dict[str, Any]], object]

GOAL = GOOD["goals"][0]
MEASURED = {"name": "Few users meet the bad v2", "measure": "users_exposed_share"}
QUESTION: dict[str, Any] = {
    "kind": "question",
    "template": None,
    "runs": {
        "small": "deploy_model(version='v2', traffic_split=20)",
        "all": "deploy_model(version='v2', traffic_split=100)",
    },
    "goals": None,
    "options": [
        {
            "text": "The small share harms fewer",
            "claim": {"name": "Small harms fewer", "run": "small", "measure": "users_harmed", "below": "all"},
        },
        {
            "text": "The small share harms more",
            "claim": {"name": "Small harms more", "run": "small", "measure": "users_harmed", "above": "all"},
        },
    ],
}
ORDER = {
    "kind": "order",
    "template": None,
    "options": None,
    "lines": ["set_weight(20)", "hold('10m')", "rollback()"],
    "room": "test",
}


def _set(**changes: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        data.update(changes)
        for name in [name for name, value in changes.items() if value is None]:
            del data[name]

    return change


def _question(**changes: Any) -> Change:
    return _set(**{**QUESTION, **changes})


def _order(**changes: Any) -> Change:
    return _set(**{**ORDER, **changes})


SEEN: dict[str, tuple[Change, str, str]] = {
    # What is wrong: how to make it so, the field that says so, and what it says.
    "no title": (_set(title=None), "title", "required"),
    "a title of two letters": (_set(title="ab"), "title", "at least 3"),
    "nothing asked": (_set(prompt=None), "prompt", "required"),
    "too much asked": (_set(prompt="why " * 1001), "prompt", "at most 4000"),
    "no level": (_set(level=None), "level", "required"),
    "no blank": (_set(template="deploy_model(version='v2', traffic_split=20)"), "template", "mark one with ⟦name⟧"),
    "a blank with a name that is none": (
        _set(template="deploy_model(traffic_split=⟦Traffic⟧)"),
        "template",
        "no blank",
    ),
    "a stray list of options": (_set(options={"traffic": ["20", "0"], "model": ["1", "2"]}), "each", "the blanks are"),
    "a blank without options": (
        _set(template="deploy_model(version=⟦model⟧, traffic_split=⟦traffic⟧)", options={"traffic": ["20", "0"]}),
        "each",
        "the blanks are",
    ),
    "one option": (_set(options=["20"]), "options", "no choice"),
    "no option": (_set(options=None), "options", "at least two"),
    "two options alike": (_set(options=["20", "0", "20"]), "options", "two options are alike: '20'"),
    "two options alike but for a space": (_set(options=["20 + 1", "20  + 1"]), "options", "alike"),
    "an option that does nothing": (_set(options=["20", {"text": "a lot"}]), "options.1", "needs either 'fill'"),
    "claims in a task": (
        _set(options=["20", {**QUESTION["options"][0]}], runs=QUESTION["runs"]),
        "options",
        "claims belong",
    ),
    "a question with two blanks": (_question(template="f(⟦choice⟧, ⟦more⟧)"), "template", "⟦choice⟧ only"),
    "a question with code and no place for it": (_question(options=["10", "20"]), "options", "need the blank ⟦choice⟧"),
    "nothing decides": (_set(goals=None), "goals", "nothing decides"),
    "a goal about nothing": (_set(goals=[{"name": "It goes well"}]), "goals.0", "exactly one of"),
    "a goal with a short name": (_set(goals=[{**GOAL, "name": "good"}]), "goals.0.name", "at least 5"),
    "a measure that there is not": (
        _set(goals=[{"name": "Nobody is cross", "measure": "users_cross", "at_most": "3"}]),
        "goals.0",
        "there is no measure 'users_cross'",
    ),
    "a share without its unit": (_set(goals=[{**MEASURED, "at_most": "20"}]), "goals.0", "such as '20%'"),
    "a value that is none": (_set(goals=[{**MEASURED, "at_most": "few"}]), "goals.0", "and not 'few'"),
    "a measure compared with nothing": (_set(goals=[MEASURED]), "goals.0", "a measure needs at least one"),
    "an ending with a value": (_set(goals=[{**GOAL, "at_most": "20%"}]), "goals.0", "compare a measure"),
    "a goal in a scenario of others": (_set(goals=[{**GOAL, "in": "all-good"}]), "goals.0.in", "not among the item's"),
    "a goal of a run that there is not": (_set(goals=[{**GOAL, "run": "mine"}]), "goals.0", "speaks of the run 'mine'"),
    "a scenario that there is not": (_set(scenarios=["all-lost"]), "scenarios.0", "there is no scenario 'all-lost'"),
    "no scenario": (_set(scenarios=None), "scenarios", "required"),
    "two hints": (_set(hints=["One hint.", "And two."]), "hints", "at least 3"),
    "an empty hint": (_set(hints=["One hint.", "", "Three hints."]), "hints.1", "at least 3"),
    "no mistake": (_set(mistakes=None), "mistakes", "required"),
    "no solution": (_set(solution=None), "solution", "required"),
    "no quick check": (_set(quick_check=None), "quick_check", "required"),
    "a note on no option": (_set(notes={"30": "Not offered."}), "notes", "which are not options"),
    "a concept of no topic": (_set(concept="baking"), "concept", "choose one of the topic's concepts"),
    "no concept": (_set(concept=None), "concept", "choose one of the topic's concepts"),
    "an id with a space": (_set(id="small share"), "id", "small letters"),
    "parameters and no variants": (
        _set(parameters={"share": {"values": [20, 30]}}, options=["‹share›", "100", "0"]),
        "variants",
        "how many 'variants'",
    ),
    "more variants than numbers": (
        _set(parameters={"share": {"values": [20, 30]}}, options=["‹share›", "100", "0"], variants=5),
        "variants",
        "widen a range",
    ),
    "a parameter that nobody uses": (
        _set(parameters={"share": {"values": [20, 30]}}, variants=1),
        "parameters.0.name",
        "never used",
    ),
    "a mark for no parameter": (_set(prompt="Give it ‹share› percent."), "prompt", "there is no parameter 'share'"),
    "a field that no scenario has": (
        _set(
            parameters={"share": {"values": ["20%", "30%"]}},
            variants=1,
            options=["20", "100", "0"],
            varies={"all-bad": {"canary.joy": "‹share›"}},
        ),
        "varies.0.value",
        "joy",
    ),
    "the challenge without a time": (_set(room="challenge"), "seconds", "plans 'seconds'"),
    "a time outside the challenge": (_set(seconds=60), "seconds", "no other item does"),
    "7,776 answers": (
        _set(
            template="f(" + ", ".join(f"⟦b{number}⟧" for number in range(5)) + ")",
            options=[str(number) for number in range(6)],
        ),
        "options",
        "7776 possible answers are more than 4096",
    ),
    "two lines to put in order": (_order(lines=["hold('1m')", "promote()"]), "lines", "give 3 to 6"),
    "lines in a task": (_set(lines=["hold('1m')"]), "lines", "belong to items of the kind 'order'"),
    "faulty code for another blank": (_set(faulty={"model": "'v2'"}), "faulty", "the blanks are"),
    "no answer may pass": (_set(passing_answers=0), "passing_answers", "greater than or equal to 1"),
}

PROVEN: dict[str, tuple[Change, str, str]] = {
    # What is wrong: how to make it so, the code of the problem, and what it says.
    "none passes": (_set(options=["100", "0"]), "none-passes", "loosen a goal"),
    "two pass": (_set(options=["20", "30", "0"]), "several-pass", "2 answers pass, and 1 should"),
    "seeds decide": (_set(scenarios=["a-toss-up"], solution=["The rule."]), "depends-on-luck", "more decisive"),
    "broken code": (
        _set(template="deploy_model(version='v2', traffic_split=⟦traffic⟧"),
        "none-passes",
        "loosen a goal",
    ),
    "a number that no run states": (
        _set(solution=["It took 7 minutes."]),
        "number-without-run",
        "solution step 1: the number 7",
    ),
    "a number of no measure": (_set(quick_check="After {{all-bad: joy}}."), "bound-to-nothing", "quick check"),
    "a number of no scenario": (_set(mistakes=["See {{all-lost: way_back}}."]), "bound-to-nothing", "mistake 1"),
    "a hint that tells the run": (
        _set(hints=["See {{all-bad: time_to_notice}}.", "Two.", "Three."]),
        "tells-too-early",
        "hint 1",
    ),
    "a prompt that tells the run": (_set(prompt="Why {{all-bad: time_to_notice}}?"), "tells-too-early", "prompt"),
    "a note with a number of nothing": (_set(notes={"0": "It took 12 hours."}), "number-without-run", "note on 0"),
    "faulty code that runs": (_set(faulty={"traffic": "0"}), "faulty-code-runs", "show code that is refused"),
    "a named run that is refused": (_set(runs={"other": "deploy_model("}), "code-refused", "run 'other', line 1"),
    "lines that are listed right": (_order(solution=["The rule."]), "given-away", "list them in another"),
}


@pytest.fixture
def author(db: None) -> Author:
    """An author in a small topic."""
    small_topic()
    return Author()


def _begun(author: Author) -> tuple[Draft, dict[str, str]]:
    draft = author.begin("new:task", "Small", "small-share")
    return draft, {"stamp": "1", "as": "form"}


def test_the_item_that_is_spoilt_here_is_in_order(author: Author) -> None:
    draft, sent = _begun(author)
    author.send(draft, {**sent, **as_fields(GOOD)})
    assert (author.status, author.errors, author.mend) == (200, {}, "")
    author.prove(draft)
    assert ProofRun.objects.get().problems == []
    author.publish(draft)
    assert Version.objects.get().number == 1


@pytest.mark.parametrize("name", SEEN)
def test_what_is_wrong_is_told_at_its_field_and_is_not_proven(author: Author, name: str) -> None:
    change, place, words = SEEN[name]
    draft, sent = _begun(author)
    author.send(draft, {**sent, **as_fields(spoilt(change))})
    assert author.status == 200
    found = author.errors.get(place) or _at_row(author.page, place)
    assert words in found, (author.errors, author.mend)
    assert words in author.mend
    draft.refresh_from_db()
    assert draft.spec == item_text(spoilt(change)), "a draft keeps what was written"
    author.send(draft, {**sent, "stamp": str(draft.stamp), **as_fields(spoilt(change))}, "prove")
    assert author.status == 422
    assert not ProofRun.objects.exists()
    author.publish(draft)
    assert author.status == 422
    assert words in author.mend
    assert f"/change/?beside=fresh#f-{place.split('.')[0]}" in author.mend, "the reason leads to its field"
    assert not Item.objects.exists()


def _at_row(page: str, name: str) -> str:
    """What stands at a row or a list, between its beginning and its first field."""
    begun = page.partition(f'id="f-{name.replace(".", "-")}" tabindex="-1"')[2]
    return html.unescape(begun.partition('<div class="field')[0].partition("<ol")[0])


@pytest.mark.parametrize("name", PROVEN)
def test_what_only_runs_show_is_told_by_the_proof_and_is_not_published(author: Author, name: str) -> None:
    change, code, words = PROVEN[name]
    draft, sent = _begun(author)
    author.send(draft, {**sent, **as_fields(spoilt(change))})
    assert (author.status, author.mend) == (200, "")
    page = author.prove(draft)
    problems = ProofRun.objects.get().problems
    assert [one for one in problems if one["code"] == code and words in one["message"]], problems
    assert words_of(code) in html.unescape(page)
    author.publish(draft)
    assert author.status == 422
    assert words_of(code) in author.mend
    assert words in author.mend
    assert "/change/?beside=fresh#f-" in author.mend
    assert not Item.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        (
            {"runs.0.name": "x", "runs.0.code": "a", "runs.1.name": "x", "runs.1.code": "b"},
            "runs.1.name",
            "Two of these",
        ),
        ({"runs.0.name": "", "runs.0.code": "a"}, "runs.0.name", "no name"),
        ({"notes.0.option": "", "notes.0.note": "words"}, "notes.0.option", "no name"),
        ({"goals.0.how": "at_most", "goals.0.how2": "at_most"}, "goals.0.how2", "stands here twice"),
        ({"goals.0.value": "20%"}, "goals.0.how", "nothing to do with it"),
        ({"title": "a bell \x07 rings"}, "", "control character"),
        ({"prompt": "why " * 80_000}, "", "more than 262,144; shorten it"),
    ],
)
def test_what_cannot_be_written_down_is_not_saved_and_stays_in_the_form(
    author: Author, fields: dict[str, str], place: str, words: str
) -> None:
    draft, sent = _begun(author)
    before, revisions = draft.spec, Revision.objects.count()
    author.send(draft, {**sent, **as_fields(GOOD), **fields})
    assert author.status == 422
    assert words in (author.errors[place] if place else author.page), author.mend
    assert "Everything you typed is still here" in author.page
    draft.refresh_from_db()
    assert (draft.spec, draft.stamp, Revision.objects.count()) == (before, 1, revisions)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: [never, closed\n", "line 1"),
        ("a: &a [1]\nb: *a\n", "line"),
        ("title: !!python/object:os.system {}\n", "line"),
        ("- just\n- a list\n", "dictionary"),
        ("title: one\ntitle: two\n", "line 2"),
        ("scenarios: 7\n", "scenarios (line 1)"),
    ],
)
def test_a_text_that_is_no_item_is_kept_with_its_line_and_not_proven(author: Author, text: str, words: str) -> None:
    draft, _sent = _begun(author)
    author.send(draft, {"stamp": "1", "as": "yaml", "text": text})
    draft.refresh_from_db()
    assert draft.spec == text
    assert words in author.mend
    author.send(draft, {"stamp": "2", "as": "yaml", "text": text}, "prove")
    assert author.status == 422
    assert not ProofRun.objects.exists()


def test_every_goal_in_a_scenario_of_other_items_is_told(author: Author) -> None:
    draft, sent = _begun(author)
    strays = [{**GOAL, "in": "all-good"}, {**GOAL, "name": "A second goal", "in": "a-toss-up"}]
    author.send(draft, {**sent, **as_fields(spoilt(_set(goals=strays)))})
    assert "not among the item's" in author.errors["goals.0.in"]
    assert "not among the item's" in author.errors["goals.1.in"]


def test_an_id_that_is_published_already_is_refused(author: Author) -> None:
    other = Author("bea")
    first, sent = _begun(other)
    other.send(first, {**sent, **as_fields(GOOD)})
    other.prove(first)
    other.publish(first)
    Draft.objects.all().delete()
    draft = author.begin("new:task", "Mine", "mine-alone")
    author.send(draft, {"stamp": "1", "as": "form", **as_fields(GOOD)})
    assert "is published" in author.errors["id"]
    author.publish(draft)
    assert author.status == 422
    assert Version.objects.count() == 1


@pytest.mark.parametrize("state", ["fresh", "wrong", "hint", "solved", "out"])
def test_html_is_shown_as_text_in_every_state(author: Author, state: str) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3))"
    draft, sent = _begun(author)
    data = spoilt(
        _set(title=attack, prompt=attack, hints=[attack] * 3, mistakes=[attack], solution=[attack], quick_check=attack)
    )
    data["options"] = ["20", {"text": attack, "fill": "100"}, "0"]
    data["goals"] = [{**GOAL, "name": attack}]
    author.send(draft, {**sent, **as_fields(data)}, f"show:{state}")
    assert author.status == 200
    assert "&lt;script&gt;" in author.page
    for piece in ("<script>alert", "<img src=x", 'href="javascript:'):
        assert piece not in author.page
