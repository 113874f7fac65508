"""The command line for every test of it."""

import pytest

from tests.cli.calling import Canary


@pytest.fixture
def canary(capsys: pytest.CaptureFixture[str]) -> Canary:
    """`canary`, called in this process."""
    return Canary(capsys)
