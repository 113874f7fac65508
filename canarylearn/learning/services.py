"""Everything that writes what learners do. `submit_attempt` is the only creator of attempts."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Answer, Judgement
from canarylearn.learning.models import Attempt, Learner, Slot
from canarylearn.learning.ready import Ready


class Status(StrEnum):
    """What became of a submitted answer. Only COUNTED spends a try."""

    COUNTED = "counted"
    REPEATED = "repeated"
    SAME_ANSWER = "same-answer"
    KEY_REUSED = "key-reused"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A submitted answer: its status, its judgement if it may be shown, and where the learner stands now."""

    status: Status
    judgement: Judgement | None
    attempts: tuple[Attempt, ...]
    hints_opened: int


def submit_attempt(*, learner_key: UUID, ready: Ready, answer: Answer, key: str) -> Submission:
    """Judge an answer and count it as a try, unless it is a repetition or no try is left.

    The engine runs before the transaction, so the row lock is held for the bookkeeping alone, and a fault in a run
    costs nothing. `key` comes from the form: the same form counts once, however often it arrives.
    """
    judgement = ready.judge(answer)
    with transaction.atomic():
        slot = lock_slot(learner_key, ready.version_id, ready.variant)
        attempts = [] if slot.is_new else list(slot.attempts.order_by("number"))
        status = _status(attempts, key, dict(answer), tries=ready.item.tries)
        if status is Status.COUNTED:
            attempts.append(_keep(slot, len(attempts) + 1, key, judgement))
    shown = status in (Status.COUNTED, Status.REPEATED, Status.SAME_ANSWER)
    return Submission(
        status=status,
        judgement=judgement if shown else None,
        attempts=tuple(attempts),
        hints_opened=slot.hints_opened,
    )


def open_hint(*, learner_key: UUID, ready: Ready, level: int) -> Slot:
    """Open the hint of this level if it is the next one; opening one twice, or skipping one, changes nothing."""
    with transaction.atomic():
        slot = lock_slot(learner_key, ready.version_id, ready.variant)
        if level == slot.hints_opened + 1:
            slot.hints_opened = level
            slot.save(update_fields=["hints_opened"])
    return slot


def lock_slot(learner_key: UUID, version_id: int, variant: int = 0) -> Slot:
    """The learner's slot, locked until the transaction ends; made on first use.

    PostgreSQL locks the row; SQLite has no row locks, and its transactions begin with the write lock instead
    (`transaction_mode: IMMEDIATE` in the settings).
    """
    slots = Slot.objects.filter(learner__key=learner_key, version_id=version_id, variant=variant).order_by()
    locked = slots.select_for_update(of=("self",))
    found = next(iter(locked), None)  # there is one at most: first() would have them sorted
    return found or _new_slot(learner_key, version_id, variant) or locked.get()


def _new_slot(learner_key: UUID, version_id: int, variant: int) -> Slot | None:
    """A slot made now, which nobody else can see before the transaction ends; None if another request made it first."""
    learner = _learner_id(learner_key) or _new_learner_id(learner_key)
    try:
        with transaction.atomic():  # PostgreSQL would end the whole transaction with a refused INSERT
            slot = Slot.objects.create(learner_id=learner, version_id=version_id, variant=variant)
    except IntegrityError:
        return None
    slot.is_new = True
    return slot


def _learner_id(key: UUID) -> int | None:
    """The number of the learner with this key, if there is one.

    The row stays locked while a first slot is made, so that signing in either takes the slot along or comes first.
    """
    return next(iter(_locked_ids(key)), None)


def _new_learner_id(key: UUID) -> int:
    """The number of the learner with this key, made now unless another request is making it."""
    Learner.objects.bulk_create([Learner(key=key)], ignore_conflicts=True)
    return _locked_ids(key).get()


def _locked_ids(key: UUID) -> QuerySet[Learner, int]:
    learners = Learner.objects.select_for_update(of=("self",), no_key=True)
    return learners.filter(key=key).order_by().values_list("pk", flat=True)


def _status(attempts: list[Attempt], key: str, answer: dict[str, int], *, tries: int) -> Status:
    for attempt in attempts:
        if attempt.key == key:
            return Status.REPEATED if attempt.answer == answer else Status.KEY_REUSED
    if any(attempt.answer == answer for attempt in attempts):
        return Status.SAME_ANSWER
    if len(attempts) >= tries or any(attempt.passed for attempt in attempts):
        return Status.RESOLVED
    return Status.COUNTED


def _keep(slot: Slot, number: int, key: str, judgement: Judgement) -> Attempt:
    return Attempt.objects.create(
        slot=slot,
        number=number,
        key=key,
        answer=dict(judgement.answer),
        passed=judgement.passed,
        finding=finding_of(judgement),
        hints_opened=slot.hints_opened,
        engine=ENGINE_VERSION,
    )


def finding_of(judgement: Judgement) -> str:
    """The code of the first reason against an answer: the refusal's, or the kind of goal that was missed."""
    if judgement.refusal is not None:
        return judgement.refusal.code
    failed = judgement.first_failed
    if failed is None:
        return ""
    goal = failed.goal
    return goal.measure or ("prints" if goal.prints else f"not-{goal.outcome}")
