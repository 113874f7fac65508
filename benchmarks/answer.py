"""CPU of an answer judged and kept, beside the floor; and what a run that nobody has seen yet adds."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.answering import CANARY, FLOOR, App
from benchmarks.engine import forget_worlds
from benchmarks.figures import Table, percentile, ratio, say
from benchmarks.sites import ROOT, environment
from canarylearn.items import judging
from canarylearn.items.files import read_topic

ANSWERS = 200


@dataclass(kw_only=True)
class Taken:
    """CPU seconds of answers, a list for each round, and the statements that an answer sent."""

    rounds: list[list[float]] = field(default_factory=list)
    statements: int = 0

    def add(self, told: dict[str, Any]) -> None:
        """Take in what a worker told of a round."""
        self.rounds.append(told["cpu"])
        self.statements = told["statements"]

    @property
    def means(self) -> list[float]:
        """The mean of each round."""
        return [fmean(one) for one in self.rounds]

    @property
    def all(self) -> list[float]:
        """Every answer."""
        return list(chain.from_iterable(self.rounds))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers of the floor, of CanaryLearn with each run memoised, and with every run and world forgotten."""

    floor: Taken
    memoised: Taken
    fresh: Taken


@dataclass(frozen=True, kw_only=True)
class Shares:
    """CPU seconds of judging each answer of the content: in a world that is known, and in one that is drawn first."""

    following: list[float]
    first: list[float]


def measure(static: Path, answers: int = ANSWERS, rounds: int = 7) -> Answers:
    """Both sites take turns, each in a process of its own; forgetting comes last, as nothing is memoised after it."""
    with ExitStack() as stack:
        canary, floor = (stack.enter_context(_worker(app, static)) for app in (CANARY, FLOOR))
        for worker in (canary, floor):
            _ask(worker, answers)  # nobody's first answers, in which templates are read and runs are made
        found = Answers(floor=Taken(), memoised=Taken(), fresh=Taken())
        for _ in range(rounds):
            found.floor.add(_ask(floor, answers))
            found.memoised.add(_ask(canary, answers))
        for _ in range(rounds):
            found.fresh.add(_ask(canary, answers, forget=True))
        return found


def measure_judging(topic: str = "canary-releases") -> Shares:
    """The engine's share of an answer that is new: every answer to every item, once each way."""
    files = read_topic(ROOT / "canarylearn" / "content" / topic)
    shares = Shares(following=[], first=[])
    for item in files.items.values():
        judging.judge(item, files.scenarios_of(item), next(iter(item.assignments())))  # what is only read once
        for answer in item.assignments():
            for seconds, known in ((shares.first, False), (shares.following, True)):
                judging.deploy.cache_clear()
                if not known:
                    forget_worlds()
                started = time.process_time()
                judging.judge(item, files.scenarios_of(item), answer)
                seconds.append(time.process_time() - started)
    return shares


def tables(found: Answers, shares: Shares) -> list[Table]:
    """What was found, as in docs/performance.md."""
    rows = [("floor", found.floor), ("run memoised", found.memoised), ("everything forgotten", found.fresh)]
    judging = [("the users and their luck are known", shares.following), ("they are drawn first", shares.first)]
    return [
        Table(
            title="An answer judged and kept, CPU",
            columns=["answer", "mean ms", "p95 ms", "times the floor", "statements"],
            rows=[
                [
                    name,
                    say(1e3 * median(taken.means)),
                    say(1e3 * percentile(taken.all, 0.95)),
                    say(ratio(taken.means, found.floor.means)),
                    str(taken.statements),
                ]
                for name, taken in rows
            ],
        ),
        Table(
            title="The engine's share of an answer that was never run, CPU",
            columns=["judged when", "mean ms", "p95 ms", "most ms"],
            rows=[
                [name, say(1e3 * fmean(took)), say(1e3 * percentile(took, 0.95)), say(1e3 * max(took))]
                for name, took in judging
            ],
        ),
    ]


@contextmanager
def _worker(app: App, static: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process of benchmarks.worker; the end of its input ends it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", app.name],
            cwd=ROOT,
            env=environment(app, f"sqlite:///{folder}/db.sqlite3", static),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        yield process


def _ask(worker: "subprocess.Popen[str]", answers: int, *, forget: bool = False) -> dict[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(json.dumps({"answers": answers, "forget": forget}) + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    assert line, "the worker ended; its reason is above"
    told: dict[str, Any] = json.loads(line)
    return told
