"""The lessons app."""

from django.apps import AppConfig


class LessonsConfig(AppConfig):
    """Registered as 'lessons'."""

    name = "canarylearn.lessons"
    verbose_name = "Lessons"
