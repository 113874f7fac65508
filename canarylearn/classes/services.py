"""Everything that changes a class."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from canarylearn.authoring.models import AuditEntry
from canarylearn.classes.models import Assignment, Classroom, CoTeacher, Membership, new_code
from canarylearn.learning.merging import account_key
from canarylearn.learning.models import Learner

_TRIES_FOR_A_CODE = 5


def audit(who: User | None, what: str, target: object, **detail: object) -> None:
    """Keep that somebody did something that others may ask about. No name of a learner is in it."""
    AuditEntry.objects.create(who=who, what=what, target=str(target)[:200], detail=detail)


def open_class(owner: User, title: str, topics: list[Any], time_zone: str) -> Classroom:
    """Make a class."""
    with transaction.atomic():
        made = Classroom(owner=owner, title=title, time_zone=time_zone)
        _save_with_code(made)
        made.topics.set(topics)
    return made


def renew_code(classroom: Classroom) -> None:
    """Take another code: the old one, and the link with it, lead nowhere from now on. Joining is open with the new."""
    classroom.code = new_code()
    classroom.joining = True
    _save_with_code(classroom)


def _save_with_code(classroom: Classroom) -> None:
    for _ in range(_TRIES_FOR_A_CODE):
        try:
            with transaction.atomic():
                classroom.save()
        except IntegrityError:  # somebody else has this very code
            classroom.code = new_code()
        else:
            return
    raise RuntimeError("No code was free.")


def let_join(classroom: Classroom, *, joining: bool) -> None:
    """Let people join by the code, or stop that; the code stays."""
    classroom.joining = joining
    classroom.save(update_fields=["joining"])


def end_class(classroom: Classroom, who: User | None) -> None:
    """End a class: nobody joins, and nothing is due any more."""
    classroom.ended, classroom.joining = timezone.now(), False
    classroom.save(update_fields=["ended", "joining"])
    audit(who, "class ended", f"class {classroom.pk}")


def reopen_class(classroom: Classroom, who: User) -> None:
    """Go on with a class that was ended. Joining stays closed until somebody opens it."""
    classroom.ended = None
    classroom.save(update_fields=["ended"])
    audit(who, "class reopened", f"class {classroom.pk}")


def add_teacher(classroom: Classroom, user: User, who: User) -> None:
    """Let somebody teach a class too."""
    CoTeacher.objects.get_or_create(classroom=classroom, user=user)
    audit(who, "co-teacher added", f"class {classroom.pk}", user=user.pk)


def remove_teacher(classroom: Classroom, user_id: int, who: User) -> None:
    """Let somebody teach a class no more."""
    CoTeacher.objects.filter(classroom=classroom, user_id=user_id).delete()
    audit(who, "co-teacher removed", f"class {classroom.pk}", user=user_id)


def join(classroom: Classroom, user: User, name: str) -> Membership:
    """Become a member, under a name. Whoever is one already stays one, under the name that they gave first."""
    account_key(user)
    learner = Learner.objects.get(user=user)
    member, _ = Membership.objects.get_or_create(classroom=classroom, learner=learner, defaults={"name": name})
    return member


def give_time(member: Membership, who: User, *, extra_days: int, more_time: int) -> None:
    """Give a member more time, or less again. That it was done is kept; it does not change what was answered."""
    kept = Membership.objects.only("extra_days", "more_time").get(pk=member.pk)
    before = {"extra_days": kept.extra_days, "more_time": kept.more_time}
    after = {"extra_days": extra_days, "more_time": more_time}
    if before == after:
        return
    Membership.objects.filter(pk=member.pk).update(**after)
    audit(who, "time given", f"class {member.classroom_id}", member=member.pk, before=before, after=after)


def take_back(assignment: Assignment, who: User) -> None:
    """Ask something no longer. What was done of it stays done."""
    audit(who, "assignment taken back", f"class {assignment.classroom_id}", assignment=assignment.title)
    assignment.delete()


def remove_member(member: Membership, who: User) -> None:
    """One member less, by the hand of a teacher."""
    audit(who, "member removed", f"class {member.classroom_id}", member=member.pk)
    leave(member)


def leave(member: Membership) -> None:
    """Go. What was learnt stays the learner's; the class's teachers do not see it any more."""
    member.delete()


def more_time(learner_key: UUID, topic_slug: str) -> float:
    """By how much the teachers of a learner's classes have widened the clocks of a topic."""
    mine = Membership.objects.filter(
        learner__key=learner_key, classroom__topics__slug=topic_slug, classroom__ended__isnull=True
    )
    most: int | None = mine.aggregate(most=Max("more_time"))["most"]
    return 1 + (most or 0) / 100


def hand_on(instance: User, **_kwargs: Any) -> None:
    """Before an account goes: its classes become those of whoever has taught them longest beside it; a class without
    such a person ends."""
    for classroom in Classroom.objects.filter(owner=instance):
        heir = classroom.co_teachers.exclude(user=instance).select_related("user").first()
        if heir is None:
            end_class(classroom, None)
            continue
        classroom.owner = heir.user
        classroom.save(update_fields=["owner"])
        heir.delete()
        audit(None, "class handed on", f"class {classroom.pk}", user=heir.user_id)
