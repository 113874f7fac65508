"""What can be wrong with a revision: each fault says how it changes failures, latency and accuracy over time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from canarylearn.engine.amounts import Moment, Name, Number, Part, SomeShare

Floats = NDArray[np.float32]
Which = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What chance dealt to each request before any decision: arrays of one length, in the order that World describes.

    `time` is in seconds from the start; `user` and `bucket` are whole numbers; `normal` is standard normal
    (latency); `failure`, `mistake` and `tail` are uniform on 0 to 1. `segment` numbers the segments of the traffic
    from 0, and `score` is standard normal; either is None where the scenario has none.
    """

    time: Floats
    user: NDArray[np.int32]
    bucket: NDArray[np.int32]
    normal: Floats
    failure: Floats
    mistake: Floats
    tail: Floats
    segment: NDArray[np.int8] | None = None
    score: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """A revision's chance of failing, its latency in seconds, and its chance of being right, for each request.

    Chances are fractions; `right` may be one number for all requests.
    """

    failing: Floats
    latency: Floats
    right: Floats | np.float32


class _Fault(Part):
    """Something wrong with one revision."""

    on: Literal["stable", "canary"]


class _Spell(Part):
    """Something that begins and may end, in seconds from the start of the window."""

    since: Moment = 0.0
    until: Moment = float("inf")

    @model_validator(mode="after")
    def ends_after_it_began(self) -> Self:
        """A spell that ends before it begins never acts, and whoever wrote it meant another time."""
        if self.until <= self.since:
            raise ValueError(f"until ({self.until:g} s) is not after since ({self.since:g} s); write a later until")
        return self


class ErrorBurst(_Spell, _Fault):
    """Extra failures of one revision from one moment until another: `rate` is a share of requests.

    The chance of failing f becomes 1 - (1 - f)(1 - rate).
    """

    kind: Literal["error-burst"]
    rate: SomeShare


class SlowTail(_Fault):
    """A share of a revision's requests takes `factor` times as long: the mean grows by 1 + share (factor - 1)."""

    kind: Literal["slow-tail"]
    share: SomeShare
    factor: Number = Field(gt=1, le=1000)


class Leak(_Fault):
    """A revision's latency grows by `growth` (a fraction of itself) with every hour it runs.

    It is 1 + growth · t / 3600 times what it was, and so 1 + growth · h / 2 times in the mean of the first h hours.
    """

    kind: Literal["leak"]
    growth: Number = Field(gt=0, le=100)


class Outage(_Spell):
    """A dependency that both revisions share fails: `rate` of all requests are lost for a while, on both the same."""

    kind: Literal["outage"]
    rate: SomeShare
    since: Moment
    until: Moment


class SegmentBug(_Spell, _Fault):
    """A revision is broken for the users of one segment: `errors` more of their requests fail, or it is slow.

    For that segment, a share s of the users, f becomes 1 - (1 - f)(1 - errors) and latency is multiplied by
    `factor`; of all requests s · errors · (1 - f) more fail, and the mean latency grows by 1 + s (factor - 1).
    """

    kind: Literal["segment-bug"]
    segment: Name
    errors: SomeShare | None = None
    factor: Number | None = Field(default=None, gt=1, le=1000)

    @model_validator(mode="after")
    def does_something(self) -> Self:
        """A bug is there to be met."""
        if self.errors is None and self.factor is None:
            raise ValueError("this bug changes nothing; give it errors (such as '20%'), factor (such as 3), or both")
        return self


class QualityDrop(_Spell, _Fault):
    """A share `rate` of a revision's right answers turn wrong from a moment on, and nothing else changes.

    Accuracy a becomes a (1 - rate). Nothing tells until labels come.
    """

    kind: Literal["quality-drop"]
    rate: SomeShare


class ColdCache(_Fault):
    """The first request of each user that a revision answers takes `factor` times as long.

    Of n requests by d different users who are all new to the revision, the mean latency grows by
    1 + (factor - 1) · d / n; with even activity among u users, d is u (1 - (1 - 1 / u)^n) in the mean.
    """

    kind: Literal["cold-cache"]
    factor: Number = Field(gt=1, le=1000)


class MissingMetrics(_Spell, _Fault):
    """A revision's metrics do not arrive: those of every interval that this spell touches are missing.

    Requests are answered as ever, so nothing that is measured of the whole run changes.
    """

    kind: Literal["missing-metrics"]


Fault = Annotated[
    ErrorBurst | SlowTail | Leak | Outage | SegmentBug | QualityDrop | ColdCache | MissingMetrics,
    Field(discriminator="kind"),
]
Wrong = TypeVar("Wrong", bound=_Fault)


def with_faults(
    behaviour: Behaviour, faults: tuple[Fault, ...], *, arm: str, draws: Draws, segments: tuple[str, ...] = ()
) -> Behaviour:
    """The behaviour of the revision in `arm` ('stable' or 'canary') once every fault that touches it is applied.

    `segments` names the segments that `draws` numbers.
    """
    for fault in faults:
        if getattr(fault, "on", arm) == arm and fault.kind in _EFFECTS:
            behaviour = _EFFECTS[fault.kind](behaviour, fault, draws, segments)
    return behaviour


def faults_on(arm: str, kind: type[Wrong], faults: tuple[Fault, ...]) -> tuple[Wrong, ...]:
    """The faults of one kind on the revision in `arm`."""
    return tuple(fault for fault in faults if isinstance(fault, kind) and fault.on == arm)


def _during(fault: _Spell, draws: Draws) -> Which:
    return (draws.time >= fault.since) & (draws.time < fault.until)


def _fail_more(behaviour: Behaviour, chance: Floats) -> Behaviour:
    # Two independent causes: a request survives only if it survives both.
    failing = 1 - (1 - behaviour.failing) * (1 - chance)
    return Behaviour(failing=failing, latency=behaviour.latency, right=behaviour.right)


def _take_longer(behaviour: Behaviour, which: Which, factor: float) -> Behaviour:
    slowed = np.where(which, behaviour.latency * np.float32(factor), behaviour.latency)
    return Behaviour(failing=behaviour.failing, latency=slowed, right=behaviour.right)


def _lose_requests(behaviour: Behaviour, fault: ErrorBurst | Outage, draws: Draws, _: tuple[str, ...]) -> Behaviour:
    return _fail_more(behaviour, _during(fault, draws) * np.float32(fault.rate))


def _slow_the_tail(behaviour: Behaviour, fault: SlowTail, draws: Draws, _: tuple[str, ...]) -> Behaviour:
    return _take_longer(behaviour, draws.tail < fault.share, fault.factor)


def _grow_with_time(behaviour: Behaviour, fault: Leak, draws: Draws, _: tuple[str, ...]) -> Behaviour:
    growth = 1 + np.float32(fault.growth / 3600) * draws.time
    return Behaviour(failing=behaviour.failing, latency=behaviour.latency * growth, right=behaviour.right)


def _break_a_segment(behaviour: Behaviour, fault: SegmentBug, draws: Draws, segments: tuple[str, ...]) -> Behaviour:
    assert draws.segment is not None  # a scenario with this fault has the segment
    which = _during(fault, draws) & (draws.segment == segments.index(fault.segment))
    if fault.errors is not None:
        behaviour = _fail_more(behaviour, which * np.float32(fault.errors))
    return behaviour if fault.factor is None else _take_longer(behaviour, which, fault.factor)


def _mistake_more(behaviour: Behaviour, fault: QualityDrop, draws: Draws, _: tuple[str, ...]) -> Behaviour:
    right = behaviour.right * (1 - _during(fault, draws) * np.float32(fault.rate))
    return Behaviour(failing=behaviour.failing, latency=behaviour.latency, right=right)


_EFFECTS: dict[str, Callable[..., Behaviour]] = {
    "error-burst": _lose_requests,
    "slow-tail": _slow_the_tail,
    "leak": _grow_with_time,
    "outage": _lose_requests,
    "segment-bug": _break_a_segment,
    "quality-drop": _mistake_more,
}
WHILE_SERVING = ("cold-cache", "missing-metrics")
"""Faults whose effect depends on where requests were sent, or on who is looking: `serving` has it."""

KINDS = (*_EFFECTS, *WHILE_SERVING)
"""Every kind of fault."""
