"""python -m benchmarks [engine|answer|clients|page|pages|proving|start|command ...]: print tables of performance.md."""

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

from benchmarks import answer, clients, command, engine, page, pages, proving, start
from benchmarks.figures import Table
from benchmarks.sites import static_files

MEASUREMENTS: dict[str, Callable[[Path], list[Table]]] = {
    "engine": lambda static: [engine.table(engine.measure()), engine.table_large(engine.measure_large())],
    "answer": lambda static: answer.tables(answer.measure(static), answer.measure_judging()),
    "clients": lambda static: [clients.table(clients.measure(static))],
    "page": lambda static: [page.table(page.measure(static))],
    "pages": lambda static: [pages.table(pages.measure(static))],
    "start": lambda static: [start.table(start.measure(static))],
    "proving": lambda static: [proving.table(proving.measure(static))],
    "command": lambda static: [command.starts(), command.power()],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*MEASUREMENTS, []], help="all of them when none is named")
    chosen = parser.parse_args().what or list(MEASUREMENTS)
    print(f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    with static_files() as static:
        for name in chosen:
            for table in MEASUREMENTS[name](static):
                print(f"{table}\n", flush=True)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
