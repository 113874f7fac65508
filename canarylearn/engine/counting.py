"""Counting measurements: when a check has failed, is inconclusive, has erred or has succeeded.

The rules are Argo Rollouts' (analysis/analysis.go): failed and inconclusive measurements are cumulative, only errors
count in a row, and every limit is passed by strictly more than it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.checks import Check


@dataclass(frozen=True, kw_only=True)
class Counters:
    """The measurements of one check so far. `count` leaves errors out: they are repeated, not used up."""

    count: int = 0
    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    error: int = 0
    consecutive_error: int = 0
    consecutive_success: int = 0

    def add(self, state: State) -> "Counters":
        """The counters after one more measurement."""
        if state is State.ERROR:
            return replace(
                self, error=self.error + 1, consecutive_error=self.consecutive_error + 1, consecutive_success=0
            )
        good = state is State.SUCCESSFUL
        return replace(
            self,
            count=self.count + 1,
            successful=self.successful + good,
            failed=self.failed + (state is State.FAILED),
            inconclusive=self.inconclusive + (state is State.INCONCLUSIVE),
            consecutive_error=0,
            consecutive_success=self.consecutive_success + 1 if good else 0,
        )


def verdict(check: Check, counters: Counters, *, terminating: bool = False, in_flight: bool = False) -> Analysis:
    """Where a check stands after its last measurement; `terminating` when its run is being ended.

    While a measurement is `in_flight` nothing is decided, not even by the end of the run.
    """
    if in_flight:
        return Analysis(state=State.RUNNING)
    if not (counters.count or counters.error or counters.failed or counters.inconclusive or counters.consecutive_error):
        return Analysis(state=State.SUCCESSFUL if terminating else State.PENDING)
    if (passed := _limit_passed(check, counters)) is not None:
        return passed
    streak = check.consecutive_success_limit
    if streak and counters.consecutive_success >= streak:
        return Analysis(state=State.SUCCESSFUL, reason=f"{streak} measurements in a row were successful")
    if check.count and counters.count >= check.count:
        return _at_full_count(check)
    return Analysis(state=State.SUCCESSFUL if terminating else State.RUNNING)


def _limit_passed(check: Check, counters: Counters) -> Analysis | None:
    """The last of the passed limits decides: errors over inconclusive over failed."""
    found = None
    if 0 <= check.failure_limit < counters.failed:
        reason = f"failed ({counters.failed}) > failureLimit ({check.failure_limit})"
        found = Analysis(state=State.FAILED, reason=reason)
    if counters.inconclusive > check.inconclusive_limit:
        reason = f"inconclusive ({counters.inconclusive}) > inconclusiveLimit ({check.inconclusive_limit})"
        found = Analysis(state=State.INCONCLUSIVE, reason=reason)
    if counters.consecutive_error > check.consecutive_error_limit:
        limit = check.consecutive_error_limit
        reason = f"consecutiveErrors ({counters.consecutive_error}) > consecutiveErrorLimit ({limit})"
        found = Analysis(state=State.ERROR, reason=reason)
    return found


def _at_full_count(check: Check) -> Analysis:
    """All measurements are in, and no limit was passed: what that means depends on which rules apply."""
    can_fail, streak = check.failure_limit >= 0, check.consecutive_success_limit
    if can_fail and streak:
        reason = f"neither more than {check.failure_limit} failures nor {streak} successes in a row"
        return Analysis(state=State.INCONCLUSIVE, reason=reason)
    if streak:
        return Analysis(state=State.FAILED, reason=f"never {streak} successes in a row")
    return Analysis(state=State.SUCCESSFUL, reason="no limit was passed")


_WORST_LAST = (State.SUCCESSFUL, State.RUNNING, State.PENDING, State.INCONCLUSIVE, State.ERROR, State.FAILED)
UNFINISHED = (State.RUNNING, State.PENDING)


def worst(states: Iterable[State]) -> State:
    """The state of a whole run: running while any check is unfinished, else the worst; successful without any."""
    found = list(states)
    if any(state in UNFINISHED for state in found):
        return State.RUNNING
    return max(found, key=_WORST_LAST.index, default=State.SUCCESSFUL)
