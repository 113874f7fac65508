"""Cases worked out elsewhere, kept as JSON beside the tests that use them."""

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).resolve().parent / "engine" / "cases"


def vectors(file: str) -> dict[str, Any]:
    """A whole file of cases, by its name without the ending."""
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return loaded


def cases(file: str, group: str) -> list[Any]:
    """One group of cases as parameters of a test, each named by its id."""
    found = vectors(file)[group]
    assert found, f"{file}.json has no cases in {group}"
    return [pytest.param(case, id=case["id"]) for case in found]
