"""Write published items into a file for another system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.authoring.exporting import NotTogether, export_items
from canarylearn.authoring.models import AuditEntry
from canarylearn.exchange import ENDINGS, FORMATS
from canarylearn.learning.models import Item


class Command(BaseCommand):
    """Export every published item, or those that are named; every answer is run to say what it does."""

    help = "Write items into a file of another system's format, and say what the format does not carry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("items", nargs="*", metavar="ITEM", help="the ids of the items; all of practice if none")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--topic", help="items of this topic alone")
        parser.add_argument(
            "--output", type=Path, help="the file to write; items with the format's ending if not given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Item.objects.filter(retired=False, current__isnull=False)
        if options["topic"]:
            rows = rows.filter(topic__slug=options["topic"])
        rows = rows.filter(slug__in=options["items"]) if options["items"] else rows.filter(room="practice")
        chosen = {row.slug: row for row in rows}
        if missing := sorted(set(options["items"]) - set(chosen)):
            raise CommandError(f"there is no published item {missing[0]!r}")
        if not chosen:
            raise CommandError("there is no published item to export")
        try:
            made = export_items(list(chosen.values()), options["format"])
        except NotTogether as error:
            raise CommandError(str(error)) from None
        path: Path = options["output"] or Path(f"items{ENDINGS[options['format']]}")
        path.write_bytes(made.data)
        kept = {"items": list(chosen)}
        AuditEntry.objects.create(who=None, what="questions exported", target=options["format"], detail=kept)
        self.stdout.write(f"wrote {path}: {len(chosen)} items")
        for line in made.lost:
            self.stdout.write(f"  {line}")
