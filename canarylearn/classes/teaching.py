"""The pages of whoever teaches: their classes, one of them, its members, and what it is asked to do."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from canarylearn.classes import services
from canarylearn.classes.access import form_only, instructors_only, member_or_404, person, teachers_only
from canarylearn.classes.dates import zone_of
from canarylearn.classes.exporting import as_csv
from canarylearn.classes.forms import AssignmentForm, ClassForm, TeacherForm, TimeForm
from canarylearn.classes.models import Assignment, Classroom
from canarylearn.classes.overview import FEWEST, concepts_of, overview, progress_with, stuck_at
from canarylearn.classes.parts import Doings, by_name, shelves
from canarylearn.classes.selectors import attempt_seen, attempts_seen, members_of, name_of, taught_by
from canarylearn.learning.history import LARGEST_NUMBER, a_page_of, show_replay
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Attempt
from canarylearn.learning.progress import known_of

_ROOM = {"name": "teach"}
_UNSAVED = HTTPStatus.UNPROCESSABLE_ENTITY

form_page = require_http_methods(["GET", "HEAD", "POST"])


def see_other(address: str) -> HttpResponse:
    """On to another page, once a form was taken."""
    response = HttpResponseRedirect(address)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@instructors_only
@form_page
def index(request: LearnerRequest) -> HttpResponse:
    """The classes that somebody teaches, and a form to make another."""
    form = ClassForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        made = services.open_class(person(request), facts["title"], list(facts["topics"]), facts["time_zone"])
        messages.success(request, _("The class is made. Give its code to those who are to join."))
        return see_other(made.get_absolute_url())
    context = {"room": _ROOM, "classes": taught_by(person(request)), "form": form}
    return render(request, "classes/teach.html", context, status=_UNSAVED if form.errors else HTTPStatus.OK)


@teachers_only
@require_safe
def classroom(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """One class: how to join it, who is in it, and what it is asked to do."""
    return _show(request, classroom, TeacherForm(classroom=classroom))


def _show(request: LearnerRequest, classroom: Classroom, form: TeacherForm) -> HttpResponse:
    link = request.build_absolute_uri(reverse("classes:join", args=[classroom.code]))
    context = {
        **_around(classroom),
        "link": link,
        "members": members_of(classroom),
        "assignments": classroom.assignments.all(),
        "owner": name_of(classroom.owner),
        "co_teachers": [(one, name_of(one.user)) for one in classroom.co_teachers.select_related("user")],
        "owns": classroom.owner_id == person(request).pk,
        "teacher_form": form,
    }
    return render(request, "classes/classroom.html", context, status=_UNSAVED if form.errors else HTTPStatus.OK)


def _around(classroom: Classroom) -> dict[str, object]:
    """What every page of a class has."""
    return {"room": _ROOM, "classroom": classroom, "zone": str(zone_of(classroom.time_zone))}


@teachers_only
@form_page
def settings(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """What a class is called, what it is about, and by which clock it lives."""
    before = classroom.title
    form = ClassForm(request.POST if request.method == "POST" else None, instance=classroom)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return see_other(classroom.get_absolute_url())
    classroom.title = before
    context = {**_around(classroom), "form": form}
    return render(request, "classes/settings.html", context, status=_UNSAVED if form.errors else HTTPStatus.OK)


@teachers_only
@form_only
def joining(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """Another code, or joining opened or closed."""
    asked = request.POST.get("do")
    if classroom.ended is not None:
        messages.error(request, _("This class has ended, so nobody can join it."))
    elif asked == "renew":
        services.renew_code(classroom)
        messages.success(request, _("The class has a new code. The old code and link lead nowhere now."))
    elif asked in ("open", "close"):
        services.let_join(classroom, joining=asked == "open")
        said = _("Whoever has the code can join now.") if asked == "open" else _("Nobody can join now.")
        messages.success(request, said)
    return see_other(classroom.get_absolute_url())


@teachers_only
@form_only
def teachers(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """Another teacher for a class."""
    form = TeacherForm(request.POST, classroom=classroom)
    if not _owns(request, classroom):
        return _only_owner(request, classroom)
    if not form.is_valid() or form.found is None:
        return _show(request, classroom, form)
    services.add_teacher(classroom, form.found, person(request))
    messages.success(request, _("They teach this class with you now."))
    return see_other(classroom.get_absolute_url())


@teachers_only
@form_only
def remove_teacher(request: LearnerRequest, classroom: Classroom, user: int) -> HttpResponse:
    """One teacher less: the owner removes anybody, and everybody else themselves."""
    if not _owns(request, classroom) and user != person(request).pk:
        return _only_owner(request, classroom)
    services.remove_teacher(classroom, min(user, LARGEST_NUMBER), person(request))
    messages.success(request, _("They do not teach this class any more."))
    return see_other(classroom.get_absolute_url() if user != person(request).pk else reverse("teach:index"))


@teachers_only
@form_only
def end(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """End a class, or go on with one that was ended."""
    if not _owns(request, classroom):
        return _only_owner(request, classroom)
    if classroom.ended is None:
        services.end_class(classroom, person(request))
    else:
        services.reopen_class(classroom, person(request))
    return see_other(classroom.get_absolute_url())


def _owns(request: LearnerRequest, classroom: Classroom) -> bool:
    return classroom.owner_id == person(request).pk


def _only_owner(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    messages.error(request, _("Only the owner of the class can do this. Nothing was changed."))
    return see_other(classroom.get_absolute_url())


@teachers_only
@require_safe
def progress(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """The class concept by concept, and who is stuck where."""
    seen = overview(list(members_of(classroom)), list(classroom.topics.all()))
    context = {**_around(classroom), "overview": seen, "fewest": FEWEST}
    return render(request, "classes/progress.html", context)


@teachers_only
@form_only
def export(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """The class as a table, in a file. That it was taken is kept."""
    members = list(members_of(classroom))
    services.audit(person(request), "class exported", f"class {classroom.pk}", members=len(members))
    response = HttpResponse(as_csv(classroom, members, timezone.now()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="class-{classroom.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@teachers_only
@form_page
def member(request: LearnerRequest, classroom: Classroom, member: int) -> HttpResponse:
    """One member: where they stand, where they are stuck, what they did, and how much more time they have."""
    found = member_or_404(classroom, member)
    form = TimeForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return see_other(found.get_absolute_url())
    topics = list(classroom.topics.all())
    concepts = concepts_of(known_of(found.learner.key).evidence, topics)
    doings = Doings([found.learner_id], [topic.slug for topic in topics])
    page, entries = a_page_of(attempts_seen(found), request.GET.get("page"), _address(classroom, found.pk))
    now = timezone.now()
    context = {
        **_around(classroom),
        "member": found,
        "form": form,
        "concepts": concepts,
        "stuck": stuck_at(found, concepts, doings.works[found.learner_id].values()),
        "progress": [
            progress_with(assignment, found, classroom, doings, now) for assignment in classroom.assignments.all()
        ],
        "page": page,
        "entries": entries,
    }
    return render(request, "classes/member.html", context, status=_UNSAVED if form.errors else HTTPStatus.OK)


def _address(classroom: Classroom, member: int) -> Callable[[Attempt], str]:
    return lambda attempt: reverse("teach:replay", args=[classroom.pk, member, attempt.pk])


@teachers_only
@form_only
def remove_member(request: LearnerRequest, classroom: Classroom, member: int) -> HttpResponse:
    """One member less. They keep all that they learnt."""
    found = member_or_404(classroom, member)
    services.audit(person(request), "member removed", f"class {classroom.pk}", member=found.pk)
    services.leave(found)
    messages.success(request, _("%(name)s is not in this class any more.") % {"name": found.name})
    return see_other(classroom.get_absolute_url())


@teachers_only
@require_safe
def replay(request: LearnerRequest, classroom: Classroom, member: int, attempt: int) -> HttpResponse:
    """An attempt of a member, as they saw it."""
    found = member_or_404(classroom, member)
    seen = attempt_seen(found, attempt) if attempt <= LARGEST_NUMBER else None
    if seen is None:
        raise Http404("There is no such attempt.")
    beside = {**_around(classroom), "member": found}
    return show_replay(request, "classes/replay.html", seen, _address(classroom, found.pk)(seen), beside)


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
        **_around(classroom),
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
    context = {**_around(classroom), "form": form, "number": asked.pk}
    return render(request, "classes/assignment_form.html", context, status=_UNSAVED if form.errors else HTTPStatus.OK)


@teachers_only
@form_only
def delete_assignment(request: LearnerRequest, classroom: Classroom, assignment: int) -> HttpResponse:
    """An assignment taken back. What was done of it stays done."""
    found = _assignment(classroom, assignment)
    found.delete()
    messages.success(request, _("The assignment is taken back."))
    return see_other(classroom.get_absolute_url())


def _assignment(classroom: Classroom, number: int) -> Assignment:
    if number > LARGEST_NUMBER:
        raise Http404("There is no such assignment.")
    return get_object_or_404(Assignment, classroom=classroom, pk=number)
