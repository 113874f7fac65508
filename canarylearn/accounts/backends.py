"""Who is signed in, read together with their learner: nearly every page asks for both."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class _WithLearner(ModelBackend):
    """A person comes with their learner, in one statement."""

    def get_user(self, user_id: int) -> User | None:
        found = User.objects.select_related("learner").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None


class ByName(_WithLearner):
    """Sign in by name: the admin."""


class ByAddress(_WithLearner, AuthenticationBackend):  # type: ignore[misc]
    """Sign in by e-mail address: learners."""
