"""A process apart, in which whatever people typed is read and run. Run as a program by `apart`; knows no Django.

It waits with everything loaded, and forks once for each call. The fork is bounded in memory, in processor time and in
time before it looks at what it was given, and holds no file, no database and no secret of the site.
"""

import gc
import json
import os
import pickle
import resource
import signal
import socket
import struct
import traceback
from contextlib import suppress
from pathlib import Path

from canarylearn.lab.running import warm_up

MEMORY = 512 * 1024 * 1024
"""Bytes that a call may take beyond what the process holds before it."""

SECONDS = 2
"""How long a call may last, on the clock and of the processor."""

MOST_FILES = 32
IDLE = 600.0
"""Seconds without a call after which the process ends; the next call starts another."""

NUMBER = struct.Struct("I")
"""How a fork says which process it is, as the first thing."""


def main() -> None:
    """Serve the calls that arrive through standard input, a socket, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the server, whose end closes the socket
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks, and the system clears them away
    warm_up()
    gc.freeze()  # what is loaded stays as it is, and is shared with every fork
    calls = socket.socket(fileno=0)
    calls.settimeout(IDLE)
    with suppress(TimeoutError):
        while descriptors := socket.recv_fds(calls, 1, 1)[1]:
            if not os.fork():
                calls.close()
                _serve(descriptors[0])
            os.close(descriptors[0])


def _serve(descriptor: int) -> None:
    """One call, in a process that ends with it."""
    try:
        bound()
        with socket.socket(fileno=descriptor) as line:
            line.sendall(NUMBER.pack(os.getpid()))
            line.sendall(_answer(line))
    finally:
        os._exit(0)


def bound() -> None:
    """From now on this process may take so much and no more. The alarm ends it in the middle of anything."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    with suppress(FileNotFoundError):  # only Linux tells, and only Linux keeps this bound
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(line: socket.socket) -> bytes:
    """What came of a call, as plain data in JSON."""
    try:
        # From the server, which wrote it itself: the text that a person typed is a value in it.
        function, argument = pickle.loads(_everything(line))  # noqa: S301
        return json.dumps({"told": function(argument)}).encode()
    except MemoryError:
        return json.dumps({"stopped": "memory"}).encode()
    except Exception:  # whatever it is: the server has to hear of it
        return json.dumps({"fault": traceback.format_exc()}).encode()


def _everything(line: socket.socket) -> bytes:
    parts = []
    while part := line.recv(65_536):
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    main()
