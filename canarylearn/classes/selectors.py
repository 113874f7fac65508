"""Everything that reads what is kept of classes."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from canarylearn.classes.models import Assignment, Classroom, CoTeacher, Membership
from canarylearn.classes.roles import is_instructor
from canarylearn.learning.models import Attempt
from quizzes.models import Sitting


def taught_by(user: User) -> QuerySet[Classroom]:
    """The classes that somebody teaches, as their owner or beside them; who runs the site teaches no others."""
    if not is_instructor(user):
        return Classroom.objects.none()
    beside = CoTeacher.objects.filter(classroom=OuterRef("pk"), user=user)
    return Classroom.objects.filter(Q(owner=user) | Exists(beside)).annotate(people=Count("memberships"))


def members_of(classroom: Classroom) -> QuerySet[Membership]:
    """The members of a class, by name."""
    return classroom.memberships.select_related("learner")


def memberships_of(user: User) -> QuerySet[Membership]:
    """Where somebody is a member."""
    return Membership.objects.filter(learner__user=user).select_related("classroom__owner").order_by("joined", "pk")


def attempts_seen(member: Membership) -> QuerySet[Attempt]:
    """The attempts of a member that the teachers of a class may see: at items of its topics, the newest first."""
    topics = member.classroom.topics.all()
    mine = Attempt.objects.filter(slot__learner=member.learner_id, slot__version__item__topic__in=topics)
    return mine.select_related("slot").order_by("-created", "-pk")


def attempt_seen(member: Membership, number: int) -> Attempt | None:
    """One of these attempts, with all that a replay needs."""
    return attempts_seen(member).filter(pk=number).select_related("slot__version__item__current").first()


def sittings_seen(members: Iterable[Membership], classroom: Classroom) -> QuerySet[Sitting]:
    """The finished tests of these members of a class, in its topics, the newest first. An open test is nobody's but
    its learner's."""
    topics, whose = classroom.topics.all(), [member.learner_id for member in members]
    theirs = Q(learner__in=whose) | Q(learner__merged_into__in=whose)
    ended = Sitting.objects.filter(theirs, topic__in=topics, ended__isnull=False)
    return ended.select_related("learner", "topic").order_by("-ended", "-pk")


def assignments_due(user: User) -> list[tuple[Membership, Assignment]]:
    """What somebody's running classes ask of them, in one query."""
    asked = Assignment.objects.filter(classroom__memberships__learner__user=user, classroom__ended__isnull=True)
    found = []
    members: dict[int, Membership] = {}
    for assignment in asked.select_related("classroom"):
        if not members:
            members = {member.classroom_id: member for member in Membership.objects.filter(learner__user=user)}
        found.append((members[assignment.classroom_id], assignment))
    return found


def name_of(user: User | None) -> str:
    """What learners see of a teacher: a name, or what stands before the @ of their address."""
    if user is None:
        return ""
    return user.get_full_name() or user.email.partition("@")[0] or user.get_username()
