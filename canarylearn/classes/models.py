"""What is kept of classes: who teaches one and who belongs to it, and what it was asked to do."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.models import Learner, Topic

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for another when a code is read out."""

CODE_LENGTH = 8

MOST_EXTRA_DAYS = 90


def new_code() -> str:
    """A code that nobody can guess: one of 31 to the power of 8."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class MoreTime(models.IntegerChoices):
    """How much more time somebody has wherever a clock runs, in percent."""

    NONE = 0, _("as everybody")
    QUARTER = 25, _("a quarter more")
    HALF = 50, _("half as much again")
    DOUBLE = 100, _("twice as much")


class Classroom(models.Model):
    """A class. Its owner is responsible for it; others may teach it as well.

    Who has its code, or the link with the code in it, can join while `joining`. Once it has `ended`, nobody joins and
    nothing is due. Days and hours are those of `time_zone`, empty for the zone of the site.
    """

    title = models.CharField(max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="classrooms"
    )
    topics = models.ManyToManyField(Topic, related_name="classrooms")
    time_zone = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    joining = models.BooleanField(default=True)
    ended = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title", "pk")
        verbose_name = _("class")
        verbose_name_plural = _("classes")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("teach:classroom", args=[self.pk])


class CoTeacher(models.Model):
    """Somebody who teaches a class beside its owner."""

    classroom = models.ForeignKey(Classroom, on_delete=models.CASCADE, related_name="co_teachers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="co_taught")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (models.UniqueConstraint(fields=("classroom", "user"), name="one_co_teacher_a_user"),)

    def __str__(self) -> str:
        return f"{self.user} at {self.classroom}"


class Membership(models.Model):
    """A learner in a class, under the name that they gave there.

    `extra_days` come on top of every due date, and `more_time` (percent) on top of the challenge's clock.
    """

    classroom = models.ForeignKey(Classroom, on_delete=models.CASCADE, related_name="memberships")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="memberships")
    name = models.CharField(max_length=60)
    extra_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MOST_EXTRA_DAYS)])
    more_time = models.PositiveSmallIntegerField(choices=MoreTime, default=MoreTime.NONE)
    joined = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("classroom", "learner"), name="one_membership_a_learner"),)

    def __str__(self) -> str:
        return f"{self.name} in {self.classroom}"

    def get_absolute_url(self) -> str:
        return reverse("teach:member", args=[self.classroom_id, self.pk])


class Assignment(models.Model):
    """Something a class was asked to do: `parts` are items, rooms, pages and tests, by the names of `parts.py`."""

    classroom = models.ForeignKey(Classroom, on_delete=models.CASCADE, related_name="assignments")
    title = models.CharField(max_length=100)
    parts = models.JSONField()
    opens = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = (models.F("due").asc(nulls_last=True), "pk")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("teach:assignment", args=[self.classroom_id, self.pk])
