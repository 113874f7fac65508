"""What a script can do to the machine it runs on: nothing."""

import ast
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects import script
from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import Limits, ScriptRun, read, run_script
from canarylearn.engine import Outcome
from tests.dialects.hostile_scripts import HOSTILE
from tests.worlds import world

WORLD = world(window="10m", trial="10m", interval="5m", traffic={"requests_per_second": 1, "users": 50})
SECONDS = 2
BYTES = 64 * 1024 * 1024


def deploy(source: str) -> Located | ScriptRun:
    """The error of a script, or its run if nothing stopped it."""
    try:
        done = run_script(read(source), WORLD)
    except Unreadable as unreadable:
        return unreadable.errors[0]
    return done.refused or done


def test_there_are_enough_hostile_scripts_to_mean_something() -> None:
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_script_is_refused_with_its_line_in_time_and_memory(source: str) -> None:
    tracemalloc.start()
    began = time.perf_counter()
    try:
        error = deploy(source)
        took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(error, Located), "nothing stopped it"
    assert 1 <= error.line <= max(1, source.count("\n") + 1)
    assert error.message
    assert error.code
    assert "Traceback" not in error.message
    assert "/" not in error.message.replace("//", "").replace(" / ", "") or "'" in error.message
    assert took < SECONDS
    assert peak < BYTES


def test_the_interpreter_has_no_door_to_python() -> None:
    forbidden = {"eval", "exec", "getattr", "setattr", "compile", "__import__", "vars", "globals", "locals", "open"}
    folder = Path(script.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name):
                assert node.id not in forbidden, f"{path.name} uses {node.id}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("format", "format_map", "__getattribute__", "__dict__"), path.name
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
    EXPRESSIONS.map(lambda part: f"print({part})"),
    EXPRESSIONS.map(lambda part: f"if {part}:\n    y = 1\nelse:\n    y = 2"),
    EXPRESSIONS.map(lambda part: f"for y in {part}:\n    x = y"),
    EXPRESSIONS.map(lambda part: f"def f(x=1):\n    return {part}"),
    st.sampled_from(["promote()", "rollback()", "hold('5m')", "set_weight(10)", "restart()", "remove_model('v1')"]),
)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=8).map("\n".join)
SMALL = Limits(steps=2_000)


def outcome(source: str) -> object:
    """What came of a script, in a form that two runs can be compared by."""
    try:
        done = run_script(read(source), WORLD, limits=SMALL)
    except Unreadable as unreadable:
        return unreadable.errors
    end = done.outcome.phase if isinstance(done.outcome, Outcome) else None
    return done.refused, done.output, end


@settings(max_examples=400, deadline=None)
@given(PROGRAMS)
def test_any_program_of_the_grammar_ends_the_same_way_twice(source: str) -> None:
    assert outcome(source) == outcome(source)


@settings(max_examples=300, deadline=None)
@given(PROGRAMS, st.integers(0, 200), st.text(max_size=4))
def test_a_mutilated_program_raises_nothing_but_a_located_error(source: str, place: int, junk: str) -> None:
    outcome(source[:place] + junk + source[place + 1 :])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_raises_nothing_but_a_located_error(source: str) -> None:
    outcome(source)
