"""The pages of quizzes: a list, a question, an answer to it, a hint."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from canarylearn.learning import answering
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.rooms import Room

ROOM = Room(name="quizzes", kind="question")


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All questions, with the learner's state at each."""
    return answering.show_index(request, ROOM)


@require_safe
def question(request: LearnerRequest, slug: str) -> HttpResponse:
    """One question."""
    return answering.show_item(request, ROOM, slug)


def attempt(request: LearnerRequest, slug: str) -> HttpResponse:
    """An answer, judged by deploying it."""
    return answering.take_answer(request, ROOM, slug)


def hint(request: LearnerRequest, slug: str, level: int) -> HttpResponse:
    """A hint, opened."""
    return answering.take_hint(request, ROOM, slug, level)
