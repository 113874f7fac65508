"""Proofs in the background: asked for here, made by `manage.py prove_drafts`, one at a time, in a process apart.

The process is started when a proof is asked for, and ends when none is left. It runs at the lowest priority and may
take so much memory and no more. One that was killed is noticed: its proof has failed, and can be asked for again.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from canarylearn.authoring.checking import check_item
from canarylearn.authoring.drafts import scenario_texts, taken
from canarylearn.authoring.matrix import Cancelled, Spread, count_runs, prove_with_matrix
from canarylearn.authoring.models import Draft, ProofRun, ProofState
from canarylearn.engine import Scenario
from canarylearn.items import Item, digest
from canarylearn.items.files import read_as
from canarylearn.items.judging import SEEDS
from canarylearn.learning.selectors import topic_spec

ROOT = Path(__file__).resolve().parent.parent.parent
SILENT = timedelta(seconds=60)
"""A prover on another machine that was not heard of for so long is gone."""

LONGEST = 2 * 3600.0
"""Seconds after which a proof is given up, so that one author does not keep the others waiting."""

LONG = 64 * len(SEEDS)
"""Answers run under one seed each, from which on a proof leaves a processor to others."""

EVERY = 0.5
"""Seconds between two reports."""

_RUNNING: list["subprocess.Popen[bytes]"] = []


def scenarios_of(item: Item, texts: Mapping[str, str]) -> dict[str, Scenario]:
    """The scenarios of an item, read. They can be: the item was checked."""
    return {slug: read_as(Scenario, texts[slug]) for slug in item.scenarios}


def ask_for_proof(draft: Draft) -> ProofRun | None:
    """Queue a proof of a draft as it stands, and start the prover. None if the draft cannot be run as it stands.

    The draft takes copies of its scenarios, so that what is proven is what will be published. A proof of this draft
    that is still wanted by nobody else is called off.
    """
    texts = scenario_texts(draft)
    checked = check_item(draft.spec, topic_spec(draft.topic.spec), texts, taken(draft.topic, draft.slug, draft))
    if checked.spec is None or checked.complaints:
        return None
    item: Item = checked.spec
    with transaction.atomic():
        settle_lost()
        waiting = draft.proofs.filter(state=ProofState.QUEUED)
        waiting.update(state=ProofState.CANCELLED, finished=timezone.now())
        draft.proofs.filter(state=ProofState.RUNNING).update(cancel=True)
        copies = {slug: texts[slug] for slug in item.scenarios}
        Draft.objects.filter(pk=draft.pk).update(scenarios=copies)
        draft.scenarios = copies
        run = ProofRun.objects.create(
            draft=draft, digest=digest(item, scenarios_of(item, copies)), total=count_runs(item)
        )
        old = draft.proofs.exclude(state__in=(ProofState.QUEUED, ProofState.RUNNING)).values_list("pk", flat=True)[3:]
        ProofRun.objects.filter(pk__in=list(old)).delete()
    transaction.on_commit(start_prover)
    return run


def cancel_proof(run: ProofRun) -> None:
    """Call a proof off: at once if nobody works on it, or as soon as the prover hears of it."""
    over = ProofRun.objects.filter(pk=run.pk, state=ProofState.QUEUED)
    if not over.update(state=ProofState.CANCELLED, finished=timezone.now()):
        ProofRun.objects.filter(pk=run.pk, state=ProofState.RUNNING).update(cancel=True)
        settle_lost()


def start_prover() -> None:
    """Start the process that proves what is queued; it ends at once if another one is at work."""
    _RUNNING[:] = [process for process in _RUNNING if process.poll() is None]
    if _is_private(connection.settings_dict):
        return  # a database in this process's memory: nobody else could see it
    _RUNNING.append(
        subprocess.Popen(  # noqa: S603  # this very program, and nothing that anybody typed
            [sys.executable, str(ROOT / "manage.py"), "prove_drafts"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def _is_private(settings: Mapping[str, object]) -> bool:
    name = str(settings["NAME"])
    return connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)


def is_lost(run: ProofRun) -> bool:
    """Whether the process that works on a proof is gone."""
    if run.state != ProofState.RUNNING:
        return False
    host, _sep, number = run.prover.rpartition(":")
    if host == socket.gethostname() and number.isdigit():
        return not _is_alive(int(number))
    return run.beat is None or timezone.now() - run.beat > SILENT


def _is_alive(number: int) -> bool:
    stat = Path(f"/proc/{number}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] not in "ZX"
        except (OSError, IndexError):
            return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def settle_lost() -> None:
    """Write down of proofs whose process is gone that they failed."""
    for run in ProofRun.objects.filter(state=ProofState.RUNNING).defer("rows"):
        if is_lost(run):
            told = {"code": "prover-gone", "message": _("the prover was stopped before it was done; start it again")}
            state = ProofState.CANCELLED if run.cancel else ProofState.FAILED
            ProofRun.objects.filter(pk=run.pk, state=ProofState.RUNNING).update(
                state=state, problems=[] if run.cancel else [told], finished=timezone.now()
            )


def latest_proof(draft: Draft) -> ProofRun | None:
    """The last proof that was asked for; one whose prover is gone is shown as failed."""
    run: ProofRun | None = draft.proofs.first()
    if run is not None and is_lost(run):
        run.state = ProofState.CANCELLED if run.cancel else ProofState.FAILED
        run.problems = [
            {"code": "prover-gone", "message": _("the prover was stopped before it was done; start it again")}
        ]
    return run


# In the process apart


class Processors(Protocol):
    """What the runs of a proof are spread over."""

    def __call__(self, *, is_long: bool) -> AbstractContextManager[Spread]: ...


def in_this_process(*, is_long: bool) -> AbstractContextManager[Spread]:
    """Nothing but this process."""
    return nullcontext(map)


def prove_next(processors: Processors = in_this_process) -> bool:
    """Prove what was asked for first. False when nothing is queued, or another prover is at work."""
    settle_lost()
    run = _claim()
    if run is None:
        return False
    report = _Reporter(run)
    try:
        checked = check_item(run.draft.spec, topic_spec(run.draft.topic.spec), run.draft.scenarios)
        if checked.spec is None:
            raise Cancelled  # it was changed since, and is not what was to be proven
        scenarios = scenarios_of(checked.spec, run.draft.scenarios)
        if digest(checked.spec, scenarios) != run.digest:
            raise Cancelled
        with processors(is_long=run.total > LONG) as spread:
            proof, problems, rows = prove_with_matrix(checked.spec, scenarios, report, spread=spread)
    except Cancelled:
        _finish(run, state=ProofState.CANCELLED)
    except Overlong:
        _fail(run, _("it took more than two hours; use scenarios with less traffic, or fewer answers"))
    except MemoryError:
        _fail(run, _("it needed more memory than a proof may take; use scenarios with less traffic, or fewer answers"))
    except Exception as error:  # whatever it is, its author has to hear of it
        _fail(run, _("it stopped with an error, which is no fault of yours: %(error)s") % {"error": repr(error)[:300]})
        raise
    else:
        told = [asdict(problem) for problem in problems]
        finished = _finish(
            run,
            state=ProofState.DONE,
            rows=rows,
            problems=told,
            proof=asdict(proof),
            done=report.done,
            total=report.done,
        )
        if finished and not told:
            Draft.objects.filter(pk=run.draft_id).update(unproven=False)
    return True


def _claim() -> ProofRun | None:
    for pk in ProofRun.objects.filter(state=ProofState.QUEUED).order_by("started", "pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                mine = ProofRun.objects.filter(pk=pk, state=ProofState.QUEUED).update(
                    state=ProofState.RUNNING, prover=f"{socket.gethostname()}:{os.getpid()}", beat=timezone.now()
                )
        except IntegrityError:
            return None  # the database allows one at a time
        if mine:
            return ProofRun.objects.select_related("draft__topic").get(pk=pk)
    return None


class Overlong(Exception):
    """A proof that takes longer than any may."""


class _Reporter:
    """Tells how far a proof is, and hears whether it is still wanted."""

    def __init__(self, run: ProofRun) -> None:
        self.run, self.done, self._last = run, 0, time.monotonic()
        self._until = self._last + LONGEST

    def __call__(self, done: int) -> None:
        self.done = done
        if time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        if self._last > self._until:
            raise Overlong
        wanted = ProofRun.objects.filter(pk=self.run.pk, state=ProofState.RUNNING, cancel=False)
        if not wanted.update(done=done, beat=timezone.now()):
            raise Cancelled


def _fail(run: ProofRun, message: str) -> None:
    _finish(run, state=ProofState.FAILED, problems=[{"code": "failed", "message": message}])


def _finish(run: ProofRun, **changes: object) -> bool:
    with contextlib.suppress(ProofRun.DoesNotExist):
        mine = ProofRun.objects.filter(pk=run.pk, state=ProofState.RUNNING)
        return bool(mine.update(finished=timezone.now(), **changes))
    return False
