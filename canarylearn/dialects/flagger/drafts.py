"""The parts of a Canary as they come to be written, and checks as its metrics and MetricTemplates."""

from dataclasses import dataclass, field
from decimal import Decimal

from canarylearn.dialects.edges import edge_of
from canarylearn.dialects.flagger.metrics import DURATION, SUCCESS_RATE, Milliseconds
from canarylearn.dialects.measured import measured_by, query_for
from canarylearn.engine.checks import Check, Within
from canarylearn.engine.plan import Plan


@dataclass(kw_only=True)
class Draft:
    """The parts of the files as they come to be written."""

    analysis: dict[str, object] = field(default_factory=dict)
    metrics: list[dict[str, object]] = field(default_factory=list)
    webhooks: list[dict[str, object]] = field(default_factory=list)
    templates: list[dict[str, object]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    provider: str = "istio"

    def lose(self, sentence: str) -> None:
        """Name something that cannot be said, once."""
        if sentence not in self.lost:
            self.lost.append(sentence)


def write_checks(plan: Plan, draft: Draft) -> None:
    """Every check that can be written."""
    for check in _checks(plan, draft):
        _write_check(check, draft)


def all_checks(plan: Plan) -> list[Check]:
    """The checks of the background and of the steps, each of the latter once."""
    in_steps = dict.fromkeys(check for step in plan.steps for check in step.checks)
    return [*plan.checks, *(check for check in in_steps if check not in plan.checks)]


def _checks(plan: Plan, draft: Draft) -> list[Check]:
    """Every check that can be written: Flagger makes all of them at each tick, for the canary."""
    if any(step.checks for step in plan.steps) or plan.checks_from:
        draft.lose("checks of some steps alone: Flagger makes all of them from the first step on")
    kept = []
    for check in all_checks(plan):
        if check.dry_run:
            draft.lose(f"the check {check.title!r}, which does not count: Flagger has no dry run")
        elif check.arm != "canary":
            draft.lose(f"the check {check.title!r} of the baseline: Flagger's own metrics are the canary's")
        else:
            kept.append(check)
    return kept


def _write_check(check: Check, draft: Draft) -> None:
    condition = check.condition
    if isinstance(condition, Milliseconds) and check.metric == "p99":
        draft.metrics.append(_metric(DURATION, condition.at_least, condition.at_most))
    elif isinstance(condition, Within):
        _write_range(check, condition, draft)
    elif (edge := edge_of(condition)) is not None:
        if not edge.included:
            draft.lose(f"that the check {check.title!r} fails at exactly its limit: Flagger's bounds are included")
        _write_range(check, edge.within, draft)
    else:
        draft.lose(f"the condition of the check {check.title!r}, {condition.say()}: Flagger knows a range")


def _write_range(check: Check, condition: Within, draft: Draft) -> None:
    if check.metric == "success_rate" and check.name == SUCCESS_RATE:
        draft.metrics.append(_metric(SUCCESS_RATE, _percent(condition.at_least), _percent(condition.at_most)))
    else:
        _write_custom(check, condition, draft)


def _write_custom(check: Check, condition: Within, draft: Draft) -> None:
    query = query_for(check.metric, service="model-canary", window="{{ interval }}")
    if query is None:
        draft.lose(f"the check {check.title!r}: there is no query for {check.metric}")
        return
    name = check.title
    measured = measured_by(name, query)
    if name in (SUCCESS_RATE, DURATION) or measured is None or measured.metric != check.metric or measured.scale != 1:
        name = check.metric.replace("_", "-")
        draft.lose(f"the name {check.title!r} of a check, which would mean something else: it is {name!r} here")
    template = f"{check.metric.replace('_', '-')}"
    draft.metrics.append(
        {**_metric(name, condition.at_least, condition.at_most), "templateRef": {"name": template}},
    )
    written: dict[str, object] = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {"name": template},
        "spec": {"provider": {"type": "prometheus", "address": "http://prometheus:9090"}, "query": query},
    }
    if written not in draft.templates:
        draft.templates.append(written)


def _metric(name: str, low: float | None, high: float | None) -> dict[str, object]:
    bounds = {"min": low, "max": high}
    return {
        "name": name,
        "interval": "1m",
        "thresholdRange": {end: _plain(bound) for end, bound in bounds.items() if bound is not None},
    }


def _percent(share: float | None) -> float | None:
    """In decimal, so that 0.07 is 7 percent and not a hair more."""
    return None if share is None else float(Decimal(repr(share)) * 100)


def _plain(number: float) -> float:
    """Whole numbers without a decimal point, as a person writes them."""
    return int(number) if number == int(number) and abs(number) < 10**15 else number
