"""The inbox: what learners reported, and what becomes of it."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from canarylearn.classes.access import instructors_only, person
from canarylearn.dialects.errors import Unreadable
from canarylearn.items.spec import CHOICE
from canarylearn.learning.blanks import code_html
from canarylearn.learning.forms import option_id
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.markup import render as render_markdown
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.reading import ready_page
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.verdicts import show_verdict
from canarylearn.reports import selectors
from canarylearn.reports.forms import ReplyForm
from canarylearn.reports.models import Report, State
from canarylearn.reports.services import settle

PAGE = 25

ROOM = {"name": "teach"}


@instructors_only
@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """The reports in one state: the open ones, unless another is asked for."""
    asked = request.GET.get("state", State.OPEN)
    state = asked if asked in State.values else State.OPEN
    page = Paginator(selectors.inbox(state), PAGE).get_page(request.GET.get("page"))
    counts = selectors.counts()
    states = [{"name": one, "label": one.label, "count": counts[one], "is_current": one == state} for one in State]
    return render(request, "reports/inbox.html", {"room": ROOM, "page": page, "states": states, "state": state})


@instructors_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: LearnerRequest, number: int) -> HttpResponse:
    """One report, with the run that its learner saw; answered, closed and opened again by POST."""
    kept = Report.objects.select_related("version__item", "page__topic")
    found = kept.filter(pk=number).first() if number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404("There is no such report.")
    form = ReplyForm(request.POST if request.method == "POST" else None, initial={"reply": found.reply})
    if request.method == "POST" and form.is_valid():
        settle(found.pk, person(request), **form.cleaned_data)
        messages.success(request, _("Kept."))
        response = HttpResponseRedirect(found.get_absolute_url())
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    context = {"room": ROOM, "report": found, "form": form, **_as_seen(found)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "reports/one.html", context, status=status)


def _as_seen(found: Report) -> dict[str, object]:
    """What was asked and what the learner's answer did, as far as it can still be shown."""
    mine = _ready(found)
    if mine is None:
        return {"prompt_html": SafeString(""), "verdict": None}
    answer = found.answer
    chosen = {blank: option_id(position) for blank, position in (answer or {}).items()}
    return {
        "prompt_html": render_markdown(mine.item.prompt),
        "code_html": code_html(mine, chosen, resolved=True) if answer else SafeString(""),
        "verdict": show_verdict(mine, answer) if answer else None,
        "item_url": reverse("insight:item", args=[mine.item.id]) if found.version else "",
    }


def _ready(found: Report) -> Ready | None:
    """What was asked; None where it is in a form of long ago, or the page has changed since."""
    if found.version is not None:
        try:
            return ready(found.version.pk, found.variant)
        except (Unreadable, LookupError):
            return None
    if found.page is None or found.page.number != found.page_number:
        return None
    asked = ready_page(found.page).questions.get(found.question)
    options = len(asked.item.options_for(CHOICE)) if asked else 0
    return asked if asked and (found.answer is None or found.answer.get(CHOICE, -1) < options) else None
