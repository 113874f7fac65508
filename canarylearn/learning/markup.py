"""Text made ready for a page: Markdown rendered and then cleaned, code coloured on the server."""

import re
from dataclasses import dataclass
from functools import lru_cache

import bleach
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES

from canarylearn.items.spec import BLANK

_TAGS = frozenset({"p", "em", "strong", "code", "pre", "ul", "ol", "li", "a", "blockquote", "br", "h2", "h3"})
_ATTRIBUTES = {"a": ["href", "title"]}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
_PLACEHOLDER = re.compile(r"blank__(\w+)__")
# Characters that turn the reading direction can make code read as something else than it is.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def sanitise(html: str) -> SafeString:
    """HTML with nothing but a few harmless tags left: the only door through which authored HTML reaches a page."""
    cleaned = bleach.clean(
        _DIRECTION.sub("", html), tags=_TAGS, attributes=_ATTRIBUTES, protocols=["http", "https"], strip=True
    )
    # Safe because bleach has just escaped or removed everything that is not on the lists above.
    safe: SafeString = mark_safe(cleaned)  # noqa: S308
    return safe


@lru_cache(maxsize=2048)
def render(text: str) -> SafeString:
    """Markdown as clean HTML. Rendered first and cleaned after, so that Markdown cannot smuggle anything past."""
    return sanitise(_MARKDOWN.render(text).strip())


@lru_cache(maxsize=2048)
def render_inline(text: str) -> SafeString:
    """One line of Markdown as clean HTML, without a paragraph around it."""
    return sanitise(_MARKDOWN.renderInline(text.strip()))


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a line of code: coloured text, or the name of a blank."""

    css: str = ""
    text: str = ""
    blank: str = ""


@dataclass(frozen=True, kw_only=True)
class CodeLine:
    """One line of code: its number, its pieces, and whether an error was found on it."""

    number: int
    pieces: tuple[Piece, ...]
    faulty: bool = False


@lru_cache(maxsize=1024)
def highlight(code: str, faulty_line: int = 0) -> tuple[CodeLine, ...]:
    """Code as coloured lines; a blank ⟦name⟧ becomes a piece of its own."""
    source = BLANK.sub(lambda found: f"blank__{found[1]}__", code.rstrip("\n"))
    lines: list[list[Piece]] = [[]]
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(_piece(STANDARD_TYPES.get(token, ""), part))
    return tuple(
        CodeLine(number=number, pieces=tuple(pieces), faulty=number == faulty_line)
        for number, pieces in enumerate(lines, start=1)
    )


def _piece(css: str, text: str) -> Piece:
    blank = _PLACEHOLDER.fullmatch(text)
    return Piece(blank=blank[1]) if blank else Piece(css=css, text=text)
