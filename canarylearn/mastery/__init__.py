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
from canarylearn.mastery.evidence import CUT, DIFFICULTIES, Answered, certainty, course, strength

__all__ = [
    "CUT",
    "DIFFICULTIES",
    "FIRST",
    "LEAST",
    "MOST",
    "NOT_YET_AT",
    "STRONG_AT",
    "Answered",
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
    "strength",
    "what_next",
]
