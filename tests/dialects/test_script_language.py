"""The language does what Python does: the same source run by both prints the same."""

import ast
import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located
from canarylearn.dialects.script import read, run_script
from tests.dialects.running import WORLD, deploy, printed, refused
from tests.dialects.same_as_python import SAME


def python_prints(source: str, *, as_far_as_it_goes: bool = False) -> str:
    """What CPython prints for the same source; with `as_far_as_it_goes`, even if it divides by zero in the end."""
    heard = io.StringIO()
    ignored = (ZeroDivisionError, OverflowError) if as_far_as_it_goes else ()
    with contextlib.redirect_stdout(heard), contextlib.suppress(*ignored):
        exec(compile(source, "<script>", "exec"), {})
    return heard.getvalue().removesuffix("\n")


@pytest.mark.parametrize("source", SAME.values(), ids=SAME.keys())
def test_the_same_source_prints_what_python_prints(source: str) -> None:
    assert printed(source) == python_prints(source)


DIFFERENT = {
    "a truth value is no number": ("print(True == 1, True in [1], [True] == [1])", "False False False"),
    "lists are copied into lists": ("a = [1]\nb = [a, a]\na[0] = 2\nb[0][0] = 3\nprint(a, b)", "[2] [[3], [1]]"),
    "lists are copied into dicts": ("a = [1]\nd = {'k': a}\na[0] = 2\nprint(d)", "{'k': [1]}"),
    "lists are copied into entries": ("a = [1]\nb = [0]\nb[0] = a\na[0] = 2\nprint(b)", "[[1]]"),
    "+= makes another list": ("a = [1]\nb = a\nb += [2]\nprint(a, b)", "[1] [1, 2]"),
    "a loop goes through the list as it was": ("x = [1, 2]\nfor v in x:\n    x[1] = 9\n    print(v)", "1\n2"),
    "a function shows its name only": ("def f():\n    pass\nprint(f)", "<function f>"),
    "a fraction in a text can be cut": ("print(int(str(2.7)))", "2"),
    "truth values and lists can be padded": ("print(f'{True:5}|{[1]:>5}')", "True |  [1]"),
}


@pytest.mark.parametrize(("source", "expected"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_where_the_language_differs_from_python_it_does_so_as_written(source: str, expected: str) -> None:
    assert printed(source) == expected
    with contextlib.suppress(TypeError, ValueError):
        assert python_prints(source) != expected, "Python does the same, so this is no difference"


NARROWER = {
    "arithmetic with truth values": ("print(True + 1)", "wrong-type"),
    "numbers above a thousand million": ("print(1000000001)", "number-too-large"),
    "for over a text": ("for c in 'ab':\n    print(c)", "wrong-type"),
    "for over a dict": ("for k in {'a': 1}:\n    print(k)", "wrong-type"),
    "truth values as keys": ("d = {True: 1}", "wrong-type"),
    "numbers with a point as keys": ("d = {0.5: 1}", "wrong-type"),
    "a function as a value of itself": ("f = len", "not-called"),
    "zeros in front": ("print(f'{5:03}')", "format"),
    "significant digits": ("print(f'{0.5:.2}')", "format"),
    "exponents": ("print(f'{5:e}')", "format"),
    "other escapes": ("print('\\x41')", "escape"),
}


@pytest.mark.parametrize(("source", "code"), NARROWER.values(), ids=NARROWER.keys())
def test_some_of_what_python_does_is_refused_by_name(source: str, code: str) -> None:
    python_prints(source)
    assert refused(source).code == code


BOTH_REFUSE = {
    "a name that nothing has": ("print(nothing)", "unknown-name"),
    "a local read before it is set": ("x = 1\ndef f():\n    x += 1\nf()", "not-here"),
    "division by zero": ("print(1 / 0)", "division-by-zero"),
    "floor of zero": ("print(1 // 0)", "division-by-zero"),
    "text and number": ("print('a' + 1)", "wrong-type"),
    "lists compared by size": ("print([1] < 2)", "wrong-type"),
    "None compared": ("print(None > 1)", "wrong-type"),
    "in a number": ("print(1 in 5)", "wrong-type"),
    "position too far": ("print([1][1])", "no-entry"),
    "position too far back": ("print([1][-2])", "no-entry"),
    "position with a point": ("print([1][0.0])", "wrong-type"),
    "no such entry": ("print({'a': 1}['b'])", "no-entry"),
    "entry of None": ("print(None['a'])", "wrong-type"),
    "entry of a text set": ("s = 'a'\ns[0] = 'b'", "wrong-type"),
    "missing argument": ("def f(a):\n    pass\nf()", "wrong-arguments"),
    "argument too many": ("def f(a):\n    pass\nf(1, 2)", "wrong-arguments"),
    "argument given twice": ("def f(a):\n    pass\nf(1, a=2)", "wrong-arguments"),
    "argument nobody knows": ("def f(a):\n    pass\nf(1, b=2)", "wrong-arguments"),
    "calling a number": ("x = 1\nx()", "wrong-type"),
    "for over a number": ("for i in 5:\n    pass", "wrong-type"),
    "length of a number": ("len(1)", "wrong-type"),
    "least of nothing": ("min([])", "wrong-value"),
    "least of one number": ("min(1)", "wrong-type"),
    "sum of a number": ("sum(1)", "wrong-type"),
    "sum of texts": ("sum(['a'])", "wrong-type"),
    "range of a fraction": ("range(1.5)", "wrong-type"),
    "range without a stop": ("range(0, step=2)", "wrong-arguments"),
    "range that stands still": ("range(0, 5, 0)", "wrong-value"),
    "whole number of words": ("int('ten')", "wrong-value"),
    "number of nothing": ("float('')", "wrong-value"),
    "size of a text": ("abs('a')", "wrong-type"),
    "whole format of a fraction": ("print(f'{1.5:d}')", "format"),
    "number format of a text": ("print(f'{\"a\":.1f}')", "format"),
    "parameter after a default": ("def f(a=1, b):\n    pass", "syntax"),
    "break outside": ("break", "not-in-language"),
    "parameter twice": ("def f(a, a):\n    pass", "twice"),
}


@pytest.mark.parametrize(("source", "code"), BOTH_REFUSE.values(), ids=BOTH_REFUSE.keys())
def test_what_python_cannot_do_is_refused_here_too(source: str, code: str) -> None:
    with pytest.raises((SyntaxError, TypeError, ValueError, LookupError, NameError, ZeroDivisionError)):
        python_prints(source)
    assert refused(source).code == code


def test_windows_line_ends_are_line_ends() -> None:
    assert printed("x = 1\r\nif x:\r\n    print(x)\r\n") == "1"
    assert refused("x = 1\r\ny = z\r\n").line == 2


_NUMBERS = st.one_of(
    st.integers(0, 60).map(str),
    st.integers(0, 400).map(lambda quarters: repr(quarters / 4)),
    st.sampled_from(["x", "y"]),
)


def _arithmetic(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "+", "-", "<", "==", "!=", ">="])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        inner.map(lambda part: f"(-{part})"),
        inner.map(lambda part: f"abs({part})"),
        st.tuples(inner, inner).map(lambda parts: f"max({parts[0]}, {parts[1]})"),
    )


ARITHMETIC = st.recursive(_NUMBERS, _arithmetic, max_leaves=7)
_SIMPLE = st.one_of(
    st.tuples(st.sampled_from("xy"), st.sampled_from(["=", "+=", "-=", "*="]), ARITHMETIC).map(" ".join),
    ARITHMETIC.map(lambda part: f"print({part})"),
    st.tuples(ARITHMETIC, ARITHMETIC).map(lambda parts: f"print([{parts[0]}], f'{{{parts[1]}}}')"),
)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map(lambda lines: indented("\n".join(lines)))
    return st.one_of(
        st.tuples(ARITHMETIC, body, body).map(lambda parts: f"if {parts[0]}:\n{parts[1]}\nelse:\n{parts[2]}"),
        st.tuples(st.integers(0, 4), body).map(lambda parts: f"for x in range({parts[0]}):\n{parts[1]}"),
        st.tuples(ARITHMETIC, body, st.sampled_from(["break", "continue"])).map(
            lambda parts: f"for y in range(3):\n    if {parts[0]}:\n        {parts[2]}\n{parts[1]}"
        ),
    )


def indented(lines: str) -> str:
    """The lines four spaces further in."""
    return "\n".join(f"    {line}" for line in lines.split("\n"))


STATEMENTS = st.recursive(_SIMPLE, _blocks, max_leaves=5)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=4).map(lambda parts: "\n".join(["x = 3", "y = 0.5", *parts]))


@settings(max_examples=500, deadline=None)
@given(ARITHMETIC)
def test_random_arithmetic_agrees_with_python(expression: str) -> None:
    source = f"x = 3\ny = 0.5\nprint({expression})"
    done = deploy(source)
    if not isinstance(done, Located):
        assert "\n".join(done.output) == python_prints(source)
    elif done.code == "division-by-zero":
        with pytest.raises(ZeroDivisionError):
            python_prints(source)
    elif done.code == "wrong-type":
        assert any(isinstance(value, bool) for value in values_within(expression)), done
    else:
        assert done.code == "number-too-large"
        assert any(abs(value) > 1e9 for value in values_within(expression)), done


def values_within(expression: str) -> list[float]:
    """What Python makes of an expression's parts, of those that it can make anything of."""
    values = []
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, ast.expr) and not (isinstance(node, ast.Name) and node.id not in "xy"):
            with contextlib.suppress(ZeroDivisionError, NameError):
                values.append(eval(ast.unparse(node), {"x": 3, "y": 0.5}))
    return values


@settings(max_examples=250, deadline=None)
@given(PROGRAMS)
def test_random_programs_print_what_python_prints_as_far_as_they_go(source: str) -> None:
    done = run_script(read(source), WORLD)
    expected = python_prints(source, as_far_as_it_goes=True)
    if done.refused is None:
        assert "\n".join(done.output) == expected
    else:
        assert done.refused.code in ("division-by-zero", "wrong-type", "number-too-large"), done.refused
        assert expected.startswith("\n".join(done.output))


def test_a_sum_adds_one_number_after_the_other_in_every_python() -> None:
    """Python's own sum() has corrected itself on the way since 3.12; one answer has one verdict on any of them."""
    assert printed("print(sum([0.1, 0.2, 0.3]) == 0.1 + 0.2 + 0.3, sum([0.1, 0.2, 0.3]))") == "True 0.6000000000000001"
