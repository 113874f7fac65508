"""The pages of whoever is in a class: joining one, what it asks, and leaving it."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes import services
from canarylearn.classes.access import form_only, person
from canarylearn.classes.dates import zone_of
from canarylearn.classes.forms import JoinForm, code_typed
from canarylearn.classes.models import Classroom, Membership
from canarylearn.classes.overview import progress_with
from canarylearn.classes.parts import Doings, by_name, shelves
from canarylearn.classes.roles import is_instructor
from canarylearn.classes.selectors import memberships_of, name_of, taught_by
from canarylearn.classes.showing import form_page, see_other
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.middleware import LearnerRequest

_ROOM = {"name": "classes"}


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """The classes that somebody is in, with what each asks of them, and a field for the code of another."""
    return _show(request)


def _show(request: LearnerRequest, code: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    account = request.visitor.account
    context = {
        "room": _ROOM,
        "classes": [] if account is None else _classes(list(memberships_of(account).prefetch_related(*_WITH))),
        "teaches": is_instructor(account),
        "code": code,
        "unknown": status is not HTTPStatus.OK,
    }
    return render(request, "classes/classes.html", context, status=status)


_WITH = ("classroom__topics", "classroom__assignments")


def _classes(members: list[Membership]) -> list[dict[str, object]]:
    """Each class with how far its member is with what it asks."""
    if not members:
        return []
    topics = {topic.slug: topic for member in members for topic in member.classroom.topics.all()}
    asks = any(member.classroom.assignments.all() for member in members)
    shelved = shelves(topics.values()) if asks else []
    doings, parts = Doings([members[0].learner_id], topics, shelved), by_name(shelved)
    now, found = timezone.now(), []
    for member in members:
        classroom, asked = member.classroom, []
        for assignment in classroom.assignments.all():
            progress = progress_with(assignment, member, classroom, doings, now)
            named = [(parts.get(name), share) for name, share in zip(assignment.parts, progress.parts, strict=True)]
            asked.append({"progress": progress, "parts": [one for one in named if one[0] is not None]})
        found.append(
            {
                "member": member,
                "classroom": classroom,
                "teacher": name_of(classroom.owner),
                "zone": str(zone_of(classroom.time_zone)),
                "asked": asked,
            }
        )
    return found


@require_safe
def find(request: LearnerRequest) -> HttpResponse:
    """On to the class with the code that was typed."""
    typed = code_typed(request.GET.get("code", ""))
    if Classroom.objects.filter(code=typed, joining=True, ended__isnull=True).exists():
        return see_other(reverse("classes:join", args=[typed]))
    return _show(request, code=typed, status=HTTPStatus.NOT_FOUND)


@form_page
def join(request: LearnerRequest, code: str) -> HttpResponse:
    """Join the class that has this code: what it is, what its teachers will see, and under which name."""
    running = Classroom.objects.select_related("owner").prefetch_related("topics")
    classroom = running.filter(code=code_typed(code), ended__isnull=True).first()
    account = request.visitor.account
    is_member = (
        classroom is not None and account is not None and memberships_of(account).filter(classroom=classroom).exists()
    )
    if classroom is None or not (classroom.joining or is_member):
        return _show(request, code=code_typed(code), status=HTTPStatus.NOT_FOUND)
    context: dict[str, object] = {
        "room": _ROOM,
        "classroom": classroom,
        "teacher": name_of(classroom.owner),
        "is_member": is_member,
        "address": request.path,
    }
    if account is None or is_member:
        if request.method == "POST":
            return see_other(reverse("classes:index") if is_member else request.path)
        return render(request, "classes/join.html", context)
    context["teaches"] = taught_by(account).filter(pk=classroom.pk).exists()
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        classroom=classroom,
        initial={"name": request.visitor.name},
    )
    if request.method == "POST" and not context["teaches"] and form.is_valid():
        services.join(classroom, account, form.cleaned_data["name"])
        messages.success(request, _("You are in “%(title)s” now.") % {"title": classroom.title})
        return see_other(reverse("classes:index"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "classes/join.html", {**context, "form": form}, status=status)


@login_required
@form_only
def leave(request: LearnerRequest, number: int) -> HttpResponse:
    """Leave a class, from its own number."""
    mine = memberships_of(person(request))
    member = mine.filter(classroom=number).first() if number <= LARGEST_NUMBER else None
    if member is None:
        raise Http404("You are in no such class.")
    services.leave(member)
    said = _("You have left “%(title)s”. All you learnt is still yours, and its teachers do not see it any more.")
    messages.success(request, said % {"title": member.classroom.title})
    return see_other(reverse("classes:index"))
