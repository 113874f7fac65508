"""python -m benchmarks.lab: how long a run of the lab takes in the process apart, and what that process holds."""

import os
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canarylearn.settings")

import django

django.setup()

from benchmarks.figures import Table, percentile  # noqa: E402
from canarylearn.engine import Plan, Step  # noqa: E402
from canarylearn.lab.apart import Workplace  # noqa: E402
from canarylearn.lab.beginning import MANIFEST_TO_BEGIN_WITH, SCRIPT_TO_BEGIN_WITH  # noqa: E402
from canarylearn.lab.running import FORM, MANIFEST, SCRIPT, Job, Writing, carry_out  # noqa: E402
from canarylearn.lab.scenarios import offered  # noqa: E402

ROUNDS = 40
SCENARIO = "canary-releases/v2-fails"
STEPS = tuple(Step(weight=weight, hold=600.0) for weight in (500, 2000, 5000))
WRITINGS = {
    "a run of the form": Writing(way=FORM, plan=Plan(steps=STEPS)),
    "a run of a manifest": Writing(way=MANIFEST, text=MANIFEST_TO_BEGIN_WITH),
    "a run of a script": Writing(way=SCRIPT, text=SCRIPT_TO_BEGIN_WITH),
    "a script that is refused": Writing(way=SCRIPT, text="promot()"),
    "a manifest that is refused": Writing(way=MANIFEST, text="kind: ["),
}


def seconds(workplace: Workplace, writing: Writing, seed: int) -> float:
    """How long one call takes, as the server process sees it."""
    job = Job(scenario=offered()[SCENARIO].scenario, seed=seed, writings=(writing,))
    began = time.perf_counter()
    workplace.call(carry_out, job)
    return time.perf_counter() - began


def first_call() -> float:
    """How long the first call takes, the start of the process with it."""
    workplace = Workplace()
    took = seconds(workplace, WRITINGS["a run of the form"], 0)
    workplace.end()
    return took


def measure() -> Table:
    """The table of docs/lab.md."""
    cold = [first_call() for _ in range(5)]
    workplace = Workplace()
    rows = [["the first run, the start of the process with it", *_say(cold)]]
    for name, writing in WRITINGS.items():
        rows.append([name, *_say([seconds(workplace, writing, seed) for seed in range(ROUNDS)])])
    rows.append(["memory of the process while it waits", f"{_mebibytes(workplace):,.0f} MiB", ""])
    workplace.end()
    return Table(title="The lab, in the process apart", columns=["", "median", "95 %"], rows=rows)


def _say(took: list[float]) -> list[str]:
    return [f"{value * 1000:,.0f} ms" for value in (median(took), percentile(took, 0.95))]


def _mebibytes(workplace: Workplace) -> float:
    assert workplace.process_id is not None
    lines = Path(f"/proc/{workplace.process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    print(measure())
