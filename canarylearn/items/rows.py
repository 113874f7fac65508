"""Rows of a proof: every answer to an item, run under one seed."""

from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.engine import Scenario
from canarylearn.items.judging import Judgement, judge
from canarylearn.items.spec import Item


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of each answer under one seed: how its runs ended, and whether it passed."""

    seed: int
    passed: tuple[bool, ...]
    endings: tuple[str, ...]


def prove_seed(item: Item, scenarios: Mapping[str, Scenario], seed: int) -> Row:
    """Run every answer under one seed."""
    judged = [judge(item, scenarios, answer, seed) for answer in item.assignments()]
    return Row(
        seed=seed,
        passed=tuple(judgement.passed for judgement in judged),
        endings=tuple(ending_of(judgement) for judgement in judged),
    )


def ending_of(judgement: Judgement) -> str:
    """How the runs of an answer ended, in the order of the scenarios."""
    return " / ".join(run.outcome.phase if run.outcome else "refused" for run in judgement.runs.values())
