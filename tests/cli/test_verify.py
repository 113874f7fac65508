"""canary verify: the evidence of a badge, judged once more without a site."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Canary
from tests.items.test_evidence import answered, facts, resigned


def written(folder: Path, text: str) -> str:
    file = folder / "badge.json"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_equal_verdicts_are_told_one_by_one(canary: Canary, tmp_path: Path) -> None:
    said = canary("verify", written(tmp_path, json.dumps(facts())))
    assert said.code == 0
    assert "✓ equal  Nobody sees the new model (nobody-sees-v2, version 1)" in said.out
    assert "1 of 1 verdicts are equal, under the seed in the file." in said.out


def test_all_seeds_and_json(canary: Canary, tmp_path: Path) -> None:
    said = canary("verify", written(tmp_path, json.dumps(facts())), "--all-seeds", "--json")
    assert (said.code, said.json["equal"], said.json["known"]) == (0, True, True)


def test_an_answer_that_does_not_pass_is_not_equal(canary: Canary, tmp_path: Path) -> None:
    said = canary("verify", written(tmp_path, json.dumps(facts(answered(passing=False)))))
    assert said.code == 1
    assert "✕ not equal" in said.out


def test_an_item_in_other_words_is_judged_and_told(canary: Canary, tmp_path: Path) -> None:
    changed: dict[str, Any] = facts()
    changed["items"][0]["item"] = changed["items"][0]["item"].replace("Nobody sees the new model", "Nobody sees it")
    said = canary("verify", written(tmp_path, resigned(changed)))
    assert said.code == 1
    assert "✓ equal" in said.out
    assert "not the one this copy publishes" in said.out


@pytest.mark.parametrize("text", ["", "{}", "[" * 50_000])
def test_what_is_no_evidence_cannot_be_used(canary: Canary, tmp_path: Path, text: str) -> None:
    assert canary("verify", written(tmp_path, text)).code == 2


def test_a_changed_file_and_a_missing_one_cannot_be_used(canary: Canary, tmp_path: Path) -> None:
    changed = facts()
    changed["earned"] = "yesterday"
    assert canary("verify", written(tmp_path, json.dumps(changed))).code == 2
    assert canary("verify", str(tmp_path / "nowhere.json")).code == 2
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    assert canary("verify", str(tmp_path / "bytes.json")).code == 2
