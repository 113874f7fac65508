"""The pages of a test: before it, one question after the other, the offer of more, and the end."""

from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.learning.forms import AnswerForm
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Page, Topic
from canarylearn.learning.modes import onward
from canarylearn.learning.pages import Message
from canarylearn.learning.reading import topic_and_pages
from canarylearn.learning.selectors import topic_spec
from canarylearn.mastery import LEAST
from quizzes.models import Asked, Said, Sitting
from quizzes.sittings import services
from quizzes.sittings.bank import bank_for, read_or_none
from quizzes.sittings.pages import limits, own_address, show_explained, show_past, show_question, show_result
from quizzes.sittings.services import Answer, Step, waiting_of

NOT_SURE = "not-sure"
_LARGEST_NUMBER = 2**63 - 1


@require_safe
def index(request: LearnerRequest, topic: str) -> HttpResponse:
    """What the test is, and where to begin it or to go on."""
    return _Visit(request, topic).show_index()


def begin(request: LearnerRequest, topic: str) -> HttpResponse:
    """Begin a test, or go on with the one that is open."""
    visit = _Visit(request, topic)
    if request.method != "POST":
        return visit.refuse(visit.show_index())
    sitting = services.begin(request.visitor.key, visit.topic)
    if sitting is None:
        return visit.show_index(status=HTTPStatus.CONFLICT)
    return visit.go_on()


@require_safe
def question(request: LearnerRequest, topic: str, number: int) -> HttpResponse:
    """The question that waits for an answer; of one that was answered, that it was."""
    visit = _Visit(request, topic)
    if visit.waiting is not None and visit.waiting.number == number:
        return visit.show_question()
    if visit.sitting is not None and any(one.number == number for one in visit.asked):
        return render(request, "quizzes/test/locked.html", visit.context(number=number, url=visit.place()))
    return visit.go_on()


def attempt(request: LearnerRequest, topic: str, number: int) -> HttpResponse:
    """An answer, or "not sure": kept once, and on to what comes next. Nothing is said of it before the end."""
    visit = _Visit(request, topic)
    if request.method != "POST":
        return visit.refuse(visit.show_question() if visit.waiting else visit.show_index())
    mine = services.asked_by_key(request.visitor.key, topic, request.POST.get("key", ""))
    if mine is None or mine.number != number:
        return visit.show_refusal(_("This was not an answer to the question that is open. Nothing was changed."))
    ready = read_or_none(mine.version_id, mine.variant)
    if ready is None:
        return visit.go_on()
    form = AnswerForm(request.POST, ready=ready)
    said = request.POST.get("certainty", "")
    certainty = said if said in Said.values else ""
    options = None
    if NOT_SURE not in request.POST:
        if not form.is_valid() or form.empty_blanks:
            return visit.show_incomplete(mine, form, certainty)
        options = form.answer
    step = services.keep_answer(request.visitor.key, mine, Answer(options=options, certainty=certainty))
    if step is Step.LOCKED:
        return _Visit(request, topic).show_refusal(
            _("Question %(number)s was answered already, and an answer stays as it was given.") % {"number": number}
        )
    return visit.go_on(mine.sitting_id)


def skip(request: LearnerRequest, topic: str) -> HttpResponse:
    """On past a question that can no longer be asked."""
    visit = _Visit(request, topic)
    if request.method == "POST" and visit.sitting is not None:
        services.skip_unreadable(request.visitor.key, visit.sitting.pk)
    return visit.go_on()


def more(request: LearnerRequest, topic: str) -> HttpResponse:
    """The offer of more questions where ten did not decide it; taken by POST."""
    visit = _Visit(request, topic)
    if visit.sitting is None or visit.waiting is not None:
        return visit.go_on()
    if request.method == "POST":
        services.take_more(request.visitor.key, visit.sitting.pk)
        return visit.go_on(visit.sitting.pk)
    left = len(visit.sitting.plan) - len(visit.asked)
    return render(request, "quizzes/test/more.html", visit.context(answered=len(visit.asked), left=left))


def end(request: LearnerRequest, topic: str) -> HttpResponse:
    """Whether to end the test now; ended by POST, with a verdict on what was answered."""
    visit = _Visit(request, topic)
    if visit.sitting is None:
        return visit.go_on()
    if request.method == "POST":
        services.end(visit.sitting.pk)
        return visit.go_on(visit.sitting.pk)
    answered = sum(one.answered is not None for one in visit.asked)
    return render(request, "quizzes/test/end.html", visit.context(answered=answered, url=visit.place(), least=LEAST))


@require_safe
def result(request: LearnerRequest, topic: str, sitting: int) -> HttpResponse:
    """The verdict of a test that ended, and a line for each question."""
    mine = _ended(request, topic, sitting)
    asked = list(mine.asked.select_related("version").defer("version__spec", "version__scenarios").order_by("number"))
    ended = services.ended_sittings(request.visitor.key, topic)
    context = {
        "topic": mine.topic,
        "room": _facts(mine.topic),
        "sitting": mine,
        "result": show_result(mine, asked, topic_spec(mine.topic.spec), own_address(mine)),
        "again": services.next_begin(ended),
        **limits(),
    }
    return render(request, "quizzes/test/result.html", context)


@require_safe
def explained(request: LearnerRequest, topic: str, sitting: int, number: int) -> HttpResponse:
    """One question of a test that ended: its run, every option's outcome, the worked solution."""
    mine = _ended(request, topic, sitting)
    asked = list(mine.asked.order_by("number"))
    one = next((one for one in asked if one.number == number and one.passed is not None), None)
    ready = read_or_none(one.version_id, one.variant) if one else None
    if one is None or ready is None:
        raise Http404("There is no such question.")
    context = {"topic": mine.topic, "room": _facts(mine.topic), "sitting": mine}
    shown = show_explained(asked, one, ready, own_address(mine))
    return render(request, "quizzes/test/explained.html", {**context, "shown": shown, "asked": one})


def _ended(request: LearnerRequest, topic: str, number: int) -> Sitting:
    """A sitting of this learner's that ended. Anybody else's does not exist."""
    if number > _LARGEST_NUMBER:
        raise Http404("There is no such test.")
    mine = Sitting.objects.filter(services.is_theirs(request.visitor.key), topic__slug=topic, ended__isnull=False)
    return get_object_or_404(mine.select_related("topic"), pk=number)


def _facts(topic: Topic) -> dict[str, object]:
    """What pages say of the room. Raises Http404 where the topic has no test."""
    spec = topic_spec(topic.spec).rooms.get("test")
    if spec is None:
        raise Http404("This topic has no test.")
    url = reverse("test:index", args=[topic.slug])
    return {"name": "test", "title": spec.title, "minutes": spec.minutes, "summary": spec.summary, "url": url}


class _Visit:
    """One request about a topic's test, and the learner's open sitting. Raises Http404 where there is no test."""

    def __init__(self, request: LearnerRequest, topic: str) -> None:
        self.request = request
        self.sitting, self.ended = services.sittings_of(request.visitor.key, topic)
        self.pages: list[Page] | None = None
        if self.sitting:
            self.topic = self.sitting.topic
        else:
            self.topic, self.pages = topic_and_pages(topic)
        self.room = _facts(self.topic)
        self.asked: list[Asked] = list(self.sitting.asked.order_by("number")) if self.sitting else []
        self.waiting = waiting_of(self.asked)

    def context(self, **more: object) -> dict[str, object]:
        """What every page of the test is given."""
        return {"topic": self.topic, "room": self.room, "sitting": self.sitting, **more}

    def place(self) -> str:
        """Where the learner is in the test: at a question, at the offer of more, or before it."""
        if self.sitting is None:
            return reverse("test:index", args=[self.topic.slug])
        if self.waiting is None:
            return reverse("test:more", args=[self.topic.slug])
        return reverse("test:question", args=[self.topic.slug, self.waiting.number])

    def go_on(self, sitting: int | None = None) -> HttpResponse:
        """Send the browser to where the learner is now; to the verdict, if that sitting has ended."""
        now = _Visit(self.request, self.topic.slug)
        place = now.place()
        if now.sitting is None and sitting is not None:
            place = reverse("test:result", args=[self.topic.slug, sitting])
        response = HttpResponseRedirect(place)
        response.status_code = HTTPStatus.SEE_OTHER
        return response

    def refuse(self, response: HttpResponse) -> HttpResponse:
        """The page for somebody who came to the address of a form without sending it, as a reload can do."""
        response.status_code = HTTPStatus.METHOD_NOT_ALLOWED
        response["Allow"] = "POST"
        return response

    def show_index(self, status: HTTPStatus = HTTPStatus.OK, message: Message | None = None) -> HttpResponse:
        """The page before the test."""
        key, topic = self.request.visitor.key, self.topic.slug
        enough = self.sitting is not None or services.is_enough(bank_for(key, topic))
        context = self.context(
            url=self.place(),
            answered=sum(one.answered is not None for one in self.asked),
            past=show_past(topic, self.ended),
            again=services.next_begin(self.ended),
            enough=enough,
            message=message,
            **onward(self.request, self.topic, "test", self.pages),
            **limits(),
        )
        return render(self.request, "quizzes/test/index.html", context, status=status)

    def show_question(
        self,
        *,
        message: Message | None = None,
        chosen: dict[str, str] | None = None,
        certainty: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The question that waits."""
        assert self.sitting is not None
        assert self.waiting is not None
        ready = read_or_none(self.waiting.version_id, self.waiting.variant)
        if ready is None:
            return render(self.request, "quizzes/test/withdrawn.html", self.context(number=self.waiting.number))
        page = show_question(self.sitting, self.waiting, ready, chosen or {}, certainty)
        context = self.context(page=page, message=message, slot={"resolved": False})
        return render(self.request, "quizzes/test/question.html", context, status=status)

    def show_refusal(self, text: str) -> HttpResponse:
        """Where the learner is, and why what was sent changed nothing."""
        message = Message(text=text, kind="error")
        if self.waiting is None:
            return self.show_index(HTTPStatus.CONFLICT, message) if self.sitting is None else self.go_on()
        return self.show_question(message=message, status=HTTPStatus.CONFLICT)

    def show_incomplete(self, mine: Asked, form: AnswerForm, certainty: str) -> HttpResponse:
        """The question again, with what was chosen, where that is no whole answer."""
        if self.waiting is None or self.waiting.pk != mine.pk:
            return self.go_on(mine.sitting_id)
        text = _("Nothing was kept: this is no whole answer yet. Complete it, or choose “Not sure”.")
        return self.show_question(
            message=Message(text=text, kind="error"),
            chosen=form.chosen,
            certainty=certainty,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
