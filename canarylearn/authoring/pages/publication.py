"""Publishing a draft: what it would change, every reason against it, and taking an item out of use."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from canarylearn.authoring.allowed import draft_for, may_change
from canarylearn.authoring.editor import open_draft
from canarylearn.authoring.models import AuditEntry
from canarylearn.authoring.publishing import Refused, judged_otherwise, publish, set_retired, stand
from canarylearn.learning.models import Item


def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing a draft would change, and every reason against it; posting publishes it."""
    draft = draft_for(request.user, pk)
    item = Item.objects.filter(topic=draft.topic, slug=draft.slug).select_related("current").first()
    status = HTTPStatus.OK
    reasons = None
    if request.method == "POST":
        if request.POST.get("do") in ("retire", "unretire") and item is not None:
            _may_item(request, item)
            set_retired(item, request.user, retired=request.POST["do"] == "retire")
            return HttpResponseRedirect(request.path)
        try:
            if item is not None:
                _may_item(request, item)
            version = publish(draft, request.user)
        except Refused as refused:
            reasons, status = refused.reasons, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            told = _("Published as version %(number)d. Learners meet it from now on.") % {"number": version.number}
            messages.success(request, told)
            return HttpResponseRedirect(request.path)
    standing = stand(draft)
    reasons = standing.reasons if reasons is None else reasons
    otherwise = judged_otherwise(draft, standing) if not standing.reasons else []
    context = {
        "draft": draft,
        "item": item,
        "standing": standing,
        "reasons": open_draft(draft).located(reasons) if reasons else [],
        "otherwise": [one for one in otherwise if one.now is not None],
        "elsewhere": sum(one.attempts for one in otherwise if one.now is None),
        "count": sum(one.attempts for one in otherwise if one.now is not None),
        "needs_proof": standing.spec is not None,
        "is_current": item is not None
        and item.current is not None
        and draft.based_on_id == item.current.pk
        and standing.run is not None
        and item.current.digest == standing.run.digest,
        "entries": AuditEntry.objects.filter(target=draft.slug).select_related("who")[:20],
    }
    return render(request, "admin/authoring/publication.html", context, status=status)


def _may_item(request: HttpRequest, item: Item) -> None:
    if not may_change(request.user, item.owner_id):
        raise PermissionDenied
