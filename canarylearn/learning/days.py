"""Which day it is for a learner: a date in the time zone that they live in, or that of the site."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; the site's where the name is empty or means nothing on this machine."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or a folder of names
        return ZoneInfo(settings.TIME_ZONE)


def is_zone(name: str) -> bool:
    """Whether a time zone of that name may be chosen."""
    return name in available_timezones()


def day_of(name: str, now: datetime) -> date:
    """The day it is at that moment in the time zone of that name."""
    return now.astimezone(zone(name)).date()
