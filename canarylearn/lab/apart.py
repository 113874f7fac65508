"""Calls into the process apart (`child`): started when first needed, two calls at a time, and never waited for long."""

import atexit
import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from canarylearn.lab.child import NUMBER, SECONDS

A = TypeVar("A")

ROOT = Path(__file__).resolve().parent.parent.parent
AT_ONCE = 2
SECONDS_TO_START = 15.0
GRACE = 0.5
"""Seconds after which a call that should have ended itself is given up."""

LONGEST_REPLY = 8 * 1024 * 1024
# Nothing of the site's own environment: no key, no address of a database. One thread, so that a fork is whole.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Busy(Exception):
    """Two calls are under way already, and neither ended while this one waited."""


class Stopped(Exception):
    """A call that had no end of its own: `why` is time, memory or fault."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Workplace:
    """The process apart of this server process, and the way to it."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._calls: socket.socket | None = None

    @property
    def process_id(self) -> int | None:
        """The number of the process; None when it was not started yet, or was ended."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start the process if it is not running, without waiting for it."""
        with self._lock:
            self._started()

    def call(self, function: Callable[[A], object], argument: A) -> object:
        """What the function, found by its name in the process apart, makes of the argument: plain data.

        Raises Stopped when it took too much or broke, and Busy when there is no place for it.
        """
        if not self._places.acquire(timeout=SECONDS):
            raise Busy
        try:
            return self._call(pickle.dumps((function, argument)))
        finally:
            self._places.release()

    def end(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            self._end()

    def _call(self, what: bytes) -> object:
        try:
            reply = json.loads(self._reply(what))
        except (TimeoutError, ValueError):  # no reply, or half of one: it was ended from outside
            raise Stopped("time") from None
        except OSError as error:
            reply = {"fault": str(error)}
        if "told" in reply:
            return reply["told"]
        if "fault" in reply:
            logging.getLogger(__name__).error("A call of the lab failed: %s", reply["fault"])
        raise Stopped("fault" if "fault" in reply else reply["stopped"])

    def _reply(self, what: bytes) -> bytes:
        """The reply to a call. A call that did not begin, because the process had just ended, is made once more."""
        for _ in range(2):
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    process = self._hand_over(theirs)
                if number := _begun(ours):
                    return _ask(ours, what, number)
            with self._lock:
                if process is self._process:
                    self._end()
        raise ConnectionError("the process apart does not begin")

    def _hand_over(self, theirs: socket.socket) -> "subprocess.Popen[bytes]":
        with self._lock:
            process, calls = self._started()
            try:
                socket.send_fds(calls, [b"c"], [theirs.fileno()])
            except OSError:  # it has ended meanwhile, as it does when it was idle for long
                self._end()
                process, calls = self._started()
                socket.send_fds(calls, [b"c"], [theirs.fileno()])
            return process

    def _started(self) -> "tuple[subprocess.Popen[bytes], socket.socket]":
        if self._process is not None and self._calls is not None and self._process.poll() is None:
            return self._process, self._calls
        self._end()
        self._calls, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "canarylearn.lab.child"],
                cwd=ROOT,
                env=ENVIRONMENT,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )
        return self._process, self._calls

    def _end(self) -> None:
        if self._process is not None and self._calls is not None:
            self._calls.close()
            self._process.wait()
            self._process = self._calls = None


def _begun(line: socket.socket) -> int:
    """The number of the process that took a call up: 0 when none did, TimeoutError when nobody says so."""
    line.settimeout(SECONDS_TO_START)
    try:
        said = line.recv(NUMBER.size, socket.MSG_WAITALL)
    except ConnectionError:
        return 0
    return int(NUMBER.unpack(said)[0]) if len(said) == NUMBER.size else 0


def _ask(line: socket.socket, what: bytes, number: int) -> bytes:
    """Send a call and read its reply: empty when the process ended without one. TimeoutError when there is no end."""
    deadline = time.monotonic() + SECONDS + GRACE
    try:
        line.sendall(what)
        line.shutdown(socket.SHUT_WR)
        reply = bytearray()
        while len(reply) <= LONGEST_REPLY:
            line.settimeout(max(0.001, deadline - time.monotonic()))
            part = line.recv(65_536)
            if not part:
                return bytes(reply)
            reply += part
    except TimeoutError:
        # It put its alarm off, or the machine is too busy to ring it. While the line is open its number is its own.
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        raise
    raise Stopped("memory")


WORKPLACE = Workplace()
atexit.register(WORKPLACE.end)
