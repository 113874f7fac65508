"""What is content: texts of the authors' files, and what the engine and the dialects say of a run in English."""

import re
from collections.abc import Iterator
from functools import cache

import yaml

from canarylearn.learning.content import CONTENT
from tests.accounts.signing import ADDRESS
from tests.translation.pages import Text

TOLD_BY_RUNS = [
    {"#verdict"},  # the headline
    {"figures"},
    {"goals"},
    {"timeline"},
    {"row-note"},
    {"why"},
    {"curves"},  # how a line ended
    {"compare", "td"},
    {"run", "summary"},
    {"shown", "b"},
    {"shown", "summary"},
    {"shown", "tbody"},
    {"printed", "pre"},
    {"error"},  # what the interpreter says of a line
    {"told"},  # the verdict of the lab
    {"arms", "td"},
    {"says", "dd"},  # the analysis and the event of a frame
    {"frames", "td"},
]
"""Where a run speaks, by classes, ids and tags; the engine has no languages."""

WORDS_OF_AUTHORS = frozenset(
    ["prompt", "words", "radio", "found-list", "worked", "mistakes", "check", "beside", "project-language"]
)
"""Classes of longer texts of authors, which code and marks cut into pieces."""

CODE = frozenset(["code", "pre", "kbd", "textarea", "option"])
"""Code is code in every language."""

_AMOUNT = re.compile(r"\d[\d.,]*\N{NO-BREAK SPACE}?\s?(?:h|min|ms|s)\b")
_NAMED = re.compile(r"^:+ \w+ ([\w-]+) in ", re.MULTILINE)  # the name of a run on a page to read
NAMES = frozenset(["CanaryLearn", "FSRS", "UTC", ADDRESS, ADDRESS.partition("@")[0]])


@cache
def _corpus() -> tuple[frozenset[str], str]:
    """Every text of the files of content: one by one, and all in one line."""
    found = set()
    for path in sorted(CONTENT.rglob("*.yaml")):
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        found |= {_plain(text) for text in _texts(loaded)}
    long = []
    for path in sorted(CONTENT.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        found |= {_plain(value) for value in re.findall(r"^ *\w+: (.+)$", text, re.MULTILINE)}
        found |= {_plain(name.replace("-", " ")) for name in _NAMED.findall(text)}
        long.append(_plain(text))
    return frozenset(found), " ".join([*sorted(found), *long])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _plain(text: str) -> str:
    """A text without the signs of Markdown, in one line and small letters."""
    return re.sub(r"[\s`*_]+", " ", text).strip().lower()


def is_content(text: Text) -> bool:
    """Whether a text comes from the authors or from a run."""
    if text.within & (WORDS_OF_AUTHORS | CODE) or any(place <= text.within for place in TOLD_BY_RUNS):
        return True
    return _is_known(text.text) or _is_known(_AMOUNT.sub("", text.text))


def _is_known(text: str) -> bool:
    """Whether every part of a text stands in the files, or is a name."""
    alone, together = _corpus()
    parts = [part for part in re.split(r" · |^[·:/,] | ·$|:$", text) if re.search(r"[^\W\d_]{2}", part)]
    return all(part in NAMES or _plain(part) in alone or _is_piece(_plain(part), together) for part in parts)


def _is_piece(text: str, together: str) -> bool:
    """A word or two can stand anywhere; four in a row are a piece of that text."""
    return text.count(" ") > 2 and text in together
