"""The authoring app."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Registered as 'authoring'."""

    name = "canarylearn.authoring"
    label = "authoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Scenarios are loaded with the topics that they belong to."""
        from canarylearn.authoring.drafts import load_scenes
        from canarylearn.learning.content import ALSO_LOADED

        if load_scenes not in ALSO_LOADED:
            ALSO_LOADED.append(load_scenes)
