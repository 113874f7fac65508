"""The pages of whoever reports something: the form, and what became of it."""

from dataclasses import dataclass
from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes.showing import form_page, see_other
from canarylearn.items.spec import CHOICE
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.pages import NUMBERS, with_numbers
from canarylearn.learning.reading import ready_page
from canarylearn.learning.verdicts import answer_html
from canarylearn.reports.forms import ReportForm
from canarylearn.reports.models import Report, Where, new_form
from canarylearn.reports.selectors import about_item, about_question, number_in, reports_of
from canarylearn.reports.services import About, report, too_many

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What is reported, where its form is sent, and the way back."""

    about: About
    answer_html: SafeString
    action: str
    back: str


@form_page
def item(request: LearnerRequest, slug: str) -> HttpResponse:
    """Something is wrong with an item: the form, and what was filled in."""
    variant = number_in(request.GET.get(NUMBERS, ""), 0)
    number = number_in(request.GET.get("version", ""), 0)
    about, mine = about_item(
        request.visitor.key, slug, number=number, variant=variant, where=request.GET.get("from", "")
    )
    assert about.version is not None
    said = answer_html(mine.item, about.answer) if about.answer is not None else SafeString("")
    back = _back(about)
    return _show_or_keep(request, _Place(about=about, answer_html=said, action=request.get_full_path(), back=back))


def _back(about: About) -> str:
    assert about.version is not None
    if about.where == Where.REVIEW:
        return reverse("review:index")
    if about.where == Where.TEST:
        return reverse("progress")
    is_current = about.version.item.current_id == about.version.pk
    return with_numbers(about.version.item.get_absolute_url(), about.variant if is_current else 0)


@form_page
def question(request: LearnerRequest, topic: str, mode: str, question: str) -> HttpResponse:
    """Something is wrong with a question on a page to read."""
    about, page = about_question(request.visitor.key, topic, mode, question)
    asked = ready_page(page).questions[question]
    said = SafeString("") if about.answer is None else answer_html(asked.item, {CHOICE: about.answer[CHOICE]})
    back = f"{page.get_absolute_url()}#{question}"
    return _show_or_keep(request, _Place(about=about, answer_html=said, action=request.path, back=back))


def _show_or_keep(request: LearnerRequest, place: _Place) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"form": new_form()})
    status = HTTPStatus.OK
    refusal = ""
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            if _is_known(request, form.cleaned_data["form"]) or _may(request):
                report(request.visitor.key, place.about, **form.cleaned_data)
                messages.success(request, _("Thank you. Your report has arrived; the reply will stand here."))
                return see_other(reverse("reports:mine"))
            status = HTTPStatus.TOO_MANY_REQUESTS
            refusal = _("That were many reports in a short time. What you wrote is still here: send it in an hour.")
        elif "form" in form.errors:
            refusal = _("That did not come from this page. Nothing was sent: please look at it and send it again.")
    context = {"place": place, "form": form, "refusal": refusal, "fresh": new_form()}
    return render(request, "reports/report.html", context, status=status)


def _is_known(request: LearnerRequest, form: str) -> bool:
    """Whether this form has arrived already, so that it is no further report."""
    return Report.objects.filter(learner__key=request.visitor.key, form=form).exists()


def _may(request: LearnerRequest) -> bool:
    """So many of one learner, and so many from one address, since a guest can come as another."""
    return not too_many(request.visitor.key) and ratelimit.consume(request, action="report")


@require_safe
def mine(request: LearnerRequest) -> HttpResponse:
    """What this learner reported, and what became of it."""
    return render(request, "reports/mine.html", {"reports": reports_of(request.visitor.key)[:MOST_SHOWN]})
