"""A plan: a rollout as data. Every dialect's text is read into one, and the engine carries it out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from canarylearn.engine.checks import Check
from canarylearn.engine.failed_checks import IN_TRIAL, Found, Loop, Stage, State, tick
from canarylearn.engine.quantities import BUCKETS

if TYPE_CHECKING:
    from canarylearn.engine.release import Release


class Decides(StrEnum):
    """Who decides whether a release goes on: it differs from tool to tool more than anything else."""

    JUDGE = "judge"
    """The comparative judge, canary against baseline, at every look."""
    CHECKS = "checks"
    """The plan's checks, counted as Argo Rollouts counts; without any check nothing can stop the release."""
    FAILED_CHECKS = "failed-checks"
    """Flagger's loop (`failed_checks`): a tick each `interval`, and failed ones are counted up to `threshold`."""
    NOBODY = "nobody"
    """A router: it splits traffic and leaves the decision to a person or a pipeline."""


class Routing(StrEnum):
    """How requests find their revision."""

    STICKY = "sticky"
    """By a hash of the user: the same user always meets the same revision."""
    PER_REQUEST = "per-request"
    """By chance, anew for each request, as most routers do."""
    PODS = "pods"
    """By chance among pods: the share is the canary's pods over all pods, whatever the weight says."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of a rollout.

    `weight` is in buckets (of 10,000). `hold` is in seconds; None waits for a person. `checks` are measured in this
    step alone, after the hold, and the step ends when they are finished. `mirror` (buckets) is the share of requests
    that the canary gets a copy of while its weight is 0: it is measured, and nobody gets its answers.
    """

    weight: int
    hold: float | None
    checks: tuple[Check, ...] = ()
    mirror: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= BUCKETS:
            raise ValueError(f"a weight goes from 0 to {BUCKETS} buckets, and not to {self.weight}")
        if not 0 <= self.mirror <= BUCKETS or (self.mirror and self.weight):
            raise ValueError("copies go to a canary without traffic of its own, from 0 to all requests")
        if self.hold is not None and self.hold < 0:
            raise ValueError(f"a hold lasts no less than no time, and not {self.hold:g} seconds")

    def begin(self, release: "Release") -> None:
        """Route requests as the step says."""
        release.set_weight(self.weight)
        release.mirror(self.mirror)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A rollout: its steps in order, who decides, and how requests are routed.

    `checks` run in the background, beginning at step number `checks_from` (counted from 0). `interval` is the time
    between looks that the plan asks for, in seconds (None: the scenario's). `threshold` belongs to FAILED_CHECKS,
    `replicas` and `max_surge` (pods) to routing by pods; `routing` is also how the world of its run is made.
    Raises ValueError without steps.
    """

    steps: tuple[Step, ...]
    checks: tuple[Check, ...] = ()
    checks_from: int = 0
    decides: Decides = Decides.JUDGE
    interval: float | None = None
    threshold: int = 1
    routing: Routing = Routing.STICKY
    replicas: int = 1
    max_surge: int = 1

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a plan without steps releases nothing; give it at least one")
        if self.threshold < 1:
            raise ValueError(f"a threshold is at least 1, and not {self.threshold}")

    @property
    def seconds(self) -> float:
        """How long the plan takes when nothing stops it; waits for a person, and endless checks, count as nothing."""
        return sum(
            (step.hold or 0.0) + max((_length(check) for check in step.checks), default=0.0) for step in self.steps
        )

    def drive(self, release: "Release") -> None:
        """Carry the plan out; ReleaseOver ends it as soon as the release is decided."""
        if self.routing is Routing.PODS:
            release.spread_over_pods(replicas=self.replicas, max_surge=self.max_surge)
        _DRIVERS[self.decides](self, release)


def _length(check: Check) -> float:
    return check.delay + (check.interval or 0.0) * max(0, check.count - 1)


def _by_judge(plan: Plan, release: "Release") -> None:
    for step in plan.steps[:-1]:
        step.begin(release)
        release.hold(step.hold or 0.0, judged=True)
    plan.steps[-1].begin(release)
    release.judge_for(plan.steps[-1].hold or 0.0)


def _by_checks(plan: Plan, release: "Release") -> None:
    for number, step in enumerate(plan.steps):
        if number == plan.checks_from:
            for check in plan.checks:
                release.add_check(check)
        step.begin(release)
        if step.hold is None:
            release.wait_for_person("the plan waits for a person here")
        elif step.hold:
            release.pause(step.hold)
        if step.checks:
            release.analyse(step.checks)
    release.end_checks()
    release.promote()


def _by_failed_checks(plan: Plan, release: "Release") -> None:
    """Flagger's loop. A step that waits for a person is left when one has come, and checks go on until then."""
    steps = plan.steps
    if not steps[0].weight and not steps[0].mirror and steps[0].hold is None:
        release.wait_for_person("the plan waits for a person before it begins")
        steps = steps[1:]
    loop = Loop(weights=tuple(step.weight for step in steps), threshold=plan.threshold, ending=bool(steps))
    state = tick(loop, State(), Found(new_revision=True))
    while state.stage in IN_TRIAL:
        problem = release.tick(plan.checks if loop.checks(state) else (), seconds=plan.interval)
        waits = state.place > 0 and steps[state.place - 1].hold is None
        if waits and not problem:
            release.ask(f"step {state.place} of {len(steps)} waits for a person")
        word, last = not waits or release.answered, state.place == len(steps)
        found = Found(passed=not problem, confirm_increase=word or last, confirm_promotion=word)
        before, state = state, tick(loop, state, found)
        if state.failed > before.failed:
            release.note(f"failed check {state.failed} of {plan.threshold}: {problem}")
        if state.place > before.place:
            release.withdraw()
            steps[before.place].begin(release)
    if state.stage is Stage.FAILED:
        release.roll_back(f"{state.failed} checks failed")
    release.promote()


def _by_nobody(plan: Plan, release: "Release") -> None:
    for step in plan.steps:
        step.begin(release)
        if step.hold:
            release.hold(step.hold)
    release.wait_for_person("the split stays as it is until a person or a pipeline changes it")


_DRIVERS = {
    Decides.JUDGE: _by_judge,
    Decides.CHECKS: _by_checks,
    Decides.FAILED_CHECKS: _by_failed_checks,
    Decides.NOBODY: _by_nobody,
}
