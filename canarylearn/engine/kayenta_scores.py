"""Kayenta's scores: many classified metrics, put into groups, weighted, and held against two thresholds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from canarylearn.engine.kayenta import Label

_MOST_NODATA = 0.5


class ScoreVerdict(StrEnum):
    """What the score says of the canary."""

    PASS = "Pass"  # noqa: S105
    MARGINAL = "Marginal"
    FAIL = "Fail"


@dataclass(frozen=True, kw_only=True)
class ScoredMetric:
    """A classified metric: its label, its groups, whether it fails the whole canary, and whether it only reports."""

    label: Label
    groups: tuple[str, ...]
    critical: bool = False
    muted: bool = False


@dataclass(frozen=True, kw_only=True)
class Score:
    """The summary score (0 to 100), the score of each group, and why the summary is what it is."""

    summary: float
    groups: Mapping[str, float]
    reason: str


def score(metrics: Sequence[ScoredMetric], weights: Mapping[str, float]) -> Score:
    """The weighted score. Groups without a weight share what is left of 100 equally.

    A critical metric that did not pass makes it 0, and so do metrics half of which or more have no data. A group of
    nothing but missing data counts as 100 in the sum, though it shows 0: only the rule of one half catches it.
    """
    counted = [metric for metric in metrics if not metric.muted]
    labels = _labels_by_group(counted)
    groups = {group: _group_score(found) for group, found in labels.items()}
    shown = {group: value or 0.0 for group, value in groups.items()}
    if any(metric.critical and metric.label is not Label.PASS for metric in counted):
        return Score(summary=0.0, groups=shown, reason="a critical metric did not pass")
    missing = sum(metric.label is Label.NODATA for metric in counted)
    if not counted or missing >= _MOST_NODATA * len(counted):
        return Score(summary=0.0, groups=shown, reason="half of the metrics or more have no data")
    unweighted = [group for group in groups if group not in weights]
    share = (100 - sum(weights.values())) / len(unweighted) if unweighted else 0.0
    summary = sum(
        (100.0 if value is None else value) * weights.get(group, share) / 100 for group, value in groups.items()
    )
    return Score(summary=round(summary, 2), groups=shown, reason="the weighted sum of the groups")


def verdict_of(summary: float, *, passes: float, marginal: float) -> ScoreVerdict:
    """The score beside its thresholds; each is reached when it is equalled."""
    if summary >= passes:
        return ScoreVerdict.PASS
    return ScoreVerdict.MARGINAL if summary >= marginal else ScoreVerdict.FAIL


def _labels_by_group(metrics: Sequence[ScoredMetric]) -> dict[str, list[Label]]:
    groups: dict[str, list[Label]] = {}
    for metric in metrics:
        for group in metric.groups:
            groups.setdefault(group, []).append(metric.label)
    return groups


def _group_score(labels: list[Label]) -> float | None:
    """The share of metrics that passed, in per cent; None when there are none with data."""
    counts = Counter(labels)
    judged = sum(counts[label] for label in (Label.PASS, Label.HIGH, Label.LOW, Label.NODATA_FAIL_METRIC))
    return 100 * counts[Label.PASS] / judged if judged else None
