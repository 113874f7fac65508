"""Every case of `conformance/sticky_hash.json` that the engine's one rule can meet, by its id."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from canarylearn.engine.routing import bucket

Case = dict[str, Any]

_WHOLE = json.loads((Path(__file__).parents[1] / "conformance" / "sticky_hash.json").read_text(encoding="utf-8"))
CASES: list[Case] = _WHOLE["cases"]
PROPERTIES: dict[str, Case] = {case["id"]: case for case in _WHOLE["properties"]}


def kind(case: Case) -> str:
    """What a case is about: a gradual rollout of Unleash, or something that the engine does not do."""
    if case["system"] != "unleash":
        return str(case["system"])
    if "variants" in case["input"]:
        return "unleash variants"
    return "unleash" if case["input"]["normalized"] is not None else "unleash without an id"


GRADUAL = [case for case in CASES if kind(case) == "unleash"]


@pytest.mark.parametrize("case", GRADUAL, ids=lambda case: case["id"])
def test_a_user_is_hashed_as_by_unleash(case: Case) -> None:
    given = case["input"]
    context = given["context"]
    ids = [*context.get("properties", {}).values(), *(value for value in context.values() if isinstance(value, str))]
    places = [bucket(given["groupId"], user, buckets=100) for user in ids]
    assert given["normalized"] - 1 in places
    assert (given["normalized"] - 1 < given["percentage"]) is case["expected"]


def on(flag: str, percentage: int) -> set[int]:
    """The users, of user-0 to user-19999, who are on at this percentage."""
    return {user for user in range(20_000) if bucket(flag, f"user-{user}", buckets=100) < percentage}


def test_the_properties_of_a_good_hash_hold() -> None:
    counts = [len(on("canary-flag", percentage)) for percentage in (1, 5, 10, 25, 50, 100)]
    assert counts == PROPERTIES["prop_counts"]["expected"]
    five = on("canary-flag", 5)
    assert (five <= on("canary-flag", 25)) is PROPERTIES["prop_monotone"]["expected"]
    other, independent = on("other-flag", 5), PROPERTIES["prop_independent_salts"]
    found = (len(five), len(other), len(five & other))
    assert found == (independent["size_a"], independent["size_b"], independent["expected"])


def test_murmur3_fills_its_buckets_evenly_and_a_sum_of_letters_does_not() -> None:
    users = [f"user-{user}" for user in range(20_000)]
    expected = PROPERTIES["prop_naive_hash_bad"]["expected"]
    naive = np.bincount([sum(map(ord, user)) % 100 for user in users], minlength=100)
    assert chisquare(naive).statistic == pytest.approx(expected["naive"], abs=0.1)
    evenly = np.bincount([bucket("canary-flag", user, buckets=100) for user in users], minlength=100)
    assert chisquare(evenly).statistic < 150


def test_every_kind_of_case_is_tested_or_said_not_to_be_built(repository: Path) -> None:
    page = (repository / "docs" / "engine.md").read_text(encoding="utf-8")
    table = page.partition("| hash not built | reason |\n")[2].partition("\n\n")[0]
    not_built = dict(re.findall(r"^\| ([a-z ]+) \| (.{10,}) \|$", table, re.MULTILINE))
    assert {kind(case) for case in CASES} - {"unleash"} <= set(not_built)
    assert "unleash" not in not_built
