"""What is kept of reports: what a learner found wrong with a question, and what came of it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.models import Learner, Page, Version


class Reason(models.TextChoices):
    """What is wrong."""

    VERDICT = "verdict", _("The verdict is wrong")
    SEVERAL = "several", _("Another answer should pass as well")
    UNCLEAR = "unclear", _("It is not clear what is asked")
    TEXT = "text", _("A text has a mistake in it")
    BROKEN = "broken", _("Something on the page does not work")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    """Where a report is."""

    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class Where(models.TextChoices):
    """Where the question was met."""

    PRACTICE = "practice", _("practice")
    QUIZZES = "quizzes", _("questions")
    CHALLENGE = "challenge", _("the challenge")
    TEST = "test", _("the test")
    REVIEW = "review", _("the review")
    LESSON = "lesson", _("a page to read")


def new_form() -> str:
    """What makes a form count once."""
    return secrets.token_urlsafe(18)


class Report(models.Model):
    """Something wrong with a question, said by a learner, with all that it takes to see what they saw.

    It is about a version of an item with one variant's numbers, or about a question on a page to read: pages are not
    kept in all their versions, so that the number of the one they read is. `seed` made the runs that they were shown.
    `answer` is the last one they gave, in `tries`; None where they had not answered.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="reports")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    page_number = models.PositiveIntegerField(default=0)
    question = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    where = models.CharField(max_length=10, choices=Where)
    variant = models.PositiveSmallIntegerField(default=0)
    seed = models.PositiveIntegerField()
    engine = models.CharField(max_length=20)
    answer = models.JSONField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.TextField(max_length=2000, blank=True)
    form = models.CharField(max_length=40, default=new_form)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reply = models.TextField(max_length=2000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    replied = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        indexes = (models.Index(fields=("state", "-created"), name="reports_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("learner", "form"), name="one_report_a_form"),
            models.CheckConstraint(condition=Q(version__isnull=True) | Q(page__isnull=True), name="item_or_page"),
        )

    def __str__(self) -> str:
        return f"{self.title}: {self.get_reason_display()}"

    def get_absolute_url(self) -> str:
        return reverse("insight:report", args=[self.pk])
