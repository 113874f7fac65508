"""Metrics of an AnalysisTemplate: their checks in Argo's words, and what they mean."""

from dataclasses import dataclass
from fractions import Fraction

from canarylearn.dialects.argo_rollouts.arguments import Arguments, names_in, resolve
from canarylearn.dialects.argo_rollouts.durations import parse_go_duration
from canarylearn.dialects.argo_rollouts.numbers import int_value
from canarylearn.dialects.argo_rollouts.saying import argo_path
from canarylearn.dialects.argo_rollouts.schema import PROVIDERS
from canarylearn.dialects.argo_rollouts.values import words
from canarylearn.dialects.shape import Node

_DEFAULT_ERRORS = 4


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric with its arguments filled in, times in seconds, limits as numbers, and Argo's defaults.

    `count` is 0 for one that is measured for ever. `query` is empty where the provider takes none.
    """

    node: Node
    name: str
    interval: Fraction | None
    delay: Fraction
    count: int
    success: str
    failure: str
    failure_limit: int
    inconclusive_limit: int
    error_limit: int
    success_limit: int
    provider: str
    query: str

    @property
    def endless(self) -> bool:
        """Whether nothing ends it but the end of its run."""
        return self.count == 0

    @property
    def never_fails(self) -> bool:
        """Whether no measurements whatever can make it fail."""
        limited = 0 < self.count <= self.failure_limit and not self.success_limit
        return limited or (not self.success and not self.failure)


class Field:
    """The texts and numbers of one metric, with arguments filled in."""

    def __init__(self, metric: Node, arguments: Arguments) -> None:
        self._metric, self._arguments = metric, arguments

    def text(self, name: str) -> str | None:
        """A text; None while an argument in it has no value."""
        return resolve(words(self._metric.get(name)), self._arguments)

    def number(self, name: str, default: int = 0) -> int | None:
        """A number; the default where the field is absent, None while an argument in it has no value."""
        node = self._metric.get(name)
        if not node.there:
            return default
        if isinstance(node.value, str):
            text = resolve(node.value, self._arguments)
            return None if text is None else int_value(text)
        return int_value(node.value)


def check_metric(metric: Node, place: int, arguments: Arguments) -> None:
    """All that Argo refuses in one metric; what hangs on an argument without a value is left out."""
    field = Field(metric, arguments)
    for name, message in (*_wrong_limits(field), *_wrong_times(field), *_wrong_provider(metric)):
        at = metric.get(name)
        at.problem(f"metrics[{place}]: {message}", path=argo_path(at))


def _wrong_limits(field: Field) -> list[tuple[str, str]]:
    count, failures = field.number("count"), field.number("failureLimit")
    inconclusive, successes = field.number("inconclusiveLimit"), field.number("consecutiveSuccessLimit")
    wrong = []
    if failures is not None and failures < -1:
        wrong.append(("failureLimit", "failureLimit must be >= 0, or -1 to be disabled"))
    bounded = ("inconclusiveLimit", "consecutiveErrorLimit", "consecutiveSuccessLimit")
    wrong += [(name, f"{name} must be >= 0") for name in bounded if (field.number(name) or 0) < 0]
    if failures is not None and failures < 0 and successes == 0:
        wrong.append(("failureLimit", "failureLimit and consecutiveSuccessLimit cannot both be disabled"))
    if count is not None and count > 0:
        if failures is not None and successes is not None:
            wrong += _wrong_count(count, failures, successes)
        if inconclusive is not None and count < inconclusive:
            wrong.append(("count", "count must be >= inconclusiveLimit"))
    return wrong


def _wrong_count(count: int, failures: int, successes: int) -> list[tuple[str, str]]:
    if failures >= 0 and successes >= 0 and count < failures + successes:
        sums = f"count ({count}) must be >= failureLimit + consecutiveSuccessLimit ({failures} + {successes})"
        return [("count", f"{sums} if both >= 0")]
    if failures < 0 and count < successes:
        return [("count", "count must be >= consecutiveSuccessLimit")]
    return []


def _wrong_times(field: Field) -> list[tuple[str, str]]:
    wrong = []
    count = field.number("count")
    if count is not None and count > 1 and field.text("interval") == "":
        wrong.append(("count", "interval must be specified when count > 1"))
    for name, called in (("interval", "interval"), ("initialDelay", "startDelay")):
        text = field.text(name)
        try:
            if text:
                parse_go_duration(text)
        except ValueError as error:
            wrong.append((name, f"invalid {called} string: {error}"))
    return wrong


def _wrong_provider(metric: Node) -> list[tuple[str, str]]:
    provider = metric.get("provider")
    if provider.there and not isinstance(provider.value, dict):
        return []
    found = [name for name in PROVIDERS if provider.has(name)]
    if len(found) == 1:
        return []
    return [("provider", "multiple providers specified" if found else "no provider specified")]


def unknown_arguments(metric: Node, declared: Arguments) -> list[str]:
    """The arguments that a metric's texts ask for and its template does not declare."""
    return [name for text in _texts(metric.value) for name in names_in(text) if name not in declared]


def _texts(value: object) -> list[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def read_metric(metric: Node, arguments: Arguments) -> Metric | None:
    """What a metric means; None where it could not be read (the mistake is kept elsewhere)."""
    field = Field(metric, arguments)
    count, failures, errors = (
        field.number("count"),
        field.number("failureLimit"),
        field.number("consecutiveErrorLimit", _DEFAULT_ERRORS),
    )
    inconclusive, successes = field.number("inconclusiveLimit"), field.number("consecutiveSuccessLimit")
    if count is None or failures is None or inconclusive is None or successes is None or errors is None:
        return None
    interval = _seconds(field, "interval")
    provider = next((name for name in PROVIDERS if metric.get("provider").has(name)), "")
    return Metric(
        node=metric,
        name=words(metric.get("name")),
        interval=interval,
        delay=_seconds(field, "initialDelay") or Fraction(0),
        count=_effective_count(count, interval),
        success=field.text("successCondition") or "",
        failure=field.text("failureCondition") or "",
        failure_limit=failures,
        inconclusive_limit=inconclusive,
        error_limit=errors,
        success_limit=successes,
        provider=provider,
        query=resolve(words(metric.get("provider").get(provider).get("query")), arguments) or "",
    )


def _effective_count(count: int, interval: Fraction | None) -> int:
    """Without an interval a metric is measured once; with one and no count, for ever."""
    if count == 0:
        return 1 if interval is None else 0
    return max(count, 1)  # Argo ends one with a negative count after its first measurement


def _seconds(field: Field, name: str) -> Fraction | None:
    text = field.text(name)
    try:
        return max(parse_go_duration(text), Fraction(0)) if text else None
    except ValueError:
        return None
