"""From the start of the server to its first judged answer, and the memory of its two workers."""

import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.answering import CANARY, FLOOR, App
from benchmarks.figures import Table, say
from benchmarks.load import answer_together
from benchmarks.sites import served

NUMBERS = "import sys, numpy, scipy.special; print('ready', flush=True); sys.stdin.read()"


@dataclass(kw_only=True)
class Start:
    """Seconds to the first healthy response and to the first answer, and megabytes of all processes."""

    app: App
    healthy: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def measure(static: Path, rounds: int = 5, answers: int = 80) -> tuple[list[Start], float]:
    """Both sites are started in turns. Memory is taken after some answers. Last: megabytes of the numeric libraries."""
    starts = [Start(app=FLOOR), Start(app=CANARY)]
    for _ in range(rounds):
        for start in starts:
            with served(start.app, static) as site:
                first = answer_together(site, 1, 1)
                start.healthy.append(site.seconds_to_start)
                start.answered.append(site.seconds_to_start + first.seconds[0])
                answer_together(site, 2, answers)
                start.memory.append(_megabytes(_group(site.pid)))
    return starts, _numeric_libraries()


def table(found: tuple[list[Start], float]) -> Table:
    """What was found, as in docs/performance.md."""
    starts, numbers = found
    rows = [
        [
            f"{start.app.name}, served",
            say(median(start.healthy)),
            say(median(start.answered)),
            say(median(start.memory)),
        ]
        for start in starts
    ]
    return Table(
        title="Start and memory",
        columns=["what", "first response, s", "first answer, s", "memory, MB"],
        rows=[*rows, ["numpy and scipy.special, in two processes", "", "", say(numbers)]],
    )


def _numeric_libraries() -> float:
    """What two processes take that have loaded the numeric libraries and do nothing."""
    command = [sys.executable, "-c", NUMBERS]
    with ExitStack() as stack:
        pair = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(2)
        ]
        for process in pair:
            assert process.stdout is not None
            process.stdout.readline()
        return _megabytes([process.pid for process in pair])


def _group(leader: int) -> list[int]:
    """The processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
        except ProcessLookupError:
            continue
    return found


def _megabytes(processes: list[int]) -> float:
    """Memory of processes together; what they share is counted once (proportional set size)."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes]
    return sum(int(line.split()[1]) for text in texts for line in text.splitlines() if line.startswith("Pss:")) / 1024
