"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Registered as 'reports'."""

    name = "canarylearn.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
