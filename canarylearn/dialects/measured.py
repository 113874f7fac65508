"""What a tool's metric measures, in the engine's words: told by its name and its query."""

import re
from dataclasses import dataclass

_QUANTILES = {"50": "p50", "95": "p95", "99": "p99", "5": "p50"}
_QUANTILE = re.compile(
    r"(?:histogram_quantile\s*\(\s*0?\.(\d{1,2})\b|(?<![a-z0-9])p(50|95|99)(?![0-9])|quantile=.?0?\.(\d{1,2})\b)"
)
_PERCENT = re.compile(r"\*\s*100\b")
_MILLISECONDS = re.compile(r"(?:_|\b)(?:ms|milliseconds)\b|\*\s*1000\b")
_TIMES = re.compile(r"latency|duration|response.?time")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One of the engine's metrics, and how many of the tool's units one of the engine's is (100 for percent)."""

    metric: str
    scale: float = 1.0


def measured_by(name: str, query: str = "") -> Measured | None:
    """What a metric of that name and query measures; None when neither says so."""
    words = f"{name} {query}".lower().replace("-", "_")
    quantile = _QUANTILE.search(words)
    if quantile and _TIMES.search(words):
        metric = _QUANTILES.get(next(group for group in quantile.groups() if group))
        return Measured(metric=metric, scale=1000.0 if _MILLISECONDS.search(words) else 1.0) if metric else None
    for word, metric in _RATES.items():
        if word in name.lower().replace("-", "_"):
            return Measured(metric=metric, scale=100.0 if _PERCENT.search(words) else 1.0)
    return None


_RATES = {"success": "success_rate", "error": "error_rate", "failure": "error_rate", "accuracy": "accuracy"}

_QUERIES = {
    "success_rate": 'sum(rate(requests_total{{service="{service}",code!~"5.."}}[{window}]))'
    ' / sum(rate(requests_total{{service="{service}"}}[{window}]))',
    "error_rate": 'sum(rate(requests_total{{service="{service}",code=~"5.."}}[{window}]))'
    ' / sum(rate(requests_total{{service="{service}"}}[{window}]))',
    "accuracy": 'sum(rate(predictions_right_total{{service="{service}"}}[{window}]))'
    ' / sum(rate(predictions_labelled_total{{service="{service}"}}[{window}]))',
}


def query_for(metric: str, *, service: str = "canary", window: str = "1m") -> str | None:
    """A Prometheus query for one of the engine's metrics; None for those that no query is written for."""
    if metric in _QUERIES:
        return _QUERIES[metric].format(service=service, window=window)
    if metric in ("p50", "p95", "p99"):
        buckets = f'sum(rate(request_duration_seconds_bucket{{service="{service}"}}[{window}])) by (le)'
        return f"histogram_quantile(0.{metric[1:]}, {buckets})"
    return None
