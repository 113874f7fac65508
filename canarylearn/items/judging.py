"""Judging: an answer is filled in, run in every scenario, and held against the goals. Nothing else decides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import Program, read, run_script
from canarylearn.engine import Outcome, Scenario, materialise
from canarylearn.items.goals import Goal
from canarylearn.items.spec import Answer, Item

FIRST_SEED = 0
"""The seed whose run a learner is shown; the proof shows that the verdict is the same under the others."""

SEEDS = range(59)
"""59 seeds that agree show with 95 % confidence that a verdict holds for at least 95 % of seeds (0.95^59 < 0.05)."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One script run in one scenario: an outcome, or the error it was refused with, and what it printed."""

    outcome: Outcome | None
    refused: Located | None
    output: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GoalResult:
    """Whether a goal held in a scenario, and the value that decided it (NaN where there is none)."""

    goal: Goal
    scenario: str
    met: bool
    value: float


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What came of an answer. `runs` has the answer's own run by scenario, `others` the item's named runs.

    An item whose code is not the learner's (claims about named runs) has no own runs.
    """

    item: Item
    answer: Mapping[str, int]
    code: str | None
    runs: Mapping[str, Run]
    others: Mapping[tuple[str, str], Run]
    goals: tuple[GoalResult, ...]

    @property
    def refusal(self) -> Located | None:
        """The error that stopped the answer's code, if any did."""
        return next((run.refused for run in self.runs.values() if run.refused), None)

    @property
    def passed(self) -> bool:
        """Whether the code ran and every goal held in every scenario."""
        return self.refusal is None and all(result.met for result in self.goals)

    @property
    def first_failed(self) -> GoalResult | None:
        """The first goal that did not hold."""
        return next((result for result in self.goals if not result.met), None)


def shown_seed(item: Item) -> int:
    """The seed whose run a learner is shown: each variant has one of its own, so that users and luck differ too."""
    return SEEDS[(FIRST_SEED + item.number) % len(SEEDS)]


def judge(item: Item, scenarios: Mapping[str, Scenario], answer: Answer, seed: int | None = None) -> Judgement:
    """Deploy an answer and say what came of it, under the seed that is shown unless another is given.

    The same arguments always give the same judgement.

    Raises KeyError or IndexError for an answer that is not one of the item's; a learner's mistake never raises.
    """
    seed = shown_seed(item) if seed is None else seed
    code = item.filled(answer)
    runs = {} if code is None else {slug: deploy(code, scenarios[slug], seed) for slug in item.scenarios}
    others = {
        (name, slug): deploy(script, scenarios[slug], seed)
        for name, script in item.runs.items()
        for slug in item.scenarios
    }
    claims = [goal for option in item.chosen(answer).values() for goal in option.claim]
    results = [
        _hold(goal, slug, runs, others)
        for goal in (*item.goals, *claims)
        for slug in item.scenarios
        if goal.scenario in (None, slug)
    ]
    return Judgement(item=item, answer=dict(answer), code=code, runs=runs, others=others, goals=tuple(results))


@lru_cache(maxsize=1024)
def deploy(code: str, scenario: Scenario, seed: int) -> Run:
    """Run a script in a scenario; one that cannot be read, or that fails, is a run with an error and no exception."""
    program = _program(code)
    if isinstance(program, Located):
        return Run(outcome=None, refused=program, output=())
    done = run_script(program, materialise(scenario, seed))
    return Run(outcome=done.outcome, refused=done.refused, output=done.output)


@lru_cache(maxsize=512)
def _program(code: str) -> Program | Located:
    """A script, or the first error in it. It is read once for all scenarios and seeds: reading takes longer than many
    a run."""
    try:
        return read(code)
    except Unreadable as unreadable:
        return unreadable.errors[0]


def _hold(goal: Goal, slug: str, runs: Mapping[str, Run], others: Mapping[tuple[str, str], Run]) -> GoalResult:
    run = others[goal.run, slug] if goal.run else runs.get(slug)
    value = math.nan
    met = False
    if run is not None and goal.prints is not None:
        met = run.refused is None and "\n".join(run.output) == goal.prints.rstrip("\n")
    elif run is not None and run.outcome is not None and goal.measure is not None:
        value = run.outcome.measures[goal.measure]
        met = goal.holds_for(value, _same_measure(goal.measure, slug, others))
    elif run is not None and run.outcome is not None:
        met = run.outcome.phase == goal.outcome
    return GoalResult(goal=goal, scenario=slug, met=met, value=value)


def _same_measure(measure: str, slug: str, others: Mapping[tuple[str, str], Run]) -> dict[str, float]:
    """The measure in each of the item's named runs, in the same scenario."""
    return {
        name: run.outcome.measures[measure]
        for (name, where), run in others.items()
        if where == slug and run.outcome is not None
    }
