"""The challenge app."""

from django.apps import AppConfig


class ChallengeConfig(AppConfig):
    """Registered as 'challenge'."""

    name = "quizzes.challenge"
    label = "challenge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add the challenge to the ways of learning a topic, and close the lab to what it asks."""
        from canarylearn.learning.closing import tell_closed
        from canarylearn.learning.modes import tell_mode
        from quizzes.challenge.closing import closed
        from quizzes.challenge.views import tell

        tell_mode("challenge", "challenge:index", tell)
        tell_closed(closed)
