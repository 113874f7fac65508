"""What is kept of projects: what a learner has written, what passed, and how long it held in the break-it step."""

from typing import Self

from django.db import models
from django.utils import timezone

from canarylearn.learning.models import Learner


class Draft(models.Model):
    """What a learner has written for a stage. `number` counts the times it was saved.

    `other` is a text that was saved over, or that came when a newer one was there already: nothing is lost.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="drafts")
    topic = models.SlugField(max_length=60)
    stage = models.SlugField(max_length=60)
    text = models.TextField(blank=True)
    other = models.TextField(blank=True)
    number = models.PositiveIntegerField(default=0)
    hints_opened = models.PositiveSmallIntegerField(default=0)
    updated = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("learner", "topic", "stage")
        constraints = (
            models.UniqueConstraint(fields=("learner", "topic", "stage"), name="one_draft_a_stage"),
            models.CheckConstraint(condition=models.Q(hints_opened__lte=3), name="three_hints_a_stage_at_most"),
        )

    def __str__(self) -> str:
        return f"{self.learner}: {self.stage}, saved {self.number} times"

    def outweighs(self, other: Self) -> bool:
        """Of two drafts of one stage the one that was written later counts, when a guest signs in."""
        return self.updated > other.updated


class PassedStage(models.Model):
    """A stage that was passed, with what anyone needs to judge the text again: its seeds, and the engine's version."""

    passed = True

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="passed_stages")
    topic = models.SlugField(max_length=60)
    stage = models.SlugField(max_length=60)
    text = models.TextField()
    seeds = models.JSONField()
    engine = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("learner", "topic", "stage")
        constraints = (models.UniqueConstraint(fields=("learner", "topic", "stage"), name="one_pass_a_stage"),)

    def __str__(self) -> str:
        return f"{self.learner}: {self.stage} passed"


class Endurance(models.Model):
    """The break-it step: how many worlds the text of this digest has survived, and after how many rounds in all."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="endurances")
    topic = models.SlugField(max_length=60)
    digest = models.CharField(max_length=64)
    rounds = models.PositiveIntegerField(default=0)
    survived = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("learner", "topic")
        constraints = (models.UniqueConstraint(fields=("learner", "topic"), name="one_endurance_a_project"),)

    def __str__(self) -> str:
        return f"{self.learner}: survived {self.survived}"
