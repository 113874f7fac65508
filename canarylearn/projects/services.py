"""Everything that writes what learners do in projects, and the judging in the process apart."""

import time
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from pydantic import TypeAdapter

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items.project.breaking import A_ROUND, Searched
from canarylearn.items.project.stages import PARTS, SEEDS, Job, Tried, do
from canarylearn.items.project.verdicts import Checked, Judged
from canarylearn.lab.apart import WORKPLACE, Stopped
from canarylearn.learning.models import Learner
from canarylearn.projects.models import Draft, Endurance, PassedStage

LONGEST = 8 * 1024
"""Bytes of a draft."""

MOST_SEED = 900_000
SECONDS = 6.0
"""How long all the judging of one script may take."""

_JUDGED, _TRIED, _SEARCHED = TypeAdapter(Judged), TypeAdapter(Tried), TypeAdapter(Searched)


class Status(StrEnum):
    """What became of a text that was to be saved."""

    SAVED = "saved"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A draft after somebody wanted to save a text."""

    status: Status
    draft: Draft


def save_draft(*, learner_key: UUID, topic: str, stage: str, text: str, base: int, knowingly: bool = False) -> Saved:
    """Keep a text that was written over the draft of number `base`. A newer one is not written over: both are kept.
    Where there is none, as for somebody whom the site no longer knows, it is the first.

    Somebody who has seen the newer one writes over it `knowingly`, and then it is the one that is set aside.
    """
    with transaction.atomic():
        draft = _locked(learner_key, topic, stage)
        if draft.number and draft.text == text:
            return Saved(status=Status.SAME, draft=draft)
        if draft.number and draft.number != base:
            draft.other = text
            draft.save(update_fields=["other"])
            return Saved(status=Status.CONFLICT, draft=draft)
        if knowingly:
            draft.other = draft.text
        draft.text, draft.number, draft.updated = text, draft.number + 1, timezone.now()
        draft.save(update_fields=["text", "other", "number", "updated"])
        return Saved(status=Status.SAVED, draft=draft)


def take_other(*, learner_key: UUID, topic: str, stage: str, keep: bool) -> Draft:
    """Let the text that was set aside and the draft change places, or throw it away."""
    with transaction.atomic():
        draft = _locked(learner_key, topic, stage)
        if draft.other and keep:
            draft.text, draft.other = draft.other, draft.text
            draft.number, draft.updated = draft.number + 1, timezone.now()
        elif not keep:
            draft.other = ""
        draft.save()
        return draft


def open_hint(*, learner_key: UUID, topic: str, stage: str, level: int) -> None:
    """Open the hint of this level if it is the next one."""
    with transaction.atomic():
        draft = _locked(learner_key, topic, stage)
        if level == draft.hints_opened + 1:
            draft.hints_opened = level
            draft.save(update_fields=["hints_opened"])


def _locked(learner_key: UUID, topic: str, stage: str) -> Draft:
    """The row of a draft, made if there was none, and locked to the end of the transaction."""
    Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
    learner = Learner.objects.order_by().values_list("pk", flat=True).get(key=learner_key)
    row = Draft(learner_id=learner, topic=topic, stage=stage)
    Draft.objects.bulk_create([row], ignore_conflicts=True)
    return Draft.objects.select_for_update().order_by().get(learner_id=learner, topic=topic, stage=stage)


def hidden_seeds(learner_key: UUID, topic: str, stage: str) -> tuple[int, ...]:
    """The seeds a learner's stage is judged with: always the same; nobody can know them without the site's key."""
    made = salted_hmac("canarylearn.projects.seeds", f"{learner_key}/{topic}/{stage}", algorithm="sha256").digest()
    numbers = [int.from_bytes(made[place : place + 4]) % MOST_SEED + 1 for place in range(0, 32, 4)]
    return tuple(numbers[: SEEDS[stage]])


def judge(*, learner_key: UUID, topic: str, stage: str, text: str) -> Judged:
    """Judge a text under the learner's hidden seeds, and keep it if it passed. Raises Stopped and Busy."""
    seeds, began = hidden_seeds(learner_key, topic, stage), time.monotonic()
    checks: list[Checked] = []
    for part in range(PARTS[stage]):
        if time.monotonic() - began > SECONDS:
            raise Stopped("time")
        judged = _JUDGED.validate_python(_apart(Job(do="judge", stage=stage, text=text, seeds=seeds, part=part)))
        checks += judged.checks[part : part + 1]
        if not judged.passed:
            return Judged(passed=False, finding=judged.finding, checks=checks + judged.checks[part + 1 :])
    _keep_passed(learner_key, topic, stage, text, seeds)
    return Judged(passed=True, checks=checks)


def try_out(*, stage: str, text: str, seed: int, case: str) -> Tried:
    """What a text does when it is run for its author to see. Raises Stopped and Busy."""
    return _TRIED.validate_python(_apart(Job(do="try", stage=stage, text=text, seeds=(seed,), case=case)))


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A round of the break-it step, and how many worlds this text has survived by now."""

    searched: Searched
    rounds: int
    survived: int


def search(*, learner_key: UUID, topic: str, text: str) -> Broken:
    """Look for a world that breaks a text, each time in worlds that were not tried before. Raises Stopped and Busy."""
    learner = _learner(learner_key)
    kept = Endurance.objects.filter(learner_id=learner, topic=topic).order_by().first()
    rounds = kept.rounds if kept else 0
    first = hidden_seeds(learner_key, topic, "release")[0] + rounds * A_ROUND
    job = Job(do="break", stage="release", text=text, seeds=(first,))
    searched = _SEARCHED.validate_python(_apart(job))
    before = kept.survived if kept and kept.digest == digest_of(text) else 0
    facts = {"digest": digest_of(text), "rounds": rounds + 1, "survived": before + searched.survived}
    Endurance.objects.update_or_create(learner_id=learner, topic=topic, defaults=facts)
    return Broken(searched=searched, rounds=rounds + 1, survived=before + searched.survived)


def digest_of(text: str) -> str:
    """What a text is known by."""
    return sha256(text.encode()).hexdigest()


def _apart(job: Job) -> Any:
    return WORKPLACE.call(do, job)


def _learner(key: UUID) -> int:
    Learner.objects.bulk_create([Learner(key=key)], ignore_conflicts=True)
    return Learner.objects.order_by().values_list("pk", flat=True).get(key=key)


def _keep_passed(learner_key: UUID, topic: str, stage: str, text: str, seeds: tuple[int, ...]) -> None:
    facts = {"text": text, "seeds": list(seeds), "engine": ENGINE_VERSION, "digest": digest_of(text)}
    PassedStage.objects.update_or_create(
        learner_id=_learner(learner_key), topic=topic, stage=stage, defaults={**facts, "created": timezone.now()}
    )
