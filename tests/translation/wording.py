"""What a template shows without asking for a translation, found in its tokens."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

SPOKEN = ("alt", "title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "data-label")
"""Attributes that are read to people. What scripts say stands in data attributes: see `is_read`."""

AS_THEY_ARE = {"CanaryLearn", "UTC", "v1", "v2", "p95"}
"""Names, units and code that are the same in every language."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_PUT_IN = "\N{OBJECT REPLACEMENT CHARACTER}"
_FILTERS_THAT_SPEAK = re.compile(
    r"\|(?:pluralize|yesno|(?:default|default_if_none|join|add):(['\"])[^'\"]*[A-Za-z]{2}[^'\"]*\1)"
)
_GIVEN_WORDS = re.compile(r"\b(?:label|legend|title|text|message)=(['\"])[^'\"]*\1")


class _Shown(HTMLParser):
    """The texts and spoken attributes of a page, with the line on which each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and is_read(tag, name, dict(attrs)):
                self.found.append((self.getpos()[0], value))
        if tag in ("script", "style", "code"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.found.append((self.getpos()[0], data))


def is_read(tag: str, name: str, attributes: dict[str, str | None]) -> bool:
    """Whether people meet the value of an attribute; of data attributes those that hold a sentence."""
    if name == "content":
        return tag == "meta" and attributes.get("name") == "description"
    value = attributes[name] or ""
    return name in SPOKEN or (name.startswith("data-") and len(_WORD.findall(value)) > 1 and " " in value)


def unmarked(source: str) -> list[str]:
    """What a template shows that no translation can change, each with its line."""
    page, spoken = _without_what_is_marked(Lexer(source).tokenize())
    reader = _Shown()
    reader.feed(page)
    reader.close()
    texts = [(line, text) for line, text in reader.found if _speaks(text)]
    return [f"line {line}: {' '.join(text.split())}" for line, text in sorted([*texts, *spoken])]


def _speaks(text: str) -> bool:
    for name in AS_THEY_ARE:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
    return bool(_WORD.search(text))


def _without_what_is_marked(tokens: list[Token]) -> tuple[str, list[tuple[int, str]]]:
    """The page with a sign for every value and every marked text; and words given to tags and filters."""
    parts: list[str] = []
    spoken: list[tuple[int, str]] = []
    held = False
    for token in tokens:
        name = token.contents.split(" ", 1)[0]
        if token.token_type is TokenType.BLOCK and name == "blocktranslate":
            held = True
        lines = "\n" * token.contents.count("\n")
        if token.token_type is TokenType.TEXT:
            parts.append(lines if held else token.contents)
        elif token.token_type is TokenType.VAR or name in ("translate", "blocktranslate"):
            parts.append(_PUT_IN + lines)
        else:
            parts.append(lines)
        is_code = token.token_type in (TokenType.VAR, TokenType.BLOCK) and name not in ("translate", "blocktranslate")
        if is_code and (_FILTERS_THAT_SPEAK.search(token.contents) or _GIVEN_WORDS.search(token.contents)):
            spoken.append((token.lineno or 0, token.contents))
        if token.token_type is TokenType.BLOCK and name == "endblocktranslate":
            held = False
    return "".join(parts), spoken


def templates(root: Path) -> Iterator[Path]:
    """Every template of the site: pages, fragments, mails and messages."""
    return (path for path in sorted(root.rglob("*")) if path.suffix in (".html", ".txt"))
