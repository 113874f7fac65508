"""The pages of assignments: making one, and how far everybody is with it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes import services
from canarylearn.classes.access import form_only, person, teachers_only
from canarylearn.classes.dates import zone_of
from canarylearn.classes.forms import AssignmentForm
from canarylearn.classes.models import Assignment, Classroom
from canarylearn.classes.overview import progress_with
from canarylearn.classes.parts import Doings, by_name, shelves
from canarylearn.classes.selectors import members_of
from canarylearn.classes.showing import UNSAVED, around, form_page, see_other
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.middleware import LearnerRequest


@teachers_only
@require_safe
def assignment(request: LearnerRequest, classroom: Classroom, assignment: int) -> HttpResponse:
    """An assignment: what it asks, and how far each member is with it."""
    found, members = _assignment(classroom, assignment), list(members_of(classroom))
    topics = list(classroom.topics.all())
    shelved = shelves(topics)
    doings = Doings([one.learner_id for one in members], [topic.slug for topic in topics], shelved)
    parts = by_name(shelved)
    now = timezone.now()
    rows = [progress_with(found, one, classroom, doings, now) for one in members]
    context = {
        **around(classroom),
        "assignment": found,
        "parts": [(name, parts.get(name)) for name in found.parts],
        "rows": rows,
        "completed": sum(row.share.complete for row in rows),
    }
    return render(request, "classes/assignment.html", context)


@teachers_only
@form_page
def new_assignment(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """Another assignment."""
    return _edit(request, classroom, Assignment(classroom=classroom))


@teachers_only
@form_page
def edit_assignment(request: LearnerRequest, classroom: Classroom, assignment: int) -> HttpResponse:
    """An assignment, to be changed."""
    return _edit(request, classroom, _assignment(classroom, assignment))


def _edit(request: LearnerRequest, classroom: Classroom, asked: Assignment) -> HttpResponse:
    form = AssignmentForm(
        request.POST if request.method == "POST" else None,
        instance=asked,
        shelves=shelves(classroom.topics.all()),
        zone=zone_of(classroom.time_zone),
    )
    if request.method == "POST" and form.is_valid():
        kept = form.save()
        messages.success(request, _("Kept."))
        return see_other(kept.get_absolute_url())
    context = {**around(classroom), "form": form, "number": asked.pk}
    return render(request, "classes/assignment_form.html", context, status=UNSAVED if form.errors else 200)


@teachers_only
@form_only
def delete_assignment(request: LearnerRequest, classroom: Classroom, assignment: int) -> HttpResponse:
    """An assignment taken back. What was done of it stays done."""
    services.take_back(_assignment(classroom, assignment), person(request))
    messages.success(request, _("The assignment is taken back."))
    return see_other(classroom.get_absolute_url())


def _assignment(classroom: Classroom, number: int) -> Assignment:
    if number > LARGEST_NUMBER:
        raise Http404("There is no such assignment.")
    return get_object_or_404(Assignment, classroom=classroom, pk=number)
