"""What holds for the statistics of items whatever was answered."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.insight import Response, Table, analyse, efficiency, facility, pearson, reliability
from canarylearn.insight.responses import thirds

SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=30, max_size=60)
PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.floats(-5, 5).map(lambda x: round(x, 3))), min_size=30)
MATRICES = st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=5, max_size=5), min_size=30, max_size=50)


@given(SCORES)
def test_a_facility_lies_in_its_interval_between_0_and_1(scores: list[float]) -> None:
    found = facility(scores)
    assert found is not None
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1


@given(PAIRS)
def test_discrimination_and_efficiency_are_bounded_and_have_one_sign(pairs: list[tuple[float, float]]) -> None:
    scores, rests = [one for one, _ in pairs], [other for _, other in pairs]
    told, works = pearson(scores, rests), efficiency(scores, rests)
    if told is None or works is None:
        return
    assert -1 <= told.low <= told.value <= told.high <= 1
    assert works <= 100 + 1e-6
    assert math.isclose(told.value, 0, abs_tol=1e-9) or (told.value > 0) == (works > 0)


@given(PAIRS, st.floats(0.5, 20), st.floats(-9, 9))
def test_neither_depends_on_the_unit_or_the_zero_of_the_rest(
    pairs: list[tuple[float, float]], unit: float, zero: float
) -> None:
    scores, rests = [one for one, _ in pairs], [other for _, other in pairs]
    moved = [unit * rest + zero for rest in rests]
    one, other = pearson(scores, rests), pearson(scores, moved)
    if one is not None and other is not None and max(rests) - min(rests) > 0.01:
        assert math.isclose(one.value, other.value, abs_tol=1e-6)


@given(MATRICES)
def test_reliability_lies_in_its_interval_and_never_above_1(rows: list[list[float]]) -> None:
    found = reliability(np.array(rows))
    if found is not None:
        assert found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9
        assert found.high <= 1


@settings(max_examples=30)
@given(MATRICES, st.randoms(use_true_random=False))
def test_no_order_of_rows_and_no_names_of_learners_change_anything(rows: list[list[float]], random: object) -> None:
    def responses(order: list[int], shift: int) -> list[Response]:
        return [
            Response(
                learner=shift - learner,
                item=str(item),
                score=rows[learner][item],
                answer=(("choice", int(rows[learner][item])),),
            )
            for learner in order
            for item in range(5)
        ]

    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = analyse(Table(responses(list(range(len(rows))), 0)), "0", floor=0.5, options={"choice": 2})
    other = analyse(Table(responses(order, 1000)), "0", floor=0.5, options={"choice": 2})
    assert one.answers == other.answers
    assert [flag.code for flag in one.flags] == [flag.code for flag in other.flags]
    for name in ("facility", "discrimination"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine is None) == (theirs is None)
        assert mine is None or math.isclose(mine.value, theirs.value, abs_tol=1e-9)


@given(st.dictionaries(st.integers(), st.integers(0, 9).map(float), min_size=1))
def test_whoever_did_better_is_never_in_a_lower_third(rest: dict[int, float]) -> None:
    found = thirds(rest)
    assert set(found.values()) <= {0, 1, 2}
    ordered = sorted(rest, key=lambda learner: rest[learner])
    assert [found[learner] for learner in ordered] == sorted(found.values())
