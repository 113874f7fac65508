"""Pods as weights: whole pods that come nearest to a share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.argo_rollouts.rules import (
    canary_pods,
    may_apply,
    stable_pods,
    weight_at,
    weight_going_back,
)
from canarylearn.engine.pods import split_pods
from canarylearn.engine.quantities import BUCKETS
from tests.conformance_cases import Case, cases, params

ROUTERLESS = [case for case in cases("argo-rollouts", "replicas") if case["input"].get("trafficRouting") is False]
ROUTED = [case for case in cases("argo-rollouts", "replicas") if case["input"].get("trafficRouting") is True]
AVAILABLE = [case for case in cases("argo-rollouts", "replicas") if "desired_weight" in case["input"]]


def ids(of: list[Case]) -> list[str]:
    return [case["id"] for case in of]


@pytest.mark.parametrize("case", ROUTERLESS, ids=ids(ROUTERLESS))
def test_pods_come_as_near_as_argos_do(case: Case) -> None:
    asked = case["input"]
    canary, stable = split_pods(asked["setWeight"] * 100, replicas=asked["replicas"], max_surge=asked["maxSurge"])
    assert (canary, stable) == (case["expect"]["canary_pods"], case["expect"]["stable_pods"])


@pytest.mark.parametrize("case", ROUTED, ids=ids(ROUTED))
def test_behind_a_router_a_canary_has_its_share_rounded_up(case: Case) -> None:
    asked = case["input"]
    assert canary_pods(asked["replicas"], asked["setWeight"]) == case["expect"]["canary_pods"]
    assert stable_pods(asked["replicas"], asked["setWeight"]) == asked["replicas"]


@pytest.mark.parametrize("case", AVAILABLE, ids=ids(AVAILABLE))
def test_a_weight_waits_for_the_pods_it_needs(case: Case) -> None:
    asked = case["input"]
    applied = may_apply(
        asked["desired_weight"],
        replicas=asked["replicas"],
        available=asked["canary_available"],
        most=asked["maxTrafficWeight"],
    )
    assert applied is case["expect"]["weight_may_be_applied"]


def test_every_case_of_pods_is_tried() -> None:
    assert len(ROUTERLESS) + len(ROUTED) + len(AVAILABLE) == len(cases("argo-rollouts", "replicas")) == 24


@pytest.mark.parametrize("case", params("argo-rollouts", "weights"))
def test_weights_follow_steps_aborts_and_pods(case: Case) -> None:
    asked, expected = case["input"], case["expect"]
    if asked.get("dynamicStableScale"):
        weight = weight_going_back(
            asked.get("current_canary_weight", 0),
            replicas=asked["replicas"],
            stable_available=asked["stable_available"],
        )
    else:
        steps = [step.get("setWeight") for step in asked["steps"]]
        weight = weight_at(steps, asked["step_index"], aborted=asked.get("aborted", False))
    assert weight == expected.get("canary", expected.get("current_set_weight"))
    assert 100 - weight == expected.get("stable", 100 - weight)


@pytest.mark.parametrize(
    ("index", "weight"),
    [(0, 0), (1, 20), (2, 20), (3, 0), (4, 60), (5, 100), (99, 100)],
)
def test_the_weight_at_a_step_is_the_last_one_set(index: int, weight: int) -> None:
    steps = [None, 20, None, 0, 60]
    assert weight_at(steps, index) == weight
    assert weight_at(steps, index, aborted=True) == 0
    assert weight_at(steps, index, promoted=True) == 0


def test_past_the_last_step_all_traffic_is_the_routers_most() -> None:
    assert weight_at([300], 1, most=1000) == 1000


def test_dynamic_stable_scale_keeps_what_the_canary_does_not_serve() -> None:
    assert [stable_pods(10, weight, dynamic=True) for weight in (0, 1, 25, 99, 100)] == [10, 10, 8, 1, 0]


def test_traffic_goes_back_with_the_stable_pods_and_never_forth() -> None:
    assert [weight_going_back(75, replicas=4, stable_available=pods) for pods in range(5)] == [75, 75, 50, 25, 0]
    assert weight_going_back(20, replicas=4, stable_available=1) == 20
    assert weight_going_back(50, replicas=0, stable_available=0) == 0


def test_without_pods_there_is_nothing_to_split() -> None:
    assert split_pods(5000, replicas=0, max_surge=1) == (0, 0)


@given(st.integers(0, 300), st.integers(0, BUCKETS), st.integers(0, 3))
def test_a_split_keeps_its_promises(replicas: int, weight: int, surge: int) -> None:
    canary, stable = split_pods(weight, replicas=replicas, max_surge=surge)
    assert canary >= 0
    assert stable >= 0
    assert canary + stable in ((replicas, replicas + 1) if surge else (replicas,))
    if weight in (0, BUCKETS) or not replicas:
        assert canary == (replicas if weight else 0)
    elif replicas >= 2:
        assert canary
        assert stable


@given(st.integers(2, 60), st.integers(1, 99), st.booleans())
def test_no_other_number_of_pods_is_nearer(replicas: int, percent: int, surge: bool) -> None:
    def distance(canary: int, total: int) -> Fraction:
        return abs(Fraction(canary, total) - Fraction(percent, 100))

    canary, stable = split_pods(percent * 100, replicas=replicas, max_surge=int(surge))
    totals = (replicas, replicas + 1) if surge else (replicas,)
    nearest = min(distance(pods, total) for total in totals for pods in range(1, total))
    assert distance(canary, canary + stable) == nearest
