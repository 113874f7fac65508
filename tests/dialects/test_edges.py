"""Conditions of every tool as one limit, so that each tool can write the others'."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects import flagger, sagemaker
from canarylearn.dialects.argo_rollouts.conditions import Conditions
from canarylearn.dialects.edges import Edge, edge_of
from canarylearn.dialects.flagger.metrics import Milliseconds
from canarylearn.dialects.manifest import Context
from canarylearn.dialects.sagemaker.alarms import Quiet
from canarylearn.dialects.yaml_text import read_documents
from canarylearn.engine import Check, Decides, Plan, Step, Within
from canarylearn.engine.checks import Condition


@pytest.mark.parametrize(
    ("condition", "edge"),
    [
        (Within(at_most=0.05), Edge(limit=0.05, above_fails=True, included=True)),
        (Within(at_least=0.99), Edge(limit=0.99, above_fails=False, included=True)),
        (Within(at_most=0), Edge(limit=0, above_fails=True, included=True)),
        (Within(at_least=0.1, at_most=0.9), None),
        (Milliseconds(at_most=500), Edge(limit=0.5, above_fails=True, included=True)),
        (Milliseconds(at_least=1, at_most=500), None),
        (Quiet(operator=">", threshold=0.05), Edge(limit=0.05, above_fails=True, included=True)),
        (Quiet(operator=">=", threshold=0.05), Edge(limit=0.05, above_fails=True, included=False)),
        (Quiet(operator="<", threshold=0.9), Edge(limit=0.9, above_fails=False, included=True)),
        (Quiet(operator="<=", threshold=0.9), Edge(limit=0.9, above_fails=False, included=False)),
        (Conditions(success="result[0] >= 0.96"), Edge(limit=0.96, above_fails=False, included=True)),
        (Conditions(success="result[0] < 0.05"), Edge(limit=0.05, above_fails=True, included=False)),
        (Conditions(failure="result[0] > 5", scale=100), Edge(limit=0.05, above_fails=True, included=True)),
        (Conditions(success="result[0] < 0.05", failure="result[0] > 0.1"), None),
        (Conditions(success="result[0] == 1"), None),
        (Conditions(success="len(result) > 0"), None),
        (Conditions(), None),
    ],
)
def test_a_condition_with_one_limit_is_told_by_its_verdicts(condition: Condition, edge: Edge | None) -> None:
    assert edge_of(condition) == edge


@given(st.floats(1e-6, 1e6), st.floats(0, 1e7))
def test_an_edge_judges_as_the_condition_it_was_told_from(limit: float, value: float) -> None:
    for condition in (Within(at_most=limit), Within(at_least=limit), Quiet(operator=">", threshold=limit)):
        edge = edge_of(condition)
        assert edge is not None
        assert edge.within.judge(value) is condition.judge(value)


ARGO = Plan(
    steps=(Step(weight=1000, hold=60.0), Step(weight=10_000, hold=60.0)),
    checks=(
        Check(metric="error_rate", condition=Conditions(success="result[0] < 0.05"), name="error-rate"),
        Check(metric="p95", condition=Conditions(success="result[0] <= 0.8"), name="latency"),
    ),
    decides=Decides.CHECKS,
)


def test_flagger_writes_argos_limits_and_names_what_an_included_bound_loses() -> None:
    rendering = flagger.render(ARGO)
    checks = flagger.read(read_documents(rendering.text), Context()).plan.checks
    assert [check.condition for check in checks] == [Within(at_most=0.05), Within(at_most=0.8)]
    assert sum("fails at exactly its limit" in lost for lost in rendering.lost) == 1


def test_sagemaker_writes_argos_limits_as_alarms() -> None:
    rendering = sagemaker.render(ARGO)
    checks = sagemaker.read(read_documents(rendering.text), Context()).plan.checks
    assert [check.condition for check in checks] == [
        Quiet(operator=">=", threshold=0.05),
        Quiet(operator=">", threshold=0.8),
    ]
