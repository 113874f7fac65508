"""The finished tests of a class: the verdict of each, and its questions, as their learner saw them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from canarylearn.classes.access import member_or_404, teachers_only
from canarylearn.classes.models import Classroom, Membership
from canarylearn.classes.selectors import sittings_seen
from canarylearn.classes.showing import around
from canarylearn.learning.history import LARGEST_NUMBER
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.selectors import topic_spec
from canarylearn.mastery import Verdict
from quizzes.models import Sitting
from quizzes.sittings.bank import read_or_none
from quizzes.sittings.pages import VERDICTS, Address, limits, say_for, show_explained, show_result


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A finished test in a line: `word` says the verdict, and `sure` how sure it is."""

    topic: str
    word: str
    sure: str
    ended: datetime | None
    url: str


def tests_of(classroom: Classroom, members: Iterable[Membership]) -> dict[int, list[Taken]]:
    """The finished tests of each member, by the member's number, the newest first; one query."""
    known = {member.learner_id: member for member in members}
    found: dict[int, list[Taken]] = {member.pk: [] for member in known.values()}
    for one in sittings_seen(known.values(), classroom):
        member = known.get(one.learner_id) or known[one.learner.merged_into_id or 0]
        found[member.pk].append(
            Taken(
                topic=one.topic.title,
                word=str(VERDICTS[Verdict(one.verdict)]),
                sure=say_for(one),
                ended=one.ended,
                url=reverse("teach:test", args=[classroom.pk, member.pk, one.pk]),
            )
        )
    return found


def _sitting(classroom: Classroom, member: Membership, number: int) -> Sitting:
    """A finished test of this very member, in a topic of the class. Raises Http404."""
    if number > LARGEST_NUMBER:
        raise Http404("There is no such test.")
    return get_object_or_404(sittings_seen([member], classroom), pk=number)


def _address(classroom: Classroom, member: Membership, sitting: Sitting) -> Address:
    return lambda number: reverse("teach:test-question", args=[classroom.pk, member.pk, sitting.pk, number])


@teachers_only
@require_safe
def test(request: LearnerRequest, classroom: Classroom, member: int, sitting: int) -> HttpResponse:
    """A finished test of a member: the verdict, how it came about, and a line for each question."""
    found = member_or_404(classroom, member)
    mine = _sitting(classroom, found, sitting)
    asked = list(mine.asked.select_related("version").defer("version__spec", "version__scenarios").order_by("number"))
    context = {
        **around(classroom),
        "member": found,
        "sitting": mine,
        "result": show_result(mine, asked, topic_spec(mine.topic.spec), _address(classroom, found, mine)),
        **limits(),
    }
    return render(request, "classes/test.html", context)


@teachers_only
@require_safe
def explained(request: LearnerRequest, classroom: Classroom, member: int, sitting: int, question: int) -> HttpResponse:
    """One question of a finished test of a member: their answer's run, and what each answer would have done."""
    found = member_or_404(classroom, member)
    mine = _sitting(classroom, found, sitting)
    asked = list(mine.asked.order_by("number"))
    one = next((one for one in asked if one.number == question and one.passed is not None), None)
    ready = read_or_none(one.version_id, one.variant) if one else None
    if one is None or ready is None:
        raise Http404("There is no such question.")
    shown = show_explained(asked, one, ready, _address(classroom, found, mine))
    context = {**around(classroom), "member": found, "sitting": mine, "shown": shown}
    return render(request, "classes/test_question.html", context)
