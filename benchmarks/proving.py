"""How long answers take while an item of 4,096 answers is proven in the background, beside answers without that.

Both are answers to the same served site, in turns: some before the proof is asked for, some while it runs, some after.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.answering import CANARY
from benchmarks.figures import Table, percentile, say
from benchmarks.load import answer_together
from benchmarks.sites import ROOT, Served, environment, served

OPTIONS = 8
"""So many options for each of four blanks make 4,096 answers."""

_ASK = """
import sys, json
import django
django.setup()
from django.contrib.auth.models import User
from canarylearn.authoring.drafts import begin_draft
from canarylearn.authoring.models import Draft, ProofRun
from canarylearn.authoring.proofs import ask_for_proof, latest_proof
from canarylearn.items.writing import item_text
from canarylearn.learning.models import Topic
options = int(sys.argv[2])
if sys.argv[1] == "ask":
    item = {
        "id": "many-answers", "kind": "task", "concept": "exposure", "level": "hard", "title": "Many answers",
        "prompt": "A task with many answers, for a measurement.",
        "template": "set_weight(⟦first⟧)\\nhold(⟦wait⟧)\\nset_weight(⟦second⟧)\\nhold(⟦end⟧)\\npromote()\\n",
        "options": {
            "first": [str(number) for number in range(1, options + 1)],
            "wait": [f"'{5 * number}m'" for number in range(1, options + 1)],
            "second": [str(20 + number) for number in range(1, options + 1)],
            "end": [f"'{5 * number}m'" for number in range(1, options + 1)],
        },
        "scenarios": ["v2-is-fine"],
        "goals": [{"name": "A v2 that is fine reaches everyone", "outcome": "promoted"}],
        "hints": ["One.", "Two.", "Three."], "mistakes": ["None."], "solution": ["None."], "quick_check": "None.",
        "passing_answers": options**4,
    }
    boss, _ = User.objects.get_or_create(username="boss")
    draft = begin_draft(topic=Topic.objects.get(), owner=boss, slug="many-answers", spec=item_text(item))
    assert ask_for_proof(draft) is not None
if sys.argv[1] == "cancel":
    ProofRun.objects.update(cancel=True)
run = latest_proof(Draft.objects.get())
print(json.dumps({"state": run.state, "done": run.done, "total": run.total}))
"""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Seconds that answers took before, during and after a proof, and what became of the proof."""

    before: list[float]
    during: list[float]
    after: list[float]
    errors: int
    done: int
    total: int
    seconds: float
    state: str

    @property
    def ratio(self) -> float:
        """How many times as long an answer takes while the proof runs."""
        return median(self.during) / median([*self.before, *self.after])


def measure(static: Path, options: int = OPTIONS, answers: int = 300, rounds: int = 5) -> Found:
    """Answers before, during and after; one client at a time, as a learner is. The proof is called off in the end."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/db.sqlite3"
        with served(CANARY, static, url) as site:
            env = environment(CANARY, url, static)
            answer_together(site, 2, min(answers, 60))  # both workers read their templates and make their runs
            before, errors = _answers(site, answers)
            told = _told(env, "ask", options)
            began = time.monotonic()
            while told["state"] == "queued" and time.monotonic() - began < 60:
                told = _told(env, "look", options)
            during: list[float] = []
            begun = told["done"]
            for _ in range(rounds):
                more, wrong = _answers(site, answers)
                during, errors = during + more, errors + wrong
            seconds = time.monotonic() - began
            told = _told(env, "cancel", options)
            done = told["done"] - begun
            while told["state"] == "running" and time.monotonic() - began < 600:
                told = _told(env, "look", options)
            after, wrong = _answers(site, answers)
    return Found(
        before=before,
        during=during,
        after=after,
        errors=errors + wrong,
        done=done,
        total=told["total"],
        seconds=seconds,
        state=told["state"],
    )


def table(found: Found) -> Table:
    """What was found, as in docs/performance.md."""
    rows = [("before", found.before), ("while it is proven", found.during), ("after", found.after)]
    title = (
        f"Answers while an item of {found.total // 59:,} answers is proven ({found.done:,} runs of answers meanwhile)"
    )
    return Table(
        title=title,
        columns=["answers", "p50 ms", "p95 ms", "times as long"],
        rows=[
            [
                name,
                say(1e3 * percentile(taken, 0.5)),
                say(1e3 * percentile(taken, 0.95)),
                say(median(taken) / median([*found.before, *found.after])),
            ]
            for name, taken in rows
        ],
    )


def _answers(site: Served, answers: int) -> tuple[list[float], int]:
    times = answer_together(site, 1, answers)
    return times.seconds, times.errors


def _told(env: dict[str, str], what: str, options: int) -> dict[str, Any]:
    command = [sys.executable, "-c", _ASK, what, str(options)]
    # Its errors are not caught in a pipe: the prover that it starts would hold that open until it ends.
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
