"""A guest signs in: what they did becomes their account's, in one transaction.

For each version of an item the tries of both are put in the order in which they were made. The first is kept, since it
says most about what somebody knew; so is a try that passed. There are never more than the item allows. What cannot be
counted as well is set aside under the guest's row, which then belongs to the account: exported and deleted with it.
"""

from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, Q, UniqueConstraint

from canarylearn.learning.models import Attempt, Learner, Slot
from canarylearn.learning.ready import ready

PREFERENCES = ("time_zone", "streak", "clock")
"""What learners set for themselves; a value is set when it is not the one that everybody begins with."""


def account_key(user: User) -> UUID:
    """The key of the account's learner, who is made on first use. Whoever a session brought came with it."""
    mine: Learner | None = getattr(user, "learner", None)
    if mine is not None:
        return mine.key
    keys = Learner.objects.filter(user_id=user.pk).order_by().values_list("key", flat=True)
    found = keys.first()
    if found is None:
        Learner.objects.bulk_create([Learner(key=uuid4(), user_id=user.pk)], ignore_conflicts=True)
        found = keys.get()
    return found


def merge_guest(guest_key: UUID, user: User) -> int:
    """Make the guest's work the account's; the number of tries that came along.

    An account is never merged: only a learner without one is a guest. Both rows stay locked to the end, so that an
    answer which arrives meanwhile is either merged too or becomes that of a new guest with the same cookie.
    """
    if not Learner.objects.filter(key=guest_key).exists():
        return 0
    account_key(user)
    with transaction.atomic():
        locked = Learner.objects.select_for_update(of=("self",)).order_by()
        account = locked.get(user_id=user.pk)
        guest = locked.filter(key=guest_key, user__isnull=True, merged_into__isnull=True).first()
        if guest is None:
            return 0
        came_along = Attempt.objects.filter(slot__learner=guest).count()
        _merge_slots(guest, account)
        for model, field in what_else_hangs_on(Learner):
            _take(model, field, guest, account)
        _take_preferences(guest, account)
        # The cookie's key leads nowhere from now on, wherever a copy of it may be.
        Learner.objects.filter(pk=guest.pk).update(merged_into=account, key=uuid4())
    return came_along


def _take_preferences(guest: Learner, account: Learner) -> None:
    """What the guest has set comes along, but where the account has set something of its own."""
    unset = Learner()
    taken = {
        name: getattr(guest, name)
        for name in PREFERENCES
        if getattr(account, name) == getattr(unset, name) != getattr(guest, name)
    }
    if taken:
        Learner.objects.filter(pk=account.pk).update(**taken)


def what_else_hangs_on(owner: type[Model]) -> list[tuple[type[Model], str]]:
    """The models that refer to this one, and by which field: all but those that this module knows by name."""
    return [
        (relation.related_model, relation.field.name)
        for relation in owner._meta.related_objects
        if relation.related_model not in (Learner, Slot)
    ]


def _take(model: type[Model], field: str, guest: Learner, account: Learner) -> None:
    """Make the guest's rows the account's. Where the account has such a row already, the guest's is set aside, unless
    it outweighs the account's (by having passed, where its model says nothing else): then they change places."""
    for row in model._default_manager.filter(**{field: guest}):
        theirs = _like(row, field, account)
        if theirs is None:
            _give(row, field, account)
        elif _outweighs(row, theirs):
            between = Learner.objects.create(key=uuid4())
            _give(theirs, field, between)
            _give(row, field, account)
            _give(theirs, field, guest)
            between.delete()


def _like(row: Model, field: str, owner: Learner) -> Model | None:
    """The owner's row in whose place this one would stand, by the model's rules on what is unique."""
    for rule in row._meta.constraints:
        if isinstance(rule, UniqueConstraint) and field in rule.fields:
            under_it = type(row)._default_manager.filter(rule.condition or Q())
            if not under_it.filter(pk=row.pk).exists():
                continue
            same = {name: getattr(row, name) for name in rule.fields if name != field}
            found = under_it.filter(**{field: owner}, **same).first()
            if found is not None:
                return found
    return None


def _outweighs(row: Model, theirs: Model) -> bool:
    """Whether the guest's row says more than the account's: by the model's own `outweighs`, or by what passed."""
    weigh: Callable[[Model], bool] | None = getattr(row, "outweighs", None)
    if weigh is not None:
        return weigh(theirs)
    return getattr(row, "passed", False) and not getattr(theirs, "passed", False)


def _give(row: Model, field: str, owner: Learner) -> None:
    setattr(row, field, owner)
    row.save(update_fields=[field])


def counted(attempts: Iterable[Attempt], tries: int) -> list[Attempt]:
    """Those of two slots' attempts that count together: the first ones, no answer twice, and the first that passed."""
    kept: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda one: (one.created, one.number)):
        if any(attempt.answer == other.answer for other in kept):
            continue
        kept.append(attempt)
        if attempt.passed:
            return [*kept[: tries - 1], attempt] if len(kept) > tries else kept
    return kept[:tries]


def _merge_slots(guest: Learner, account: Learner) -> None:
    locked = Slot.objects.select_for_update(of=("self",)).order_by("pk")
    slots = list(locked.filter(learner__in=(guest, account)))
    accounts = {_place(slot): slot for slot in slots if slot.learner_id == account.pk}
    guests = [slot for slot in slots if slot.learner_id == guest.pk]
    both = [slot for slot in guests if _place(slot) in accounts]
    Slot.objects.filter(pk__in=[slot.pk for slot in guests if slot not in both]).update(learner=account)
    if both:
        between = Learner.objects.create(key=uuid4())
        for slot in both:
            _merge_slot(slot, accounts[_place(slot)], between)
        between.delete()


def _place(slot: Slot) -> tuple[int, int]:
    """What a slot is for: one version with one variant's numbers."""
    return slot.version_id, slot.variant


def _merge_slot(guests: Slot, accounts: Slot, between: Learner) -> None:
    """Put what counts into the account's slot and the rest into the guest's.

    Numbers are unique in a slot at every moment, so what counts waits in a slot between while the rest makes room.
    """
    attempts = list(Attempt.objects.filter(slot__in=(guests, accounts)).order_by("slot", "number"))
    kept = counted(attempts, ready(accounts.version_id, accounts.variant).item.tries)
    waiting = Slot.objects.create(learner=between, version_id=accounts.version_id, variant=accounts.variant)
    for number, attempt in enumerate(kept, start=1):
        _move(attempt, waiting, number)
    rest = [attempt for attempt in attempts if attempt not in kept]
    free = sorted({1, 2, 3} - {attempt.number for attempt in rest if attempt.slot_id == guests.pk})
    for attempt, number in zip([one for one in rest if one.slot_id == accounts.pk], free, strict=False):
        _move(attempt, guests, number)
    Attempt.objects.filter(slot=waiting).update(slot=accounts)
    waiting.delete()
    accounts.hints_opened = max(accounts.hints_opened, guests.hints_opened)
    accounts.save(update_fields=["hints_opened"])


def _move(attempt: Attempt, slot: Slot, number: int) -> None:
    attempt.slot, attempt.number = slot, number
    attempt.save(update_fields=["slot", "number"])
