"""The table of a topic's items with their figures: as a page, and as a file."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes.access import form_only, instructors_only, person
from canarylearn.classes.services import audit
from canarylearn.classes.showing import ROOM
from canarylearn.insight import LEAST
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.reports.subject import topic_of
from canarylearn.reports.tables import COLUMNS, as_csv, ordered, overview
from canarylearn.reports.words import FEWEST, bounds, too_few


@instructors_only
@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All items of a topic with their figures and flags, in any order."""
    return _show_index(request)


def _show_index(request: LearnerRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    topic, topics = topic_of(request)
    seen = overview(topic)
    sort = request.GET.get("sort", "")
    heads = [_head(column.name, str(column.title), sort) for column in COLUMNS]
    context = {
        "room": ROOM,
        "topic": topic,
        "topics": topics,
        "rows": ordered(seen.rows, sort),
        "heads": heads,
        "flag_head": _head("flags", _("Look at"), sort),
        "sets": [
            {
                "title": one.title,
                "items": one.items,
                "value": f"{one.reliability.value:.2f}" if one.reliability else "",
                "bounds": bounds(one.reliability),
                "few": too_few(one.learners),
                "learners": one.learners,
            }
            for one in seen.sets
        ],
        "least": LEAST,
        "fewest": FEWEST,
        "export_url": f"{reverse('insight:export')}?topic={topic.slug}",
    }
    return render(request, "reports/items.html", context, status=status)


def _head(name: str, title: str, sort: str) -> dict[str, object]:
    """A column's title, and the order that pressing it asks for: the largest first, then the smallest."""
    current = sort.removeprefix("-") == name
    down = current and sort.startswith("-")
    order = "descending" if down else "ascending" if current else ""
    return {"title": title, "sort": name if down else f"-{name}", "order": order}


@instructors_only
@form_only
def export(request: LearnerRequest) -> HttpResponse:
    """The table as a file. That it was taken is kept."""
    topic, _all = topic_of(request)
    seen = overview(topic)
    audit(person(request), "statistics exported", f"topic {topic.slug}", items=len(seen.rows))
    response = HttpResponse(as_csv(seen), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{topic.slug}-items.csv"'
    response["Cache-Control"] = "no-store"
    return response
