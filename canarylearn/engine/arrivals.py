"""When requests come: a Poisson stream whose rate may follow the day and its bursts."""

from itertools import pairwise

import numpy as np

from canarylearn.engine.faults import Floats
from canarylearn.engine.traffic import Traffic

_PIECES = 2048


def arrivals(traffic: Traffic, window: float, rng: np.random.Generator) -> Floats:
    """The moments of all requests of a window, in order, in seconds.

    A Poisson number of uniform draws, sorted, and stretched where the rate is low (a stream of changing rate is a
    level one on the clock of its own expected number): the draws are the same whatever the curve.
    """
    count = int(rng.poisson(traffic.expected(window)))
    uniform = rng.random(count, dtype=np.float32)
    uniform.sort()
    if traffic.is_level:
        uniform *= np.float32(window)
        return uniform
    # Exact where a burst begins or ends and at so many moments between; straight from each to the next.
    moments = np.union1d(np.linspace(0, window, _PIECES + 1), traffic.turns(window))
    passed = np.array([0.0, *(traffic.passed(begin, end) for begin, end in pairwise(moments.tolist()))])
    clock = np.cumsum(passed)
    return np.interp(uniform, clock / clock[-1], moments).astype(np.float32)
