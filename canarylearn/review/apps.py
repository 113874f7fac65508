"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Registered as 'review'."""

    name = "canarylearn.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load a topic's cards with the rest of it, and list the mode with those of the topic."""
        from canarylearn.learning.content import ALSO_DUMPED, ALSO_LOADED
        from canarylearn.learning.kept import tell_kept
        from canarylearn.learning.modes import tell_mode
        from canarylearn.learning.next_step import tell_urgent
        from canarylearn.learning.progress import tell_evidence
        from canarylearn.review.decks import dump_deck, load_deck
        from canarylearn.review.selectors import OF_A_CARD
        from canarylearn.review.telling import evidence, kept_cards, kept_wishes, state, urgent

        ALSO_LOADED.append(load_deck)
        ALSO_DUMPED.append(dump_deck)
        tell_mode("review", "review:topic", state)
        tell_kept("card", kept_cards, *OF_A_CARD)
        tell_kept("wish", kept_wishes, "cap")
        tell_evidence("review", evidence)
        tell_urgent(urgent)
