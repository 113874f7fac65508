"""Pods and weights behind a router, as Argo keeps them."""

from pathlib import Path

import pytest

from canarylearn.dialects.argo_rollouts.scaling import canary_pods, stable_pods_left, weight_going_back
from tests.conformance_cases import Case, cases
from tests.dialects.argo import ROUTED, reading, rollout

BEHIND_A_ROUTER = [case for case in cases("argo-rollouts", "replicas") if case["input"].get("trafficRouting") is True]
NOT_READY = [case for case in cases("argo-rollouts", "replicas") if "canary_available" in case["input"]]
WEIGHTS = cases("argo-rollouts", "weights")
GOING_BACK = [case for case in WEIGHTS if case["input"].get("dynamicStableScale")]
AT_A_STEP = [case for case in WEIGHTS if case not in GOING_BACK]


@pytest.mark.parametrize("case", BEHIND_A_ROUTER, ids=[case["id"] for case in BEHIND_A_ROUTER])
def test_a_canary_has_its_share_rounded_up(case: Case) -> None:
    asked = case["input"]
    assert canary_pods(asked["replicas"], asked["setWeight"]) == case["expect"]["canary_pods"]


@pytest.mark.parametrize("case", GOING_BACK, ids=[case["id"] for case in GOING_BACK])
def test_traffic_goes_back_as_fast_as_pods_do(case: Case) -> None:
    asked = case["input"]
    current, available = asked.get("current_canary_weight", 0), asked["stable_available"]
    assert (
        weight_going_back(current, replicas=asked["replicas"], stable_available=available) == case["expect"]["canary"]
    )


@pytest.mark.parametrize("case", AT_A_STEP, ids=[case["id"] for case in AT_A_STEP])
def test_the_weight_at_a_step_is_the_last_one_set(case: Case) -> None:
    (stage,) = reading(rollout({**ROUTED, "steps": case["input"]["steps"]})).plan.steps
    assert stage.weight == 100 * case["expect"].get("canary", case["expect"].get("current_set_weight"))


def test_every_case_of_pods_is_tried_or_said_not_to_be_modelled(repository: Path) -> None:
    without_a_router = [case for case in cases("argo-rollouts", "replicas") if "maxSurge" in case["input"]]
    assert len(without_a_router) + len(BEHIND_A_ROUTER) + len(NOT_READY) == len(cases("argo-rollouts", "replicas"))
    docs = (repository / "docs" / "dialects.md").read_text(encoding="utf-8")
    assert [case["id"] for case in NOT_READY if f"`{case['id']}`" not in docs] == []


def test_dynamic_stable_scale_keeps_what_the_canary_does_not_serve() -> None:
    assert [stable_pods_left(10, weight) for weight in (0, 1, 25, 99, 100)] == [10, 10, 8, 1, 0]


def test_traffic_goes_back_with_the_stable_pods_and_never_forth() -> None:
    assert [weight_going_back(75, replicas=4, stable_available=pods) for pods in range(5)] == [75, 75, 50, 25, 0]
    assert weight_going_back(20, replicas=4, stable_available=1) == 20
    assert weight_going_back(50, replicas=0, stable_available=0) == 0


@pytest.mark.parametrize(
    ("weights", "replicas", "said"),
    [
        ((25, 75), 4, "at a weight of 75 only 1 of 4 pods of the old version are left"),
        ((25, 75, 100), 4, "keeps a weight of 75 until more are back"),
        ((10,), 4, ""),  # four pods are left, and they take everyone back at once
        ((), 4, ""),
    ],
)
def test_what_an_abort_has_to_wait_for_is_noted(weights: tuple[int, ...], replicas: int, said: str) -> None:
    canary = {**ROUTED, "dynamicStableScale": True, "steps": [{"setWeight": weight} for weight in weights]}
    notes = [note for note in reading(rollout(canary, replicas=replicas)).notes if "after an abort" in str(note)]
    assert len(notes) == bool(said)
    assert not said or said in str(notes[0])
