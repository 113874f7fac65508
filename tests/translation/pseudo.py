"""Languages that nobody speaks: every message in letters with accents, written from either side.

Whatever a page shows without accents was never asked for in the reader's language.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation
from django.utils.translation import trans_real

FROM_LEFT, FROM_RIGHT = "eo", "ar"
"""Codes under which the languages go: of ones that are written from the left and from the right."""

_CONTEXT = "\x04"
_KEPT = re.compile(r"(%(?:\(\w+\))?[ds]|%%|<[^>]*>|&\w+;|\{\w+\})")
_ACCENTS = str.maketrans("aeiouyAEIOUYbcdfghjklmnprstvwz", "áéíóúýÁÉÍÓÚÝḃćďḟǵĥĵḱĺḿńṕŕśťṽẃź")


def accented(message: str) -> str:
    """A message in the language: its values and tags stay, and every letter of its words is another."""
    parts = _KEPT.split(message)
    return "".join(part if number % 2 else part.translate(_ACCENTS) for number, part in enumerate(parts))


class _Accented:
    """What Django asks of a catalogue of messages."""

    def __init__(self, code: str) -> None:
        self.code = code

    def gettext(self, message: str) -> str:
        """A message, which may have its context before it."""
        return accented(message.rpartition(_CONTEXT)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """A message about so many."""
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        """The code that pages are told."""
        return self.code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answer in one of the languages for a while."""
    known = vars(trans_real)["_translations"]  # where Django keeps the catalogues it has read
    before = known.get(code)
    known[code] = _Accented(code)
    try:
        with translation.override(code):
            yield
    finally:
        del known[code]
        if before is not None:
            known[code] = before
