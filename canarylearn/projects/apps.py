"""The projects app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registered as 'projects'."""

    name = "canarylearn.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """List the project with the other ways of learning a topic."""
        from canarylearn.learning.kept import tell_kept
        from canarylearn.learning.modes import tell_mode
        from canarylearn.projects.selectors import kept_stages, say_state

        tell_mode("project", "projects:index", say_state)
        tell_kept("stage", kept_stages, "stage")
