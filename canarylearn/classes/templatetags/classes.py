"""One line on pages above the rooms: what a class asks of whoever reads them."""

from typing import Any

from django import template
from django.utils import timezone

from canarylearn.classes.dates import zone_of
from canarylearn.classes.overview import progress_with
from canarylearn.classes.parts import Doings
from canarylearn.classes.selectors import assignments_due

register = template.Library()


@register.inclusion_tag("classes/_due.html", takes_context=True)
def due_work(context: dict[str, Any]) -> dict[str, object]:
    """The assignment that is due first of those that are open, and how many others are. Guests are in no class, and
    nothing is asked about them."""
    visitor = context["request"].visitor
    if visitor.unasked or visitor.account is None:
        return {}
    asked, now = assignments_due(visitor.account), timezone.now()
    if not asked:
        return {}
    doings = Doings([asked[0][0].learner_id], None)
    found = [progress_with(assignment, member, assignment.classroom, doings, now) for member, assignment in asked]
    waiting = sorted((one for one in found if one.open), key=lambda one: (one.due is None, one.due or now))
    if not waiting:
        return {}
    first = waiting[0]
    classroom = first.assignment.classroom
    return {
        "progress": first,
        "classroom": classroom,
        "zone": str(zone_of(classroom.time_zone)),
        "others": len(waiting) - 1,
    }
