"""What practice and quizzes do alike: show their list and an item, take an answer, open a hint."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from canarylearn.learning.forms import AnswerForm
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Place
from canarylearn.learning.pages import Message, build_page, last_choice
from canarylearn.learning.ready import ready
from canarylearn.learning.rooms import Room, facts, has, present
from canarylearn.learning.selectors import Listed, Standing, topics
from canarylearn.learning.services import open_hint
from canarylearn.learning.steps import steps
from canarylearn.learning.verdicts import show_verdict
from canarylearn.learning.visits import Visit


def show_index(request: LearnerRequest, room: Room) -> HttpResponse:
    """The list of the room's items, with the learner's state at each."""
    topic = next((topic for topic in topics() if has(room, topic)), None)
    if topic is None:
        raise Http404("There is no topic yet.")
    items = steps(request, room, room.listed(topic.slug))
    return render(request, f"{room.name}/index.html", {"topic": topic, "room": present(room, topic), "items": items})


def show_item(request: LearnerRequest, room: Room, slug: str) -> HttpResponse:
    """The page of one item, as the learner left it."""
    return Visit(request, room, slug).show()


def take_answer(request: LearnerRequest, room: Room, slug: str) -> HttpResponse:
    """Judge a posted answer and show what came of it, in the answer to the same request."""
    return take_answer_at(Visit(request, room, slug))


def take_answer_at(visit: Visit) -> HttpResponse:
    """Judge the answer that a visit brings."""
    request = visit.request
    if request.method != "POST":
        return visit.show_unsent()
    form = AnswerForm(request.POST, ready=visit.ready)
    if not form.is_valid():
        said = form.complaint or gettext("That was not an answer to this page. No try was used.")
        message = Message(text=said, kind="error")
        return visit.show(message=message, chosen=form.chosen, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.cleaned_data["version"] != visit.ready.number:
        message = Message(
            text=gettext("This question was changed in the meantime. No try was used: please look at it again.")
        )
        return visit.show(message=message, status=HTTPStatus.CONFLICT)
    if form.empty_blanks:
        return visit.show(message=_say_empty(form), chosen=form.chosen)
    return visit.show_submission(visit.submit(form.answer, form.cleaned_data["key"]), form.chosen)


def take_hint(request: LearnerRequest, room: Room, slug: str, level: int) -> HttpResponse:
    """Open a hint and show the page again, with the choices of the form kept."""
    return take_hint_at(Visit(request, room, slug), level)


def take_hint_at(visit: Visit, level: int) -> HttpResponse:
    """Open a hint at an item that is being visited."""
    request = visit.request
    if not 1 <= level <= len(visit.ready.item.hints):
        raise Http404("There is no such hint.")
    if request.method != "POST":
        return visit.show_unsent()
    slot = open_hint(learner_key=request.visitor.key, ready=visit.ready, level=level)
    skipped = Message(text=gettext("Hints open one after the other.")) if level > slot.hints_opened else None
    form = AnswerForm(request.POST, ready=visit.ready)
    form.is_valid()
    return visit.show(message=skipped, chosen=form.chosen)


def embed(request: LearnerRequest, room: Room, listed: list[Listed], slug: str, standing: Standing) -> SafeString:
    """An item within another page, as the learner left it: the same form, to the same address, as on its own page."""
    version = ready(next(one.version_id for one in listed if one.slug == slug))
    verdict = show_verdict(version, standing.attempts[-1].answer) if standing.attempts else None
    page = build_page(
        room=room.name,
        ready=version,
        listed=listed,
        standing=standing,
        chosen=last_choice(standing),
        verdict=verdict,
        again=room.place == Place.PRACTICE,
    )
    context = {**vars(page), "room": facts(room), "within": True}
    return SafeString(render_to_string(f"{room.name}/_attempt.html", context, request))


def _say_empty(form: AnswerForm) -> Message:
    if form.ready.item.kind == "question":
        return Message(text=gettext("Nothing was chosen, so nothing was deployed. No try was used."))
    said = ngettext(
        "Nothing was deployed: %(names)s is still empty. No try was used.",
        "Nothing was deployed: %(names)s are still empty. No try was used.",
        len(form.empty_blanks),
    )
    return Message(text=said % {"names": gettext(" and ").join(form.empty_blanks)})
