"""What the floor keeps: questions with their right option, and tries."""

from django.conf import settings
from django.db import models


class Question(models.Model):
    """A question; `options` are texts, and `right` is the position of the right one."""

    objects: "models.Manager[Question]" = models.Manager()

    text = models.TextField()
    options = models.JSONField()
    right = models.PositiveSmallIntegerField()
    tries = models.PositiveSmallIntegerField(default=3)

    def __str__(self) -> str:
        return self.text


class Try(models.Model):
    """One answer that was kept."""

    objects: "models.Manager[Try]" = models.Manager()

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    chosen = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "question", "number"), name="floor_one_try_a_number"),)

    def __str__(self) -> str:
        return f"try {self.number}"
