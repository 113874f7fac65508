"""What happens when somebody signs in, by whichever form: the guest they were comes along."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import ngettext


@receiver(user_logged_in)
def take_along(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Make what was done before signing in the account's, and say so in one line."""
    visitor = getattr(request, "visitor", None)
    if request is None or visitor is None:
        return
    if user.is_staff:
        request.session.set_expiry(0)  # for one sitting, however they signed in
    tries = visitor.sign_in(user)
    if tries:
        said = ngettext(
            "The answer you gave before is in your account now.",
            "The %(tries)s answers you gave before are in your account now.",
            tries,
        )
        messages.success(request, said % {"tries": tries})
