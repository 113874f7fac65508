"""An analysis run: several checks, each measured when it is due, until one of them is bad or all are finished."""

import math
from dataclasses import dataclass, field

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.checks import Check
from canarylearn.engine.counting import UNFINISHED, Counters, verdict, worst
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import say_latency, say_share

_BAD = (State.FAILED, State.ERROR, State.INCONCLUSIVE)
_RETRY = 10.0
"""Seconds after which a measurement that was an error is tried again, whatever the check's interval."""


@dataclass(kw_only=True)
class _Watched:
    """One check under way: `due` is when it is measured next, in seconds from the start of the release."""

    check: Check
    due: float
    counters: Counters = field(default_factory=Counters)
    analysis: Analysis = field(default_factory=lambda: Analysis(state=State.PENDING))
    last: float = math.nan

    def look(self, now: float, arms: dict[str, ArmMetrics]) -> None:
        """Measure, if it is time and the check is not finished."""
        if self.analysis.state not in UNFINISHED or now < self.due - 1e-6:
            return
        arm = arms[self.check.arm]
        self.last = math.nan if arm.missing else arm.value(self.check.metric)
        state = self.check.measure(arm)
        self.counters = self.counters.add(state)
        self.analysis = verdict(self.check, self.counters)
        self.due = now + (_RETRY if state is State.ERROR else self.check.interval or 0.0)

    def end(self) -> None:
        """End a check whose run is being ended."""
        if self.analysis.state in UNFINISHED:
            self.analysis = verdict(self.check, self.counters, terminating=True)


class AnalysisRun:
    """The checks of one step, or of the background, from the moment they began."""

    def __init__(self) -> None:
        self._watched: list[_Watched] = []

    def add(self, check: Check, now: float) -> None:
        """Watch one more check from now on."""
        self._watched.append(_Watched(check=check, due=now + check.delay))

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, in the order they were added."""
        return tuple(watched.check for watched in self._watched)

    def __bool__(self) -> bool:
        return bool(self._watched)

    def look(self, now: float, canary: ArmMetrics, baseline: ArmMetrics) -> Analysis:
        """Measure what is due, and say where the run stands. One bad check ends its siblings."""
        for watched in self._watched:
            watched.look(now, {"canary": canary, "baseline": baseline})
        if any(watched.analysis.state in _BAD for watched in self._counting()):
            for watched in self._watched:
                watched.end()
        return self.state()

    def state(self) -> Analysis:
        """Where the run stands; a bad one with the reason and numbers of the check that decided.

        It is under way until every check is finished, those of a dry run too, which never decide anything.
        """
        counting = self._counting()
        unfinished = (watched.analysis.state for watched in self._watched if watched.analysis.state in UNFINISHED)
        state = worst([*unfinished, *(watched.analysis.state for watched in counting)])
        deciding = next((watched for watched in counting if watched.analysis.state is state and state in _BAD), None)
        if deciding is None:
            return Analysis(state=state, numbers=self._numbers())
        return Analysis(state=state, reason=_reason(deciding), numbers=self._numbers())

    @property
    def measured(self) -> bool:
        """Whether each check that counts was measured at least once without an error."""
        return all(watched.counters.count for watched in self._counting())

    def end(self) -> Analysis:
        """End the run now: what is unfinished and not bad is successful, if it was measured at all."""
        for watched in self._watched:
            watched.end()
        if not self.measured and self.state().state is State.SUCCESSFUL:
            return Analysis(state=State.INCONCLUSIVE, reason="a check had nothing to measure")
        return self.state()

    def _counting(self) -> list[_Watched]:
        return [watched for watched in self._watched if not watched.check.dry_run]

    def _numbers(self) -> dict[str, float]:
        return {watched.check.title: watched.last for watched in self._watched}


def _reason(watched: _Watched) -> str:
    check, state = watched.check, watched.analysis.state
    if state is State.ERROR:
        what = "had no data" if math.isnan(watched.last) else f"could not be judged by {check.condition.say()}"
        return f"{check.title}: {watched.counters.consecutive_error} measurements in a row {what}"
    seen = say_metric(check.metric, watched.last)
    if state is State.INCONCLUSIVE and watched.counters.inconclusive <= check.inconclusive_limit:
        return f"{check.title}: {watched.analysis.reason}"
    limit = check.condition.limit
    asked = f"the limit is {say_metric(check.metric, limit)}" if limit is not None else check.condition.say()
    often = f" ({watched.counters.failed} failed measurements)" if watched.counters.failed > 1 else ""
    return f"{check.arm} {check.title} was {seen}; {asked}{often}"


def say_metric(metric: str, value: float) -> str:
    """A metric's value with its unit."""
    if math.isnan(value):
        return "no data"
    if metric in ("p50", "p95", "p99"):
        return say_latency(value)
    if metric == "drift":
        return f"{value:.3f}"
    return f"{value:,.0f}" if metric in ("requests", "users") else say_share(value)
