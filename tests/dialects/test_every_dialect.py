"""What holds of every dialect: it is found, it reads its own, and nothing hostile makes it slow or speechless."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, DIALECTS, Dialect, dialect_of, read_manifest, render_plan
from canarylearn.dialects.shape import SCHEMA, SEMANTICS
from canarylearn.dialects.yaml_text import MOST_CHARACTERS, read_documents
from canarylearn.engine.plan import Plan
from tests.dialects.mangled import mangled, paths, refusal, replaced
from tests.dialects.manifests import MANIFESTS, Manifest

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
HEAVY = ("numpy", "scipy", "pydantic", "django", "mmh3")
NAMES = sorted(BY_NAME)


def ident(value: object) -> str:
    """What a parameter is called: a manifest by its dialect and its number, all else by itself."""
    return f"{value.dialect}-{value.number.strip(' -:')}" if isinstance(value, Manifest) else str(value)


def of(name: str) -> list[Manifest]:
    return [manifest for manifest in MANIFESTS if manifest.dialect == name]


def answer(text: str, name: str | None = None, version: str = "") -> tuple[Located, ...]:
    """The located errors of a text in a dialect, within the time that an answer may take; none when it is read."""
    dialect = BY_NAME[name] if name else None
    return refusal(lambda text: read_manifest(text, dialect, Context(version=version)), text)


# Every dialect is there.


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_dialect_has_a_module_that_reads_and_writes(dialect: Dialect) -> None:
    assert callable(dialect.tool.read)
    assert callable(dialect.tool.render)
    assert dialect.title
    assert dialect.versions
    assert dialect.kinds or dialect.marks
    assert of(dialect.name), "every dialect has a manifest here"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_its_documents_are_recognised_and_read(manifest: Manifest) -> None:
    dialect, reading = read_manifest(manifest.text)
    assert dialect is dialect_of(read_documents(manifest.text)) is BY_NAME[manifest.dialect]
    assert isinstance(reading, Reading)
    assert isinstance(reading.plan, Plan)
    assert sum(share.share for share in reading.shares) == (1 if reading.shares else 0)
    lines = manifest.text.count("\n") + 1
    assert all(1 <= note.line <= lines and note.message and note.code == "note" for note in reading.notes)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
@pytest.mark.parametrize("name", NAMES)
def test_a_plan_of_each_is_written_in_each_and_read_again(manifest: Manifest, name: str) -> None:
    plan = read_manifest(manifest.text)[1].plan
    rendering = render_plan(plan, BY_NAME[name])
    dialect, reading = read_manifest(rendering.text)
    assert dialect.name == name
    assert all(sentence.strip() and not sentence.endswith(".") for sentence in rendering.lost)
    if not rendering.lost:
        assert reading.plan == plan
    again = render_plan(reading.plan, dialect)
    assert read_manifest(again.text)[1].plan == reading.plan


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_a_document_of_one_tool_given_to_another_is_read_or_refused(manifest: Manifest, name: str) -> None:
    found = answer(manifest.text, name)
    assert bool(found) is (name != manifest.dialect)


def test_a_text_of_no_tool_is_refused_with_the_names_of_the_dialects() -> None:
    (error,) = answer("apiVersion: v1\nkind: Pod\n")
    assert error.code == "unknown-dialect"
    assert all(name in error.message for name in BY_NAME)


# What stands where a number belongs.

NOT_A_NUMBER = {
    "nan": ".nan",
    "nan-word": "NaN",
    "inf": ".inf",
    "minus-inf": "-.Inf",
    "huge-exponent": "1e999",
    "exponent": "1e1",
    "float-exponent": "1.0e+400",
    "forty-digits": "9" * 40,
    "a-thousand-digits": "9" * 1000,
    "true": "true",
    "yes": "yes",
    "on": "on",
    "percent": "10%",
    "percent-apart": "10 %",
    "quoted-percent": '"10%"',
    "word": "ten",
    "empty-text": '""',
    "hex": "0x10",
    "octal": "010",
    "new-octal": "0o10",
    "binary": "0b1",
    "sexagesimal": "1:30",
    "date": "2026-01-01",
    "fraction": "1/10",
    "comma": "0,1",
    "unit": "10m",
    "list": "[10]",
    "nested-list": "[[[[10]]]]",
    "mapping": "{percent: 10}",
    "tagged": "!!int 10",
    "tagged-python": "!!python/object/apply:os.system [id]",
    "tagged-own": "!weight 10",
    "anchored-alias": "&a [*a]",
    "unknown-alias": "*weight",
    "merge": "{<<: 10}",
    "block": "|\n\n",
    "open-quote": "'10",
    "open-bracket": "[10",
    "deep": "[" * 40 + "]" * 40,
    "deep-maps": "{a: " * 40 + "10" + "}" * 40,
    "escape": '"\\0"',
    "null-byte": "\0",
    "long-text": "x" * 100_000,
}
PERHAPS_A_NUMBER = {
    "minus-zero": "-0",
    "minus-zero-float": "-0.0",
    "plus": "+10",
    "underscore": "1_0",
    "trailing-dot": "10.",
    "leading-dot": ".5",
    "tenth": "0.1",
    "float": "10.0",
    "quoted": "'10'",
    "null": "~",
    "nothing": "",
    "minus": "-10",
    "hundred-and-one": "101",
    "int32": str(2**31),
    "largest": "9" * 15,
    "too-large": "1" + "0" * 15,
    "arabic-digits": "\N{ARABIC-INDIC DIGIT ONE}0",
    "anchor": "&a 10",
    "comment": "10 # percent",
}
"""What some tools take and others refuse: each answers, and says where."""


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
@pytest.mark.parametrize("written", list(NOT_A_NUMBER))
def test_what_is_no_number_is_refused_where_it_stands(manifest: Manifest, written: str) -> None:
    found = answer(manifest.with_number(NOT_A_NUMBER[written]), manifest.dialect)
    assert found, "no tool takes this"
    # A parser notices an open quote or bracket on a later line.
    assert any(error.line == manifest.line or written.startswith("open-") for error in found), found


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
@pytest.mark.parametrize("written", list(PERHAPS_A_NUMBER))
def test_what_may_be_a_number_is_read_or_refused(manifest: Manifest, written: str) -> None:
    answer(manifest.with_number(PERHAPS_A_NUMBER[written]), manifest.dialect)


# Texts that are no manifest of anybody.

NO_MANIFEST = {
    "nothing": "",
    "blanks": " \n\n  \n",
    "comment": "# a canary\n",
    "null": "null\n",
    "marks": "---\n---\n...\n",
    "a-number": "10\n",
    "a-text": "canary\n",
    "a-list": "- 10\n- 90\n",
    "an-empty-list": "[]\n",
    "an-empty-mapping": "{}\n",
    "binary": "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "null-bytes": "\0" * 1000,
    "escapes": "a: \x1b[31mred\n",
    "byte-order-mark": "\ufeffkind: Rollout\n",
    "bare-surrogate": "a: \ud800\n",
    "tabs": "\ta:\t10\n",
    "html": "<!DOCTYPE html><html><body>502</body></html>\n",
    "json-lines": '{"a": 1}\n{"a": 2}\n',
    "python": "import os\nos.system('id')\n",
    "a-helm-template": "weight: {{ .Values.weight }}\n",
    "duplicate-keys": "kind: Rollout\nkind: Canary\n",
    "a-key-that-is-a-list": "? [a, b]\n: c\n",
    "a-directive": "%YAML 1.1\n%TAG ! tag:x,2000:\n---\na: 1\n",
    "an-unknown-directive": "%FOO\n---\na: 1\n",
    "aliases-of-aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "a-mapping-in-itself": "&a {a: *a}\n",
    "a-python-object": "!!python/object/new:os.system [id]\n",
    "a-binary-tag": "a: !!binary aGVsbG8=\n",
    "a-set-tag": "--- !!set {a, b}\n",
    "brackets": "[" * 100_000,
    "closed-brackets": "[" * 20_000 + "]" * 20_000,
    "braces": "{a: " * 50_000,
    "dashes": "- " * 50_000 + "a\n",
    "indented": "\n".join(" " * depth + "a:" for depth in range(600)) + "\n",
    "many-keys": "".join(f"k{number}: 1\n" for number in range(20_000)),
    "many-values": "- 1\n" * 60_000,
    "many-documents": "---\na: 1\n" * 200,
    "many-empty-documents": "---\n" * 50_000,
    "many-anchors": "".join(f"- &a{number} x\n" for number in range(10_000)),
    "a-long-key": "k" * 100_000 + ": 1\n",
    "a-long-line": "a: " + "x " * 100_000 + "\n",
    "many-lines": "\n" * 200_000 + "a: b\n",
    "comments-only": "# x\n" * 50_000,
    "too-long": "a: b\n" * (MOST_CHARACTERS // 5 + 1),
    "ten-megabytes": "# ten megabytes\n" * 655_360,
    "ten-megabytes-in-one-line": "x" * (10 * 1024 * 1024),
}


@pytest.mark.parametrize("written", list(NO_MANIFEST))
def test_a_text_that_is_no_manifest_is_refused_at_once(written: str) -> None:
    for name in (None, *NAMES):
        found = answer(NO_MANIFEST[written], name)
        assert found or (written, name) in MAY_BE_READ, f"{name} reads it"


MAY_BE_READ = {("an-empty-mapping", "azure-ml")}
"""An endpoint without traffic is one, when somebody says that it is an endpoint."""


def _copies(tree: object) -> object:
    return [tree] * 1500


def _wide(tree: object) -> object:
    return {f"k{number}": number for number in range(5000)} if tree else {}


def _deep(tree: object, levels: int = 29) -> object:
    for _ in range(levels):
        tree = [tree]
    return tree


GROWN: dict[str, Callable[[object], object]] = {
    "thousands-of-copies": _copies,
    "wide": _wide,
    "deeper-than-is-read": _deep,
    "as-deep-as-is-read": partial(_deep, levels=8),
}


@pytest.mark.parametrize("grown", list(GROWN))
@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_a_list_that_grows_is_answered_in_time(manifest: Manifest, grown: str) -> None:
    for number, tree in enumerate(manifest.trees):
        for path in paths(tree):
            if isinstance(_at(tree, path), list):
                made = GROWN[grown](_at(tree, path)[0])
                answer(manifest.with_tree(number, replaced(tree, path, made)), manifest.dialect)


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def test_every_dialect_answers_at_least_150_hostile_texts() -> None:
    assert len(NOT_A_NUMBER) + len(PERHAPS_A_NUMBER) + len(NO_MANIFEST) >= 100
    for name in NAMES:
        numbers = (len(NOT_A_NUMBER) + len(PERHAPS_A_NUMBER)) * len(of(name))
        assert numbers + len(NO_MANIFEST) + len(WRONG) * sum(len(places(manifest)) for manifest in of(name)) >= 150


# The wrong thing in every place.

WRONG: tuple[object, ...] = (None, True, -1, 0.1, 10**15, "", "10%", "x" * 3000, [], {}, [None], [[1]], {"a": {"": 1}})


def places(manifest: Manifest) -> list[tuple[int, tuple[Any, ...]]]:
    return [(number, path) for number, tree in enumerate(manifest.trees) for path in paths(tree)]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_a_wrong_type_anywhere_is_read_or_refused_where_it_stands(manifest: Manifest) -> None:
    trees = manifest.trees
    for (number, path), value in itertools.product(places(manifest), WRONG):
        text = manifest.with_tree(number, replaced(trees[number], path, value))
        for error in answer(text, manifest.dialect):
            assert error.code in (SCHEMA, SEMANTICS, "number", "too-deep", "ambiguous"), error


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_a_key_that_nobody_knows_never_passes_unsaid_beside_the_number(manifest: Manifest) -> None:
    lines = manifest.text.splitlines()
    indent = " " * (len(lines[manifest.line - 1]) - len(lines[manifest.line - 1].lstrip(" -")))
    lines.insert(manifest.line, f"{indent}notAField: 1")
    found = answer("\n".join(lines) + "\n", manifest.dialect)
    if manifest.number in ("green:", "'0':"):  # in a map from deployments to percents any name is one
        assert any("100" in error.message or "digits" in error.message for error in found)
    else:
        assert any("notAField" in error.message and error.line == manifest.line + 1 for error in found), found


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150)
@given(data=st.data())
def test_a_mangled_manifest_raises_nothing_but_located_errors(name: str, data: st.DataObject) -> None:
    trees = [tree for manifest in of(name) for tree in manifest.trees]
    version = data.draw(st.sampled_from(BY_NAME[name].versions))
    answer(data.draw(mangled(*trees)), name, version)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40)
@given(text=st.text(alphabet=st.characters(), max_size=200))
def test_any_text_is_answered(name: str, text: str) -> None:
    answer(text, name)


# Texts that are kept.


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_kept_text_is_answered_by_every_dialect_and_as_it_says_by_its_own(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    (own,) = (name for name in NAMES if file.stem.startswith(name))
    for name in NAMES:
        for version in BY_NAME[name].versions:
            found = answer(text, name, version)
            if (name, version) == (own, BY_NAME[own].versions[0]):
                assert text.startswith("# refused: " if found else "# read: "), found


def test_texts_are_kept_for_every_dialect() -> None:
    assert {name for name in NAMES if any(file.stem.startswith(name) for file in CORPUS)} == set(NAMES)
    assert len(CORPUS) >= 30


# Starting up.

PROGRAM = """
import sys
from canarylearn.dialects.registry import read_manifest, render_plan
dialect, reading = read_manifest(sys.stdin.read())
render_plan(reading.plan, dialect)
print(dialect.name, *sorted({name.partition('.')[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ident)
def test_reading_and_writing_a_manifest_imports_nothing_heavy(manifest: Manifest, repository: Path) -> None:
    run = partial(subprocess.run, capture_output=True, text=True, check=True, cwd=repository, timeout=60)
    finished = run([sys.executable, "-c", PROGRAM], input=manifest.text)
    name, *modules = finished.stdout.split()
    assert name == manifest.dialect
    assert "yaml" in modules
    assert not set(HEAVY) & set(modules)
