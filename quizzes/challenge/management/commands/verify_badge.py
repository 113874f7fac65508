"""Verify the evidence of a badge: judge its answers again, and say whether this site made it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.items.evidence import MOST_CHARACTERS, BadEvidence, read_evidence, rejudge
from canarylearn.items.judging import SEEDS
from quizzes.challenge.badges import is_sealed


class Command(BaseCommand):
    """Say for each answer whether it is equal, and whether the file is as this site made it."""

    help = "Judge every answer in a badge's evidence again, and check that this site made the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--all-seeds", action="store_true", help="under the seeds of a proof, not the file's alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8") as file:
                evidence = read_evidence(file.read(MOST_CHARACTERS + 1))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CommandError(f"{options['file']} is not a text in UTF-8") from None
        except BadEvidence as bad:
            raise CommandError(f"{options['file']}: {bad}") from None
        judged = rejudge(evidence, more_seeds=SEEDS if options["all_seeds"] else ())
        for one in judged:
            self.stdout.write(f"{'equal' if one.equal else 'not equal'}: {one.title}, version {one.version}")
            self.stdout.write(f"  {one.reason}")
        if not all(one.equal for one in judged):
            raise CommandError(f"{sum(not one.equal for one in judged)} of {len(judged)} verdicts are not equal")
        if not is_sealed(evidence.digest, evidence.seal):
            raise CommandError("every verdict is equal, and the file was not made by this site")
        self.stdout.write(f"{len(judged)} of {len(judged)} verdicts are equal, and this site made the file")
