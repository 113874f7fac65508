"""Days and hours by the clock of a class."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from canarylearn.classes.models import Assignment, Membership
from canarylearn.learning.days import zone as zone_of


class NoSuchTime(ValueError):
    """Clocks go forward, and leave this time out."""


def moment(typed: datetime, zone: ZoneInfo, *, later: bool) -> datetime:
    """The moment at which a clock in the zone shows this; of two, when clocks go back, the `later` or the earlier.

    Raises NoSuchTime.
    """
    there = typed.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise NoSuchTime
    return there


def due_for(assignment: Assignment, member: Membership, zone: ZoneInfo) -> datetime | None:
    """When somebody's work is due: at the same time of the day as everybody's, as many days later as they have."""
    if assignment.due is None or not member.extra_days:
        return assignment.due
    there = assignment.due.astimezone(zone)
    return (there + timedelta(days=member.extra_days)).replace(fold=1).astimezone(UTC)


__all__ = ["NoSuchTime", "due_for", "moment", "zone_of"]
