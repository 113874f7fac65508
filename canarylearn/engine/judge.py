"""The comparative judge: canary against baseline, valid at any number of looks.

FAIL may be said at any look (an e-process, so looking often costs nothing); PASS only once, at the planned end (a
test of non-inferiority); a broken split or missing data are answers of their own, and all else is inconclusive.
"""

import math
from dataclasses import dataclass, field

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import BUCKETS, say_count, say_share
from canarylearn.engine.scenario import Evidence
from canarylearn.engine.statistics import log_e_sample_ratio, log_e_value, not_worse_p_value

EVENTS = ("errors", "slow", "wrong")
"""What the judge counts on each request, all critical: failed, slower than patience, predicted wrong."""

_WORDS = {"errors": "failed", "slow": "were too slow", "wrong": "were predicted wrong"}
_SAMPLE_RATIO_ALPHA = 0.001
_LEAST_UNITS = 1000


@dataclass(kw_only=True)
class _Stage:
    """Counts while the weight stays the same; arms are only ever pooled within a stage (Simpson's paradox)."""

    weight: int
    requests: list[int] = field(default_factory=lambda: [0, 0])
    users: list[int] = field(default_factory=lambda: [0, 0])
    events: dict[str, list[int]] = field(default_factory=lambda: {event: [0, 0] for event in EVENTS})

    def add(self, arms: tuple[ArmMetrics, ArmMetrics]) -> None:
        for side, arm in enumerate(arms):
            self.requests[side] += arm.requests
            # Whoever comes back was not split again: a user counts once, or a few users look like strong evidence.
            self.users[side] = max(self.users[side], arm.users_at_weight)
            for event in EVENTS:
                self.events[event][side] += getattr(arm, event)

    def log_e(self, event: str) -> float:
        """Evidence against the canary. The share is that of requests, so uneven users cannot bias it."""
        canary, baseline = self.events[event]
        share = self.requests[0] / sum(self.requests)
        return log_e_value(canary_events=canary, baseline_events=baseline, canary_share=share)

    def comparable(self) -> bool:
        return min(self.requests) > 0

    def not_worse(self, event: str, margin: float) -> float:
        canary, baseline = self.events[event]
        return not_worse_p_value(
            canary_events=canary,
            canary_requests=self.requests[0],
            baseline_events=baseline,
            baseline_requests=self.requests[1],
            margin=margin,
        )


class Judge:
    """Evidence gathered interval by interval, under settings frozen before the first look."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._past_log_e = dict.fromkeys(EVENTS, 0.0)
        self._stage: _Stage | None = None

    def observe(self, weight: int, canary: ArmMetrics, baseline: ArmMetrics) -> Analysis:
        """Take one interval in and look: FAILED as soon as the evidence allows, otherwise RUNNING."""
        stage = self._at(weight)
        stage.add((canary, baseline))
        if not stage.comparable():
            return Analysis(state=State.RUNNING, reason=_missing(stage))
        worst = max(EVENTS, key=self._log_e)
        log_e = self._log_e(worst)
        threshold = math.log(len(EVENTS) / self._evidence.alpha_fail)
        state = State.FAILED if log_e >= threshold else State.RUNNING
        return Analysis(state=state, reason=_compare(stage, worst), numbers={"log_e": log_e, "threshold": threshold})

    def conclude(self) -> Analysis:
        """The one look at the planned end: SUCCESSFUL or INCONCLUSIVE, with the reason."""
        stage = self._stage
        if stage is None or not stage.comparable():
            return Analysis(state=State.INCONCLUSIVE, reason=_missing(stage))
        if stage.requests[0] < self._evidence.min_canary:
            return Analysis(state=State.INCONCLUSIVE, reason=_too_few(stage, self._evidence.min_canary))
        if _split_is_off(stage):
            return Analysis(
                state=State.INCONCLUSIVE,
                reason="users did not split as the weight says; the arms cannot be compared",
            )
        doubts = {event: stage.not_worse(event, self._evidence.margin) for event in EVENTS}
        worst = max(doubts, key=lambda event: doubts[event])
        if doubts[worst] < self._evidence.alpha_pass:
            return Analysis(state=State.SUCCESSFUL, reason=_compare(stage, worst), numbers={"p": doubts[worst]})
        reason = f"{_compare(stage, worst)}; too close to call within {say_share(self._evidence.margin)}"
        return Analysis(state=State.INCONCLUSIVE, reason=reason, numbers={"p": doubts[worst]})

    def _at(self, weight: int) -> _Stage:
        if self._stage is not None and self._stage.weight == weight:
            return self._stage
        if self._stage is not None and self._stage.comparable():
            # Each stage's e-value starts afresh at 1, so their product is one too.
            self._past_log_e = {event: self._log_e(event) for event in EVENTS}
        self._stage = _Stage(weight=weight)
        return self._stage

    def _log_e(self, event: str) -> float:
        assert self._stage is not None  # only asked after an interval was taken in
        return self._past_log_e[event] + self._stage.log_e(event)


def _split_is_off(stage: _Stage) -> bool:
    if sum(stage.users) < _LEAST_UNITS or not 0 < stage.weight < BUCKETS:
        return False
    log_e = log_e_sample_ratio(
        canary_units=stage.users[0], baseline_units=stage.users[1], canary_share=stage.weight / BUCKETS
    )
    return log_e > -math.log(_SAMPLE_RATIO_ALPHA)


def _missing(stage: _Stage | None) -> str:
    if stage is None or not stage.requests[0]:
        return "no request reached the canary, so there is no evidence"
    return "no request reached the baseline, so there is nothing to compare the canary with"


def _too_few(stage: _Stage, needed: int) -> str:
    reached = say_count(stage.requests[0])
    return f"{reached} requests reached the canary; a decision needs {say_count(needed)}"


def _compare(stage: _Stage, event: str) -> str:
    rates = [say_share(stage.events[event][side] / stage.requests[side]) for side in (0, 1)]
    return f"{rates[0]} of canary requests {_WORDS[event]}, and {rates[1]} of baseline requests"
