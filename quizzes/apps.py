"""The quizzes app: multiple-choice questions, and the test."""

from django.apps import AppConfig

from canarylearn.mastery import FIRST


class QuizzesConfig(AppConfig):
    """Registered as 'quizzes'."""

    name = "quizzes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """List the test with the other modes, and close the scenarios of the question that is open in it."""
        from canarylearn.learning.closing import tell_closed
        from canarylearn.learning.kept import tell_kept
        from canarylearn.learning.modes import tell_mode
        from canarylearn.learning.progress import tell_evidence
        from quizzes.sittings.telling import address, closed_to, evidence, kept_sittings, say_state

        tell_mode("test", "test:index", say_state, offered=lambda topic: len(topic.bank) >= FIRST)
        tell_closed(closed_to)
        tell_evidence("test", evidence, address)
        tell_kept("sitting", kept_sittings, "pk", "started", "ended", "verdict", "sure")
