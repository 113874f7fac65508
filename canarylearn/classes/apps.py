"""The classes app."""

from django.apps import AppConfig


class ClassesConfig(AppConfig):
    """Registered as 'classes'."""

    name = "canarylearn.classes"
    label = "classes"
    default_auto_field = "django.db.models.BigAutoField"
