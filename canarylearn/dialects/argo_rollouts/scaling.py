"""How many pods Argo keeps behind a router, and how fast traffic goes back to the old ones.

Weights are whole numbers out of `most`, which stands for all traffic.
"""

WHOLE = 100
"""The weight of all traffic where maxTrafficWeight says nothing else."""


def canary_pods(replicas: int, weight: int, *, most: int = WHOLE) -> int:
    """Pods of a canary behind a router: its share, rounded up."""
    return -(-replicas * weight // most) if most > 0 else 0


def stable_pods_left(replicas: int, weight: int, *, most: int = WHOLE) -> int:
    """Pods of the stable version that dynamicStableScale leaves beside a canary with this weight."""
    return canary_pods(replicas, most - weight, most=most)


def weight_going_back(current: int, *, replicas: int, stable_available: int, most: int = WHOLE) -> int:
    """The canary's weight after an abort or a rollback with dynamicStableScale.

    Traffic goes back only as fast as stable pods come back, and a weight once given back is not taken again.
    """
    return min(current, most - most * stable_available // replicas) if replicas else 0
