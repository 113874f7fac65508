"""The page on canary script says what the code does."""

import dataclasses
import re
from pathlib import Path

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import LIMITS, ScriptRun, read, run_script
from canarylearn.dialects.script.host import HOST
from canarylearn.engine import METRICS, materialise
from canarylearn.items.files import read_topic
from tests.dialects.running import refused

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "canary-script.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The part of the page under a heading."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(title: str, language: str) -> list[str]:
    """The blocks of code in a section."""
    return re.findall(rf"```{language}\n(.*?)```", section(title), re.DOTALL)


def run_in(slug: str, source: str) -> ScriptRun:
    """A script run in one of the content's scenarios."""
    scenarios = read_topic(ROOT / "canarylearn" / "content" / "canary-releases").scenarios
    return run_script(read(source), materialise(scenarios[slug], 0))


def test_the_example_prints_what_the_page_says() -> None:
    (source,), printed = blocks("An example", "canary"), blocks("An example", "text")
    found = ["\n".join(run_in(slug, source).output) + "\n" for slug in ("v2-fails", "v2-is-fine")]
    assert found == printed


def test_the_example_runs_from_python_as_the_page_says(tmp_path: Path) -> None:
    (source,), (program,) = blocks("An example", "canary"), blocks("An example", "python")
    script = tmp_path / "careful.canary"
    script.write_text(source)
    content = ROOT / "canarylearn" / "content" / "canary-releases"
    program = program.replace("canarylearn/content/canary-releases", str(content)).replace(
        "careful.canary", str(script)
    )
    names: dict[str, ScriptRun] = {}
    exec(program.replace('print(*run.output, run.outcome.phase, sep="\\n")', ""), names)
    assert names["run"].trace
    assert "\n".join(names["run"].output) + "\n" == blocks("An example", "text")[0]


def test_the_errors_read_as_the_page_says() -> None:
    found = [
        f"line {error.line}, {error.code}: {error.message}\n" for error in map(refused, blocks("Errors", "canary"))
    ]
    assert found == blocks("Errors", "text")


def test_the_table_of_functions_lists_every_function_with_its_parameters() -> None:
    rows = re.findall(r"^\| `(\w+)\((.*?)\)` \| (.+) \|$", section("Functions"), re.MULTILINE)
    told = {name: tuple(filter(None, parameters.split(", "))) for name, parameters, _ in rows}
    assert told.pop("print") == ("...",)
    assert told == {name: function.parameters for name, function in HOST.items()}


def test_the_table_of_metrics_lists_every_metric() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", section("Metrics"), re.MULTILINE)) == METRICS


def test_the_table_of_limits_has_every_limit_with_its_value() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", section("Limits"), re.MULTILINE)
    told = {name: float(value.replace(",", "")) for name, value in rows}
    assert told == {name: float(value) for name, value in dataclasses.asdict(LIMITS).items()}


def test_every_word_the_page_calls_missing_is_refused() -> None:
    missing = {
        "while": "while 1:\n    pass",
        "import": "import os",
        "classes": "class A:\n    pass",
        "attributes": "x = 'a'.b",
        "comprehensions": "x = [i for i in y]",
        "slices": "x = y[1:2]",
        "tuples": "x = (1, 2)",
        "sets": "x = {1}",
        "try": "try:\n    pass\nexcept:\n    pass",
        "**": "x = 2 ** 2",
        "is": "x = 1 is 1",
        "lambda": "x = lambda: 1",
        "global": "def f():\n    global x",
    }
    (line,) = re.findall(r"\*\*Not there\*\*: (.*?)\.", section("The language"), re.DOTALL)
    for word, source in missing.items():
        assert word in line
        assert is_refused_when_read(source), word


def is_refused_when_read(source: str) -> bool:
    """Whether a script is refused before any of it is run."""
    try:
        read(source)
    except Unreadable as unreadable:
        return all(isinstance(error, Located) for error in unreadable.errors)
    return False
