"""python -m benchmarks.mastery: how often the ten-question test is wrong, by simulation; docs/test.md holds the tables.

Each simulated learner sits a test that is drawn, weighed and ended by the code that serves it. An ability is drawn from
the normal distribution with mean 0 and standard deviation 1; each answer passes with the chance of the model, at the
question's true difficulty, slope and floor, which need not be those that the test assumes.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.figures import Table
from canarylearn.items import read_topic
from canarylearn.mastery import CUT, DIFFICULTIES, FIRST, MOST, Candidate, Next, Verdict, decide, draw, what_next
from canarylearn.mastery.evidence import SLOPE, Bools, Numbers, chance, course

CONTENT = Path(__file__).resolve().parent.parent / "canarylearn" / "content"
LEARNERS = 10_000
SEED = 2026
CONCEPTS = ("shares", "routing", "exposure", "evidence", "decision", "rollback")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of simulated questions and is not known to the test.

    `difficulty_off` is the standard deviation of a difficulty around what it is taken for, `slope_off` the most by
    which a slope differs from the one assumed, `floor` the chance of somebody who does not know (None: the question's).
    """

    difficulty_off: float = 0.0
    slope_off: float = 0.0
    floor: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sat:
    """Tests that were sat, one row a learner: abilities, what passed, and the course of certainty."""

    ability: Numbers
    passed: Bools
    course: Numbers

    @property
    def strong(self) -> Bools:
        """Who reaches the cut."""
        found: Bools = self.ability >= CUT
        return found


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Shares of learners: called strong of those below the cut, called not yet of those above, not decided of all;
    how many questions a learner answered on average; of those called strong, how many are below the cut."""

    false_strong: float
    missed: float
    undecided: float
    questions: float
    below: float


def bank(floor: float, each: int = 2) -> list[Candidate]:
    """A bank of questions: so many of each level on each concept."""
    return [
        Candidate(item=f"{concept}-{level}-{number}", concept=concept, level=level, floor=floor, variants=(0,))
        for concept in CONCEPTS
        for level in DIFFICULTIES
        for number in range(each)
    ]


def published() -> list[Candidate]:
    """The bank of the canary releases, with the levels of its authors and the floors of its proofs."""
    files = read_topic(CONTENT / "canary-releases")
    proofs = json.loads((CONTENT / "proofs.lock.json").read_text(encoding="utf-8"))
    items = [files.items[slug] for slug in files.topic.bank]
    return [
        Candidate(
            item=item.id,
            concept=item.concept or "",
            level=item.level,
            floor=proofs[item.id]["guess_floor"],
            variants=(0,),
        )
        for item in items
    ]


def sit(candidates: Sequence[Candidate], truth: Truth | None = None, learners: int = LEARNERS) -> Sat:
    """Let learners answer all that could be asked of them; when each would have stopped is seen afterwards."""
    drawn = [[one.candidate for one in draw(candidates, f"{SEED} {learner}")] for learner in range(learners)]
    difficulty = np.array([[one.difficulty for one in row] for row in drawn])
    floor = np.array([[one.floor for one in row] for row in drawn])
    return _answered(difficulty, floor, truth or Truth())


def sit_at_the_cut(floor: float, learners: int = LEARNERS) -> Sat:
    """The same, with questions 11 to 20 exactly at the cut: what the published table of rules assumes."""
    first = [one.candidate.difficulty for one in draw(bank(floor), "any")][:FIRST]
    difficulty = np.tile([*first, *[CUT] * (MOST - FIRST)], (learners, 1))
    return _answered(difficulty, np.full(difficulty.shape, floor), Truth())


def _answered(difficulty: Numbers, floor: Numbers, truth: Truth) -> Sat:
    rng = np.random.default_rng(SEED)
    ability = rng.normal(size=len(difficulty))
    luck = rng.random(difficulty.shape)
    really = difficulty + truth.difficulty_off * rng.normal(size=difficulty.shape)
    slope = SLOPE + truth.slope_off * rng.uniform(-1, 1, size=difficulty.shape)
    guessed = floor if truth.floor is None else np.full(floor.shape, truth.floor)
    passed = luck < chance(ability[:, None], really, guessed, slope)
    return Sat(ability=ability, passed=passed, course=course(difficulty, floor, passed))


def by_posterior(sat: Sat, most: int = MOST) -> Rates:
    """The test's own rule, with at most so many questions."""
    ended = [_end(list(row), most) for row in sat.course.tolist()]
    verdicts = [verdict for verdict, _ in ended]
    return _rates(sat, verdicts, [answered for _, answered in ended])


def _end(sure: Sequence[float], most: int) -> tuple[Verdict, int]:
    """The verdict on a learner who takes the offer of more questions, and after how many answers it comes."""
    answered = 0
    while what_next(sure[answered], answered, drawn=most, more=True) is Next.ASK:
        answered += 1
    return decide(sure[answered], answered), answered


def by_count(sat: Sat, needed: int) -> Rates:
    """The common rule: strong with at least so many of the first ten."""
    reached = sat.passed[:, :FIRST].sum(axis=1) >= needed
    verdicts = [Verdict.STRONG if one else Verdict.NOT_YET for one in reached]
    return _rates(sat, verdicts, [FIRST] * len(verdicts))


def _rates(sat: Sat, verdicts: Sequence[Verdict], answered: Sequence[int]) -> Rates:
    said = {verdict: np.array([one is verdict for one in verdicts]) for verdict in Verdict}
    return Rates(
        false_strong=float(said[Verdict.STRONG][~sat.strong].mean()),
        missed=float(said[Verdict.NOT_YET][sat.strong].mean()),
        undecided=float(said[Verdict.UNDECIDED].mean()),
        questions=float(np.mean(answered)),
        below=float((~sat.strong)[said[Verdict.STRONG]].mean()),
    )


def rules(learners: int = LEARNERS) -> Table:
    """The rules beside each other, under the assumptions of the published table and as our test selects."""
    rows = []
    for floor in (0.25, 0.05):
        sat, ours = sit_at_the_cut(floor, learners), sit(bank(floor), learners=learners)
        rows += [_row(f"{needed} of 10 right", floor, by_count(sat, needed)) for needed in (7, 8, 9)]
        rows += [_row(f"posterior, {say}", floor, by_posterior(sat, most)) for say, most in _LENGTHS]
        rows.append(_row("**our test**, up to 20", floor, by_posterior(ours)))
    return _table("Rules, when the model is true", rows)


_LENGTHS = (("10 questions", 10), ("up to 15", 15), ("up to 20", 20))

TRUTHS: dict[str, Callable[[Truth], Truth]] = {
    "as assumed": lambda truth: truth,
    "difficulties off by 0.5": lambda truth: replace(truth, difficulty_off=0.5),
    "slopes off by up to 0.4": lambda truth: replace(truth, slope_off=0.4),
    "both": lambda truth: replace(truth, difficulty_off=0.5, slope_off=0.4),
    "nobody guesses: “not sure” instead": lambda truth: replace(truth, floor=0.0),
}


def with_published_bank(learners: int = LEARNERS) -> Table:
    """The test as it is served, with the questions it has."""
    rows = []
    for name, change in TRUTHS.items():
        sat = sit(published(), change(Truth()), learners)
        rows.append(_row(name, "as proven", by_posterior(sat)))
        rows.append(_row("… 8 of 10 right", "as proven", by_count(sat, 8)))
    return _table("Our test, with the bank of the canary releases", rows)


def wrong_assumptions(learners: int = LEARNERS) -> Table:
    """Our test when its assumptions are wrong; beside each, 8 of 10 right on the same answers."""
    rows = []
    for name, change in TRUTHS.items():
        sat = sit(bank(0.25), change(Truth()), learners)
        rows.append(_row(name, 0.25, by_posterior(sat)))
        rows.append(_row("… 8 of 10 right", 0.25, by_count(sat, 8)))
    return _table("Our test, when the model is wrong", rows)


def shifted(learners: int = LEARNERS) -> Table:
    """What no test of ten new questions can notice: all of them harder, or easier, than their authors thought."""
    rows = []
    for off in (-0.5, 0.5):
        drawn = [[one.candidate for one in draw(bank(0.25), f"{SEED} {learner}")] for learner in range(learners)]
        assumed = np.array([[one.difficulty for one in row] for row in drawn])
        floor = np.full(assumed.shape, 0.25)
        really = _answered(assumed + off, floor, Truth())
        sat = Sat(ability=really.ability, passed=really.passed, course=course(assumed, floor, really.passed))
        name = f"every question {'harder' if off > 0 else 'easier'} by 0.5"
        rows += [_row(name, 0.25, by_posterior(sat)), _row("… 8 of 10 right", 0.25, by_count(sat, 8))]
    return _table("Our test, when all difficulties are wrong in the same direction", rows)


def _row(name: str, floor: float | str, rates: Rates) -> list[str]:
    shares = (rates.false_strong, rates.missed, rates.undecided, rates.below)
    percents = [f"{100 * share:.1f} %" for share in shares]
    said = floor if isinstance(floor, str) else f"{floor:g}"
    return [name, said, *percents[:3], f"{rates.questions:.1f}", percents[3]]


def _table(title: str, rows: list[list[str]]) -> Table:
    columns = [
        "rule",
        "guess floor",
        "false strong",
        "missed",
        "undecided",
        "questions",
        "of those called strong, below",
    ]
    return Table(title=title, columns=columns, rows=rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mastery", description=__doc__)
    parser.add_argument("--learners", type=int, default=LEARNERS)
    learners = parser.parse_args().learners
    for table in (rules, with_published_bank, wrong_assumptions, shifted):
        print(f"{table(learners)}\n", flush=True)


if __name__ == "__main__":
    main()
