"""The practice app: fill-in-the-blank tasks."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Registered as 'practice'."""

    name = "practice"
