"""A process that opens the pages of a site on command. Started by benchmarks.pages.

Reads a line of JSON for each round, {"times": 5, "texts": false}, and writes one that says for each page the CPU
seconds of one opening, the statements it sent and, where texts are asked for, the page.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.answering import FLOOR
from benchmarks.worker import Statements

BY_ADDRESS = "canarylearn.accounts.backends.ByAddress"

Place = tuple[Client, str]
Pages = dict[str, tuple[Place, Place]]
"""Each page as a guest opens it, and as somebody who is signed in does."""


def main() -> None:
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]  # as the test client calls it
    with redirect_stdout(sys.stderr):
        call_command("prepare")
        pages = _of_the_floor() if sys.argv[1] == FLOOR.name else _of_the_site()
    for line in sys.stdin:
        wish = json.loads(line)
        print(json.dumps([_open(name, *pages[name], **wish) for name in pages]), flush=True)


def _open(name: str, guest: Place, member: Place, *, times: int, texts: bool) -> dict[str, object]:
    client, path = guest
    client.get(path)
    started = time.process_time()
    for _ in range(times):
        reply = client.get(path)
    took = (time.process_time() - started) / times
    assert reply.status_code == 200, (path, reply.status_code)
    text = reply.content.decode() if texts else ""
    return {"name": name, "cpu": took, "statements": _statements(*guest), "signed": _statements(*member), "text": text}


def _statements(client: Client, path: str) -> int:
    statements = Statements()
    with connection.execute_wrapper(statements):
        client.get(path)
    return statements.count


def _of_the_floor() -> Pages:
    client = Client()
    client.get(FLOOR.entrance)
    found = re.search(r'href="(/questions/[a-z0-9-]+/)"', client.get("/questions/").content.decode())
    assert found
    return {"floor": ((client, found[1]), (client, found[1]))}


def _of_the_site() -> Pages:
    """The pages, as a learner finds them who did something in every mode, and who is in the middle of the test."""
    guest, member = dict(_pages(signed_in=False)), dict(_pages(signed_in=True))
    return {name: (place, member[name]) for name, place in guest.items()}


def _pages(*, signed_in: bool) -> Iterator[tuple[str, Place]]:
    from django.contrib.auth.models import User

    from tests.challenge import helping
    from tests.lessons.test_visualise import go_through
    from tests.people import Visitor, answers, path_of
    from tests.projects.scripts import project
    from tests.review.reviewing import grade
    from tests.topics import curriculum

    busy, sitting = Visitor(), Visitor()
    if signed_in:
        for somebody, name in ((busy, "busy"), (sitting, "sitting")):
            somebody.client.force_login(User.objects.create_user(name), backend=BY_ADDRESS)
    tasks, questions, modes = curriculum().topic.tasks, curriculum().topic.questions, "/topics/canary-releases/"
    for slug in (tasks[0], questions[0]):
        busy.answer(slug, answers(slug, passing=True)[0])
    busy.answer(tasks[1], answers(tasks[1], passing=False)[0])
    helping.solve_all(busy)
    go_through(busy, "monday")
    grade(busy, 3)
    stage = "/project/canary-releases/route/"
    busy.post(f"{stage}judge/", {**busy.get(stage).hidden, "base": "0", "text": project().reference("route")})
    test = "/test/canary-releases/"
    for somebody in (busy, sitting):
        somebody.post(f"{test}begin/", {})
    for number in range(1, 11):
        busy.post(f"{test}{number}/answer/", {**busy.get(f"{test}{number}/").hidden, "not-sure": "yes"})
    found = re.search(rf'href="({test}results/\d+/)"', busy.get(test).text)
    assert found, "ten questions that nobody knew did not end the test"
    result = found[1]
    addresses = {
        "home": "/",
        "topic": modes,
        **{name: f"{modes}{name}/" for name in ("introduction", "why", "deep-dive")},
        "visualise, at a gate": f"{modes}visualise/?scenario=tuesday",
        "visualise, at the end": f"{modes}visualise/?scenario=monday&frame=5",
        "practice": "/practice/",
        "task": path_of(tasks[2]),
        "task, finished": path_of(tasks[0]),
        "questions": "/quizzes/",
        "question": path_of(questions[1]),
        "question, finished": path_of(questions[0]),
        "challenge": helping.LIST,
        "incident, finished": helping.path_of(helping.QUESTION),
        "order, finished": helping.path_of(helping.ORDER),
        "project": "/project/canary-releases/",
        "stage, passed": stage,
        "stage, open": "/project/canary-releases/measure/",
        "review": "/review/canary-releases/",
        "cost": f"{modes}cost/",
        "test": test,
        "test, verdict": result,
        "test, a question explained": f"{result}1/",
        "progress": "/progress/",
        "attempts": "/attempts/",
        "lab": "/lab/",
        "search": "/search/?q=canary",
    }
    yield from ((name, (busy.client, path)) for name, path in addresses.items())
    yield "test, question", (sitting.client, f"{test}1/")


if __name__ == "__main__":
    main()
