"""docs/cli.md shows what the commands print now."""

import importlib.util
from pathlib import Path

import pytest

from canarylearn.cli import main


def test_the_page_shows_what_the_commands_print(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    spec = importlib.util.spec_from_file_location("cli_docs", repository / "scripts" / "cli_docs.py")
    assert spec is not None
    assert spec.loader is not None
    docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docs)
    written = (repository / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written.count("$ canary ") >= 20
    assert written == docs.current(written), "docs/cli.md is not current: run `python scripts/cli_docs.py`"


def test_every_command_has_a_section(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out.split("COMMAND", 2)[-1]
    commands = [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4] != " "]
    page = (repository / "docs" / "cli.md").read_text(encoding="utf-8")
    assert commands
    assert [name for name in commands if f"\n## {name}\n" not in page] == []
