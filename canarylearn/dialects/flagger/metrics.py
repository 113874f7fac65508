"""Flagger's metrics as checks: the two built-in ones, MetricTemplates and queries written in place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from canarylearn.dialects.flagger.schema import entries, words
from canarylearn.dialects.manifest import Context
from canarylearn.dialects.measured import Measured, measured_by
from canarylearn.dialects.shape import Node
from canarylearn.engine.analysis import State
from canarylearn.engine.checks import Check, Condition, Within
from canarylearn.engine.metrics import METRICS

SUCCESS_RATE, DURATION = "request-success-rate", "request-duration"
_PERCENT = Measured(metric="success_rate", scale=100.0)


@dataclass(frozen=True, kw_only=True)
class Milliseconds:
    """Successful within bounds that are included; the value and both bounds are whole milliseconds, the rest cut."""

    at_least: int | None = None
    at_most: int | None = None

    @property
    def limit(self) -> float | None:
        """The upper bound where there is one, else the lower, in seconds."""
        bound = self.at_most if self.at_most is not None else self.at_least
        return None if bound is None else bound / 1000

    def judge(self, value: float | None) -> State:
        """SUCCESSFUL inside the bounds, FAILED outside, ERROR without data."""
        if value is None or math.isnan(value):
            return State.ERROR
        # 0.57 * 1000 is a hair below 570; a value that is a whole number of milliseconds stays one.
        whole = int(round(value * 1000, 6))
        too_low = self.at_least is not None and whole < self.at_least
        too_high = self.at_most is not None and whole > self.at_most
        return State.FAILED if too_low or too_high else State.SUCCESSFUL

    def say(self) -> str:
        """Such as 'at most 500 ms'."""
        if self.at_least is not None and self.at_most is not None:
            return f"from {self.at_least} to {self.at_most} ms"
        return f"at most {self.at_most} ms" if self.at_most is not None else f"at least {self.at_least} ms"


@dataclass(kw_only=True)
class Metrics:
    """What the metrics of a Canary come to: the checks, and the names of those that nobody can measure here."""

    checks: list[Check]
    unmeasured: list[str]


def read_metrics(
    analysis: Node, templates: Mapping[str, Node], context: Context, notes: list[tuple[Node, str]]
) -> Metrics:
    """The checks of an analysis. `templates` are the MetricTemplates of the file by name; `notes` grows."""
    found = Metrics(checks=[], unmeasured=[])
    for metric in entries(analysis.get("metrics")):
        name = words(metric.get("name"))
        asked = _asked(metric, name, templates, context, notes)
        if not asked:
            notes.append(
                (metric, f"{name!r} is not built in and has neither templateRef nor query: Flagger never measures it")
            )
        for measured in asked:
            if measured is None or measured.metric not in METRICS:
                found.unmeasured.append(name)
            else:
                found.checks.extend(_checks(metric, name, measured, notes))
    return found


def _asked(
    metric: Node, name: str, templates: Mapping[str, Node], context: Context, notes: list[tuple[Node, str]]
) -> list[Measured | None]:
    """What is measured for one entry: Flagger runs a built-in metric, a query and a template beside one another."""
    asked: list[Measured | None] = []
    if name == SUCCESS_RATE:
        asked.append(_PERCENT)
    elif name == DURATION:
        asked.append(Measured(metric="p99", scale=1000.0))
    if query := words(metric.get("query")):
        asked.append(_known(name, query, context))
    if metric.has("templateRef"):
        reference = words(metric.get("templateRef").get("name"))
        template = templates.get(reference)
        if template is None:
            notes.append((metric, f"the MetricTemplate {reference!r} is not in this file; its query is not looked at"))
        query = words(template.get("spec").get("query")) if template is not None else ""
        asked.append(_known(name, query, context) or _known(reference, query, context))
    return asked


def _known(name: str, query: str, context: Context) -> Measured | None:
    guessed = measured_by(name, query)
    if name not in context.measures:
        return guessed
    said = context.measures[name]
    return guessed if guessed is not None and guessed.metric == said else Measured(metric=said)


def _checks(metric: Node, name: str, measured: Measured, notes: list[tuple[Node, str]]) -> list[Check]:
    low, high = _bounds(metric, name, notes)
    _remark_on_units(metric, name, [bound for bound in (low, high) if bound is not None], notes)
    if low is not None and high is not None and low > high:
        notes.append((metric, f"no value is at least {low:g} and at most {high:g}: this check fails at every tick"))
        return [*_checks_within(name, measured, low, None), *_checks_within(name, measured, None, high)]
    return _checks_within(name, measured, low, high)


def _checks_within(name: str, measured: Measured, low: float | None, high: float | None) -> list[Check]:
    condition: Condition
    if name == DURATION and measured.scale == 1000:
        condition = Milliseconds(
            at_least=None if low is None else int(low), at_most=None if high is None else int(high)
        )
    else:
        condition = Within(at_least=_scaled(low, measured.scale), at_most=_scaled(high, measured.scale))
    return [Check(metric=measured.metric, condition=condition, name=name)]


def _bounds(metric: Node, name: str, notes: list[tuple[Node, str]]) -> tuple[float | None, float | None]:
    """The bounds in the metric's own unit, at least one of them. Without a range the older `threshold` counts."""
    span = metric.get("thresholdRange")
    if span.there:
        low, high = _number(span.get("min")), _number(span.get("max"))
        if low is None and high is None:
            notes.append((span, "a thresholdRange without min and max bears every value: only missing data fails"))
            low = 0.0
        return low, high
    limit = _number(metric.get("threshold")) or 0.0
    if name == SUCCESS_RATE:
        if not metric.has("threshold"):
            notes.append((metric, "neither thresholdRange nor threshold: any success rate is good enough"))
        return limit, None
    if not metric.has("threshold"):
        notes.append((metric, "neither thresholdRange nor threshold: every value above 0 fails"))
    return None, limit


def _remark_on_units(metric: Node, name: str, bounds: list[float], notes: list[tuple[Node, str]]) -> None:
    for bound in bounds:
        if name == SUCCESS_RATE and 0 < bound <= 1:
            notes.append((metric, f"{SUCCESS_RATE} is in percent: {bound:g} means {bound:g} %, not {bound * 100:g} %"))
        if name == DURATION and bound != int(bound):
            notes.append((metric, f"{DURATION} is in whole milliseconds: {bound:g} is cut to {int(bound)} ms"))


def _number(node: Node) -> float | None:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _scaled(value: float | None, scale: float) -> float | None:
    """A bound in the engine's unit. In decimal, so that 7 percent are 0.07 and not a hair more."""
    return None if value is None else float(Decimal(repr(value)) / Decimal(repr(scale)))
