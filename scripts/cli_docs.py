"""Run every command shown in docs/cli.md and write anew what it prints: `.venv/bin/python scripts/cli_docs.py`."""

import contextlib
import io
import os
import re
from pathlib import Path

from canarylearn.cli import main as canary

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
_BLOCK = re.compile(r"```console\n\$ canary (?P<call>[^\n]+)\n.*?```\n(?:\nExit code \d\.\n)?", re.DOTALL)


def current(text: str) -> str:
    """The page with what its commands print now; files are named from the page's own folder."""
    return _BLOCK.sub(lambda block: _shown(block["call"]), text)


def _shown(call: str) -> str:
    printed = io.StringIO()
    with contextlib.chdir(PAGE.parent), contextlib.redirect_stdout(printed):
        code = canary(call.split())
    lines = "\n".join(line.rstrip() for line in printed.getvalue().rstrip().splitlines())
    ending = f"\nExit code {code}.\n" if code else ""
    return f"```console\n$ canary {call}\n{lines}\n```\n{ending}"


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
