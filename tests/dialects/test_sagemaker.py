"""Amazon SageMaker: what the client and the service accept, and what a deployment does."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import BY_NAME, read_manifest
from canarylearn.dialects.sagemaker import read, render
from canarylearn.dialects.sagemaker.alarms import Quiet
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine import Check, Decides, Plan, Routing, Step, Within, run
from canarylearn.engine.analysis import State
from canarylearn.engine.outcome import Phase
from tests.conformance_cases import Case, cases, params
from tests.dialects.mangled import HOSTILE, dump, mangled, refusal, replaced
from tests.worlds import world

CANARY = {
    "Type": "CANARY",
    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 30},
    "WaitIntervalInSeconds": 600,
}
ALARM = {
    "AlarmName": "errors",
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocation5XXErrors",
    "Statistic": "Average",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.05,
    "Period": 300,
    "EvaluationPeriods": 1,
}
COMPLETE: dict[str, Any] = {
    "EndpointName": "model",
    "EndpointConfigName": "model-v2",
    "DeploymentConfig": {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": CANARY,
            "TerminationWaitInSeconds": 300,
            "MaximumExecutionTimeoutInSeconds": 3600,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    },
}
VARIANTS: dict[str, Any] = {
    "EndpointConfigName": "model",
    "ProductionVariants": [
        {"VariantName": "a", "ModelName": "a", "InitialInstanceCount": 3, "InitialVariantWeight": 0.9},
        {"VariantName": "b", "ModelName": "b", "InitialInstanceCount": 1, "InitialVariantWeight": 0.1},
    ],
}


def reading(text: str, **measures: str) -> Reading:
    return read(read_documents(text), Context(measures=measures))


def errors(tree: object) -> tuple[Located, ...]:
    with pytest.raises(Unreadable) as unreadable:
        reading(dump(tree))
    return unreadable.value.errors


def deployment(routing: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}, **more}}


def both(*trees: object) -> str:
    return yaml.safe_dump_all(trees, sort_keys=False)


def wrapped(case: Case) -> str:
    where = case["where"].rpartition(".")[2]
    return dump({where: case["input"]})


@pytest.mark.parametrize("case", params("sagemaker", "validation"))
def test_a_request_is_accepted_or_refused_in_the_right_layer(case: Case) -> None:
    if case["expect"]["result"] == "valid":
        assert reading(wrapped(case)).plan.steps
        return
    with pytest.raises(Unreadable) as unreadable:
        reading(wrapped(case))
    layer = {"client": "schema", "server": "semantics"}[case["expect"]["layer"]]
    found = [error for error in unreadable.value.errors if error.code == layer]
    assert any(case["expect"]["message_contains"] in error.message for error in found)


@pytest.mark.parametrize("case", params("sagemaker", "weights"))
def test_weights_are_relative(case: Case) -> None:
    shares = reading(wrapped(case)).shares
    assert [share.share for share in shares] == case["expect"]["share"]


def test_sagemaker_no_alarms() -> None:
    (case,) = cases("sagemaker", "rollout-event")
    found = reading(dump(deployment(case["input"]["policy"])))
    assert any("nothing rolls back by itself" in note.message for note in found.notes)
    assert run(found.plan, world(canary={"errors": "2%"})).phase is Phase.PROMOTED
    assert run(found.plan, world(canary={"errors": "90%"})).phase is Phase.PROMOTED


def test_an_alarm_in_any_baking_period_rolls_back() -> None:
    text = both({**COMPLETE}, ALARM)
    assert run(reading(text).plan, world(canary={"errors": "20%"})).phase is Phase.ROLLED_BACK
    assert run(reading(text).plan, world()).phase is Phase.PROMOTED


def route(routing: dict[str, Any], **more: Any) -> list[tuple[int, float | None]]:
    return [(step.weight, step.hold) for step in reading(dump({**deployment(routing), **more})).plan.steps]


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def test_traffic_moves_as_the_type_says() -> None:
    assert route({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 60}) == [(10_000, 60)]
    assert route(CANARY) == [(3000, 600), (10_000, 600)]
    linear = {"Type": "LINEAR", "LinearStepSize": percent(30), "WaitIntervalInSeconds": 10}
    assert route(linear) == [(3000, 10), (6000, 10), (9000, 10), (10_000, 10)]


def test_instances_are_a_share_of_the_fleet() -> None:
    one = {"Type": "INSTANCE_COUNT", "Value": 1}
    fleet = {"ProductionVariants": [{"VariantName": "a", "InitialInstanceCount": 3}]}
    linear = {"Type": "LINEAR", "LinearStepSize": one, "WaitIntervalInSeconds": 0}
    assert [weight for weight, _ in route(linear, **fleet)] == [3333, 6667, 10_000]
    found = reading(dump(deployment({**CANARY, "CanarySize": one})))
    assert found.plan.steps[0].weight == 5000
    assert any("how many instances" in note.message for note in found.notes)
    too_much = {**deployment({**CANARY, "CanarySize": {**one, "Value": 2}}), **fleet}
    assert "50% of the variant's total instance count" in errors(too_much)[0].message


def test_a_rolling_update_goes_on_in_batches() -> None:
    policy = {"RollingUpdatePolicy": {"MaximumBatchSize": percent(5), "WaitIntervalInSeconds": 30}}
    steps = reading(dump({"DeploymentConfig": policy})).plan.steps
    assert [step.weight for step in steps] == [500 * place for place in range(1, 21)]


@pytest.mark.parametrize("body", [{"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": CANARY}}])
def test_the_forms_of_a_file_that_the_command_line_takes_are_known(body: dict[str, Any]) -> None:
    assert reading(dump(body)).plan == reading(dump({"DeploymentConfig": body})).plan
    variants = VARIANTS["ProductionVariants"]
    assert reading(dump(variants)).shares == reading(dump(VARIANTS)).shares
    desired = [{"VariantName": "a", "DesiredWeight": 9}, {"VariantName": "b", "DesiredWeight": 1}]
    assert reading(dump(desired)).shares == reading(dump({"DesiredWeightsAndCapacities": desired})).shares
    assert reading(json.dumps(VARIANTS, indent=2)).shares == reading(dump(VARIANTS)).shares


@pytest.mark.parametrize(
    "tree", [COMPLETE, VARIANTS, {"DesiredWeightsAndCapacities": []}, COMPLETE["DeploymentConfig"]]
)
def test_a_request_is_recognised(tree: dict[str, Any]) -> None:
    assert BY_NAME["sagemaker"].knows(read_documents(dump(tree))[0])


def test_shares_are_exact() -> None:
    found = reading(dump(VARIANTS))
    assert [share.share for share in found.shares] == [Fraction(9, 10), Fraction(1, 10)]
    assert found.plan == Plan(
        steps=(Step(weight=1000, hold=None),), decides=Decides.NOBODY, routing=Routing.PER_REQUEST
    )


@given(st.lists(st.one_of(st.integers(0, 10**6), st.floats(0, 1e6)), min_size=1, max_size=10))
def test_shares_sum_to_one(weights: list[float]) -> None:
    tree = [{"VariantName": f"v{place}", "InitialVariantWeight": weight} for place, weight in enumerate(weights)]
    if refused := refusal(reading, dump({"ProductionVariants": tree})):
        # A YAML reader would take a number with an exponent and no point for text.
        assert not any(weights) or any("e" in repr(weight) for weight in weights), refused
        return
    assert sum(share.share for share in reading(dump({"ProductionVariants": tree})).shares) == 1


def test_shadow_variants_get_copies_and_no_share() -> None:
    shadows = [{"VariantName": "s", "InitialVariantWeight": 0.25}]
    found = reading(dump({"ProductionVariants": [{"VariantName": "a"}], "ShadowProductionVariants": shadows}))
    assert [share.target for share in found.shares] == ["a"]
    assert found.plan.steps == (Step(weight=0, hold=None, mirror=2500),)
    mode = {"SourceModelVariantName": "a", "ShadowModelVariants": [{"ShadowModelVariantName": "s"}]}
    mode["ShadowModelVariants"][0]["SamplingPercentage"] = 40  # type: ignore[index]
    assert reading(dump({"ShadowModeConfig": mode})).plan.steps[0].mirror == 4000


@pytest.mark.parametrize(
    ("tree", "layer", "path", "message"),
    [
        (
            {"DesiredWeightsAndCapacities": [{"VariantName": "a", "DesiredWeight": "0.5"}]},
            "schema",
            "DesiredWeightsAndCapacities[0].DesiredWeight",
            "type: <class 'str'>, valid types: <class 'float'>, <class 'decimal.Decimal'>, <class 'int'>; write 0.5",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": "10%"}]},
            "schema",
            "ProductionVariants[0].InitialVariantWeight",
            "write 10 without a percent sign",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": -1}]},
            "schema",
            "ProductionVariants[0].InitialVariantWeight",
            "Invalid value for parameter ProductionVariants[0].InitialVariantWeight, value: -1, valid min value: 0",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": True}]},
            "semantics",
            "ProductionVariants[0].InitialVariantWeight",
            "has to be a number",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": None}]},
            "schema",
            "ProductionVariants[0].InitialVariantWeight",
            "value: None, type: <class 'NoneType'>",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "Weight": 1}]},
            "schema",
            "ProductionVariants[0].Weight",
            'Unknown parameter in ProductionVariants[0]: "Weight", must be one of: VariantName, ModelName',
        ),
        (
            {"ProductionVariants": [{"ModelName": "a"}]},
            "schema",
            "ProductionVariants[0]",
            'Missing required parameter in ProductionVariants[0]: "VariantName"',
        ),
        ({"ProductionVariants": []}, "schema", "ProductionVariants", "valid min length: 1"),
        (
            {"ProductionVariants": [{"VariantName": f"v{n}"} for n in range(11)]},
            "semantics",
            "ProductionVariants",
            "Member must have length less than or equal to 10",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a_b"}]},
            "semantics",
            "ProductionVariants[0].VariantName",
            "at 'productionVariants[0].variantName' failed to satisfy constraint: Member must satisfy regular",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a"}, {"VariantName": "a"}]},
            "semantics",
            "ProductionVariants[1].VariantName",
            "used twice",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "InitialVariantWeight": 0}]},
            "semantics",
            "ProductionVariants",
            "sum to 0",
        ),
        (deployment({"Type": "CANARY"}), "schema", None, 'Missing required parameter in DeploymentConfig'),
        (deployment({**CANARY, "Type": "canary"}), "semantics", None, "enum value set: [ALL_AT_ONCE, CANARY, LINEAR]"),
        (deployment({**CANARY, "CanarySize": percent(60)}), "semantics", None, "less than or equal to 50%"),
        (deployment({"Type": "CANARY", "WaitIntervalInSeconds": 1}), "semantics", None, "CanarySize is required"),
        (deployment({"Type": "LINEAR", "WaitIntervalInSeconds": 1}), "semantics", None, "LinearStepSize is required"),
        (
            deployment({"Type": "LINEAR", "WaitIntervalInSeconds": 1, "LinearStepSize": percent(9)}),
            "semantics",
            None,
            "must be 10-50%",
        ),
        (deployment({**CANARY, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 0.3}}), "schema", None, "int"),
        (deployment({**CANARY, "WaitIntervalInSeconds": 600.0}), "schema", None, "; write 600"),
        (deployment({**CANARY, "WaitIntervalInSeconds": "10m"}), "schema", None, "Invalid type"),
        (deployment({**CANARY, "WaitIntervalInSeconds": -1}), "schema", None, "valid min value: 0"),
        (
            {"DeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}] * 11}}},
            "semantics",
            "DeploymentConfig.AutoRollbackConfiguration.Alarms",
            "less than or equal to 10",
        ),
        (
            {
                "DeploymentConfig": {
                    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": CANARY},
                    "RollingUpdatePolicy": {"MaximumBatchSize": percent(10), "WaitIntervalInSeconds": 1},
                }
            },
            "semantics",
            "DeploymentConfig.RollingUpdatePolicy",
            "only one update policy",
        ),
        (
            {"DeploymentConfig": {"RollingUpdatePolicy": {"MaximumBatchSize": percent(4), "WaitIntervalInSeconds": 1}}},
            "semantics",
            None,
            "must be 5-50%",
        ),
        (
            {
                "ProductionVariants": [{"VariantName": "a"}],
                "ShadowProductionVariants": [{"VariantName": "s"}, {"VariantName": "t"}],
            },
            "semantics",
            "ShadowProductionVariants",
            "at most one shadow variant",
        ),
        ({"EndpointName": "x"}, "semantics", "", "nothing to release"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_its_layer(tree: dict[str, Any], layer: str, path: str | None, message: str) -> None:
    found = errors(tree)
    assert any(error.code == layer and path in (None, error.path) and message in error.message for error in found), (
        found
    )


@pytest.mark.parametrize(
    ("change", "metric", "condition"),
    [
        ({}, "error_rate", Quiet(operator=">", threshold=0.05)),
        ({"ComparisonOperator": "GreaterThanOrEqualToThreshold"}, "error_rate", Quiet(operator=">=", threshold=0.05)),
        (
            {"MetricName": "ModelLatency", "Statistic": None, "ExtendedStatistic": "p99", "Threshold": 500000},
            "p99",
            Quiet(operator=">", threshold=0.5),
        ),
        (
            {"MetricName": "accuracy", "ComparisonOperator": "LessThanThreshold", "Threshold": 0.9},
            "accuracy",
            Quiet(operator="<", threshold=0.9),
        ),
        ({"TreatMissingData": "breaching"}, "error_rate", Quiet(operator=">", threshold=0.05, missing_rings=True)),
    ],
)
def test_an_alarm_is_what_its_definition_says(change: dict[str, Any], metric: str, condition: Quiet) -> None:
    alarm = {key: value for key, value in {**ALARM, **change}.items() if value is not None}
    expected = (Check(metric=metric, condition=condition, name="errors", interval=300.0),)
    assert reading(both(COMPLETE, alarm)).plan.checks == expected
    assert reading(both({"MetricAlarms": [alarm]}, COMPLETE)).plan.checks == expected


@pytest.mark.parametrize(
    "change",
    [
        {"Statistic": "Sum"},
        {"MetricName": "Invocation4XXErrors"},
        {"MetricName": "ModelLatency"},
        {"MetricName": "Wobble"},
        {"Threshold": "0.05"},
        {"ComparisonOperator": "Above"},
        {"AlarmName": "other"},
    ],
)
def test_an_alarm_that_watches_something_else_is_named(change: dict[str, Any]) -> None:
    found = reading(both(COMPLETE, {**ALARM, **change}))
    assert found.unmeasured == ("errors",)
    assert any("is not known" in note.message for note in found.notes)


def test_what_an_alarm_watches_can_be_said_beside_the_file() -> None:
    text = dump(COMPLETE)
    assert reading(text).unmeasured == ("errors",)
    assert reading(text, errors="error_rate").unmeasured == ("errors",)
    (check,) = reading(text, errors="error_rate >= 0.05").plan.checks
    assert check == Check(metric="error_rate", condition=Quiet(operator=">=", threshold=0.05), name="errors")


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (">", State.SUCCESSFUL, State.SUCCESSFUL, State.FAILED),
        (">=", State.SUCCESSFUL, State.FAILED, State.FAILED),
        ("<", State.FAILED, State.SUCCESSFUL, State.SUCCESSFUL),
        ("<=", State.FAILED, State.FAILED, State.SUCCESSFUL),
    ],
)
def test_an_alarm_rings_or_is_quiet(operator: str, below: State, at: State, above: State) -> None:
    quiet = Quiet(operator=operator, threshold=0.5)
    assert [quiet.judge(value) for value in (0.4, 0.5, 0.6)] == [below, at, above]
    assert quiet.judge(math.nan) is quiet.judge(None) is State.SUCCESSFUL
    assert replace(quiet, missing_rings=True).judge(math.nan) is State.FAILED
    assert quiet.limit == 0.5
    assert quiet.say() == f"no alarm at {operator} 0.5"


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (deployment(CANARY), "nothing rolls back by itself"),
        (
            deployment({**CANARY, "WaitIntervalInSeconds": 0}, **{k: v for k, v in COMPLETE["DeploymentConfig"].items()
                                                                  if k == "AutoRollbackConfiguration"}),
            "no baking period",
        ),
        (deployment({**CANARY, "LinearStepSize": percent(10)}), "LinearStepSize means nothing for Type CANARY"),
        (deployment({**CANARY, "Type": "ALL_AT_ONCE"}), "CanarySize means nothing for Type ALL_AT_ONCE"),
        (
            replaced(COMPLETE, ("DeploymentConfig", "BlueGreenUpdatePolicy", "MaximumExecutionTimeoutInSeconds"), 1500),
            "runs into its timeout",
        ),
        ({"ProductionVariants": [{"VariantName": "a"}, {"VariantName": "b"}]}, "1.0 where it is not written"),
        ({"ProductionVariants": [{"VariantName": n} for n in "abc"]}, "c is taken as the canary"),
    ],
)  # fmt: skip
def test_what_is_accepted_and_surprising_is_noted(tree: dict[str, Any], words: str) -> None:
    found = reading(dump(tree)).notes
    assert any(words in note.message for note in found), found


def test_alarms_that_never_get_time_are_not_run() -> None:
    tree = replaced(
        COMPLETE,
        ("DeploymentConfig", "BlueGreenUpdatePolicy", "TrafficRoutingConfiguration", "WaitIntervalInSeconds"),
        0,
    )
    found = reading(dump(tree))
    assert (found.plan.checks, found.unmeasured) == ((), ())


LIMITS = st.integers(1, 999).map(lambda thousandths: thousandths / 1000)
QUIET = st.builds(
    Quiet, operator=st.sampled_from([">", ">=", "<", "<="]), threshold=LIMITS, missing_rings=st.booleans()
)


@st.composite
def expressible(draw: st.DrawFn) -> Plan:
    """A plan that SageMaker can carry out as it is."""
    wait = float(draw(st.integers(1, 3600)))
    size = draw(st.integers(1, 50))
    linear = [min(10_000, size * 100 * place) for place in range(1, -(-100 // size) + 1)]
    weights = draw(st.sampled_from([[10_000], [size * 100, 10_000], *([linear] if size >= 5 else [])]))
    names = draw(st.lists(st.sampled_from(["a", "b", "c", "errors"]), max_size=4, unique=True))
    metrics = st.sampled_from(["error_rate", "p50", "p95", "p99", "accuracy", "success_rate"])
    return Plan(
        steps=tuple(Step(weight=weight, hold=wait) for weight in weights),
        checks=tuple(
            Check(
                metric=draw(metrics),
                condition=draw(QUIET),
                name=name,
                interval=float(draw(st.integers(10, 3600))),
                failure_limit=draw(st.integers(0, 5)),
            )
            for name in names
        ),
        decides=Decides.CHECKS,
        routing=Routing.PER_REQUEST,
    )


@given(expressible())
def test_a_plan_that_is_written_is_read_back(plan: Plan) -> None:
    rendering = render(plan)
    assert reading(rendering.text).plan == plan
    assert rendering.lost == ()


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_split_that_is_written_is_read_back(weight: int, mirror: int) -> None:
    step = Step(weight=weight, hold=None, mirror=0 if weight else mirror)
    plan = Plan(steps=(step,), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)
    rendering = render(plan)
    assert reading(rendering.text).plan == plan
    assert rendering.lost == ()


STEPS = (Step(weight=1000, hold=300.0), Step(weight=10_000, hold=300.0))
CHECK = Check(metric="error_rate", condition=Within(at_most=0.1))


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Plan(steps=STEPS), "the comparison with the baseline"),
        (Plan(steps=STEPS, decides=Decides.FAILED_CHECKS), "are added up"),
        (Plan(steps=STEPS, decides=Decides.CHECKS), "how requests find their revision"),
        (Plan(steps=STEPS[:1], decides=Decides.CHECKS), "an end before all traffic"),
        (Plan(steps=(replace(STEPS[0], weight=1234), STEPS[1])), "parts of a percent"),
        (Plan(steps=(replace(STEPS[0], hold=60.0), STEPS[1])), "one baking period"),
        (Plan(steps=(replace(STEPS[0], hold=None), STEPS[1])), "a wait for a person"),
        (Plan(steps=(STEPS[0], replace(STEPS[0], weight=5000), STEPS[1])), "the steps as they are"),
        (Plan(steps=(Step(weight=0, hold=1.0), *STEPS)), "steps without traffic"),
        (Plan(steps=(Step(weight=0, hold=1.0, mirror=10), *STEPS)), "copies of requests"),
        (Plan(steps=STEPS, checks=(CHECK,)), "a check without data is an error"),
        (Plan(steps=STEPS, checks=(replace(CHECK, metric="users"),)), "no metric for users"),
        (Plan(steps=STEPS, checks=(replace(CHECK, arm="baseline"),)), "of the new fleet"),
        (Plan(steps=STEPS, checks=(CHECK,) * 11), "more than 10 alarms"),
        (Plan(steps=(replace(STEPS[0], checks=(CHECK,)), STEPS[1])), "checks of some steps alone"),
        (Plan(steps=STEPS, decides=Decides.NOBODY, checks=(CHECK,)), "the check 'error_rate'"),
        (Plan(steps=STEPS, decides=Decides.NOBODY), "the steps after the first"),
    ],
)
def test_what_sagemaker_cannot_say_is_named(plan: Plan, sentence: str) -> None:
    rendering = render(plan)
    assert any(sentence in lost for lost in rendering.lost), rendering.lost
    assert render(reading(rendering.text).plan).text == rendering.text


@given(mangled(COMPLETE, VARIANTS, [COMPLETE, VARIANTS]))
def test_whatever_is_wrong_is_told_with_a_line(text: str) -> None:
    refusal(reading, text)
    refusal(reading, f"{text}\n---\n{dump(ALARM)}")


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value!r:.20}")
@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (VARIANTS, ("ProductionVariants",)),
        (VARIANTS, ("ProductionVariants", 0)),
        (VARIANTS, ("ProductionVariants", 0, "InitialVariantWeight")),
        (COMPLETE, ("DeploymentConfig",)),
        (COMPLETE, ("DeploymentConfig", "BlueGreenUpdatePolicy", "TrafficRoutingConfiguration", "CanarySize", "Value")),
        (COMPLETE, ("DeploymentConfig", "AutoRollbackConfiguration", "Alarms", 0, "AlarmName")),
    ],
    ids=lambda part: str(part[-1]) if isinstance(part, tuple) else "",
)
def test_hostile_values_cost_little(tree: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    refusal(reading, dump(replaced(tree, path, value)))


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value!r:.20}")
@pytest.mark.parametrize("key", ["AlarmName", "Threshold", "Period", "EvaluationPeriods", "Statistic"])
def test_hostile_alarms_cost_little(key: str, value: object) -> None:
    refusal(reading, dump(COMPLETE) + "---\n" + dump({**ALARM, key: value}))


def test_a_manifest_is_read_through_the_registry() -> None:
    dialect, found = read_manifest(both(COMPLETE, ALARM))
    assert dialect is BY_NAME["sagemaker"]
    assert len(found.plan.checks) == 1
