"""A process that answers on command, so that two sites can take turns. Started by benchmarks.answer.

Reads a line of JSON for each round, {"answers": 100, "forget": false}, and writes one with what it took. With `forget`
every run and every world is thrown away before each answer, as if the process had just started.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection

from benchmarks.answering import CANARY, FLOOR, Call, answers, environ, items, over_wsgi
from benchmarks.engine import forget_worlds

DATA = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Statements:
    """Counts the statements that read or write data; what begins and ends transactions is not counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.count += sql.lstrip("( ").startswith(DATA)
        return execute(sql, *rest)


def main() -> None:
    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("prepare")
    application = get_wsgi_application()
    app = next(one for one in (CANARY, FLOOR) if one.name == sys.argv[1])
    send = over_wsgi(application)
    ready = answers(app, send, items(app, send))
    for line in sys.stdin:
        wish = json.loads(line)
        calls = list(itertools.islice(ready, wish["answers"]))
        cpu = [_answer(application, call, forget=wish["forget"]) for call in calls]
        call, statements = next(ready), Statements()
        with connection.execute_wrapper(statements):
            _answer(application, call, forget=False)
        print(json.dumps({"cpu": cpu, "statements": statements.count}), flush=True)


def _answer(application: Callable[..., Any], call: Call, *, forget: bool) -> float:
    """The CPU seconds of this process that one answer takes, from the request to the last byte of the response."""
    if forget:
        _forget()
    statuses: list[str] = []
    request = environ(call)
    started = time.process_time()
    result = application(request, lambda status, headers: statuses.append(status))
    b"".join(result)
    result.close()
    took = time.process_time() - started
    assert statuses == ["200 OK"], statuses
    return took


def _forget() -> None:
    """Throw away every run, and what was written about runs."""
    from canarylearn.items import judging
    from canarylearn.learning import ready, resolved, verdicts

    forget_worlds()
    for module in (judging, ready, resolved, verdicts):
        for name, cached in vars(module).items():
            if hasattr(cached, "cache_clear") and name != "ready":  # items are read once, however often they are run
                cached.cache_clear()


if __name__ == "__main__":
    main()
