"""What learners set for themselves, with an account and without one."""

import zoneinfo
from collections.abc import Mapping
from functools import cache

from django.db import transaction

from canarylearn.learning.merging import PREFERENCES
from canarylearn.learning.middleware import Visitor
from canarylearn.learning.models import Learner

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> Mapping[str, str]:
    """Every time zone that is known here, by its name in small letters."""
    return {name.lower(): name for name in zoneinfo.available_timezones()}


@cache
def offered_zones() -> tuple[str, ...]:
    """The time zones to choose from: those named after places, and UTC."""
    return ("UTC", *sorted(name for name in zones().values() if name.partition("/")[0] in _REGIONS and "/" in name))


def preferences_of(visitor: Visitor) -> dict[str, object]:
    """What a visitor has set, or what everybody begins with. Looking makes no row and hands out no key."""
    found = None
    if visitor.account is not None:
        found = Learner.objects.filter(user_id=visitor.account.pk).first()
    elif visitor.guest is not None:
        found = Learner.objects.filter(key=visitor.guest, merged_into__isnull=True).first()
    return {name: getattr(found or Learner(), name) for name in PREFERENCES}


@transaction.atomic
def keep_preferences(visitor: Visitor, chosen: Mapping[str, object]) -> None:
    """Keep what a visitor has set."""
    Learner.objects.bulk_create([Learner(key=visitor.key)], ignore_conflicts=True)
    Learner.objects.filter(key=visitor.key).update(**{name: chosen[name] for name in PREFERENCES})
