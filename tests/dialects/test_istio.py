"""Istio: what it accepts in each of its two times, what a split gives, and plans written for it."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.istio import read, render
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS
from tests.conformance_cases import Case, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced

NEW, OLD = "1.15", "1.14"


def to(host: str, weight: object = None, **more: object) -> dict[str, Any]:
    return {"destination": {"host": host}, **({} if weight is None else {"weight": weight}), **more}


def service(*http: object, **spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "reviews"},
        "spec": {"hosts": ["reviews"], "http": list(http), **spec},
    }


COMPLETE = service(
    {
        "name": "half",
        "match": [{"uri": {"prefix": "/v1"}, "headers": {"end-user": {"exact": "jo"}}, "port": 80}],
        "route": [
            {"destination": {"host": "reviews", "subset": "v1", "port": {"number": 9080}}, "weight": 75},
            {"destination": {"host": "reviews", "subset": "v2"}, "weight": 25},
        ],
        "mirror": {"host": "shadow"},
        "mirrorPercentage": {"value": 12.5},
        "timeout": "3s",
    },
    {"route": [to("reviews")], "mirrors": [{"destination": {"host": "x"}, "percentage": {"value": 5}}]},
    tcp=[{"route": [to("a", 1), to("b", 3)]}],
)


def reading(tree: object, version: str = NEW) -> Reading:
    return read(read_documents(tree if isinstance(tree, str) else dump(tree)), Context(version=version))


def errors(tree: object, version: str = NEW) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(tree, version)
    return unreadable.value.errors


def said(found: Reading) -> str:
    return " ".join(note.message for note in found.notes)


@pytest.mark.parametrize("case", params("istio", "validation"))
def test_a_route_is_accepted_or_refused_as_istio_does(case: Case) -> None:
    route = case["input"] if case["where"].endswith("[]") else {"route": case["input"]}
    version = OLD if "earlier" in case["version"] else NEW
    if case["expect"]["result"] == "valid":
        found = reading(service(route), version)
        assert [float(share.share) for share in found.shares] == case["expect"]["share"]
        return
    found_errors = errors(service(route), version)
    assert any(case["expect"]["message_contains"] in error.message for error in found_errors)
    assert {error.code for error in found_errors} == {"semantics"}


@pytest.mark.parametrize(
    ("weights", "old", "new"),
    [
        ([90, 10], None, None),
        ([100, 0], None, None),
        ([0, 0], "total destination weight 0 != 100", "total destination weight = 0"),
        ([None, None], "total destination weight 0 != 100", "total destination weight = 0"),
        ([9, 1], "total destination weight 10 != 100", None),
        ([550, 500], "percentage 550 is not in range 0..100", None),
        ([101, -1], "percentage -1 is not in range 0..100", "weight -1 < 0"),
        ([1, -1], "percentage -1", "total destination weight = 0"),
        ([34, 33, 33], None, None),
        ([34, 33, 34], "total destination weight 101 != 100", None),
        ([100, None], None, None),
        ([50], None, None),
        ([0], None, None),
        ([150], "percentage 150 is not in range 0..100", None),
        ([-1], "percentage -1", "weight -1 < 0"),
    ],
)
def test_weights_are_percentages_and_later_proportions(
    weights: list[int | None], old: str | None, new: str | None
) -> None:
    tree = service({"route": [to(f"model-{place}", weight) for place, weight in enumerate(weights)]})
    for version, message in ((OLD, old), (NEW, new), ("1.9", old), ("1.27.1", new), ("", new), ("latest", new)):
        if message is None:
            assert sum(share.share for share in reading(tree, version).shares) == 1
        else:
            assert any(message in error.message for error in errors(tree, version))


def test_one_destination_gets_everything_and_weight_0_nothing() -> None:
    assert reading(service({"route": [to("model", 3)]})).shares[0].share == 1
    shares = reading(service({"route": [to("a", 7), to("b", 0), to("c", 3)]})).shares
    assert [share.share for share in shares] == [Fraction(7, 10), 0, Fraction(3, 10)]


def test_two_routes_to_the_same_place_are_told_apart() -> None:
    shares = reading(service({"route": [to("a", 1), to("a", 3)]})).shares
    assert [(share.target, share.share) for share in shares] == [("a", Fraction(1, 4)), ("a #2", Fraction(3, 4))]


@pytest.mark.parametrize(
    ("route", "path", "message", "layer"),
    [
        ({"route": [to("a", "10%"), to("b", 90)]}, "http[0].route[0].weight", "without a percent sign", "schema"),
        ({"route": [to("a", "10"), to("b", 90)]}, "http[0].route[0].weight", "write 10 without quotes", "schema"),
        ({"route": [to("a", 0.1), to("b", 0.9)]}, "http[0].route[0].weight", "write 1 and 9 for a tenth", "schema"),
        ({"route": [to("a", True), to("b", 1)]}, "http[0].route[0].weight", "the boolean true", "schema"),
        ({"route": [to("a", 2**31), to("b", 1)]}, "http[0].route[0].weight", "less than or equal to", "schema"),
        ({"route": [{"weight": 1}, to("b", 1)]}, "http[0].route[0]", "destination is required", "semantics"),
        ({"route": [{"destination": {}}]}, "http[0].route[0].destination", "host: Required value", "schema"),
        ({"route": [to("*")]}, "http[0].route[0].destination.host", "invalid destination host *", "semantics"),
        ({"route": [None]}, "http[0].route[0]", "must be an object, and it is null", "schema"),
        ({"route": [to("a", wieght=1)]}, "http[0].route[0].wieght", 'is it "weight"?', "schema"),
        ({"route": [to("a")], "mirrorpercentage": {}}, "http[0].mirrorpercentage", "mirrorPercentage", "schema"),
        ({"name": "x"}, "http[0]", "HTTP route, redirect or direct_response is required", "semantics"),
        ({"route": [to("a")], "redirect": {}}, "http[0]", "cannot contain both route and redirect", "semantics"),
        ({"route": [to("a")], "directResponse": {}}, "http[0]", "both route and direct_response", "semantics"),
        ({"route": [to("a")], "delegate": {}, "name": "r"}, "http[0]", "r must not specify route", "semantics"),
        (
            {"route": [to("a")], "mirror": {"host": "b"}, "mirrorPercent": 101},
            "http[0].mirrorPercent",
            "mirror_percent must have a max value of 100 (it has 101)",
            "semantics",
        ),
        (
            {"route": [to("a")], "mirrors": [{"destination": {"host": "b"}, "percentage": {"value": 100.5}}]},
            "http[0].mirrors[0].percentage.value",
            "mirror percentage must have a max value of 100 (it has 100.500000)",
            "semantics",
        ),
        (
            {"route": [to("a")], "mirrors": [{}]},
            "http[0].mirrors[0]",
            "destination is required for mirrors",
            "semantics",
        ),
        (
            {"route": [{"destination": {"host": "a", "port": {"number": 0}}}]},
            "http[0].route[0].destination.port.number",
            "port number 0 must be in the range 1..65535",
            "semantics",
        ),
    ],
)
def test_a_mistake_is_named_with_its_path(route: object, path: str, message: str, layer: str) -> None:
    found = errors(service(route))
    assert any((error.path, error.code) == (f"spec.{path}", layer) and message in error.message for error in found), (
        found
    )


def test_a_mistake_stands_at_its_line_and_all_are_told_at_once() -> None:
    text = dump(service({"route": [to("a", "x"), to("b", 1)]}, {"route": [to("a", -1)]}, hots=1))
    found = errors(text)
    assert len(found) == 3
    assert [error.line for error in found] == sorted(error.line for error in found)
    assert {text.splitlines()[error.line - 1].strip() for error in found} == {"weight: x", "weight: -1", "hots: 1"}


def test_a_service_sends_somewhere() -> None:
    assert "http, tcp or tls must be provided" in errors(service())[0].message
    assert "http, tcp or tls must be provided" in errors({**service(), "spec": {}})[0].message
    assert "there is no VirtualService" in errors({"kind": "Gateway"})[0].message
    assert errors({**service(), "spec": {"http": "x"}})[0].code == "schema"


def test_mirrors_are_younger_than_percentages() -> None:
    tree = service({"route": [to("a")], "mirrors": [{"destination": {"host": "canary"}}]})
    assert reading(tree).plan.steps[0].mirror == BUCKETS
    assert 'unknown field "mirrors"' in errors(tree, OLD)[0].message


@pytest.mark.parametrize(
    ("more", "mirror"),
    [
        ({}, 10_000),
        ({"mirrorPercentage": {"value": 12.34}}, 1234),
        ({"mirrorPercentage": {"value": 0}}, 0),
        ({"mirrorPercentage": {}}, 0),
        ({"mirrorPercent": 30}, 3000),
        ({"mirrorPercent": 30, "mirrorPercentage": {"value": 1}}, 100),
    ],
)
def test_a_mirror_gets_copies_of_all_requests_unless_it_says_how_many(more: dict[str, Any], mirror: int) -> None:
    found = reading(service({"route": [to("model-stable")], "mirror": {"host": "model-canary"}, **more}))
    assert found.plan.steps == (Step(weight=0, hold=None, mirror=mirror),)


def test_a_rule_without_a_match_hides_those_after_it() -> None:
    found = reading(service({"route": [to("a")]}, {"route": [to("b", 1), to("c", 1)]}))
    assert "virtualService rule #1 not used" in said(found)
    matched = reading(service({"match": [{"uri": {"exact": "/"}}], "route": [to("a")]}, {"route": [to("b")]}))
    assert "not used" not in said(matched)


def test_the_first_split_is_the_plan_and_the_others_are_noted() -> None:
    found = reading(COMPLETE)
    assert [(share.target, share.share) for share in found.shares] == [
        ("reviews/v1:9080", Fraction(3, 4)),
        ("reviews/v2", Fraction(1, 4)),
    ]
    assert found.plan.steps[0].weight == 2500
    assert [note.path for note in found.notes if "not in the plan, which is of" in note.message] == [
        "spec.http[1]",
        "spec.tcp[0]",
    ]
    assert "requests that match here" in said(found)
    assert "copies for shadow" in said(found)


@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_tcp_and_tls_routes_split_by_the_same_rules(kind: str) -> None:
    tree = service(**{"http": [], kind: [{"route": [to("old", 3), to("new", 1)]}]})
    assert reading(tree).plan.steps[0].weight == 2500
    assert "!= 100" in errors(tree, OLD)[0].message
    assert "route is required" in errors(service(**{"http": [], kind: [{}]}))[0].message


@pytest.mark.parametrize("where", ["spec", "subset"])
def test_a_consistent_hash_beside_a_split_is_no_stickiness(where: str) -> None:
    policy = {"trafficPolicy": {"loadBalancer": {"consistentHash": {"httpCookie": {"name": "u", "ttl": "0s"}}}}}
    spec = policy if where == "spec" else {"subsets": [{"name": "v2", **policy}]}
    rule = dump({"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "spec": {"host": "a", **spec}})
    split = dump(service({"route": [to("a", 90), to("b", 10)]}))
    assert "does not keep a user on one side" in said(reading(f"{rule}---\n{split}"))
    assert "does not keep" not in said(reading(f"{rule}---\n{dump(service({'route': [to('a')]}))}"))
    assert reading(f"{split}---\n{rule}").plan.routing is Routing.PER_REQUEST


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=9).filter(any))
def test_shares_are_exact_and_sum_to_1(weights: list[int]) -> None:
    shares = reading(service({"route": [to(f"h{place}", weight) for place, weight in enumerate(weights)]})).shares
    assert [share.share for share in shares] == [Fraction(weight, sum(weights)) for weight in weights]


@given(st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_what_is_written_is_read_as_the_same_plan(weight: int, mirror: int) -> None:
    step = Step(weight=weight, hold=None, mirror=0 if weight else mirror)
    plan = Plan(steps=(step,), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
    rendering = render(plan)
    assert rendering.lost == ()
    assert read_manifest(rendering.text)[0] is BY_NAME["istio"]
    found = reading(rendering.text)
    assert found.plan == plan
    assert found.notes == () or not mirror
    if not weight % 100:
        assert reading(rendering.text, OLD).plan == plan


def test_what_a_split_cannot_say_is_lost_by_name() -> None:
    plan = Plan(steps=(Step(weight=500, hold=600.0), Step(weight=5000, hold=600.0)))
    rendering = render(plan)
    assert [sentence.split(":")[0] for sentence in rendering.lost] == [
        "the comparison with the baseline",
        "the steps after the first (1)",
        "a hold of 600 s",
        "how requests find their revision",
    ]
    assert reading(rendering.text).plan.steps[0].weight == 500


@pytest.mark.parametrize(
    "path",
    [
        ("spec",),
        ("spec", "http"),
        ("spec", "http", 0),
        ("spec", "http", 0, "match"),
        ("spec", "http", 0, "route"),
        ("spec", "http", 0, "route", 0),
        ("spec", "http", 0, "route", 0, "destination"),
        ("spec", "http", 0, "route", 0, "destination", "port"),
        ("spec", "http", 0, "route", 0, "weight"),
        ("spec", "http", 0, "mirror"),
        ("spec", "http", 0, "mirrorPercentage"),
        ("spec", "http", 0, "mirrorPercentage", "value"),
        ("spec", "http", 1, "mirrors"),
        ("spec", "tcp"),
    ],
)
def test_a_hostile_value_is_read_or_located(path: tuple[Any, ...]) -> None:
    for value in HOSTILE:
        refusal(reading, dump(replaced(COMPLETE, path, value)))


@given(mangled(COMPLETE), st.sampled_from([NEW, OLD]))
def test_nothing_that_is_mangled_raises_anything_but_located_errors(text: str, version: str) -> None:
    refusal(lambda text: reading(text, version), text)


def test_a_thousand_routes_are_read_fast_and_more_are_refused() -> None:
    assert refusal(reading, dump(service(*[{"route": [to("a", 1), to("b", 1)]}] * 1000))) == ()
    (error,) = refusal(reading, dump(service(*[{"route": [to("a", 1), to("b", 1)]}] * 1001)))
    assert "at most 1000 items" in error.message
