"""manage.py prepare: everything between a new release of the code and its first page."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring database, content and static files up to date with the code. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_content")
        call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEVELOPMENT:
            call_command("ensure_admin")
