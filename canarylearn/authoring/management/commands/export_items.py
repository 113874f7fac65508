"""Write published items into a file for another system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.engine import Scenario
from canarylearn.exchange import ENDINGS, FORMATS, export_with_losses
from canarylearn.learning.models import Item
from canarylearn.learning.ready import ready


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
        kept = [ready(row.current_id) for row in chosen.values() if row.current_id is not None]
        scenarios: dict[str, Scenario] = {}
        for one in kept:
            for slug, scenario in one.scenarios.items():
                if scenarios.setdefault(slug, scenario) != scenario:
                    raise CommandError(f"{slug!r} is not one scenario for all of these items; export them one by one")
        made = export_with_losses([one.item for one in kept], scenarios, options["format"])
        path: Path = options["output"] or Path(f"items{ENDINGS[options['format']]}")
        path.write_bytes(made.data)
        self.stdout.write(f"wrote {path}: {len(kept)} items")
        for line in made.lost:
            self.stdout.write(f"  {line}")
