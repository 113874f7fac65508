"""Argo's rules of weights and pods that depend on a cluster's state: which weight holds now, and how many pods.

A plan runs as if pods were ready at once. These are the rules by which a controller waits for them.
"""

from collections.abc import Sequence

WHOLE = 100
"""The weight of all traffic where maxTrafficWeight says nothing else."""


def weight_at(
    steps: Sequence[int | None], index: int, *, aborted: bool = False, promoted: bool = False, most: int = WHOLE
) -> int:
    """The canary's weight at a step: the last setWeight at or before it (None: a step without one).

    0 before any, all past the last step; 0 when aborted, and 0 when fully promoted, as the new version is stable then.
    """
    if aborted or promoted:
        return 0
    if index >= len(steps):
        return most
    return next((weight for weight in reversed(steps[: index + 1]) if weight is not None), 0)


def canary_pods(replicas: int, weight: int, *, most: int = WHOLE) -> int:
    """Pods of a canary behind a router: its share, rounded up."""
    return -(-replicas * weight // most) if most > 0 else 0


def stable_pods(replicas: int, weight: int, *, dynamic: bool = False, most: int = WHOLE) -> int:
    """Pods of the stable version behind a router: all of them, unless dynamicStableScale takes what it can."""
    return canary_pods(replicas, most - weight, most=most) if dynamic else replicas


def may_apply(weight: int, *, replicas: int, available: int, most: int = WHOLE) -> bool:
    """Whether a new weight may be given to the router: not before as many canary pods are available as it needs."""
    return available >= canary_pods(replicas, weight, most=most)


def weight_going_back(current: int, *, replicas: int, stable_available: int, most: int = WHOLE) -> int:
    """The canary's weight after an abort or a rollback with dynamicStableScale.

    Traffic goes back only as fast as stable pods come back, and a weight once given back is not taken again.
    """
    return min(current, most - most * stable_available // replicas) if replicas else 0
