"""The judge's formulas, beside numbers of others, an integral, and statsmodels."""

import doctest
import importlib
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize
from scipy.special import logsumexp
from scipy.stats import beta, binom, hypergeom, norm
from statsmodels.stats.proportion import test_proportions_2indep as proportions_2indep

import canarylearn.engine
from canarylearn.engine import statistics
from canarylearn.engine.statistics import CONCENTRATION, log_e_sample_ratio, log_e_value, not_worse_p_value

SHARES = st.floats(0.001, 0.999)
EVENTS = st.integers(0, 20_000)


def test_the_e_value_is_the_published_one_under_its_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    """confseq's one-sided beta-binomial mixture, told in counts: 135 of 625 events where a fifth was expected."""
    monkeypatch.setattr(statistics, "CONCENTRATION", 97.75396816781581)  # published for another prior than ours
    log_e = log_e_value(canary_events=135, baseline_events=490, canary_share=0.2)
    assert log_e == pytest.approx(-0.07134019, abs=1e-6)


COUNTS = st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=100, deadline=None)
@given(canary=COUNTS, baseline=COUNTS, margin=st.floats(0.0005, 0.3))
def test_non_inferiority_takes_its_variance_at_the_most_likely_rates(
    canary: tuple[int, int], baseline: tuple[int, int], margin: float
) -> None:
    (x, n), (y, m) = canary, baseline
    assume(x < n and y > 0)  # then the most likely rate lies inside, where the slope of the likelihood is 0

    def slope(rate: float) -> float:
        return x / rate - (n - x) / (1 - rate) + y / (rate - margin) - (m - y) / (1 - rate + margin)

    rate = optimize.brentq(slope, margin * (1 + 1e-9), 1 - 1e-9, xtol=1e-14)
    variance = rate * (1 - rate) / n + (rate - margin) * (1 - rate + margin) / m
    expected = norm.cdf((x / n - y / m - margin) / math.sqrt(variance))
    assert not_worse(canary, baseline, margin) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(canary=COUNTS, baseline=COUNTS)
def test_non_inferiority_without_a_margin_agrees_with_statsmodels(
    canary: tuple[int, int], baseline: tuple[int, int]
) -> None:
    assume(0 < canary[0] < canary[1] and 0 < baseline[0] < baseline[1])  # they divide by each of these
    assert not_worse(canary, baseline, 0) == pytest.approx(their_p_value(canary, baseline, 0), abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    canary=st.integers(500, 20_000).flatmap(lambda n: st.tuples(st.integers(1, n // 10), st.just(n))),
    baseline=st.integers(5_000, 200_000).flatmap(lambda n: st.tuples(st.integers(n // 500, n // 10), st.just(n))),
    margin=st.floats(0.001, 0.02),
)
def test_non_inferiority_is_near_statsmodels_at_every_margin(
    canary: tuple[int, int], baseline: tuple[int, int], margin: float
) -> None:
    """Only near: statsmodels 0.15 takes the variance beside the most likely rates (its issue 10269)."""
    ours = not_worse(canary, baseline, margin)
    assert ours == pytest.approx(their_p_value(canary, baseline, margin), abs=0.005)


def not_worse(canary: tuple[int, int], baseline: tuple[int, int], margin: float) -> float:
    """Our p-value of events and requests of both arms."""
    return not_worse_p_value(
        canary_events=canary[0],
        canary_requests=canary[1],
        baseline_events=baseline[0],
        baseline_requests=baseline[1],
        margin=margin,
    )


def their_p_value(canary: tuple[int, int], baseline: tuple[int, int], margin: float) -> float:
    """The p-value of statsmodels."""
    test = proportions_2indep(*canary, *baseline, value=margin, method="score", alternative="smaller", correction=False)
    return float(test.pvalue)


def test_no_events_at_all_prove_nothing_without_a_margin() -> None:
    assert (
        not_worse_p_value(canary_events=0, canary_requests=100, baseline_events=0, baseline_requests=900, margin=0)
        == 1.0
    )


@settings(max_examples=25, deadline=None)
@given(canary=st.integers(0, 60), baseline=st.integers(0, 300), share=st.floats(0.02, 0.8))
def test_the_e_value_is_the_mixture_that_it_says_it_is(canary: int, baseline: int, share: float) -> None:
    prior = beta(CONCENTRATION * share, CONCENTRATION * (1 - share))

    def ratio(theta: float) -> float:
        likelihood = canary * math.log(theta / share) + baseline * math.log((1 - theta) / (1 - share))
        return float(prior.pdf(theta)) * math.exp(likelihood)

    peak = min(max(share, (canary + 1) / (canary + baseline + 2)), 1 - 1e-9)
    area, _ = integrate.quad(ratio, share, 1 - 1e-12, points=[peak], limit=400)
    log_e = log_e_value(canary_events=canary, baseline_events=baseline, canary_share=share)
    assert math.exp(log_e) == pytest.approx(area / prior.sf(share), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("events", [1, 20, 300])
def test_the_e_value_is_a_martingale_under_the_null(share: float, events: int) -> None:
    """Its mean after one more event is what it was, so its mean is 1 at any number of events."""
    x = np.arange(events + 1)
    log_e = [log_e_value(canary_events=int(k), baseline_events=int(events - k), canary_share=share) for k in x]
    assert float(logsumexp(binom.logpmf(x, events, share) + log_e)) == pytest.approx(0, abs=1e-6)
    for k in (0, events // 3, events):
        after = [
            log_e_value(canary_events=k + more, baseline_events=events - k + 1 - more, canary_share=share)
            for more in (0, 1)
        ]
        assert float(logsumexp(after, b=[1 - share, share])) == pytest.approx(log_e[k], abs=1e-8)


def test_the_e_value_is_at_most_1_on_average_when_the_share_is_counted() -> None:
    """The judge counts the share of requests; events then fall on the canary by drawing without replacement."""
    requests, reached, events = 2000, 200, 60
    x = np.arange(events + 1)
    e = np.exp([log_e_value(canary_events=int(k), baseline_events=int(events - k), canary_share=0.1) for k in x])
    assert float(hypergeom.pmf(x, requests, events, reached) @ e) <= 1


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_the_sample_ratio_is_a_martingale_under_the_plan(share: float) -> None:
    x = np.arange(401)
    log_e = [log_e_sample_ratio(canary_units=int(k), baseline_units=int(400 - k), canary_share=share) for k in x]
    assert float(logsumexp(binom.logpmf(x, 400, share) + log_e)) == pytest.approx(0, abs=1e-6)


@given(canary=EVENTS, baseline=EVENTS, share=SHARES)
def test_one_more_canary_event_never_weakens_the_evidence(canary: int, baseline: int, share: float) -> None:
    before, after = (
        log_e_value(canary_events=canary + more, baseline_events=baseline, canary_share=share) for more in (0, 1)
    )
    # Far out in the tail, where there is no evidence at all, little more than the first digit of betainc is left.
    digits = 1e-6 if before > 0 else 0.3
    assert after >= before - digits * max(1.0, abs(before) if math.isfinite(before) else 1.0)


@given(canary=EVENTS, baseline=EVENTS, share=SHARES)
def test_the_e_value_is_a_number_or_no_evidence_at_all(canary: int, baseline: int, share: float) -> None:
    log_e = log_e_value(canary_events=canary, baseline_events=baseline, canary_share=share)
    assert math.isfinite(log_e) or log_e == -math.inf


def test_without_events_there_is_neither_evidence_nor_doubt() -> None:
    assert log_e_value(canary_events=0, baseline_events=0, canary_share=0.1) == pytest.approx(0)
    assert log_e_sample_ratio(canary_units=0, baseline_units=0, canary_share=0.1) == pytest.approx(0)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_arm_alone_cannot_be_compared(share: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        log_e_value(canary_events=1, baseline_events=1, canary_share=share)


def test_the_examples_in_the_engine_s_words_are_true() -> None:
    tried = 0
    for found in pkgutil.walk_packages(canarylearn.engine.__path__, "canarylearn.engine."):
        result = doctest.testmod(importlib.import_module(found.name), raise_on_error=False)
        assert not result.failed, found.name
        tried += result.attempted
    assert tried >= 3
