"""When answers show enough: the verdict, and what comes next. It is the rule of a canary release, for a learner.

Promote at the upper limit, roll back at the lower one, and otherwise hold: ask more, and say so if that runs out.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from canarylearn.mastery.evidence import Answered, certainty_of_part

STRONG_AT = 0.8
"""Strong is said when it is at least this certain that the ability reaches the cut."""

NOT_YET_AT = 0.2
"""Not yet is said when it is at most this certain."""

FIRST, MOST = 10, 20
"""The first questions are asked in any case; then more, one at a time, while nothing is decided."""

LEAST = 5
"""After fewer answers nothing is said: the belief at the start is near the lower limit already."""


class Verdict(StrEnum):
    """What a test says."""

    STRONG = "strong"
    NOT_YET = "not-yet"
    UNDECIDED = "undecided"


class Next(StrEnum):
    """What comes after an answer: another question, the offer of more, or the end."""

    ASK = "ask"
    OFFER = "offer"
    END = "end"


class Standing(StrEnum):
    """What a test says of one concept. Unknown is not weak: it was measured too little."""

    STRONG = "strong"
    BUILDING = "building"
    UNKNOWN = "unknown"


def decide(sure: float, answered: int) -> Verdict:
    """The verdict after so many answers, if it is so certain that the ability reaches the cut."""
    if answered < LEAST or NOT_YET_AT < sure < STRONG_AT:
        return Verdict.UNDECIDED
    return Verdict.STRONG if sure >= STRONG_AT else Verdict.NOT_YET


def what_next(sure: float, answered: int, *, drawn: int, more: bool) -> Next:
    """What comes after so many answers of those drawn. `more` says that the offer of more questions was taken."""
    if answered < min(FIRST, drawn):
        return Next.ASK
    if answered >= drawn or decide(sure, answered) is not Verdict.UNDECIDED:
        return Next.END
    return Next.ASK if more else Next.OFFER


def stand(own: Collection[Answered], others: Iterable[Answered]) -> Standing:
    """What the answers show of one concept: those on it, against what the answers on the others lead to expect.

    Strong needs an answer of its own that passed, and building one that did not.
    """
    sure = certainty_of_part(own, others)
    if sure >= STRONG_AT and any(one.passed for one in own):
        return Standing.STRONG
    if sure <= NOT_YET_AT and not all(one.passed for one in own):
        return Standing.BUILDING
    return Standing.UNKNOWN
