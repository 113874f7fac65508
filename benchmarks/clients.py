"""Answers a second and how long each takes with 1, 8 and 32 clients, on SQLite and PostgreSQL, beside the floor."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.answering import CANARY, FLOOR, App
from benchmarks.figures import Table, percentile, ratio, say
from benchmarks.load import Times, answer_together
from benchmarks.sites import Served, served
from tests.postgresql import PostgreSQL

CLIENTS = (1, 8, 32)
DATABASES = ("SQLite", "PostgreSQL")
ANSWERS = 320


@dataclass(frozen=True, kw_only=True)
class Load:
    """One site under one number of clients: every answer, and the median of each round in seconds."""

    database: str
    app: App
    clients: int
    times: Times
    medians: list[float]


def measure(
    static: Path,
    databases: tuple[str, ...] = DATABASES,
    clients: tuple[int, ...] = CLIENTS,
    answers: int = ANSWERS,
    rounds: int = 3,
) -> list[Load]:
    """For each database both sites run at once and are asked in turns; `answers` are those of one round."""
    found: list[Load] = []
    for database in databases:
        with ExitStack() as stack:
            urls = _databases(database, stack)
            sites = [
                stack.enter_context(served(app, static, url)) for app, url in zip((FLOOR, CANARY), urls, strict=True)
            ]
            for site in sites:
                answer_together(site, 2, min(answers, 80))  # both workers read their templates and make their runs
            for number in clients:
                loads = [
                    Load(database=database, app=site.app, clients=number, times=Times(), medians=[]) for site in sites
                ]
                for _ in range(rounds):
                    for site, load in zip(sites, loads, strict=True):
                        _ask(site, load, answers // number)
                found += loads
    return found


def table(found: list[Load]) -> Table:
    """What was found, as in docs/performance.md."""
    floors = {(load.database, load.clients): load for load in found if load.app is FLOOR}
    return Table(
        title="Answers under load",
        columns=["site", "clients", "p50 ms", "p95 ms", "p99 ms", "answers/s", "errors", "p50, times the floor"],
        rows=[
            [
                f"{load.app.name}, {load.database}",
                str(load.clients),
                *(say(1e3 * percentile(load.times.seconds, share)) for share in (0.5, 0.95, 0.99)),
                say(load.times.rate),
                str(load.times.errors),
                say(ratio(load.medians, floors[load.database, load.clients].medians)),
            ]
            for load in found
        ],
    )


def _databases(database: str, stack: ExitStack) -> tuple[str, str]:
    """The addresses of two empty databases; an empty address is a new file."""
    if database == "SQLite":
        return "", ""
    server = stack.enter_context(PostgreSQL.started())
    return server.new_database(), server.new_database()


def _ask(site: Served, load: Load, each: int) -> None:
    times = answer_together(site, load.clients, each)
    load.times.add(times)
    load.medians.append(median(times.seconds))
