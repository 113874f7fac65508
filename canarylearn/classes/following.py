"""The pages on which a teacher follows a class: where everybody stands, and what one member did."""

from collections import Counter
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes import services
from canarylearn.classes.access import form_only, member_or_404, person, teachers_only
from canarylearn.classes.exporting import as_csv
from canarylearn.classes.forms import TimeForm
from canarylearn.classes.models import Classroom
from canarylearn.classes.overview import FEWEST, concepts_of, overview, progress_with, stuck_at
from canarylearn.classes.parts import Doings
from canarylearn.classes.selectors import attempt_seen, attempts_seen, members_of
from canarylearn.classes.showing import UNSAVED, around, form_page, see_other
from canarylearn.classes.tests_taken import tests_of
from canarylearn.learning.history import LARGEST_NUMBER, a_page_of, show_replay
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Attempt
from canarylearn.learning.progress import known_of


@teachers_only
@require_safe
def progress(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """The class concept by concept, who is stuck where, and the last test of everybody."""
    members = list(members_of(classroom))
    seen, tests = overview(members, list(classroom.topics.all())), tests_of(classroom, members)
    rows = [(row, tests[row.member.pk]) for row in seen.rows]
    words = Counter(taken[0].word for _row, taken in rows if taken)
    context = {
        **around(classroom),
        "overview": seen,
        "rows": rows,
        "verdicts": words.most_common() if words.total() >= FEWEST else [],
        "tested": words.total(),
        "fewest": FEWEST,
    }
    return render(request, "classes/progress.html", context)


@teachers_only
@form_only
def export(request: LearnerRequest, classroom: Classroom) -> HttpResponse:
    """The class as a table, in a file. That it was taken is kept."""
    members = list(members_of(classroom))
    services.audit(person(request), "class exported", f"class {classroom.pk}", members=len(members))
    response = HttpResponse(as_csv(classroom, members, timezone.now()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="class-{classroom.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@teachers_only
@form_page
def member(request: LearnerRequest, classroom: Classroom, member: int) -> HttpResponse:
    """One member: where they stand, where they are stuck, what they did, and how much more time they have."""
    found = member_or_404(classroom, member)
    form = TimeForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.give_time(found, person(request), **form.cleaned_data)
        messages.success(request, _("Kept."))
        return see_other(found.get_absolute_url())
    topics = list(classroom.topics.all())
    concepts = concepts_of(known_of(found.learner.key).evidence, topics)
    doings = Doings([found.learner_id], [topic.slug for topic in topics])
    page, entries = a_page_of(attempts_seen(found), request.GET.get("page"), _address(classroom, found.pk))
    now = timezone.now()
    context = {
        **around(classroom),
        "member": found,
        "form": form,
        "concepts": concepts,
        "stuck": stuck_at(found, concepts, doings.works[found.learner_id].values()),
        "progress": [
            progress_with(assignment, found, classroom, doings, now) for assignment in classroom.assignments.all()
        ],
        "tests": tests_of(classroom, [found])[found.pk],
        "page": page,
        "entries": entries,
    }
    return render(request, "classes/member.html", context, status=UNSAVED if form.errors else 200)


def _address(classroom: Classroom, member: int) -> Callable[[Attempt], str]:
    return lambda attempt: reverse("teach:replay", args=[classroom.pk, member, attempt.pk])


@teachers_only
@form_only
def remove_member(request: LearnerRequest, classroom: Classroom, member: int) -> HttpResponse:
    """One member less. They keep all that they learnt."""
    found = member_or_404(classroom, member)
    services.remove_member(found, person(request))
    messages.success(request, _("%(name)s is not in this class any more.") % {"name": found.name})
    return see_other(classroom.get_absolute_url())


@teachers_only
@require_safe
def replay(request: LearnerRequest, classroom: Classroom, member: int, attempt: int) -> HttpResponse:
    """An attempt of a member, as they saw it."""
    found = member_or_404(classroom, member)
    seen = attempt_seen(found, attempt) if attempt <= LARGEST_NUMBER else None
    if seen is None:
        raise Http404("There is no such attempt.")
    beside = {**around(classroom), "member": found}
    return show_replay(request, "classes/replay.html", seen, _address(classroom, found.pk)(seen), beside)
