"""Calls for the process apart that no honest plan would make: each tries one thing that it must not be able to do."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

MEBIBYTE = 2**20


def give_back(value: object) -> object:
    """The value, to see that calls arrive."""
    return value


def look_around(_: object) -> dict[str, object]:
    """What a call can see: its environment as it was started, its open files, and whether Django is there."""
    return {
        "environment": Path("/proc/self/environ").read_bytes().decode().split("\0"),
        "files": [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()],
        "modules": sorted(name for name in sys.modules if name.partition(".")[0] in ("django", "sqlite3", "psycopg")),
    }


def loop(_: object) -> None:
    """Never end, in Python."""
    while True:
        pass


def loop_in_c(_: object) -> int:
    """Never end, in one long call of C that no signal handler of Python could interrupt."""
    return sum(range(10**14))


def wait(seconds: float) -> float:
    """Wait without using the processor."""
    time.sleep(seconds)
    return seconds


def ignore_the_alarm(_: object) -> None:
    """Use the processor with the alarm put off: the limit on the processor is still there."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    loop(None)


def grow_at_once(mebibytes: int) -> int:
    """Take so much memory in one piece."""
    return len(bytes(mebibytes * MEBIBYTE))


def grow_bit_by_bit(_: object) -> None:
    """Take memory until there is none left."""
    held = []
    while True:
        held.append(bytes(MEBIBYTE))


def write_a_file(path: str) -> None:
    """Write something to the disk."""
    with Path(path).open("wb") as file:
        file.write(b"x")
        file.flush()


def open_many_files(_: object) -> int:
    """Open more files than a call may hold."""
    held = [Path("/dev/null").open() for _ in range(1000)]  # noqa: SIM115
    return len(held)


def answer_too_much(_: object) -> str:
    """A reply of 30 MiB."""
    return "x" * (30 * MEBIBYTE)


def answer_no_data(_: object) -> object:
    """Something that is no plain data."""
    return object()


def break_down(_: object) -> None:
    """Raise what nobody expects."""
    raise ZeroDivisionError("on purpose")


def die(_: object) -> None:
    """End without a word."""
    os._exit(1)


def crash(_: object) -> None:
    """Read memory that is not there."""
    ctypes.string_at(0)


def recurse(depth: int = 0) -> int:
    """Call itself until Python refuses."""
    return recurse(depth + 1)
