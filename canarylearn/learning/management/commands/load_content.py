"""Load the curriculum's files into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import read_topic
from canarylearn.learning.content import Unproven, load_topic, read_lock, topic_folders


class Command(BaseCommand):
    """Load every topic; running it again changes nothing unless files changed."""

    help = "Load the curriculum's files into the database, and say what changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = _load_all()
        except Unreadable as unreadable:
            raise CommandError("\n".join(f"{at.message} (line {at.line})" for at in unreadable.errors)) from None
        except Unproven as unproven:
            raise CommandError(str(unproven)) from None
        for line in told:
            self.stdout.write(line)


@transaction.atomic
def _load_all() -> list[str]:
    """Every topic or none; says what changed in each."""
    proofs = read_lock()
    told = []
    for folder in topic_folders():
        changes = load_topic(read_topic(folder), proofs)
        told += [f"{folder.name}: {change}" for change in changes or ["nothing changed"]]
    return told
