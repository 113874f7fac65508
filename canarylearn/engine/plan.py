"""A rollout written as steps: each sets a weight and holds it."""

from dataclasses import dataclass

from canarylearn.engine.checks import Check
from canarylearn.engine.release import Release


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of a rollout: a weight in buckets (of 10,000), held for `hold` seconds under analysis."""

    weight: int
    hold: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Steps taken in order under the given checks, or under the comparative judge when there are none.

    At the end of the last step the release is promoted, if the analysis allows it. Raises ValueError without steps.
    """

    steps: tuple[Step, ...]
    checks: tuple[Check, ...] = ()

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a plan without steps releases nothing; give it at least one")

    def drive(self, release: Release) -> None:
        """Take each step in turn; ReleaseOver ends the plan as soon as the release is decided."""
        for check in self.checks:
            release.add_check(check)
        *earlier, last = self.steps
        for step in earlier:
            release.set_weight(step.weight)
            release.hold(step.hold, judged=True)
        release.set_weight(last.weight)
        release.judge_for(last.hold)
