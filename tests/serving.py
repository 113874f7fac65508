"""A real server for tests: its own process group, port, database and static files."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


@dataclass(kw_only=True)
class Site:
    """A running site. `environment` is what its processes were started with."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]
    application: str

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py against this site's database and return what it printed."""
        return _manage(self.environment, *arguments)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server and its workers, and nothing else."""
        if self.process.poll() is None:
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)  # it ends its workers itself
            self.process.wait(timeout=20)

    def start(self) -> None:
        """Start the server again, on the same port and database."""
        self.process = _serve(self.environment, self.url, self.log, self.application)


def new_site(folder: Path, database_url: str, static: Path, application: str) -> Site:
    """Prepare the database at `database_url` and serve `application` on it, with the static files of `static`."""
    environment = {
        **os.environ,
        "CANARYLEARN_ENV": "development",
        "SECRET_KEY": "for tests alone, and as long as a real one has to be",
        "DATABASE_URL": database_url,
        "STATIC_ROOT": str(static),
        "LOG_LEVEL": "WARNING",
    }
    _manage(environment, "prepare")
    url, log = f"http://127.0.0.1:{free_port()}", folder / "server.log"
    process = _serve(environment, url, log, application)
    return Site(url=url, environment=environment, log=log, process=process, application=application)


def collect_static(folder: Path) -> Path:
    """Collect the static files into `folder`, as a site in production has them."""
    _manage({**os.environ, "STATIC_ROOT": str(folder)}, "collectstatic", "--no-input", "--verbosity=0")
    return folder


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def _serve(environment: dict[str, str], url: str, log: Path, application: str) -> subprocess.Popen[bytes]:
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", port, "--no-ws"]
    command += ["--workers", "2", "--blocking-threads", "1", "--log-level", "warning"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, application],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    wait_until_well(process, url, log)
    return process


def wait_until_well(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return when the site at `url` says it is well; fails with the log when it ends or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=SECONDS_TO_START):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
    raise AssertionError(f"The server at {url} did not start:\n{log.read_text()}")
