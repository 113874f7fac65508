"""Everything that writes a sitting. Each step locks the sitting's row, so that two tabs take turns."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.days import zone
from canarylearn.learning.models import Learner, Topic, Version
from canarylearn.mastery import FIRST, Answered, Next, Verdict, certainty, decide, draw, what_next
from quizzes.models import Asked, Sitting
from quizzes.sittings.bank import Bank, bank_for, met_by, read_or_none

COOL_DOWN = timedelta(days=1)
"""How long after a test the next one can begin: its answers have just been explained."""


class Step(StrEnum):
    """What became of something that was sent to a sitting."""

    KEPT = "kept"
    REPEATED = "repeated"
    LOCKED = "locked"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer to be kept: options by blank, or None for "not sure"; and how certain the learner said they were."""

    options: Mapping[str, int] | None
    certainty: str = ""


def sittings_of(learner_key: UUID, topic_slug: str) -> tuple[Sitting | None, list[Sitting]]:
    """The learner's open sitting, if there is one, and those that ended, the last one first."""
    mine = Sitting.objects.filter(learner__key=learner_key, topic__slug=topic_slug)
    found = list(mine.select_related("learner", "topic").order_by("-ended", "-pk"))
    return next((one for one in found if one.ended is None), None), [one for one in found if one.ended]


def open_sitting(learner_key: UUID, topic_slug: str) -> Sitting | None:
    """The learner's open sitting of a topic's test, if there is one."""
    mine = Sitting.objects.filter(learner__key=learner_key, topic__slug=topic_slug, ended__isnull=True)
    return mine.select_related("topic").order_by().first()


def ended_sittings(learner_key: UUID, topic_slug: str) -> list[Sitting]:
    """The sittings that ended, the last one first."""
    mine = Sitting.objects.filter(learner__key=learner_key, topic__slug=topic_slug, ended__isnull=False)
    return list(mine.select_related("learner").order_by("-ended", "-pk"))


def next_begin(ended: Sequence[Sitting]) -> datetime | None:
    """When the next test can begin, if that is later than now, in the learner's own time zone.

    A test without an answer showed nothing, and counts not.
    """
    last = next((one for one in ended if one.ended and one.sure is not None), None)
    if last is None or last.ended is None or last.ended + COOL_DOWN <= timezone.now():
        return None
    return (last.ended + COOL_DOWN).astimezone(zone(last.learner.time_zone))


def begin(learner_key: UUID, topic: Topic) -> Sitting | None:
    """Begin a sitting, or go on with the open one.

    None where the last one is too fresh, or where the bank has too little that is new to the learner.
    """
    found = open_sitting(learner_key, topic.slug)
    if found is not None:
        return found
    if next_begin(ended_sittings(learner_key, topic.slug)) is not None:
        return None
    bank = bank_for(learner_key, topic.slug)
    seed = secrets.token_hex(16)
    if not is_enough(bank):
        return None
    drawn = draw(bank.candidates, seed)
    plan = [[bank.versions[one.candidate.item], one.variant] for one in drawn]
    Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
    try:
        with transaction.atomic():
            learner = Learner.objects.select_for_update(of=("self",), no_key=True).order_by().get(key=learner_key)
            sitting = Sitting.objects.create(learner=learner, topic=topic, seed=seed, plan=plan)
            _show_next(sitting, [], learner_key)
    except IntegrityError:  # another tab began at the same moment
        return open_sitting(learner_key, topic.slug)
    return sitting


def is_enough(bank: Bank) -> bool:
    """Whether a bank has ten questions that are new to the learner."""
    return sum(bool(one.variants) for one in bank.candidates) >= FIRST


def asked_by_key(learner_key: UUID, topic_slug: str, key: str) -> Asked | None:
    """The question of this learner's whose form has that key, whether it waits or was answered."""
    mine = Asked.objects.filter(key=key, sitting__learner__key=learner_key, sitting__topic__slug=topic_slug)
    return mine.order_by().first()


def keep_answer(learner_key: UUID, question: Asked, answer: Answer) -> Step:
    """Keep the answer to a question, once, and show what comes next.

    An answer stays as it was given: what is asked after the tenth question hangs on all the answers before.
    """
    with transaction.atomic():
        sitting, asked = _locked(question.sitting_id)
        mine = next((one for one in asked if one.pk == question.pk), None)
        if mine is None:
            return Step.ENDED
        if mine.answered is not None:
            same = mine.answer == answer.options and mine.not_sure == (answer.options is None)
            return Step.REPEATED if same else Step.LOCKED
        if sitting.ended is not None:
            return Step.ENDED
        mine.answer = None if answer.options is None else dict(answer.options)
        mine.not_sure, mine.certainty, mine.answered = answer.options is None, answer.certainty, timezone.now()
        mine.save(update_fields=["answer", "not_sure", "certainty", "answered"])
        _go_on(sitting, asked, learner_key)
    return Step.KEPT


def skip_unreadable(learner_key: UUID, sitting_id: int) -> None:
    """Go on without the question that is open, if it can no longer be asked: it is taken out of the test."""
    with transaction.atomic():
        sitting, asked = _locked(sitting_id)
        waiting = waiting_of(asked)
        if sitting.ended is not None or waiting is None or read_or_none(waiting.version_id, waiting.variant):
            return
        sitting.plan = [step for number, step in enumerate(sitting.plan, 1) if number != waiting.number]
        sitting.save(update_fields=["plan"])
        waiting.delete()
        _go_on(sitting, [one for one in asked if one is not waiting], learner_key)


def take_more(learner_key: UUID, sitting_id: int) -> None:
    """Take the offer of more questions. Taken twice, or without an offer, it changes nothing."""
    with transaction.atomic():
        sitting, asked = _locked(sitting_id)
        if sitting.ended is None and waiting_of(asked) is None:
            sitting.more = True
            sitting.save(update_fields=["more"])
            _go_on(sitting, asked, learner_key)


def end(sitting_id: int) -> None:
    """End a sitting with what was answered; ended twice, the first end stands."""
    with transaction.atomic():
        sitting, asked = _locked(sitting_id)
        if sitting.ended is None:
            _end(sitting, asked)


def waiting_of(asked: Sequence[Asked]) -> Asked | None:
    """The question that waits for an answer."""
    return next((one for one in asked if one.answered is None), None)


def judged(asked: Sequence[Asked]) -> list[tuple[Asked, bool]]:
    """The answers in order, each with whether it passes. One that can no longer be read is left out."""
    found = []
    for one in asked:
        read = read_or_none(one.version_id, one.variant) if one.answered else None
        if read is not None:
            found.append((one, one.answer is not None and read.judge(one.answer).passed))
    return found


def course_of(answers: Sequence[tuple[Asked, bool]]) -> list[float]:
    """How sure it is that the learner is strong: at the beginning, and after each answer."""
    return certainty(as_answered(one, passed=passed) for one, passed in answers)


def as_answered(one: Asked, *, passed: bool) -> Answered:
    """A kept answer, as the mathematics weighs it."""
    return Answered(level=one.level, floor=one.floor, passed=passed)


def _locked(sitting_id: int) -> tuple[Sitting, list[Asked]]:
    sitting = Sitting.objects.select_for_update(of=("self",)).order_by().get(pk=sitting_id)
    return sitting, list(sitting.asked.order_by("number"))


def _go_on(sitting: Sitting, asked: list[Asked], learner_key: UUID) -> None:
    """After an answer: the next question, the offer of more (which is neither a question nor an end), or the end."""
    answers, drawn = len(asked), len(sitting.plan)
    if answers < min(FIRST, drawn):
        _show_next(sitting, asked, learner_key)
        return
    weighed = judged(asked)
    following = what_next(course_of(weighed)[-1], answers, drawn=drawn, more=sitting.more)
    if following is Next.ASK:
        _show_next(sitting, asked, learner_key)
    elif following is Next.END:
        _end(sitting, asked)


def _show_next(sitting: Sitting, asked: Sequence[Asked], learner_key: UUID) -> None:
    """Show the next question of the plan: from now on the learner has met it."""
    version_id, variant = sitting.plan[len(asked)]
    version = Version.objects.select_related("item__topic").defer("spec", "scenarios").get(pk=version_id)
    item = version.item
    Asked.objects.create(
        sitting=sitting,
        number=len(asked) + 1,
        version=version,
        variant=variant,
        concept=item.concept,
        level=version.level,
        floor=version.proof["guess_floor"],
        first=not met_by(learner_key, item.topic.slug).get(item.slug),
        key=secrets.token_urlsafe(18),
    )


def _end(sitting: Sitting, asked: Sequence[Asked]) -> None:
    """The verdict, and with it whether each answer passed."""
    answers = judged(asked)
    for one, passed in answers:
        one.passed, one.engine = passed, ENGINE_VERSION
        one.save(update_fields=["passed", "engine"])
    sure = course_of(answers)[-1]
    sitting.ended = timezone.now()
    sitting.sure = sure if answers else None
    sitting.verdict = decide(sure, len(answers)) if answers else Verdict.UNDECIDED
    sitting.save(update_fields=["ended", "sure", "verdict"])


def is_theirs(learner_key: UUID) -> Q:
    """The sittings of a learner, and those set aside when they signed in."""
    return Q(learner__key=learner_key) | Q(learner__merged_into__key=learner_key)
