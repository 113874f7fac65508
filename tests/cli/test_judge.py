"""canary judge: numbers of one's own, and every way in which a file of them can be wrong."""

import math
from pathlib import Path
from typing import Any

import pytest

from canarylearn.cli import JUDGE_METHODS, numbers
from canarylearn.engine.samples import Method
from tests.cli.calling import Canary

NUMBERS = Path(__file__).resolve().parents[2] / "docs" / "numbers"
BASELINE, WORSE, CALM = (str(NUMBERS / f"{name}.csv") for name in ("baseline", "canary", "calm-canary"))


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """A function that writes a file and gives its name."""

    def write(content: str | bytes, name: str = "numbers.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_the_methods_of_the_call_are_those_of_the_engine() -> None:
    assert tuple(Method) == JUDGE_METHODS


@pytest.mark.parametrize("method", ["sequential", "two-proportion", "fisher", "poisson"])
def test_events_of_requests_are_compared(canary: Canary, method: str) -> None:
    call = ("--metric", "errors", "--total", "requests", "--method", method, "--margin", "0.008", "--json")
    said = canary("judge", BASELINE, CALM, *call)
    assert (said.code, said.json["verdict"]) == (0, "pass")
    assert said.json["baseline"]["total"] > 50_000
    assert said.json["interval"][0] < said.json["estimate"] < said.json["interval"][1]


@pytest.mark.parametrize("method", ["mann-whitney", "brunner-munzel", "welch", "kayenta"])
def test_a_slower_canary_is_found(canary: Canary, method: str) -> None:
    said = canary("judge", BASELINE, WORSE, "--metric", "p95_ms", "--method", method, "--json")
    assert (said.code, said.json["verdict"]) == (1, "fail")
    assert canary("judge", BASELINE, WORSE, "--metric", "p95_ms", "--method", method).code == 1


def test_a_higher_number_is_no_harm_where_lower_is_worse(canary: Canary) -> None:
    said = canary("judge", BASELINE, WORSE, "--metric", "p95_ms", "--direction", "decrease")
    assert said.code == 0
    assert "INCONCLUSIVE" in said.out
    assert "a decrease is worse" in said.out


def test_without_a_verdict_the_exit_code_hangs_on_the_margin(canary: Canary) -> None:
    call = ("judge", BASELINE, CALM, "--metric", "p95_ms", "--method", "welch")
    assert canary(*call).code == 0
    close = canary(*call, "--margin", "0.5")
    assert close.code == 1
    assert "too close to call" in close.out
    assert "are still missing" in close.out


def test_a_share_of_the_mean_may_be_the_margin(canary: Canary) -> None:
    call = ("judge", BASELINE, CALM, "--metric", "p95_ms", "--method", "welch", "--json")
    said = canary(*call, "--margin", "5%")
    assert said.json["margin"] == pytest.approx(0.05 * said.json["baseline"]["mean"])


def test_the_order_of_both_sides_is_kept(canary: Canary) -> None:
    there = canary("judge", BASELINE, WORSE, "--metric", "p95_ms", "--json").json["estimate"]
    back = canary("judge", WORSE, BASELINE, "--metric", "p95_ms", "--json").json["estimate"]
    assert there == pytest.approx(-back)
    assert there > 0


def test_an_unplanned_split_withholds_a_pass(canary: Canary) -> None:
    call = ("--metric", "errors", "--total", "requests", "--margin", "0.008")
    assert canary("judge", BASELINE, CALM, *call, "--share", "5%").code == 0
    said = canary("judge", BASELINE, CALM, *call, "--share", "10%")
    assert said.code == 1
    assert "● INVALID" in said.out


def test_missing_cells_are_left_out_and_counted(canary: Canary, written: Any) -> None:
    gaps = written("ms\n1.5\n\nNaN\nn/a\n2.5\n1.0\n null \n2.0\n")
    said = canary("judge", gaps, gaps, "--metric", "ms", "--json")
    assert said.json["canary"]["values"] == 4
    assert "3 of 7 cells are empty or NaN" in said.json["warnings"][0]
    nothing = written("ms\nNaN\nNaN\n", "nothing.csv")
    said = canary("judge", gaps, nothing, "--metric", "ms")
    assert said.code == 1
    assert "● NODATA" in said.out


def test_a_row_without_its_total_is_left_out(canary: Canary, written: Any) -> None:
    file = written("errors,requests\n1,10\n,10\n2,\n3,10\n")
    said = canary("judge", file, file, "--metric", "errors", "--total", "requests", "--json")
    assert said.json["canary"]["total"] == 20


def test_files_of_other_programs_are_read(canary: Canary, written: Any) -> None:
    plain = written("t,ms\n0,1.5\n1,2.5\n2,3\n")
    dressed = written('\ufefft,"ms"\r\n0,"1.5"\r\n1, 2.5 \r\n2,3e0\r\n', "dressed.csv")
    said = canary("judge", plain, dressed, "--metric", "ms", "--json")
    assert said.json["canary"]["mean"] == said.json["baseline"]["mean"] == pytest.approx(7 / 3)


WRONG: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty; its first line has to name the columns"),
    "no such column": ("a,b\n1,2\n", ":1: no column is named 'ms'; the columns are a, b."),
    "no header": ("1.5\n2.5\n", "The first line looks like numbers"),
    "column twice": ("ms,ms\n1,2\n", ":1: more than one column is named 'ms'"),
    "short row": ("a,ms\n1,2\n3\n", ":3: 1 cells, and the first line names 2 columns"),
    "long row": ("a,ms\n1,2,3\n", ":2: 3 cells"),
    "text": ("ms\n1\nfast\n", ":3: ms is 'fast', which is not a number"),
    "unit": ("ms\n120ms\n", ":2: ms is '120ms', which is not a number; write it without a unit"),
    "decimal comma": ('ms\n"1,5"\n', ":2: ms is '1,5'"),
    "underscore": ("ms\n1_000\n", ":2: ms is '1_000'"),
    "infinite": ("ms\n1\ninf\n", ":3: ms is 'inf', which is not finite"),
    "too large": ("ms\n1e999\n", "which is not finite"),
    "open quote": ('ms\n1\n"2\n', "unexpected end of data"),
    "null": ("ms\n1\n\0\n", ":3: a null character"),
    "not UTF-8": (b"ms\n1\n\xff\n", ":3: this is not text in UTF-8"),
    "UTF-16": ("ms\n1\n".encode("utf-16"), ":1: this is not text in UTF-8"),
    "endless cell": ("ms\n" + "1" * 500 + "\n", "which is not a number"),
    "huge field": ("ms\n" + "1" * 200_000 + "\n", "field larger than field limit"),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_table_of_numbers_is_refused_with_its_line(
    canary: Canary, written: Any, content: tuple[str | bytes, str]
) -> None:
    said = canary("judge", BASELINE, written(content[0], "mine.csv"), "--metric", "ms")
    if "ms" not in said.err or "mine.csv" not in said.err:
        said = canary("judge", written("ms\n1\n2\n"), written(content[0], "mine.csv"), "--metric", "ms")
    assert said.code == 2
    assert content[1] in said.err
    assert len(said.err) < 400
    assert not said.out


def test_the_line_is_that_of_the_file_where_a_cell_has_several(canary: Canary, written: Any) -> None:
    file = written('note,ms\n"two\nlines",1\nx,y\n')
    assert ":4: ms is 'y'" in canary("judge", file, file, "--metric", "ms").err


def test_files_and_rows_are_bounded(canary: Canary, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "MOST_ROWS", 3)
    file = written("ms\n1\n2\n3\n4\n")
    assert ":5: more than 3 rows" in canary("judge", file, file, "--metric", "ms").err
    monkeypatch.setattr(numbers, "MOST_BYTES", 10)
    assert "is larger than 0 MB" in canary("judge", file, written("ms\n" + "1\n" * 9), "--metric", "ms").err


@pytest.mark.parametrize(
    "more",
    [
        ("--margin", "0"),
        ("--margin", "-1"),
        ("--margin", "nan"),
        ("--margin", "ten"),
        ("--effect", "inf%"),
        ("--alpha", "1"),
        ("--alpha", "x"),
        ("--power", "0"),
        ("--share", "0%"),
        ("--share", "half"),
        ("--method", "z"),
        ("--method", "fisher"),
        ("--method", "ks"),
        ("--total", "minutes"),
    ],
)
def test_a_call_that_cannot_be_used_is_refused(canary: Canary, more: tuple[str, str]) -> None:
    said = canary("judge", BASELINE, CALM, "--metric", "p95_ms", *more)
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err


def test_a_file_that_is_not_there_is_named(canary: Canary) -> None:
    assert "nowhere.csv cannot be read" in canary("judge", "nowhere.csv", CALM, "--metric", "p95_ms").err
    assert "cannot be read" in canary("judge", str(NUMBERS), CALM, "--metric", "p95_ms").err


def test_what_is_infinite_or_unknown_is_null_for_programs(canary: Canary) -> None:
    said = canary("judge", BASELINE, WORSE, "--metric", "p95_ms", "--method", "kayenta", "--json").json
    assert said["p"] is None
    assert not any(isinstance(value, float) and math.isnan(value) for value in said.values())
