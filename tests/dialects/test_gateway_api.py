"""Gateway API: relative weights that are 1 where none is written, copies, and plans written for it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.gateway_api import read, render
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS
from tests.conformance_cases import Case, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced


def ref(name: str, weight: object = None, **more: object) -> dict[str, Any]:
    return {"name": name, "port": 80, **({} if weight is None else {"weight": weight}), **more}


def route(*rules: object, **spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "model"},
        "spec": {"parentRefs": [{"name": "gateway"}], "rules": list(rules), **spec},
    }


def mirror(**more: object) -> dict[str, Any]:
    return {"type": "RequestMirror", "requestMirror": {"backendRef": ref("model-canary"), **more}}


COMPLETE = route(
    {
        "name": "split",
        "matches": [
            {
                "path": {"type": "PathPrefix", "value": "/predict"},
                "headers": [{"name": "x-team", "value": "a", "type": "Exact"}],
                "method": "POST",
            }
        ],
        "filters": [mirror(percent=10), {"type": "RequestHeaderModifier", "requestHeaderModifier": {"add": []}}],
        "backendRefs": [ref("model-stable", 9, namespace="ml"), ref("model-canary", filters=[])],
        "timeouts": {"request": "10s"},
        "sessionPersistence": {"sessionName": "s", "type": "Cookie", "cookieConfig": {"lifetimeType": "Session"}},
    },
    {"backendRefs": [ref("other", kind="Service", group="")], "filters": [mirror(fraction={"numerator": 1})]},
    hostnames=["model.test"],
)


def reading(tree: object) -> Reading:
    return read(read_documents(tree if isinstance(tree, str) else dump(tree)), Context(version="1.3"))


def errors(tree: object) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(tree)
    return unreadable.value.errors


def said(found: Reading) -> str:
    return " ".join(note.message for note in found.notes)


@pytest.mark.parametrize("case", params("gateway-api"))
def test_a_rule_is_accepted_or_refused_and_shared_out_as_gateways_do(case: Case) -> None:
    if case["where"].endswith("requestMirror"):
        rule = {"backendRefs": [ref("model")], "filters": [mirror(**case["input"])]}
    else:
        rule = {"backendRefs": case["input"]}
    if case["expect"].get("result", "valid") == "valid":
        found = reading(route(rule))
        if "share" in case["expect"]:
            assert [float(share.share) for share in found.shares] == case["expect"]["share"]
        return
    found_errors = errors(route(rule))
    assert any(case["expect"]["message_contains"] in error.message for error in found_errors)
    assert {error.code for error in found_errors} == {"schema"}


@pytest.mark.parametrize(
    ("rule", "path", "message", "layer"),
    [
        ({"backendRefs": [ref("a", "10%")]}, "backendRefs[0].weight", "write 10 without a percent sign", "schema"),
        ({"backendRefs": [ref("a", "9")]}, "backendRefs[0].weight", "write 9 without quotes", "schema"),
        ({"backendRefs": [ref("a", 0.1)]}, "backendRefs[0].weight", "write 1 and 9 for a tenth", "schema"),
        ({"backendRefs": [ref("a", True)]}, "backendRefs[0].weight", "the boolean true", "schema"),
        ({"backendRefs": [ref("a", -1)]}, "backendRefs[0].weight", "greater than or equal to 0", "schema"),
        ({"backendRefs": [ref("a", 1_000_001)]}, "backendRefs[0].weight", "less than or equal to 1000000", "schema"),
        ({"backendRefs": [{"port": 80}]}, "backendRefs[0]", "name: Required value", "schema"),
        ({"backendRefs": [{"name": "a"}]}, "backendRefs[0]", "Must have port for Service reference", "semantics"),
        ({"backendRefs": [ref("a", port=70_000)]}, "backendRefs[0].port", "less than or equal to 65535", "schema"),
        ({"backendRef": []}, "backendRef", 'is it "backendRefs"?', "schema"),
        ({"backendRefs": [ref("a", wieght=1)]}, "backendRefs[0].wieght", 'is it "weight"?', "schema"),
        ({"filters": [{"type": "Mirror"}]}, "filters[0].type", "'Mirror' is not supported", "schema"),
        ({"filters": [{}]}, "filters[0]", "type: Required value", "schema"),
        (
            {"filters": [{"type": "RequestMirror"}]},
            "filters[0]",
            "filter.requestMirror must be specified for RequestMirror filter.type",
            "semantics",
        ),
        (
            {"filters": [{**mirror(), "type": "URLRewrite", "urlRewrite": {}}]},
            "filters[0]",
            "filter.requestMirror must be nil if the filter.type is not RequestMirror",
            "semantics",
        ),
        (
            {"filters": [mirror(percent=1, fraction={"numerator": 1})]},
            "filters[0].requestMirror",
            "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter",
            "semantics",
        ),
        ({"filters": [mirror(percent=101)]}, "filters[0].requestMirror.percent", "or equal to 100", "schema"),
        ({"filters": [mirror(fraction={})]}, "filters[0].requestMirror.fraction", "numerator: Required", "schema"),
        (
            {"filters": [mirror(fraction={"numerator": 0, "denominator": 0})]},
            "filters[0].requestMirror.fraction.denominator",
            "greater than or equal to 1",
            "schema",
        ),
        (
            {"filters": [mirror(fraction={"numerator": 101})]},
            "filters[0].requestMirror.fraction",
            "numerator must be less than or equal to denominator",
            "semantics",
        ),
        (
            {"filters": [{"type": "RequestMirror", "requestMirror": {}}]},
            "filters[0].requestMirror",
            "backendRef: Required value",
            "schema",
        ),
        (
            {"filters": [{"type": "RequestRedirect", "requestRedirect": {}}], "backendRefs": [ref("a")]},
            "",
            "RequestRedirect filter must not be used together with backendRefs",
            "semantics",
        ),
        (
            {
                "filters": [
                    {"type": "RequestRedirect", "requestRedirect": {}},
                    {"type": "URLRewrite", "urlRewrite": {}},
                ]
            },
            "filters",
            "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both",
            "semantics",
        ),
        ({"matches": [{"method": "get"}]}, "matches[0].method", "'get' is not supported", "schema"),
    ],
)
def test_a_mistake_is_named_with_its_path(rule: object, path: str, message: str, layer: str) -> None:
    found = errors(route(rule))
    whole = f"spec.rules[0]{'.' if path else ''}{path}"
    assert any((error.path, error.code) == (whole, layer) and message in error.message for error in found), found


def test_a_mistake_stands_at_its_line_and_all_are_told_at_once() -> None:
    text = dump(route({"backendRefs": [ref("a", "x"), ref("b", -1)]}, hostname="x"))
    assert {text.splitlines()[error.line - 1].strip() for error in errors(text)} == {
        "weight: x",
        "weight: -1",
        "hostname: x",
    }


def test_a_route_has_at_most_16_rules_and_fewer_than_128_matches() -> None:
    assert "at most 16 items" in errors(route(*[{"backendRefs": [ref("a")]}] * 17))[0].message
    matches = [{"method": "GET"}] * 64
    assert "less than 128" in errors(route({"matches": matches}, {"matches": matches}))[0].message
    assert "there is no HTTPRoute" in errors({"kind": "GRPCRoute"})[0].message


def test_a_weight_left_out_is_1_and_noted() -> None:
    found = reading(route({"backendRefs": [ref("stable", 90), ref("canary")]}))
    assert [share.share for share in found.shares] == [Fraction(90, 91), Fraction(1, 91)]
    assert "weight is 1 where it is not written" in said(found)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"backendRefs": [ref("a", 0), ref("b", 0)]}, "all weights are 0: every request is answered with 500"),
        ({"backendRefs": [ref("a", 0)]}, "all weights are 0"),
        ({"backendRefs": []}, "without backendRefs answers every request with 500"),
        ({}, "without backendRefs"),
    ],
)
def test_nobody_answers_without_weight_or_backend(rule: object, words: str) -> None:
    found = reading(route(rule))
    assert found.shares == ()
    assert words in said(found)


def test_a_redirect_answers_itself_and_no_rules_are_noted() -> None:
    redirect = {"filters": [{"type": "RequestRedirect", "requestRedirect": {"port": 443}}]}
    assert "500" not in said(reading(route(redirect)))
    assert "without rules" in said(reading(route()))


@pytest.mark.parametrize(
    ("more", "copied"),
    [
        ({}, 10_000),
        ({"percent": 42}, 4200),
        ({"percent": 0}, 0),
        ({"fraction": {"numerator": 5}}, 500),
        ({"fraction": {"numerator": 83, "denominator": 1000}}, 830),
    ],
)
def test_a_mirror_gets_copies_of_all_requests_unless_it_says_how_many(more: dict[str, Any], copied: int) -> None:
    found = reading(route({"backendRefs": [ref("model-stable")], "filters": [mirror(**more)]}))
    assert found.plan.steps == (Step(weight=0, hold=None, mirror=copied),)


def test_the_first_split_is_the_plan_and_the_rest_is_noted() -> None:
    found = reading(COMPLETE)
    assert [share.target for share in found.shares] == ["ml/model-stable", "model-canary"]
    assert (found.plan.steps[0].weight, found.plan.routing) == (1000, Routing.STICKY)
    words = said(found)
    assert all(part in words for part in ("requests that match", "experimental", "copies for", "not in the plan"))


@pytest.mark.parametrize(
    ("matches", "narrow"),
    [
        ([], False),
        ([{}], False),
        ([{"path": {"type": "PathPrefix", "value": "/"}}], False),
        ([{"path": {"value": "/"}}, {"method": "GET"}], False),
        ([{"path": {"type": "Exact", "value": "/"}}], True),
        ([{"path": {"value": "/x"}}], True),
        ([{"path": {"value": "/"}, "method": "GET"}], True),
    ],
)
def test_a_match_of_every_path_is_for_everyone(matches: list[object], narrow: bool) -> None:
    found = reading(route({"matches": matches, "backendRefs": [ref("a", 1), ref("b", 1)]}))
    assert ("requests that match" in said(found)) is narrow


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=16).filter(any))
def test_shares_are_exact_and_sum_to_1(weights: list[int]) -> None:
    shares = reading(route({"backendRefs": [ref(f"s{place}", w) for place, w in enumerate(weights)]})).shares
    assert [share.share for share in shares] == [Fraction(weight, sum(weights)) for weight in weights]


@given(st.integers(0, BUCKETS), st.integers(0, BUCKETS), st.sampled_from([Routing.PER_REQUEST, Routing.STICKY]))
def test_what_is_written_is_read_as_the_same_plan(weight: int, copied: int, routing: Routing) -> None:
    step = Step(weight=weight, hold=None, mirror=0 if weight else copied)
    plan = Plan(steps=(step,), decides=Decides.NOBODY, routing=routing)
    rendering = render(plan)
    assert rendering.lost == ()
    assert read_manifest(rendering.text)[0] is BY_NAME["gateway-api"]
    assert reading(rendering.text).plan == plan


def test_what_a_split_cannot_say_is_lost_by_name() -> None:
    plan = Plan(steps=(Step(weight=500, hold=600.0), Step(weight=5000, hold=None)), routing=Routing.PODS)
    lost = render(plan).lost
    assert any("comparison" in sentence for sentence in lost)
    assert any("how requests find" in sentence for sentence in lost)
    assert not any("how requests find" in sentence for sentence in render(replace(plan, routing=Routing.STICKY)).lost)


@pytest.mark.parametrize(
    "path",
    [
        ("spec",),
        ("spec", "rules"),
        ("spec", "rules", 0),
        ("spec", "rules", 0, "matches"),
        ("spec", "rules", 0, "matches", 0, "path"),
        ("spec", "rules", 0, "backendRefs"),
        ("spec", "rules", 0, "backendRefs", 0),
        ("spec", "rules", 0, "backendRefs", 0, "weight"),
        ("spec", "rules", 0, "backendRefs", 0, "kind"),
        ("spec", "rules", 0, "filters"),
        ("spec", "rules", 0, "filters", 0),
        ("spec", "rules", 0, "filters", 0, "type"),
        ("spec", "rules", 0, "filters", 0, "requestMirror"),
        ("spec", "rules", 0, "filters", 0, "requestMirror", "percent"),
        ("spec", "rules", 1, "filters", 0, "requestMirror", "fraction"),
        ("spec", "rules", 1, "filters", 0, "requestMirror", "fraction", "numerator"),
        ("spec", "rules", 0, "sessionPersistence"),
    ],
)
def test_a_hostile_value_is_read_or_located(path: tuple[Any, ...]) -> None:
    for value in HOSTILE:
        refusal(reading, dump(replaced(COMPLETE, path, value)))


@given(mangled(COMPLETE))
def test_nothing_that_is_mangled_raises_anything_but_located_errors(text: str) -> None:
    refusal(reading, text)
