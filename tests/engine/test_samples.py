"""Two samples judged: each method on numbers that show something, and on numbers that show nothing."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylearn.engine.judge import Judgement
from canarylearn.engine.samples import Compared, Method, Request, Sample, Unfit, default_method, judge_samples
from canarylearn.engine.statistics import log_e_value

RNG = np.random.default_rng(7)
CALM = RNG.normal(100, 10, 400).tolist()
EQUAL = RNG.normal(100, 10, 400).tolist()
HIGHER = RNG.normal(110, 10, 400).tolist()
LOWER = RNG.normal(90, 10, 400).tolist()
OF_VALUES = [Method.SEQUENTIAL, Method.MANN_WHITNEY, Method.BRUNNER_MUNZEL, Method.WELCH, Method.KAYENTA]
WITH_MARGIN = [Method.SEQUENTIAL, Method.MANN_WHITNEY, Method.WELCH]
OF_EVENTS = [Method.SEQUENTIAL, Method.TWO_PROPORTION, Method.FISHER, Method.POISSON]


def judged(canary: list[float], baseline: list[float], method: Method, **request: Any) -> Judgement:
    """The verdict on two lists of values."""
    return judge_samples(Sample(values=canary), Sample(values=baseline), Request(method=method, **request)).verdict


def events(failed: int, requests: int) -> Sample:
    """One arm in counts."""
    return Sample(values=[failed], totals=[requests])


@pytest.mark.parametrize("method", OF_VALUES)
def test_a_higher_canary_fails_where_higher_is_worse(method: Method) -> None:
    assert judged(HIGHER, CALM, method) is Judgement.FAIL
    assert judged(LOWER, CALM, method) is not Judgement.FAIL
    assert judged(LOWER, CALM, method, worse="smaller") is Judgement.FAIL
    assert judged(HIGHER, CALM, method, worse="smaller") is not Judgement.FAIL
    assert judged(LOWER, CALM, method, worse="two-sided") is Judgement.FAIL
    assert judged(HIGHER, CALM, method, worse="two-sided") is Judgement.FAIL


@pytest.mark.parametrize("worse", ["larger", "smaller", "two-sided"])
@pytest.mark.parametrize("method", WITH_MARGIN)
def test_an_equal_canary_passes_with_a_margin_alone(method: Method, worse: Any) -> None:
    assert judged(EQUAL, CALM, method, worse=worse) is Judgement.INCONCLUSIVE
    assert judged(EQUAL, CALM, method, worse=worse, margin=6.0) is Judgement.PASS
    assert judged(EQUAL, CALM, method, worse=worse, margin=0.01) is Judgement.INCONCLUSIVE


@pytest.mark.parametrize("method", WITH_MARGIN)
def test_a_harm_beyond_the_margin_never_passes(method: Method) -> None:
    assert judged(HIGHER, CALM, method, margin=6.0) is Judgement.FAIL
    assert judged(LOWER, CALM, method, worse="smaller", margin=6.0) is Judgement.FAIL
    assert judged(HIGHER, CALM, method, margin=30.0) is Judgement.PASS


@pytest.mark.parametrize("method", OF_EVENTS)
def test_rates_are_told_apart_and_passed_within_a_margin(method: Method) -> None:
    bad, good, baseline = events(80, 2000), events(22, 2000), events(400, 38_000)

    def verdict(canary: Sample, **request: Any) -> Judgement:
        return judge_samples(canary, baseline, Request(method=method, **request)).verdict

    assert verdict(bad) is Judgement.FAIL
    assert verdict(bad, margin=0.005) is Judgement.FAIL
    assert verdict(good) is Judgement.INCONCLUSIVE
    assert verdict(good, margin=0.01) is Judgement.PASS
    assert verdict(good, margin=0.01, worse="smaller") is Judgement.PASS
    assert verdict(events(2, 4000), worse="smaller") is Judgement.FAIL
    assert verdict(events(2, 4000), worse="two-sided") is Judgement.FAIL
    # A rate that fell by more than the margin is not shown to have fallen by less.
    assert verdict(events(10, 4000), margin=0.004, worse="smaller") is not Judgement.PASS
    assert verdict(events(10, 4000), margin=0.004) is Judgement.PASS


def test_ks_tells_distributions_apart_and_knows_no_direction() -> None:
    spread = RNG.normal(100, 30, 400).tolist()
    assert judged(spread, CALM, Method.KS, worse="two-sided") is Judgement.FAIL
    assert judged(EQUAL, CALM, Method.KS, worse="two-sided") is Judgement.INCONCLUSIVE
    with pytest.raises(Unfit, match="--direction either"):
        judged(EQUAL, CALM, Method.KS)


@pytest.mark.parametrize("method", list(Method))
def test_missing_numbers_never_pass(method: Method) -> None:
    for canary, baseline, name in (([], CALM, "canary"), (CALM, [], "baseline")):
        said = judge_samples(
            Sample(values=canary), Sample(values=baseline), Request(method=method, worse="two-sided", margin=1e9)
        )
        assert said.verdict is Judgement.NODATA
        assert said.reason.startswith(f"the {name} has no numbers")


@pytest.mark.parametrize(
    ("method", "canary", "message"),
    [
        (Method.WELCH, Sample(values=[1.0]), "two numbers or more"),
        (Method.WELCH, events(1, 10), "not events of a total"),
        (Method.BRUNNER_MUNZEL, Sample(values=[1.0]), "two numbers or more"),
        (Method.FISHER, Sample(values=[0.5, 1.0]), "not all 0 or 1"),
        (Method.TWO_PROPORTION, events(11, 10), "no part of a whole"),
        (Method.TWO_PROPORTION, events(1, 0), "no part of a whole"),
        (Method.POISSON, events(1, 0), "exposures above 0"),
        (Method.KAYENTA, Sample(values=[0.5] * 100_001), "aggregated first"),
        (Method.SEQUENTIAL, Sample(values=[2.0, 2.0]), "neither arm varies"),
    ],
)
def test_numbers_that_a_method_cannot_take_are_refused(method: Method, canary: Sample, message: str) -> None:
    counted = canary.totals is not None
    baseline = events(10, 1000) if counted else Sample(values=[2.0, 2.0, 2.0])
    with pytest.raises(Unfit, match=message):
        judge_samples(canary, baseline, Request(method=method))


def test_events_are_judged_sequentially_and_other_numbers_by_rank() -> None:
    assert default_method(Sample(values=[0, 1, 1]), Sample(values=[0, 0])) is Method.SEQUENTIAL
    assert default_method(events(3, 10), events(3, 10)) is Method.SEQUENTIAL
    assert default_method(Sample(values=[0, 1, 2]), Sample(values=[0, 0])) is Method.MANN_WHITNEY


def test_a_broken_split_withholds_a_pass_and_not_a_fail() -> None:
    request = Request(method=Method.TWO_PROPORTION, margin=0.01, share=0.05)
    honest = judge_samples(events(50, 5000), events(950, 95_000), request)
    broken = judge_samples(events(46, 4600), events(954, 95_400), request)
    failing = judge_samples(events(460, 4600), events(954, 95_400), request)
    assert [said.verdict for said in (honest, broken, failing)] == [
        Judgement.PASS,
        Judgement.INVALID,
        Judgement.FAIL,
    ]
    assert broken.reason.startswith("4.60% of the units are the canary's, and 5.00% were planned")


def test_a_verdict_says_how_many_are_still_needed() -> None:
    said = judge_samples(events(10, 1000), events(190, 19_000), Request(method=Method.TWO_PROPORTION, margin=0.005))
    assert said.needed is not None
    assert (said.needed.units, said.needed.missing, said.needed.not_worse) == (3323, 2323, True)
    said = judge_samples(events(10, 1000), events(190, 19_000), Request(method=Method.TWO_PROPORTION, effect=0.01))
    assert said.needed is not None
    assert (said.needed.units, said.needed.missing, said.needed.not_worse) == (850, 0, False)
    better = judge_samples(events(5, 1000), events(190, 19_000), Request(method=Method.TWO_PROPORTION))
    assert better.needed is None


def warnings(canary: list[float], baseline: list[float], method: Method) -> str:
    """All that is warned of, in one text."""
    request = Request(method=method)
    return " ".join(judge_samples(Sample(values=canary), Sample(values=baseline), request).warnings)


def test_a_series_that_leans_on_itself_is_named() -> None:
    series = [100.0]
    for shock in RNG.normal(0, 1, 200):
        series.append(100 + 0.8 * (series[-1] - 100) + float(shock))
    assert "the canary's values lean on the ones before (correlation 0." in warnings(series, CALM, Method.WELCH)
    assert not warnings(EQUAL, CALM, Method.WELCH)


def test_three_points_are_too_few_for_any_verdict() -> None:
    said = warnings([4.0, 5.0, 6.0], [1.0, 2.0, 3.0], Method.MANN_WHITNEY)
    assert not said  # one-sided, 3 and 3 can reach 1/20 exactly
    assert "too few for any verdict" in warnings([4.0, 5.0], [1.0, 2.0, 3.0], Method.MANN_WHITNEY)
    assert "at least 50" in warnings(CALM[:20], EQUAL[:20], Method.KAYENTA)


def test_many_equal_values_and_few_events_are_named() -> None:
    zeros = [0.0] * 50 + [1.5, 2.5, 3.0, 1.0, 2.0]
    assert "91% of the canary's values are 0" in warnings(zeros, CALM, Method.MANN_WHITNEY)
    said = judge_samples(events(1, 30), events(1, 30), Request(method=Method.TWO_PROPORTION))
    assert "fisher" in said.warnings[0]


@settings(max_examples=60, deadline=None)
@given(
    canary=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30),
    baseline=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30),
    method=st.sampled_from([method for method in Method if method not in (Method.FISHER, Method.TWO_PROPORTION)]),
    margin=st.none() | st.floats(1e-3, 1e3),
)
def test_any_numbers_get_a_verdict_or_a_refusal(
    canary: list[float], baseline: list[float], method: Method, margin: float | None
) -> None:
    with np.errstate(all="ignore"):
        try:
            said = judge_samples(
                Sample(values=canary), Sample(values=baseline), Request(method=method, worse="two-sided", margin=margin)
            )
        except Unfit:
            return
    assert isinstance(said.compared, Compared)
    assert math.isnan(said.compared.p) or 0 <= said.compared.p <= 1


@pytest.mark.parametrize(("failed", "verdict"), [(10, Judgement.INCONCLUSIVE), (30, Judgement.FAIL)])
def test_the_sequential_verdict_is_that_of_the_judge_of_releases(failed: int, verdict: Judgement) -> None:
    said = judge_samples(events(failed, 1000), events(190, 19_000), Request(method=Method.SEQUENTIAL))
    log_e = log_e_value(canary_events=failed, baseline_events=190, canary_share=0.05)
    assert said.compared is not None
    assert said.compared.log_e == pytest.approx(log_e)
    assert said.verdict is verdict
    assert (log_e >= math.log(1 / 0.05)) is (verdict is Judgement.FAIL)
