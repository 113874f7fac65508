"""What load does to a revision: queues stretch its latency, and overload loses requests."""

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.faults import Floats
from canarylearn.engine.scenario import Capacity

_CALM = 0.7
_FULLEST = 0.99


def stretch(utilisation: float) -> float:
    """How many times longer requests take at a utilisation (load / capacity).

    A single queue's response time grows as 1 / (1 - utilisation); a scenario's p50 and p95 are taken to hold up to a
    utilisation of 0.7, so the factor is 0.3 / (1 - utilisation) above it, up to 30 at 0.99 and beyond.
    """
    return max(1.0, (1 - _CALM) / (1 - min(utilisation, _FULLEST)))


def lost(utilisation: float) -> float:
    """The share of requests that a revision cannot take at all: 1 - 1 / utilisation above 1, else none."""
    return max(0.0, 1 - 1 / utilisation) if utilisation > 0 else 0.0


def under_load(
    capacity: Capacity, *, rate: float, latency: Floats, failed: NDArray[np.bool_], luck: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Latency (seconds) and failures of an arm's requests at `rate` a second; `luck` is uniform on 0 to 1.

    An arm with room to spare gives both back as they are.
    """
    utilisation = rate / (capacity.replicas * capacity.requests_per_second)
    if utilisation <= _CALM:
        return latency, failed
    # The unlucky end of the draw that decides failures: a request fails by itself at the other end.
    return latency * np.float32(stretch(utilisation)), failed | (luck >= 1 - lost(utilisation))
