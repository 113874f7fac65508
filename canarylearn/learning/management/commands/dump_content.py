"""Write the topics of the database back into files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.learning import content
from canarylearn.learning.dumping import Undumped, dump


class Command(BaseCommand):
    """Write every topic, and say which files changed; a file that says the same already is left as it is."""

    help = "Write every topic of the database into files: the curriculum's own, or a folder of their own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="where to write; the curriculum's folder if not given")
        parser.add_argument("--overwrite", action="store_true", help="write over what the database never held")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"] or content.CONTENT
        try:
            told = dump(folder, overwrite=options["overwrite"])
        except (Undumped, OSError) as error:
            raise CommandError(str(error)) from None
        for line in told or ["nothing changed"]:
            self.stdout.write(line)
