"""The lessons app."""

from django.apps import AppConfig


class LessonsConfig(AppConfig):
    """Registered as 'lessons'."""

    name = "canarylearn.lessons"
    verbose_name = "Lessons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from canarylearn.learning.kept import tell_kept  # models are there from now on
        from canarylearn.learning.modes import tell_mode
        from canarylearn.lessons.walking import kept_predictions, say_state

        tell_mode("visualise", "lessons:visualise", say_state)
        tell_kept("prediction", kept_predictions, "run", "gate", "answer")
