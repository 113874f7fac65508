"""AnalysisTemplates: metrics, arguments, references, and the checks they become."""

from typing import Any

import pytest

from canarylearn.dialects.argo_rollouts.conditions import Conditions
from canarylearn.dialects.manifest import Context
from canarylearn.engine import Decides, Plan, Step
from tests.dialects.argo import (
    errors,
    inline,
    metric,
    reading,
    rollout,
    said,
    template,
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"count": 1, "failureLimit": 2},
            "metrics[0]: count (1) must be >= failureLimit + consecutiveSuccessLimit (2 + 0) if both >= 0",
        ),
        ({"count": 1, "inconclusiveLimit": 2}, "metrics[0]: count must be >= inconclusiveLimit"),
        ({"count": 3}, "metrics[0]: interval must be specified when count > 1"),
        ({"failureLimit": -1}, "metrics[0]: failureLimit and consecutiveSuccessLimit cannot both be disabled"),
        ({"inconclusiveLimit": -1}, "metrics[0]: inconclusiveLimit must be >= 0"),
        ({"consecutiveErrorLimit": -1}, "metrics[0]: consecutiveErrorLimit must be >= 0"),
        ({"consecutiveSuccessLimit": -1}, "metrics[0]: consecutiveSuccessLimit must be >= 0"),
        ({"interval": "1d"}, 'metrics[0]: invalid interval string: time: unknown unit "d" in duration "1d"'),
        ({"interval": "60"}, 'metrics[0]: invalid interval string: time: missing unit in duration "60"'),
        ({"interval": "soon"}, 'metrics[0]: invalid interval string: time: invalid duration "soon"'),
        (
            {"initialDelay": "60s-typo"},
            'metrics[0]: invalid startDelay string: time: unknown unit "s-typo" in duration "60s-typo"',
        ),
        ({"provider": {}}, "metrics[0]: no provider specified"),
        ({"provider": None}, "metrics[0]: no provider specified"),
        ({"provider": {"job": {}, "web": {}}}, "metrics[0]: multiple providers specified"),
        ({"successCondition": "result > {{args.limit}}"}, "metrics[0]: failed to resolve {{args.limit}}"),
    ],
)
def test_a_metric_is_refused_in_argos_words(fields: dict[str, Any], message: str) -> None:
    assert message in [error.message for error in errors(template(metric(**fields)))]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"count": 0},
        {"interval": "1m"},
        {"count": 2, "interval": "1m", "failureLimit": 2},
        {"count": "2", "interval": "1m", "failureLimit": "1"},
        {"interval": "1m", "failureLimit": -1, "consecutiveSuccessLimit": 3},
        {"count": 4, "interval": "1m", "failureLimit": 1, "consecutiveSuccessLimit": 3},
        {"initialDelay": "1m30s"},
    ],
)
def test_a_metric_is_accepted(fields: dict[str, Any]) -> None:
    assert not errors(template(metric(**fields)))


def test_two_metrics_of_one_name_are_refused() -> None:
    assert "metrics[1]: duplicate name 'error-rate'" in said(errors(template(metric(), metric())))
    both = {"templates": [{"templateName": "ok"}, {"templateName": "two"}]}
    found = errors(rollout({"analysis": both}), template(metric()), template(metric(), name="two"))
    assert "spec.strategy.canary.analysis.templates: " in said(found)
    assert "two metrics have the same name 'error-rate'" in said(found)


def test_a_step_may_not_be_measured_for_ever_and_the_background_may() -> None:
    endless = template(metric(interval="1m"))
    found = errors(rollout(inline()), endless)
    assert [error.path for error in found] == ["spec.strategy.canary.steps[1].analysis.templates"]
    runs = "AnalysisTemplate ok has metric error-rate which runs indefinitely. Invalid value for count: <nil>"
    assert runs in found[0].message
    background = reading(rollout({"analysis": {"templates": [{"templateName": "ok"}]}}), endless)
    assert background.plan.checks[0].count == 0
    assert background.plan.interval == 60


def test_arguments_come_from_the_rollout_and_else_from_the_template() -> None:
    limited = template(
        metric(successCondition="result[0] <= {{args.limit}}", count="{{ args.n }}", interval="1m"),
        args=[{"name": "limit", "value": "0.05"}, {"name": "n"}],
    )
    plan = reading(rollout(inline(args=[{"name": "n", "value": "3"}])), limited).plan
    (check,) = plan.steps[0].checks
    assert (check.count, check.condition) == (3, Conditions("result[0] <= 0.05"))
    given_both = [{"name": "n", "value": "1"}, {"name": "limit", "value": "0.2"}]
    assert reading(rollout(inline(args=given_both)), limited).plan.steps[0].checks[0].condition.limit == 0.2
    assert "args.n was not resolved" in said(errors(rollout(inline()), limited))
    found = errors(rollout({"analysis": {"templates": [{"templateName": "ok"}]}}), limited)
    assert "missing analysis arguments in rollout spec" in said(found)
    half = {"templates": [{"templateName": "ok"}], "args": [{"name": "limit", "value": "1"}]}
    assert "args.n was not resolved" in said(errors(rollout({"analysis": half}), limited))


def test_what_an_argument_makes_of_a_metric_is_checked_where_it_is_used() -> None:
    counted = template(metric(count="{{args.n}}"), args=[{"name": "n"}])
    assert not errors(counted)
    found = errors(rollout(inline(args=[{"name": "n", "value": "2"}])), counted)
    assert "metrics[0]: interval must be specified when count > 1" in said(found)


def test_templates_of_the_cluster_are_another_list() -> None:
    clustered = template(metric(successCondition="result[0] < 1"), kind="ClusterAnalysisTemplate")
    asked = {"steps": [{"analysis": {"templates": [{"templateName": "ok", "clusterScope": True}]}}]}
    assert reading(rollout(asked), clustered).plan.steps[0].checks
    missing = reading(rollout(inline()), clustered)
    assert missing.unmeasured == ("ok",)
    assert "AnalysisTemplate 'ok' is not in this text" in missing.notes[-1].message


def test_templates_may_name_templates_and_even_themselves() -> None:
    outer = template(name="outer", templates=[{"templateName": "ok"}, {"templateName": "outer"}])
    asked = {"steps": [{"analysis": {"templates": [{"templateName": "outer"}]}}]}
    plan = reading(rollout(asked), outer, template(metric(successCondition="result[0] < 1"))).plan
    assert [check.title for check in plan.steps[0].checks] == ["error-rate"]


@pytest.mark.parametrize(
    ("pattern", "dry"),
    [("error-rate", True), ("error", True), (".*", True), ("*", True), ("^error-rate$", True), ("^rate", None)],
)
def test_a_dry_run_names_metrics_by_a_pattern(pattern: str, dry: bool | None) -> None:
    documents = rollout(inline(dryRun=[{"metricName": pattern}])), template(metric(successCondition="result[0] < 1"))
    if dry is None:
        assert "dryRun[0]: Rule didn't match any metric name(s)" in said(errors(*documents))
    else:
        assert reading(*documents).plan.steps[0].checks[0].dry_run is dry


def test_a_template_alone_releases_nothing() -> None:
    alone = reading(template(metric(successCondition="result[0] < 1")))
    assert alone.plan == Plan(steps=(Step(weight=0, hold=None),), decides=Decides.CHECKS)
    assert "nothing is released" in alone.notes[0].message


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"count": 2, "interval": "1m", "failureLimit": 2, "successCondition": "result[0] < 1"}, "this can never fail"),
        ({}, "without a condition every measurement is Successful"),
        ({"successCondition": "result >= 0.95"}, "a Prometheus query answers with a list, so write result[0]"),
        ({"successCondition": "reslt[0] < 1"}, "could not evaluate successCondition: unknown name reslt"),
        ({"failureCondition": "result[0]"}, "could not evaluate failureCondition: expected bool, but got float64"),
    ],
)
def test_a_gate_that_does_not_work_is_noted(fields: dict[str, Any], note: str) -> None:
    found = reading(rollout(inline()), template(metric(**fields)))
    assert note in "\n".join(note.message for note in found.notes)
    assert found.plan.steps[0].checks


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "orders-per-minute", "successCondition": "result[0] > 1"},
        {"successCondition": "all(result, {# > 1})"},
        {"successCondition": "result[0] in [1, 2]"},
        {"provider": {"prometheus": {"query": "errors{service='stable'} / errors{service='canary'}"}}},
    ],
)
def test_a_check_that_is_not_understood_is_left_out_and_named(fields: dict[str, Any]) -> None:
    found = reading(rollout(inline()), template(metric(**fields)))
    assert found.unmeasured == (fields.get("name", "error-rate"),)
    assert not found.plan.steps[0].checks


def test_a_person_can_say_what_a_metric_measures() -> None:
    documents = rollout(inline()), template(metric(name="orders", successCondition="result[0] > 1"))
    found = reading(*documents, context=Context(measures={"orders": "p95"}))
    assert [check.metric for check in found.plan.steps[0].checks] == ["p95"]
    assert reading(*documents, context=Context(measures={"orders": "no such"})).unmeasured == ("orders",)


def test_a_metric_of_the_stable_service_is_one_of_the_baseline() -> None:
    stable = metric(provider={"prometheus": {"query": 'errors{service="stable"}'}}, successCondition="result[0] < 1")
    assert reading(rollout(inline()), template(stable)).plan.steps[0].checks[0].arm == "baseline"
