"""Vertex AI: traffic splits when models come and go."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.vertex_ai import read, render
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine import Decides, Plan, Routing, Step
from tests.conformance_cases import Case, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced

DEPLOY: dict[str, Any] = {
    "deployed_model_display_name": "v2",
    "machine_type": "n1-standard-2",
    "existing": {"1": 60, "2": 40},
    "traffic_split": {"1": 50, "2": 40, "0": 10},
}
UNDEPLOY: dict[str, Any] = {"existing": {"1": 30, "2": 70}, "undeploy": "1", "traffic_split": {"1": 0, "2": 100}}


def reading(text: str) -> Reading:
    return read(read_documents(text), Context())


def split(**call: Any) -> dict[str, int]:
    return {share.target: int(share.share * 100) for share in reading(dump(call)).shares}


def errors(**call: Any) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(dump(call))
    return unreadable.value.errors


def notes(**call: Any) -> str:
    return " ".join(note.message for note in reading(dump(call)).notes)


@pytest.mark.parametrize("case", params("vertex-ai", "validation"))
def test_a_call_is_refused_in_the_sdks_words(case: Case) -> None:
    assert case["expect"]["result"] == "invalid"
    found = errors(**case["input"])
    assert any(case["expect"]["message_contains"] in error.message for error in found)


@pytest.mark.parametrize("case", params("vertex-ai", "weights"))
def test_the_first_model_gets_everything(case: Case) -> None:
    assert split(**case["input"]) == case["expect"]["traffic_split"]
    assert "the first model of an endpoint gets 100" in notes(**case["input"])


@pytest.mark.parametrize(
    ("existing", "percentage", "result"),
    [
        ({"a": 50, "b": 50}, 33, {"a": 34, "b": 33, "0": 33}),
        ({"a": 100}, 10, {"a": 90, "0": 10}),
        ({"a": 100}, 0, {"a": 100, "0": 0}),
        ({"a": 60, "b": 40}, 100, {"0": 100}),
        ({"a": 33, "b": 33, "c": 34}, 50, {"a": 17, "b": 16, "c": 17, "0": 50}),
        # The SDK's floats: 0.29 * 100 is less than 29, so a deployment without traffic moves one percent.
        ({"a": 71, "b": 29}, 0, {"a": 72, "b": 28, "0": 0}),
        ({}, 100, {"0": 100}),
    ],
)
def test_the_others_make_room_in_whole_percents(
    existing: dict[str, int], percentage: int, result: dict[str, int]
) -> None:
    assert split(existing=existing, traffic_percentage=percentage) == result


@given(
    st.lists(st.integers(0, 100), max_size=4).map(lambda cuts: sorted({0, 100, *cuts})),
    st.integers(0, 100),
)
def test_a_split_stays_whole_when_a_model_comes(cuts: list[int], percentage: int) -> None:
    existing = {f"m{place}": high - low for place, (low, high) in enumerate(pairwise(cuts))}
    shares = reading(dump({"existing": existing, "traffic_percentage": percentage})).shares
    assert sum(share.share for share in shares) == 1
    assert all(share.share.denominator <= 100 for share in shares)
    assert shares[-1].share == Fraction(percentage, 100)


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ({"existing": {"a": 60, "b": 40}, "undeploy": "a"}, {"b": 100}),
        ({"existing": {"a": 50, "b": 25, "c": 25}, "undeploy": "a"}, {"b": 50, "c": 50}),
        ({"existing": {"a": 10, "b": 45, "c": 45}, "deployed_model_id": "a"}, {"b": 50, "c": 50}),
        ({"existing": {"a": 0, "b": 100}, "undeploy": "a"}, {"b": 100}),
        ({"existing": {"a": 40, "b": 60}, "undeploy": "a", "traffic_split": {"a": 0, "b": 100}}, {"b": 100}),
        ({"existing": {"a": 100}, "undeploy": "a"}, {}),
        ({"existing": {"a": 40, "b": 60}, "undeploy": "x"}, {"a": 40, "b": 60}),
    ],
)
def test_the_others_take_over_when_a_model_goes(call: dict[str, Any], result: dict[str, int]) -> None:
    assert split(**call) == result


@pytest.mark.parametrize(
    ("call", "layer", "path", "message"),
    [
        ({"traffic_split": {"a": 99}}, "semantics", "traffic_split", "needs to be 100. It is 99"),
        ({"traffic_split": {"a": 50, "0": 40}}, "semantics", "traffic_split", "needs to be 100. It is 90"),
        ({"traffic_split": {"a": "50", "0": 50}}, "schema", "traffic_split.a", "write 50 without quotes"),
        ({"traffic_split": {"a": "50%", "0": 50}}, "schema", "traffic_split.a", "without a percent sign"),
        ({"traffic_split": {"a": 0.9, "0": 0.1}}, "schema", "traffic_split.0", "write 10 for 0.1"),
        ({"traffic_split": {"a": True}}, "schema", "traffic_split.a", "the boolean true"),
        ({"traffic_split": {"a": None}}, "schema", "traffic_split.a", "null"),
        ({"traffic_split": {"a": 110, "0": -10}}, "semantics", "traffic_split.0", "from 0 to 100"),
        ({"traffic_split": [100]}, "schema", "traffic_split", "must be an object"),
        ({"existing": {"a": 50}, "traffic_percentage": 10}, "semantics", "existing", "needs to be 100. It is 50"),
        ({"existing": {"a": 100}, "traffic_percentage": 101}, "semantics", "traffic_percentage", "greater than 100."),
        ({"existing": {"a": 100}, "traffic_percentage": -1}, "semantics", "traffic_percentage", "be negative."),
        ({"existing": {"a": 100}, "traffic_percentage": "10"}, "schema", "traffic_percentage", "without quotes"),
        (
            {"existing": {"a": 100, "b": 0}, "undeploy": "a"},
            "semantics",
            "undeploy",
            "Undeploying deployed model 'a' would leave the remaining traffic split at 0%.",
        ),
        (
            {"existing": {"a": 50, "b": 50}, "undeploy": "a", "traffic_split": {}},
            "semantics",
            "traffic_split",
            "needs to be 100. It is 0",
        ),
        (
            {"existing": {"a": 50, "b": 50}, "undeploy": "a", "traffic_split": {"b": 50, "0": 50}},
            "semantics",
            "traffic_split",
            "nothing is deployed here",
        ),
        ({"display_name": "e", "traffic_split": {"0": 100}}, "semantics", "traffic_split", "nothing is deployed here"),
        ({"traffic_splt": {"a": 100}}, "schema", "traffic_splt", "unknown field"),
        ({"traffic_split": {"a": 100}, "trafficSplit": {"a": 100}}, "schema", "trafficSplit", "two ways of writing"),
        ({"machine_type": "n1"}, "semantics", "", "no traffic_split"),
    ],
)
def test_a_mistake_is_named_in_its_layer(call: dict[str, Any], layer: str, path: str, message: str) -> None:
    found = errors(**call)
    assert any((error.code, error.path) == (layer, path) and message in error.message for error in found), found


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({**DEPLOY, "traffic_percentage": 10}, "traffic_percentage is ignored"),
        ({"existing": {"a": 100}, "traffic_split": {"b": 100}}, "'b' is no model of this endpoint"),
        ({"existing": {"a": 100}, "traffic_percentage": 0}, "gets no traffic yet"),
        ({"existing": {}}, "the first model of an endpoint gets 100"),
        ({"traffic_split": {}}, "takes no traffic"),
        ({"traffic_split": {"1": 50, "2": 40, "3": 10}}, "3 is taken as the canary"),
    ],
)
def test_what_is_accepted_and_surprising_is_noted(call: dict[str, Any], words: str) -> None:
    assert words in notes(**call)


def test_the_model_being_deployed_is_the_canary_wherever_it_stands() -> None:
    assert reading(dump({"traffic_split": {"0": 5, "1": 95}})).plan.steps[0].weight == 500
    assert reading(dump({"trafficSplit": {"7": 80, "8": 20}, "displayName": "e"})).plan.steps[0].weight == 2000


def test_an_empty_split_leaves_a_deployment_without_traffic() -> None:
    assert split(existing={"a": 60, "b": 40}, traffic_split={}) == {"a": 60, "b": 40}


@pytest.mark.parametrize("call", [DEPLOY, UNDEPLOY, {"trafficSplit": {"1": 100}}, {"traffic_percentage": 100}])
def test_a_call_is_recognised(call: dict[str, Any]) -> None:
    dialect, found = read_manifest(dump(call))
    assert dialect is BY_NAME["vertex-ai"]
    assert found.plan.decides is Decides.NOBODY
    assert sum(share.share for share in found.shares) == 1


@given(st.integers(0, 100))
def test_a_plan_that_is_written_is_read_back(percent: int) -> None:
    plan = Plan(steps=(Step(weight=percent * 100, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
    rendering = render(plan)
    assert reading(rendering.text).plan == plan
    assert rendering.lost == ()


PLAN = Plan(steps=(Step(weight=1000, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (replace(PLAN, steps=(Step(weight=1234, hold=None),)), "whole percents"),
        (replace(PLAN, steps=(Step(weight=0, hold=None, mirror=100),)), "copies of requests"),
        (replace(PLAN, steps=PLAN.steps * 2), "the steps after the first (1)"),
        (replace(PLAN, decides=Decides.FAILED_CHECKS), "that checks decide"),
    ],
)
def test_what_vertex_cannot_say_is_named(plan: Plan, sentence: str) -> None:
    rendering = render(plan)
    assert any(sentence in lost for lost in rendering.lost), rendering.lost
    assert render(reading(rendering.text).plan).text == rendering.text


@given(mangled(DEPLOY, UNDEPLOY, {"existing": {"a": 50, "b": 50}, "traffic_percentage": 33}))
def test_whatever_is_wrong_is_told_with_a_line(text: str) -> None:
    refusal(reading, text)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value!r:.20}")
@pytest.mark.parametrize(
    ("call", "path"),
    [
        (DEPLOY, ()),
        (DEPLOY, ("existing",)),
        (DEPLOY, ("traffic_split",)),
        (DEPLOY, ("traffic_split", "0")),
        (UNDEPLOY, ("undeploy",)),
        (UNDEPLOY, ("existing", "1")),
        ({"existing": {"a": 100}, "traffic_percentage": 5}, ("traffic_percentage",)),
    ],
    ids=lambda part: str(part) if isinstance(part, tuple) else "",
)
def test_hostile_values_cost_little(call: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    refusal(reading, dump(replaced(call, path, value)))
