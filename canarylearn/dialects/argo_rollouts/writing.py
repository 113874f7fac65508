"""Checks written as metrics of an AnalysisTemplate, and what that loses."""

import math
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from canarylearn.dialects.argo_rollouts.conditions import Conditions
from canarylearn.dialects.argo_rollouts.durations import say_go_duration
from canarylearn.dialects.argo_rollouts.sources import Source, written_query
from canarylearn.dialects.argo_rollouts.values import MOST_INT32
from canarylearn.engine.checks import Check, Condition, Within

Metric = dict[str, object]

_SPECIAL = re.compile(r"([^\w\-/ ])")
_LONGEST = Fraction(10 * 365 * 86400)


class Writer:
    """Writes checks, and keeps a sentence for each thing that Argo Rollouts cannot say."""

    def __init__(self) -> None:
        self.lost: list[str] = []

    def lose(self, sentence: str) -> None:
        """Keep a loss, once."""
        if sentence not in self.lost:
            self.lost.append(sentence)

    def template(self, name: str, checks: tuple[Check, ...], *, endless: bool) -> Metric | None:
        """An AnalysisTemplate for one analysis; None when nothing of it can be written."""
        metrics: list[Metric] = []
        dry: list[Metric] = []
        names: set[str] = set()
        for check in checks:
            if (metric := self._metric(check, names, endless=endless)) is None:
                continue
            metrics.append(metric)
            names.add(str(metric["name"]))
            if check.dry_run:
                # The name is a pattern there, and is found anywhere in a metric's name unless it is tied down.
                dry.append({"metricName": f"^{_SPECIAL.sub(_escape, str(metric['name']))}$"})
        if not metrics:
            return None
        spec: Metric = {"metrics": metrics, **({"dryRun": dry} if dry else {})}
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "AnalysisTemplate",
            "metadata": {"name": name},
            "spec": spec,
        }

    def _metric(self, check: Check, names: set[str], *, endless: bool) -> Metric | None:
        conditions = self._conditions(check.condition, check.title)
        source = Source(metric=check.metric, arm=check.arm, scale=conditions.scale)
        query = written_query(source, vector=conditions.vector)
        if query is None:
            self.lose(f"the check of {check.title}: no query is written for {check.metric} in that unit")
            return None
        check = self._countable(check, endless=endless)
        metric: Metric = {"name": self._name(check, names)}
        if check.delay:
            metric["initialDelay"] = self._duration(check.delay, check.title)
        if check.interval is not None:
            metric["interval"] = self._duration(check.interval, check.title)
        if check.count:
            metric["count"] = check.count
        metric |= {key: value for key, value in _limits(check).items() if value is not None}
        if conditions.success:
            metric["successCondition"] = conditions.success
        if conditions.failure:
            metric["failureCondition"] = conditions.failure
        metric["provider"] = {"prometheus": {"address": "http://prometheus.example.com:9090", "query": query}}
        return metric

    def _name(self, check: Check, names: set[str]) -> str:
        name, number = check.title, 2
        while name in names:
            name, number = f"{check.title}-{number}", number + 1
        if name != check.title:
            self.lose(f"that two checks are named {check.title}: the second one is {name} here")
        return name

    def _countable(self, check: Check, *, endless: bool) -> Check:
        """The check within what Argo accepts as counts and limits."""
        if check.interval is None and check.count != 1:
            self.lose(f"that {check.title} is measured at every look: Argo Rollouts needs an interval, here 1m")
            check = replace(check, interval=60.0)
        if not check.count and not endless:
            self.lose(
                f"that {check.title} has no end within a step: Argo Rollouts refuses that, so it is measured once"
            )
            check = replace(check, count=1)
        return self._limited(check)

    def _limited(self, check: Check) -> Check:
        most = check.count or MOST_INT32
        failures, successes = check.failure_limit, check.consecutive_success_limit
        if failures < 0 and not successes:
            self.lose(f"failureLimit -1 of {check.title}: without a limit of successes it has to be a number")
            failures = most
        if failures + max(successes, 0) > most and failures >= 0:
            self.lose(f"a failure limit of {failures} for {check.title}: more than its {check.count} measurements")
            successes = min(successes, most)
            failures = most - successes
        if successes > most:
            self.lose(f"{successes} successes in a row for {check.title}: more than its {check.count} measurements")
            successes = most
        if check.inconclusive_limit > most:
            self.lose(f"an inconclusive limit of {check.inconclusive_limit} for {check.title}: more than its count")
        return replace(
            check,
            failure_limit=failures,
            consecutive_success_limit=successes,
            inconclusive_limit=min(check.inconclusive_limit, most),
        )

    def _conditions(self, condition: Condition, title: str) -> Conditions:
        if isinstance(condition, Conditions):
            return condition
        if isinstance(condition, Within):
            self.lose(f"that no requests are no data for {title}: Argo Rollouts takes NaN as a failed measurement")
            parts = [f"result[0] {sign} {_number(bound)}" for sign, bound in _bounds(condition)]
            return Conditions(success=" && ".join(parts))
        self.lose(f"the condition of {title} ({condition.say()}): every measurement is a success here")
        return Conditions()

    def _duration(self, seconds: float, title: str) -> str:
        exact = Fraction(Decimal(repr(seconds))) if math.isfinite(seconds) else _LONGEST
        nanoseconds = round(exact * 10**9)
        if exact * 10**9 != nanoseconds or exact > _LONGEST or not math.isfinite(seconds):
            self.lose(f"a time of {seconds:g} seconds for {title}: it is rounded here")
        return say_go_duration(min(exact, _LONGEST))


def _escape(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _bounds(within: Within) -> list[tuple[str, float]]:
    found = ((">=", within.at_least), ("<=", within.at_most))
    return [(sign, bound) for sign, bound in found if bound is not None]


def _number(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _limits(check: Check) -> dict[str, int | None]:
    """The limits that differ from Argo's defaults."""
    return {
        "failureLimit": check.failure_limit or None,
        "inconclusiveLimit": check.inconclusive_limit or None,
        "consecutiveErrorLimit": None if check.consecutive_error_limit == 4 else check.consecutive_error_limit,
        "consecutiveSuccessLimit": check.consecutive_success_limit or None,
    }
