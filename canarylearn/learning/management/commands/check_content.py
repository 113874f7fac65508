"""Prove the curriculum: run every answer to every item over all seeds."""

import datetime as dt
import os
from argparse import ArgumentParser
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import Item, Problem, Proof, TopicFiles, digest, read_topic
from canarylearn.items.proof import SEEDS, Row, conclude, prove_seed
from canarylearn.learning.content import read_lock, topic_folders, write_lock


@lru_cache(maxsize=8)
def _files(folder: Path) -> TopicFiles:
    return read_topic(folder)


def _prove_one(folder: Path, slug: str, seed: int) -> tuple[str, Row]:
    """One item under one seed, in a worker process."""
    files = _files(folder)
    item = files.items[slug]
    return slug, prove_seed(item, files.scenarios_of(item), seed)


class Command(BaseCommand):
    """Prove what changed since the last proof, and a sample that rotates by the day; or everything."""

    help = "Run every answer to every item over 59 seeds, and record what is proven."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="prove every item, whatever the lock file says")
        parser.add_argument("--check", action="store_true", help="change nothing: fail if the lock file is out of date")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        proofs: dict[str, Proof] = {}
        kept = read_lock()
        for folder in topic_folders():
            proofs |= self._check_topic(folder, kept, options)
        if options["check"]:
            if proofs != kept:
                raise CommandError(
                    "the proofs beside the content are out of date; run 'manage.py check_content' and commit"
                )
        else:
            write_lock(proofs)

    def _check_topic(self, folder: Path, kept: dict[str, Proof], options: dict[str, Any]) -> dict[str, Proof]:
        try:
            files = _files(folder)
        except Unreadable as unreadable:
            raise CommandError("\n".join(f"{at.message} (line {at.line})" for at in unreadable.errors)) from None
        chosen = {slug for slug in files.items if options["all"] or not _is_kept(files, slug, kept)}
        chosen.add(_sample_of_the_day(sorted(files.items)))
        rows = _run_all(folder, sorted(chosen), quiet=options["quiet"])
        proven, problems = {}, []
        for slug in sorted(chosen):
            item = files.items[slug]
            proven[slug], found = conclude(item, files.scenarios_of(item), rows[slug])
            problems += [(item, problem) for problem in found]
            self._report(item, proven[slug], found)
        if problems:
            raise CommandError(f"{len(problems)} problems; nothing was recorded")
        return {slug: proven.get(slug) or kept[slug] for slug in files.items}

    def _report(self, item: Item, proof: Proof, problems: list[Problem]) -> None:
        verdict = "refused" if problems else "proven"
        counts = f"{proof.answers} answers, {len(item.scenarios)} scenarios, {proof.seeds} seeds"
        self.stdout.write(f"{verdict} {item.id}: {counts}, guess floor {proof.guess_floor:.1%}")
        for problem in problems:
            self.stdout.write(f"  {problem.code}: {problem.message}")


def _is_kept(files: TopicFiles, slug: str, kept: dict[str, Proof]) -> bool:
    item = files.items[slug]
    return slug in kept and kept[slug].digest == digest(item, files.scenarios_of(item))


def _sample_of_the_day(slugs: list[str]) -> str:
    """One unchanged item is proven again each day, so that a stale proof cannot stay for long."""
    return slugs[dt.datetime.now(tz=dt.UTC).date().toordinal() % len(slugs)]


def _run_all(folder: Path, slugs: list[str], *, quiet: bool) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        work = [pool.submit(_prove_one, folder, slug, seed) for slug in slugs for seed in SEEDS]
        for done in tqdm(as_completed(work), total=len(work), unit="seed", desc=folder.name, disable=quiet or None):
            slug, row = done.result()
            rows[slug].append(row)
    return rows
