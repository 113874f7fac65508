"""The direction of imports, and what the engine stands on."""

import ast
import sys
from pathlib import Path

from importlinter.cli import lint_imports

ENGINE_STANDS_ON = {"numpy", "scipy", "mmh3", "pydantic", "pydantic_core", "canarylearn"}


def test_imports_go_one_way(repository: Path) -> None:
    assert lint_imports(config_filename=str(repository / "pyproject.toml"), no_cache=True) == 0


def test_the_engine_stands_on_numbers_alone(repository: Path) -> None:
    modules = list((repository / "canarylearn" / "engine").rglob("*.py"))
    assert modules
    for module in modules:
        foreign = imported(module) - ENGINE_STANDS_ON - sys.stdlib_module_names
        assert not foreign, module.name


def imported(module: Path) -> set[str]:
    """The top-level names that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
