"""A text with the lines marked that something is said about, and only as much of it as is needed to find them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers.data import YamlLexer
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES

from canarylearn.lab.running import SCRIPT
from canarylearn.learning.markup import Piece

_AROUND = 3
_SHOWN_WHOLE = 30
_LONGEST_LINE = 300


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a text: its number, its coloured pieces, and whether it is marked."""

    number: int
    pieces: tuple[Piece, ...]
    marked: bool


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """Lines that follow each other, and how many are left out before them."""

    skipped: int
    lines: tuple[Line, ...]


def excerpts(text: str, way: str, marked: set[int]) -> list[Excerpt]:
    """The text around the marked lines; all of it when it is short."""
    texts = text.rstrip("\n").split("\n")
    wanted = [number for number in range(1, len(texts) + 1) if len(texts) <= _SHOWN_WHOLE or _is_near(number, marked)]
    coloured = _coloured("\n".join(line[:_LONGEST_LINE] for line in texts), way)
    found, last = [], 0
    for _, stretch in groupby(enumerate(wanted), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in stretch]
        lines = tuple(
            Line(number=number, pieces=coloured.get(number, ()), marked=number in marked) for number in numbers
        )
        found.append(Excerpt(skipped=numbers[0] - last - 1, lines=lines))
        last = numbers[-1]
    return found


def _is_near(number: int, marked: set[int]) -> bool:
    return any(number + away in marked for away in range(-_AROUND, _AROUND + 1))


def _coloured(text: str, way: str) -> Mapping[int, tuple[Piece, ...]]:
    lexer: Lexer = (PythonLexer if way == SCRIPT else YamlLexer)(stripnl=False, ensurenl=False)
    lines: dict[int, list[Piece]] = {}
    for number, piece in _pieces(lexer, text):
        lines.setdefault(number, []).append(piece)
    return {number: tuple(pieces) for number, pieces in lines.items()}


def _pieces(lexer: Lexer, text: str) -> Iterator[tuple[int, Piece]]:
    number = 1
    for token, part in lexer.get_tokens(text):
        for place, piece in enumerate(part.split("\n")):
            number += place > 0
            if piece:
                yield number, Piece(css=STANDARD_TYPES.get(token, ""), text=piece)
