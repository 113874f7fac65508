"""Where a metric's numbers come from: which of the engine's metrics, of which arm, in which unit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.dialects.measured import measured_by, query_for
from canarylearn.engine.checks import Arm
from canarylearn.engine.metrics import METRICS

_BASELINE = re.compile(r"(?:\b|_)(?:stable|baseline)(?:\b|_)")
_CANARY = re.compile(r"(?:\b|_)(?:canary|latest)(?:\b|_)")
SERVICES: Mapping[Arm, str] = {"canary": "canary", "baseline": "stable"}
"""The service that a query of ours asks for each arm."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One of the engine's metrics, of one arm; `scale` is how many of the tool's units one of the engine's is."""

    metric: str
    arm: Arm = "canary"
    scale: float = 1.0


def source_of(name: str, query: str, measures: Mapping[str, str]) -> Source | None:
    """What a metric measures; None where neither its name nor its query says so, or it compares both arms."""
    if query in _WRITTEN:
        return _WRITTEN[query]
    words = f"{name} {query}".lower()
    both = bool(_BASELINE.search(words)) and bool(_CANARY.search(words))
    told = measures.get(name)
    measured = measured_by(name, query)
    scale = measured.scale if measured is not None else 1.0
    arm: Arm = "baseline" if _BASELINE.search(words) and not both else "canary"
    if told is not None:
        return Source(metric=told, arm=arm, scale=scale)
    if measured is None or both:
        return None
    return Source(metric=measured.metric, arm=arm, scale=scale)


_SCALES = (1.0, 100.0, 1000.0)


def written_query(source: Source, *, vector: bool) -> str | None:
    """The Prometheus query that rendering writes for a source; None where there is none."""
    query = query_for(source.metric, service=SERVICES[source.arm])
    if query is None or source.scale not in _SCALES:
        return None
    scaled = query if source.scale == 1 else f"{query} * {source.scale:g}"
    return scaled if vector else f"scalar({scaled})"


_WRITTEN = {
    query: source
    for metric in METRICS
    for arm in SERVICES
    for scale in _SCALES
    for vector in (True, False)
    if (query := written_query(source := Source(metric=metric, arm=arm, scale=scale), vector=vector)) is not None
}
"""The queries that rendering writes, so that they are known again whatever their metric is called."""
