"""The learning app: topics, items, learners and attempts."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """Registered as 'learning'."""

    name = "canarylearn.learning"
    verbose_name = "Learning"
    default_auto_field = "django.db.models.BigAutoField"
