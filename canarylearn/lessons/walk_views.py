"""Stepping through a live run: a frame for each address, and predictions that open the frames after them."""

import re
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.items.files import Room as RoomSpec
from canarylearn.items.walks import GATES
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.modes import onward
from canarylearn.learning.reading import topic_and_pages
from canarylearn.learning.selectors import topic_spec
from canarylearn.lessons.frames import address, show_frame
from canarylearn.lessons.stage import show_stage
from canarylearn.lessons.walking import (
    Kept,
    Live,
    NoPrediction,
    keep_prediction,
    live_runs,
    predictions,
    read_answer,
)

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@require_safe
def visualise(request: LearnerRequest, topic: str) -> HttpResponse:
    """A frame of a run: the one that the address names, or the first one of the first run not yet watched."""
    visit = _Visit(request, topic)
    slug = request.GET.get("scenario", visit.suggested)
    live = visit.live(slug)
    given = request.GET.get("frame", "1")
    if not _NUMBER.fullmatch(given) or int(given) > live.walked.most:
        raise Http404("There is no such frame.")
    number, until = int(given), live.open_until(visit.made[slug])
    if len(visit.made[slug]) == GATES and number > until:
        raise Http404("There is no such frame.")
    if number > until:
        # One answer for every frame behind the gate, whether or not the run has it.
        return visit.show(live, until, notice=_("Predict first: what comes after this frame is sent when you have."))
    return visit.show(live, number)


def predict(request: LearnerRequest, topic: str) -> HttpResponse:
    """A prediction, kept for good; then the run goes on."""
    visit = _Visit(request, topic)
    if request.method != "POST":
        response = visit.show(visit.live(visit.suggested), 1, status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response
    live = visit.live(request.POST.get("scenario", ""))
    answers = visit.made[live.slug]
    until = live.open_until(answers)
    sent = request.POST.get("gate", "")
    if sent not in [str(number) for number in range(1, GATES + 1)]:
        notice = _("That was not a prediction of this page, so nothing was kept.")
        return visit.show(live, until, notice=notice, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("run", live.mark) != live.mark:
        notice = _("This run was changed in the meantime, so nothing was kept: please look at it again.")
        return visit.show(live, until, notice=notice, status=HTTPStatus.CONFLICT)
    gate = int(sent) - 1
    given = request.POST.get("answer", "")
    try:
        answer = read_answer(live, gate, given, unsure="unsure" in request.POST)
    except NoPrediction as missing:
        frame = live.walked.gates[gate] if gate <= len(answers) else until
        return visit.show(live, frame, given=given, message=str(missing), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    kept = keep_prediction(request.visitor.key, live, gate, answer)
    if kept is Kept.TOO_EARLY:
        notice = _("That question comes later in the run, so nothing was kept.")
        return visit.show(live, until, notice=notice, status=HTTPStatus.CONFLICT)
    visit.look_again()
    frame = live.walked.gates[gate] + 1
    if kept is Kept.LOCKED:
        notice = _("A prediction stays as it was first made: the run has gone on since.")
        return visit.show(live, frame, notice=notice, status=HTTPStatus.CONFLICT)
    return visit.show(live, frame)


class _Visit:
    """One request about the live runs of a topic. Raises Http404 where there are none."""

    def __init__(self, request: LearnerRequest, topic: str) -> None:
        self.request, self.runs = request, live_runs(topic)
        if not self.runs:
            raise Http404("There are no runs to step through here.")
        self.topic, self.rows = topic_and_pages(topic)
        spec = topic_spec(self.topic.spec).rooms.get("visualise")
        if spec is None:
            raise Http404("This topic has no such mode.")
        self.spec: RoomSpec = spec
        self.look_again()

    def look_again(self) -> None:
        """Read the predictions as they stand now."""
        self.made = predictions(self.request.visitor.key, self.topic.slug)

    @property
    def suggested(self) -> str:
        """The run to go on with: the first that was not watched to its end."""
        return next((slug for slug in self.runs if len(self.made[slug]) < GATES), next(iter(self.runs)))

    def live(self, slug: str) -> Live:
        """The run of that name. Raises Http404."""
        if slug not in self.runs:
            raise Http404("There is no such run.")
        return self.runs[slug]

    def show(
        self,
        live: Live,
        number: int,
        *,
        given: str = "",
        message: str = "",
        notice: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """A frame: for htmx the frame alone, or the stage after a form; the whole page for everybody else."""
        answers = self.made[live.slug]
        runs = self._list(live)
        others = [run for run in runs if not run["told"] and not run["is_current"]]
        context: dict[str, object] = {"topic": self.topic, "notice": notice, "runs": runs, "open_runs": others}
        context["run"] = live.mark
        htmx = self.request.htmx
        if htmx and not htmx.history_restore_request and self.request.method != "POST":
            context |= {"frame": show_frame(live, answers, number), "slug": live.slug, "swapped": True}
            response = render(self.request, "lessons/_frame.html", context, status=status)
            if htmx.trigger_name == "frame":
                response["HX-Replace-Url"] = address(self.topic.slug, live.slug, number)
            return response
        stage = show_stage(live, answers, number, given=given, message=message)
        context |= {"stage": stage, "frame": stage.frame, "slug": live.slug}
        if htmx and not htmx.history_restore_request:
            response = render(self.request, "lessons/_stage.html", {**context, "swapped": True}, status=status)
            response["HX-Push-Url"] = address(self.topic.slug, live.slug, number)
            return response
        return self._page(context, status)

    def _page(self, context: dict[str, object], status: HTTPStatus) -> HttpResponse:
        context |= {"facts": self.spec, **onward(self.request, self.topic, "visualise", self.rows)}
        return render(self.request, "lessons/visualise.html", context, status=status)

    def _list(self, shown: Live) -> list[dict[str, object]]:
        """The runs to choose from. What was true in one is told when it was watched, and not before."""
        return [
            {
                "title": live.walked.walk.title,
                "told": live.walked.scenario.title if len(self.made[slug]) == GATES else "",
                "made": len(self.made[slug]),
                "url": address(self.topic.slug, slug, 1),
                "is_current": live is shown,
            }
            for slug, live in self.runs.items()
        ]
