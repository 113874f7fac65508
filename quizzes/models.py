"""What is kept of a test: a sitting, and each question that was asked in it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.models import Learner, Topic, Version
from canarylearn.mastery import Verdict


class Said(models.TextChoices):
    """How certain a learner said they were. It changes nothing in the verdict."""

    SURE = "sure", _("Sure")
    FAIRLY = "fairly", _("Fairly sure")
    GUESSING = "guessing", _("Guessing")


class Sitting(models.Model):
    """One taking of a topic's test by one learner; open until `ended`.

    `plan` holds all that may be asked, drawn by `seed` at the beginning: pairs of a version and a variant. `more` says
    that the offer of more than ten was taken. The verdict, and how sure it is, are as they were told at the end.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="sittings")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="sittings")
    seed = models.CharField(max_length=40)
    plan = models.JSONField()
    more = models.BooleanField(default=False)
    started = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Verdict], blank=True)
    sure = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ("-started", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "topic"),
                condition=Q(ended__isnull=True),
                name="one_open_sitting_a_learner_and_topic",
            ),
        )

    def __str__(self) -> str:
        return f"{self.learner}: {self.verdict or 'open'}"

    def outweighs(self, other: Self) -> bool:
        """Whether this one is to go on where a guest and their account have one open each: the further one does."""
        return self.asked.count() > other.asked.count()


class Asked(models.Model):
    """A question that was shown in a sitting, and the answer that was kept; None in `answer` is "not sure".

    The answer is judged when the sitting ends: before that nobody, and no export, can read what passed. `concept`,
    `level` and `floor` are as they were then; `first` says that the item was met for the first time, in any variant.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="asked")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="asked")
    variant = models.PositiveSmallIntegerField(default=0)
    concept = models.SlugField(max_length=60)
    level = models.CharField(max_length=10)
    floor = models.FloatField()
    first = models.BooleanField()
    key = models.CharField(max_length=40)
    answer = models.JSONField(null=True, blank=True)
    not_sure = models.BooleanField(default=False)
    certainty = models.CharField(max_length=10, choices=Said, blank=True)
    shown = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    engine = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("sitting", "number")
        constraints = (
            models.UniqueConstraint(fields=("sitting", "number"), name="one_question_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1) & Q(number__lte=20), name="twenty_questions_at_most"),
            models.CheckConstraint(
                condition=Q(answered__isnull=True, passed__isnull=True)
                | Q(answered__isnull=False, not_sure=True, answer__isnull=True)
                | Q(answered__isnull=False, not_sure=False, answer__isnull=False),
                name="an_answer_or_not_sure",
            ),
        )

    def __str__(self) -> str:
        return f"question {self.number} of {self.sitting_id}"
