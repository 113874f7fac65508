"""Who comes to a page of a class, and which class it is."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from canarylearn.classes.models import Classroom, Membership
from canarylearn.classes.roles import is_author, is_instructor
from canarylearn.classes.selectors import members_of, taught_by
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.middleware import LearnerRequest

View = Callable[..., HttpResponse]


def person(request: LearnerRequest) -> User:
    """Whoever is signed in, at a page that nobody else gets to see."""
    return cast("User", request.user)


def instructors_only(view: View) -> View:
    """Guests are sent to sign in; whoever is no instructor is told so."""

    @login_required
    @wraps(view)
    def guarded(request: LearnerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_instructor(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View", guarded)


def writers_only(view: View) -> View:
    """For authors and instructors: guests are sent to sign in, and learners are told that it is not theirs."""

    @login_required
    @wraps(view)
    def guarded(request: LearnerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_author(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View", guarded)


def teachers_only(view: View) -> View:
    """The view gets the class itself. To all but its teachers it does not exist."""

    @instructors_only
    @wraps(view)
    def guarded(request: LearnerRequest, number: int, *args: Any, **kwargs: Any) -> HttpResponse:
        found = taught_by(person(request)).select_related("owner").prefetch_related("topics")
        classroom = found.filter(pk=number).first() if number <= LARGEST_NUMBER else None
        if classroom is None:
            raise Http404("There is no such class of yours.")
        return view(request, classroom, *args, **kwargs)

    return guarded


def form_only(view: View) -> View:
    """Whoever opens the address of a form without sending it is told so, and nothing is done."""

    @wraps(view)
    def guarded(request: LearnerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        response = render(request, "classes/unsent.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response

    return guarded


def member_or_404(classroom: Classroom, number: int) -> Membership:
    """A member of this very class."""
    found = members_of(classroom).filter(pk=number).first() if number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404("There is no such member.")
    found.classroom = classroom  # with its topics, which were read already
    return found
