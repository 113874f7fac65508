"""How accounts differ from what the library does: nameless user names, plain words, mail that may fail."""

import logging
import secrets
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

WAYS = {
    "reauthenticate": _("Your password"),
    "mfa_reauthenticate": _("A code of your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Your passkey"),
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """An account is known by its e-mail address alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("No account has this address and this password."),
        "email_taken": _("There is an account with this address already. Sign in, or ask for a new password."),
        "too_many_login_attempts": _("That was too often. Try again in five minutes."),
        "enter_current_password": _("This is not your password."),
        "duplicate_email": _("This is your address already."),
    }

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Django wants a user name: one that says nothing about the person."""
        user.username = f"learner-{secrets.token_hex(8)}"

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """The ways of showing once more who one is, in plain words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**one, "description": WAYS.get(one["id"], one["description"])} for one in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send mail; a mail server that is away is no reason to refuse an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            logging.getLogger(__name__).error("Mail could not be sent: %s", type(error).__name__)
