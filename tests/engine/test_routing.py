"""Who meets the canary: honest shares and growing sets; `test_conformance_hash.py` holds the rule against others."""

import mmh3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from canarylearn.engine import BUCKETS, Release, bucket
from canarylearn.engine.routing import buckets_of
from tests.worlds import world

SALTS = st.text(max_size=40)


def test_the_bucket_is_murmur3_of_salt_and_user() -> None:
    assert bucket("canary", 20) == mmh3.hash(b"canary:20", signed=False) % BUCKETS


@given(salt=SALTS, users=st.integers(1, 50))
def test_the_buckets_of_a_population_are_those_of_its_users(salt: str, users: int) -> None:
    assert buckets_of(salt, users).tolist() == [bucket(salt, user) for user in range(users)]


@pytest.mark.parametrize("weight", [10, 500, 1000, 5000])
@pytest.mark.parametrize("salt", ["canary", "another", ""])
def test_the_share_of_users_is_the_weight(weight: int, salt: str) -> None:
    users = 50_000
    reached = int(np.count_nonzero(buckets_of(salt, users) < weight))
    assert binomtest(reached, users, weight / BUCKETS).pvalue > 0.001


def test_all_buckets_are_equally_full() -> None:
    counts = np.bincount(buckets_of("canary", 200_000) // 100, minlength=100)
    assert chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(("name", "ids"), [("even", range(0, 40_000, 2)), ("round", range(0, 400_000, 20))])
def test_the_share_is_honest_on_any_ids(name: str, ids: range) -> None:
    reached = sum(bucket("canary", user) < 1000 for user in ids)
    assert binomtest(reached, len(ids), 0.1).pvalue > 0.001, name


@given(salt=SALTS, smaller=st.integers(0, BUCKETS), larger=st.integers(0, BUCKETS))
def test_whoever_is_in_stays_in_when_the_weight_grows(salt: str, smaller: int, larger: int) -> None:
    smaller, larger = sorted((smaller, larger))
    places = buckets_of(salt, 200)
    assert set(np.flatnonzero(places < smaller)) <= set(np.flatnonzero(places < larger))


def test_a_release_routes_a_user_as_its_requests_are_routed() -> None:
    made = world()
    release = Release(made)
    release.set_weight(2500)
    canary = {user for user in range(1000) if release.route(user) == "canary"}
    assert canary == set(np.flatnonzero(buckets_of("canary", 1000) < 2500))
    release.hold(300)
    assert 0 < release.metric("canary", "users") <= len(canary)
