"""A plan as SageMaker's requests: a deployment with guardrails, or variants with weights."""

from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

import yaml

from canarylearn.dialects.edges import edge_of
from canarylearn.dialects.manifest import Rendering
from canarylearn.dialects.measured import measured_by
from canarylearn.dialects.sagemaker.alarms import LATENCY, MICROSECONDS, OPERATORS, PERIOD, Quiet
from canarylearn.dialects.split import lost_in_split
from canarylearn.engine.checks import Check, Within
from canarylearn.engine.plan import Decides, Plan, Routing
from canarylearn.engine.quantities import BUCKETS

_PERCENT = BUCKETS // 100
_MOST_SHARE, _LEAST_LINEAR, _LEAST_ROLLING, _LONGEST_WAIT, _MOST_ALARMS = 50, 10, 5, 3600, 10
_BY_SIGN = {sign: name for name, sign in OPERATORS.items()}


@dataclass(kw_only=True)
class _Draft:
    """The documents as they come to be written."""

    alarms: list[dict[str, object]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)

    def lose(self, sentence: str) -> None:
        """Name something that cannot be said, once."""
        if sentence not in self.lost:
            self.lost.append(sentence)


def render(plan: Plan) -> Rendering:
    """The plan as an UpdateEndpoint request and its alarms, or as an endpoint configuration when nobody decides."""
    if plan.decides is Decides.NOBODY:
        return Rendering(text=_dump([_variants(plan)]), lost=tuple(lost_in_split(plan)))
    draft = _Draft()
    deployment = _policy(plan, draft)
    _lose_decision(plan, draft)
    for check in _checks(plan, draft):
        _write_check(check, draft)
    if draft.alarms:
        listed = [{"AlarmName": alarm["AlarmName"]} for alarm in draft.alarms]
        deployment["AutoRollbackConfiguration"] = {"Alarms": listed}
    request: dict[str, object] = {
        "EndpointName": "model",
        "EndpointConfigName": "model-v2",
        "DeploymentConfig": deployment,
    }
    return Rendering(text=_dump([request, *draft.alarms]), lost=tuple(draft.lost))


def _dump(documents: list[dict[str, object]]) -> str:
    return yaml.dump_all(documents, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000)


def _variants(plan: Plan) -> dict[str, object]:
    step = plan.steps[0]
    machine: dict[str, object] = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}

    def variant(name: str, weight: int) -> dict[str, object]:
        share = float(Decimal(weight) / _PERCENT)
        return {"VariantName": name, "ModelName": f"model-{name}", **machine, "InitialVariantWeight": share}

    if step.mirror:
        return {
            "EndpointConfigName": "model",
            "ProductionVariants": [variant("stable", BUCKETS)],
            "ShadowProductionVariants": [variant("canary", step.mirror)],
        }
    both = [variant("stable", BUCKETS - step.weight), variant("canary", step.weight)]
    return {"EndpointConfigName": "model", "ProductionVariants": both}


def _policy(plan: Plan, draft: _Draft) -> dict[str, object]:
    """The update policy: all at once, in two steps, in equal ones, or in batches that are too small for these."""
    weights = _percents(plan, draft)
    wait, first = _wait(plan, draft), weights[0]
    if len(weights) > 2 and weights == [min(100, first * place) for place in range(1, ceil(100 / max(1, first)) + 1)]:
        if _LEAST_LINEAR <= first <= _MOST_SHARE:
            return _blue_green({"Type": "LINEAR", "LinearStepSize": _size(first), "WaitIntervalInSeconds": wait})
        if first >= _LEAST_ROLLING:
            return {"RollingUpdatePolicy": {"MaximumBatchSize": _size(first), "WaitIntervalInSeconds": wait}}
    if weights == [100]:
        return _blue_green({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": wait})
    if len(weights) != 2 or not 1 <= first <= _MOST_SHARE:
        draft.lose("the steps as they are: there are two, the first of 1 to 50 %, or equal ones of 5 to 50 %")
    size = _size(min(_MOST_SHARE, max(1, first)))
    return _blue_green({"Type": "CANARY", "CanarySize": size, "WaitIntervalInSeconds": wait})


def _percents(plan: Plan, draft: _Draft) -> list[int]:
    if any(step.mirror for step in plan.steps):
        draft.lose("copies of requests: a deployment with guardrails moves real ones")
    weights = [round(step.weight / _PERCENT) for step in plan.steps if step.weight]
    if len(weights) < len(plan.steps):
        draft.lose("steps without traffic: the new fleet gets its first share at once")
    if any(step.weight % _PERCENT for step in plan.steps):
        draft.lose("parts of a percent: a step's size is in whole percents")
    if plan.steps[-1].weight != BUCKETS:
        draft.lose("an end before all traffic: a deployment that goes well ends with everyone on the new fleet")
        weights = [*[weight for weight in weights if weight < 100], 100]
    return weights


def _blue_green(routing: dict[str, object]) -> dict[str, object]:
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


def _size(percent: int) -> dict[str, object]:
    return {"Type": "CAPACITY_PERCENT", "Value": percent}


def _wait(plan: Plan, draft: _Draft) -> int:
    if any(step.hold is None for step in plan.steps):
        draft.lose("a wait for a person: traffic moves on after the baking period")
    holds = [step.hold for step in plan.steps if step.hold is not None]
    asked = max(holds, default=0.0)
    wait = min(_LONGEST_WAIT, round(asked))
    if any(hold != wait for hold in holds):
        draft.lose(f"how long each step lasts: there is one baking period of whole seconds up to 3600, here {wait}")
    return wait


def _lose_decision(plan: Plan, draft: _Draft) -> None:
    if plan.decides is Decides.JUDGE:
        draft.lose("the comparison with the baseline: an alarm holds the new fleet against a fixed limit")
    if plan.decides is Decides.FAILED_CHECKS:
        draft.lose("that failed checks of all kinds are added up: each alarm counts its own")
    if plan.routing is not Routing.PER_REQUEST:
        draft.lose("how requests find their revision: each is drawn anew")
    if plan.checks_from or any(step.checks for step in plan.steps):
        draft.lose("checks of some steps alone: every alarm is watched in every baking period")


def _checks(plan: Plan, draft: _Draft) -> list[Check]:
    in_steps = dict.fromkeys(check for step in plan.steps for check in step.checks)
    checks = [*plan.checks, *(check for check in in_steps if check not in plan.checks)]
    kept = []
    for check in checks:
        if check.dry_run or check.arm != "canary" or check.failure_limit < 0:
            draft.lose(f"the check {check.title!r}: an alarm is of the new fleet, and it always counts")
        else:
            kept.append(check)
    return kept


def _write_check(check: Check, draft: _Draft) -> None:
    condition = check.condition
    if isinstance(condition, Quiet):
        _write_alarm(check, condition, draft)
    elif isinstance(condition, Within):
        draft.lose("that a check without data is an error: an alarm without data does not ring")
        if condition.at_most is not None:
            _write_alarm(check, Quiet(operator=">", threshold=condition.at_most), draft)
        if condition.at_least is not None:
            _write_alarm(check, Quiet(operator="<", threshold=condition.at_least), draft)
    elif (edge := edge_of(condition)) is not None:
        draft.lose("that a check without data is an error: an alarm without data does not ring")
        sign = (">" if edge.above_fails else "<") + ("" if edge.included else "=")
        _write_alarm(check, Quiet(operator=sign, threshold=edge.limit), draft)
    else:
        draft.lose(f"the condition of the check {check.title!r}, {condition.say()}: an alarm knows one threshold")


def _write_alarm(check: Check, quiet: Quiet, draft: _Draft) -> None:
    metric = _metric(check.metric)
    if metric is None:
        draft.lose(f"the check {check.title!r}: CloudWatch is sent no metric for {check.metric}")
        return
    if len(draft.alarms) == _MOST_ALARMS:
        draft.lose(f"more than {_MOST_ALARMS} alarms")
        return
    name, place = check.title, 2
    while name in draft.names:
        name, place = f"{check.title}-{place}", place + 1
    draft.names.add(name)
    scale = Decimal(repr(MICROSECONDS)) if metric["MetricName"] == LATENCY else Decimal(1)
    draft.alarms.append(
        {
            "AlarmName": name,
            **metric,
            "ComparisonOperator": _BY_SIGN[quiet.operator],
            "Threshold": _plain(float(Decimal(repr(quiet.threshold)) * scale)),
            "Period": _plain(check.interval or PERIOD),
            "EvaluationPeriods": check.failure_limit + 1,
            "DatapointsToAlarm": check.failure_limit + 1,
            "TreatMissingData": "breaching" if quiet.missing_rings else "notBreaching",
        }
    )


def _metric(metric: str) -> dict[str, object] | None:
    """CloudWatch's metric for one of the engine's; a metric of one's own where SageMaker sends none."""
    if metric == "error_rate":
        return {"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Average"}
    if metric in ("p50", "p95", "p99"):
        return {"Namespace": "AWS/SageMaker", "MetricName": LATENCY, "ExtendedStatistic": metric}
    known = measured_by(metric)
    if known is not None and known.metric == metric:
        return {"Namespace": "Model", "MetricName": metric, "Statistic": "Average"}
    return None


def _plain(number: float) -> float:
    """Whole numbers without a decimal point, as a person writes them."""
    return int(number) if number == int(number) and abs(number) < 10**15 else number
