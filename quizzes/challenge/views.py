"""The pages of the challenge: the incidents, one of them, its clock, and the badge."""

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.learning import answering, rooms
from canarylearn.learning.forms import AnswerForm
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import ClockSpeed, Learner, Topic
from canarylearn.learning.modes import QUIZZES, Glance
from canarylearn.learning.pages import Message
from canarylearn.learning.ready import ready
from canarylearn.learning.selectors import Standing, listed_items, standings, topics
from canarylearn.learning.steps import steps
from quizzes.challenge import clocks
from quizzes.challenge.badges import claim
from quizzes.challenge.incidents import ROOM, Visit, room_facts, widened
from quizzes.challenge.models import Badge
from quizzes.challenge.showing import rows, speeds, view_clock
from quizzes.challenge.stands import stands


class SpeedForm(forms.Form):
    """How fast the clocks run."""

    speed = forms.ChoiceField(choices=ClockSpeed.choices)


class StartForm(SpeedForm):
    """An incident is begun, with the numbers that its page spoke of."""

    variant = forms.IntegerField(min_value=0, max_value=1000)


@require_safe
def index(request: LearnerRequest, topic: str = "") -> HttpResponse:
    """All incidents, with the learner's state at each, and how the clock runs."""
    return _show_index(request, _topic(topic))


def set_speed(request: LearnerRequest, topic: str) -> HttpResponse:
    """How fast the clocks run that are begun from now on."""
    found = _topic(topic)
    if request.method != "POST":
        return unsent(_show_index(request, found))
    form = SpeedForm(request.POST)
    if not form.is_valid():
        message = Message(text=_("That is none of the speeds. Nothing was changed."), kind="error")
        return _show_index(request, found, message, HTTPStatus.UNPROCESSABLE_ENTITY)
    clocks.set_speed(request.visitor.key, form.cleaned_data["speed"])
    return see_other(f"{reverse('challenge:index', args=[found.slug])}#speed")


@require_safe
def incident(request: LearnerRequest, slug: str) -> HttpResponse:
    """One incident, as the learner left it. Opening it starts nothing."""
    return Visit(request, slug, clocks.arrival()).show()


def start(request: LearnerRequest, slug: str) -> HttpResponse:
    """Begin an incident, and its clock."""
    visit = Visit(request, slug, clocks.arrival())
    if request.method != "POST":
        return visit.show_unsent()
    form = StartForm(request.POST)
    if not form.is_valid():
        message = Message(text=_("That is none of the speeds. Nothing was started."), kind="error")
        return visit.show(message=message, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    speed, key = form.cleaned_data["speed"], request.visitor.key
    stand = visit.stand
    wanted = stand.again if stand.again is not None else visit.ready.variant if stand.waits else None
    if wanted is not None and form.cleaned_data["variant"] == wanted:
        clocks.set_speed(key, speed)
        version = visit.ready if wanted == visit.ready.variant else ready(visit.version_id, wanted)
        clocks.start(learner_key=key, ready=version, speed=speed, now=visit.now)
    return see_other(reverse("challenge:item", args=[slug]))


def attempt(request: LearnerRequest, slug: str) -> HttpResponse:
    """An answer, judged by deploying it, and timed by when it arrived."""
    visit = Visit(request, slug, clocks.arrival())
    refused = visit.refuse() if request.method == "POST" else None
    return refused or answering.take_answer_at(visit)


def hint(request: LearnerRequest, slug: str, level: int) -> HttpResponse:
    """A hint, opened; never while a clock runs."""
    visit = Visit(request, slug, clocks.arrival())
    if request.method == "POST":
        if refused := visit.refuse():
            return refused
        if visit.runs or visit.ready.variant:
            message = Message(text=_("Hints are closed while the clock runs, and with other numbers."))
            return visit.show(message=message, chosen=_chosen(visit), status=HTTPStatus.CONFLICT)
    return answering.take_hint_at(visit, level)


def more_time(request: LearnerRequest, slug: str) -> HttpResponse:
    """The time of the incident once more, while its clock runs; what was chosen is kept."""
    return _change_clock(request, slug, off=False)


def no_clock(request: LearnerRequest, slug: str) -> HttpResponse:
    """The clock turned off for this incident, while it runs; what was chosen is kept."""
    return _change_clock(request, slug, off=True)


def _change_clock(request: LearnerRequest, slug: str, *, off: bool) -> HttpResponse:
    visit = Visit(request, slug, clocks.arrival())
    if request.method != "POST":
        return visit.show_unsent()
    if refused := visit.refuse():
        return refused
    running = visit.stand.clock
    change = clocks.turn_off if off else clocks.give_time
    done = (
        running is not None
        and not visit.stand.resolved
        and change(learner_key=request.visitor.key, ready=visit.ready, running=running, now=visit.now)
    )
    visit.look()
    if not done:
        text = _("The clock does not run any more, so it stays as it is. Your answer still counts.")
    elif off:
        text = _("The clock is off for this incident.")
    else:
        text = _("You have more time.")
    return visit.show(message=Message(text=text), chosen=_chosen(visit))


def _chosen(visit: Visit) -> dict[str, str]:
    form = AnswerForm(visit.request.POST, ready=visit.ready)
    form.is_valid()
    return form.chosen


@require_safe
def clock(request: LearnerRequest, slug: str) -> JsonResponse:
    """How much time is left, for a page that slept."""
    visit = Visit(request, slug, clocks.arrival())
    view = view_clock(visit.stand, visit.now, slug)
    return JsonResponse({"state": view.state if view else "waits", "left": view.left if view else 0})


def take_badge(request: LearnerRequest, topic: str) -> HttpResponse:
    """The badge, once every incident is solved."""
    found = _topic(topic)
    if request.method != "POST":
        return unsent(_show_index(request, found))
    made = claim(learner_key=request.visitor.key, topic=found, listed=ROOM.listed(found.slug), now=clocks.arrival())
    if made is None:
        message = Message(text=_("The badge is for all incidents solved, and some are still open."))
        return _show_index(request, found, message, HTTPStatus.CONFLICT)
    return see_other(made.get_absolute_url())


def _topic(slug: str) -> Topic:
    """The topic of that name, or the first, that has a challenge. Raises Http404."""
    for topic in topics():
        if rooms.has(ROOM, topic) and slug in ("", topic.slug):
            return topic
    raise Http404("There is no such challenge.")


def see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def unsent(response: HttpResponse) -> HttpResponse:
    response.status_code = HTTPStatus.METHOD_NOT_ALLOWED
    response["Allow"] = "POST"
    return response


def _own(learner_key: UUID, topic: Topic) -> tuple[str, str | None]:
    """How fast a learner's clocks run, and the token of their badge."""
    badge = Badge.objects.filter(learner=OuterRef("pk"), topic=topic).values("token")[:1]
    found = Learner.objects.filter(key=learner_key).values_list("clock", Subquery(badge)).first()
    return found or (ClockSpeed.NORMAL, None)


def _show_index(
    request: LearnerRequest, topic: Topic, message: Message | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    key = request.visitor.key
    listed, questions = ROOM.listed(topic.slug), listed_items(QUIZZES.kind, topic.slug)
    known = standings(key, [one.version_id for one in (*listed, *questions)])
    now, (speed, token), more = clocks.arrival(), _own(key, topic), widened(request, topic.slug)
    row_of_steps = steps(request, ROOM, listed, known=known)
    here = stands(key, listed, known)
    shown = rows(row_of_steps, here, now, speed, more)
    solved = sum(row.step.state == "solved" for row in shown)
    context = {
        "topic": topic,
        "room": room_facts(topic),
        "rows": shown,
        "solved": solved,
        "all_solved": bool(shown) and solved == len(shown),
        "in_time": sum(row.in_time for row in shown),
        "first": sum(row.first for row in shown),
        "badge_url": reverse("challenge:badge", args=[token]) if token else "",
        "speeds": speeds(speed, round(more * sum(stand.ready.item.seconds or 0 for stand in here))),
        "message": message,
        "practice": {
            "room": rooms.present(QUIZZES, topic),
            "steps": steps(request, QUIZZES, questions, known=known),
        }
        if rooms.has(QUIZZES, topic)
        else None,
    }
    return render(request, "challenge/index.html", context, status=status)


def tell(glance: Glance) -> str:
    """What a learner did in the challenge, for the topic's list of modes."""
    listed = glance.listed(ROOM)
    solved = sum(glance.known.get(one.version_id, Standing()).counts_as_solved for one in listed)
    return _("%(solved)d of %(all)d solved") % {"solved": solved, "all": len(listed)} if solved else ""
