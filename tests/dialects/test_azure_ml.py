"""Azure ML online endpoints: what the SDK makes of a traffic map, and what the service takes."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.azure_ml import read, render
from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine import Check, Decides, Plan, Routing, Step, Within
from tests.conformance_cases import Case, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced

ENDPOINT: dict[str, Any] = {
    "$schema": "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json",
    "name": "my-endpoint",
    "auth_mode": "key",
    "traffic": {"blue": 90, "green": 10},
}


def reading(text: str) -> Reading:
    return read(read_documents(text), Context())


def of(traffic: object = None, mirrored: object = None, **more: Any) -> str:
    maps = {"traffic": traffic, "mirror_traffic": mirrored}
    return dump({"name": "e", **{key: value for key, value in maps.items() if value is not None}, **more})


def errors(text: str) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(text)
    return unreadable.value.errors


@pytest.mark.parametrize("case", params("azureml", "validation"))
def test_an_endpoint_is_accepted_or_refused(case: Case) -> None:
    text = of(mirrored=case["input"]) if "mirror" in case["where"] else of(case["input"])
    expected = case["expect"]
    if expected["result"] == "invalid":
        layer = "schema" if expected.get("layer") == "client" else "semantics"
        found = [error for error in errors(text) if error.code == layer]
        assert any(expected["message_contains"] in error.message for error in found)
        return
    if "green" in case["input"]:
        assert {share.target: share.share * 100 for share in reading(text).shares}["blue"] == 90
    assert reading(text).plan.steps[0].weight == 1000


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("90", 90),
        (" 90 ", 90),
        ("9_0", 90),
        (90.7, 90),
        (90.0, 90),
        ("\N{ARABIC-INDIC DIGIT NINE}0", 90),
    ],
)
def test_the_sdk_makes_whole_numbers_of_what_looks_like_one(written: object, taken: int) -> None:
    found = reading(of({"blue": written, "green": 10}))
    assert found.shares[0].share == Fraction(taken, 100)
    assert [note.path for note in found.notes] == (["traffic.blue"] if written != taken else [])


@pytest.mark.parametrize(
    ("traffic", "layer", "path", "message"),
    [
        ({"blue": True}, "schema", "traffic.blue", "Not a valid integer. true and false are no percentages."),
        ({"blue": None}, "schema", "traffic.blue", "Not a valid integer."),
        ({"blue": "90.7"}, "schema", "traffic.blue", "Not a valid integer."),
        ({"blue": "90%"}, "schema", "traffic.blue", "Not a valid integer. Write it without the percent sign."),
        ({"blue": "ten"}, "schema", "traffic.blue", "Not a valid integer."),
        ({"blue": []}, "schema", "traffic.blue", "Not a valid integer."),
        ([], "schema", "traffic", "Not a valid mapping type."),
        ("blue=90", "schema", "traffic", "Not a valid mapping type."),
        (
            {"blue": 100, "green": 10},
            "schema",
            "traffic",
            "Traffic rule percentages must sum to less than or equal to 100%, and they sum to 110",
        ),
        ({"blue": 89, "green": 10}, "semantics", "traffic", "have to sum to 0 or to 100, and they sum to 99"),
        ({"blue": 0.9, "green": 0.1, "red": 1}, "semantics", "traffic", "they sum to 1"),
        ({"blue": 110, "green": -10}, "semantics", "traffic.green", "from 0 to 100, and not to -10"),
        ({"Blue": 50, "blue": 50}, "semantics", "traffic", "they sum to 50"),
    ],
)
def test_a_mistake_is_named_in_its_layer(traffic: object, layer: str, path: str, message: str) -> None:
    found = errors(of(traffic))
    assert any((error.code, error.path) == (layer, path) and message in error.message for error in found), found


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (of({"blue": 100}, {"green": 60}), "mirror_traffic", "less than or equal to 50%, and it is 60"),
        (of({"blue": 100}, {"green": 10, "red": 10}), "mirror_traffic", "one deployment"),
        (of({"blue": 90, "green": 10}, {"green": 10}), "mirror_traffic", "at the same time"),
        (of({"blue": 100}, auth_mod="key"), "auth_mod", "Unknown field. Is it 'auth_mode'?"),
        (dump({"name": "2fast", "traffic": {"blue": 100}}), "name", "does not match expected pattern"),
        (of({"blue": 100}) + "---\n" + of({"blue": 100}), "", "a second endpoint"),
    ],
)
def test_a_mistake_beside_the_traffic_is_named(text: str, path: str, message: str) -> None:
    found = errors(text)
    assert any(error.path == path and message in error.message for error in found), found


def test_zeros_are_dropped_and_names_written_in_lower_case() -> None:
    found = reading(of({"Blue": 100, "Green": 0}))
    assert [(share.target, share.share) for share in found.shares] == [("blue", Fraction(1))]
    assert found.plan.steps == (Step(weight=0, hold=None),)
    assert any("'blue' for 'Blue'" in note.message for note in found.notes)


@pytest.mark.parametrize(
    ("traffic", "weight"),
    [
        ({"green": 90, "blue": 10}, 9000),
        ({"blue": 0, "green": 100}, 10_000),
        ({"blue": 100}, 0),
        ({"green": 100}, 10_000),
        ({"a": 100, "b": 0}, 0),
        ({"model-v2": 5, "model-v1": 95}, 500),
    ],
)
def test_the_deployment_on_trial_is_told_by_its_name_and_then_by_its_place(traffic: object, weight: int) -> None:
    assert reading(of(traffic)).plan.steps[0].weight == weight


def test_mirrored_traffic_reaches_a_deployment_without_users() -> None:
    assert reading(of({"blue": 100}, {"green": 30})).plan.steps == (Step(weight=0, hold=None, mirror=3000),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (of({"blue": 0}), "no deployment gets traffic"),
        (of(), "no deployment gets traffic"),
        (of({"blue": 100}), "taken as stable, by its name"),
        (of({"a": 50, "b": 30, "c": 20}), "c is taken as the canary"),
        (of({"a": 50, "b": 50}, {"c": 20}), "the copies for c are not in the plan"),
        (of({"a": 99.5, "b": 0.5, "c": 1}), "for one in ten write 10"),
    ],
)
def test_what_is_accepted_and_surprising_is_noted(text: str, words: str) -> None:
    assert any(words in note.message for note in reading(text).notes)


def test_an_endpoint_is_recognised_and_its_deployments_pass_by() -> None:
    text = dump(ENDPOINT) + "---\n" + dump({"name": "blue", "endpoint_name": "my-endpoint", "instance_count": 1})
    dialect, found = read_manifest(text)
    assert dialect is BY_NAME["azure-ml"]
    assert found.plan.decides is Decides.NOBODY
    assert not found.notes


@given(st.dictionaries(st.text("abcXYZ", min_size=1, max_size=3), st.integers(0, 100), max_size=6))
def test_shares_sum_to_one_or_nobody_is_served(traffic: dict[str, int]) -> None:
    if refusal(reading, of(traffic)):
        assert sum({name.lower(): share for name, share in traffic.items() if share}.values()) not in (0, 100) or (
            sum(traffic.values()) > 100
        )
        return
    assert sum(share.share for share in reading(of(traffic)).shares) in (0, 1)


@given(st.integers(0, 100), st.integers(0, 50))
def test_a_plan_that_is_written_is_read_back(percent: int, mirrored: int) -> None:
    step = Step(weight=percent * 100, hold=None, mirror=0 if percent else mirrored * 100)
    plan = Plan(steps=(step,), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
    rendering = render(plan)
    assert reading(rendering.text).plan == plan
    assert rendering.lost == ()


PLAN = Plan(steps=(Step(weight=1000, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
CHECK = Check(metric="error_rate", condition=Within(at_most=0.1))


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (replace(PLAN, decides=Decides.JUDGE), "the comparison with the baseline"),
        (replace(PLAN, decides=Decides.CHECKS), "that checks decide"),
        (replace(PLAN, checks=(CHECK,)), "the check 'error_rate' (at most 0.1)"),
        (replace(PLAN, steps=PLAN.steps * 3), "the steps after the first (2)"),
        (replace(PLAN, steps=(Step(weight=1000, hold=600.0),)), "a hold of 600 s"),
        (replace(PLAN, routing=Routing.STICKY), "how requests find their revision"),
        (replace(PLAN, steps=(Step(weight=1234, hold=None),)), "whole percents"),
        (replace(PLAN, steps=(Step(weight=0, hold=None, mirror=9000),)), "up to 50"),
    ],
)
def test_what_azure_cannot_say_is_named(plan: Plan, sentence: str) -> None:
    rendering = render(plan)
    assert any(sentence in lost for lost in rendering.lost), rendering.lost
    assert render(reading(rendering.text).plan).text == rendering.text


@given(mangled(ENDPOINT, {**ENDPOINT, "traffic": {"blue": 100}, "mirror_traffic": {"green": 20}}))
def test_whatever_is_wrong_is_told_with_a_line(text: str) -> None:
    refusal(reading, text)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value!r:.20}")
@pytest.mark.parametrize("path", [("traffic",), ("traffic", "blue"), ("name",), ()], ids=str)
def test_hostile_values_cost_little(path: tuple[Any, ...], value: object) -> None:
    refusal(reading, dump(replaced(ENDPOINT, path, value)))
    refusal(reading, dump(replaced({**ENDPOINT, "mirror_traffic": {"red": 1}}, path and ("mirror_traffic",), value)))
