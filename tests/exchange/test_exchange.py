"""Questions go out made by runs, come back judged the same, and come in from elsewhere as drafts that need goals."""

import csv
import io
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import Scenario
from canarylearn.exchange import FORMATS, DraftText, Format, export, export_with_losses, gift, read
from canarylearn.exchange.cells import escape_cell, unescape_cell
from canarylearn.exchange.guards import MOST_BYTES
from canarylearn.exchange.moodle_xml import DEEPEST
from canarylearn.exchange.questions import Blank, Choice, Question
from canarylearn.items import Item, judge
from canarylearn.items.reading import read_as
from tests.families import FAMILY, ORDER, WORDS, WORLDS
from tests.topics import curriculum

FORMS: list[Format] = ["gift", "moodle-xml", "csv"]

SAMPLE = ("first-users", "split-the-traffic", "all-traffic-by-mistake", "a-pause-is-no-stop", "keep-the-way-back")

EVIL: dict[str, Any] = {
    **WORDS,
    "id": "evil",
    "kind": "task",
    "title": "::Evil:: {title} = # ~ // %50%",
    "prompt": "// A line\n\n$CATEGORY: x\n\n`{1:MULTICHOICE:=a~b}` & <b> “quotes” \\n ]]> &amp; {#3} [html]",
    "template": "print('{1:MC:x}', ⟦one⟧)  # } ~ # \\\n\nset_weight(⟦two⟧)\nhold('30m')\n",
    "options": {
        "one": [{"text": "[html]<i>a</i> # ~ = } \\ 'q'", "fill": "'a'"}, {"text": "%50%b -> =c", "fill": "'b'"}],
        "two": ["50", "0"],
    },
    "scenarios": ["plain"],
    "goals": [
        {"name": "It prints a", "prints": "{1:MC:x} a"},
        {"name": "Some came", "measure": "canary_requests", "at_least": 10},
    ],
    "notes": {"[html]<i>a</i> # ~ = } \\ 'q'": "A note # with ~ signs } and {braces} = <b>tags</b>."},
}


def passing(item: Item, scenarios: dict[str, Scenario]) -> list[dict[str, int]]:
    return [answer for answer in item.assignments() if judge(item, scenarios, answer).passed]


def returned(drafts: tuple[DraftText, ...], slug: str) -> tuple[Item, dict[str, Scenario]]:
    """The item of a draft that came back, and its scenarios."""
    (draft,) = [one for one in drafts if one.slug == slug]
    assert draft.whole
    return read_as(Item, draft.spec), {name: read_as(Scenario, text) for name, text in draft.scenarios.items()}


@pytest.mark.parametrize("form", FORMS)
def test_what_went_out_comes_back_and_is_judged_the_same(form: Format) -> None:
    files = curriculum()
    made = [files.items[slug] for slug in SAMPLE] + [Item.model_validate(EVIL)]
    worlds = {**files.scenarios, **WORLDS}

    imported = read(export(made, worlds, form), form)

    assert imported.told == ()
    assert [draft.slug for draft in imported.drafts] == [item.id for item in made]
    for item in made:
        back, scenarios = returned(imported.drafts, item.id)
        assert back == item
        own = {slug: worlds[slug] for slug in item.scenarios}
        assert passing(back, scenarios) == passing(item, own) != []


@pytest.mark.parametrize("form", FORMS)
def test_without_the_mark_the_words_come_in_and_nothing_of_what_is_right(form: Format) -> None:
    item = Item.model_validate(EVIL)
    data = export([item], WORLDS, form).replace(b"canarylearn-", b"somebody-else-")
    if form == "csv":
        data = data.replace(b",canarylearn\r\n", b",other\r\n", 1)

    imported = read(data, form)

    draft = imported.drafts[0]
    assert not draft.whole
    assert "needs-goals" in {at.code for at in imported.told}
    spec = read_yaml(draft.spec).value
    assert isinstance(spec, dict)
    assert {"goals", "scenarios", "passing_answers"}.isdisjoint(spec)
    assert "right" not in draft.spec
    options = (
        spec["options"]["one" if form == "csv" else "gap1"] if isinstance(spec["options"], dict) else spec["options"]
    )
    assert [option["text"] if isinstance(option, dict) else option for option in options] == [
        option.text for option in item.options_for("one")
    ]
    assert spec["title"].startswith(item.title)
    with pytest.raises(Unreadable):
        read_as(Item, draft.spec)


def test_the_feedback_on_an_option_is_what_its_run_did() -> None:
    root = ET.fromstring(export([curriculum().items["all-traffic-by-mistake"]], curriculum().scenarios, "moodle-xml"))

    said = {answer.findtext("text"): answer.findtext("feedback/text") for answer in root.iter("answer")}
    right = [answer.findtext("text") for answer in root.iter("answer") if answer.get("fraction") == "100"]

    remove = "Remove the old model from the deployment, since it no longer gets any requests anyway"
    assert "with v1 gone there is no way back" in (said[remove] or "")
    assert "{{" not in "".join(text or "" for text in said.values())
    assert [text[:40] for text in right if text] == ['Change the split from `{"new_model": 1, ']


def test_a_question_in_moodle_xml_has_the_parts_that_moodle_reads() -> None:
    files = curriculum()
    root = ET.fromstring(
        export([files.items["why-canary"], files.items["split-the-traffic"]], files.scenarios, "moodle-xml")
    )

    choice, cloze = root.findall("question")

    assert (root.tag, choice.get("type"), cloze.get("type")) == ("quiz", "multichoice", "cloze")
    assert {child.tag for child in choice} >= {
        "name",
        "questiontext",
        "defaultgrade",
        "single",
        "answer",
        "shuffleanswers",
    }
    assert choice.find("questiontext[@format='markdown']/text") is not None
    html = cloze.findtext("questiontext/text") or ""
    assert html.count("{1:MULTICHOICE:") == 2
    assert "traffic_split = &#123;'stable': {1:MULTICHOICE:%100%90#" in html


def test_what_no_format_can_carry_is_said_and_left_out() -> None:
    either = Item.model_validate(
        {
            **WORDS,
            "id": "either",
            "kind": "task",
            "prompt": "Fill in both.",
            "template": "print(⟦one⟧ + ⟦two⟧)",
            "options": ["1", "2"],
            "passing_answers": 2,
            "scenarios": ["plain"],
            "goals": [{"name": "It prints three", "prints": 3}],
        }
    )
    never = either.model_copy(
        update={"id": "never", "passing_answers": 1, "goals": (either.goals[0].model_copy(update={"prints": "9"}),)}
    )

    made = export_with_losses([either, never, Item.model_validate(FAMILY)], WORLDS, "csv")

    assert [draft.slug for draft in read(made.data, "csv").drafts] == ["a-family"]
    assert made.lost[0].startswith(
        "either: left out, since 2 answers pass, and which option is right in one blank depends"
    )
    assert made.lost[1] == "never: left out, since no answer passes; prove it first"
    assert made.lost[2].startswith("a-family: goes out with the numbers as authored")


def test_an_order_is_asked_place_by_place() -> None:
    item = Item.model_validate(
        {**ORDER, "goals": [{"name": "A bad v2 is rolled back", "outcome": "rolled_back"}], "scenarios": ["bad"]}
    )

    rows = list(csv.DictReader(io.StringIO(export([item], WORLDS, "csv").decode())))

    right = [row["option"] for row in rows if row["right"] == "yes"]
    assert len(rows) == 16
    assert right == [option.text for option in item.chosen(passing(item, {"bad": WORLDS["bad"]})[0]).values()]


@pytest.mark.parametrize("form", FORMS)
def test_a_question_that_was_changed_elsewhere_is_told(form: Format) -> None:
    data = export([Item.model_validate(FAMILY)], WORLDS, form).replace(b"At most 50", b"At most 51")

    (told,) = read(data, form).told

    assert told.code == "changed"
    assert "the change is not taken over" in told.message


@pytest.mark.parametrize("form", FORMS)
def test_a_mark_that_is_damaged_or_carries_something_else_is_told(form: Format) -> None:
    data = export([Item.model_validate(FAMILY)], WORLDS, form)
    for mark in (b"eyJpdGVtIjogMX0=", b"!!!", b"eyJpdGVtIjoiaWQ6IC4uLy4uL3giLCJzY2VuYXJpb3MiOnt9fQ=="):
        begin = data.index(b"eyJ")
        end = begin + len(data[begin:].split(None, 1)[0].rstrip(b'",'))

        imported = read(data[:begin] + mark + data[end:], form)

        assert "bad-mark" in {at.code for at in imported.told}
        assert [(draft.whole, draft.slug) for draft in imported.drafts] == [(False, "an-item")]


GIFT = """\
// A comment
$CATEGORY: $course$/Releases

::Which\\: one::[html]<p>Which <b>version</b> is <code>v2</code>?</p>{
    =The new one#Yes &amp; no
    ~The old one#It is v1
    ~%-50%Both
}

Grant is {~buried =entombed} in a tomb.

Two plus two is four.{TRUE}

Name it.{=canary =Canary}

How many?{#3:1}

Match.{=a -> b =c -> d}

Write about it.{}

Just words.

::../../etc/passwd::Where?{=here ~there}
"""


def test_gift_of_somebody_else_comes_in_as_drafts_and_the_rest_is_told_with_its_line() -> None:
    imported = read(GIFT.encode(), "gift")

    specs = [read_yaml(draft.spec).value for draft in imported.drafts]
    assert [draft.slug for draft in imported.drafts] == [
        "which-one",
        "grant-is-in-a-tomb",
        "two-plus-two-is-four",
        "etc-passwd",
    ]
    assert specs[0] == {
        "id": "which-one",
        "kind": "question",
        "title": "Which: one",
        "prompt": "Which **version** is `v2`?",
        "options": [{"text": "The new one"}, {"text": "The old one"}, {"text": "Both"}],
        "notes": {"The new one": "Yes & no", "The old one": "It is v1"},
    }
    assert isinstance(specs[2], dict)
    assert specs[2]["options"] == [{"text": "True"}, {"text": "False"}]
    assert [(at.line, at.message) for at in imported.told if at.code == "not-carried"] == [
        (14, "'Name it.' asks for a typed answer, which no item here does; it is left out"),
        (16, "'How many?' asks for a number, which no item here does; it is left out"),
        (18, "'Match.' asks to match things, which no item here does; it is left out"),
        (20, "'Write about it.' asks for an essay, which no item here does; it is left out"),
        (22, "this block asks nothing to choose from; it is left out"),
    ]


XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/x</text></category></question>
  <question type="multichoice">
    <name><text>A choice</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which <script>x()</script><em>one</em>?</p><img src="x">]]></text>
      <file name="../../x.png" encoding="base64">AAAA</file></questiontext>
    <single>false</single>
    <answer fraction="50"><text>One</text><feedback><text>Half.</text></feedback></answer>
    <answer fraction="50"><text>Two</text></answer>
  </question>
  <question type="cloze">
    <name><text>Gaps</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>v{1:MCS:=2#Right~%0%3\\}} at {:MULTICHOICE:1 &percnt;~=8 &amp;lt;}</p>]]></text>
    </questiontext>
  </question>
  <question type="essay"><name><text>Essay</text></name></question>
  <question type="cloze">
    <name><text>Typed</text></name>
    <questiontext><text>{1:SHORTANSWER:=x}</text></questiontext>
  </question>
  <question type="ddwtos"><name><text>Drag</text></name></question>
</quiz>
"""


def test_moodle_xml_of_somebody_else_comes_in_as_drafts_and_the_rest_is_told_with_its_line() -> None:
    imported = read(XML.encode(), "moodle-xml")

    first, second = [read_yaml(draft.spec).value for draft in imported.drafts]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["prompt"] == "Which *one*?"
    assert first["options"] == [{"text": "One"}, {"text": "Two"}]
    assert second["template"] == "v⟦gap1⟧ at ⟦gap2⟧\n"
    assert second["options"] == {"gap1": ["2", "3}"], "gap2": ["1 %", "8 <"]}
    assert [(at.line, at.code) for at in imported.told if at.code != "needs-goals"] == [
        (4, "not-carried"),
        (4, "one-is-picked"),
        (4, "not-carried"),
        (18, "not-carried"),
        (19, "not-carried"),
        (23, "not-carried"),
    ]


def test_a_table_of_somebody_else_comes_in_as_drafts() -> None:
    data = "\ufeffQuestion;Text;Option;Right;Points\nA;Which?;One;x;3\nA;Which?;Two;;\n;;lost;;\n".encode()

    imported = read(data, "csv")

    assert [draft.slug for draft in imported.drafts] == ["question-a"]
    assert [(at.line, at.code) for at in imported.told] == [(1, "not-carried"), (2, "needs-goals"), (4, "not-carried")]


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("form", "data", "code"),
    [
        (
            "moodle-xml",
            f'<?xml version="1.0"?>\n<!DOCTYPE q [<!ENTITY a0 "ha">{ENTITIES}]><quiz>&a9;</quiz>',
            "declaration",
        ),
        ("moodle-xml", '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<quiz>&x;</quiz>', "declaration"),
        ("moodle-xml", '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz/>', "declaration"),
        ("moodle-xml", "<quiz>" + "<a>" * (DEEPEST + 1), "too-deep"),
        ("moodle-xml", "<quiz>" + "<a/>" * 100_001, "too-long"),
        ("moodle-xml", "<quiz>" + "<question/>" * 501 + "</quiz>", "too-long"),
        ("moodle-xml", "<quiz>\n<question></quiz>", "not-xml"),
        ("moodle-xml", "<html/>", "not-a-quiz"),
        ("gift", "A?{=a ~b}\n\n" * 501, "too-long"),
        ("csv", "question,text,option\n" + "".join(f"q{n},t,o\n" for n in range(501)), "too-long"),
        ("csv", "question,text,option\n" + "q,t,o\n" * 20_001, "too-long"),
        ("csv", 'question,text,option\n"a,b', "not-csv"),
        ("csv", "name,points\n", "columns"),
        *((form, "x" * (MOST_BYTES + 1), "too-long") for form in FORMS),
        *((form, b"PK\x03\x04zip", "archive") for form in FORMS),
        *((form, b"\x1f\x8bgzip", "archive") for form in FORMS),
        *((form, "a\n\xff".encode("latin-1"), "not-text") for form in FORMS),
        *((form, "a\n\x00", "control-character") for form in FORMS),
    ],
)
def test_bombs_and_what_is_no_such_file_are_refused(form: Format, data: str | bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(data.encode() if isinstance(data, str) else data, form)

    assert [at.code for at in caught.value.errors] == [code]


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\tx",
    "\rx",
    "\nx",
    " =1",
    "\t=1",
    "|x",
    "%x",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
]


@pytest.mark.parametrize("text", [*FORMULAS, "'x", "'=1", " 'x", "plain", "Ada =1", "", "''"])
def test_no_cell_is_a_formula_and_each_reads_back(text: str) -> None:
    cell = escape_cell(text)

    assert cell == (f"'{text}" if text in FORMULAS or "'" in text else text)
    assert unescape_cell(cell) == text


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1),
        st.text("ab \\~=#{}:[]html%50/'\"\n->T&;<>`*_-,", min_size=1),
    )
    .map(str.strip)
    .filter(bool)
)
def test_any_words_survive_every_format(words: str) -> None:
    choices = (Choice(text=words, right=True, feedback=words), Choice(text=f"not {words}", right=False))
    question = Question(name=" ".join(words.split()), text=words, blanks=(Blank(name="choice", choices=choices),))

    for form in FORMATS.values():
        (back,) = form.read(form.write([question])).questions
        assert (back.name, back.text, back.blanks) == (question.name, question.text, question.blanks)


def test_a_block_of_gift_never_ends_early() -> None:
    item = Item.model_validate(EVIL)

    text = export([item], WORLDS, "gift").decode()

    blocks = [block for block in text.split("\n\n") if block.strip()]
    assert len(blocks) == 2
    assert all(block.rstrip().endswith("\n}") for block in blocks)
    assert [line for line in text.splitlines() if line.startswith("//")] == [block.splitlines()[0] for block in blocks]
    assert len(gift.read(text.encode()).questions) == 1
