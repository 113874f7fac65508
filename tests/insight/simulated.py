"""A simulated class, and what can be wrong with its questions, planted one at a time.

Abilities are drawn from the normal distribution; who does not know an answer guesses among the others. The class knows
nothing of how it will be analysed.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from canarylearn.insight import Response, Table

OPTIONS = {"choice": 4}
FLOOR = 0.25
RIGHT, WRONG, DEAD = 0, 1, 3
SOUND = tuple(f"sound-{number}" for number in range(12))
DEFECTS = {
    "wrong-truth": "top-prefers",
    "dead-distractor": "dead",
    "leaking-hint": "hint-leaks",
    "odd-variant": "variant-off",
    "noise": "weak",
}
"""Each planted defect, and the flag that finds it."""

VARIANTS = (0, 1, 2, 3)
_SLOPE = 1.4
_NEEDS_HELP = 0.3


def simulate(seed: int, learners: int = 300) -> Table:
    """Everybody answers twelve sound questions and one with each defect."""
    random = np.random.default_rng(seed)
    abilities = random.standard_normal(learners)
    difficulties = dict(zip(SOUND, np.linspace(-1.2, 1.0, len(SOUND)), strict=True))
    found: Iterator[Iterator[Response]] = (
        _answers(random, item, abilities, float(difficulties.get(item, 0.0))) for item in (*SOUND, *DEFECTS)
    )
    return Table(itertools.chain.from_iterable(found))


def _answers(random: np.random.Generator, item: str, abilities: np.ndarray, difficulty: float) -> Iterator[Response]:
    for learner, ability in enumerate(abilities):
        variant = int(random.integers(len(VARIANTS)))
        hard = difficulty + (3.0 if item == "odd-variant" and variant == 2 else 0.0)
        helped = bool(random.random() < _NEEDS_HELP and ability < 1)
        knows = random.random() < 1 / (1 + np.exp(-_SLOPE * (ability - hard + (0.4 if helped else 0.0))))
        if item == "noise":
            knows = False
        if item == "leaking-hint" and helped:
            knows = True
        option = RIGHT if knows else int(random.integers(3 if item == "dead-distractor" else 4))
        passes = WRONG if item == "wrong-truth" else RIGHT
        yield Response(
            learner=learner,
            item=item,
            variant=variant,
            score=float(option == passes),
            answer=(("choice", option),),
            helped=helped,
        )
