"""Flagger's loop as a state machine: one tick an interval, and what the tick finds decides what happens.

The rules are Flagger's (pkg/controller/scheduler.go). Failed checks add up and never go down within a run, and the
threshold is looked at before anything is checked: T failed ticks roll back on tick T + 1.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from canarylearn.engine.quantities import BUCKETS


class Stage(StrEnum):
    """Where a run of the loop stands, in Flagger's words."""

    INITIALIZED = "Initialized"
    WAITING = "Waiting"
    PROGRESSING = "Progressing"
    WAITING_PROMOTION = "WaitingPromotion"
    PROMOTING = "Promoting"
    FINALISING = "Finalising"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


IN_TRIAL = (Stage.PROGRESSING, Stage.WAITING_PROMOTION)
"""The stages in which checks are made and counted."""
UNDER_WAY = (*IN_TRIAL, Stage.WAITING, Stage.PROMOTING, Stage.FINALISING)
_MOVING_OVER = (Stage.PROMOTING, Stage.FINALISING)


class Ready(StrEnum):
    """Whether a workload's pods are ready; NEVER when its deadline has passed."""

    YES = "yes"
    NOT_YET = "not yet"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Loop:
    """The canary's weights (buckets) in the order of the steps, and how many failed checks end the run.

    The first step is taken without a check. `back` is the weight that each tick of the promotion takes from the
    canary (0: all at once). A loop that is not `ending` stays at its last weight for ever, checks going on; one that
    `skips` promotes as soon as the canary is ready.
    """

    weights: tuple[int, ...]
    threshold: int = 1
    back: int = 0
    ending: bool = True
    skips: bool = False

    def checks(self, state: "State") -> bool:
        """Whether the next tick makes the checks: not before the first step, and not when it will roll back."""
        return state.stage in IN_TRIAL and state.place > 0 and state.failed < self.threshold


@dataclass(frozen=True, kw_only=True)
class State:
    """A run between two ticks: the steps taken so far (`place`), the canary's weight in buckets, the failed checks.

    `scaled_down` is whether the canary's pods were taken away.
    """

    stage: Stage = Stage.INITIALIZED
    place: int = 0
    weight: int = 0
    failed: int = 0
    scaled_down: bool = True


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one tick finds.

    `passed` is whether the hooks and checks of this tick succeeded: no data and a failed query are no success. The
    `confirm` flags are the answers of the confirm-rollout, confirm-traffic-increase and confirm-promotion hooks.
    """

    passed: bool = True
    new_revision: bool = False
    primary: Ready = Ready.YES
    canary: Ready = Ready.YES
    rollback_asked: bool = False
    confirm_start: bool = True
    confirm_increase: bool = True
    confirm_promotion: bool = True


def tick(loop: Loop, state: State, found: Found) -> State:
    """The state after one tick."""
    if state.stage not in UNDER_WAY and not found.new_revision:
        return state
    if found.primary is not Ready.YES and not loop.skips:
        return _primary_missing(state, found.primary)
    if state.stage not in (*IN_TRIAL, *_MOVING_OVER):
        return _begin(found)
    if found.new_revision and state.stage in IN_TRIAL:
        return State(stage=Stage.PROGRESSING, scaled_down=False)
    if found.canary is not Ready.YES:
        return _roll_back(state) if found.canary is Ready.NEVER else state
    if loop.skips:
        return replace(state, stage=Stage.SUCCEEDED, weight=0, scaled_down=True)
    if state.stage in _MOVING_OVER:
        return _move_over(loop, state)
    if found.rollback_asked or state.failed >= loop.threshold:
        return _roll_back(state)
    if not found.passed:
        return replace(state, failed=state.failed + 1)
    return _advance(loop, state, found)


def _primary_missing(state: State, ready: Ready) -> State:
    if ready is Ready.NOT_YET:
        return state
    if state.stage in _MOVING_OVER:
        # The new revision was already copied over the old one: the canary's pods are the only ones left that work.
        return replace(state, stage=Stage.FAILED, weight=BUCKETS, scaled_down=False)
    return _roll_back(state)


def _begin(found: Found) -> State:
    if not found.confirm_start:
        return State(stage=Stage.WAITING)
    return State(stage=Stage.PROGRESSING, scaled_down=False)


def _roll_back(state: State) -> State:
    return replace(state, stage=Stage.FAILED, weight=0, scaled_down=True)


def _advance(loop: Loop, state: State, found: Found) -> State:
    """One step on, or towards promotion after the last one."""
    if not found.confirm_increase and state.stage is not Stage.WAITING_PROMOTION:
        return state
    if state.place < len(loop.weights):
        return replace(state, place=state.place + 1, weight=loop.weights[state.place])
    if not loop.ending:
        return state
    return replace(state, stage=Stage.PROMOTING if found.confirm_promotion else Stage.WAITING_PROMOTION)


def _move_over(loop: Loop, state: State) -> State:
    if state.stage is Stage.FINALISING:
        return replace(state, stage=Stage.SUCCEEDED, weight=0, scaled_down=True)
    weight = max(0, state.weight - loop.back) if loop.back > 0 else 0
    return replace(state, weight=weight, stage=Stage.PROMOTING if weight else Stage.FINALISING)
