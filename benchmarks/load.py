"""A closed loop of clients over loopback: each sends its next answer as soon as the last one is answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from benchmarks.answering import HOST, Call, answers, items, over_http
from benchmarks.sites import Served


@dataclass(kw_only=True)
class Times:
    """Seconds that each answer took, the seconds in which all were given, and how many did not succeed."""

    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0
    errors: int = 0

    def add(self, other: "Times") -> None:
        """Take in another round."""
        self.seconds += other.seconds
        self.lasted += other.lasted
        self.errors += other.errors

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted


def answer_together(site: Served, clients: int, each: int) -> Times:
    """`clients` clients give `each` answers, one after the other. Pages are opened before the clock starts."""
    with over_http(site.url) as send:
        pages = items(site.app, send)
        ready = [list(islice(answers(site.app, send, pages), each)) for _ in range(clients)]
    port = int(site.url.rpartition(":")[2])
    return asyncio.run(_all_together(port, ready))


async def _all_together(port: int, ready: Sequence[Sequence[Call]]) -> Times:
    times = Times()
    lines = [await asyncio.open_connection(HOST, port) for _ in ready]
    started = time.perf_counter()
    await asyncio.gather(*(_client(*line, calls, times) for line, calls in zip(lines, ready, strict=True)))
    times.lasted = time.perf_counter() - started
    for _, writer in lines:
        writer.close()
        await writer.wait_closed()
    return times


async def _client(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, calls: Sequence[Call], times: Times
) -> None:
    for call in calls:
        started = time.perf_counter()
        writer.write(_as_sent(call))
        status = await _read(reader)
        times.seconds.append(time.perf_counter() - started)
        times.errors += status != 200


def _as_sent(call: Call) -> bytes:
    headers = {"Host": HOST, "Content-Length": str(len(call.body)), **call.headers}
    lines = [f"{call.method} {call.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + call.body


async def _read(reader: asyncio.StreamReader) -> int:
    """Read a whole response and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(line.partition(":")[2] for line in head.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(int(length))
    return int(head.split()[1])
