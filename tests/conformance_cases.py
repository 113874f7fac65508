"""The cases of `conformance/rollouts.yaml`: facts about the tools, by tool and by kind."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Case = dict[str, Any]

_FILE = Path(__file__).parent / "conformance" / "rollouts.yaml"


@cache
def _whole() -> Case:
    whole: Case = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return whole


def bases() -> Case:
    """The manifests that cases are laid over."""
    bases: Case = _whole()["bases"]
    return bases


def cases(tool: str, *kinds: str) -> list[Case]:
    """The cases of a tool, of these kinds where any are given, in the file's order."""
    return [case for case in _whole()["cases"] if case["tool"] == tool and (not kinds or case["kind"] in kinds)]


def params(tool: str, *kinds: str) -> list[Any]:
    """The same as parameters of a test, each with its own id."""
    return [pytest.param(case, id=case["id"]) for case in cases(tool, *kinds)]
