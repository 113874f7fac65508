"""Where errors are told to be, the bounds that a script may reach, and the trace of a run."""

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import pytest

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import LIMITS, Limits, read, run_script
from tests.dialects.running import WORLD, deploy, printed, ran, refused

LINES = {
    "in a function": ("def f():\n    x = 1\n    return x / 0\n\n\nf()", 3),
    "in a function called by a function": ("def f():\n    hold(5)\ndef g():\n    f()\nx = 1\ng()", 2),
    "after a function came back": ("def f():\n    return 1\n\nx = 'a' + f()", 4),
    "after a function came back, comparing": ("def f():\n    return 1\n\nif 'a' > f():\n    pass", 4),
    "after a function came back, with a sign": ("def f():\n    return 'a'\n\nx = -f()", 4),
    "after a function came back, as a position": ("def f():\n    return 9\n\nx = [1]\ny = x[f()]", 5),
    "after a function came back, in a loop": ("def f():\n    return 9\n\nfor i in f():\n    pass", 4),
    "after a function came back, in a call": ("def f():\n    return 'x'\n\nhold(f())", 4),
    "after a function came back, in a format": ("def f():\n    return 'x'\n\nx = f'{f():.1f}'", 4),
    "in an argument on a line of its own": ("set_traffic(\n    {'stable': 90,\n     'canary': 1 / 0}\n)", 3),
    "in a call over several lines": ("x = 1\nset_weight(\n    percent=\n    101\n)", 2),
    "in a list over several lines": ("x = [\n    1,\n    2,\n    nothing,\n]", 4),
    "in the second round of a loop": ("for i in range(3):\n    x = 1 / (1 - i)\n    y = x", 2),
    "in an elif": ("if 0:\n    x = 1\nelif 1 / 0:\n    x = 2", 3),
    "in an else": ("if 0:\n    x = 1\nelse:\n    x = y", 4),
    "in a default": ("x = 1\ndef f(a=1 / 0):\n    pass", 2),
    "in an entry that is set": ("x = [1]\n\nx[4] = 1", 3),
    "in an entry that is changed": ("d = {}\n\nd['a'] += 1", 3),
    "in a text over several lines": ("x = '''a\nb\nc \\x41'''", 3),
    "the first of two that cannot be read": ("x = 1\nimport os\ny = 2\nimport sys", 2),
    "the first of two within a function": ("def f():\n    while 1:\n        pass\n    import os", 2),
    "the first of two on either side": ("x = [i for i in y] + (lambda: 1)", 1),
    "an open bracket": ("x = 1\nset_weight(\n    10\ny = 2\n", 2),
    "an open bracket at the end": ("x = 1\nhold('5m'", 2),
    "an open text": ("x = 1\nhold('5m\n", 2),
    "an open long text": ("x = 1\ny = '''abc\ndef\n", 2),
    "a stray bracket": ("x = 1\ny = 2)\n", 2),
    "a wrong indent": ("if 1:\n    x = 1\n  y = 2", 3),
    "nothing after a colon": ("x = 1\nif x:\n", 2),
    "an invisible letter": ("x = 1\ny = 2\nz = '\u200b'", 3),
    "a look-alike": ("x = 1\nsеt_weight(10)", 2),
    "too many steps": ("x = 0\nfor i in range(1000):\n    for j in range(1000):\n        x = x + 1", 4),
    "an action too late": ("remove_model('v1')\nset_weight(\n    100)\nrollback()", 4),
}


@pytest.mark.parametrize(("source", "line"), LINES.values(), ids=LINES.keys())
def test_an_error_is_told_on_its_line(source: str, line: int) -> None:
    error = refused(source)
    assert error.line == line, error.message


def test_an_error_of_reading_says_its_line_when_shown_as_text() -> None:
    with pytest.raises(Unreadable, match="line 2: canary script has no import"):
        read("x = 1\nimport os")


WORDS = {
    "import os": "canary script has no import",
    "while 1:\n    pass": "canary script has no while (use 'for' over a range, which always ends)",
    "x = [i for i in y]": "canary script has no comprehensions (use a 'for' loop)",
    "x = (1, 2)": "canary script has no tuples (use a list in square brackets)",
    "x = 2 ** 3": "canary script has no **",
    "x = 1 is 1": "canary script has no 'is' (use '==')",
    "x = 1 & 2": "canary script has no '&' (use 'and')",
    "x: int = 1": "canary script has no annotations (write name = value)",
    "match 1:\n    case 1:\n        pass": "canary script has no match (use 'if' and 'elif')",
    "async def f():\n    pass": "canary script has no async",
    "x = b'a'": "canary script has no b'...' texts: leave the letter out",
    "x = 1j": "canary script has no complex values",
    "x = 'a'.upper()": "only a function can be called, by its name",
    "a, b = 1, 2": "one name stands left of '=', or one entry of a list or dict",
    "for a, b in [[1, 2]]:\n    pass": "one name stands between 'for' and 'in'",
    "hold(10m)": "the number 10 runs into m: write text in quotes, or a space between",
    "canary = 2": "canary is an arm of the release: choose another name",
}


@pytest.mark.parametrize(("source", "message"), WORDS.items(), ids=WORDS.keys())
def test_what_the_language_lacks_is_named_with_what_to_use_instead(source: str, message: str) -> None:
    assert refused(source).message == message


REACHED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "source_bytes": ("x = 1234567", "too-long", {"source_bytes": 10}),
    "bracket_depth": ("x = [[[1]]]", "too-deep", {"bracket_depth": 2}),
    "tokens_in_statement": ("x = [1, 2, 3, 4]", "too-long", {"tokens_in_statement": 8}),
    "nesting": ("x = 1 + 1 + 1 + 1 + 1 + 1", "too-deep", {"nesting": 5}),
    "steps": ("x = 1\ny = 2\nz = 3", "too-many-steps", {"steps": 5}),
    "call_depth": ("def f(n):\n    if n:\n        f(n - 1)\nf(3)", "too-deep", {"call_depth": 3}),
    "levels": ("def f(n):\n    if n:\n        f(n - 1)\nf(5)", "too-deep", {"levels": 10}),
    "number": ("x = 101", "number-too-large", {"number": 100.0}),
    "text": ("x = 'abcdef'", "text-too-long", {"text": 5}),
    "elements": ("x = [1, 2, 3]", "too-many-elements", {"elements": 2}),
    "nested_values": ("x = [[[1]]]", "too-deep", {"nested_values": 1}),
    "allocated": ("x = [1, 2, 3]\ny = [1, 2, 3]", "too-much-data", {"allocated": 6}),
    "printed_lines": ("print(1)\nprint(2)\nprint(3)", "too-much-output", {"printed_lines": 2}),
    "actions": ("restart()\nrestart()\nrestart()", "too-many-actions", {"actions": 2}),
}
_BOUND_THE_TRACE = {"traced_lines", "traced_characters"}


@pytest.mark.parametrize(("source", "code", "change"), REACHED.values(), ids=REACHED.keys())
def test_a_limit_is_reached_where_it_says(source: str, code: str, change: dict[str, Any]) -> None:
    assert not isinstance(deploy(source), Located), "it is refused without the smaller limit too"
    assert refused(source, limits=dataclasses.replace(LIMITS, **change)).code == code


def test_every_limit_has_a_test() -> None:
    assert set(REACHED) | _BOUND_THE_TRACE == {field.name for field in dataclasses.fields(Limits)}


def repeated(line: str, times: int) -> str:
    """A line so many times."""
    return "\n".join([line] * times)


AT_THE_LIMIT: dict[str, Callable[[int], str]] = {
    "elements": lambda more: f"x = [0] * {LIMITS.elements + more}",
    "elements of a dict": lambda more: (
        f"d = {{}}\nfor i in range({LIMITS.elements}):\n    d[i] = i\n" + "d['a'] = 1" * more
    ),
    "text": lambda more: f"x = 'a' * {LIMITS.text + more}",
    "number": lambda more: f"x = {LIMITS.number:.0f} + {more}",
    "printed lines": lambda more: repeated("print(1)", LIMITS.printed_lines + more),
    "actions": lambda more: repeated("restart()", LIMITS.actions + more),
    "calls": lambda more: f"def f(n):\n    return 0 if n < 1 else f(n - 1)\nf({LIMITS.call_depth - 1 + more})",
    "nested values": lambda more: (
        "x = " + "[" * (LIMITS.nested_values + 1 + more) + "]" * (LIMITS.nested_values + 1 + more)
    ),
    "bytes": lambda more: "#" * (LIMITS.source_bytes - 5 + more) + "\nx=1\n",
    "bytes of other letters": lambda more: "#" + "é" * ((LIMITS.source_bytes - 6) // 2) + "é" * more + "\nx=1\n",
}


@pytest.mark.parametrize("program", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_the_limit_itself_is_allowed_and_one_more_is_not(program: Callable[[int], str]) -> None:
    assert not isinstance(deploy(program(0)), Located), deploy(program(0))
    assert isinstance(deploy(program(1)), Located)


def test_comments_and_empty_lines_belong_to_no_statement() -> None:
    assert printed("# a\n" * 400 + "\n" * 900 + "print('here')") == "here"


def test_a_dict_can_be_filled_and_refilled_in_a_loop() -> None:
    source = "d = {}\nfor round in range(4):\n    for i in range(400):\n        d[i] = round\nprint(len(d), d[399])"
    assert printed(source) == "400 3"


def test_an_entry_of_a_full_dict_can_still_be_changed() -> None:
    fill = f"d = {{}}\nfor i in range({LIMITS.elements}):\n    d[i] = i\n"
    assert printed(f"{fill}d[5] = 'new'\nprint(d[5], len(d))") == f"new {LIMITS.elements}"


def test_a_loop_that_is_left_early_in_each_round_gets_no_deeper() -> None:
    source = "n = 0\nfor i in range(900):\n    n += 1\n    if 1:\n        if 1:\n            continue\nprint(n)"
    assert printed(source) == "900"


def test_a_function_that_returns_from_within_gets_the_caller_no_deeper() -> None:
    function = "def f():\n    for j in range(9):\n        if 1:\n            return j\n"
    assert printed(function + repeated("f()", 300) + "\nprint('end')") == "end"


def test_what_was_printed_before_too_much_was_printed_is_kept() -> None:
    done = run_script(read("for i in range(1000):\n    print(f'{i}\\n\\n')"), WORLD)
    assert done.refused is not None
    assert done.refused.code == "too-much-output"
    assert len(done.output) == LIMITS.printed_lines
    assert done.output[:4] == ("0", "", "", "1")


def deeper(frames: int, source: str) -> object:
    """The error of a script that is run from a place so many calls further down."""
    return deeper(frames - 1, source) if frames else deploy(source)


DEEPEST = [
    "def f(n):\n    return 1 + (1 + (1 + (1 + (1 + (1 + (1 + f(n + 1)))))))\nf(0)",
    "def f(n):\n    if 1:\n        if 1:\n            for i in range(2):\n                f(n + 1)\nf(0)",
    "def f(n):\n    return max(0, max(0, max(0, f(n + 1))))\nf(0)",
    "def f(n):\n    return f'{[{1: [f(n + 1)]}]}'\nf(0)",
    "def f(n):\n    return f(n=f(n=f(n=f(n=1))))\nf(0)",
]


@pytest.mark.parametrize("source", DEEPEST)
def test_depth_is_counted_so_that_the_caller_s_own_depth_does_not_matter(source: str) -> None:
    here = deploy(source)
    assert isinstance(here, Located)
    assert here.code == "too-deep"
    frames, frame = 0, sys._getframe()
    while frame.f_back:
        frames, frame = frames + 1, frame.f_back
    assert deeper(250 - frames, source) == here


def test_the_trace_tells_each_line_with_the_variables_after_it() -> None:
    source = "share = 10\nif share > 5:\n    print('much')\nname = f'{share}'\nset_weight(share)"
    run = ran(source, trace=True)
    assert [(line.line, dict(line.variables), line.printed) for line in run.trace] == [
        (1, {"share": "10"}, 0),
        (2, {"share": "10"}, 0),
        (3, {"share": "10"}, 1),
        (4, {"share": "10", "name": "'10'"}, 1),
        (5, {"share": "10", "name": "'10'"}, 1),
    ]
    assert not run.trace_full


def test_the_trace_goes_through_loops_and_into_functions() -> None:
    source = (
        "def twice(n):\n    m = n * 2\n    return m\nfor i in range(2):\n    x = twice(i)\n    if i:\n        break"
    )
    run = ran(source, trace=True)
    assert [(line.line, dict(line.variables)) for line in run.trace] == [
        (1, {}),
        (4, {"i": "0"}),
        (2, {"n": "0", "m": "0"}),
        (3, {"n": "0", "m": "0"}),
        (5, {"i": "0", "x": "0"}),
        (6, {"i": "0", "x": "0"}),
        (4, {"i": "1", "x": "0"}),
        (2, {"n": "1", "m": "2"}),
        (3, {"n": "1", "m": "2"}),
        (5, {"i": "1", "x": "2"}),
        (6, {"i": "1", "x": "2"}),
        (7, {"i": "1", "x": "2"}),
    ]


def test_a_run_without_a_trace_has_none() -> None:
    assert ran("x = 1").trace == ()


def test_long_values_are_cut_in_the_trace() -> None:
    run = ran("x = 'a' * 500\ny = [x] * 900\nz = [[[1, {'a': None}]]]", trace=True)
    shown = run.trace[-1].variables
    assert shown["x"] == f"'{'a' * 78}…"
    assert len(shown["y"]) == 80
    assert shown["z"] == "[[[1, {'a': None}]]]"


LONG = {
    "many lines": ("for i in range(1000):\n    for j in range(1000):\n        x = i", LIMITS.traced_lines),
    "many names": ("\n".join(f"v{n} = {n}" for n in range(500)) + "\nfor i in range(900):\n    v0 = i", 500),
    "large values": ("x = [['a' * 50] * 30] * 30\nfor i in range(900):\n    y = x", 1_500),
}


@pytest.mark.parametrize(("source", "most"), LONG.values(), ids=LONG.keys())
def test_a_long_trace_ends_and_says_so(source: str, most: int) -> None:
    run = run_script(read(source), WORLD, trace=True)
    assert run.trace_full
    assert 10 < len(run.trace) <= most
    characters = sum(len(name) + len(text) for line in run.trace for name, text in line.variables.items())
    assert characters <= LIMITS.traced_characters + 200
