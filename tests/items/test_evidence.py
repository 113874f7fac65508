"""Evidence: it is judged anew, and a file that was changed, or was never one, is refused with a reason."""

import json
from typing import Any

import pytest

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import judge
from canarylearn.items.evidence import (
    MOST_CHARACTERS,
    Answered,
    BadEvidence,
    Evidence,
    digest_of,
    make_evidence,
    read_evidence,
    rejudge,
)
from canarylearn.items.judging import shown_seed
from canarylearn.items.variants import vary
from tests.topics import curriculum

SLUG = "nobody-sees-v2"


def answered(slug: str = SLUG, variant: int = 0, *, passing: bool = True) -> Answered:
    """An answer to an incident, with the texts of the curriculum."""
    files = curriculum()
    item, scenarios = vary(files.items[slug], files.scenarios_of(files.items[slug]), variant)
    answer = next(one for one in item.assignments() if judge(item, scenarios, one).passed is passing)
    return Answered(
        id=slug,
        version=1,
        variant=variant,
        item=files.texts[f"challenge/{slug}.yaml"],
        scenarios={name: files.texts[f"scenarios/{name}.yaml"] for name in item.scenarios},
        answer=answer,
        seed=shown_seed(item),
        engine=ENGINE_VERSION,
        tries=1,
        hints=0,
        clock="without a clock",
    )


def evidence(*items: Answered) -> Evidence:
    return make_evidence(topic="canary-releases", earned="2026-05-01T12:00:00+00:00", items=items or [answered()])


def facts(*items: Answered) -> dict[str, Any]:
    return evidence(*items).model_dump()


def resigned(changed: dict[str, Any]) -> str:
    """A file whose digest is that of its contents again, as somebody who cheats would write it."""
    return json.dumps({**changed, "digest": digest_of(changed)})


def test_what_was_written_is_read_and_judged_equal() -> None:
    read = read_evidence(json.dumps(facts(answered(), answered("no-answer-at-the-deadline")), indent=3))
    judged = rejudge(read, more_seeds=(1, 2))
    assert [(one.id, one.equal, one.seeds) for one in judged] == [
        (SLUG, True, 3),
        ("no-answer-at-the-deadline", True, 3),
    ]
    assert judged[0].reason.startswith("v2 went to everyone")


def test_an_answer_to_other_numbers_is_judged_with_those() -> None:
    variant = answered(variant=1)
    assert rejudge(evidence(variant))[0].equal
    assert "11" in curriculum().items[SLUG].variant(1).prompt


def test_an_answer_that_does_not_pass_is_not_equal_and_the_run_says_why() -> None:
    judged = rejudge(evidence(answered(passing=False)))[0]
    assert not judged.equal
    assert "does not pass" in judged.reason


def test_a_file_that_was_changed_is_refused() -> None:
    changed = facts()
    changed["items"][0]["tries"] = 2
    with pytest.raises(BadEvidence, match="changed after it was made"):
        read_evidence(json.dumps(changed))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answer": {"choice": 0}}, "does not pass"),
        ({"answer": {"choice": 77}}, "none of those"),
        ({"answer": {"elsewhere": 1}}, "none of those"),
        ({"item": "id: other\n"}, "cannot be read"),
        ({"item": "[" * 500}, "cannot be read"),
        ({"id": "errors-on-both-sides"}, "of another item"),
        ({"scenarios": {"v2-fails": "slug: v2-fails"}}, "cannot be read"),
        ({"variant": 900}, "no variant 900"),
    ],
)
def test_a_change_under_a_new_digest_is_found_by_judging(change: dict[str, Any], reason: str) -> None:
    changed = facts()
    changed["items"][0] |= change
    judged = rejudge(read_evidence(resigned(changed)))[0]
    assert not judged.equal
    assert reason in judged.reason


def test_a_scenario_of_another_item_does_not_fit() -> None:
    changed = facts()
    one = curriculum().texts["scenarios/v2-fails.yaml"]
    changed["items"][0]["scenarios"] = {"v2-fails": one}
    assert "not those of the item" in rejudge(read_evidence(resigned(changed)))[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not readable as JSON"),
        ("[]", "no JSON object"),
        ("{}", "Field required"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": ' + "9" * 5000 + "}", "not readable as JSON"),
        ('{"a": "\\ud800"}', "not readable as JSON"),
        ("x" * (MOST_CHARACTERS + 1), "longer than"),
    ],
)
def test_what_is_no_evidence_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadEvidence, match=reason):
        read_evidence(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "canarylearn evidence 9"),
        ("items", []),
        ("items", "all"),
        ("items", [{}] * 30),
        ("topic", "../../etc"),
        ("digest", 7),
        ("seal", ["x"]),
        ("extra", 1),
    ],
)
def test_wrong_types_and_sizes_are_refused(name: str, value: object) -> None:
    with pytest.raises(BadEvidence):
        read_evidence(resigned({**facts(), name: value}) if name != "digest" else json.dumps({**facts(), name: value}))


@pytest.mark.parametrize(
    "change",
    [
        {"answer": {"choice": -1}},
        {"answer": {"choice": True}},
        {"seed": "0"},
        {"version": 1.0},
        {"tries": 10**30},
        {"item": None},
    ],
)
def test_a_wrong_type_in_an_answer_is_refused(change: dict[str, Any]) -> None:
    changed = facts()
    changed["items"][0] |= change
    with pytest.raises(BadEvidence, match="items"):
        read_evidence(resigned(changed))


def test_an_item_named_twice_is_refused() -> None:
    with pytest.raises(BadEvidence, match="twice"):
        read_evidence(json.dumps(facts(answered(), answered())))
