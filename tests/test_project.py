"""The project's own promises: what the docs say exists, and nothing says where packages come from."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
MAKE = re.compile(r"\bmake ([a-z-]+)\b")
TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)
PINNED = re.compile(r"^([a-z0-9-]+)==\S+(?: ; .+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)

# In two halves, so that this file does not name them either.
INDEX_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.deb" + "ian.org",
]
PAGES = sorted((Path(__file__).resolve().parent.parent / "docs").glob("*.md"))
DOCS = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in PAGES)]


def tracked_files(repository: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := repository / name).is_file()]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_without_an_address(repository: Path, name: str) -> None:
    text = (repository / name).read_text()
    starts = re.findall(r"^[a-z0-9][a-z0-9._-]*", text, re.MULTILINE)
    assert len(starts) > 20
    assert [found[0] for found in PINNED.findall(text)] == starts
    assert "://" not in text
    assert "--index" not in text


def test_the_requirements_hold_every_dependency(repository: Path) -> None:
    runtime, development = dependencies(repository)
    assert runtime <= pinned(repository / "requirements.txt")
    assert runtime | development <= pinned(repository / "requirements-dev.txt")


def test_every_dependency_has_its_reason(repository: Path) -> None:
    text = (repository / "docs" / "dependencies.md").read_text()
    before, after = text.split("## To develop")
    rows = [set(re.findall(r"^\| ([a-z0-9-]+) \| \w", part, re.MULTILINE)) - {"package"} for part in (before, after)]
    assert tuple(rows) == dependencies(repository)


def test_no_file_names_the_host_of_a_package_index(repository: Path) -> None:
    files = tracked_files(repository)
    assert len(files) > 50
    for path in files:
        content = path.read_bytes().decode(errors="replace")
        assert not [host for host in INDEX_HOSTS if host in content], path


@pytest.mark.parametrize("name", DOCS)
def test_every_command_and_link_of_the_docs_exists(repository: Path, name: str) -> None:
    page = repository / name
    targets = set(TARGET.findall((repository / "Makefile").read_text()))
    assert set(MAKE.findall("\n".join(code_in(page.read_text())))) <= targets
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not broken


def code_in(text: str) -> list[str]:
    """The parts of a Markdown text that are code."""
    return [block or span for block, span in re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)]


def dependencies(repository: Path) -> tuple[set[str], set[str]]:
    """The names of the runtime and of the development dependencies."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())
    lists = (project["project"]["dependencies"], project["dependency-groups"]["dev"])
    runtime, development = ({re.split(r"[\[<>=]", line)[0] for line in lines} for lines in lists)
    return runtime, development


def pinned(requirements: Path) -> set[str]:
    return {name for name, _ in PINNED.findall(requirements.read_text())}
