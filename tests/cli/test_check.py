"""canary check: the tool's verdict, with path, line and exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import ROLLOUTS, Canary, rollout

WRONG = ("argo-percent-sign", "flagger-hourly", "vertex-split-99")


@pytest.mark.parametrize("path", sorted(ROLLOUTS.iterdir()), ids=lambda path: path.stem)
def test_a_file_is_accepted_unless_it_is_one_of_the_wrong_ones(canary: Canary, path: Path) -> None:
    said = canary("check", str(path))
    assert said.code == (1 if path.stem in WRONG else 0)
    assert ("refuses it" if path.stem in WRONG else "accepts it") in said.out


def test_every_error_has_its_path_and_line(canary: Canary) -> None:
    said = canary("check", rollout("argo-percent-sign"), "--json")
    lines = Path(rollout("argo-percent-sign")).read_text().splitlines()
    errors = {error["path"].split(".")[-1]: error for error in said.json["errors"]}
    assert set(errors) == {"setWeight", "durations", "duration"}
    assert all(field in lines[error["line"] - 1] for field, error in errors.items())
    assert "write 10 without a percent sign" in errors["setWeight"]["message"]
    assert 'is it "duration"?' in errors["durations"]["message"]


def test_a_rule_that_changed_is_read_by_the_version_asked_for(canary: Canary) -> None:
    file = rollout("istio-relative")
    assert canary("check", file).code == canary("check", file, "--tool-version", "1.15").code == 0
    old = canary("check", file, "--tool-version", "1.14")
    assert old.code == 1
    assert "total destination weight 95 != 100" in old.out


def test_shares_are_the_effective_ones(canary: Canary) -> None:
    said = canary("check", rollout("gateway-forgotten-weight"), "--json")
    assert [(share["target"], share["share"]) for share in said.json["shares"]] == [
        ("search-stable", 0.9),
        ("search-canary", 0.1),
    ]


def test_what_a_tool_accepts_in_silence_is_noted_and_found_when_asked_to_be_strict(canary: Canary) -> None:
    file = rollout("argo-gate-that-cannot-fail")
    said = canary("check", file)
    assert said.code == 0
    assert "this can never fail" in said.out
    assert canary("check", file, "--strict").code == 1


def test_a_text_may_come_from_standard_input(canary: Canary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Path(rollout("azure-blue-green")).open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert canary("check", "-").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "no-such-file.yaml"), "no-such-file.yaml cannot be read: No such file or directory"),
        (("check", "."), "cannot be read: Is a directory"),
        (("check", rollout("istio-relative"), "--tool-version", "0.9"), "for the versions 1.15, 1.14, not '0.9'"),
        (("check", rollout("istio-relative"), "--dialect", "nomad"), "invalid choice: 'nomad'"),
        (("check",), "the following arguments are required: FILE"),
        ((), "the following arguments are required: COMMAND"),
        (("chekc", "x"), "invalid choice: 'chekc'"),
    ],
)
def test_a_call_that_cannot_be_used_exits_with_2_and_says_why(
    canary: Canary, arguments: tuple[str, ...], said: str
) -> None:
    answer = canary(*arguments)
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_text_of_no_known_tool_is_refused(canary: Canary, tmp_path: Path) -> None:
    path = tmp_path / "deployment.yaml"
    path.write_text("apiVersion: apps/v1\nkind: Deployment\n")
    said = canary("check", str(path))
    assert said.code == 1
    assert "say which with --dialect" in said.out


@pytest.mark.parametrize("content", [b"\xff\xfe\x00x", b"a: [1, 2", b"", b"a: &x 1\nb: *x\n", b"x" * 10_000_000])
def test_bytes_that_are_no_manifest_are_refused_with_a_line(canary: Canary, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes.yaml"
    path.write_bytes(content)
    said = canary("check", str(path), "--json")
    assert said.code in (1, 2)
    assert said.json.get("error") or all(error["line"] >= 1 and error["message"] for error in said.json["errors"])


def test_checking_waits_for_nothing_heavy() -> None:
    code = (
        "import sys; from canarylearn.cli import main; main(['check', sys.argv[1]]);"
        "print(sorted({'numpy', 'scipy', 'pydantic', 'django'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, rollout("argo-ranker")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
