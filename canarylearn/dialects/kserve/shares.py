"""KServe's arithmetic: what percentages and pods come to, as pure functions."""

from dataclasses import dataclass
from fractions import Fraction

ALL = 100
LATEST, PREVIOUS = "latest", "prev"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """An entry of spec.canary: its percentage, the pods it asks for (None: by its percentage), whether it is ready."""

    name: str
    percent: int
    replicas: int | None = None
    ready: bool = True


def knative_split(percent: int | None, rolled_out: str) -> dict[str, int]:
    """The traffic targets of a component in Knative mode, in percent.

    The percentage counts once a revision has been rolled out; before that, and without it, the latest gets all.
    """
    if percent is None or not rolled_out:
        return {LATEST: ALL}
    rest = {rolled_out: ALL - percent} if percent < ALL else {}
    return {LATEST: percent, **rest}


def standard_split(stable: str, canaries: list[Canary]) -> dict[str, int]:
    """The targets in Standard mode, in percent: canaries that are ready, and the stable predictor with the rest."""
    given = {canary.name: canary.percent if canary.ready else 0 for canary in canaries}
    return {stable: ALL - sum(given.values()), **given}


def canary_replicas(canary: Canary, stable: int) -> int:
    """The pods of a canary: as many as it asks for, or its percentage of the stable ones, rounded up."""
    return canary.replicas if canary.replicas is not None else -(-stable * canary.percent // ALL)


def stable_replicas(stable: int, canaries: list[Canary]) -> int:
    """The pods that the stable predictor keeps: those of ready canaries are taken from it, down to one."""
    taken = sum(canary_replicas(canary, stable) for canary in canaries if canary.ready)
    return max(1, stable - taken) if taken else stable


def splitter_shares(weights: list[int]) -> list[Fraction]:
    """The shares of a Splitter's steps.

    A request draws a number below 100 and takes the first step at which the weights so far pass it: a negative
    weight, which nobody refuses, takes from the next.
    """
    shares, reached, highest = [], 0, 0
    for weight in weights:
        reached += weight
        end = min(ALL, max(highest, reached))
        shares.append(Fraction(end - highest, ALL))
        highest = end
    return shares
