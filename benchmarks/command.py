"""How long `canary check` takes to start, and how `canary power` uses the machine's cores."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.figures import Table, ratio, say

ROLLOUTS = Path(__file__).resolve().parent.parent / "docs" / "rollouts"
BARE = [sys.executable, "-c", "import yaml"]
CANARY = [str(Path(sys.executable).with_name("canary"))]
FILES = ("azure-blue-green.yaml", "argo-ranker.yaml")
ROUNDS = 15
SEEDS = 500


def wall(command: list[str]) -> float:
    """Seconds from the start of a program to its end."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def starts(rounds: int = ROUNDS) -> Table:
    """`canary check` on a short and a long file beside a bare `import yaml`, in turns."""
    calls = {"python -c 'import yaml'": BARE}
    calls |= {f"canary check {name}": [*CANARY, "check", str(ROLLOUTS / name)] for name in FILES}
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, command in calls.items():
            found[name].append(wall(command))
    bare = next(iter(found.values()))
    rows = [[name, say(1000 * median(times)), say(ratio(times, bare))] for name, times in found.items()]
    return Table(title="Start", columns=["call", "ms", "times the bare start"], rows=rows)


def power(seeds: int = SEEDS, rounds: int = 2) -> Table:
    """`canary power` on one core and on all of them, in turns."""
    call = [*CANARY, "power", str(ROLLOUTS / FILES[1]), "--scenario", "v2-fails", "--seeds", str(seeds)]
    cores = os.sched_getaffinity(0)
    found: dict[int, list[float]] = {1: [], len(cores): []}
    for _ in range(rounds):
        for number, times in found.items():
            # Inherited by the processes that it starts.
            os.sched_setaffinity(0, sorted(cores)[:number])
            times.append(wall(call))
    os.sched_setaffinity(0, cores)
    one = found[1]
    rows = [
        [f"{number} of {len(cores)}", say(median(times)), say(ratio(one, times))] for number, times in found.items()
    ]
    return Table(title=f"canary power, {seeds} seeds", columns=["cores", "s", "times as fast as one"], rows=rows)
