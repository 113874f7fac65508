"""Canonical YAML: what is written reads back as the same, and what was read is written with the same bytes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import Scenario
from canarylearn.items import Item
from canarylearn.items.cards import Card
from canarylearn.items.files import TopicSpec
from canarylearn.items.proof import digest
from canarylearn.items.reading import read_as
from canarylearn.items.writing import ITEM_FIELDS, card_text, item_data, item_text, scenario_text, topic_text
from canarylearn.learning.content import CONTENT
from tests.families import FAMILY, ORDER, WORDS, WORLDS
from tests.worlds import scenario

ITEM_FILES = [
    path
    for folder in ("tasks", "questions", "challenge", "bank")
    for path in sorted(CONTENT.glob(f"*/{folder}/*.yaml"))
]

HOSTILE = st.one_of(
    st.sampled_from(
        [
            *(
                "yes",
                "no",
                "on",
                "null",
                "~",
                "1e3",
                "0x1f",
                "1_000",
                "01:30",
                "12:30:45",
                "2026-01-01",
                ".inf",
                "=",
                "<<",
            ),
            *(
                "",
                " ",
                "  two before",
                "after  ",
                "a: b",
                "a #b",
                "#",
                "- x",
                "? x",
                "[",
                "{",
                "}",
                "a, b",
                "|",
                ">",
                "&a",
            ),
            *(
                "*a",
                "!x",
                "%x",
                "@x",
                "`x`",
                "'",
                '"',
                "it's",
                'say "hi"',
                "both ' and \"",
                "\\",
                "\\n",
                "C:\\new",
                "'\\\"",
            ),
            *(
                "a\nb",
                "a\nb\n",
                "a\n\n",
                "\n",
                "\n\na",
                " a\nb\n",
                "a\n b",
                "\ta\nb\n",
                "a \nb\n",
                "a\r\nb",
                "\r",
                "\t",
            ),
            *(
                "⟦choice⟧",
                "‹cap*2›%",
                "{{v2-fails: share}}",
                "🐤",
                "\u00a0",
                "\ufeff",
                "---",
                "...",
                "--- a",
                "a\n---\nb\n",
            ),
            *("é" * 70, "x" * 600, '"' * 600, "a\n" * 300, "x: y\n  z: [\n", "a\n   \nb\n", "   \nb\n", "# x\n# y\n"),
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff"), max_size=60),
    st.text("ab:#-'\"\\ \n\t,[]{}|>%&*!?0.e⟦‹🐤", max_size=30),
)


MARKED = {"parameters": {"cap": {"from": 1, "to": 9, "step": 1}}, "variants": 2}


def code(text: str) -> str:
    return text or "x"


def unmarked(text: str) -> str:
    """The text without parameters that no item has."""
    return text if text == "‹cap*2›%" else text.replace("‹", "<")


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """The file of a question full of hostile texts, some with a parameter in them."""
    hostile = HOSTILE.map(unmarked)
    texts = draw(st.lists(hostile.map(code), min_size=2, max_size=4, unique_by=lambda text: " ".join(text.split())))
    prose = hostile.map(lambda text: f"{text}..." if len(text) < 3 or "‹" in text else text)
    name = hostile.map(lambda text: f"goal {text}"[:120])
    claim = st.fixed_dictionaries({"name": name, "prints": hostile})
    return {
        **WORDS,
        "id": "hostile",
        "kind": "question",
        "prompt": draw(prose),
        "options": [{"text": text, "claim": draw(st.lists(claim, min_size=1, max_size=2))} for text in texts],
        "runs": draw(st.dictionaries(hostile, hostile.map(code), max_size=3)),
        "scenarios": ["plain"],
        "hints": draw(st.lists(prose, min_size=3, max_size=3)),
        "notes": {text: draw(prose) for text in texts[:1]},
        "afterwards": [{"title": draw(prose), "intro": draw(prose), "script": "print(‹cap*2›)"}],
        **MARKED,
    }


@settings(max_examples=50)
@given(questions())
def test_a_question_of_hostile_texts_reads_back_as_it_was(data: dict[str, Any]) -> None:
    plain = {name: value for name, value in data.items() if name not in ("afterwards", *MARKED)}
    for one in (data, plain) if "‹" not in repr(plain) else (data,):
        item = Item.model_validate(one)
        text = item_text(item)
        read = read_as(Item, text)
        assert read == item
        assert digest(read, WORLDS) == digest(item, WORLDS)
        assert item_text(read) == text
        assert read_as(Item, item_text(one)).model_dump() == item.model_dump()


@given(st.dictionaries(HOSTILE, st.one_of(HOSTILE, st.lists(HOSTILE), st.dictionaries(HOSTILE, HOSTILE)), max_size=4))
def test_whatever_a_draft_says_is_kept(data: dict[str, Any]) -> None:
    draft = {"id": "a-draft", "notes": data, "goals": [data], "stray": data}

    read = read_yaml(item_text(draft)).value

    kept = {name: value for name, value in data.items() if value not in ([], {})}
    assert read == {"id": "a-draft", "goals": [kept], **({"notes": data, "stray": data} if data else {})}


@given(st.floats(0.000001, 10**9), HOSTILE.map(lambda text: f"about {text}.."[:400].ljust(10, ".")))
def test_a_scenario_keeps_its_numbers_and_its_words(factor: float, about: str) -> None:
    made = scenario(about=about, traffic={"requests_per_second": min(factor, 100)}, salt=about[:100])

    text = scenario_text(made)

    assert read_as(Scenario, text) == made
    assert scenario_text(read_as(Scenario, text)) == text


@given(st.lists(st.fixed_dictionaries({"a": HOSTILE}), min_size=2, max_size=3, unique_by=lambda face: face["a"]))
def test_a_card_keeps_its_faces(faces: list[dict[str, str]]) -> None:
    back = "It is so.\n\n::: release it in plain\npromote()\n:::\n"
    made = {
        "id": "a-card",
        "concept": "shares",
        "title": "A card",
        "faces": faces,
        "front": "What is so?",
        "back": back,
    }

    read = read_yaml(card_text(made)).value

    assert isinstance(read, dict)
    assert [{name: str(value) for name, value in face.items()} for face in read["faces"]] == faces


@pytest.mark.parametrize("data", [FAMILY, ORDER], ids=lambda data: data["id"])
def test_items_of_every_kind_read_back_with_the_same_digest(data: dict[str, Any]) -> None:
    item = Item.model_validate(data)

    read = read_as(Item, item_text(item))

    assert read == item
    assert digest(read, WORLDS) == digest(item, WORLDS)
    assert item_text(read) == item_text(item)


def test_a_variant_is_written_as_its_family() -> None:
    item = Item.model_validate(FAMILY)

    assert item_text(item.variant(2)) == item_text(item)
    assert "‹cap›" in item_text(item)


def test_every_item_of_the_curriculum_is_in_canonical_form() -> None:
    for path in ITEM_FILES:
        text = path.read_text(encoding="utf-8")
        data = read_yaml(text).value
        assert isinstance(data, dict)
        assert item_text(read_as(Item, text)) == text, path.name
        assert item_text(data) == text, path.name
        assert list(item_data(data)) == [name for name in ITEM_FIELDS if name in data]


def test_the_other_files_of_the_curriculum_are_in_canonical_form() -> None:
    for path in CONTENT.glob("*/scenarios/*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert scenario_text(read_as(Scenario, text)) == text, path.name
    for path in CONTENT.glob("*/cards/*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert card_text(read_as(Card, text)) == text, path.name
    for path in CONTENT.glob("*/topic.yaml"):
        text = path.read_text(encoding="utf-8")
        assert topic_text(read_as(TopicSpec, text)) == text


def test_every_field_of_an_item_has_its_place() -> None:
    assert set(ITEM_FIELDS) == set(Item.model_fields)


def test_defaults_are_left_out_and_short_forms_are_used() -> None:
    verbose = {
        **FAMILY,
        "room": "practice",
        "passing_answers": 1,
        "runs": {},
        "faulty": None,
        "options": [
            {"text": "20", "fill": "20", "claim": []},
            {"text": "x", "claim": [{"name": "It is so", "run": None}]},
        ],
        "goals": [{"name": "At most 0", "measure": "canary_requests", "at_most": "0", "in": None}],
    }

    text = item_text(verbose)

    assert not {"room", "passing_answers", "runs", "faulty"} & set(item_data(verbose))
    assert "options:\n  - '20'\n  - text: x\n    claim: {name: It is so}\n" in text
    assert "goals:\n  - {name: At most 0, measure: canary_requests, at_most: 0}\n" in text


def test_a_scenario_leaves_out_what_it_is_anyway_and_keeps_its_units() -> None:
    made = scenario(
        patience="1s", watch="error_rate", faults=[{"on": "canary", "since": "0", "kind": "error-burst", "rate": "8%"}]
    )

    text = scenario_text(made)

    assert "patience" not in text
    assert "watch" not in text
    assert "faults:\n  - {kind: error-burst, on: canary, rate: 8%}\n" in text
    assert "stable: {name: v1, p50: 120ms, p95: 300ms, errors: 1%, accuracy: 90%}\n" in text
    assert scenario_text(made._written) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", "plain words"),
        ("100", "'100'"),
        ("yes", "'yes'"),
        ("01:30", "'01:30'"),
        ("a: b", '"a: b"'),
        ('say: "hi"', "'say: \"hi\"'"),
        ("it's: so", '"it\'s: so"'),
        ("one\ntwo\n", "|\n  one\n  two"),
        ("one\ntwo", "|-\n  one\n  two"),
        (" one\ntwo\n", "|2\n   one\n  two"),
    ],
)
def test_a_text_stands_plain_where_it_can_and_in_quotes_by_one_rule(text: str, written: str) -> None:
    assert item_text({"title": text}) == f"title: {written}\n"


def test_a_control_character_is_refused() -> None:
    with pytest.raises(Unreadable, match="control character"):
        item_text({"title": "a\x07b"})
