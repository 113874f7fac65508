"""What the challenge keeps: when each incident was begun, and the badges."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.urls import reverse

from canarylearn.learning.models import ClockSpeed, Learner, Topic, Version

_FACTORS = {ClockSpeed.NORMAL: 1.0, ClockSpeed.LONGER: 1.5, ClockSpeed.DOUBLE: 2.0}

MOST_TURNS = 20
"""How often a clock can be given its time once more."""


def seconds_allowed(planned: int, speed: str) -> int:
    """The time for an incident at a speed; at no speed there is no limit, and what is planned is told."""
    return round(planned * _FACTORS.get(ClockSpeed(speed), 1.0))


class Clock(models.Model):
    """A learner's clock at one incident, with one variant's numbers: begun once, by the server's time.

    `seconds` is what was allowed at the beginning, so that no later change of the item shortens it; `turns` is how
    often as much was added. `passed` says that the incident was solved under this clock, and `in_time` that the answer
    had arrived before the deadline.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="clocks")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="clocks")
    variant = models.PositiveSmallIntegerField(default=0)
    speed = models.CharField(max_length=3, choices=ClockSpeed)
    started = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    turns = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(default=False)
    in_time = models.BooleanField(default=False)

    class Meta:
        ordering = ("started", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "version", "variant"), name="one_clock_a_learner_version_and_variant"
            ),
        )

    def __str__(self) -> str:
        return f"{self.learner} at {self.version}: {self.get_speed_display()}"

    @property
    def deadline(self) -> datetime | None:
        """When the time is over; None without a limit."""
        if self.speed == ClockSpeed.OFF:
            return None
        return self.started + timedelta(seconds=self.seconds * (1 + self.turns))

    def left(self, now: datetime) -> float:
        """Seconds that are left; 0 once the time is over, and without a limit."""
        return max(0.0, (self.deadline - now).total_seconds()) if self.deadline else 0.0

    def runs(self, now: datetime) -> bool:
        """Whether there is a limit and it lies ahead."""
        return self.deadline is not None and now < self.deadline


def _new_token() -> str:
    return secrets.token_urlsafe(24)


class Badge(models.Model):
    """All incidents of a topic, solved by one learner. `evidence` holds what it stands on, as it can be run again.

    Its address is by `token`, which nobody can guess. Others see it only while it is `shared`, and under a `name` only
    if its owner wrote one.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="badges")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="badges")
    token = models.CharField(max_length=40, unique=True, default=_new_token)
    earned = models.DateTimeField()
    evidence = models.JSONField()
    shared = models.BooleanField(default=False)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("earned", "pk")
        constraints = (models.UniqueConstraint(fields=("learner", "topic"), name="one_badge_a_topic"),)

    def __str__(self) -> str:
        return f"{self.topic}: badge of {self.learner}"

    def get_absolute_url(self) -> str:
        return reverse("challenge:badge", args=[self.token])

    def belongs_to(self, learner_key: UUID) -> bool:
        """Whether this learner made it, or the guest who became this learner."""
        owner = self.learner.merged_into or self.learner
        return owner.key == learner_key

    def renew(self) -> None:
        """Take a new address, so that the old one leads nowhere."""
        self.token = _new_token()
