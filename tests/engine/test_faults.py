"""Each fault does to a revision what its formula says, and to nothing else."""

import math
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from canarylearn.engine import Check, Release, Routing, Within, World, materialise
from canarylearn.engine.faults import KINDS, Fault
from canarylearn.engine.serving import Served
from tests.worlds import release, scenario, world

BUSY = {"requests_per_second": 40, "users": 5000}
BURST = {"kind": "error-burst", "on": "canary", "rate": "7%", "since": "10m", "until": "40m"}
OUTAGE = {"kind": "outage", "rate": "30%", "since": "20m", "until": "30m"}
TAIL = {"kind": "slow-tail", "on": "canary", "share": "4%", "factor": 6}
LEAK = {"kind": "leak", "on": "canary", "growth": 1.5}
SEGMENTS = {"ios": "30%", "android": "70%"}
BUG = {"kind": "segment-bug", "on": "canary", "segment": "ios", "errors": "20%", "factor": 3, "since": "30m"}
DROP = {"kind": "quality-drop", "on": "canary", "rate": "25%", "since": "20m", "until": "60m"}
COLD = {"kind": "cold-cache", "on": "canary", "factor": 5}
SLACK = Check(metric="requests", condition=Within(at_most=1e9), consecutive_error_limit=100)
SILENT = {"kind": "missing-metrics", "on": "canary", "since": "12m", "until": "30m"}


def test_every_fault_has_an_effect() -> None:
    kinds = {get_args(fault.model_fields["kind"].annotation)[0] for fault in get_args(get_args(Fault)[0])}
    assert kinds == set(KINDS)
    assert len(KINDS) == len(kinds)


@pytest.mark.parametrize("seed", range(3))
def test_a_burst_adds_failures_while_it_lasts(seed: int) -> None:
    made = faulty(seed, BURST)
    during = between(made, 10, 40)
    assert fails(made, "v2", during, 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v2", ~during, 0.01)
    assert fails(made, "v1", during, 0.01)


def test_a_burst_without_an_end_lasts() -> None:
    made = faulty(0, {"kind": "error-burst", "on": "canary", "rate": "7%", "since": "10m"})
    assert fails(made, "v2", between(made, 10, 90), 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v2", between(made, 0, 10), 0.01)


def test_a_burst_without_a_beginning_begins_at_once() -> None:
    made = faulty(0, {"kind": "error-burst", "on": "stable", "rate": "7%", "since": "0", "until": "5m"})
    assert fails(made, "v1", between(made, 0, 5), 1 - (1 - 0.01) * (1 - 0.07))
    assert same(made, faulty(0), "v2")


@pytest.mark.parametrize("seed", range(3))
def test_an_outage_hits_both_revisions_at_the_same_requests(seed: int) -> None:
    made = faulty(seed, OUTAGE)
    during = between(made, 20, 30)
    for revision in ("v1", "v2"):
        assert fails(made, revision, during, 1 - (1 - 0.01) * (1 - 0.3))
        assert fails(made, revision, ~during, 0.01)
    assert np.array_equal(made.responses["v1"].failed, made.responses["v2"].failed)


def test_a_slow_tail_multiplies_the_latency_of_its_share() -> None:
    made, plain = faulty(0, TAIL), faulty(0)
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    slowed = times > 2
    assert np.allclose(times[slowed], 6, rtol=1e-5)
    assert np.allclose(times[~slowed], 1, rtol=1e-5)
    assert binomtest(int(slowed.sum()), len(slowed), 0.04).pvalue > 0.001
    assert same(made, plain, "v1")
    assert np.array_equal(made.responses["v2"].failed, plain.responses["v2"].failed)


def test_the_mean_latency_under_a_slow_tail_is_the_closed_form() -> None:
    made, plain = faulty(0, TAIL), faulty(0)
    mean = float(plain.responses["v2"].latency.mean(dtype=np.float64))
    assert made.responses["v2"].latency.mean(dtype=np.float64) == pytest.approx(mean * (1 + 0.04 * 5), rel=0.01)


def test_a_leak_grows_with_the_hours() -> None:
    made, plain = faulty(0, LEAK), faulty(0)
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    assert np.allclose(times, 1 + 1.5 * made.draws.time / 3600, rtol=1e-5)
    assert same(made, plain, "v1")


def test_faults_are_independent_of_each_other() -> None:
    made = faulty(0, BURST, OUTAGE)
    both = between(made, 20, 30)
    assert fails(made, "v2", both, 1 - (1 - 0.01) * (1 - 0.07) * (1 - 0.3))
    assert fails(made, "v2", between(made, 10, 20), 1 - (1 - 0.01) * (1 - 0.07))
    assert fails(made, "v1", both, 1 - (1 - 0.01) * (1 - 0.3))


@pytest.mark.parametrize("seed", range(3))
def test_a_bug_of_one_segment_leaves_the_others_alone(seed: int) -> None:
    made, plain = segmented(seed, BUG), segmented(seed)
    assert made.draws.segment is not None
    broken = (made.draws.segment == 0) & between(made, 30, 90)
    assert fails(made, "v2", broken, 1 - (1 - 0.01) * (1 - 0.2))
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    assert np.allclose(times[broken], 3, rtol=1e-5)
    assert np.array_equal(times[~broken], np.ones(int((~broken).sum())))
    assert np.array_equal(made.responses["v2"].failed[~broken], plain.responses["v2"].failed[~broken])
    assert same(made, plain, "v1")


def test_the_means_under_a_bug_of_one_segment_are_the_closed_form() -> None:
    always = {**BUG, "since": "0"}
    made, plain = segmented(0, always), segmented(0)
    assert made.draws.segment is not None
    share = float((made.draws.segment == 0).mean())  # of the requests; near the 30 % of the users
    assert share == pytest.approx(0.3, abs=0.02)
    more = 0.01 + share * 0.2 * (1 - 0.01)
    assert fails(made, "v2", np.ones(len(made.draws.time), dtype=bool), more)
    mean = float(plain.responses["v2"].latency.mean(dtype=np.float64))
    found = float(made.responses["v2"].latency.mean(dtype=np.float64))
    assert found == pytest.approx(mean * (1 + share * 2), rel=0.01)


@pytest.mark.parametrize("half", ["errors", "factor"])
def test_a_bug_of_one_segment_may_be_half_of_it(half: str) -> None:
    made, plain = segmented(1, {name: value for name, value in BUG.items() if name != half}), segmented(1)
    mine, theirs = made.responses["v2"], plain.responses["v2"]
    assert np.array_equal(mine.failed, theirs.failed) is (half == "errors")
    assert np.array_equal(mine.latency, theirs.latency) is (half == "factor")


@pytest.mark.parametrize("seed", range(3))
def test_a_drop_of_quality_turns_right_answers_wrong_and_nothing_else(seed: int) -> None:
    made, plain = faulty(seed, DROP), faulty(seed)
    during = between(made, 20, 60)
    for which, accuracy in ((during, 0.9 * 0.75), (~during, 0.9)):
        answered = which & ~made.responses["v2"].failed
        wrong = made.responses["v2"].wrong[answered]
        assert binomtest(int(wrong.sum()), len(wrong), 1 - accuracy).pvalue > 0.001
    for name in ("latency", "failed", "slow"):
        assert np.array_equal(getattr(made.responses["v2"], name), getattr(plain.responses["v2"], name)), name
    assert same(made, plain, "v1")


def test_warming_up_is_the_closed_form_at_every_moment_and_in_the_mean() -> None:
    made, plain = world(traffic=BUSY, canary={"warm_up": {"lasts": "30m", "factor": 4}}), faulty(0)
    times = made.responses["v2"].latency / plain.responses["v2"].latency
    assert np.allclose(times, 1 + 3 * np.maximum(0, 1 - made.draws.time / 1800), rtol=1e-4)
    assert float(times[made.draws.time < 1800].mean(dtype=np.float64)) == pytest.approx((1 + 4) / 2, rel=0.01)
    assert same(made, plain, "v1")


@pytest.mark.parametrize("routing", [Routing.STICKY, Routing.PER_REQUEST])
def test_the_first_request_of_each_user_to_a_cold_revision_takes_longer_and_no_other(routing: Routing) -> None:
    made = materialise(scenario(traffic={"requests_per_second": 2, "users": 400}, faults=[COLD]), 3, routing)
    served = Served(made)
    for index, weight in enumerate((0, 1000, 1000, 5000, 5000, 0, 10_000)):
        served.serve(index, weight)
    met: set[int] = set()
    for part in served.canary:
        times = part.latency / made.responses["v2"].latency[part.span]
        users, moments = made.draws.user[part.span], made.draws.time[part.span]
        for place in np.argsort(moments):
            assert times[place] == pytest.approx(1 if int(users[place]) in met else 5, rel=1e-5)
            met.add(int(users[place]))
    assert len(met) > 300
    assert all(part.latency.base is made.responses["v1"].latency for part in served.baseline)


def test_the_mean_under_a_cold_cache_is_the_closed_form() -> None:
    changes: dict[str, Any] = {"traffic": {"requests_per_second": 20, "users": 3000}}
    cold, warm = (Served(world(5, **changes, faults=faults)) for faults in ([COLD], []))
    for served in (cold, warm):
        served.serve(0, 10_000)
    requests = cold.canary[0].metrics.requests
    different = 3000 * (1 - (1 - 1 / 3000) ** requests)
    means = [float(served.canary[0].latency.mean(dtype=np.float64)) for served in (cold, warm)]
    assert means[0] / means[1] == pytest.approx(1 + 4 * different / requests, rel=0.02)


def test_a_copy_of_a_request_warms_the_cache_too() -> None:
    made = world(2, traffic={"requests_per_second": 20, "users": 50}, faults=[COLD])
    served = Served(made)
    served.mirror = 10_000
    served.serve(0, 0)
    served.serve(1, 10_000)
    assert served.canary[0].copied
    assert np.array_equal(served.canary[1].latency, made.responses["v2"].latency[served.canary[1].span])


@pytest.mark.parametrize(
    ("since", "until", "missing"),
    [("12m", "30m", (2, 3, 4, 5)), ("10m", "15m", (2,)), ("0", "1s", (0,)), ("80m", "7d", (16, 17))],
)
def test_metrics_are_missing_in_every_interval_that_the_spell_touches(
    since: str, until: str, missing: tuple[int, ...]
) -> None:
    outcome = release(faulty(0, {**SILENT, "since": since, "until": until}), checks=(SLACK,))
    for index, interval in enumerate(outcome.trace):
        assert interval.canary.missing is (index in missing)
        assert math.isnan(interval.canary.value("error_rate")) is (index in missing)
        assert not interval.baseline.missing


def test_missing_metrics_of_the_stable_revision_are_those_of_whichever_arm_it_serves() -> None:
    made = faulty(0, {**SILENT, "on": "stable"})
    both = Release(made)
    both.try_revision("v1")
    both.set_weight(2000)
    both.hold(1500)
    assert math.isnan(both.metric("canary", "requests"))
    assert math.isnan(both.metric("baseline", "requests"))


@pytest.mark.parametrize("fault", [BURST, TAIL, LEAK, DROP, BUG], ids=lambda fault: str(fault["kind"]))
def test_a_fault_on_the_stable_revision_leaves_the_canary_alone(fault: Mapping[str, Any]) -> None:
    made, plain = segmented(0, {**fault, "on": "stable"}), segmented(0)
    assert same(made, plain, "v2")
    assert not same(made, plain, "v1")


def faulty(seed: int, *faults: Mapping[str, Any]) -> World:
    """A busy world with faults."""
    return world(seed, traffic=BUSY, faults=list(faults))


def segmented(seed: int, *faults: Mapping[str, Any]) -> World:
    """A busy world whose users belong to two segments."""
    return world(seed, traffic={**BUSY, "segments": SEGMENTS}, faults=list(faults))


def between(made: World, start: float, end: float) -> NDArray[np.bool_]:
    """The requests from one minute to another."""
    return (made.draws.time >= start * 60) & (made.draws.time < end * 60)


def fails(made: World, revision: str, which: NDArray[np.bool_], rate: float) -> bool:
    """Whether these requests of a revision fail at this rate, within sampling error."""
    failed = made.responses[revision].failed[which]
    return bool(binomtest(int(failed.sum()), len(failed), rate).pvalue > 0.001)


def same(one: World, other: World, revision: str) -> bool:
    """Whether a revision answers alike in two worlds."""
    mine, theirs = one.responses[revision], other.responses[revision]
    return all(np.array_equal(getattr(mine, name), getattr(theirs, name)) for name in ("latency", "failed", "wrong"))
