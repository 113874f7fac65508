"""The lab app."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    """Registered as 'lab'."""

    name = "canarylearn.lab"
