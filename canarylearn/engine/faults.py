"""What can be wrong with a revision: each fault says how it changes failures and latency over time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from canarylearn.engine.quantities import parse_duration, parse_share

Floats = NDArray[np.float32]
_Moment = Annotated[float, BeforeValidator(lambda text: 0.0 if text == "0" else parse_duration(text))]
_Share = Annotated[float, BeforeValidator(parse_share), Field(gt=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What chance dealt to each request before any decision: arrays of one length, in the order that World describes.

    `time` is in seconds from the start; `user` and `bucket` are whole numbers; `normal` is standard normal
    (latency); `failure`, `mistake` and `tail` are uniform on 0 to 1.
    """

    time: Floats
    user: NDArray[np.int32]
    bucket: NDArray[np.int32]
    normal: Floats
    failure: Floats
    mistake: Floats
    tail: Floats


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """A revision's chance of failing, a fraction, and its latency, in seconds, for each request."""

    failing: Floats
    latency: Floats


class _Fault(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorBurst(_Fault):
    """Extra failures of one revision from one moment until another: `rate` is a share of requests."""

    kind: Literal["error-burst"]
    on: Literal["stable", "canary"]
    rate: _Share
    since: _Moment = 0.0
    until: _Moment = float("inf")


class SlowTail(_Fault):
    """A share of a revision's requests takes `factor` times as long."""

    kind: Literal["slow-tail"]
    on: Literal["stable", "canary"]
    share: _Share
    factor: float = Field(gt=1, le=1000)


class Leak(_Fault):
    """A revision's latency grows by `growth` (a fraction of itself) with every hour it runs."""

    kind: Literal["leak"]
    on: Literal["stable", "canary"]
    growth: float = Field(gt=0, le=100)


class Outage(_Fault):
    """A dependency that both revisions share fails: `rate` of all requests are lost for a while."""

    kind: Literal["outage"]
    rate: _Share
    since: _Moment
    until: _Moment


Fault = Annotated[ErrorBurst | SlowTail | Leak | Outage, Field(discriminator="kind")]


def with_faults(behaviour: Behaviour, faults: tuple[Fault, ...], *, arm: str, draws: Draws) -> Behaviour:
    """The behaviour of the revision in `arm` ('stable' or 'canary') once every fault that touches it is applied."""
    for fault in faults:
        if getattr(fault, "on", arm) == arm:
            behaviour = _EFFECTS[fault.kind](behaviour, fault, draws)
    return behaviour


def _lose_requests(behaviour: Behaviour, fault: ErrorBurst | Outage, draws: Draws) -> Behaviour:
    during = (draws.time >= fault.since) & (draws.time < fault.until)
    # Two independent causes: a request survives only if it survives both.
    failing = 1 - (1 - behaviour.failing) * (1 - during * np.float32(fault.rate))
    return Behaviour(failing=failing, latency=behaviour.latency)


def _slow_the_tail(behaviour: Behaviour, fault: SlowTail, draws: Draws) -> Behaviour:
    slowed = np.where(draws.tail < fault.share, behaviour.latency * np.float32(fault.factor), behaviour.latency)
    return Behaviour(failing=behaviour.failing, latency=slowed)


def _grow_with_time(behaviour: Behaviour, fault: Leak, draws: Draws) -> Behaviour:
    growth = 1 + np.float32(fault.growth / 3600) * draws.time
    return Behaviour(failing=behaviour.failing, latency=behaviour.latency * growth)


_EFFECTS: dict[str, Callable[..., Behaviour]] = {
    "error-burst": _lose_requests,
    "slow-tail": _slow_the_tail,
    "leak": _grow_with_time,
    "outage": _lose_requests,
}
