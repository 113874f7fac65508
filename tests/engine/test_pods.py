"""Pods as weights: whole pods that come nearest to a share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.engine.pods import split_pods
from canarylearn.engine.quantities import BUCKETS
from tests.conformance_cases import Case, cases

ROUTERLESS = [case for case in cases("argo-rollouts", "replicas") if case["input"].get("trafficRouting") is False]


@pytest.mark.parametrize("case", ROUTERLESS, ids=[case["id"] for case in ROUTERLESS])
def test_pods_come_as_near_as_argos_do(case: Case) -> None:
    asked = case["input"]
    canary, stable = split_pods(asked["setWeight"] * 100, replicas=asked["replicas"], max_surge=asked["maxSurge"])
    assert (canary, stable) == (case["expect"]["canary_pods"], case["expect"]["stable_pods"])


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
