"""Scores of models, and how far those of the canary drift from the baseline's."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from scipy.stats import chisquare, norm

from canarylearn.engine import World
from canarylearn.engine.drift import psi
from canarylearn.engine.measuring import stability_index
from canarylearn.engine.serving import Served
from tests.worlds import world

BUSY = {"requests_per_second": 20, "users": 5000}
EQUAL = {"score": {"mean": 0.4, "sd": 0.2}}
HIGHER = {"score": {"mean": 0.5, "sd": 0.2}}
FIELDS = ("time", "user", "bucket", "normal", "failure", "mistake", "tail")


def scored(seed: int = 0, *, canary: Mapping[str, object] = EQUAL) -> World:
    """A busy world whose models give scores."""
    return world(seed, traffic=BUSY, stable=EQUAL, canary=canary)


def test_scores_change_nobody_s_luck() -> None:
    plain, with_scores = world(4, traffic=BUSY), scored(4)
    for name in FIELDS:
        assert np.array_equal(getattr(plain.draws, name), getattr(with_scores.draws, name)), name
    assert plain.draws.score is None
    assert plain.responses["v1"].scored is None


@pytest.mark.parametrize("seed", range(3))
def test_the_stable_revision_fills_every_bin_evenly(seed: int) -> None:
    scores = scored(seed).responses["v1"].scored
    assert scores is not None
    assert chisquare(np.bincount(scores, minlength=10)).pvalue > 0.001


@pytest.mark.parametrize("seed", range(3))
def test_another_mean_fills_the_bins_as_the_normal_distribution_says(seed: int) -> None:
    scores = scored(seed, canary=HIGHER).responses["v2"].scored
    assert scores is not None
    edges = norm(0.4, 0.2).ppf(np.arange(11) / 10)
    shares = np.diff(norm(0.5, 0.2).cdf(edges))
    assert chisquare(np.bincount(scores, minlength=10), shares * len(scores)).pvalue > 0.001


def test_drift_is_the_index_of_both_arms_histograms() -> None:
    made = scored(1, canary=HIGHER)
    served = Served(made)
    canary, baseline = served.serve(0, 2000)
    cut = served.canary[0].span
    scores = made.responses["v2"].scored
    assert scores is not None
    assert canary.scores == tuple(np.bincount(scores[cut], minlength=10).tolist())
    assert sum(canary.scores) == canary.requests
    assert canary.value("drift") == stability_index(canary.scores, baseline.scores)
    assert math.isnan(baseline.value("drift"))


def test_the_drift_of_a_shifted_mean_is_the_closed_form() -> None:
    canary, _ = Served(scored(2, canary=HIGHER)).serve(0, 5000)
    shares = np.diff(norm(0.5, 0.2).cdf(norm(0.4, 0.2).ppf(np.arange(11) / 10)))
    expected = float(((shares - 0.1) * np.log(shares / 0.1)).sum())
    assert canary.drift == pytest.approx(expected, rel=0.15)


def test_without_drift_the_index_is_as_large_as_luck_makes_it() -> None:
    found, expected = [], []
    for seed in range(12):
        served = Served(scored(seed))
        for index in range(18):
            canary, baseline = served.serve(index, 2000)
            found.append(canary.drift)
            expected.append((1 / canary.requests + 1 / baseline.requests) * 9)
    # The index is chi-square with 9 degrees: its mean over so many is known to about sqrt(2 / 9 / 216) = 3 %.
    assert np.mean(found) / np.mean(expected) == pytest.approx(1, abs=0.12)


def test_an_empty_bin_weighs_much_and_not_without_end() -> None:
    ours, theirs = (0, 50, 50), (40, 30, 30)
    assert math.isinf(psi(theirs, ours))
    assert 1 < stability_index(ours, theirs) < 3
    many, others = (1000, 2000, 3000), (1500, 2500, 2000)
    assert stability_index(many, others) == pytest.approx(psi(others, many), rel=0.01)
    assert stability_index(many, others) == pytest.approx(stability_index(others, many))


def test_there_is_no_drift_without_scores_or_requests() -> None:
    served = Served(scored(1))
    nobody, everyone = served.serve(0, 0)
    assert math.isnan(nobody.drift)
    assert sum(everyone.scores) == everyone.requests
    canary, _ = Served(world(1)).serve(0, 5000)
    assert math.isnan(canary.drift)
    assert canary.scores == ()


def test_drift_is_missing_when_either_arm_s_metrics_are() -> None:
    for on in ("canary", "stable"):
        silent = [{"kind": "missing-metrics", "on": on, "until": "5m"}]
        served = Served(world(1, traffic=BUSY, stable=EQUAL, canary=EQUAL, faults=silent))
        assert math.isnan(served.serve(0, 2000)[0].value("drift"))
        assert math.isfinite(served.serve(1, 2000)[0].value("drift"))
