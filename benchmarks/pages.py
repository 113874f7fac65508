"""The pages of the ten ways to learn: weight, CPU of the server and statements of each, beside the floor's page."""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from sys import executable
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.answering import CANARY, FLOOR, App
from benchmarks.figures import Table, ratio, say
from benchmarks.sites import ROOT, environment

_ASSET = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')


@dataclass
class Opened:
    """A page that was opened: its statements for a guest and for somebody signed in, its kilobytes on a first visit,
    and CPU seconds, one a round."""

    name: str
    statements: int
    signed: int
    kilobytes: float
    cpu: list[float] = field(default_factory=list)


def measure(static: Path, rounds: int = 9, times: int = 5) -> list[Opened]:
    """Both sites take turns: a round opens the floor's page and each of CanaryLearn's so many times. Floor first."""
    with ExitStack() as stack:
        floor, canary = (stack.enter_context(_worker(app, static)) for app in (FLOOR, CANARY))
        found: list[Opened] = []
        for worker in (floor, canary):
            told = _ask(worker, times=1, texts=True)
            found += [
                Opened(one["name"], one["statements"], one["signed"], _kilobytes(one["text"], static)) for one in told
            ]
        by_name = {one.name: one for one in found}
        for _ in range(rounds):
            for worker in (floor, canary):
                for one in _ask(worker, times=times, texts=False):
                    by_name[one["name"]].cpu.append(one["cpu"])
    return found


def table(found: list[Opened]) -> Table:
    """What was found, as in docs/performance.md."""
    floor = found[0]
    return Table(
        title="Pages of the ten ways to learn",
        columns=["page", "kB on a first visit", "server ms", "times the floor", "statements", "signed in"],
        rows=[
            [
                one.name,
                say(one.kilobytes),
                say(1e3 * median(one.cpu)),
                say(ratio(one.cpu, floor.cpu)),
                str(one.statements),
                str(one.signed),
            ]
            for one in found
        ],
    )


def _kilobytes(text: str, static: Path) -> float:
    """The page and what it loads, each as gzip makes it: what a visitor with an empty cache is sent."""
    parts = {name: (static / name).read_bytes() for name in _ASSET.findall(text)}
    return sum(len(gzip.compress(part, 6)) for part in (text.encode(), *parts.values())) / 1000


@contextmanager
def _worker(app: App, static: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process of benchmarks.pages_worker; the end of its input ends it."""
    with TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [executable, "-m", "benchmarks.pages_worker", app.name],
            cwd=ROOT,
            env=environment(app, f"sqlite:///{folder}/db.sqlite3", static),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)
            assert process.stdout is not None
            process.stdout.close()


def _ask(worker: "subprocess.Popen[str]", *, times: int, texts: bool) -> list[dict[str, Any]]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    print(json.dumps({"times": times, "texts": texts}), file=worker.stdin, flush=True)
    line = worker.stdout.readline()
    assert line, "the worker ended; its reason is above"
    told: list[dict[str, Any]] = json.loads(line)
    return told
