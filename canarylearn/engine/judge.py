"""The comparative judge: canary against baseline, valid at any number of looks.

FAIL may be said at any look (an e-process, so looking often costs nothing); PASS only once, at the planned end (a
test of non-inferiority); a broken split or missing data are judgements of their own, and all else is inconclusive.
"""

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.burn import burn_rate, burns_in_both
from canarylearn.engine.evidence import EVENTS, Evidence, Guard, Policy
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import BUCKETS, say_count, say_share
from canarylearn.engine.statistics import log_e_sample_ratio
from canarylearn.engine.tally import Tally

_WORDS = {"errors": "failed", "slow": "were too slow", "wrong": "were predicted wrong"}
_SAMPLE_RATIO_ALPHA = 0.001
_LEAST_UNITS = 1000
_LEAST_MEASURED = 0.5
_FIVE_MINUTES = 300.0


class Judgement(StrEnum):
    """What the judge says. INVALID and NODATA withhold a PASS; only FAIL fails a canary."""

    UNDECIDED = "undecided"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NODATA = "nodata"
    INVALID = "invalid"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class Judged(Analysis):
    """An analysis by the judge: its judgement beside the state, the reason and the numbers."""

    judgement: Judgement


_ALLOWED: dict[Judgement, tuple[Policy, ...]] = {
    Judgement.INCONCLUSIVE: ("hold", "extend", "promote", "roll_back"),
    Judgement.NODATA: ("extend", "roll_back"),
    Judgement.INVALID: ("roll_back",),
}


class Judge:
    """Evidence gathered interval by interval, under settings frozen before the first look."""

    def __init__(self, evidence: Evidence, interval: float = _FIVE_MINUTES) -> None:
        self._evidence = evidence
        self._tallies = {event: Tally(evidence.allowed_ratio) for event in EVENTS}
        self._users = [0, 0]
        self._weight: int | None = None
        self._looks = self._measured = 0
        self._guard = _Watchman(evidence.guard, interval) if evidence.guard else None

    def observe(self, weight: int, canary: ArmMetrics, baseline: ArmMetrics) -> Judged:
        """Take one interval in and look: FAILED as soon as the evidence allows, otherwise RUNNING."""
        if weight != self._weight:
            self._weight, self._users, self._looks, self._measured = weight, [0, 0], 0, 0
        self._looks += 1
        for event, tally in self._tallies.items():
            tally.begin(_weight_of(event, weight, canary, baseline))
        if canary.missing or baseline.missing:
            # An interval counts for both arms or for neither: what lacks one side may differ from the rest.
            return _running(Judgement.NODATA, "the metrics of this interval are missing")
        self._measured += 1
        self._count((canary, baseline))
        if self._guard and self._guard.burns(canary):
            return _failed(self._guard.reason(baseline), self._guard.numbers)
        if not self._main.comparable:
            return _running(Judgement.NODATA, _missing(self._main))
        return self._compare()

    def conclude(self) -> Judged:
        """The one look at the planned end: SUCCESSFUL or INCONCLUSIVE, with the reason.

        Where the policy is to extend once there may be two such looks, so each gets half of alpha.
        """
        evidence, main = self._evidence, self._main
        critical = {event: self._tallies[event] for event in evidence.critical}
        if self._looks and self._measured <= _LEAST_MEASURED * self._looks:
            reason = f"the metrics of {self._looks - self._measured} of {self._looks} intervals are missing"
            return _withheld(Judgement.NODATA, reason)
        if not main.comparable:
            return _withheld(Judgement.NODATA, _missing(main))
        if main.units[0] < evidence.min_canary:
            return _withheld(Judgement.INCONCLUSIVE, _too_few(main.units[0], evidence.min_canary))
        if self._split_is_off():
            reason = "users did not split as the weight says; the arms cannot be compared"
            return _withheld(Judgement.INVALID, reason)
        for event, tally in critical.items():
            if tally.weight != self._weight or (event == "wrong" and tally.units[0] < evidence.min_canary):
                return _withheld(Judgement.INCONCLUSIVE, _too_young(tally, self._weight, evidence.min_canary))
        if signal := self._signal():
            reason = f"{_rates(self._tallies[signal], signal)}; that is a signal for a person to look at"
            return _withheld(Judgement.INCONCLUSIVE, reason, {"log_e": self._tallies[signal].log_e})
        alpha = evidence.alpha_pass / (2 if evidence.inconclusive == "extend" else 1)
        doubts = {event: tally.not_worse(evidence.margin) for event, tally in critical.items()}
        worst = max(doubts, key=lambda event: doubts[event])
        numbers = {"p": doubts[worst], "alpha": alpha}
        if doubts[worst] < alpha:
            reason = _rates(critical[worst], worst)
            return Judged(state=State.SUCCESSFUL, judgement=Judgement.PASS, reason=reason, numbers=numbers)
        reason = f"{_rates(critical[worst], worst)}; too close to call within {say_share(evidence.margin)}"
        return _withheld(Judgement.INCONCLUSIVE, reason, numbers)

    def policy(self, judged: Analysis) -> Policy:
        """What to do after the planned end: the policy of the settings, unless that would pass what was never judged.

        More time helps missing data and never a broken split; nothing is promoted without a comparison.
        """
        if not isinstance(judged, Judged):
            return "hold"
        chosen = self._evidence.inconclusive
        return chosen if chosen in _ALLOWED.get(judged.judgement, ()) else "hold"

    @property
    def _main(self) -> Tally:
        """The tally of failures: every request is counted there at once."""
        return self._tallies["errors"]

    def _count(self, arms: tuple[ArmMetrics, ArmMetrics]) -> None:
        for side, arm in enumerate(arms):
            # Whoever comes back was not split again: a user counts once, or a few users look like strong evidence.
            self._users[side] = max(self._users[side], arm.users_at_weight)
            for event, tally in self._tallies.items():
                late = event == "wrong" and arm.matured is not None
                tally.add(side, getattr(arm, event), arm.labelled if late else arm.requests)

    def _compare(self) -> Judged:
        critical = self._evidence.critical
        worst = max(critical, key=lambda event: self._tallies[event].log_e)
        tally = self._tallies[worst]
        numbers = {"log_e": tally.log_e, "threshold": self._threshold}
        reason = _rates(tally if tally.comparable else self._main, worst if tally.comparable else "errors")
        if tally.log_e >= self._threshold:
            return _failed(reason, numbers)
        return _running(Judgement.INVALID if self._split_is_off() else Judgement.UNDECIDED, reason, numbers)

    @property
    def _threshold(self) -> float:
        return math.log(len(self._evidence.critical) / self._evidence.alpha_fail)

    def _signal(self) -> str | None:
        """The first event that is not critical and would have failed the canary if it were."""
        signals = [event for event in EVENTS if event not in self._evidence.critical]
        return next(
            (
                event
                for event in signals
                if self._tallies[event].comparable and self._tallies[event].log_e >= self._threshold
            ),
            None,
        )

    def _split_is_off(self) -> bool:
        weight = self._weight or 0
        if sum(self._users) < _LEAST_UNITS or not 0 < weight < BUCKETS:
            return False
        log_e = log_e_sample_ratio(
            canary_units=self._users[0], baseline_units=self._users[1], canary_share=weight / BUCKETS
        )
        return log_e > -math.log(_SAMPLE_RATIO_ALPHA)


class _Watchman:
    """The guard at work: the canary's failures in a long and in a short window of intervals."""

    def __init__(self, guard: Guard, interval: float) -> None:
        self._guard = guard
        self._short = max(1, round(guard.short_window / interval))
        self._seen: deque[tuple[int, int]] = deque(maxlen=max(self._short, round(guard.long_window / interval)))

    def burns(self, canary: ArmMetrics) -> bool:
        """Take one interval in: whether both windows burn too fast."""
        if canary.requests:
            self._seen.append((canary.errors, canary.requests))
        long, short = self._windows
        return bool(canary.requests) and burns_in_both(
            long=long,
            short=short,
            objective=self._guard.objective,
            burn=self._guard.burn_rate,
            least_events=self._guard.min_events,
        )

    def reason(self, baseline: ArmMetrics) -> str:
        """The alarm in words; the baseline's own rate says whether the canary is to blame for it."""
        events, requests = self._windows[0]
        said = f"{say_share(events / requests)} of canary requests failed"
        times = f"{burn_rate(events / requests, self._guard.objective):.1f} times as fast as its budget allows"
        others = f", and {say_share(baseline.error_rate)} of baseline requests" if baseline.requests else ""
        return f"{said}{others}: {times}"

    @property
    def numbers(self) -> dict[str, float]:
        """The burn rates of both windows, and the events behind the long one."""
        long, short = self._windows
        rates = [burn_rate(events / requests, self._guard.objective) for events, requests in (long, short)]
        return {"burn_long": rates[0], "burn_short": rates[1], "events": long[0], "threshold": self._guard.burn_rate}

    @property
    def _windows(self) -> tuple[tuple[int, int], tuple[int, int]]:
        seen = list(self._seen)
        long, short = ((sum(e for e, _ in part), sum(n for _, n in part)) for part in (seen, seen[-self._short :]))
        return long, short


def _weight_of(event: str, weight: int, canary: ArmMetrics, baseline: ArmMetrics) -> int:
    """The weight at which what is now known of an event happened: labels may be of an earlier one."""
    then = canary.matured_at if canary.matured_at is not None else baseline.matured_at
    return then if event == "wrong" and then is not None else weight


def _running(judgement: Judgement, reason: str, numbers: dict[str, float] | None = None) -> Judged:
    return Judged(state=State.RUNNING, judgement=judgement, reason=reason, numbers=numbers or {})


def _failed(reason: str, numbers: dict[str, float]) -> Judged:
    return Judged(state=State.FAILED, judgement=Judgement.FAIL, reason=reason, numbers=numbers)


def _withheld(judgement: Judgement, reason: str, numbers: dict[str, float] | None = None) -> Judged:
    return Judged(state=State.INCONCLUSIVE, judgement=judgement, reason=reason, numbers=numbers or {})


def _missing(tally: Tally) -> str:
    if not tally.units[0]:
        return "no request reached the canary, so there is no evidence"
    return "no request reached the baseline, so there is nothing to compare the canary with"


def _too_few(reached: int, needed: int) -> str:
    return f"{say_count(reached)} requests reached the canary; a decision needs {say_count(needed)}"


def _too_young(tally: Tally, weight: int | None, needed: int) -> str:
    known = tally.units[0] if tally.weight == weight else 0
    return f"{say_count(known)} labels of the canary's predictions have come in; a decision needs {say_count(needed)}"


def _rates(tally: Tally, event: str) -> str:
    rates = [say_share(tally.rate(side)) for side in (0, 1)]
    return f"{rates[0]} of canary requests {_WORDS[event]}, and {rates[1]} of baseline requests"
