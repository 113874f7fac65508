"""The authoring app."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Registered as 'authoring'."""

    name = "canarylearn.authoring"
    label = "authoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Scenarios are loaded with the topics that they belong to, and written down with them."""
        from canarylearn.authoring.drafts import load_scenes
        from canarylearn.authoring.importing import scenes_of
        from canarylearn.learning.content import ALSO_LOADED, LIBRARIES

        if load_scenes not in ALSO_LOADED:
            ALSO_LOADED.append(load_scenes)
            LIBRARIES.append(scenes_of)
