"""The history of a draft: every state in which it was saved, what changed, and the way back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.authoring.allowed import draft_for
from canarylearn.authoring.differences import differences
from canarylearn.authoring.drafts import save_draft
from canarylearn.authoring.models import Revision


def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every state a draft was saved in, each with what changed; posting restores one."""
    draft = draft_for(request.user, pk)
    if request.method == "POST":
        number = request.POST.get("revision", "")
        revision = get_object_or_404(
            Revision, draft=draft, pk=int(number) if number.isdigit() and len(number) < 18 else 0
        )
        note = _("restored from %(when)s") % {"when": f"{revision.when:%Y-%m-%d %H:%M:%S}"}
        save_draft(draft=draft, user=request.user, stamp=draft.stamp, spec=revision.spec, note=note)
        messages.success(request, _("Restored. The state before it is in the history as well."))
        return HttpResponseRedirect(reverse("admin:authoring_draft_change", args=[pk]))
    revisions = list(draft.revisions.select_related("who")[:101])
    rows = []
    for place, revision in enumerate(revisions[:100]):
        before = revisions[place + 1].spec if place + 1 < len(revisions) else ""
        changes = differences(before, revision.spec)
        rows.append(
            {
                "revision": revision,
                "changes": changes,
                "added": sum(one.kind == "added" for one in changes),
                "removed": sum(one.kind == "removed" for one in changes),
                "is_now": revision.spec == draft.spec,
            }
        )
    return render(request, "admin/authoring/history.html", {"draft": draft, "rows": rows})
