"""The lookout: everything that watches a release, the comparative judge and the checks that were asked for."""

from canarylearn.engine.analysis import UNWATCHED, Analysis, State
from canarylearn.engine.checks import Check
from canarylearn.engine.evidence import Evidence
from canarylearn.engine.judge import Judge
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.watch import AnalysisRun

ALARMING = (State.FAILED, State.ERROR)
"""What a release is rolled back for."""


class Lookout:
    """What watches one release. While there are checks, they decide instead of the comparative judge.

    `background` are the checks that watch from when they were added, `in_step` those of the step under way; `checks`
    are all that were ever asked for, in the order they came. Times are seconds since the release began.
    """

    def __init__(self, evidence: Evidence, interval: float) -> None:
        self._evidence, self._interval = evidence, interval
        self._judge = Judge(evidence, interval)
        self.background = AnalysisRun()
        self.in_step = AnalysisRun()
        self.checks: list[Check] = []

    def forget(self) -> None:
        """Judge anew: what was seen of one revision is no evidence about another."""
        self._judge = Judge(self._evidence, self._interval)

    def watch(self, check: Check, now: float) -> None:
        """Watch one more check in the background."""
        self.background.add(check, now)
        self.checks.append(check)

    def know(self, checks: tuple[Check, ...]) -> None:
        """Keep in mind checks that whoever drives the release measures alone."""
        self.checks.extend(check for check in checks if check not in self.checks)

    def watch_anew(self, now: float) -> None:
        """Begin every check of the background again."""
        checks, self.background = self.background.checks, AnalysisRun()
        for check in checks:
            self.background.add(check, now)

    def begin_step(self, checks: tuple[Check, ...], now: float) -> None:
        """Watch these checks until the step ends."""
        self.in_step = AnalysisRun()
        for check in checks:
            self.in_step.add(check, now)
        self.checks.extend(checks)

    def end_step(self) -> None:
        """Watch the checks of the step no more."""
        self.in_step = AnalysisRun()

    def look(self, now: float, weight: int, canary: ArmMetrics, baseline: ArmMetrics) -> Analysis:
        """Take an interval that ends now in, and say where things stand: what is bad first."""
        judged = self._judge.observe(weight, canary, baseline)
        watched = [run.look(now, canary, baseline) for run in (self.in_step, self.background) if run]
        bad = next((analysis for analysis in watched if analysis.state in ALARMING), None)
        return bad or next(iter(watched), judged if not self.checks else UNWATCHED)

    def conclude(self) -> Analysis:
        """The last look at the planned end: of the checks in the background, and of the judge where there are none."""
        return self.background.end() if self.background else self._judge.conclude()

    def policy(self, verdict: Analysis) -> str:
        """What the scenario says to do when the last look gave this verdict; `hold` where it was a success."""
        return "hold" if verdict.state is State.SUCCESSFUL else self._judge.policy(verdict)
