"""What is wrong with a question is found in a class of 300, and what is sound is left alone."""

from collections import Counter

import numpy as np
import pytest

from canarylearn.insight import Response, Table, analyse
from tests.insight.simulated import DEFECTS, FLOOR, OPTIONS, SOUND, simulate

SEEDS = range(10)
MOST_FALSE_FLAGS = 0.08
"""Of sound questions, over all seeds: 0.044 with the first forty seeds."""


@pytest.fixture(scope="module")
def flags() -> dict[int, dict[str, set[str]]]:
    """The flags of every question in every simulated class."""
    found = {}
    for seed in SEEDS:
        table = simulate(seed)
        found[seed] = {
            item: {flag.code for flag in analyse(table, item, floor=FLOOR, options=OPTIONS).flags}
            for item in (*SOUND, *DEFECTS)
        }
    return found


@pytest.mark.parametrize(("item", "code"), [pair for pair in DEFECTS.items() if pair[0] != "noise"])
def test_a_planted_defect_is_found_in_every_class(flags: dict[int, dict[str, set[str]]], item: str, code: str) -> None:
    assert [seed for seed in SEEDS if code not in flags[seed][item]] == []


def test_an_item_of_pure_noise_is_flagged_in_every_class(flags: dict[int, dict[str, set[str]]]) -> None:
    """Nobody knows it, so that it is as hard as a guess; and it tells nobody apart."""
    assert all(flags[seed]["noise"] & {"weak", "inefficient", "too-hard"} for seed in SEEDS)
    told_apart = sum(bool(flags[seed]["noise"] & {"weak", "inefficient"}) for seed in SEEDS)
    assert told_apart >= 0.8 * len(SEEDS)


def test_sound_questions_are_seldom_flagged(flags: dict[int, dict[str, set[str]]]) -> None:
    false = Counter(code for seed in SEEDS for item in SOUND for code in flags[seed][item])
    assert false.total() <= MOST_FALSE_FLAGS * len(SEEDS) * len(SOUND), false
    assert not false.keys() & {"top-prefers", "hint-leaks", "weak"}


def test_a_class_of_29_raises_no_flag() -> None:
    table = simulate(1, learners=29)
    assert [analyse(table, item, floor=FLOOR, options=OPTIONS).flags for item in (*SOUND, *DEFECTS)] == [()] * 17


def test_noise_among_ten_items_is_not_praised() -> None:
    """Against the total that it is part of, noise among ten items correlates at 1 / sqrt(10) = 0.32. Against the rest
    it does not: the interval covers 0, as often as a 95 % interval should."""
    covers, with_total = [], []
    for seed in range(200):
        scores = np.random.default_rng(seed).integers(0, 2, size=(60, 10))
        table = Table(
            Response(learner=learner, item=str(item), score=float(scores[learner, item]))
            for learner in range(60)
            for item in range(10)
        )
        found = analyse(table, "0", floor=FLOOR, options=OPTIONS).discrimination
        assert found is not None
        covers.append(found.low <= 0 <= found.high)
        with_total.append(np.corrcoef(scores[:, 0], scores.sum(axis=1))[0, 1])
    assert 0.90 <= np.mean(covers) <= 0.99
    assert np.mean(with_total) == pytest.approx(10**-0.5, abs=0.03)
