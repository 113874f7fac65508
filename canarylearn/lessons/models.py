"""What is kept of live runs: the predictions."""

from django.db import models

from canarylearn.learning.models import Learner


class Prediction(models.Model):
    """What a learner predicted at a gate of a live run, before the frames after it were sent. It is never changed.

    `run` is the digest of all that makes the run, so that a prediction about another run opens nothing; `gate` counts
    from 0. `answer` is the name of an option or a whole number, and empty for "not sure, show me".
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="predictions")
    topic = models.SlugField(max_length=60)
    walk = models.SlugField(max_length=60)
    run = models.CharField(max_length=64)
    gate = models.PositiveSmallIntegerField()
    asked = models.CharField(max_length=20)
    answer = models.CharField(max_length=20, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)
        constraints = (models.UniqueConstraint(fields=("learner", "run", "gate"), name="one_prediction_a_gate"),)

    def __str__(self) -> str:
        return f"{self.learner} at {self.walk}, gate {self.gate + 1}: {self.answer or 'not sure'}"
