"""Classes for tests: people with roles, a class of theirs, and members who did something."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import Group, User
from django.utils import timezone

from canarylearn.classes.models import Assignment, Classroom, Membership
from canarylearn.classes.roles import INSTRUCTOR
from canarylearn.classes.services import join, open_class
from canarylearn.learning.merging import account_key
from canarylearn.learning.models import Attempt, Slot, Topic, Version
from canarylearn.learning.ready import ready
from canarylearn.learning.services import submit_attempt
from quizzes.models import Sitting
from quizzes.sittings import services as sittings
from tests.people import Visitor, answers

TOPIC = "canary-releases"


def account(name: str, *roles: str) -> User:
    """Somebody with an account, and with these roles."""
    user = User.objects.create_user(name, f"{name}@example.org", is_staff=bool(roles))
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def signed_in(user: User) -> Visitor:
    """A browser of theirs."""
    visitor = Visitor()
    visitor.client.force_login(user, backend="canarylearn.accounts.backends.ByName")
    return visitor


@dataclass
class School:
    """A class with its teacher, whose members can be added one by one."""

    teacher: User = field(default_factory=lambda: account("turing", INSTRUCTOR))
    time_zone: str = "Europe/Vienna"

    def __post_init__(self) -> None:
        self.classroom: Classroom = open_class(self.teacher, "Releases 101", list(Topic.objects.all()), self.time_zone)
        self.page = f"/teach/{self.classroom.pk}/"

    def member(self, name: str) -> Membership:
        """Somebody who has just joined."""
        return join(self.classroom, account(name.lower()), name)

    def ask(self, *parts: str, due: datetime | None = None, opens: datetime | None = None) -> Assignment:
        """An assignment."""
        return Assignment.objects.create(
            classroom=self.classroom, title="Week 1", parts=list(parts), due=due, opens=opens
        )


def user_of(member: Membership) -> User:
    """The account of a member."""
    user = member.learner.user
    assert user
    return user


def key_of(member: Membership) -> UUID:
    """The key of a member."""
    return account_key(user_of(member))


def answer(member: Membership, slug: str, *outcomes: bool, days_ago: float = 0) -> None:
    """Answers of a member to an item, that pass or do not."""
    version = Version.objects.get(item__slug=slug)
    wrong = list(answers(slug, passing=False))
    for passing in outcomes:
        chosen = answers(slug, passing=True)[0] if passing else wrong.pop(0)
        submit_attempt(learner_key=key_of(member), ready=ready(version.pk), answer=chosen, key=uuid4().hex)
    if days_ago:
        mine = Attempt.objects.filter(slot__learner=member.learner_id, slot__version=version)
        mine.update(created=timezone.now() - timedelta(days=days_ago))


def claim(member: Membership, version: Version, *passed: bool, days_ago: float = 0) -> None:
    """Attempts as rows alone, where a test is about many of them and not about what the engine says."""
    slot = Slot.objects.create(learner_id=member.learner_id, version=version)
    chosen = dict.fromkeys(ready(version.pk).item.blanks, 0)
    for number, one in enumerate(passed, start=1):
        Attempt.objects.create(slot=slot, number=number, key=uuid4().hex, answer=chosen, passed=one, engine="1")
    Attempt.objects.filter(slot=slot).update(created=timezone.now() - timedelta(days=days_ago))


def sit(member: Membership, *, ended: bool = True) -> Sitting:
    """A test of a member with one answer, which is "not sure"."""
    sitting = sittings.begin(key_of(member), Topic.objects.get())
    assert sitting
    sittings.keep_answer(key_of(member), sitting.asked.get(), sittings.Answer(options=None))
    if ended:
        sittings.end(sitting.pk)
    return sitting
