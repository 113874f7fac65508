"""Who meets the canary: sticky buckets from a salted hash of the user."""

from functools import lru_cache

import mmh3
import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.quantities import BUCKETS


def bucket(salt: str, user: object, buckets: int = BUCKETS) -> int:
    """The bucket (0 to buckets - 1) of a user: murmur3, 32 bits, of 'salt:user', modulo the number of buckets.

    A user keeps the bucket for as long as the salt stays; a weight of w takes the buckets below w, so whoever is in
    the canary at 5 % still is at 25 %. The rule is Unleash's, with 10,000 buckets instead of 100.
    """
    return mmh3.hash(f"{salt}:{user}", signed=False) % buckets


@lru_cache(maxsize=32)
def buckets_of(salt: str, users: int) -> NDArray[np.int32]:
    """The buckets of users 0 to users - 1, as an array indexed by user."""
    return np.array([mmh3.hash(f"{salt}:{user}", 0, False) % BUCKETS for user in range(users)], dtype=np.int32)


SEGMENT_SALT = "the segment of a user"
"""No scenario routes by it, so the segment of a user says nothing about the arm."""


@lru_cache(maxsize=32)
def segments_of(users: int, shares: tuple[float, ...]) -> NDArray[np.int8]:
    """The segments of users 0 to users - 1, numbered from 0, when each holds that share of all users."""
    edges = np.round(np.cumsum(shares[:-1]) * BUCKETS)
    return np.searchsorted(edges, buckets_of(SEGMENT_SALT, users), side="right").astype(np.int8)
