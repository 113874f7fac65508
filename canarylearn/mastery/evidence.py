"""What answers show of an ability: a model of each question, and the belief that follows from the answers.

Abilities and difficulties share one scale, on which learners are spread as the normal distribution with mean 0 and
standard deviation 1. Somebody passes a question by knowing, with a chance that rises with ability, or by a blind guess:

    chance = floor + (1 - floor) / (1 + exp(-SLOPE * (ability - difficulty)))

The floor is exact: a proof has run every answer, and it is the share of those that pass. A wrong answer and "not sure"
say the same about ability, whatever the floor is, since 1 - chance = (1 - floor) * (1 - knowing), and a constant factor
drops out. A lucky guess counts for as little as it is likely.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CUT = 0.8
"""From this ability on somebody counts as strong: about one learner in five."""

SLOPE = 1.4
"""How sharply a question tells abilities apart."""

SPREAD = 0.6
"""How far somebody's ability in one concept lies from their ability as a whole: its standard deviation."""

DIFFICULTIES = {"easy": -1.2, "medium": 0.35, "hard": 1.3}
"""How difficult a question is before anybody has answered it, by the level its author gave it."""

Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The cut lies in the middle between two points, so that none has to be counted on both sides.
_ABILITIES: Numbers = np.arange(-4.0, 4.0, 0.05) + 0.025
_STRONG = _ABILITIES > CUT
_PRIOR: Numbers = np.exp(-(_ABILITIES**2) / 2)
_SPREADING: Numbers = np.exp(-(((_ABILITIES[:, None] - _ABILITIES) / SPREAD) ** 2) / 2)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A question that was answered: its level, how likely a blind guess passes, and whether the answer passed."""

    level: str
    floor: float
    passed: bool

    @property
    def difficulty(self) -> float:
        """How difficult it is taken to be."""
        return DIFFICULTIES[self.level]


def chance(ability: Numbers, difficulty: Numbers, floor: Numbers, slope: Numbers | float = SLOPE) -> Numbers:
    """The chance that an answer passes."""
    found: Numbers = floor + (1 - floor) / (1 + np.exp(-slope * (ability - difficulty)))
    return found


def information(difficulty: float, floor: float) -> float:
    """How much an answer tells about which side of the cut somebody is on: Fisher's information there."""
    at, hard, least = np.array([CUT]), np.array([difficulty]), np.array([floor])
    passes = float(chance(at, hard, least)[0])
    return SLOPE**2 * (1 - passes) / passes * ((passes - floor) / (1 - floor)) ** 2


def course(difficulty: Numbers, floor: Numbers, passed: Bools) -> Numbers:
    """How certain it is that the ability reaches the cut: before the first answer, and after each.

    One row a learner, one column an answer; the result has one column more.
    """
    learners, answers = passed.shape
    weights = np.tile(_PRIOR, (learners, 1))
    found = np.empty((learners, answers + 1))
    found[:, 0] = _share_strong(weights)
    for number in range(answers):
        weights = _weigh(weights, difficulty[:, number, None], floor[:, number, None], passed[:, number, None])
        found[:, number + 1] = _share_strong(weights)
    return found


def certainty(answers: Iterable[Answered]) -> list[float]:
    """The course of one learner's answers."""
    kept = list(answers)
    found = course(
        np.array([[one.difficulty for one in kept]]),
        np.array([[one.floor for one in kept]]),
        np.array([[one.passed for one in kept]], dtype=bool),
    )
    return [float(value) for value in found[0]]


def strength(answers: Iterable[Answered]) -> float:
    """How certain it is, after these answers, that the ability reaches the cut."""
    return certainty(answers)[-1]


def certainty_of_part(own: Iterable[Answered], others: Iterable[Answered]) -> float:
    """How certain it is that the ability in one concept reaches the cut, by its own answers and those on the others.

    Abilities in concepts are spread around a learner's ability as a whole, with standard deviation SPREAD.
    """
    weights = _all_of(others, _PRIOR[None, :]) @ _SPREADING
    return float(_share_strong(_all_of(own, weights))[0])


def _all_of(answers: Iterable[Answered], weights: Numbers) -> Numbers:
    for one in answers:
        weights = _weigh(weights, np.array([[one.difficulty]]), np.array([[one.floor]]), np.array([[one.passed]]))
    return weights


def _weigh(weights: Numbers, difficulty: Numbers, floor: Numbers, passed: Bools) -> Numbers:
    """The belief after one more answer of each learner."""
    passes = chance(_ABILITIES, difficulty, floor)
    weights = weights * np.where(passed, passes, 1 - passes)
    weighed: Numbers = weights / weights.sum(axis=1, keepdims=True)
    return weighed


def _share_strong(weights: Numbers) -> Numbers:
    shares: Numbers = weights[:, _STRONG].sum(axis=1) / weights.sum(axis=1)
    return shares
