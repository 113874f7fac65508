"""The challenge app."""

from django.apps import AppConfig


class ChallengeConfig(AppConfig):
    """Registered as 'challenge'."""

    name = "quizzes.challenge"
    label = "challenge"
