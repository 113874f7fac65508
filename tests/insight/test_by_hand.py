"""The statistics of items against numbers worked out by hand, on one small class that is the same for all of them.

Thirty learners answer A, B, C and D: ten pass all, ten pass none, five pass A and B, five pass C and D.

    A B C D   learners   A    rest of A   total
    1 1 1 1      10      1        3         4
    0 0 0 0      10      0        0         0
    1 1 0 0       5      1        1         2
    0 0 1 1       5      0        2         2
"""

import math

import numpy as np
import pytest
from scipy import stats

from canarylearn.insight import (
    Response,
    Table,
    analyse,
    corrected_facility,
    efficiency,
    facility,
    floor_flag,
    outliers,
    pearson,
    prediction_gap,
    reliability,
    variant_spread,
)
from canarylearn.insight.responses import thirds

PATTERNS = ((10, (1, 1, 1, 1)), (10, (0, 0, 0, 0)), (5, (1, 1, 0, 0)), (5, (0, 0, 1, 1)))
ROWS = [pattern for count, pattern in PATTERNS for _ in range(count)]
A = [float(row[0]) for row in ROWS]
REST = [float(sum(row[1:])) for row in ROWS]


def the_class() -> Table:
    return Table(
        Response(learner=learner, item=item, score=score, answer=(("choice", 0 if score else 1 + learner % 2),))
        for learner, row in enumerate(ROWS)
        for item, score in zip("ABCD", row, strict=True)
    )


def test_facility_is_the_mean_first_try_score_with_wilsons_interval() -> None:
    """15 of 30, z² = 3.8415: (0.5 + 3.8415/60 ± 1.96 sqrt(0.25/30 + 3.8415/3600)) / (1 + 3.8415/30). With 12 of 30
    it is (0.4640 ± 1.96 sqrt(0.24/30 + 0.00107)) / 1.1281 = (0.4640 ± 0.1866) / 1.1281."""
    found = facility(A)
    assert found is not None
    assert (found.value, found.count) == (0.5, 30)
    assert (round(found.low, 4), round(found.high, 4)) == (0.3315, 0.6685)
    few = facility([1.0] * 12 + [0.0] * 18)
    assert few is not None
    assert few.value == 0.4  # and not their middle one, which fails
    assert (round(few.low, 4), round(few.high, 4)) == (0.2459, 0.5768)


def test_facility_less_what_blind_guesses_pass() -> None:
    """(0.5 - 0.25) / (1 - 0.25) = 1/3; at the floor nobody knew it; below it they did worse than guessing."""
    assert corrected_facility(0.5, 0.25) == pytest.approx(1 / 3)
    assert corrected_facility(0.25, 0.25) == 0
    assert corrected_facility(0.1, 0.25) == pytest.approx(-0.2)


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    """Means 0.5 and (10 3 + 5 1 + 5 2) / 30 = 1.5. Covariance (10 3 + 5 1) / 30 - 0.5 1.5 = 5/12. Variances 1/4 and
    (10 9 + 5 1 + 5 4) / 30 - 2.25 = 19/12. r = (5/12) / sqrt(19/48) = 5 / sqrt(57) = 0.6623.
    atanh r = 0.7968, z / sqrt(27) = 0.3772: tanh 0.4197 = 0.3966 and tanh 1.1740 = 0.8256."""
    found = pearson(A, REST)
    assert found is not None
    assert found.value == pytest.approx(5 / math.sqrt(57))
    assert (round(found.low, 4), round(found.high, 4)) == (0.3966, 0.8256)


def test_efficiency_is_of_what_this_facility_allows() -> None:
    """Sorted, the 15 who pass meet the rest scores 2 2 2 2 2 3 ... 3: cov_max = 40 / 30 - 0.75 = 7/12, and
    100 (5/12) / (7/12) = 500/7."""
    assert efficiency(A, REST) == pytest.approx(500 / 7)


def test_a_table_gives_the_rest_score_where_everybody_answered_everything() -> None:
    """The mean residual over the other three is rest / 3 - 1.5 / 3, so correlations and efficiencies are the same."""
    table = the_class()
    rests = [table.rest(learner, "A") for learner in range(30)]
    assert rests == pytest.approx([(rest - 1.5) / 3 for rest in REST])
    found = analyse(table, "A", floor=0.25, options={"choice": 3})
    assert found.discrimination is not None
    assert found.discrimination.value == pytest.approx(5 / math.sqrt(57))
    assert found.efficiency == pytest.approx(500 / 7)
    assert found.corrected == pytest.approx(1 / 3)
    assert (found.count, found.met, found.flags) == (30, 30, ())


def test_thirds_keep_equal_rest_scores_together() -> None:
    """Places 1-10 have 0, 11-15 have 1, 16-20 have 2, 21-30 have 3; the middles 5, 12.5, 17.5 and 25 lie in the first,
    second, second and last third of 30."""
    found = thirds(dict(enumerate(REST)))
    assert [found[learner] for learner in range(30)] == [2] * 10 + [0] * 10 + [1] * 10
    assert set(thirds(dict.fromkeys(range(9), 0.5)).values()) == {1}


def test_option_pull_counts_first_choices_by_third() -> None:
    """Top: ten pass. Bottom: ten fail, half with B and half with C. Middle: five pass; of the five who fail, learners
    25, 27 and 29 take C, and 26 and 28 take B."""
    found = analyse(the_class(), "A", floor=0.25, options={"choice": 3})
    pulls = {answer[0][1]: (pull.count, pull.by_third) for answer, pull in found.answers.items()}
    assert pulls == {0: (15, (0, 5, 10)), 1: (7, (5, 2, 0)), 2: (8, (5, 3, 0))}
    assert found.passing == {(("choice", 0),)}
    assert next(iter(found.answers.values())).share_in(2) == 1.0


def test_reliability_is_kr_20_with_feldts_interval() -> None:
    """Four variances of 0.25 30/29, together 30/29. Totals 4, 0 and 2, ten of each: 80/29. So alpha is
    4/3 (1 - 30/80) = 5/6. The bounds are where F, on 29 and 87 degrees of freedom, has 97.5 % and 2.5 % below it."""
    found = reliability(the_class().matrix("ABCD"))
    assert found is not None
    assert found.value == pytest.approx(5 / 6)
    assert stats.f.cdf((1 - found.low) * 6, 29, 87) == pytest.approx(0.975)
    assert stats.f.cdf((1 - found.high) * 6, 29, 87) == pytest.approx(0.025)


def test_a_spread_of_variants_is_tested_by_chi_square_and_exactly() -> None:
    """15 of 20 against 5 of 20: 10 expected in each cell, 4 5² / 10 = 10. Exactly: the tables as far off or further,
    both ways, of all C(40, 20)."""
    found = variant_spread({0: [1.0] * 15 + [0.0] * 5, 1: [1.0] * 5 + [0.0] * 15})
    assert found is not None
    assert found.chi_square == pytest.approx(10)
    assert found.probability == pytest.approx(math.erfc(math.sqrt(10 / 2)))
    assert (found.off, found.distance) == (0, 0.5)
    tail = sum(math.comb(20, passed) * math.comb(20, 20 - passed) for passed in range(15, 21))
    assert found.probability_of_off == pytest.approx(2 * tail / math.comb(40, 20))


def test_small_variants_are_not_compared() -> None:
    assert variant_spread({0: [1.0, 0.0] * 15, 1: [0.0] * 9}) is None
    assert variant_spread({0: [1.0, 0.0] * 15}) is None
    assert variant_spread({0: [1.0] * 39 + [0.0], 1: [1.0] * 20}) is None  # half a miss expected
    assert variant_spread({0: [1.0] * 30, 1: [1.0] * 30}) is None


def test_a_prediction_gap_is_a_mean_distance() -> None:
    """Ten off by 0.5 and twenty by 0.2: (5 + 4) / 30 = 0.3."""
    assert prediction_gap([0.5] * 10 + [0.2] * 20, [1.0] * 10 + [0.0] * 20) == pytest.approx(0.3)


def test_fewer_than_thirty_say_nothing() -> None:
    assert facility(A[:29]) is None
    assert pearson(A[:29], REST[:29]) is None
    assert efficiency(A[:29], REST[:29]) is None
    assert reliability(the_class().matrix("ABCD")[:29]) is None
    assert prediction_gap([0.0] * 29, [1.0] * 29) is None
    few = Table(one for one in the_class().responses if one.learner < 29)
    found = analyse(few, "A", floor=0.25, options={"choice": 3})
    assert (found.facility, found.discrimination, found.hint_rate, found.flags) == (None, None, None, ())
    assert not found.is_enough


def test_what_never_varies_says_nothing_about_anybody() -> None:
    assert pearson([1.0] * 30, REST) is None
    assert efficiency(A, [2.0] * 30) is None
    assert reliability(np.ones((30, 4))) is None
    assert reliability(np.ones((30, 1))) is None


def test_the_guess_floor_is_flagged_before_anybody_answers() -> None:
    """One in three passes blindly: below 0.34. One in two does not."""
    assert floor_flag(1 / 3) is None
    found = floor_flag(0.5)
    assert found is not None
    assert (found.code, found.value) == ("guessing", 0.5)
    nobody = analyse(Table([]), "A", floor=0.5, options={"choice": 2})
    assert [flag.code for flag in nobody.flags] == ["guessing"]


def test_hints_times_and_giving_up_are_rates_of_those_who_met_the_item() -> None:
    """Of 40 learners 30 answer unaided (10 s, 20 s, ... 300 s; median 155 s), 10 with a hint; 8 give up."""
    unaided = [Response(learner=one, item="A", score=one % 2, seconds=10.0 * (one + 1)) for one in range(30)]
    helped = [Response(learner=one, item="A", score=1, helped=True, gave_up=one < 38) for one in range(30, 40)]
    found = analyse(Table([*unaided, *helped]), "A", floor=0.25, options={"choice": 2})
    assert (found.met, found.count, found.hint_rate, found.give_up_rate) == (40, 30, 0.25, 0.2)
    assert (found.seconds, found.timed) == (155.0, 30)
    assert found.facility is not None
    assert found.facility.value == 0.5


def test_an_outlier_lies_beyond_the_box() -> None:
    """0.10 to 0.17: the quarters at 0.1175 and 0.1525 allow up to 0.205; with 0.5 in place of 0.17 that one is out."""
    even = {str(number): 0.10 + number / 100 for number in range(8)}
    assert outliers("hints", even) == []
    assert [one.item for one in outliers("hints", {**even, "7": 0.5})] == ["7"]
    assert outliers("hints", {"a": 0.0, "b": 0.9}) == []
