"""The floor as a Django app."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Registered as 'floor'; its tables are made without migrations."""

    name = "benchmarks.floor"
    label = "floor"
