"""GIFT, Moodle's format of plain text: one question a block, with its choices in braces."""

import re
from collections.abc import Iterator, Sequence

from canarylearn.dialects.errors import Located, unreadable
from canarylearn.exchange.guards import text_of
from canarylearn.exchange.html import as_markdown
from canarylearn.exchange.marks import MARK, PART, seen
from canarylearn.exchange.questions import MOST_QUESTIONS, Blank, Choice, Question, Read, one_a_blank, told

_SPECIAL = re.compile(r"[\\~=#{}:]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TITLE = re.compile(r"\s*::((?:[^\\:]|\\.|:(?!:))*)::", re.DOTALL)
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(#.*)?", re.DOTALL)


def write(questions: Sequence[Question]) -> bytes:
    """The questions as a GIFT file; a question with several blanks becomes one question a blank."""
    blocks = []
    for question in questions:
        for part in one_a_blank(question):
            block = _block(part)
            mark = f"// {MARK} {seen(block)} {part.mark}\n" if part.mark else f"// {PART} {seen(block)}\n"
            blocks.append(f"{mark if question.mark else ''}{block}\n")
    return "\n".join(blocks).encode()


def _block(question: Question) -> str:
    lines = [f"::{_escape(question.name)}::[markdown]{_escape(question.text)} {{"]
    for choice in question.blanks[0].choices:
        weight = "%0%" if not choice.right and choice.text.startswith("%") else ""
        feedback = f"#{_guarded(choice.feedback)}" if choice.feedback else ""
        lines.append(f"\t{'=' if choice.right else '~'}{weight}{_guarded(choice.text)}{feedback}")
    return "\n".join([*lines, "}"])


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text).replace("\n", "\\n")


def _guarded(text: str) -> str:
    """A text that begins with a bracket could be taken for one that names its format."""
    return f"[markdown]{_escape(text)}" if text.startswith("[") else _escape(text)


def read(data: bytes) -> Read:
    """The questions in a GIFT file. Raises Unreadable for what is no such file."""
    questions: list[Question] = []
    found: list[Located] = []
    for line, comments, block in _blocks(text_of(data)):
        if len(questions) + len(found) >= MOST_QUESTIONS:
            raise unreadable(line, "too-long", f"more than {MOST_QUESTIONS} questions; split the file")
        mark = next((words[1:] for words in comments if words[0] in (MARK, PART)), None)
        if mark is not None and mark[0] != seen(block):
            found.append(told(line, "changed", "was changed after it left CanaryLearn; the change is not taken over"))
        if mark is not None and len(mark) == 1:
            continue  # a further blank of the question before it
        question = _question(block, line, mark[1] if mark else "", found)
        if question is not None:
            questions.append(question)
    return Read(questions=tuple(questions), told=tuple(found))


def _blocks(text: str) -> Iterator[tuple[int, list[list[str]], str]]:
    """Each block of lines: where it begins, the words of its comments that are ours, and the rest of it."""
    first, comments, lines = 1, list[list[str]](), list[str]()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.lstrip().startswith("//"):
            words = line.split()[1:]
            if len(words) > 1 and words[0] in (MARK, PART):
                comments.append(words)
        elif line.strip().startswith("$CATEGORY:"):
            continue  # where it lies over there
        elif line.strip():
            first = first if lines else number
            lines.append(line)
        elif lines:
            yield first, comments, "\n".join(lines)
            comments, lines = [], []


def _question(block: str, line: int, mark: str, found: list[Located]) -> Question | None:
    """The question in a block; nothing, and something told, for a kind that cannot come in."""
    title = _TITLE.match(block)
    body = block[title.end() :] if title else block
    begin, end = _first_brace(body), _last_brace(body)
    name = _plain(title[1]) if title else ""
    if begin is None or end is None or end < begin:
        found.append(told(line, "not-carried", f"{name or 'this block'} asks nothing to choose from; it is left out"))
        return None
    before, inner, after = body[:begin], body[begin + 1 : end], body[end + 1 :]
    text, kind = _formatted(f"{before}{'____' if after.strip() else ''}{after}")
    name = name or " ".join(text.split())[:80]
    choices = _choices(inner, kind, line, name, found)
    if choices is None:
        return None
    return Question(name=name, text=text, blanks=(Blank(name="choice", choices=choices),), mark=mark, line=line)


def _choices(inner: str, kind: str, line: int, name: str, found: list[Located]) -> tuple[Choice, ...] | None:
    if truth := _TRUTH.fullmatch(inner):
        return tuple(Choice(text=text, right=truth[1][0] == text[0].upper()) for text in ("True", "False"))
    pieces = [piece for piece in _split(inner, "~=") if piece.strip()]
    if inner.lstrip().startswith("#"):
        said = "asks for a number"
    elif not inner.strip():
        said = "asks for an essay"
    elif any(piece.startswith("~") for piece in pieces):
        return tuple(_choice(piece, kind) for piece in pieces if piece[0] in "~=")
    else:
        said = "asks to match things" if "->" in inner else "asks for a typed answer"
    found.append(told(line, "not-carried", f"{name!r} {said}, which no item here does; it is left out"))
    return None


def _choice(piece: str, kind: str) -> Choice:
    sign, rest = piece[0], piece[1:]
    weight = _WEIGHT.match(rest) if sign == "~" else None
    rest = rest[weight.end() :] if weight else rest
    text, *feedback = _split(rest, "#")
    worth = float(weight[1]) if weight else 0.0
    return Choice(
        text=_formatted(text, kind)[0],
        right=sign == "=" or worth > 0,
        feedback=_formatted(feedback[0][1:], kind)[0] if feedback else "",
    )


def _split(text: str, signs: str) -> list[str]:
    """The text cut before each of these signs that no backslash stands before; the first piece has no sign."""
    pieces, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in signs:
            pieces.append(text[start:place])
            start = place
        place += 1
    pieces.append(text[start:])
    return pieces


def _first_brace(text: str) -> int | None:
    pieces = _split(text, "{")
    return len(pieces[0]) if len(pieces) > 1 else None


def _last_brace(text: str) -> int | None:
    pieces = _split(text, "}")
    return len(text) - len(pieces[-1]) if len(pieces) > 1 else None


def _formatted(text: str, kind: str = "moodle") -> tuple[str, str]:
    """The text as Markdown, and the format it came in."""
    found = _FORMAT.match(text)
    kind, text = (found[1], text[found.end() :]) if found else (kind, text)
    plain = _plain(text)
    return (as_markdown(plain) if kind == "html" else plain), kind


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text).strip()
