"""The classes app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_delete


class ClassesConfig(AppConfig):
    """Registered as 'classes'."""

    name = "canarylearn.classes"
    label = "classes"
    verbose_name = "Classes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles once the tables are there, give more time to whom a teacher gave it, and hand classes on."""
        from django.contrib.auth.models import User

        from canarylearn.classes.roles import make_roles
        from canarylearn.classes.services import hand_on, more_time
        from canarylearn.learning.allowances import tell_allowance

        post_migrate.connect(make_roles, sender=self)
        pre_delete.connect(hand_on, sender=User)
        tell_allowance(more_time)
