"""The pages of a badge: what it stands on, who may see it, and its evidence as a file."""

import json
from http import HTTPStatus

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.pages import Message
from canarylearn.learning.ready import item_as_kept
from quizzes.challenge.badges import may_see
from quizzes.challenge.incidents import room_facts
from quizzes.challenge.models import Badge
from quizzes.challenge.views import see_other, unsent


class ShareForm(forms.Form):
    """What others may see of a badge."""

    shared = forms.BooleanField(required=False)
    named = forms.BooleanField(required=False)
    name = forms.CharField(max_length=60, required=False)

    @property
    def shown_name(self) -> str:
        """The name to show; none unless its owner ticked that."""
        return str(self.cleaned_data["name"]) if self.cleaned_data["shared"] and self.cleaned_data["named"] else ""


@require_safe
def badge(request: LearnerRequest, token: str) -> HttpResponse:
    """What a badge stands on: for its owner, and for everyone with the address while it is shared."""
    return _show_badge(request, _badge(request, token))


def share(request: LearnerRequest, token: str) -> HttpResponse:
    """Let others see the badge, or no longer."""
    found = _badge(request, token)
    if not found.belongs_to(request.visitor.key):
        raise Http404("There is no such badge.")
    if request.method != "POST":
        return unsent(_show_badge(request, found))
    form = ShareForm(request.POST)
    if not form.is_valid():
        message = Message(text=_("The name is too long, or no text. Nothing was changed."), kind="error")
        return _show_badge(request, found, message, HTTPStatus.UNPROCESSABLE_ENTITY)
    if found.shared and not form.cleaned_data["shared"]:
        found.renew()
    found.shared, found.name = form.cleaned_data["shared"], form.shown_name
    found.save(update_fields=["shared", "name", "token"])
    return see_other(found.get_absolute_url())


@require_safe
def evidence(request: LearnerRequest, token: str) -> HttpResponse:
    """The evidence of a badge, as a file. It holds answers that pass, so it is given to whoever may see the badge."""
    found = _badge(request, token)
    text = json.dumps(found.evidence, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.topic.slug}-badge.json"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _badge(request: LearnerRequest, token: str) -> Badge:
    """The badge at that address. Raises Http404 for one that this visitor may not see, as if there were none."""
    found = get_object_or_404(Badge.objects.select_related("learner__merged_into", "topic"), token=token)
    if not may_see(found, request.visitor.key):
        raise Http404("There is no such badge.")
    return found


def _show_badge(
    request: LearnerRequest, found: Badge, message: Message | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    facts = found.evidence
    rows = [{**one, "title": _title(one)} for one in facts["items"]]
    context = {
        "topic": found.topic,
        "room": room_facts(found.topic),
        "badge": found,
        "mine": found.belongs_to(request.visitor.key),
        "rows": rows,
        "digest": facts["digest"],
        "engine": ", ".join(sorted({one["engine"] for one in rows})),
        "in_time": sum(one["clock"].startswith("in time") for one in rows),
        "first": sum(one["tries"] == 1 and not one["variant"] for one in rows),
        "link": request.build_absolute_uri(found.get_absolute_url()),
        "message": message,
    }
    response = render(request, "challenge/badge.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _title(one: dict[str, object]) -> str:
    return item_as_kept(str(one["item"])).title
