"""The whole site as its addresses: every one of them with something behind it, and everybody who may come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from canarylearn.authoring.models import AuditEntry, Draft, ProofRun, Revision, Scene
from canarylearn.classes.models import CoTeacher
from canarylearn.classes.roles import AUTHOR, INSTRUCTOR
from canarylearn.items.evidence import Answered, make_evidence
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Topic, Version
from quizzes.challenge.models import Badge
from quizzes.models import Asked, Sitting
from tests.classes.school import TOPIC, School, account, answer, signed_in
from tests.people import TASK, Visitor

PERSONAS = ("guest", "ada", "eve", "author", "teacher", "other", "boss")
"""A guest; a learner whom the rows are about, who is in the class; another learner; an author; the instructor of the
class; another instructor; and who runs the site."""

_OF_VISITS = ("django_session", "learning_learner", "account_emailaddress", "canarylearn_cache")
"""Who comes for the first time is known from then on, and how often they come is counted: that is no deed."""

_FORM = "application/x-www-form-urlencoded"

_SIGN_IN = ("/account/sign-in/", "/admin/login/")


@dataclass(frozen=True)
class Address:
    """An address of the site: its name, its pattern, and what the pattern asks for."""

    name: str
    route: str
    wants: tuple[str, ...]

    @property
    def model(self) -> tuple[str, str]:
        """For the pages that the admin makes for every model: the model, and what the page does; else nothing."""
        if not self.name.startswith("admin:") or self.name.count("_") != 2:
            return "", ""
        label, _, page = self.name.removeprefix("admin:").rpartition("_")
        known = page in ("changelist", "add", "history", "delete", "change")
        return (label.replace("_", ".", 1), page) if known else ("", "")


def addresses() -> list[Address]:
    """Every address that the site answers at."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], spaces: str, route: str) -> Iterator[Address]:
    for one in patterns:
        if isinstance(one, URLPattern):
            whole = f"{route}{one.pattern}"
            wants = tuple(re.findall(r"<(?:\w+:)?(\w+)>", whole))
            yield Address(f"{spaces}{one.name or 'unnamed'}", whole, wants)
        else:
            space = f"{one.namespace}:" if one.namespace else ""
            yield from _walk(one.url_patterns, f"{spaces}{space}", f"{route}{one.pattern}")


class World:
    """A site where everything has happened once."""

    def __init__(self) -> None:
        self.users: dict[str, User | None] = {
            "guest": None,
            "ada": account("ada"),
            "eve": account("eve"),
            "author": account("author", AUTHOR),
            "teacher": account("teacher", INSTRUCTOR),
            "other": account("other", INSTRUCTOR),
            "boss": User.objects.create_superuser("boss", "boss@example.org"),
        }
        for user in filter(None, self.users.values()):
            user.password = make_password(None).replace("!", "md5$salt$")  # one that nobody has to check
            user.save()
        teacher, ada, author = (self.users[name] for name in ("teacher", "ada", "author"))
        assert teacher
        assert ada
        topic = Topic.objects.get()
        self.school = School(teacher=teacher)
        self.member = self._join(ada)
        beside = CoTeacher.objects.create(classroom=self.school.classroom, user=account("beside", INSTRUCTOR))
        asked = self.school.ask(f"item:{TASK}", due=timezone.now() + timedelta(days=1))
        answer(self.member, TASK, False)
        attempt = Attempt.objects.get()
        self._begin_test(signed_in(ada))
        ended = Sitting.objects.exclude(ended=None).get()
        Asked.objects.filter(sitting=ended).update(not_sure=True, answered=timezone.now(), passed=False)
        badge = Badge.objects.create(
            learner_id=self.member.learner_id, topic=topic, earned=timezone.now(), evidence=_evidence()
        )
        draft = Draft.objects.create(topic=topic, slug="a-draft", owner=author, spec="title: x\n")
        version = Version.objects.get(item__slug=TASK)
        Item.objects.filter(slug=TASK).update(owner=author)
        self.things: dict[str, Any] = {
            "topic": topic,
            "draft": draft,
            "attempt": attempt,
            "sitting": ended,
            "badge": badge,
            "member": self.member,
            "assignment": asked,
        }
        self.rows: dict[str, Any] = {
            "auth.group": Group.objects.get(name=AUTHOR).pk,
            "auth.user": ada.pk,
            "learning.topic": topic.pk,
            "learning.item": version.item_id,
            "learning.version": version.pk,
            "learning.learner": Learner.objects.get(user=ada).pk,
            "learning.slot": Slot.objects.get().pk,
            "learning.attempt": attempt.pk,
            "authoring.draft": draft.pk,
            "authoring.scene": Scene.objects.create(topic=topic, slug="a-scene", owner=author, spec="title: x\n").pk,
            "authoring.revision": Revision.objects.create(draft=draft, who=author, spec="x").pk,
            "authoring.proofrun": ProofRun.objects.create(draft=draft, digest="x").pk,
            "authoring.auditentry": AuditEntry.objects.create(who=author, what="x", target="x").pk,
            "classes.classroom": self.school.classroom.pk,
            "classes.coteacher": beside.pk,
            "classes.membership": self.member.pk,
            "classes.assignment": asked.pk,
        }
        self.values: dict[str, Any] = {
            "slug": TASK,
            "topic": TOPIC,
            "mode": "why",
            "question": "everyone-at-once",
            "level": 1,
            "stage": "route",
            "card": "whose-fault",
            "token": badge.token,
            "sitting": ended.pk,
            "number": self.school.classroom.pk,
            "member": self.member.pk,
            "assignment": asked.pk,
            "attempt": attempt.pk,
            "user": beside.user_id,
            "code": self.school.classroom.code,
            "pk": draft.pk,
            "key": "no-key",
            "id": ada.pk,
            "uidb36": "1",
            "app_label": "learning",
            "content_type_id": "1",
            "picked": "a",
            "url": "nowhere/",
        }
        self.written: list[str] = []
        self._clients = {name: self._client(user) for name, user in self.users.items()}

    @staticmethod
    def _client(user: User | None) -> tuple[Client, str]:
        client = Client(raise_request_exception=False)
        if user is None:
            return client, ""
        client.force_login(user, backend="canarylearn.accounts.backends.ByName")
        return client, client.cookies["session"].value

    def _join(self, user: User) -> Any:
        from canarylearn.classes.services import join

        return join(self.school.classroom, user, "Ada")

    @staticmethod
    def _begin_test(ada: Visitor) -> None:
        for _ in range(2):
            assert ada.post(f"/test/{TOPIC}/begin/", {}).status in (200, 302, 303)
            if not Sitting.objects.exclude(ended=None).exists():
                ada.post(f"/test/{TOPIC}/end/", {})

    def path(self, address: Address, special: dict[str, Any]) -> str:
        """Where something is at an address: what the pattern asks for is taken from the world."""
        values = {**self.values, **special}
        model, _ = address.model
        row = model or ".".join(address.route.split("/")[1:3])
        values["object_id"] = self.rows.get(row, 1)
        path = "/" + address.route
        for name in address.wants:
            given = str(values[name])
            path = _fill(path, name, given)
        return path.replace("^", "").removesuffix("$")

    def outcome(self, persona: str, method: str, path: str) -> str:
        """What somebody gets, as a word; whatever it did is undone, and stands in `written`."""
        client, session = self._clients[persona]
        client.cookies.clear()
        if session:
            client.cookies["session"] = session
        with transaction.atomic(), connection.execute_wrapper(self._watch):
            self.written = []
            reply = client.get(path) if method == "GET" else client.generic(method, path, b"", _FORM)
            transaction.set_rollback(True)
        location = reply.headers.get("Location", "")
        if reply.status_code in (301, 302, 303):
            return "in" if location.startswith(_SIGN_IN) and not path.startswith(_SIGN_IN) else "go"
        return str(reply.status_code)

    def _watch(self, execute: Any, sql: str, *rest: Any) -> Any:
        """Keep every statement that writes a row."""
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not any(one in sql for one in _OF_VISITS):
            self.written.append(sql[:80])
        return execute(sql, *rest)


def _fill(path: str, name: str, value: str) -> str:
    """A path with one of its placeholders filled in, whichever way that is written."""
    before, mark, after = path.partition(f"(?P<{name}>")
    if mark:
        depth = 1
        for place, letter in enumerate(after):
            depth += (letter == "(") - (letter == ")")
            if not depth:
                return before + value + after[place + 1 :]
    for kind in ("slug", "int", "str", "path"):
        path = path.replace(f"<{kind}:{name}>", value)
    return path.replace(f"<{name}>", value)


def _evidence() -> dict[str, Any]:
    """What a badge stands on: enough for its page."""
    kept = Version.objects.get(item__slug=TASK)
    one = Answered(
        id=TASK, version=1, variant=0, item=kept.spec, scenarios=dict(kept.scenarios), answer={"x": 0}, seed=1,
        engine="1", tries=1, hints=0, clock="",
    )  # fmt: skip
    made: dict[str, Any] = make_evidence(topic=TOPIC, earned=timezone.now().isoformat(), items=[one]).model_dump()
    return made
