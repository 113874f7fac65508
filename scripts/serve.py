"""Serve this checkout on 127.0.0.1: prepare it, start the server, say what to open. Run by `make run`."""

import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SECONDS_TO_START = 60
TOLD_TO_STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}

WELCOME = """
  CanaryLearn is running.      (Ctrl-C stops it.)

  Open       http://{host}:{port}/
  Admin      http://{host}:{port}/admin/   name: admin   password: {password}
"""


def main() -> None:
    port = _port(os.environ.get("PORT", "8000"))
    subprocess.run([sys.executable, "manage.py", "prepare", "--admin"], cwd=ROOT, check=True)
    subprocess.Popen([sys.executable, __file__, "--welcome", str(port)])
    sys.exit(serve(port))


def serve(port: int) -> int:
    """Serve until told to stop; gives the server's exit code.

    The server has a process group of its own and is told once. It locks up for good when a second signal meets it in
    the midst of the first, and `make` passes on to its commands what the whole group was told already.
    """
    # One thread a worker: on SQLite more threads only wait for each other's writes (docs/performance.md).
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    settings = ["--workers", "2", "--blocking-threads", "1", "--workers-kill-timeout", "10", "--no-ws"]
    command = [*granian, *settings, "--log-level", "warning", "canarylearn.wsgi:application"]
    signal.signal(signal.SIGCHLD, lambda number, frame: None)  # what is ignored cannot be waited for
    awaited = {*TOLD_TO_STOP, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        process_group=0,
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited),  # noqa: PLW1509 - no threads here
    )
    while server.poll() is None:
        if signal.sigwait(awaited) in TOLD_TO_STOP:
            server.terminate()
            break
    return server.wait()


def _port(text: str) -> int:
    """The port to serve on; stops with a plain message when it cannot be used."""
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        sys.exit(f"PORT is {text!r}; a number from 1 to 65535 is expected, such as: make run PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            sys.exit(f"Port {text} cannot be used ({error.strerror}). Choose another: make run PORT=8001")
    return int(text)


def welcome(port: int) -> None:
    """Wait for the first healthy answer, then say what to open and how to sign in."""
    connection = HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
    while os.getppid() != 1:  # the server, which started this process, has not ended
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            connection.close()
            continue
        password = ROOT / ".local" / "admin-password"
        known = password.read_text().strip() if password.exists() else "the one you gave it"
        print(WELCOME.format(host=HOST, port=port, password=known), flush=True)
        return


if __name__ == "__main__":
    if sys.argv[1:2] == ["--welcome"]:
        welcome(int(sys.argv[2]))
    else:
        main()
