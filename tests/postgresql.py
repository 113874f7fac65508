"""A PostgreSQL server for tests: a cluster of its own in a folder of its own, on loopback."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.serving import free_port


@dataclass(kw_only=True)
class PostgreSQL:
    """A running server with one superuser, `canary`."""

    port: int
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["PostgreSQL"]:
        """Make a cluster, start it, and leave nothing behind."""
        # The server refuses to run as root, and pytest's own folders are closed to everyone else.
        folder = Path(tempfile.mkdtemp(prefix="canarylearn-postgresql-"))
        server = cls(port=free_port(), folder=folder)
        try:
            server._make()
            server.start()
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder)

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"canary_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self._url(name)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "start", "-w", "-D", self._cluster, "-l", self._log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "fast" ends connections, "immediate" is a crash."""
        if (Path(self._cluster) / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-D", self._cluster, "-m", mode)

    @property
    def _cluster(self) -> str:
        return str(self.folder / "cluster")

    @property
    def _log(self) -> str:
        return str(self.folder / "log")

    def _make(self) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._run("initdb", "-D", self._cluster, "-A", "trust", "-U", "canary", "-E", "UTF8", "--locale=C.UTF-8")

    def _url(self, database: str) -> str:
        return f"postgresql://canary@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [_find(program), *arguments]
        user = "nobody" if os.geteuid() == 0 else None
        # Output goes to a file: the server keeps it open, and a pipe would never come to its end.
        with (self.folder / f"{program}.output").open("w+") as output:
            done = subprocess.run(command, cwd="/", user=user, stdout=output, stderr=output, check=False)
            output.seek(0)
            assert done.returncode == 0, f"{program} failed:\n{output.read()}"


def _find(program: str) -> str:
    """The path of one of PostgreSQL's programs, of the newest version installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    found = str(debian[-1]) if debian else shutil.which(program)
    assert found, f"{program} was not found. Run scripts/system-packages, which installs PostgreSQL."
    return found
