"""Errors that know where they are."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Located:
    """One error in a text: its line (from 1), its column (from 1) where known, a stable code, and plain words.

    `path` is the field in the tool's own notation, such as 'spec.strategy.steps[0].setWeight', where there is one.
    """

    line: int
    column: int | None
    code: str
    message: str
    path: str = ""


class Unreadable(Exception):
    """A text that cannot be read; `errors` says where and why, in the order of the lines."""

    def __init__(self, errors: tuple[Located, ...]) -> None:
        super().__init__("; ".join(f"line {error.line}: {error.message}" for error in errors))
        self.errors = errors


def unreadable(line: int, code: str, message: str) -> Unreadable:
    """The exception for a text with one error."""
    return Unreadable((Located(line=line, column=None, code=code, message=message),))
