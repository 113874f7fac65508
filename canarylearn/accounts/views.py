"""The pages of a person's own data, and the page for a forgotten password where no mail is sent."""

from http import HTTPStatus
from typing import cast

from allauth.account import views as library
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from canarylearn.accounts.forms import DeleteForm, PreferencesForm
from canarylearn.accounts.owndata import erase, export, learners_of
from canarylearn.accounts.preferences import keep_preferences, offered_zones, preferences_of
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Attempt


@login_required
@require_safe
def own_data(request: LearnerRequest) -> HttpResponse:
    """What is kept about a person, and what they can do with it."""
    user = cast("User", request.user)
    answers = Attempt.objects.filter(slot__learner__in=learners_of(user))
    context = {
        "answers": answers.count(),
        "set_aside": answers.filter(slot__learner__merged_into__isnull=False).count(),
        "mail_is_sent": settings.MAIL_IS_SENT,
    }
    return render(request, "account/own_data.html", context)


@login_required
@require_safe
def download(request: LearnerRequest) -> HttpResponse:
    """Everything that is kept about a person, as a file."""
    response = JsonResponse(export(cast("User", request.user)), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="canarylearn.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: LearnerRequest) -> HttpResponse:
    """Delete the account, once its password has been given."""
    user = cast("User", request.user)
    if user.is_superuser or (user.is_staff and not user.groups.exists()):  # authors and teachers may go by themselves
        return render(request, "account/delete.html", {"staff": True}, status=HTTPStatus.FORBIDDEN)
    form = DeleteForm(request.POST or None, user=user)
    if request.method != "POST":
        return render(request, "account/delete.html", {"form": form})
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return cast("HttpResponse", ratelimit.respond_429(request))
    if not form.is_valid():
        return render(request, "account/delete.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    logout(request)
    erase(user)
    messages.success(request, _("Your account is deleted, and everything that named you with it."))
    return redirect("home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: LearnerRequest) -> HttpResponse:
    """What learners set for themselves, with an account and without one."""
    if request.method != "POST":
        form = PreferencesForm(initial=preferences_of(request.visitor))
        return render(request, "account/preferences.html", {"form": form, "zones": offered_zones()})
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "zones": offered_zones()}
        return render(request, "account/preferences.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    keep_preferences(request.visitor, form.cleaned_data)
    messages.success(request, _("Kept."))
    return redirect("preferences")


def forgotten(request: LearnerRequest) -> HttpResponseBase:
    """Ask for a new password by mail."""
    if not settings.MAIL_IS_SENT:
        return render(request, "account/no_mail.html")
    return cast("HttpResponseBase", library.password_reset(request))
