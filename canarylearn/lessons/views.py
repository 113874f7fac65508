"""The pages of a topic: reading one, answering a question on it, and saying that it was read."""

from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from canarylearn.items.spec import CHOICE
from canarylearn.learning.forms import option_id
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.modes import onward, test_url
from canarylearn.learning.reading import Marked, keep_mark, marks, pages_of, ready_page
from canarylearn.lessons.pages import show_calculator, show_parts, show_question

_NOTHING = _("Nothing was chosen, so nothing was run.")
_CHANGED = _("This question was changed in the meantime, so nothing was run: please look at it again.")


@require_safe
def page(request: LearnerRequest, topic: str, mode: str) -> HttpResponse:
    """A page, as the learner left it; for htmx the calculator alone."""
    visit = _Visit(request, topic, mode)
    calculator = visit.ready.page.calculator
    if request.htmx and not request.htmx.history_restore_request and calculator is not None:
        part = show_calculator(calculator, request.GET.dict())
        return render(request, "lessons/_calculator.html", {"part": part})
    return visit.show()


def answer(request: LearnerRequest, topic: str, mode: str, question: str) -> HttpResponse:
    """An answer to a question of a page, run and shown where it stands. It is no try, and can be changed at will."""
    visit = _Visit(request, topic, mode)
    asked = visit.ready.questions.get(question)
    if asked is None:
        raise Http404("There is no such question.")
    if request.method != "POST":
        return visit.refuse()
    ids = [option_id(number) for number in range(len(asked.item.options_for(CHOICE)))]
    given = request.POST.get("choice", "")
    if request.POST.get("version", str(asked.number)) != str(asked.number):
        return visit.show_unanswered(question, str(_CHANGED), HTTPStatus.CONFLICT)
    if given not in ids:
        return visit.show_unanswered(question, str(_NOTHING), HTTPStatus.UNPROCESSABLE_ENTITY)
    option = ids.index(given)
    passed = asked.judge({CHOICE: option}).passed
    keep_mark(learner_key=request.visitor.key, row=visit.row, question=question, option=option, passed=passed)
    return visit.show_answer(question, option)


def read(request: LearnerRequest, topic: str, mode: str) -> HttpResponse:
    """The page was read: kept, and back to its end."""
    visit = _Visit(request, topic, mode)
    if request.method != "POST":
        return visit.refuse()
    keep_mark(learner_key=request.visitor.key, row=visit.row)
    response = HttpResponseRedirect(f"{visit.row.get_absolute_url()}#end")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


class _Visit:
    """One request about one page. Raises Http404 for a page that is not there."""

    def __init__(self, request: LearnerRequest, topic: str, mode: str) -> None:
        self.rows = pages_of(topic)
        mine = next((row for row in self.rows if row.mode == mode), None)
        if mine is None:
            raise Http404("There is no such page.")
        self.request, self.row, self.place = request, mine, (topic, mode)
        self.ready = ready_page(mine)

    def refuse(self) -> HttpResponse:
        """The page for somebody who came to the address of a form without sending it, as a reload can do."""
        response = self.show(status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response

    def show_answer(self, question: str, option: int) -> HttpResponse:
        """What came of an answer: the question for htmx, the whole page for everybody else."""
        return self._show_question(question, option, "", HTTPStatus.OK)

    def show_unanswered(self, question: str, message: str, status: HTTPStatus) -> HttpResponse:
        """That what was sent is no answer, and what was answered before."""
        return self._show_question(question, self._marked().option(question), message, status)

    def _show_question(self, question: str, option: int | None, message: str, status: HTTPStatus) -> HttpResponse:
        if not self.request.htmx:
            return self.show(answered=question, message=message, status=status)
        part = show_question(self.ready, question, option, self.place, message=message, fresh=True)
        return render(self.request, part.template, {"part": part}, status=status)

    def show(self, *, answered: str = "", message: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        """The whole page. The question `answered` says what came of it, or the message."""
        marked = self._marked()
        given = self.request.GET.dict()
        context = {
            "topic": self.row.topic,
            "test_url": test_url(self.row.topic),
            "facts": self.ready.page.facts,
            "parts": show_parts(self.ready, marked, self.place, given, fresh=answered, message=message),
            "marked": marked,
            "questions": len(self.ready.questions),
            **onward(self.request, self.row.topic, self.row.mode, self.rows),
            "read_url": f"{self.row.get_absolute_url()}read/",
        }
        return render(self.request, "lessons/page.html", context, status=status)

    def _marked(self) -> Marked:
        return marks(self.request.visitor.key, self.row)
