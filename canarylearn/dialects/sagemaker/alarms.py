"""CloudWatch alarms as checks.

A deployment names its alarms and says nothing of what they watch. What they watch is read from their own definitions,
where these stand in the same file (as for put-metric-alarm, or as describe-alarms prints them), or from `measures`.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from canarylearn.dialects.measured import Measured, measured_by
from canarylearn.dialects.shape import Node
from canarylearn.engine.analysis import State
from canarylearn.engine.checks import Check
from canarylearn.engine.metrics import METRICS

OPERATORS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}
PERIOD = 60
LATENCY, MICROSECONDS = "ModelLatency", 1e6
_FAILURES = ("Invocation5XXErrors", "InvocationModelErrors")
_SAID = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*([0-9]*\.?[0-9]+)\s*", re.ASCII)
_QUANTILE = re.compile(r"p(50|95|99)(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """Successful while an alarm is quiet: it rings when `value operator threshold` holds.

    No data is quiet too, unless `missing_rings` (TreatMissingData: breaching).
    """

    operator: str
    threshold: float
    missing_rings: bool = False

    @property
    def limit(self) -> float | None:
        """The threshold, in the metric's own unit."""
        return self.threshold

    def judge(self, value: float | None) -> State:
        """SUCCESSFUL or FAILED, and never undecided: an alarm rings or does not."""
        if value is None or math.isnan(value):
            return State.FAILED if self.missing_rings else State.SUCCESSFUL
        rings = {
            ">": value > self.threshold,
            ">=": value >= self.threshold,
            "<": value < self.threshold,
            "<=": value <= self.threshold,
        }[self.operator]
        return State.FAILED if rings else State.SUCCESSFUL

    def say(self) -> str:
        """Such as 'no alarm at > 0.05'."""
        return f"no alarm at {self.operator} {self.threshold:g}"


def definitions(roots: Iterable[Node]) -> dict[str, Node]:
    """The alarms that are defined in the documents, by name; a later one replaces an earlier one, as in CloudWatch."""
    found = {}
    for node in roots:
        listed = node.get("MetricAlarms")
        alarms = listed.sequence() if isinstance(listed.value, list) else [node]
        for alarm in alarms:
            name = alarm.get("AlarmName").value
            if isinstance(name, str) and name:
                found[name] = alarm
    return found


def check_of(name: str, definition: Node | None, measures: Mapping[str, str]) -> Check | None:
    """The check that an alarm is; None when nobody says what it watches."""
    said = _SAID.fullmatch(measures.get(name, ""))
    if said is not None and said[1] in METRICS:
        return Check(metric=said[1], condition=Quiet(operator=said[2], threshold=float(said[3])), name=name)
    if definition is None:
        return None
    measured = _measured(name, definition, measures)
    operator = OPERATORS.get(str(definition.get("ComparisonOperator").value))
    threshold = _number(definition.get("Threshold"))
    if measured is None or measured.metric not in METRICS or operator is None or threshold is None:
        return None
    scaled = float(Decimal(repr(threshold)) / Decimal(repr(measured.scale)))
    missing = definition.get("TreatMissingData").value == "breaching"
    periods = _number(definition.get("DatapointsToAlarm")) or _number(definition.get("EvaluationPeriods")) or 1
    return Check(
        metric=measured.metric,
        condition=Quiet(operator=operator, threshold=scaled, missing_rings=missing),
        name=name,
        interval=_number(definition.get("Period")) or float(PERIOD),
        failure_limit=max(1, int(periods)) - 1,
    )


def _measured(name: str, definition: Node, measures: Mapping[str, str]) -> Measured | None:
    if name in measures:
        return Measured(metric=measures[name])
    metric, statistic = str(definition.get("MetricName").value), definition.get("Statistic").value
    quantile = _QUANTILE.fullmatch(str(definition.get("ExtendedStatistic").value))
    if metric == LATENCY:
        return Measured(metric=f"p{quantile[1]}", scale=MICROSECONDS) if quantile else None
    if metric in _FAILURES:
        # One data point a request, 0 or 1: the average is the rate, the sum a count that grows with the traffic.
        return Measured(metric="error_rate") if statistic == "Average" else None
    if metric.startswith("Invocation"):
        return None
    return (
        measured_by(metric, f"latency {quantile[0]}" if quantile else "")
        if quantile or statistic == "Average"
        else None
    )


def _number(node: Node) -> float | None:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)
