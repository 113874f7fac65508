"""manage.py ensure_admin: a first account for the admin of a checkout on one's own machine."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

NAME = "admin"


class Command(BaseCommand):
    help = "Make the account 'admin' with a random password, kept in .local/admin-password."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError(
                "ensure_admin keeps a password in a file, so it works in development only."
                " Use 'manage.py createsuperuser'."
            )
        if User.objects.filter(username=NAME).exists():
            return
        User.objects.create_superuser(NAME, password=_password(settings.LOCAL_DIR / "admin-password"))
        self.stdout.write(f"Made the account {NAME!r}; its password is in .local/admin-password.")


def _password(path: Path) -> str:
    """The password kept at `path`; a new one is made when there is none."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18) + "\n")
    return path.read_text().strip()
