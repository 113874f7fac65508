"""Served sites for measurements: CanaryLearn and the floor, each as `make run` serves, with a database of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.answering import CANARY, HOST, App, Call, over_http
from tests.serving import free_port

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running site: its address, the process that leads its group, and the seconds to its first answer."""

    app: App
    url: str
    pid: int
    seconds_to_start: float


def environment(app: App, database_url: str, static: Path) -> dict[str, str]:
    """What a process of the app is started with."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": app.settings,
        "CANARYLEARN_ENV": "development",
        "SECRET_KEY": "for measurements alone, and as long as a real one has to be",
        "DATABASE_URL": database_url,
        "STATIC_ROOT": str(static),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def static_files() -> Iterator[Path]:
    """CanaryLearn's static files, compressed and under hashed names."""
    with TemporaryDirectory() as folder:
        manage("collectstatic", "--no-input", "--verbosity=0", env=environment(CANARY, "sqlite:///", Path(folder)))
        yield Path(folder)


@contextmanager
def served(app: App, static: Path, database_url: str = "") -> Iterator[Served]:
    """The app on a prepared database, served by two workers of one thread each; on SQLite by default."""
    with TemporaryDirectory() as folder:
        env = environment(app, database_url or f"sqlite:///{folder}/db.sqlite3", static)
        manage("prepare", env=env)
        started, port = time.monotonic(), free_port()
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
        workers = ["--workers", "2", "--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
        process = subprocess.Popen(
            [*granian, *workers, "canarylearn.wsgi:application"], cwd=ROOT, env=env, start_new_session=True
        )
        try:
            url = f"http://{HOST}:{port}"
            _wait(process, url)
            yield Served(app=app, url=url, pid=process.pid, seconds_to_start=time.monotonic() - started)
        finally:
            # At once: there is nothing to save, and a worker asked to stop while it still starts may never end.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)


def manage(*arguments: str, env: dict[str, str]) -> None:
    """Run a command of manage.py."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True, stdout=sys.stderr)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended; its reason is above"
        try:
            with over_http(url) as send:
                if send(Call(method="GET", path="/healthz")).status == 200:
                    return
        except ConnectionError:
            time.sleep(0.01)
    raise AssertionError(f"{url} did not answer")
