"""Analyses of a rollout: its templates, arguments and dry runs, read into checks."""

import re
from dataclasses import dataclass

from canarylearn.dialects.argo_rollouts.arguments import arguments_in, merged
from canarylearn.dialects.argo_rollouts.conditions import Conditions, problem_of
from canarylearn.dialects.argo_rollouts.expressions import BadExpression
from canarylearn.dialects.argo_rollouts.findings import Findings
from canarylearn.dialects.argo_rollouts.metrics import Metric, read_metric
from canarylearn.dialects.argo_rollouts.saying import invalid
from canarylearn.dialects.argo_rollouts.sources import Source, source_of
from canarylearn.dialects.argo_rollouts.templates import Templates, metrics_with
from canarylearn.dialects.argo_rollouts.values import entries, words
from canarylearn.dialects.shape import Node
from canarylearn.engine.checks import Check
from canarylearn.engine.metrics import METRICS

_VECTORS = ("prometheus", "graphite", "influxdb")
"""Providers that answer with a list."""
_DRY_NAME = re.compile(r"(\^?)((?:[\w\-/ ]|\\[^\w\s]|\.\*|\.)+|\*)(\$?)")
_MOST_STARS = 2


@dataclass(frozen=True, kw_only=True)
class Analyses:
    """Reads the analyses of one rollout against the templates of its text."""

    templates: Templates
    findings: Findings

    def read(self, analysis: Node, *, background: bool) -> tuple[Check, ...]:
        """The checks of one analysis. What Argo refuses in its references is kept as mistakes."""
        metrics: list[Metric] = []
        for reference, name, spec in self.templates.named_in(analysis):
            if spec is None:
                why = f"AnalysisTemplate {name!r} is not in this text, so what it checks is not known"
                self.findings.leave_out(reference, name or "an analysis without a name", why)
            elif self._resolved(analysis, name, spec, background=background):
                metrics += self._metrics(analysis, name, spec, background=background)
        _check_names(analysis, metrics)
        dry = self._dry_runs(analysis, metrics)
        return tuple(check for metric in metrics if (check := self._check(metric, dry=metric.name in dry)) is not None)

    def notice(self, spec: Node) -> None:
        """Keep what a person should know of a template that nothing in the text uses."""
        for metric, arguments in metrics_with(spec, {}):
            read = read_metric(metric, arguments)
            if read is not None:
                self._check(read, dry=False)

    def _resolved(self, analysis: Node, template: str, spec: Node, *, background: bool) -> bool:
        given = arguments_in(analysis)
        missing = [name for name, value in merged(arguments_in(spec), given).items() if value is None]
        for name in missing:
            unresolved = f"args.{name} was not resolved"
            detail = "missing analysis arguments in rollout spec" if background and not given else unresolved
            _refuse(analysis, template, detail)
        return not missing

    def _metrics(self, analysis: Node, template: str, spec: Node, *, background: bool) -> list[Metric]:
        read = [read_metric(metric, arguments) for metric, arguments in metrics_with(spec, arguments_in(analysis))]
        metrics = [metric for metric in read if metric is not None]
        for metric in metrics:
            if metric.endless and not background:
                count = metric.node.get("count")
                value = "0" if count.there else "<nil>"
                detail = f"AnalysisTemplate {template} has metric {metric.name} which runs indefinitely"
                _refuse(analysis, template, f"{detail}. Invalid value for count: {value}")
        return metrics

    def _dry_runs(self, analysis: Node, metrics: list[Metric]) -> set[str]:
        """The names of the metrics that are measured and do not count."""
        own = list(entries(analysis.get("dryRun")))
        specs = [spec for _, _, spec in self.templates.named_in(analysis) if spec is not None]
        rules = own + [rule for spec in specs for rule in entries(spec.get("dryRun"))]
        dry: set[str] = set()
        for place, rule in enumerate(rules):
            name = words(rule.get("metricName"))
            pattern = _dry_pattern(name)
            if pattern is None:
                self.findings.note(rule, f"the pattern {name!r} is not read here, so no metric is taken as a dry run")
                continue
            matched = {metric.name for metric in metrics if pattern.search(metric.name[:253])}
            if not matched and metrics:
                _refuse(analysis, name, f"dryRun[{place}]: Rule didn't match any metric name(s)")
            dry |= matched
        return dry

    def _check(self, metric: Metric, *, dry: bool) -> Check | None:
        source = source_of(metric.name, metric.query, self.findings.context.measures)
        vector = metric.provider in _VECTORS and not metric.query.lstrip().startswith("scalar(")
        if not self._judgeable(metric, source, vector=vector):
            return None
        assert source is not None
        self._note_gate(metric)
        return Check(
            metric=source.metric,
            condition=Conditions(metric.success, metric.failure, source.scale, vector),
            name="" if metric.name == source.metric else metric.name,
            arm=source.arm,
            interval=None if metric.interval is None else float(metric.interval),
            delay=float(metric.delay),
            count=metric.count,
            failure_limit=metric.failure_limit,
            inconclusive_limit=metric.inconclusive_limit,
            consecutive_error_limit=metric.error_limit,
            consecutive_success_limit=metric.success_limit,
            dry_run=dry,
        )

    def _judgeable(self, metric: Metric, source: Source | None, *, vector: bool) -> bool:
        if source is None or source.metric not in METRICS:
            why = f"what the metric {metric.name!r} measures is not known here, so its check is left out"
            self.findings.leave_out(metric.node, metric.name, why)
            return False
        for field, condition in (("successCondition", metric.success), ("failureCondition", metric.failure)):
            problem = problem_of(condition, vector=vector) if condition else None
            if isinstance(problem, BadExpression):
                tip = (
                    "; a Prometheus query answers with a list, so write result[0]"
                    if vector and "[]" in str(problem)
                    else ""
                )
                message = f"could not evaluate {field}: {problem}; every measurement is an Error{tip}"
                self.findings.note(metric.node.get(field), message)
            elif problem is not None:
                why = f"this {field} cannot be evaluated here: {problem}; the check is left out"
                self.findings.leave_out(metric.node.get(field), metric.name, why)
                return False
        return True

    def _note_gate(self, metric: Metric) -> None:
        if not metric.success and not metric.failure:
            self.findings.note(metric.node, "without a condition every measurement is Successful: this can never fail")
        elif metric.never_fails:
            self.findings.note(
                metric.node.get("failureLimit"),
                f"this can never fail: it fails on {metric.failure_limit + 1} failed measurements, "
                f"and only {metric.count} are taken",
            )


def _refuse(analysis: Node, value: str, detail: str) -> None:
    templates = analysis.get("templates")
    invalid(templates, value, detail, path=templates.say_path())


def _check_names(analysis: Node, metrics: list[Metric]) -> None:
    seen: set[str] = set()
    for metric in metrics:
        if metric.name in seen:
            _refuse(analysis, metric.name, f"two metrics have the same name '{metric.name}'")
        seen.add(metric.name)


def _dry_pattern(name: str) -> re.Pattern[str] | None:
    """The names that a dry run means: a regular expression, of which only the plain kinds are read."""
    found = _DRY_NAME.fullmatch(name[:253])
    if found is None or name.count("*") > _MOST_STARS:
        return None
    return re.compile(".*" if found[2] == "*" else name)
