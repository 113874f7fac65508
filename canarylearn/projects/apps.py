"""The projects app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registered as 'projects'."""

    name = "canarylearn.projects"
    label = "projects"
