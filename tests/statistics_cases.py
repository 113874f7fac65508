"""The cases of `conformance/statistics.json`: numbers that others computed or published, by family."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]

_FILE = Path(__file__).parent / "conformance" / "statistics.json"


@cache
def statistics_cases() -> list[Case]:
    """All cases, in the file's order."""
    whole = json.loads(_FILE.read_text(encoding="utf-8"))
    cases: list[Case] = whole["cases"]
    return cases


def params(family: str) -> list[Any]:
    """The cases of one family as parameters of a test, each named by its id."""
    found = [case for case in statistics_cases() if case["family"] == family]
    assert found, f"statistics.json has no cases of {family}"
    return [pytest.param(case, id=case["id"]) for case in found]


def differences(actual: Any, expected: Any, tolerance: float, at: str = "") -> list[str]:
    """Where what came out is not what was expected: each place with both values; nothing when all agree.

    Numbers agree within the tolerance, absolute or relative; infinite and missing ones are written as words.
    """
    if isinstance(expected, dict):
        return [
            line
            for key, value in expected.items()
            for line in (
                differences(actual[key], value, tolerance, f"{at}.{key}")
                if key in actual
                else [f"{at}.{key} is missing"]
            )
        ]
    if isinstance(expected, list):
        if len(actual) != len(expected):
            return [f"{at} has {len(actual)} entries and not {len(expected)}"]
        pairs = zip(actual, expected, strict=True)
        return [line for n, pair in enumerate(pairs) for line in differences(*pair, tolerance, f"{at}[{n}]")]
    if expected in ("inf", "-inf", "NaN"):
        expected = float(expected)
    return [] if _alike(actual, expected, tolerance) else [f"{at} is {actual!r} and not {expected!r}"]


def _alike(actual: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, (bool, str)) or expected is None:
        return bool(actual == expected)
    if math.isnan(expected):
        return math.isnan(actual)
    if math.isinf(expected):
        return bool(actual == expected)
    return math.isclose(actual, expected, rel_tol=tolerance, abs_tol=tolerance)
