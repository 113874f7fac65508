"""Load the curriculum's files into the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import read_topic
from canarylearn.learning.content import (
    Conflicting,
    OnConflict,
    Unproven,
    find_conflicts,
    load_topic,
    read_lock,
    topic_folders,
)


class Command(BaseCommand):
    """Load every topic; running it again changes nothing unless files changed."""

    help = "Load the curriculum's files into the database, and say what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        either = parser.add_mutually_exclusive_group()
        either.add_argument(
            "--keep-admin", action="store_true", help="where the admin and the files differ, keep what the admin has"
        )
        either.add_argument(
            "--take-files", action="store_true", help="where the admin and the files differ, publish the files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        on_conflict: OnConflict = "keep" if options["keep_admin"] else "take" if options["take_files"] else "refuse"
        try:
            told = _load_all(on_conflict)
        except Unreadable as unreadable:
            raise CommandError("\n".join(f"{at.message} (line {at.line})" for at in unreadable.errors)) from None
        except (Unproven, Conflicting) as refused:
            raise CommandError(str(refused)) from None
        for line in told:
            self.stdout.write(line)


@transaction.atomic
def _load_all(on_conflict: OnConflict) -> list[str]:
    """Every topic or none; says what changed in each. Raises Conflicting with the conflicts of all topics."""
    proofs = read_lock()
    topics = [read_topic(folder) for folder in topic_folders()]
    if on_conflict == "refuse" and (found := [conflict for files in topics for conflict in find_conflicts(files)]):
        raise Conflicting(found)
    told = []
    for files in topics:
        changes = load_topic(files, proofs, on_conflict)
        told += [f"{files.topic.slug}: {change}" for change in changes or ["nothing changed"]]
    return told
