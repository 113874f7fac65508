"""HTML of other systems as Markdown: its words, its code, its lists and its emphasis, and nothing else."""

import re
from html.parser import HTMLParser

_BEGIN = {"br": "\n", "li": "\n- ", "strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "tt": "`"}
_END = {name: sign for name, sign in _BEGIN.items() if sign in ("**", "*", "`")}
_BLOCKS = frozenset({"p", "div", "ul", "ol", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "blockquote"})
_SILENT = frozenset({"script", "style", "template", "head", "title"})
_KNOWN = frozenset({*_BEGIN, *_BLOCKS, *_SILENT, "span", "html", "body"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        self.code += tag == "pre"
        if tag in _BLOCKS:
            self.parts.append("\n\n```\n" if tag == "pre" else "\n\n")
        elif not self.code:
            self.parts.append(_BEGIN.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag == "pre" and self.code:
            self.code -= 1
            self.parts.append("\n```\n\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif not self.code:
            self.parts.append(_END.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data if self.code else re.sub(r"\s+", " ", data))


def as_markdown(html: str) -> str:
    """The words of some HTML, as Markdown."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n", "\n", text)).strip()


def strangers(html: str) -> list[str]:
    """The elements that `as_markdown` leaves out."""
    return sorted({tag.lower() for tag in re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", html)} - _KNOWN)
