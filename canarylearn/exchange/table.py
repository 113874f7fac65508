"""CSV: one row for each choice, for people with a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from canarylearn.dialects.errors import Located, unreadable
from canarylearn.exchange.cells import escape_cell, unescape_cell
from canarylearn.exchange.guards import text_of
from canarylearn.exchange.marks import seen
from canarylearn.exchange.questions import MOST_QUESTIONS, Blank, Choice, Question, Read, told

COLUMNS = ("question", "text", "code", "blank", "option", "right", "feedback", "canarylearn")
_NEEDED = ("question", "text", "option")
_MOST_ROWS = 20_000


def write(questions: Sequence[Question]) -> bytes:
    """The questions as a table; what a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for question in questions:
        rows = [
            (
                *(question.name, question.text, question.code, blank.name, choice.text),
                _say(choice.right),
                choice.feedback,
            )
            for blank in question.blanks
            for choice in blank.choices
        ]
        mark = f"{seen(*(cell for row in rows for cell in row))} {question.mark}" if question.mark else ""
        for number, row in enumerate(rows):
            table.writerow([escape_cell(cell) for cell in (*row, "" if number else mark)])
    return out.getvalue().encode()


def _say(right: bool) -> str:
    return "yes" if right else "no"


def read(data: bytes) -> Read:
    """The questions in a table. Raises Unreadable for what is none."""
    text = text_of(data)
    table = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    try:
        columns = [name.strip().lower() for name in next(table, [])]
        if missing := [name for name in _NEEDED if name not in columns]:
            said = f"there is no column {missing[0]!r} in the first row; the columns are {', '.join(COLUMNS)}"
            raise unreadable(1, "columns", said)
        for line, row in _numbered(table):
            cells = dict(zip(columns, map(unescape_cell, row), strict=False))
            if not any(cell.strip() for cell in row):
                continue
            groups.setdefault(cells.get("question", "").strip(), []).append((line, cells))
            if len(groups) > MOST_QUESTIONS or line > _MOST_ROWS:
                said = f"more than {MOST_QUESTIONS} questions or {_MOST_ROWS:,} lines; split the file"
                raise unreadable(line, "too-long", said)
    except csv.Error as error:
        raise unreadable(max(table.line_num, 1), "not-csv", f"not readable as a table: {error}") from None
    found: list[Located] = []
    if strange := [name for name in columns if name not in COLUMNS]:
        found.append(told(1, "not-carried", f"the columns {', '.join(strange)} are left out"))
    questions = [_question(name, rows, found) for name, rows in groups.items()]
    return Read(questions=tuple(question for question in questions if question is not None), told=tuple(found))


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _numbered(table: Any) -> list[tuple[int, list[str]]]:
    """The rows of a reader of the csv module, each with the line on which it begins."""
    rows, line = [], table.line_num + 1
    for row in table:
        rows.append((line, row))
        line = table.line_num + 1
        if len(rows) > _MOST_ROWS:
            break
    return rows


def _question(name: str, rows: list[tuple[int, dict[str, str]]], found: list[Located]) -> Question | None:
    line, first = rows[0]
    if not name:
        found.append(told(line, "not-carried", "this row names no question; it is left out"))
        return None
    blanks: dict[str, list[Choice]] = {}
    for _line, cells in rows:
        right = cells.get("right", "").strip().lower() in ("yes", "true", "1", "100", "x")
        choice = Choice(text=cells.get("option", ""), right=right, feedback=cells.get("feedback", ""))
        blanks.setdefault(cells.get("blank", "").strip() or "choice", []).append(choice)
    words = first.get("canarylearn", "").split()
    if len(words) == 2:
        shown = [cells.get(column, "") for _line, cells in rows for column in COLUMNS[:-1]]
        if words[0] != seen(*shown):
            said = f"{name!r} was changed after it left CanaryLearn; the change is not taken over"
            found.append(told(line, "changed", said))
    return Question(
        name=name,
        text=first.get("text", ""),
        code=first.get("code", ""),
        blanks=tuple(Blank(name=blank, choices=tuple(choices)) for blank, choices in blanks.items()),
        mark=words[1] if len(words) == 2 else "",
        line=line,
    )
