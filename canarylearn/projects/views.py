"""The pages of a project: its stages, and in each an editor whose text can be kept, tried out and judged."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.items.project.files import Project
from canarylearn.lab.apart import WORKPLACE, Busy, Stopped
from canarylearn.lab.child import SECONDS
from canarylearn.learning.markup import render as render_text
from canarylearn.learning.middleware import RETRY_AFTER, LearnerRequest
from canarylearn.learning.models import Topic
from canarylearn.learning.modes import onward
from canarylearn.learning.reading import topic_and_pages
from canarylearn.learning.selectors import topic_spec
from canarylearn.projects import services
from canarylearn.projects.forms import TextForm, TryForm
from canarylearn.projects.pages import Came, StagePage, say_saved, show_finding, stage_steps
from canarylearn.projects.selectors import project_of, standing
from canarylearn.projects.services import Saved, Status


@require_safe
def index(request: LearnerRequest, topic: str) -> HttpResponse:
    """The project: what it is about, and its stages with the learner's state at each."""
    row, rows = topic_and_pages(topic)
    project = _project_of(row)
    stands = standing(request.visitor.key, topic)
    steps = stage_steps(project, row, stands)
    context = {
        "topic": row,
        "room": topic_spec(row.spec).rooms["project"],
        "cover": project.cover,
        "lead": render_text(project.cover.lead),
        "language": render_text(project.cover.language),
        "steps": steps,
        "passed": sum(step.passed for step in steps),
        "go_on": next((step for step in steps if not step.passed), steps[-1]),
        **onward(request, row, "project", rows),
    }
    return render(request, "projects/index.html", context)


@require_safe
def stage(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """One stage, as the learner left it."""
    WORKPLACE.begin()  # so that it is there when the first text comes
    return _Visit(request, topic, stage).show()


def save(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """Keep the text. Answers a script with JSON, and everybody else with the page."""
    visit = _Visit(request, topic, stage)
    if request.method != "POST":
        return visit.refuse()
    saved = visit.keep_text()
    if request.headers.get("Accept") == "application/json":
        return _as_json(visit, saved)
    if saved is None:
        return visit.show_unkept()
    return visit.show_conflict() if saved.status is Status.CONFLICT else visit.show(Came(message=say_saved("saved")))


def run(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """Try the text out, where the learner wants it."""
    visit = _Visit(request, topic, stage)

    def work() -> HttpResponse:
        tried = services.try_out(stage=stage, text=visit.text, seed=visit.seed, case=visit.case)
        found = show_finding(tried.finding, visit.text, stage)
        return visit.show(Came(tried=tried, found=found, seed=visit.seed))

    return visit.carry_out(work)


def judge(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """Judge the text on seeds that nobody saw."""
    visit = _Visit(request, topic, stage)

    def work() -> HttpResponse:
        judged = services.judge(learner_key=request.visitor.key, topic=topic, stage=stage, text=visit.text)
        visit.look_again()
        return visit.show(Came(judged=judged, found=show_finding(judged.finding, visit.text, stage)))

    return visit.carry_out(work)


def break_it(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """Search for a world that breaks the release."""
    visit = _Visit(request, topic, stage)
    if not visit.page.is_last:
        raise Http404("Only a whole release can be broken.")

    def work() -> HttpResponse:
        broken = services.search(learner_key=request.visitor.key, topic=topic, text=visit.text)
        found = show_finding(broken.searched.finding, visit.text, stage)
        return visit.show(Came(broken=broken, found=found))

    return visit.carry_out(work)


def hint(request: LearnerRequest, topic: str, stage: str, level: int) -> HttpResponse:
    """Open a hint; the text that is sent along is kept."""
    visit = _Visit(request, topic, stage)
    if not 1 <= level <= len(visit.project.stages[stage].hints):
        raise Http404("There is no such hint.")

    def work() -> HttpResponse:
        services.open_hint(learner_key=request.visitor.key, topic=topic, stage=stage, level=level)
        visit.look_again()
        return visit.show(whole=True)

    return visit.carry_out(work)


def other(request: LearnerRequest, topic: str, stage: str) -> HttpResponse:
    """Take the text that was set aside, or throw it away."""
    visit = _Visit(request, topic, stage)
    if request.method != "POST":
        return visit.refuse()
    keep = request.POST.get("do") == "take"
    if keep or request.POST.get("do") == "drop":
        services.take_other(learner_key=request.visitor.key, topic=topic, stage=stage, keep=keep)
    response = HttpResponseRedirect(request.path.removesuffix("other/"))
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _project(topic: str) -> tuple[Topic, Project]:
    row = get_object_or_404(Topic, slug=topic)
    return row, _project_of(row)


def _project_of(topic: Topic) -> Project:
    project = project_of(topic.slug)
    if project is None or "project" not in topic_spec(topic.spec).rooms:
        raise Http404("This topic has no project.")
    return project


def _as_json(visit: "_Visit", saved: Saved | None) -> JsonResponse:
    if saved is None:
        return JsonResponse({"error": visit.complaint}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = {"number": saved.draft.number, "status": saved.status.value}
    if saved.status is Status.CONFLICT:
        return JsonResponse({**facts, "text": saved.draft.text}, status=HTTPStatus.CONFLICT)
    return JsonResponse(facts)


class _Visit:
    """One request about one stage. Raises Http404 for a stage that is not there."""

    def __init__(self, request: LearnerRequest, topic: str, stage: str) -> None:
        self.topic, self.project = _project(topic)
        if stage not in self.project.stages:
            raise Http404("There is no such stage.")
        self.request, self.name = request, stage
        self.complaint = ""
        self.look_again()
        chosen = TryForm({**request.POST.dict(), **request.GET.dict()})
        chosen.is_valid()
        self.seed, self.case = chosen.chosen
        self.text = self.page.text

    def look_again(self) -> None:
        """Read anew where the learner stands."""
        stands = standing(self.request.visitor.key, self.topic.slug)
        draft = stands.drafts.get(self.name)
        self.page = StagePage(
            topic=self.topic,
            project=self.project,
            name=self.name,
            standing=stands,
            text=stands.text(self.project, self.name),
            base=draft.number if draft else 0,
        )

    def keep_text(self) -> Saved | None:
        """Save the text that was sent; None when it cannot be kept, and then `complaint` says why."""
        form = TextForm(self.request.POST)
        self.text = self.request.POST.get("text", self.text)
        if not form.is_valid():
            said = [str(error) for error in form.errors.get("text", [])]
            self.complaint = said[0] if said else _("This form was not complete. Nothing was saved.")
            return None
        self.text = form.cleaned_data["text"]
        saved = services.save_draft(
            learner_key=self.request.visitor.key,
            topic=self.topic.slug,
            stage=self.name,
            text=self.text,
            base=form.cleaned_data["base"],
            knowingly=form.cleaned_data["over"],
        )
        self.look_again()
        return saved

    def carry_out(self, work: Callable[[], HttpResponse]) -> HttpResponse:
        """Keep the text that was sent, and do something with it."""
        if self.request.method != "POST":
            return self.refuse()
        saved = self.keep_text()
        if saved is None:
            return self.show_unkept()
        if saved.status is Status.CONFLICT:
            return self.show_conflict()
        try:
            return work()
        except Busy:
            said = _("Two texts are being run at this moment. Yours is saved: send it again in a few seconds.")
            response = self.show(Came(message=said, error=True), status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = RETRY_AFTER
            return response
        except Stopped as stopped:
            return self.show(Came(message=_stopped_words(stopped), error=True))

    def show_unkept(self) -> HttpResponse:
        """The page for a text that cannot be kept; it still stands in the editor."""
        return self.show(Came(message=self.complaint, error=True), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def show_conflict(self) -> HttpResponse:
        """Both texts: the one that was sent in the editor, the newer one below."""
        self.page = replace(self.page, conflict=True)
        return self.show(Came(message=say_saved("conflict"), error=True), whole=True, status=HTTPStatus.CONFLICT)

    def refuse(self) -> HttpResponse:
        """The page for somebody who came to the address of a form without sending it, as a reload can do."""
        response = self.show(status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response

    def show(
        self, came: Came | None = None, *, whole: bool = False, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        """The page; for htmx what came of the text alone, or all of the stage."""
        page = replace(self.page, text=self.text, came=came or Came(), seed=self.seed, case=self.case)
        template = "projects/stage.html"
        if self.request.htmx and not self.request.htmx.history_restore_request:
            template = "projects/_came_alone.html"
            if whole:
                template = "projects/_stage.html"
        response = render(self.request, template, {"page": page, "came": page.came}, status=status)
        if whole and template == "projects/_stage.html":
            response["HX-Retarget"] = "#stage"
        return response


def _stopped_words(stopped: Stopped) -> str:
    return {
        "time": _(
            "Your script was stopped: it took more than %(seconds)d seconds of computing. Let it loop less often."
        )
        % {"seconds": SECONDS},
        "memory": _("Your script was stopped: it needed too much memory. Let it keep less."),
        "fault": _(
            "Your script could not be run. That is a fault of this site and not of what you wrote, and it was noted."
        ),
    }[stopped.why]
