"""Columns of numbers in CSV files, read with refusals that name file and line."""

import csv
import io
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from canarylearn.cli.problems import Usage

MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000
_MOST_CELL = 200
_MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})
_MOST_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class Column:
    """The numbers of one column in the file's order, missing ones as NaN, and how many were missing."""

    file: str
    name: str
    values: list[float]
    missing: int

    @property
    def present(self) -> list[float]:
        """The numbers without the missing ones."""
        return [value for value in self.values if not math.isnan(value)]


def read_column(file: str, name: str) -> Column:
    """The column with this header. Raises Usage, with file and line, for whatever is no table of numbers."""
    rows = _rows(file, _read_text(file))
    first = next(rows, None)
    if first is None:
        raise Usage(f"{file} is empty; its first line has to name the columns")
    headers = [cell.strip() for cell in first[1]]
    if headers.count(name) != 1:
        known = ", ".join(header or "(no name)" for header in headers)
        much = "no column" if name not in headers else "more than one column"
        hint = " The first line looks like numbers; it has to name the columns." if _all_numbers(headers) else ""
        raise Usage(f"{file}:{first[0]}: {much} is named {_short(name)}; the columns are {_short(known, 200)}.{hint}")
    place, missing = headers.index(name), 0
    values: list[float] = []
    for line, row in rows:
        if len(row) != len(headers):
            raise Usage(f"{file}:{line}: {len(row)} cells, and the first line names {len(headers)} columns")
        if len(values) == MOST_ROWS:
            raise Usage(f"{file}:{line}: more than {MOST_ROWS:,} rows; take a sample or aggregate them")
        values.append(value := _number(file, line, name, row[place]))
        missing += math.isnan(value)
    return Column(file=file, name=name, values=values, missing=missing)


def _read_text(file: str) -> str:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise Usage(f"{file} is larger than {MOST_BYTES // 1_000_000} MB; take a sample or aggregate it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Usage(f"{file}:{line}: this is not text in UTF-8; save the file as UTF-8") from None


def _rows(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its line; empty lines are left out."""
    if "\0" in text:
        raise Usage(f"{file}:{text[: text.index(chr(0))].count(chr(10)) + 1}: a null character; this is no CSV file")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise Usage(f"{file}:{reader.line_num}: {error}") from None


def _number(file: str, line: int, name: str, cell: str) -> float:
    text = cell.strip()
    if text.casefold() in _MISSING:
        return math.nan
    try:
        if len(text) > _MOST_CELL or "_" in text:
            raise ValueError
        value = float(text)
    except ValueError:
        unit = " write it without a unit or a thousands separator" if text[:1].isdigit() else " leave it empty"
        raise Usage(f"{file}:{line}: {name} is {_short(text)}, which is not a number;{unit}") from None
    if math.isinf(value):
        raise Usage(
            f"{file}:{line}: {name} is {_short(text)}, which is not finite; leave the cell empty if it is unknown"
        )
    return value


def _all_numbers(cells: list[str]) -> bool:
    try:
        return bool(cells) and all(math.isfinite(float(cell)) for cell in cells)
    except ValueError:
        return False


def _short(text: str, most: int = _MOST_SHOWN) -> str:
    return repr(text) if most == _MOST_SHOWN and len(text) <= most else text if len(text) <= most else f"{text[:most]}…"
