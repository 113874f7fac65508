"""manage.py prepare, as CanaryLearn has it: tables and content."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from benchmarks.floor.models import Question


class Command(BaseCommand):
    help = "Make the floor's tables and ten questions."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, run_syncdb=True, verbosity=0)  # its own tables refer to those above
        if not Question.objects.exists():
            Question.objects.bulk_create(
                Question(
                    text=f"Which share of the traffic goes to the canary in step {number}?",
                    options=["1 %", "10 %", "50 %", "100 %"],
                    right=number % 4,
                )
                for number in range(1, 11)
            )
