"""The pages of the review: what is due today, a card turned, a grade, an answer to an item, a hint, a wish."""

from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.learning.forms import AnswerForm
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.pages import Message
from canarylearn.review.forms import GradeForm, TryForm, WishForm
from canarylearn.review.pages import asked_with, say_back
from canarylearn.review.scheduling import GRADES, Grade
from canarylearn.review.selectors import name_of_card, name_of_item
from canarylearn.review.services import Counted, Status, grade_card, open_hint, try_item, wish
from canarylearn.review.visits import Visit

MOST_WRITTEN = 4000
"""How much of a written explanation is shown again beside the checklist; none of it is kept."""


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """What is due today, across topics."""
    return Visit(request, "").show()


@require_safe
def topic(request: LearnerRequest, topic: str) -> HttpResponse:
    """What is due today in one topic."""
    return Visit(request, topic).show()


def back(request: LearnerRequest, topic: str, card: str) -> HttpResponse:
    """A card, turned. Nothing is kept."""
    visit = Visit(request, request.POST.get("scope", ""), card=name_of_card(topic, card))
    if request.method != "POST":
        return visit.refuse()
    if visit.memory.counts_already(visit.desk.today):
        return visit.show(message=_said(Status.ALREADY), status=HTTPStatus.CONFLICT)
    return visit.show_back(said=request.POST.get("said", "")[:MOST_WRITTEN])


def grade(request: LearnerRequest, topic: str, card: str) -> HttpResponse:
    """The learner's own grade of a card; the next one is shown."""
    visit = Visit(request, request.POST.get("scope", ""), card=name_of_card(topic, card))
    if request.method != "POST":
        return visit.refuse()
    form = GradeForm(request.POST)
    if not form.is_valid():
        message = Message(text=_("That was not a grade of this card. Nothing was counted."), kind="error")
        return visit.show_back(message=message, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    counted = grade_card(
        learner_key=request.visitor.key,
        what=visit.thing.what,
        grade=GRADES[form.cleaned_data["grade"]],
        key=form.cleaned_data["key"],
        seen=form.cleaned_data["seen"],
        now=visit.now,
    )
    return visit.show_next(counted, _told(visit, counted))


def attempt(request: LearnerRequest, slug: str) -> HttpResponse:
    """An answer to an item that was missed elsewhere, or "I do not know"."""
    visit = Visit(request, request.POST.get("scope", ""), card=name_of_item(slug))
    if request.method != "POST":
        return visit.refuse()
    mine = asked_with(visit.thing, visit.memory)
    form, more = AnswerForm(request.POST, ready=mine), TryForm(request.POST)
    if not form.is_valid() or not more.is_valid():
        message = Message(text=_("That was not an answer to this page. No try was used."), kind="error")
        return visit.show_item(message=message, chosen=form.chosen, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.cleaned_data["version"] != mine.number:
        message = Message(text=_("This was changed in the meantime. No try was used: please look at it again."))
        return visit.show_item(message=message, status=HTTPStatus.CONFLICT)
    unknown = more.cleaned_data["unknown"]
    if form.empty_blanks and not unknown:
        message = Message(text=_("Nothing was deployed: something is still empty. No try was used."))
        return visit.show_item(message=message, chosen=form.chosen)
    counted = try_item(
        learner_key=request.visitor.key,
        what=visit.thing.what,
        ready=mine,
        given=None if unknown else form.answer,
        key=form.cleaned_data["key"],
        seen=more.cleaned_data["seen"],
        certain=more.cleaned_data["certain"],
        now=visit.now,
    )
    if counted.status is Status.COUNTED:
        return visit.show_finished(mine, counted, _told(visit, counted))
    begun = counted.status in (Status.TRIED, Status.SAME_ANSWER, Status.REPEATED)
    if begun and counted.sitting is not None and counted.sitting.answers:
        return visit.show_item(message=_said(counted.status), sitting=counted.sitting)
    return visit.show_next(counted, _said(counted.status))


def hint(request: LearnerRequest, slug: str, level: int) -> HttpResponse:
    """A hint, opened."""
    visit = Visit(request, request.POST.get("scope", ""), card=name_of_item(slug))
    mine = asked_with(visit.thing, visit.memory)
    if not 1 <= level <= len(mine.item.hints):
        raise Http404("There is no such hint.")
    if request.method != "POST":
        return visit.refuse()
    sitting = open_hint(learner_key=request.visitor.key, what=visit.thing.what, ready=mine, level=level, now=visit.now)
    skipped = Message(text=_("Hints open one after the other.")) if level > sitting.hints else None
    form = AnswerForm(request.POST, ready=mine)
    form.is_valid()
    return visit.show_item(message=skipped, chosen=form.chosen, sitting=sitting)


def keep_wish(request: LearnerRequest) -> HttpResponse:
    """How many cards a day a learner wants; back to what is due."""
    visit = Visit(request, request.POST.get("scope", ""))
    if request.method != "POST":
        return visit.refuse()
    form = WishForm(request.POST)
    if not form.is_valid():
        return visit.show(wish=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wish(learner_key=request.visitor.key, cap=form.cleaned_data["cap"])
    response = HttpResponseRedirect(visit.url)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _said(status: Status) -> Message | None:
    """What to say of an answer that changed nothing; of one that did, its verdict says enough."""
    texts = {
        Status.REPEATED: _("This answer had already arrived. It was counted once."),
        Status.SAME_ANSWER: _("You deployed this answer before, so no try was used. This is what it did."),
        Status.ALREADY: _(
            "You answered this card today already, perhaps in another window. The first answer of a day counts."
        ),
        Status.STALE: _("This page was from another day, and the card was answered since. Nothing was counted."),
    }
    return Message(text=texts[status]) if status in texts else None


def _told(visit: Visit, counted: Counted) -> Message | None:
    """What an answer led to: when the card comes back."""
    if counted.status is not Status.COUNTED or counted.memory.due is None or counted.grade is None:
        return _said(counted.status)
    when = {"day": say_back(counted.memory.due, visit.desk.today)}
    if counted.grade is Grade.AGAIN:
        return Message(text=_("It comes back %(day)s, with other numbers where it has them.") % when)
    return Message(text=_("Kept. It comes back %(day)s.") % when)
