"""The matrix of a proof: every answer with its endings, goals, harm, margin and agreement. Knows no Django."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from canarylearn.engine import Scenario
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.quantities import say_share
from canarylearn.items import Answer, Item, Judgement, judge
from canarylearn.items.explaining import ending, say_answer
from canarylearn.items.goals import read_amount
from canarylearn.items.judging import SEEDS, shown_seed
from canarylearn.items.problems import Problem
from canarylearn.items.proof import Proof, Proving, prove_members
from canarylearn.items.rows import Row, ending_of

CHUNK = 128
"""How many answers are run under one seed in one piece: what is drawn for the seed is drawn once for them."""

CLOSE = 0.1
"""A value within a tenth of its limit is told of: a little more or less luck could turn it."""


class Cancelled(Exception):
    """Whoever asked for the proof does not want it any more."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """How near a goal was to turning over: the distance as a share of the limit, and where that was."""

    share: float
    goal: str
    value: str
    limit: str
    seed: int


@dataclass(kw_only=True)
class AnswerRow:
    """What came of one answer. All but `passes` and `near` is of the run that a learner is shown."""

    number: int
    answer: str
    passes: int = 0
    seeds: int = 0
    endings: list[str] = field(default_factory=list)
    met: int = 0
    goals: int = 0
    harmed: int | None = None
    harmed_share: float | None = None
    near: Near | None = None
    reason: str = ""
    missed: int = 0

    def add(self, other: "AnswerRow") -> None:
        """What other seeds' runs of the same answer showed."""
        self.seeds += other.seeds
        self.passes += other.passes
        if other.near is not None and (self.near is None or other.near.share < self.near.share):
            self.near = other.near
        if other.endings:
            for name in _SHOWN:
                setattr(self, name, getattr(other, name))

    def show(self, judgement: Judgement) -> None:
        """The run that a learner is shown."""
        self.endings = [ending(run) for run in judgement.runs.values()]
        self.goals = len(judgement.goals)
        self.met = sum(result.met for result in judgement.goals)
        self.missed = len({result.goal.name for result in judgement.goals if not result.met})
        self.reason = _reason(judgement)
        measured = [run.outcome.measures for run in judgement.runs.values() if run.outcome is not None]
        if measured:
            worst = max(measured, key=lambda measures: measures["users_harmed_share"])
            self.harmed, self.harmed_share = int(worst["users_harmed"]), round(worst["users_harmed_share"], 6)


_SHOWN = ("endings", "met", "goals", "harmed", "harmed_share", "reason", "missed")


def row_of(number: int, judgement: Judgement, seed: int, *, shown: bool) -> AnswerRow:
    """The row of an answer after one seed's run."""
    near = min(_margins(judgement, seed), key=lambda one: one.share, default=None)
    row = AnswerRow(number=number, answer="", passes=int(judgement.passed), seeds=1, near=near)
    if shown:
        row.show(judgement)
    return row


Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Carries out a function for each of these and gives the results in their order, as `map` does."""

Report = Callable[[int], None]
"""Told how many answers were run so far; raises Cancelled."""


def count_runs(item: Item, seeds: Sequence[int] = SEEDS) -> int:
    """How many answers a proof runs, each under every seed, if no variant has to be drawn again."""
    return len(list(item.assignments())) * len(seeds) * (1 + item.variants)


def prove_with_matrix(
    item: Item,
    scenarios: Mapping[str, Scenario],
    report: Report,
    seeds: Sequence[int] = SEEDS,
    spread: Spread = map,
) -> tuple[Proof, list[Problem], list[dict[str, Any]]]:
    """A proof as `items.proof` makes it, and beside it the matrix of the authored numbers."""
    proving, done = Proving(item, scenarios), 0
    matrix: list[AnswerRow] = []
    while members := proving.due():
        found: list[list[Row]] = [[] for _ in seeds]
        if members[0].number == 0:
            matrix, first = _run_all(item, scenarios, seeds, report, spread)
            done = len(matrix) * len(seeds)
            found = [[row] for row in first]
        others = [member for member in members if member.number]
        for place, rows in enumerate(spread(partial(prove_members, others), seeds) if others else ()):
            found[place] += rows
            done += sum(len(row.passed) for row in rows)
            report(done)
        proving.take(members, found)
    proof, problems = proving.conclude()
    return proof, problems, [asdict(row) for row in matrix]


def _run_all(
    item: Item, scenarios: Mapping[str, Scenario], seeds: Sequence[int], report: Report, spread: Spread
) -> tuple[list[AnswerRow], list[Row]]:
    answers = list(item.assignments())
    matrix = [AnswerRow(number=number, answer=say_answer(item, answer)) for number, answer in enumerate(answers)]
    passed: dict[int, list[bool]] = {seed: [] for seed in seeds}
    endings: dict[int, list[str]] = {seed: [] for seed in seeds}
    pieces = [(start, seed) for start in range(0, len(answers), CHUNK) for seed in seeds]
    done = 0
    for (start, seed), judged in zip(pieces, spread(partial(_run_piece, item, scenarios), pieces), strict=True):
        for number, (one, ended) in enumerate(judged, start=start):
            matrix[number].add(one)
            passed[seed].append(one.passes == 1)
            endings[seed].append(ended)
        done += len(judged)
        report(done)
    return matrix, [Row(seed=seed, passed=tuple(passed[seed]), endings=tuple(endings[seed])) for seed in seeds]


def _run_piece(item: Item, scenarios: Mapping[str, Scenario], piece: tuple[int, int]) -> list[tuple[AnswerRow, str]]:
    """Answers from a place on, under one seed: for each a row of that run alone, and how it ended."""
    start, seed = piece
    judged = []
    for number, answer in enumerate(islice(item.assignments(), start, start + CHUNK), start=start):
        judgement = judge(item, scenarios, answer, seed)
        judged.append((row_of(number, judgement, seed, shown=seed == shown_seed(item)), ending_of(judgement)))
    return judged


def _reason(judgement: Judgement) -> str:
    """Why an answer falls, in the same words for the same reason; nothing for one that passes."""
    if judgement.refusal is not None:
        return f"refused: {judgement.refusal.message}"
    failed = judgement.first_failed
    if failed is None:
        return ""
    run = judgement.runs.get(failed.scenario)
    ended = f": {ending(run)}" if run is not None else ""
    return f"misses “{failed.goal.name}” in {failed.scenario}{ended}"


def _margins(judgement: Judgement, seed: int) -> Iterator[Near]:
    """How far each value that a goal looks at is from its limits."""
    for result in judgement.goals:
        goal, value = result.goal, result.value
        if goal.measure is None or not math.isfinite(value):
            continue
        measure = MEASURES[goal.measure]
        if measure.unit == "yes-no":
            continue
        for text in filter(None, (goal.at_least, goal.at_most)):
            limit = read_amount(measure, text)
            if math.isfinite(limit):
                share = abs(value - limit) / max(abs(limit), abs(value), 1e-12)
                said = measure.say(value)
                yield Near(share=round(share, 4), goal=goal.name, value=said, limit=measure.say(limit), seed=seed)


# What the matrix shows


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What an author should see in a matrix."""

    passing: list[dict[str, Any]]
    same: list[tuple[str, list[str]]]
    close: list[dict[str, Any]]
    undecided: list[dict[str, Any]]
    guess: float
    prior: float

    @property
    def guess_text(self) -> str:
        """The chance of passing by a blind guess."""
        return say_share(self.guess)

    @property
    def prior_text(self) -> str:
        """The share of learners to expect right at the first try, before anybody has tried."""
        return say_share(round(self.prior, 2))

    @property
    def level(self) -> str:
        """How hard that is, in a word."""
        return "easy" if self.prior >= 0.6 else "medium" if self.prior >= 0.4 else "hard"


def read_matrix(rows: Sequence[Mapping[str, Any]]) -> Reading:
    """What stands out in the rows of a matrix.

    The prior is the guess floor, and of the rest three quarters for each blank of four options, less where wrong
    answers come near: one that misses a single goal is a better lure than one that is refused. It orders items until
    learners' answers do that better.
    """
    passing = [dict(row) for row in rows if row["passes"] == row["seeds"]]
    wrong = [row for row in rows if row["passes"] < row["seeds"]]
    groups: dict[str, list[str]] = defaultdict(list)
    for row in wrong:
        groups[row["reason"]].append(row["answer"])
    guess = len(passing) / max(1, len(rows))
    lures = sum(row["missed"] == 1 for row in wrong) / max(1, len(wrong))
    return Reading(
        passing=passing,
        same=[(reason, answers) for reason, answers in groups.items() if reason and len(answers) > 1],
        close=sorted(
            (dict(row) for row in rows if row["near"] and row["near"]["share"] < CLOSE),
            key=lambda row: float(row["near"]["share"]),
        ),
        undecided=[dict(row) for row in rows if 0 < row["passes"] < row["seeds"]],
        guess=guess,
        prior=guess + (1 - guess) * 0.75 ** (math.log(max(2, len(rows)), 4)) * (1 - 0.5 * lures),
    )


def answer_number(item: Item, answer: Answer) -> int:
    """The place of an answer among all of them."""
    wanted = dict(answer)
    return next(number for number, one in enumerate(item.assignments()) if one == wanted)
