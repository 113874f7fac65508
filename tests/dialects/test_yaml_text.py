"""YAML is read as plain values with lines, and what could deceive, grow or run is refused by name."""

import math
import time
import tracemalloc

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import DEEPEST, LARGEST, MOST_CHARACTERS, MOST_VALUES, Document, read_yaml


def read_or_refused(text: str) -> Document | Located:
    """The document of a text, or the one error that it was refused with."""
    try:
        return read_yaml(text)
    except Unreadable as unreadable:
        (error,) = unreadable.errors
        return error


def refused(text: str) -> Located:
    """The error that a text was refused with."""
    error = read_or_refused(text)
    assert isinstance(error, Located), f"it was read as {error.value}"
    return error


READ: dict[str, tuple[str, object]] = {
    "a mapping": ("a: 1\nb: two\nc: [x, y]\nd: {e: null}", {"a": 1, "b": "two", "c": ["x", "y"], "d": {"e": None}}),
    "numbers": ("[0, -1, +2, 1_000, 1.5, -0.25, .5, 1., 1.0e+3]", [0, -1, 2, 1000, 1.5, -0.25, 0.5, 1.0, 1000.0]),
    "truth": ("[true, false, True, FALSE]", [True, False, True, False]),
    "nothing": ("[null, ~, ]", [None, None]),
    "quoted numbers stay text": (
        "['1', \"2\", 'true', 'null', '1:30', '010', '2020-01-01']",
        ["1", "2", "true", "null", "1:30", "010", "2020-01-01"],
    ),
    "keys are text": ("on: 1\n2: 3\nyes: 4\n2020-01-01: 5\n~: 6", {"on": 1, "2": 3, "yes": 4, "2020-01-01": 5, "~": 6}),
    "durations and shares": ("[10m, 1h30m, 8%, v2]", ["10m", "1h30m", "8%", "v2"]),
    "blocks of text": ("a: |\n  one\n  two\nb: >\n  three\n  four\n", {"a": "one\ntwo\n", "b": "three four\n"}),
    "escapes": ('["a\\tb", "a\\nb", "\\u00e9", "\\\\"]', ["a\tb", "a\nb", "é", "\\"]),
    "other alphabets": ("ключ: 値 😀", {"ключ": "値 😀"}),
    "windows line ends": ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "one document with its mark": ("---\na: 1\n...\n", {"a": 1}),
    "an anchor that nothing uses": ("a: &x 1", {"a": 1}),
    "a text alone": ("hello", "hello"),
    "an exponent in quotes": ("'1e3'", "1e3"),
}


@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ.keys())
def test_plain_yaml_is_read_as_plain_values(text: str, value: object) -> None:
    assert read_yaml(text).value == value


REFUSED = {
    "tag that runs python": ("a: 1\nb: !!python/object/apply:os.system ['true']", 2, "tag"),
    "tag of a python name": ("a: !!python/name:os.system", 1, "tag"),
    "tag of one's own": ("a:\n  b: !Ref x", 2, "tag"),
    "tag on a mapping": ("!!set {a, b}", 1, "tag"),
    "tag on a list": ("a: !!omap [b: 1]", 1, "tag"),
    "tag on a key": ("!!python/name:os.system x: 1", 1, "tag"),
    "tag for bytes": ("a: !!binary aGk=", 1, "tag"),
    "tag that turns text into a truth": ("a: !!bool x", 1, "tag"),
    "tag that turns text into a number": ("a: !!int ''", 1, "tag"),
    "tag that turns text into a fraction": ("a: !!float nan", 1, "tag"),
    "tag that is none": ("a: ! x", 1, "tag"),
    "alias": ("a: &x [1]\nb: 2\nc: *x", 3, "alias"),
    "alias of itself": ("a: &x [*x]", 1, "alias"),
    "merge key": ("a: 1\n<<: {b: 2}", 2, "merge"),
    "too deep, in brackets": ("[" * 31 + "]" * 31, 1, "too-deep"),
    "too deep, in braces": ("{a: " * 31 + "1" + "}" * 31, 1, "too-deep"),
    "too deep, in lines": ("\n".join(" " * n + "a:" for n in range(31)) + " {b: 1}", 31, "too-deep"),
    "too many letters": ("a" * (MOST_CHARACTERS + 1), 1, "too-long"),
    "too many values": ("- a\n" * (MOST_VALUES + 1), MOST_VALUES, "too-long"),
    "key twice": ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3", 5, "twice"),
    "key twice, once in quotes": ("1: a\n'1': b", 2, "twice"),
    "key that is a list": ("a: 1\n? [b]\n: 2", 2, "key"),
    "yes": ("a: 1\nb: yes", 2, "ambiguous"),
    "no": ("country: no", 1, "ambiguous"),
    "on": ("a: on", 1, "ambiguous"),
    "Off": ("a: Off", 1, "ambiguous"),
    "date": ("a: 2020-01-01", 1, "ambiguous"),
    "time": ("a: 2020-01-01 10:00:00", 1, "ambiguous"),
    "minutes": ("a: 1:30", 1, "ambiguous"),
    "minutes with a point": ("a: 1:30.5", 1, "ambiguous"),
    "octal": ("a: 010", 1, "ambiguous"),
    "octal of another kind": ("a: 0o10", 1, "ambiguous"),
    "hexadecimal": ("a: 0x1F", 1, "ambiguous"),
    "binary": ("a: 0b11", 1, "ambiguous"),
    "exponent": ("a: 1e3", 1, "ambiguous"),
    "not a number": ("a: .nan", 1, "ambiguous"),
    "infinity": ("a: -.inf", 1, "ambiguous"),
    "equals sign": ("a: =", 1, "ambiguous"),
    "large number": (f"a: {LARGEST}", 1, "number"),
    "huge number": ("a: " + "9" * 5_000, 1, "number"),
    "huge hexadecimal": ("a: 0x" + "f" * 50_000, 1, "ambiguous"),
    "huge fraction": ("a: 1.0e+999", 1, "number"),
    "two documents": ("a: 1\n---\nb: 2", 2, "two-documents"),
    "nothing": ("", 1, "empty"),
    "a comment alone": ("# nothing\n", 1, "empty"),
    "null byte": ("a: 1\nb: \x00", 2, "control-character"),
    "escape character": ("a: 1\nb: \x1b[31m", 2, "control-character"),
    "line break that nobody sees": ("a: 1\nb: x\u2028c: 2", 2, "control-character"),
    "line break of another kind": ("a: 'x\x85y'", 1, "control-character"),
    "half of a letter": ("a: \ud800", 1, "control-character"),
    "null byte by an escape": ('a: 1\nb: "\\0"', 2, "control-character"),
    "escape character by an escape": ('a: "\\e[31m"', 1, "control-character"),
    "null byte in a key": ('"a\\0": 1', 1, "control-character"),
    "half of a letter by an escape": ('a: "\\ud800"', 1, "not-yaml"),
    "tab for an indent": ("a:\n\tb: 1", 2, "not-yaml"),
    "colon within a value": ("a: 1\nb: c: d", 2, "not-yaml"),
    "open quote": ("a: 'x\n", 1, "not-yaml"),
    "open bracket": ("a: [1, 2\n", 1, "not-yaml"),
    "stray bracket": ("a: 1\nb: ]", 2, "not-yaml"),
    "alias of nothing": ("a: *x", 1, "alias"),
    "unknown directive": ("%YAML 9.9\n---\na: 1", 1, "not-yaml"),
}


@pytest.mark.parametrize(("text", "line", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_deceives_or_grows_is_refused_on_its_line(text: str, line: int, code: str) -> None:
    error = refused(text)
    assert (error.line, error.code) == (line, code), error.message
    assert len(error.message) < 250
    assert error.message.isprintable()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: no",
            "'no' would be read as true or false; put it in quotes if it is meant as text, or write true or false",
        ),
        ("a: 2020-01-01", "'2020-01-01' would be read as a date; put it in quotes if it is meant as text"),
        ("a: 1\na: 2", "the key 'a' stands here twice; remove one"),
        ("a: &b 1\nc: *b", "the alias *b is not allowed; write the value out"),
    ],
)
def test_a_refusal_says_what_to_write_instead(text: str, message: str) -> None:
    assert refused(text).message == message


BOMBS = {
    "a billion laughs": "a: &a [x]\n"
    + "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "brackets": "[" * 200_000,
    "braces": "{" * 200_000,
    "question marks": "? " * 100_000,
    "dashes": "- " * 100_000,
    "keys": "{" + "a," * 100_000 + "}",
    "lists": "- [a,b,c]\n" * 20_000,
    "anchors": "- &a b\n" * 30_000,
    "one long word": "a" * 250_000,
    "one long key": "a" * 250_000 + ": 1",
    "quotes": '"' * 200_000,
    "comments": "#\n" * 100_000,
    "documents": "---\n" * 60_000,
    "colons": ":" * 250_000,
    "tags": "!a " * 80_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_takes_neither_two_seconds_nor_64_mebibytes(text: str) -> None:
    tracemalloc.start()
    began = time.process_time()
    try:
        read_or_refused(text)
        took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 2
    assert peak < 64 * 1024 * 1024


def test_as_many_values_and_levels_as_allowed_are_read() -> None:
    assert len(read_yaml("- a\n" * (MOST_VALUES - 1)).value) == MOST_VALUES - 1  # type: ignore[arg-type]
    assert read_yaml("[" * DEEPEST + "]" * DEEPEST).value
    assert read_yaml(f"a: {LARGEST - 1}").value == {"a": LARGEST - 1}


def test_every_value_has_its_line() -> None:
    document = read_yaml("# a comment\na: 1\nb:\n  - x\n  -\n    c: 2\n    d: |\n      text\n      text\n    e: 3\n")
    assert document.line(()) == 2
    assert document.line(("a",)) == 2
    assert document.line(("b", 0)) == 4
    assert document.line(("b", 1)) == 6
    assert document.line(("b", 1, "d")) == 7
    assert document.line(("b", 1, "e")) == 10


def test_what_is_not_written_has_the_line_of_what_should_hold_it() -> None:
    document = read_yaml("a: 1\nb:\n  c: 2\n")
    assert document.line(("b", "missing", 3)) == 3
    assert document.line(("missing",)) == 1


def test_an_empty_value_at_the_end_has_the_last_line() -> None:
    assert read_yaml("a: 1\nb:\n").line(("b",)) == 2
    assert read_yaml("- 1\n-\n\n\n").line((1,)) == 2


PLAIN_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-LARGEST + 1, LARGEST - 1),
        st.floats(-1e9, 1e9, allow_nan=False),
        st.text(max_size=20),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(PLAIN_VALUES)
def test_what_a_careful_writer_writes_is_read_back_or_refused_by_name(value: object) -> None:
    written = yaml.safe_dump(value, allow_unicode=True)
    found = read_or_refused(written)
    if isinstance(found, Located):
        assert found.code in {"control-character", "alias", "ambiguous", "tag", "not-yaml"}, found
    else:
        assert found.value == value


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-?[]{}#&*!|>'\"%@`, \n\t01.e~<=\\x\x00é", max_size=60))
def test_any_text_at_all_raises_nothing_but_a_located_error(text: str) -> None:
    lines, document = range(1, text.count("\n") + 2), read_or_refused(text)
    if isinstance(document, Located):
        assert document.line in lines
        assert document.message.isprintable()
    else:
        assert set(document.lines.values()) <= set(lines)
        assert not isinstance(document.value, float) or math.isfinite(document.value)
