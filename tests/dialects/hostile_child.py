"""Run as a program: every hostile script in one process that may grow by 64 MiB and no more; tells JSON of each."""

import json
import resource
import sys
import time
from pathlib import Path

from canarylearn.dialects.errors import Located
from tests.dialects.hostile_scripts import HOSTILE
from tests.dialects.running import deploy

MEBIBYTES = 64


def bound_memory() -> None:
    """From now on this process may hold 64 MiB more than it holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEBIBYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def the_bound_holds() -> bool:
    """Whether a little more than the bound is really refused."""
    try:
        len(bytes((MEBIBYTES + 1) * 1024 * 1024))
    except MemoryError:
        return True
    return False


def main() -> None:
    """Tell, for each script, whether it was stopped, and in how many seconds of the processor; with a trace as well."""
    told = {}
    deploy("print('warm')")
    bound_memory()
    for name, source in HOSTILE.items():
        began = time.process_time()
        stopped = isinstance(deploy(source), Located)
        halfway = time.process_time()
        stopped = stopped and isinstance(deploy(source, trace=True), Located)
        told[name] = [stopped, max(halfway - began, time.process_time() - halfway)]
    json.dump({"bounded": the_bound_holds(), "scripts": told}, sys.stdout)


if __name__ == "__main__":
    main()
