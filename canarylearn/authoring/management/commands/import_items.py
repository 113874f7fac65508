"""Make drafts of the questions in a file of another system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from canarylearn.authoring.importing import import_drafts
from canarylearn.authoring.models import AuditEntry
from canarylearn.dialects.errors import Unreadable
from canarylearn.exchange import FORMATS
from canarylearn.exchange.guards import MOST_BYTES
from canarylearn.learning.models import Topic


class Command(BaseCommand):
    """Import a file: all of its questions become unproven drafts of a topic, or none does."""

    help = "Make unproven drafts of the questions in a file, and say what did not come in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--topic", required=True, help="the slug of the topic that the drafts are for")
        parser.add_argument("--owner", required=True, help="the name of the account that owns the drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        topic = Topic.objects.filter(slug=options["topic"]).first()
        if topic is None:
            raise CommandError(f"there is no topic {options['topic']!r}")
        owner = get_user_model().objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"there is no account {options['owner']!r}")
        try:
            with options["file"].open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            done = import_drafts(data=data, format=options["format"], topic=topic, owner=owner)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except Unreadable as unreadable:
            said = "\n".join(f"line {at.line}: {at.message}" for at in unreadable.errors)
            raise CommandError(f"{said}\nNothing was imported.") from None
        kept = {"drafts": [draft.slug for draft in done.drafts]}
        AuditEntry.objects.create(who=owner, what="questions imported", target=f"topic {topic.slug}", detail=kept)
        for draft in done.drafts:
            self.stdout.write(f"draft {draft.slug}")
        for at in done.told:
            self.stdout.write(f"  line {at.line}: {at.message}")
