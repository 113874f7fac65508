"""Prove the curriculum: run every answer to every item over all seeds."""

import datetime as dt
import os
from argparse import ArgumentParser
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from canarylearn.dialects.errors import Unreadable
from canarylearn.items import Item, Problem, Proof, TopicFiles, digest, read_topic
from canarylearn.items.cards import card_problems
from canarylearn.items.judging import SEEDS
from canarylearn.items.lesson_facts import page_problems
from canarylearn.items.problems import topic_problems
from canarylearn.items.project.files import FOLDER, has_project, project_problems, read_project
from canarylearn.items.proof import Member, Proving, prove_members
from canarylearn.items.rows import Row
from canarylearn.items.walks import FILE as WALKS
from canarylearn.items.walks import read_walks, walk_problems
from canarylearn.learning import content
from canarylearn.learning.content import read_lock, topic_folders, write_lock


class Command(BaseCommand):
    """Prove what changed since the last proof, and a sample that rotates by the day; or everything."""

    help = "Run every answer to every item over 59 seeds, and record what is proven."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders",
            nargs="*",
            type=Path,
            metavar="FOLDER",
            help="a folder of topics elsewhere, with its own lock file; the curriculum's if none is given",
        )
        parser.add_argument("--all", action="store_true", help="prove every item, whatever the lock file says")
        parser.add_argument("--check", action="store_true", help="change nothing: fail if the lock file is out of date")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in options["folders"] or [content.CONTENT]:
            self._check_folder(folder, options)

    def _check_folder(self, holder: Path, options: dict[str, Any]) -> None:
        proofs: dict[str, Proof] = {}
        lock = holder / content.LOCK.name if options["folders"] else content.LOCK
        kept = read_lock(lock)
        folders = topic_folders(holder)
        if not folders:
            raise CommandError(f"{holder}: there is no topic in it; give the folder that holds the topics' folders")
        for folder in folders:
            proven = self._check_topic(folder, kept, options)
            if twins := sorted(set(proofs) & set(proven)):
                raise CommandError(f"two topics have items with these ids: {', '.join(twins)}; rename one of each")
            proofs |= proven
        if options["check"]:
            if proofs != kept:
                raise CommandError(
                    "the proofs beside the content are out of date; run 'manage.py check_content' and commit"
                )
        else:
            write_lock(proofs, lock)

    def _check_topic(self, folder: Path, kept: dict[str, Proof], options: dict[str, Any]) -> dict[str, Proof]:
        try:
            files, walks = read_topic(folder), read_walks(folder)
        except Unreadable as unreadable:
            raise CommandError("\n".join(f"{at.message} (line {at.line})" for at in unreadable.errors)) from None
        self._refuse_pages(files)
        self._refuse_project(folder, judged=not options["check"])
        if walks is not None and (refused := list(walk_problems(walks, files.scenarios))):
            raise CommandError("\n".join(f"{WALKS}: {one.code}: {one.message}" for one in refused))
        chosen = {slug for slug in files.asked if options["all"] or not _is_kept(files, slug, kept)}
        chosen.add(_sample_of_the_day(sorted(files.asked)))
        proofs = _run_all(files, sorted(chosen), quiet=options["quiet"])
        proven: dict[str, Proof] = {}
        problems = topic_problems(files.asked, {slug: proof.rows() for slug, proof in proofs.items()})
        for problem in problems:
            self.stdout.write(f"{files.topic.slug}: {problem.code}: {problem.message}")
        for slug in sorted(chosen):
            proven[slug], found = proofs[slug].conclude()
            problems += found
            self._report(files.asked[slug], proven[slug], found, kept.get(slug))
        if problems:
            count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            raise CommandError(f"{count}; nothing was recorded")
        return {slug: proven.get(slug) or kept[slug] for slug in files.asked}

    def _refuse_pages(self, files: TopicFiles) -> None:
        """Pages and cards are held to their runs first: nothing is proven beside a number that no run shows."""
        said = [
            f"pages/{name}.md: {problem.code}: {problem.message} (line {line})"
            for name, page in files.pages.items()
            for line, problem in page_problems(page, files.scenarios)
        ]
        said += [
            f"cards/{name}.yaml: {problem.code}: {problem.message}"
            for name, card in files.cards.items()
            for problem in card_problems(card, files.scenarios)
        ]
        if said:
            raise CommandError("\n".join(said))

    def _refuse_project(self, folder: Path, *, judged: bool) -> None:
        """A project's files have to be readable and, where they are `judged`, its scripts what they say."""
        if not has_project(folder):
            return
        try:
            project = read_project(folder)
        except Unreadable as unreadable:
            said = [f"{FOLDER}/{at.message} (line {at.line})" for at in unreadable.errors]
            raise CommandError("\n".join(said)) from None
        if judged and (problem := next(project_problems(project), "")):
            raise CommandError(f"{FOLDER}/{problem}")

    def _report(self, item: Item, proof: Proof, problems: list[Problem], before: Proof | None) -> None:
        verdict = "refused" if problems else "proven"
        counts = f"{proof.answers} answers, {len(item.scenarios)} scenarios, {proof.seeds} seeds"
        counts += f", {len(proof.variants) - 1} variants" if item.variants else ""
        self.stdout.write(f"{verdict} {item.id}: {counts}, guess floor {proof.guess_floor:.1%}")
        for problem in problems:
            self.stdout.write(f"  {problem.code}: {problem.message}")
        if before is not None and before.digest == proof.digest and before.outcomes != proof.outcomes:
            self.stdout.write("  the item is unchanged, and its runs end otherwise than when it was proven")


def _is_kept(files: TopicFiles, slug: str, kept: dict[str, Proof]) -> bool:
    item = files.asked[slug]
    return slug in kept and kept[slug].digest == digest(item, files.scenarios_of(item))


def _sample_of_the_day(slugs: list[str]) -> str:
    """One unchanged item is proven again each day, so that a stale proof cannot stay for long."""
    return slugs[dt.datetime.now(tz=dt.UTC).date().toordinal() % len(slugs)]


def _workers() -> BaseContext:
    """Processes forked from a clean one: this one may have threads, and a fork of those is not safe."""
    context = get_context("forkserver")
    context.set_forkserver_preload([prove_members.__module__])
    return context


def _run_all(files: TopicFiles, slugs: list[str], *, quiet: bool) -> dict[str, Proving]:
    """Each of these items, with its variants, under every seed, on all processors."""
    proofs = {slug: Proving(files.asked[slug], files.scenarios_of(files.asked[slug])) for slug in slugs}
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=_workers()) as pool:
        while due := {slug: members for slug, proving in proofs.items() if (members := proving.due())}:
            for slug, rows in _run(pool, due, title=files.topic.slug, quiet=quiet).items():
                proofs[slug].take(due[slug], rows)
    return proofs


def _run(
    pool: ProcessPoolExecutor, due: dict[str, list[Member]], *, title: str, quiet: bool
) -> dict[str, list[list[Row]]]:
    """These variants of items under every seed: for each item and seed, a row for each variant."""
    rows: dict[str, list[list[Row]]] = defaultdict(list)
    work = {pool.submit(prove_members, members, seed): slug for slug, members in due.items() for seed in SEEDS}
    shown = tqdm(as_completed(work), total=len(work), unit="seed", desc=title, disable=quiet or None)
    for done in shown:
        rows[work[done]].append(done.result())
    return rows
