"""The controller: what a rollout may do to a release that is under way in one world."""

import math
from contextlib import suppress
from typing import Protocol

from canarylearn.engine.analysis import Analysis, State
from canarylearn.engine.checks import Check
from canarylearn.engine.course import Course, ReleaseError, ReleaseOver
from canarylearn.engine.metrics import METRICS
from canarylearn.engine.outcome import Outcome, Phase
from canarylearn.engine.pods import split_pods
from canarylearn.engine.quantities import BUCKETS, NBSP, say_duration, say_weight
from canarylearn.engine.routing import bucket
from canarylearn.engine.watch import say_metric
from canarylearn.engine.world import World


class Rollout(Protocol):
    """Anything that can drive a release: a plan, or a script that was read."""

    def drive(self, release: "Release") -> None:
        """Act on the release until there is nothing more to say; raises ReleaseError for an impossible action."""


def run(rollout: Rollout, world: World, *, approve_after: float | None = None) -> Outcome:
    """Run a rollout in a world to its end. Same arguments, same outcome.

    Where the rollout waits for a person, one approves after `approve_after` seconds; None: nobody ever comes.
    """
    release = Release(world, approve_after=approve_after)
    with suppress(ReleaseOver):
        rollout.drive(release)
    return release.finish()


class Release(Course):
    """One release: what a rollout may do to it, and what it has seen so far.

    Actions raise ReleaseOver once the release is decided, and ReleaseError when they make no sense.
    """

    def __init__(self, world: World, *, approve_after: float | None = None) -> None:
        super().__init__(world)
        self._approve_after = approve_after
        self._asked_at: float | None = None
        self._concluded = False
        self._pods: tuple[int, int] | None = None

    def try_revision(self, name: str) -> None:
        """Put the named revision on trial (started anew if removed); the stable one is then compared with itself."""
        self._still_open()
        if name not in self.world.responses:
            known = " and ".join(repr(known) for known in self.world.responses)
            raise ReleaseError(f"there is no revision {name!r}; the revisions here are {known}")
        if name != self.candidate:
            self._lookout.forget()
        self._served.candidate = name
        if name == self._removed:
            self._removed = None
        if name == self.stable_name:
            new = self.world.scenario.canary.name
            self._note("note", f"{name} already serves everyone: it is compared with itself, and {new} is not tested")

    def set_weight(self, buckets: int) -> None:
        """Send this many of 10,000 buckets of users to the canary."""
        self._still_open()
        if not 0 <= buckets <= BUCKETS:
            raise ReleaseError(f"a weight of {say_weight(buckets)} is not possible; it goes from 0 to 100{NBSP}%")
        if not self.way_back and buckets < BUCKETS:
            raise ReleaseError(f"{self.stable_name} was removed, so {self.candidate} has to take all traffic")
        if buckets:
            self._still_running(self.candidate)
        reached = self._reachable(buckets)
        if reached != self.weight:
            asked = "" if reached == buckets else f" ({say_weight(buckets)} was asked for)"
            self._note("weight", f"{self.candidate} gets {say_weight(reached)}{asked}")
        self.weight = reached

    def mirror(self, buckets: int) -> None:
        """Send the candidate a copy of this many of 10,000 requests while nobody gets its answers."""
        self._still_open()
        if buckets != self._served.mirror:
            copies = f"copies of {say_weight(buckets)} of the requests" if buckets else "no copies any more"
            self._note("note", f"{self.candidate} gets {copies}")
        self._served.mirror = buckets

    def spread_over_pods(self, *, replicas: int, max_surge: int) -> None:
        """From now on a weight is what whole pods make of it (`split_pods`)."""
        self._still_open()
        self._pods = (replicas, max_surge)

    def add_check(self, check: Check) -> None:
        """Watch a metric from now on; while there are checks, they decide instead of the comparative judge."""
        self._still_open()
        self._lookout.watch(check, self.now)

    def analyse(self, checks: tuple[Check, ...]) -> None:
        """Let time pass until these checks are finished: roll back if one is bad, wait for a person if undecided."""
        self._still_open()
        self._lookout.begin_step(checks, self.now)
        while self._lookout.in_step.state().state is State.RUNNING and not self.decided:
            self._expect_time()
            self._advance(judged=False)
            self._pause_if_undecided()
        found = self._lookout.in_step.state()
        if found.state is State.INCONCLUSIVE and not self.decided:
            self.wait_for_person(f"paused, {found.reason}")
        self._lookout.end_step()

    def pause(self, seconds: float) -> None:
        """Let a pause of a plan pass, in whole intervals; the release is over if the window ends first.

        A pause ends early when undecided background checks call for a person and one approves.
        """
        self._still_open()
        enough = seconds <= self.time_left + 1e-6
        for _ in range(self._intervals_in(seconds)):
            self._advance(judged=False)
            if self.decided or self._pause_if_undecided():
                return
        if not enough:
            self._expect_time()

    def end_checks(self) -> None:
        """End the background checks with the plan, as Argo Rollouts does: what has not failed by now has succeeded."""
        self._still_open()
        self._pause_if_undecided()
        if self._lookout.background and not self._lookout.background.measured:
            self._note("note", "a background check ended without a measurement, and so counts as successful")

    def tick(self, checks: tuple[Check, ...], *, seconds: float | None = None) -> str:
        """Let `seconds` pass (one interval without) and measure each check once: the first that failed, or nothing.

        Raises ReleaseOver when the window has ended.
        """
        self._still_open()
        if self.time_left <= 0:
            self._concluded = True
            self._note("inconclusive", "the window ended before the checks had decided")
            raise ReleaseOver
        for _ in range(self._intervals_in(seconds) if seconds else 1):
            self._advance(judged=False)
        self._lookout.know(checks)
        last = self._trace[-1]
        for check in checks:
            arm = last.canary if check.arm == "canary" else last.baseline
            if check.measure(arm) is not State.SUCCESSFUL:
                return f"{check.title} was {say_metric(check.metric, arm.value(check.metric))}"
        return ""

    def wait_for_person(self, reason: str) -> None:
        """Wait until a person approves; if nobody does, the release stays as it is to the end of the window."""
        self._still_open()
        self._note("waiting", reason)
        if self._approve_after is not None and self._approve_after <= self.time_left:
            if self._approve_after:
                self.hold(self._approve_after)
            self._still_open()
            self._note("approved", f"a person approved after {say_duration(self._approve_after)}")
            return
        self._concluded = True
        while self.time_left > 0 and not self.decided:
            self._advance(judged=False)
        raise ReleaseOver

    def ask(self, reason: str) -> None:
        """Ask for a person, once, and go on meanwhile: `answered` says whether one has approved."""
        self._still_open()
        if self._asked_at is None:
            self._asked_at = self.now
            self._note("waiting", reason)

    @property
    def answered(self) -> bool:
        """Whether a person who was asked for has approved by now."""
        if self._asked_at is None or self._approve_after is None:
            return False
        return self.now >= self._asked_at + self._approve_after

    def withdraw(self) -> None:
        """Ask for nobody any more, so that the next question is a new one."""
        self._asked_at = None

    def hold(self, seconds: float, *, judged: bool = False) -> None:
        """Let whole intervals pass, at least one, until `seconds` are over or the window ends.

        A check that fails rolls back on the way, and so does the comparative judge if the hold is `judged`.
        """
        self._still_open()
        for _ in range(self._intervals_in(seconds)):
            self._advance(judged=judged)
            if self.decided:
                return

    def judge_for(self, seconds: float) -> None:
        """A judged hold with a decision at its end: promote if the judge (or every check) is satisfied by then.

        Where the judge is not, its policy may be to hold once more for the same time.
        """
        self.hold(seconds, judged=True)
        if self.world.scenario.evidence.inconclusive == "extend" and not self.decided and self.time_left > 0:
            verdict = self._last_look()
            if self._lookout.policy(verdict) == "extend":
                self._note("note", f"extended once: {verdict.reason}")
                self.hold(seconds, judged=True)
        if not self.decided:
            self._conclude()

    def promote(self) -> None:
        """Send everyone to the candidate for good."""
        self._still_open()
        self._still_running(self.candidate)
        self._decide(Phase.PROMOTED, BUCKETS, f"{self.candidate} promoted to everyone")
        self._full = self.now

    def roll_back(self, reason: str) -> None:
        """Send everyone back to the stable revision for good."""
        self._still_open()
        if not self.way_back:
            raise ReleaseError(f"{self.stable_name} was removed: there is nothing to roll back to")
        self._go_back(reason)

    def restart(self) -> None:
        """Restart the serving processes; weights, like all configuration, stay as they were."""
        self._still_open()
        self._note("restarted", f"restarted; {self.candidate} still gets {say_weight(self.weight)}")

    def remove(self, name: str) -> None:
        """Take a revision's replicas away; the other one has to serve everyone."""
        self._still_open()
        if name not in (self.stable_name, self.candidate):
            raise ReleaseError(
                f"there is no revision {name!r} to remove; {self.stable_name} and {self.candidate} are running"
            )
        self._still_running(name)
        if self._removed or self.candidate == self.stable_name:
            raise ReleaseError(f"{name} is the only revision left; without it nobody would be served")
        self._note("removed", f"{name} removed")
        self._removed = name
        self.weight = BUCKETS if name == self.stable_name else 0

    def route(self, user_id: int) -> str:
        """Where a user is sent now: 'canary' or 'stable'; the same user always goes the same way."""
        return "canary" if bucket(self.world.scenario.salt, user_id) < self.weight else "stable"

    def metric(self, arm: str, name: str) -> float:
        """A metric of 'canary' or 'baseline' in the last interval; NaN without requests or before any interval."""
        if arm not in ("canary", "baseline") or name not in METRICS:
            raise ReleaseError(f"{arm}.{name} is not measured; there are {', '.join(METRICS)}")
        if not self._trace:
            return math.nan
        last = self._trace[-1]
        return (last.canary if arm == "canary" else last.baseline).value(name)

    def finish(self) -> Outcome:
        """Judge what is left of the trial if nobody has decided, let the window run out, and say how it all went."""
        if not self.decided and not self._concluded and self.world.scenario.trial > self.now:
            self.judge_for(self.world.scenario.trial - self.now)
        if not self.decided and not self._concluded:
            self._note("inconclusive", "the trial ended without a decision")
        return self._outcome()

    def _expect_time(self) -> None:
        """A plan that is not done when the window ends stays undecided."""
        if self.time_left <= 0:
            self._concluded = True
            self._note("inconclusive", "the window ended before the plan did")
            raise ReleaseOver

    def _pause_if_undecided(self) -> bool:
        """Wait for a person if the background checks are inconclusive; they begin anew when one has approved."""
        undecided = self._lookout.background.state()
        if undecided.state is not State.INCONCLUSIVE or self.decided:
            return False
        self.wait_for_person(f"paused, {undecided.reason}")
        self._lookout.watch_anew(self.now)
        return True

    def _conclude(self) -> None:
        self._concluded = True
        verdict = self._last_look()
        policy = self._lookout.policy(verdict)
        if verdict.state is State.SUCCESSFUL or policy == "promote":
            if policy == "promote":
                self._note("note", f"promoted without a verdict, as the scenario says: {verdict.reason}")
            self.promote()
        elif policy == "roll_back" and self.way_back:
            self.roll_back(f"no verdict, and the scenario says to go back then: {verdict.reason}")
        else:
            self._note("inconclusive", f"no decision: {verdict.reason}")

    def _last_look(self) -> Analysis:
        if self._removed == self.candidate:
            return Analysis(state=State.INCONCLUSIVE, reason=f"{self.candidate} was removed")
        if self._lookout.background and math.isfinite(self._noticed):
            return Analysis(state=State.FAILED, reason="a check failed, and there is no way back")
        return self._lookout.conclude()

    def _reachable(self, buckets: int) -> int:
        """The weight that routing can really give: without a router, what whole pods make of it."""
        if self._pods is None:
            return buckets
        canary, stable = split_pods(buckets, replicas=self._pods[0], max_surge=self._pods[1])
        return round(canary / (canary + stable) * BUCKETS) if canary + stable else 0
