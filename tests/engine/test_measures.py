"""Each measure, recomputed in plain Python from the draws of a small world and the trace of its run."""

import math
from typing import Any

import pytest

from canarylearn.engine import BUCKETS, MEASURES, Outcome, Phase, Plan, Step, World, run
from canarylearn.engine.quantities import NBSP
from tests.worlds import release, world

SMALL: dict[str, Any] = {
    "traffic": {"requests_per_second": 0.5, "users": 60},
    "patience": "280ms",
    "stable": {"errors": "3%"},
    "evidence": {"min_canary": 50, "margin": "20%"},
}
ENDINGS: dict[str, tuple[Phase, dict[str, Any]]] = {
    "promoted": (Phase.PROMOTED, {"canary": {"errors": "3%", "size_mb": 812, "training_hours": 3.5}}),
    "rolled back": (Phase.ROLLED_BACK, {"canary": {"errors": "70%", "p50": "250ms", "p95": "500ms"}}),
    "inconclusive": (Phase.INCONCLUSIVE, {"canary": {"errors": "4%"}, "evidence": {"margin": "0.1%"}}),
    "nobody": (Phase.INCONCLUSIVE, {"weight": 0}),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ENDINGS)
def test_every_measure_is_what_a_plain_count_says(name: str, seed: int) -> None:
    phase, changes = ENDINGS[name]
    made, outcome = small_run(seed, **changes)
    assert outcome.phase is phase
    expected = by_hand(made, outcome)
    assert set(expected) == set(outcome.measures) == set(MEASURES)
    for measure, value in expected.items():
        assert outcome.measures[measure] == pytest.approx(value, nan_ok=True), measure


def test_whom_the_old_model_would_have_served_as_badly_is_not_harmed() -> None:
    outage = [{"kind": "outage", "rate": "100%", "since": "0", "until": "90m"}]
    outcome = release(world(3, faults=outage))
    assert outcome.measures["users_exposed"] > 50
    assert outcome.measures["failed_requests"] == outcome.measures["canary_requests"] > 100
    assert outcome.measures["users_harmed"] == 0


def test_a_user_counts_once_however_often_harmed() -> None:
    made = world(1, traffic={"users": 10}, canary={"errors": "100%"}, stable={"errors": "0%"})
    outcome = run(Plan(steps=(Step(weight=BUCKETS, hold=300),)), made)
    assert outcome.measures["users_harmed"] == 10
    assert outcome.measures["users_harmed_share"] == 1


@pytest.mark.parametrize("name", ENDINGS)
def test_users_harmed_by_then_are_counted_at_the_end_of_each_interval(name: str) -> None:
    made, outcome = small_run(0, **ENDINGS[name][1])
    assert len(outcome.harmed) == len(outcome.trace)
    assert outcome.harmed[-1] == outcome.measures["users_harmed"]
    for before, now, interval in zip((0, *outcome.harmed), outcome.harmed, outcome.trace, strict=False):
        assert before <= now <= before + interval.canary.users
    assert made.scenario.window == outcome.trace[-1].end


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_can_be_said_with_any_value(name: str) -> None:
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.unit in ("count", "share", "latency", "duration", "yes-no")
    for value in (0.0, 0.5, 1.0):
        assert measure.say(value)
    if measure.unit in ("share", "latency"):
        assert measure.say(math.nan) == "no data"
    if measure.unit == "duration":
        assert measure.say(math.inf) == "never"


def test_the_way_back_is_said_in_words_and_facts_with_their_units() -> None:
    assert MEASURES["way_back"].say(0) == "no"
    assert MEASURES["way_back"].say(1) == "yes"
    assert MEASURES["model_size"].say(1400) == f"1,400{NBSP}MB"
    assert MEASURES["training_hours"].say(3.5) == f"3.5{NBSP}h"


def small_run(seed: int, *, weight: int = 3000, **changes: Any) -> tuple[World, Outcome]:
    """A small world and one release in it."""
    fields = {**SMALL, **changes, "evidence": {**SMALL["evidence"], **changes.get("evidence", {})}}
    made = world(seed, **fields)
    return made, release(made, weight=weight)


def by_hand(made: World, outcome: Outcome) -> dict[str, float]:
    """Every measure, request by request."""
    patience, interval = made.scenario.patience, made.scenario.interval
    ended = next((event.at for event in outcome.events if event.kind in ("promoted", "rolled_back")), None)
    judged_until = made.scenario.trial if ended is None else ended
    everyone: set[int] = set()
    exposed: set[int] = set()
    harmed: set[int] = set()
    waited: set[int] = set()
    failed_requests = canary_requests = 0
    arms: dict[bool, list[tuple[float, bool, bool]]] = {True: [], False: []}
    for request, moment in enumerate(made.draws.time.tolist()):
        user = int(made.draws.user[request])
        on_canary = bool(made.draws.bucket[request] < outcome.trace[int(moment // interval)].weight)
        response, control = made.responses["v2" if on_canary else "v1"], made.responses["v1"]
        latency, failed = float(response.latency[request]), bool(response.failed[request])
        would_fail, would_wait = bool(control.failed[request]), bool(control.latency[request] > patience)
        everyone.add(user)
        if moment < judged_until:
            arms[on_canary].append((latency, failed, bool(response.wrong[request])))
        if on_canary:
            exposed.add(user)
            canary_requests += 1
            failed_requests += failed
            if (failed or latency > patience) and not (would_fail or would_wait):
                harmed.add(user)
            if latency > patience and not would_wait:
                waited.add(user)
    return {
        "users_exposed": len(exposed),
        "users_exposed_share": len(exposed) / len(everyone),
        "users_harmed": len(harmed),
        "users_harmed_share": len(harmed) / len(everyone),
        "users_waited": len(waited),
        "failed_requests": failed_requests,
        "canary_requests": canary_requests,
        "requests_judged": len(arms[True]),
        "control_requests": len(arms[False]),
        "share_observed": len(arms[True]) / len(arms[True] + arms[False]),
        "time_to_notice": judged_until if outcome.phase is Phase.ROLLED_BACK else math.inf,
        "time_to_full": judged_until if outcome.phase is Phase.PROMOTED else math.inf,
        "time_at_risk": sum(
            interval for line in outcome.trace if line.weight and (ended is None or line.start < ended)
        ),
        **rates("canary", arms[True]),
        **rates("baseline", arms[False]),
        "way_back": 1,
        "model_size": made.scenario.canary.size_mb,
        "training_hours": made.scenario.canary.training_hours,
    }


def rates(arm: str, requests: list[tuple[float, bool, bool]]) -> dict[str, float]:
    """Error rate, p95 by nearest rank, and accuracy of an arm's requests; NaN where there are none."""
    answered = [wrong for _, failed, wrong in requests if not failed]
    latencies = sorted(latency for latency, _, _ in requests)
    return {
        f"{arm}_error_rate": 1 - len(answered) / len(requests) if requests else math.nan,
        f"{arm}_p95": latencies[math.ceil(0.95 * len(latencies)) - 1] if requests else math.nan,
        f"{arm}_accuracy": 1 - sum(answered) / len(answered) if answered else math.nan,
    }
