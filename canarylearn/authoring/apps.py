"""The authoring app."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Registered as 'authoring'."""

    name = "canarylearn.authoring"
    label = "authoring"
    default_auto_field = "django.db.models.BigAutoField"
