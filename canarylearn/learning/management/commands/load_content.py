"""Load the curriculum's files into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import read_topic
from canarylearn.learning.content import Unproven, load_topic, read_lock, topic_folders


class Command(BaseCommand):
    """Load every topic; running it again changes nothing unless files changed."""

    help = "Load the curriculum's files into the database, and say what changed."

    def handle(self, *args: Any, **options: Any) -> None:
        proofs = read_lock()
        for folder in topic_folders():
            try:
                changes = load_topic(read_topic(folder), proofs)
            except Unreadable as unreadable:
                raise CommandError("\n".join(f"{at.message} (line {at.line})" for at in unreadable.errors)) from None
            except Unproven as unproven:
                raise CommandError(str(unproven)) from None
            for change in changes or ["nothing changed"]:
                self.stdout.write(f"{folder.name}: {change}")
