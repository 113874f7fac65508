"""The pages of whoever teaches: their classes, and one of them: who may join and teach it, and its end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes import services
from canarylearn.classes.access import form_only, instructors_only, person, teachers_only
from canarylearn.classes.forms import ClassForm, TeacherForm
from canarylearn.classes.models import Classroom
from canarylearn.classes.selectors import members_of, name_of, taught_by
from canarylearn.classes.showing import ROOM, UNSAVED, around, form_page, see_other
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.middleware import LearnerRequest


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
    context = {"room": ROOM, "classes": taught_by(person(request)), "form": form}
    return render(request, "classes/teach.html", context, status=UNSAVED if form.errors else 200)


@teachers_only
@require_safe
def classroom(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """One class: how to join it, who is in it, and what it is asked to do."""
    return _show(request, classroom, TeacherForm(classroom=classroom))


def _show(request: LearnerRequest, classroom: Classroom, form: TeacherForm) -> HttpResponse:
    link = request.build_absolute_uri(reverse("classes:join", args=[classroom.code]))
    context = {
        **around(classroom),
        "link": link,
        "members": members_of(classroom),
        "assignments": classroom.assignments.all(),
        "owner": name_of(classroom.owner),
        "co_teachers": [(one, name_of(one.user)) for one in classroom.co_teachers.select_related("user")],
        "owns": classroom.owner_id == person(request).pk,
        "teacher_form": form,
    }
    return render(request, "classes/classroom.html", context, status=UNSAVED if form.errors else 200)


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
    context = {**around(classroom), "form": form}
    return render(request, "classes/settings.html", context, status=UNSAVED if form.errors else 200)


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
