"""KServe: Knative's percentages, canaries of Standard mode, splitters, and plans written for it."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.kserve import read, render
from canarylearn.dialects.kserve.knative import traffic_problems
from canarylearn.dialects.kserve.shares import (
    Canary,
    canary_replicas,
    knative_split,
    splitter_shares,
    stable_replicas,
    standard_split,
)
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS
from tests.conformance_cases import Case, cases, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced

NEW, OLD = "0.20", "0.15"
MODE = "serving.kserve.io/deploymentMode"
MODEL = {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "gs://test/model"}}


def service(predictor: object = None, *, mode: str | None = None, **spec: object) -> dict[str, Any]:
    annotations = {"annotations": {MODE: mode}} if mode else {}
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "iris", **annotations},
        "spec": {"predictor": {**MODEL} if predictor is None else predictor, **spec},
    }


def canary(title: str, percent: object, **more: object) -> dict[str, Any]:
    return {"trafficPercent": percent, "predictor": {"name": title, **MODEL, **more}}


def standard(*canaries: object, **predictor: object) -> dict[str, Any]:
    return service({**MODEL, "minReplicas": 4, **predictor}, mode="Standard", canary=list(canaries))


def graph(*steps: object, **nodes: object) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "InferenceGraph",
        "metadata": {"name": "graph"},
        "spec": {"nodes": {"root": {"routerType": "Splitter", "steps": list(steps)}, **nodes}},
    }


def step(service_name: str, weight: object = None, **more: object) -> dict[str, Any]:
    return {"serviceName": service_name, **({} if weight is None else {"weight": weight}), **more}


def knative(*traffic: object) -> dict[str, Any]:
    spec = {"template": {}, "traffic": list(traffic)}
    return {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "iris"}, "spec": spec}


KNATIVE = service({**MODEL, "canaryTrafficPercent": 10, "minReplicas": 1, "maxReplicas": 3, "timeout": 60})
STANDARD = standard(canary("v2", 10, minReplicas=1), canary("v3", 5), name="v1")
GRAPH = graph(
    step("iris-v1", 80, name="a"),
    {"nodeName": "next", "weight": 20, "name": "b", "dependency": "Hard"},
    next={"routerType": "Sequence", "steps": [{"serviceUrl": "http://x", "data": "$request"}]},
)
TRAFFIC = knative(
    {"revisionName": "iris-1", "percent": 90, "tag": "prev"}, {"latestRevision": True, "percent": 10, "tag": "new"}
)
COMPLETE = (KNATIVE, STANDARD, GRAPH, TRAFFIC)


def reading(tree: object, version: str = NEW) -> Reading:
    return read(read_documents(tree if isinstance(tree, str) else dump(tree)), Context(version=version))


def errors(tree: object, version: str = NEW) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(tree, version)
    return unreadable.value.errors


def said(found: Reading) -> str:
    return " ".join(note.message for note in found.notes)


def parts(found: Reading) -> dict[str, int]:
    return {share.target: int(share.share * 100) for share in found.shares}


# The cases of the conformance file.


def manifest_of(case: Case) -> dict[str, Any]:
    if case["where"] == "InferenceGraph":
        return {"apiVersion": "serving.kserve.io/v1alpha1", "kind": "InferenceGraph", **case["input"]}
    return standard(*case["input"])


@pytest.mark.parametrize("case", params("kserve", "validation"))
def test_a_manifest_is_accepted_or_refused_as_kserve_does(case: Case) -> None:
    if case["expect"]["result"] == "valid":
        assert reading(manifest_of(case)).shares
        return
    found = errors(manifest_of(case))
    assert any(case["expect"]["message_contains"] in error.message for error in found)
    layer = "schema" if "CRD" in case["expect"].get("layer", "") else "semantics"
    assert {error.code for error in found} == {layer}


@pytest.mark.parametrize("case", params("knative", "validation"))
def test_traffic_is_accepted_or_refused_as_knative_does(case: Case) -> None:
    assert case["expect"]["message_contains"] in [error.message for error in errors(knative(*case["input"]))]


@pytest.mark.parametrize("case", params("kserve", "weights"))
def test_the_latest_revision_gets_its_percentage(case: Case) -> None:
    given_case = case["input"]
    assert knative_split(given_case["canaryTrafficPercent"], given_case["latestRolledoutRevision"]) == case["expect"]
    tree = service({**MODEL, "canaryTrafficPercent": given_case["canaryTrafficPercent"]})
    tree["status"] = {"components": {"predictor": {k: v for k, v in given_case.items() if k.startswith("latest")}}}
    assert parts(reading(tree)) == case["expect"]


@pytest.mark.parametrize("case", params("kserve", "replicas"))
def test_the_pods_of_canaries_are_taken_from_the_stable_predictor(case: Case) -> None:
    canaries = [
        Canary(name=str(place), percent=one["trafficPercent"], replicas=one["minReplicas"], ready=one["ready"])
        for place, one in enumerate(case["input"]["canaries"])
    ]
    kept = stable_replicas(case["input"]["stable_minReplicas"], canaries)
    assert kept == case["expect"]["stable_minReplicas_effective"]


def test_every_case_of_the_file_is_tested() -> None:
    assert {case["kind"] for case in cases("kserve")} == {"validation", "weights", "replicas"}
    assert {case["kind"] for case in cases("knative")} == {"validation"}


# Arithmetic.


@pytest.mark.parametrize(
    ("stable", "canaries", "kept"),
    [
        (10, [], 10),
        (10, [(20, None, True)], 8),
        (10, [(20, None, False)], 10),
        (10, [(20, None, True), (30, None, False)], 8),
        (10, [(20, None, True), (30, None, True)], 5),
        (2, [(50, None, True)], 1),
        (1, [(50, None, True)], 1),
        (10, [(20, 3, True)], 7),
        (10, [(20, 3, False)], 10),
        (10, [(11, None, True)], 8),
        (0, [(50, None, True)], 0),
        (10, [(0, None, True)], 10),
    ],
)
def test_pods_follow_kserves_rule(stable: int, canaries: list[tuple[int, int | None, bool]], kept: int) -> None:
    ones = [Canary(name=str(i), percent=p, replicas=r, ready=ready) for i, (p, r, ready) in enumerate(canaries)]
    assert stable_replicas(stable, ones) == kept


@given(st.integers(0, 500), st.integers(0, 100))
def test_a_canary_has_its_percentage_of_the_pods_rounded_up(stable: int, percent: int) -> None:
    pods = canary_replicas(Canary(name="x", percent=percent), stable)
    assert 0 <= pods - Fraction(stable * percent, 100) < 1


@pytest.mark.parametrize(
    ("percent", "rolled_out", "split"),
    [
        (None, "v1", {"latest": 100}),
        (20, "", {"latest": 100}),
        (20, "v1", {"latest": 20, "v1": 80}),
        (0, "v1", {"latest": 0, "v1": 100}),
        (100, "v1", {"latest": 100}),
    ],
)
def test_the_percentage_counts_from_the_second_revision_on(
    percent: int | None, rolled_out: str, split: dict[str, int]
) -> None:
    assert knative_split(percent, rolled_out) == split


def test_a_canary_that_is_not_ready_gets_nothing() -> None:
    canaries = [Canary(name="v2", percent=20), Canary(name="v3", percent=30, ready=False)]
    assert standard_split("v1", canaries) == {"v1": 80, "v2": 20, "v3": 0}
    tree = standard(canary("v2", 20), canary("v3", 30), name="v1")
    tree["status"] = {"canaryStatuses": [{"name": "v2", "ready": True}, {"name": "v3", "ready": False}]}
    found = reading(tree)
    assert parts(found) == {"v1": 80, "v2": 20, "v3": 0}
    assert "v3 is not ready" in said(found)


@pytest.mark.parametrize(
    ("percents", "problems"),
    [
        ([100], []),
        ([20, 80], []),
        ([90], ["Traffic targets sum to 90, want 100"]),
        ([None, 100], []),
        ([], ["Traffic targets sum to 0, want 100"]),
        ([120, -20], ["expected 0 <= 120 <= 100", "expected 0 <= -20 <= 100"]),
        ([150], ["expected 0 <= 150 <= 100", "Traffic targets sum to 150"]),
    ],
)
def test_knative_wants_percentages_that_sum_to_100(percents: list[int | None], problems: list[str]) -> None:
    found = [message for _, message in traffic_problems(percents)]
    assert len(found) == len(problems)
    assert all(message.startswith(problem) for message, problem in zip(found, problems, strict=True))


@given(st.lists(st.integers(-50, 150), min_size=1, max_size=6))
def test_the_shares_of_a_splitter_are_no_less_than_nothing_and_sum_to_1(weights: list[int]) -> None:
    weights = [*weights, 100 - sum(weights)]
    shares = splitter_shares(weights)
    assert sum(shares) == 1
    assert min(shares) >= 0
    if min(weights) >= 0:
        assert shares == [Fraction(weight, 100) for weight in weights]


# Knative mode.


@pytest.mark.parametrize(
    ("percent", "messages"),
    [
        (101, {"expected 0 <= 101 <= 100: spec.traffic[0].percent", "Traffic targets sum to 101, want 100"}),
        (
            -10,
            {"expected 0 <= -10 <= 100: spec.traffic[0].percent", "expected 0 <= 110 <= 100: spec.traffic[1].percent"},
        ),
    ],
)
def test_a_percentage_outside_0_to_100_is_refused_by_knative(percent: int, messages: set[str]) -> None:
    found = errors(service({**MODEL, "canaryTrafficPercent": percent}))
    assert {error.message for error in found} == messages
    assert {error.path for error in found} == {"spec.predictor.canaryTrafficPercent"}


@pytest.mark.parametrize("mode", [None, "Serverless", "Knative"])
def test_a_percentage_is_the_canarys_share(mode: str | None) -> None:
    found = reading(service({**MODEL, "canaryTrafficPercent": 15}, mode=mode))
    assert found.plan.steps == (Step(weight=1500, hold=None),)
    assert (found.plan.decides, found.plan.routing) == (Decides.NOBODY, Routing.PER_REQUEST)
    assert parts(found) == {"latest": 15, "prev": 85}
    assert "the first deployment ignores" in said(found)
    assert "nobody rolls back" in said(found)
    assert ("cluster's default" in said(found)) is (mode is None)


def test_the_first_deployment_ignores_the_percentage() -> None:
    tree = service({**MODEL, "canaryTrafficPercent": 15})
    tree["status"] = {"components": {"predictor": {"latestReadyRevision": "iris-1"}}}
    found = reading(tree)
    assert parts(found) == {"latest": 100}
    assert "this is the first deployment" in said(found)


def test_without_a_percentage_everyone_gets_the_latest_revision() -> None:
    found = reading(service())
    assert found.plan.steps[0].weight == BUCKETS
    assert "gets everyone" in said(found)


def test_each_component_splits_by_itself_and_the_first_split_is_the_plan() -> None:
    transformer = {"containers": [{"name": "t"}], "canaryTrafficPercent": 30}
    found = reading(service({**MODEL, "canaryTrafficPercent": 10}, transformer=transformer))
    assert found.plan.steps[0].weight == 1000
    assert any(note.path == "spec.transformer" and "not in the plan" in note.message for note in found.notes)
    alone = reading(service(transformer=transformer))
    assert alone.plan.steps[0].weight == 3000


# Standard mode.


@pytest.mark.parametrize("mode", ["Standard", "RawDeployment", "ModelMesh"])
def test_the_percentage_is_ignored_outside_knative_mode(mode: str) -> None:
    found = reading(service({**MODEL, "canaryTrafficPercent": 10}, mode=mode))
    assert found.plan.steps[0].weight == BUCKETS
    assert "accepted and ignored" in said(found)


def test_an_old_kserve_does_not_know_the_new_names_of_modes() -> None:
    found = reading(service({**MODEL, "canaryTrafficPercent": 10}, mode="Standard"), OLD)
    assert found.plan.steps[0].weight == 1000
    assert "'Standard' is no mode that is known" in said(found)
    assert errors(service(mode="x", canary=3))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (standard(canary("v2", 60), canary("v3", 50)), "sum of canary trafficPercent values (110) must be <= 100"),
        (standard(canary("stable", 10), name="stable"), "conflicts with stable"),
        (standard(canary("v2", 10, maxReplicas=5)), "must not set maxReplicas"),
        (standard(canary("v2", 10, scaleMetric="cpu")), "must not set scaleMetric"),
        (standard(canary("v2", 10, autoScaling={})), "must not set autoScaling"),
        (
            standard(canary("v2", 10, minReplicas=2), minReplicas=None),
            "must not exceed stable predictor minReplicas (1)",
        ),
        (service(canary=[canary("v2", 10)]), "only supported in Standard deployment mode"),
        (service(mode="Serverless", canary=[canary("v2", 10)]), "only supported in Standard deployment mode"),
        (
            service({"containers": [{"name": "c"}]}, mode="Standard", canary=[canary("v2", 10)]),
            "requires a stable predictor with a model",
        ),
        (service({}), "exactly one of [SKLearn, XGBoost"),
        (service({**MODEL, "sklearn": {}}), "exactly one of"),
        (service({**MODEL, "containers": [{"name": "kserve-container"}]}), "exactly one of"),
        (service({**MODEL, "minReplicas": 3, "maxReplicas": 2}), "'MinReplicas' cannot be greater than MaxReplicas"),
        (service({**MODEL, "minReplicas": -1}), "'MinReplicas' cannot be less than 0"),
        (service({**MODEL, "maxReplicas": -1}), "'MaxReplicas' cannot be less than 0"),
        ({**service(), "metadata": {"name": "Iris"}}, 'the InferenceService "Iris" is invalid'),
    ],
)
def test_kserve_refuses_in_its_own_words(tree: object, message: str) -> None:
    found = errors(tree)
    assert any(message in error.message for error in found), found
    assert {error.code for error in found} == {"semantics"}


@pytest.mark.parametrize(
    "tree",
    [
        standard(canary("v2", 50), canary("v3", 50)),
        standard(canary("v2", 0)),
        standard(canary("v2", 10, minReplicas=4)),
        standard(canary("v2", 10, maxReplicas=0)),
        standard(),
        service({"containers": [{"name": "kserve-container"}]}),
        service({**MODEL, "containers": [{"name": "sidecar"}]}),
        service({"sklearn": {}}, mode="RawDeployment", canary=[canary("v2", 1)]),
    ],
)
def test_kserve_accepts(tree: object) -> None:
    assert sum(share.share for share in reading(tree).shares) == 1


def test_one_of_several_canaries_is_on_trial() -> None:
    found = reading(STANDARD)
    assert parts(found) == {"v1": 85, "v2": 10, "v3": 5}
    assert found.plan.steps[0].weight == 500
    assert "v3 is taken as the canary" in said(found)
    assert "it keeps 2 of 4" in said(found)


def test_spec_canary_is_younger_than_0_20() -> None:
    (error,) = errors(STANDARD, OLD)
    assert (error.path, error.code) == ("spec.canary", "schema")
    assert "from 0.20 on" in error.message
    assert reading(STANDARD, "0.21.1").plan.steps[0].weight == 500


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        (service({**MODEL, "canaryTrafficPercent": "10%"}), "predictor.canaryTrafficPercent", "without a percent sign"),
        (service({**MODEL, "canaryTrafficPercent": "10"}), "predictor.canaryTrafficPercent", "write 10 without quotes"),
        (service({**MODEL, "canaryTrafficPercent": 0.1}), "predictor.canaryTrafficPercent", "write 10 for 0.1 of"),
        (service({**MODEL, "canaryTrafficPercent": True}), "predictor.canaryTrafficPercent", "the boolean true"),
        (
            service({**MODEL, "canaryTraficPercent": 1}),
            "predictor.canaryTraficPercent",
            'is it "canaryTrafficPercent"?',
        ),
        (standard(canary("v2", 101)), "canary[0].trafficPercent", "less than or equal to 100"),
        (standard(canary("v2", -1)), "canary[0].trafficPercent", "greater than or equal to 0"),
        (standard(canary("v2", None)), "canary[0]", "trafficPercent: Required value"),
        (standard({"trafficPercent": 1}), "canary[0]", "predictor: Required value"),
        (standard("v2"), "canary[0]", "must be an object"),
        (service(mode="Standard", canary="v2"), "canary", "must be an array"),
        (service([]), "predictor", "must be an object, and it is a list"),
        (graph(step("a", "80"), step("b", 20)), "nodes.root.steps[0].weight", "write 80 without quotes"),
        (graph(step("a", 100), root={"routerType": "Split"}), "nodes.root.routerType", "'Split' is not supported"),
        (knative({"percent": 99.5}), "traffic[0].percent", "must be of type integer"),
    ],
)
def test_the_schema_speaks_first(tree: object, path: str, message: str) -> None:
    found = errors(tree)
    assert any(
        (error.path, error.code) == (f"spec.{path}", "schema") and message in error.message for error in found
    ), found


# Graphs and traffic.


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (
            graph(step("s1", 80), step("s2", 30)),
            "InferenceGraph[graph] Node[root] splitter node: the sum of traffic weights for all routing targets should",
        ),
        (graph(step("s1", 100), step("s2")), "InferenceGraph[graph] Node[root] Route[s2] missing the 'Weight'"),
        (graph(), "should be 100"),
        (
            graph({"weight": 100, "name": "a"}),
            'Step 0 ("a") in node "root" of InferenceGraph "graph" does not specify an inference target',
        ),
        (graph(step("s", 100, nodeName="n")), "specifies more than one of nodeName, serviceName, serviceUrl"),
        (
            graph(step("a", 50, name="x"), step("b", 50, name="x")),
            'Node "root" of InferenceGraph "graph" contains more than one step with name "x"',
        ),
        ({**graph(), "spec": {"nodes": {"a": {"routerType": "Switch"}}}}, "root node not found"),
        ({**GRAPH, "metadata": {"name": "-g"}}, 'The InferenceGraph "-g" is invalid'),
        (knative({"percent": 100, "latestRevision": False}), "invalid value: false"),
        (knative({"percent": 100, "latestRevision": True, "revisionName": "a"}), "invalid value: true"),
        (
            knative({"percent": 50, "tag": "a"}, {"percent": 50, "tag": "a", "revisionName": "x"}),
            'Multiple definitions for "a"',
        ),
        ({"kind": "TrainedModel"}, "there is no InferenceService"),
    ],
)
def test_graphs_and_traffic_are_refused_in_the_tools_words(tree: object, message: str) -> None:
    assert any(message in error.message for error in errors(tree)), errors(tree)


def test_a_splitter_draws_by_its_weights() -> None:
    found = reading(graph(step("old", 80), step("new", 20)))
    assert parts(found) == {"old": 80, "new": 20}
    assert found.plan.steps[0].weight == 2000


def test_a_negative_weight_that_nobody_refuses_takes_from_the_next() -> None:
    found = reading(graph(step("a", 110), step("b", -10)))
    assert parts(found) == {"a": 100, "b": 0}
    assert "a negative weight is accepted" in said(found)


def test_the_roots_splitter_comes_first_and_a_graph_without_one_is_noted() -> None:
    deeper = {"routerType": "Splitter", "steps": [step("c", 50), step("d", 50)]}
    tree = graph(step("a", 90), step("b", 10))
    tree["spec"]["nodes"] = {"deeper": deeper, **tree["spec"]["nodes"]}
    found = reading(tree)
    assert parts(found) == {"a": 90, "b": 10}
    assert "reach the node 'deeper'" in said(found)
    tree["spec"]["nodes"]["root"]["routerType"] = "Ensemble"
    assert parts(reading(tree)) == {"c": 50, "d": 50}
    tree["spec"]["nodes"]["deeper"]["routerType"] = "Switch"
    assert "no node is a Splitter" in said(reading(tree))


def test_knatives_own_traffic_is_read_and_recognised() -> None:
    dialect, found = read_manifest(dump(TRAFFIC))
    assert dialect is BY_NAME["kserve"]
    assert parts(found) == {"iris-1": 90, "new": 10}
    assert found.plan.steps[0].weight == 1000
    assert reading(knative()).plan.steps[0].weight == BUCKETS


# Writing.


@given(st.integers(0, 100))
def test_what_is_written_is_read_as_the_same_plan(percent: int) -> None:
    plan = Plan(steps=(Step(weight=percent * 100, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
    rendering = render(plan)
    assert rendering.lost == ()
    assert read_manifest(rendering.text)[0] is BY_NAME["kserve"]
    for version in (NEW, OLD):
        assert reading(rendering.text, version).plan == plan


def test_what_kserve_cannot_say_is_lost_by_name() -> None:
    parted = render(Plan(steps=(Step(weight=1050, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST))
    assert parted.lost == ("parts of a percent: 10.5\N{NO-BREAK SPACE}% is written as 10 %",)
    copied = render(Plan(steps=(Step(weight=0, hold=600.0, mirror=100),)))
    assert any("copies of requests" in sentence for sentence in copied.lost)
    assert any("a hold of 600 s" in sentence for sentence in copied.lost)


# Whatever stands there.


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (KNATIVE, ("metadata",)),
        (KNATIVE, ("spec",)),
        (KNATIVE, ("spec", "predictor")),
        (KNATIVE, ("spec", "predictor", "canaryTrafficPercent")),
        (KNATIVE, ("spec", "predictor", "minReplicas")),
        (STANDARD, ("metadata", "annotations")),
        (STANDARD, ("metadata", "annotations", MODE)),
        (STANDARD, ("spec", "canary")),
        (STANDARD, ("spec", "canary", 0)),
        (STANDARD, ("spec", "canary", 0, "predictor")),
        (STANDARD, ("spec", "canary", 0, "predictor", "name")),
        (STANDARD, ("spec", "canary", 0, "predictor", "minReplicas")),
        (STANDARD, ("spec", "canary", 0, "trafficPercent")),
        (GRAPH, ("spec", "nodes")),
        (GRAPH, ("spec", "nodes", "root")),
        (GRAPH, ("spec", "nodes", "root", "routerType")),
        (GRAPH, ("spec", "nodes", "root", "steps")),
        (GRAPH, ("spec", "nodes", "root", "steps", 0)),
        (GRAPH, ("spec", "nodes", "root", "steps", 0, "weight")),
        (TRAFFIC, ("spec", "traffic")),
        (TRAFFIC, ("spec", "traffic", 0)),
        (TRAFFIC, ("spec", "traffic", 0, "percent")),
        (TRAFFIC, ("spec", "traffic", 1, "latestRevision")),
    ],
)
def test_a_hostile_value_is_read_or_located(tree: object, path: tuple[Any, ...]) -> None:
    for value in HOSTILE:
        refusal(reading, dump(replaced(tree, path, value)))


@given(mangled(*COMPLETE), st.sampled_from([NEW, OLD]))
def test_nothing_that_is_mangled_raises_anything_but_located_errors(text: str, version: str) -> None:
    refusal(lambda text: reading(text, version), text)
