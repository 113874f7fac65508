"""The page of the lab. A form that is sent leads to an address that holds the plan; opening that address runs it."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from canarylearn.lab.apart import WORKPLACE, Busy, Stopped
from canarylearn.lab.beginning import TO_BEGIN_WITH, with_the_rest
from canarylearn.lab.forms import PlanForm
from canarylearn.lab.links import MOST_IN_ADDRESS, Garbled, address, pack, unpack
from canarylearn.lab.pages import Result, chosen_of, show_groups, show_problems, show_result, stopped_words
from canarylearn.lab.running import Writing
from canarylearn.lab.scenarios import closed_scenarios, suggested
from canarylearn.lab.services import told
from canarylearn.learning.middleware import RETRY_AFTER, LearnerRequest

_GARBLED = _("This address holds no plan that can be read. It may have been cut off: ask for it again, or begin anew.")
_BUSY = _("Two plans are being run at this moment. Send yours again in a few seconds.")
_LONG = _("This plan is too long to be shared by its address. Keep it in a file of yours.")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: LearnerRequest) -> HttpResponse:
    """The lab: empty, with the plan of the address run, or with what is wrong in the form that was sent."""
    visit = _Visit(request)
    if request.method == "POST":
        return visit.take_form()
    if "p" in request.GET:
        return visit.run_address(request.GET["p"], request.GET.get("before", ""))
    WORKPLACE.begin()  # so that it is there when the first plan comes
    return visit.show(PlanForm(initial=visit.beginning(), closed=visit.closed))


class _Visit:
    """One request, and the scenarios that are closed to whoever sent it."""

    def __init__(self, request: LearnerRequest) -> None:
        self.request = request
        self.closed = closed_scenarios(request.visitor.key)

    def beginning(self) -> dict[str, str]:
        """What the form holds before anything was filled in."""
        return {**TO_BEGIN_WITH, "scenario": suggested(self.closed)}

    def take_form(self) -> HttpResponse:
        """To the address of the plan that was sent; a plan too long for an address is run at once."""
        form = PlanForm(self.request.POST, closed=self.closed)
        before = self.request.POST.get("before", "")
        if not form.is_valid():
            return self.show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY, before=before)
        packed = pack(form.given)
        if len(packed) > MOST_IN_ADDRESS:
            return self._run(form, "", before)
        kept = before if len(packed) + len(before) <= MOST_IN_ADDRESS else ""
        response = HttpResponseRedirect(address(packed, kept if kept != packed else ""))
        response.status_code = HTTPStatus.SEE_OTHER
        return response

    def run_address(self, packed: str, before: str) -> HttpResponse:
        """The plan of an address, run, and the one before it beside it."""
        try:
            fields = unpack(packed)
        except Garbled:
            form = PlanForm(initial=self.beginning(), closed=self.closed)
            return self.show(form, message=str(_GARBLED), status=HTTPStatus.BAD_REQUEST)
        form = PlanForm(with_the_rest(fields), closed=self.closed)
        if fields.get("scenario") in self.closed:
            return self.show(form, closing=fields["scenario"], status=HTTPStatus.FORBIDDEN)
        if not form.is_valid():
            return self.show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._run(form, packed, before)

    def _run(self, form: PlanForm, packed: str, before: str) -> HttpResponse:
        try:
            tolds = told(form.job(*self._writing_before(form, before)))
        except Busy:
            response = self.show(form, message=str(_BUSY), before=before, status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = RETRY_AFTER
            return response
        except Stopped as stopped:
            return self.show(form, message=stopped_words(stopped), before=before)
        result = show_result(form, tolds, address(packed) if packed else "")
        message = "" if packed else str(_LONG)
        # What was refused is nothing to compare the next plan with.
        response = self.show(form, result=result, before=packed if result.told.word else before, message=message)
        if self.request.htmx and packed:
            response["HX-Push-Url"] = address(packed, before)
        return response

    def _writing_before(self, form: PlanForm, before: str) -> list[Writing]:
        """The plan before this one, if there was one that can be read."""
        try:
            fields = unpack(before) if before else {}
        except Garbled:
            return []
        # It is deployed where the new one is, whatever scenario it was made for.
        other = PlanForm(with_the_rest({**fields, "scenario": form.job_scenario}), closed=self.closed)
        if not fields or not other.is_valid() or other.writing == form.writing:
            return []
        return [other.writing]

    def show(
        self,
        form: PlanForm,
        *,
        result: Result | None = None,
        message: str = "",
        closing: str = "",
        before: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The page; for htmx the result alone, or the whole lab when the form has something to say."""
        groups = show_groups(form, self.closed)
        context = {
            "form": form,
            "groups": groups,
            "chosen": chosen_of(groups),
            "problems": show_problems(form),
            "result": result,
            "message": message,
            "closing": self.closed.get(closing),
            "before": before,
            "room": {"name": "lab"},
            "news": "p" in self.request.GET or self.request.method == "POST",
        }
        if not self.request.htmx or self.request.htmx.history_restore_request:
            return render(self.request, "lab/lab.html", context, status=status)
        if status != HTTPStatus.UNPROCESSABLE_ENTITY:
            return render(self.request, "lab/_result.html", context, status=status)
        response = render(self.request, "lab/_lab.html", context, status=status)
        response["HX-Retarget"] = "#lab"
        return response
