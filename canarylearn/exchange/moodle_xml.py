"""Moodle XML: multiple choice, and code with gaps as Moodle's embedded answers ("cloze")."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from markdown_it import MarkdownIt

from canarylearn.dialects.errors import Located, unreadable
from canarylearn.exchange.guards import text_of
from canarylearn.exchange.html import as_markdown, strangers
from canarylearn.exchange.marks import MARK, seen
from canarylearn.exchange.questions import MOST_QUESTIONS, Blank, Choice, Question, Read, told, with_code
from canarylearn.items.spec import BLANK

DEEPEST = 40
MOST_ELEMENTS = 100_000

_GAP = re.compile(r"\{\d*:(?:MULTICHOICE|MC)(?:_?[VHS]+)?:((?:[^\\}]|\\.)*)\}", re.DOTALL)
_OTHER_GAP = re.compile(r"\{\d*:([A-Z_]+):")
_ANSWER = re.compile(r"^\s*(?:(=)|%(-?\d+(?:\.\d+)?)%)?(.*)$", re.DOTALL)
_CLOZE_SIGNS = str.maketrans({"}": "&#125;", "~": "&#126;", "#": "&#35;", "\\": "&#92;", "\n": " "})
_KINDS: Mapping[str, str] = {
    "essay": "asks for an essay",
    "numerical": "asks for a number",
    "shortanswer": "asks for a typed answer",
    "matching": "asks to match things",
    "description": "asks nothing",
    "calculated": "asks for a number",
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def write(questions: Sequence[Question]) -> bytes:
    """The questions as a Moodle XML file."""
    quiz = ET.Element("quiz")
    for question in questions:
        quiz.append(_choice_element(question) if question.is_choice else _cloze_element(question))
    ET.indent(quiz)
    written: bytes = ET.tostring(quiz, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _element(question: Question, kind: str, text: str, form: str) -> ET.Element:
    element = ET.Element("question", type=kind)
    if question.mark:
        element.append(ET.Comment(f" {MARK} {{seen}} {question.mark} "))
    _text(ET.SubElement(element, "name"), question.name)
    _text(ET.SubElement(element, "questiontext", format=form), text)
    _text(ET.SubElement(element, "generalfeedback", format="html"), "")
    for name, value in (("penalty", "0.3333333"), ("hidden", "0")):
        ET.SubElement(element, name).text = value
    return element


def _signed(element: ET.Element) -> ET.Element:
    """The element, with the digest of what it shows in its mark."""
    for child in element:
        if callable(child.tag):
            child.text = (child.text or "").replace("{seen}", seen(*_shown(element)))
    return element


def _choice_element(question: Question) -> ET.Element:
    element = _element(question, "multichoice", with_code(question), "markdown")
    facts = (("defaultgrade", "1"), ("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc"))
    for name, value in facts:
        ET.SubElement(element, name).text = value
    for choice in question.blanks[0].choices:
        answer = ET.SubElement(element, "answer", fraction="100" if choice.right else "0", format="markdown")
        _text(answer, choice.text)
        _text(ET.SubElement(answer, "feedback", format="markdown"), choice.feedback)
    return _signed(element)


def _cloze_element(question: Question) -> ET.Element:
    gaps = {blank.name: _gap(blank) for blank in question.blanks}
    prompt = _without_gaps(_MARKDOWN.render(question.text).strip())
    pieces = BLANK.split(question.code)
    code = "".join(
        gaps[piece] if number % 2 else _without_gaps(escape(piece, quote=False)) for number, piece in enumerate(pieces)
    )
    return _signed(_element(question, "cloze", f"{prompt}\n<pre>{code}</pre>", "html"))


def _without_gaps(html: str) -> str:
    """A brace of the text itself must not begin a gap."""
    return html.replace("{", "&#123;")


def _gap(blank: Blank) -> str:
    answers = []
    for choice in blank.choices:
        feedback = f"#{_cloze(_MARKDOWN.renderInline(choice.feedback))}" if choice.feedback else ""
        answers.append(f"%{100 if choice.right else 0}%{_cloze(escape(choice.text, quote=False))}{feedback}")
    return f"{{1:MULTICHOICE:{'~'.join(answers)}}}"


def _cloze(html: str) -> str:
    """HTML within a gap. Moodle decodes its entities once before it takes it for HTML, so all are written twice."""
    return escape(html, quote=False).translate(_CLOZE_SIGNS)


def _text(element: ET.Element, text: str) -> None:
    ET.SubElement(element, "text").text = text


class _Builder(ET.TreeBuilder):
    """A tree that is neither too deep nor too large, and the lines on which its questions begin."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True)
        self.parser: Any = None
        self.lines: list[int] = []
        self.depth = self.count = 0

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        line = self.parser.parser.CurrentLineNumber
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST:
            raise unreadable(line, "too-deep", f"more than {DEEPEST} elements within each other; no quiz needs that")
        if self.count > MOST_ELEMENTS:
            raise unreadable(line, "too-long", f"more than {MOST_ELEMENTS:,} elements; split the file")
        if tag == "question":
            self.lines.append(line)
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def read(data: bytes) -> Read:
    """The questions in a Moodle XML file. Raises Unreadable for what is none, or tries to be more."""
    root, lines = _parsed(text_of(data))
    if root.tag != "quiz":
        raise unreadable(
            1, "not-a-quiz", f"the file holds <{str(root.tag)[:40]}> and no <quiz>; export it as Moodle XML"
        )
    elements = root.findall("question")
    if len(elements) > MOST_QUESTIONS:
        raise unreadable(1, "too-long", f"more than {MOST_QUESTIONS} questions; split the file")
    found: list[Located] = []
    questions = [_question(element, line, found) for element, line in zip(elements, lines, strict=False)]
    return Read(questions=tuple(question for question in questions if question is not None), told=tuple(found))


def _parsed(text: str) -> tuple[ET.Element, list[int]]:
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder.parser = parser
    try:
        parser.feed(text)
        root: ET.Element = parser.close()
    except ET.ParseError as error:
        line = error.position[0]
        raise unreadable(line, "not-xml", f"not readable as XML: {str(error).split(':')[0]}") from None
    except DefusedXmlException:
        line = parser.parser.CurrentLineNumber
        said = "it declares a document type or entities, which no quiz needs; take the declaration out"
        raise unreadable(line, "declaration", said) from None
    return root, builder.lines


def _question(element: ET.Element, line: int, found: list[Located]) -> Question | None:
    kind = element.get("type", "")
    if kind == "category":
        return None
    name = " ".join(_said(element, "name").split()) or "a question without a name"
    mark, carried = _mark(element)
    if carried and mark != seen(*_shown(element)):
        found.append(
            told(line, "changed", f"{name!r} was changed after it left CanaryLearn; the change is not taken over")
        )
    if element.find(".//file") is not None:
        found.append(told(line, "not-carried", f"{name!r} has files with it, such as pictures; they are left out"))
    read_kind = {"multichoice": _multichoice, "truefalse": _multichoice, "cloze": _read_cloze}.get(kind)
    made = read_kind(element, name, line, found) if read_kind else None
    if made is None:
        if read_kind is None:
            said = _KINDS.get(kind, f"is of the kind {kind[:40]!r}")
            found.append(told(line, "not-carried", f"{name!r} {said}, which no item here does; it is left out"))
        return None
    text, code, blanks = made
    return Question(name=name, text=text, code=code, blanks=blanks, mark=carried, line=line)


_Parts = tuple[str, str, tuple[Blank, ...]]


def _multichoice(element: ET.Element, name: str, line: int, found: list[Located]) -> _Parts | None:
    choices = tuple(
        Choice(
            text=_words(answer, answer.get("format"), name, line, found),
            right=_worth(answer.get("fraction", "0")) > 0,
            feedback=_words(answer.find("feedback"), None, name, line, found),
        )
        for answer in element.findall("answer")
    )
    if _said_alone(element.find("single")) in ("false", "0"):
        said = f"{name!r} lets several options be picked together; here one is picked"
        found.append(told(line, "one-is-picked", said))
    return _words(element.find("questiontext"), None, name, line, found), "", (Blank(name="choice", choices=choices),)


def _read_cloze(element: ET.Element, name: str, line: int, found: list[Located]) -> _Parts | None:
    html = _said(element, "questiontext")
    blanks: list[Blank] = []

    def gap(match: re.Match[str]) -> str:
        blanks.append(Blank(name=f"gap{len(blanks) + 1}", choices=tuple(_cloze_choices(match[1]))))
        return f"⟦{blanks[-1].name}⟧"

    with_marks = _GAP.sub(gap, html)
    if other := _OTHER_GAP.search(with_marks):
        said = f"{name!r} has a gap of the kind {other[1]}, which is typed; it is left out"
        found.append(told(line, "not-carried", said))
        return None
    if not blanks:
        found.append(told(line, "not-carried", f"{name!r} has no gap; it is left out"))
        return None
    return "", as_markdown(with_marks), tuple(blanks)


def _cloze_choices(inner: str) -> Iterator[Choice]:
    for piece in re.split(r"(?<![\\&])~", inner):
        answer, *feedback = re.split(r"(?<![\\&])#", piece, maxsplit=1)
        parts = _ANSWER.match(answer)
        assert parts is not None  # every part of it may be empty
        yield Choice(
            text=_uncloze(parts[3]),
            right=bool(parts[1]) or _worth(parts[2] or "0") > 0,
            feedback=_uncloze(feedback[0]) if feedback else "",
        )


def _uncloze(text: str) -> str:
    return as_markdown(unescape(re.sub(r"\\([~#}\\/\"])", r"\1", text)))


def _worth(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _words(holder: ET.Element | None, form: str | None, name: str, line: int, found: list[Located]) -> str:
    """The words of an element's text, as Markdown."""
    if holder is None:
        return ""
    text, form = _said_in(holder), form or holder.get("format", "html")
    if form in ("markdown", "plain_text"):
        return text.strip()
    if left := strangers(text):
        said = f"{name!r} has <{'>, <'.join(left[:5])}>, of which the words alone come in"
        found.append(told(line, "not-carried", said))
    return as_markdown(text)


def _said(element: ET.Element, name: str) -> str:
    holder = element.find(name)
    return "" if holder is None else _said_in(holder)


def _said_in(holder: ET.Element) -> str:
    return holder.findtext("text") or ""


def _said_alone(element: ET.Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _shown(element: ET.Element) -> list[str]:
    """What people see of a question."""
    shown = [_said(element, "name"), _said(element, "questiontext")]
    for answer in element.findall("answer"):
        shown += [answer.get("fraction", ""), _said_in(answer), _said(answer, "feedback")]
    return shown


def _mark(element: ET.Element) -> tuple[str, str]:
    """The digest in the mark of a question, and what the mark carries; nothing if it has none."""
    for child in element:
        if callable(child.tag):
            words = (child.text or "").split()
            if len(words) == 3 and words[0] == MARK:
                return words[1], words[2]
    return "", ""
