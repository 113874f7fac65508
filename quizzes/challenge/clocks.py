"""The clock of an incident: the server's alone. Every rule gets the moment it is about from its caller.

A clock begins when the learner says so, can be given its time once more or be turned off while it runs, and is never
shortened. What arrives after the deadline still counts as a try and can solve the incident; it is not in time.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from canarylearn.learning.allowances import allowance
from canarylearn.learning.models import ClockSpeed, Learner
from canarylearn.learning.ready import Ready
from canarylearn.learning.services import Status, Submission, lock_slot
from quizzes.challenge.models import MOST_TURNS, Clock, seconds_allowed


def arrival() -> datetime:
    """The moment a request arrived, asked once for each. Nothing else in the challenge reads a clock."""
    return timezone.now()


def clocks_of(learner_key: UUID, slugs: list[str]) -> list[Clock]:
    """A learner's clocks at these items, in whatever version, the latest last."""
    mine = Clock.objects.filter(learner__key=learner_key, version__item__slug__in=slugs)
    return list(mine.select_related("version__item"))


def set_speed(learner_key: UUID, speed: str) -> None:
    """Keep how fast the learner's clocks run, for those that are begun from now on."""
    Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
    Learner.objects.filter(key=learner_key).update(clock=speed)


def start(*, learner_key: UUID, ready: Ready, speed: str, now: datetime) -> Clock:
    """Begin an incident. One that was begun before goes on as it is."""
    planned = round((ready.item.seconds or 0) * allowance(learner_key, ready.topic_slug))
    with transaction.atomic():
        slot = lock_slot(learner_key, ready.version_id, ready.variant)
        clock, _ = Clock.objects.get_or_create(
            learner_id=slot.learner_id,
            version_id=ready.version_id,
            variant=ready.variant,
            defaults={"speed": speed, "started": now, "seconds": seconds_allowed(planned, speed)},
        )
    return clock


def give_time(*, learner_key: UUID, ready: Ready, running: Clock, now: datetime) -> bool:
    """Add the time of the incident once more; False if the time is over, or there is no limit."""
    with transaction.atomic():
        clock = _lock(learner_key, ready, running)
        if not clock.runs(now) or clock.turns >= MOST_TURNS:
            return False
        clock.turns += 1
        clock.save(update_fields=["turns"])
    return True


def turn_off(*, learner_key: UUID, ready: Ready, running: Clock, now: datetime) -> bool:
    """Go on without a limit; False if the time is over already."""
    with transaction.atomic():
        clock = _lock(learner_key, ready, running)
        if not clock.runs(now):
            return False
        clock.speed = ClockSpeed.OFF
        clock.save(update_fields=["speed"])
    return True


def keep_time(*, learner_key: UUID, ready: Ready, running: Clock, submission: Submission, now: datetime) -> None:
    """Note on the clock that an answer solved the incident, and whether it had arrived in time.

    Called within the transaction that keeps the answer.
    """
    if submission.status is Status.COUNTED and submission.attempts[-1].passed:
        clock = _lock(learner_key, ready, running)
        clock.passed, clock.in_time = True, clock.runs(now)
        clock.save(update_fields=["passed", "in_time"])


def _lock(learner_key: UUID, ready: Ready, running: Clock) -> Clock:
    """The clock of this version and these numbers, locked by its slot. It is the one that was running in an earlier
    version of the item where a new one came in between."""
    slot = lock_slot(learner_key, ready.version_id, ready.variant)
    clock, _ = Clock.objects.get_or_create(
        learner_id=slot.learner_id,
        version_id=ready.version_id,
        variant=ready.variant,
        defaults={
            "speed": running.speed,
            "started": running.started,
            "seconds": running.seconds,
            "turns": running.turns,
        },
    )
    return clock


def say_clock(clock: Clock | None) -> str:
    """How an incident was solved by the clock, in the words of the evidence."""
    if clock is None or clock.speed == ClockSpeed.OFF:
        return "without a clock"
    extended = f", given {clock.turns} times more" if clock.turns > 1 else ", given once more" if clock.turns else ""
    return f"{'in time' if clock.in_time else 'after the time'} at ×{clock.speed}{extended}"
