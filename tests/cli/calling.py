"""Calling `canary` as a person does, and keeping what it said."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from canarylearn.cli import main

ROLLOUTS = Path(__file__).resolve().parents[2] / "docs" / "rollouts"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object that was printed."""
        return json.loads(self.out)


class Canary:
    """The command line, called in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        """Call `canary` with these arguments."""
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse ends a call that it cannot read
            code = int(end.code or 0)
        printed = self._capsys.readouterr()
        return Said(code=code, out=printed.out.replace("\N{NO-BREAK SPACE}", " "), err=printed.err)


def rollout(name: str) -> str:
    """The path of one of the rollout files of the docs."""
    found = next(ROLLOUTS.glob(f"{name}.*"))
    return str(found)
