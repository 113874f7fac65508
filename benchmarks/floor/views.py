"""The pages of the floor: a way in, a list, a question and an answer to it."""

from uuid import uuid4

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from benchmarks.floor.models import Question, Try


@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Sign somebody new in."""
    user = User.objects.create(username=uuid4().hex)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("welcome")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All questions."""
    return render(request, "floor/index.html", {"questions": Question.objects.order_by("pk")})


@require_safe
@login_required
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question."""
    return _show(request, get_object_or_404(Question, pk=number), None)


@require_POST
@login_required
def attempt(request: HttpRequest, number: int) -> HttpResponse:
    """An answer, compared with the stored one and kept while tries are left."""
    asked = get_object_or_404(Question, pk=number)
    chosen = int(request.POST["choice"])
    with transaction.atomic():
        used = Try.objects.filter(user_id=request.user.pk, question=asked).count()
        if used < asked.tries:
            kept = Try.objects.create(
                user_id=request.user.pk,
                question=asked,
                number=used + 1,
                chosen=chosen,
                passed=chosen == asked.right,
            )
            return _show(request, asked, kept)
    return HttpResponse("no tries left", status=409)


def _show(request: HttpRequest, asked: Question, kept: Try | None) -> HttpResponse:
    left = asked.tries - kept.number if kept else asked.tries
    return render(request, "floor/question.html", {"question": asked, "kept": kept, "left": left})
