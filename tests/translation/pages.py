"""The texts of a page, each with the classes it stands in."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from tests.translation.wording import is_read

_ALONE = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
_SILENT = {"script", "style"}
_WORD = re.compile(r"[^\W\d_]{3}")
_PUT_IN = re.compile(r"\{\w+\}")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text or a spoken attribute; `within` are the tags, classes and ids of what it stands in."""

    text: str
    within: frozenset[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, frozenset[str]]] = []
        self.texts: list[Text] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = {tag, *(given.get("class") or "").split(), *(f"#{given['id']}" for _ in range("id" in given))}
        here = self._within() | names
        for name, value in attrs:
            if value and is_read(tag, name, given):
                self.texts.append(Text(text=" ".join(value.split()), within=here | {f"[{name}]"}))
        if tag not in _ALONE:
            self.open.append((tag, frozenset(names)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _ALONE:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not (self.open and self.open[-1][0] in _SILENT):
            self.texts.append(Text(text=text, within=self._within()))

    def _within(self) -> frozenset[str]:
        return frozenset().union(*(names for _, names in self.open))


def texts_of(page: str) -> list[Text]:
    """Every text of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.texts


def same_words(english: str, other: str) -> list[Text]:
    """The texts with words in them that a page has in both of two languages, at the same place."""
    pairs = zip(texts_of(english), texts_of(other), strict=True)
    return [one for one, two in pairs if one.text == two.text and _WORD.search(_PUT_IN.sub("", one.text))]
