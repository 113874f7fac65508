"""manage.py prepare: the database as the code and the content need it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database up to date with code and content. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin", action="store_true", help="make the first account, as ensure_admin does")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        # A site has to start with what its authors published; `load_content` alone asks what to do about conflicts.
        call_command("load_content", keep_admin=True)
        if options["admin"]:
            call_command("ensure_admin")
