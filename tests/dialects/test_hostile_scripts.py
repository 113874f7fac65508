"""What a script can do to the machine it runs on: nothing."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects import script
from canarylearn.dialects.errors import Located
from canarylearn.dialects.script import Limits
from tests.dialects.hostile_scripts import HOSTILE
from tests.dialects.running import deploy, refused

ROOT = Path(__file__).parents[2]
SECONDS = 2
_PYTHON_INSIDE = re.compile(
    r"Traceback|<class|object at 0x|NoneType|ast\.|[A-Z][a-z]+(Error|Exception)\b|\.py\b|/usr|/home"
)


def assert_told_plainly(error: Located, source: str) -> None:
    """The error names a line of the script and speaks in one printable sentence, of the script and not of Python."""
    assert 1 <= error.line <= max(1, len(source.rstrip("\n").split("\n")))
    assert re.fullmatch(r"[a-z][a-z-]+", error.code)
    assert 10 <= len(error.message) <= 400
    assert error.message.isprintable()
    assert not _PYTHON_INSIDE.search(error.message), error.message


def test_there_are_enough_hostile_scripts_to_mean_something() -> None:
    assert len(HOSTILE) >= 200
    assert len(set(HOSTILE.values())) == len(HOSTILE)


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_script_is_refused_in_plain_words_with_its_line(source: str) -> None:
    assert_told_plainly(refused(source), source)


def test_every_hostile_script_is_stopped_within_two_seconds_and_64_mebibytes() -> None:
    program = [sys.executable, "-m", "tests.dialects.hostile_child"]
    child = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert child.returncode == 0, child.stderr[-2000:]
    told = json.loads(child.stdout)
    assert told["bounded"], "the child was not held to its memory, so it proves nothing"
    assert set(told["scripts"]) == set(HOSTILE)
    assert [name for name, (stopped, _) in told["scripts"].items() if not stopped] == []
    assert {name: seconds for name, (_, seconds) in told["scripts"].items() if seconds > SECONDS} == {}


@pytest.mark.parametrize(
    ("name", "line", "code"),
    [
        ("import in a function", 2, "not-in-language"),
        ("long loop", 3, "too-many-steps"),
        ("endless recursion", 2, "too-deep"),
        ("mutual recursion", 4, "too-deep"),
        ("growing product", 3, "number-too-large"),
        ("text that doubles", 3, "text-too-long"),
        ("text of many texts", 3, "text-too-long"),
        ("list that doubles", 3, "too-many-elements"),
        ("many large lists", 3, "too-much-data"),
        ("depth through a second name", 6, "too-deep"),
        ("endless printing", 2, "too-much-output"),
        ("many actions", 2, "too-many-actions"),
        ("bidi isolate", 1, "invisible-character"),
        ("look-alike in an f-string", 1, "look-alike"),
        ("look-alike behind nested braces", 1, "look-alike"),
        ("cyrillic letter", 1, "look-alike"),
        ("escaped half of a letter", 1, "escape"),
        ("break out of the caller's loop", 2, "not-in-language"),
        ("deep lists", 1, "too-deep"),
        ("deep brackets", 1, "too-deep"),
        ("huge script", 1, "too-long"),
        ("measured too early", 1, "not-measured"),
    ],
)
def test_a_hostile_script_is_refused_for_the_reason_it_is_hostile(name: str, line: int, code: str) -> None:
    error = refused(HOSTILE[name])
    assert (error.line, error.code) == (line, code), error.message


def test_the_interpreter_has_no_door_to_python() -> None:
    forbidden = {"eval", "exec", "getattr", "setattr", "compile", "__import__", "vars", "globals", "locals", "open"}
    paths = sorted(Path(script.__file__).parent.glob("*.py"))
    assert len(paths) > 5
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name):
                assert node.id not in forbidden, f"{path.name} uses {node.id}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("format", "format_map"), f"{path.name} uses {node.attr}"
                assert not node.attr.startswith("__") or node.attr == "__init__", f"{path.name} uses {node.attr}"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                assert not isinstance(node.left, (ast.Constant, ast.JoinedStr)), f"{path.name} formats with %"


_NAMES = st.sampled_from(["x", "y", "canary", "baseline", "f", "print", "len", "range", "set_weight", "hold", "ten"])
_ATOMS = st.one_of(
    st.integers(-(10**10), 10**10).map(str),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.sampled_from(["'10m'", "'a'", "True", "None", "[]", "{}", "[1, 2]", "{'a': 1}", "canary.p95", "f'{x:.1f}'"]),
    _NAMES,
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "<", "==", "in", "and", "or", "if 1 else"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(_NAMES, st.lists(inner, max_size=3)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        inner.map(lambda part: f"not {part}"),
    )


EXPRESSIONS = st.recursive(_ATOMS, _expressions, max_leaves=8)
STATEMENTS = st.one_of(
    EXPRESSIONS.map(lambda part: f"x = {part}"),
    EXPRESSIONS.map(lambda part: f"y = [x, {part}]"),
    EXPRESSIONS.map(lambda part: f"x[{part}] = y"),
    EXPRESSIONS.map(lambda part: f"print({part})"),
    EXPRESSIONS.map(lambda part: f"if {part}:\n    y = 1\nelse:\n    y = 2"),
    EXPRESSIONS.map(lambda part: f"for y in {part}:\n    x = y\n    break"),
    EXPRESSIONS.map(lambda part: f"def f(x=1):\n    return {part}"),
    st.sampled_from(["promote()", "rollback()", "hold('5m')", "set_weight(10)", "restart()", "remove_model('v1')"]),
)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=8).map("\n".join)
SMALL = Limits(steps=2_000)


def came_of(source: str) -> object:
    """What came of a script, in a form that two runs can be compared by; a refusal has to be told plainly."""
    done = deploy(source, limits=SMALL)
    if isinstance(done, Located):
        assert_told_plainly(done, source)
        return done
    assert done.outcome is not None
    return done.output, done.outcome.phase, done.outcome.events


@settings(max_examples=400, deadline=None)
@given(PROGRAMS)
def test_any_program_of_the_grammar_ends_the_same_way_twice(source: str) -> None:
    assert came_of(source) == came_of(source)


@settings(max_examples=300, deadline=None)
@given(PROGRAMS)
def test_recording_a_trace_changes_nothing(source: str) -> None:
    plain, traced = deploy(source, limits=SMALL), deploy(source, limits=SMALL, trace=True)
    if isinstance(plain, Located) or isinstance(traced, Located):
        assert plain == traced
    else:
        assert plain.output == traced.output
        assert plain.outcome is not None
        assert traced.outcome is not None
        assert plain.outcome.events == traced.outcome.events


@settings(max_examples=300, deadline=None)
@given(PROGRAMS, st.integers(0, 200), st.text(max_size=4))
def test_a_mutilated_program_raises_nothing_but_a_located_error(source: str, place: int, junk: str) -> None:
    came_of(source[:place] + junk + source[place + 1 :])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_raises_nothing_but_a_located_error(source: str) -> None:
    came_of(source)
