"""Prove the drafts that were asked for, one after the other."""

import os
import resource
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from canarylearn.authoring.processors import on_processors
from canarylearn.authoring.proofs import prove_next

MEMORY = 4 * 1024**3
"""Bytes of address space that each process of a prover may take."""


class Command(BaseCommand):
    """Run by the site itself when an author asks for a proof; running it by hand does no harm."""

    help = "Prove the drafts that are queued, at the lowest priority, and end when none is left."

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(19)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(ValueError):  # a limit that is lower already stays
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        while prove_next(on_processors):
            pass
