"""How strong somebody is: which questions to ask, what the answers show, and when they show enough to say it."""

from canarylearn.mastery.choosing import Candidate, Drawn, draw
from canarylearn.mastery.deciding import (
    FIRST,
    LEAST,
    MOST,
    NOT_YET_AT,
    STRONG_AT,
    Next,
    Standing,
    Verdict,
    decide,
    stand,
    what_next,
)
from canarylearn.mastery.evidence import CUT, DIFFICULTIES, Asked, certainty, course

__all__ = [
    "CUT",
    "DIFFICULTIES",
    "FIRST",
    "LEAST",
    "MOST",
    "NOT_YET_AT",
    "STRONG_AT",
    "Asked",
    "Candidate",
    "Drawn",
    "Next",
    "Standing",
    "Verdict",
    "certainty",
    "course",
    "decide",
    "draw",
    "stand",
    "what_next",
]
