"""Texts that went wrong: a manifest with a part replaced by something hostile, or with its characters disturbed."""

import copy
import gc
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable

HOSTILE: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -0.0,
    -1,
    0.1,
    99.5,
    10**18,
    10**40,
    1e300,
    math.nan,
    math.inf,
    -math.inf,
    "",
    "10",
    "10%",
    "0.1",
    "1e999",
    "NaN",
    "true",
    "yes",
    "a" * 5000,
    "\N{ARABIC-INDIC DIGIT NINE}",
    "line\nline",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": ""},
    {"a": {"b": {"c": {}}}},
    [0] * 2000,
    {str(number): number for number in range(2000)},
)
"""Values that a person, a template or an attacker puts where something else belongs."""

SLOWEST = 0.5
"""Seconds of the processor that reading any text may take."""


def paths(tree: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree, its root first."""
    yield path
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*path, key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from paths(value, (*path, place))


def replaced(tree: object, path: tuple[Any, ...], value: object) -> object:
    """A copy of a tree with another value in one place."""
    if not path:
        return value
    changed: Any = copy.deepcopy(tree)
    above = changed
    for key in path[:-1]:
        above = above[key]
    above[path[-1]] = value
    return changed


def mangled(*trees: object) -> st.SearchStrategy[str]:
    """Texts of the trees with one to three places replaced, or with characters cut out, doubled or swapped."""

    @st.composite
    def broken_tree(draw: st.DrawFn) -> str:
        tree = draw(st.sampled_from(trees))
        for _ in range(draw(st.integers(1, 3))):
            tree = replaced(tree, draw(st.sampled_from(list(paths(tree)))), draw(st.sampled_from(HOSTILE)))
        return dump(tree)

    @st.composite
    def broken_text(draw: st.DrawFn) -> str:
        text = dump(draw(st.sampled_from(trees)))
        for _ in range(draw(st.integers(1, 4))):
            start = draw(st.integers(0, max(0, len(text) - 1)))
            end = min(len(text), start + draw(st.integers(0, 12)))
            text = (
                text[:start]
                + draw(st.sampled_from(["", text[start:end] * 2, "- ", ": ", "{", "'", "\t", "~"]))
                + text[end:]
            )
        return text

    return st.one_of(broken_tree(), broken_text())


def dump(tree: object) -> str:
    """A tree as YAML in several lines, without aliases."""
    dumper = yaml.SafeDumper
    aliased = dumper.ignore_aliases
    try:
        dumper.ignore_aliases = lambda _self, _data: True  # type: ignore[method-assign, assignment]
        return yaml.dump(tree, Dumper=dumper, sort_keys=False, allow_unicode=True)
    finally:
        dumper.ignore_aliases = aliased  # type: ignore[method-assign]


def _timed(read: Callable[[str], object], text: str) -> tuple[tuple[Located, ...], float]:
    gc.freeze()  # what other tests left in memory is not looked through meanwhile
    begun = time.thread_time()
    try:
        read(text)
    except Unreadable as unreadable:
        return unreadable.errors, time.thread_time() - begun
    finally:
        gc.unfreeze()
    return (), time.thread_time() - begun


def refusal(read: Callable[[str], object], text: str) -> tuple[Located, ...]:
    """The located errors of a text, none when it is read. Fails for errors elsewhere, empty or slow ones."""
    # A busy machine can make one reading slow, but not three in a row.
    found, took = _timed(read, text)
    for _ in range(2):
        if took >= SLOWEST:
            found, took = _timed(read, text)
    assert took < SLOWEST
    lines = text.count("\n") + 1
    for error in found:
        assert 1 <= error.line <= lines
        assert error.message
        assert len(error.message) < 600
    return found
