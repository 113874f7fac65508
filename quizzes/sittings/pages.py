"""What the pages of a test show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.items.files import TopicSpec
from canarylearn.learning.blanks import code_html
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import render
from canarylearn.learning.pages import AskedView, report_url, show_asked
from canarylearn.learning.ready import Ready
from canarylearn.learning.resolved import ResolvedView, show_resolved
from canarylearn.learning.verdicts import VerdictView, answer_html, show_verdict
from canarylearn.mastery import FIRST, Standing, Verdict, stand
from quizzes.models import Asked, Said, Sitting
from quizzes.sittings.bank import read_or_none
from quizzes.sittings.plot import CourseChart, draw_course, say_sure
from quizzes.sittings.services import as_answered, course_of

VERDICTS = {
    Verdict.STRONG: gettext_lazy("Strong"),
    Verdict.NOT_YET: gettext_lazy("Not yet"),
    Verdict.UNDECIDED: gettext_lazy("Undecided"),
}
STANDINGS = {
    Standing.STRONG: gettext_lazy("strong"),
    Standing.BUILDING: gettext_lazy("building"),
    Standing.UNKNOWN: gettext_lazy("unknown"),
}


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    """A question that waits for an answer. `total` is how many there will be at most, as far as is settled."""

    number: int
    total: int
    title: str
    level: str
    kind: str
    prompt_html: SafeString
    asked: AskedView
    key: str
    version: int
    certainties: list[tuple[str, str, bool]]
    answer_url: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A question of an ended sitting in one line. `mark` is passed, missed, unsure or unread."""

    number: int
    title: str
    concept: str
    level: str
    answer_html: SafeString
    certainty: str
    mark: str
    sure: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ConceptRow:
    """What a sitting says of a concept."""

    title: str
    standing: str
    word: str
    asked: int
    reached: int


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    """The end of a sitting."""

    verdict: str
    word: str
    sentence: str
    answered: int
    chart: CourseChart | None
    start: str
    rows: list[Row]
    concepts: list[ConceptRow]


@dataclass(frozen=True, kw_only=True)
class ExplainedPage:
    """One question of an ended sitting in full: what was asked, the answer's run, every option, the solution."""

    number: int
    title: str
    level: str
    prompt_html: SafeString
    code_html: SafeString
    certainty: str
    state: str
    verdict: VerdictView | None
    resolved: ResolvedView
    report_url: str
    previous_url: str
    next_url: str


@dataclass(frozen=True, kw_only=True)
class Past:
    """An ended sitting in the list of them."""

    url: str
    word: str
    verdict: str
    sure: str
    ended: datetime


def show_question(
    sitting: Sitting, one: Asked, ready: Ready, chosen: Mapping[str, str], certainty: str
) -> QuestionPage:
    """A question, with what was chosen already."""
    drawn = len(sitting.plan)
    return QuestionPage(
        number=one.number,
        total=drawn if one.number > FIRST else min(FIRST, drawn),
        title=ready.item.title,
        level=ready.item.level,
        kind=ready.item.kind,
        prompt_html=render(ready.item.prompt),
        asked=show_asked(ready, dict(chosen)),
        key=one.key,
        version=ready.number,
        certainties=[(said.value, str(said.label), said.value == certainty) for said in Said],
        answer_url=reverse("test:attempt", args=[sitting.topic.slug, one.number]),
    )


def show_result(sitting: Sitting, asked: Sequence[Asked], spec: TopicSpec) -> ResultPage:
    """The verdict, its course, the concepts, and a line for each question. Everything is as it was judged then."""
    answers = [(one, bool(one.passed)) for one in asked if one.passed is not None]
    course = course_of(answers)
    return ResultPage(
        verdict=sitting.verdict,
        word=str(VERDICTS[Verdict(sitting.verdict)]),
        sentence=_say_verdict(sitting, len(answers)),
        answered=len(answers),
        chart=draw_course(course, [passed for _one, passed in answers]) if answers else None,
        start=say_sure(course[0]),
        rows=[_row(sitting, one, spec, sure) for (one, _passed), sure in zip(answers, course[1:], strict=True)],
        concepts=_concepts(answers, spec),
    )


def _say_verdict(sitting: Sitting, answered: int) -> str:
    if sitting.sure is None:
        return _("Nothing was answered, so nothing was measured.")
    if sitting.verdict == Verdict.STRONG:
        said = _("%(sure)s sure that you are strong at this topic.")
        return said % {"sure": say_sure(sitting.sure)}
    if sitting.verdict == Verdict.NOT_YET:
        said = _("%(sure)s sure that there is something left for you to learn here.")
        return said % {"sure": say_sure(1 - sitting.sure)}
    if answered < FIRST:
        return _(
            "Too few answers to say anything yet. What you answered counts; what you did not is held against nobody."
        )
    said = _("Your answers allow both: %(sure)s for strong, %(other)s against.")
    return said % {"sure": say_sure(sitting.sure), "other": say_sure(1 - sitting.sure)}


def _row(sitting: Sitting, one: Asked, spec: TopicSpec, sure: float) -> Row:
    ready = read_or_none(one.version_id, one.variant)
    mark = "unsure" if one.not_sure else "passed" if one.passed else "missed"
    shown = SafeString("")
    if ready is not None and one.answer is not None:
        shown = answer_html(ready.item, one.answer)
    return Row(
        number=one.number,
        title=one.version.title if ready is None else ready.item.title,
        concept=_concept_title(spec, one.concept),
        level=one.level,
        answer_html=shown,
        certainty=str(Said(one.certainty).label) if one.certainty else "",
        mark=mark,
        sure=say_sure(sure),
        url=reverse("test:explained", args=[sitting.topic.slug, sitting.pk, one.number]) if ready else "",
    )


def _concepts(answers: Sequence[tuple[Asked, bool]], spec: TopicSpec) -> list[ConceptRow]:
    rows = []
    for slug in dict.fromkeys([*spec.concepts, *(one.concept for one, _passed in answers)]):
        own = [as_answered(one, passed=passed) for one, passed in answers if one.concept == slug]
        others = [as_answered(one, passed=passed) for one, passed in answers if one.concept != slug]
        standing = stand(own, others)
        rows.append(
            ConceptRow(
                title=_concept_title(spec, slug),
                standing=standing.value,
                word=str(STANDINGS[standing]),
                asked=len(own),
                reached=sum(one.passed for one in own),
            )
        )
    return rows


def _concept_title(spec: TopicSpec, slug: str) -> str:
    return spec.concepts[slug].title if slug in spec.concepts else slug


def show_explained(sitting: Sitting, asked: Sequence[Asked], one: Asked, ready: Ready) -> ExplainedPage:
    """A question of an ended sitting, with everything that could be known only after it."""
    answer = one.answer
    chosen = {} if answer is None else {blank: option_id(position) for blank, position in answer.items()}
    numbers = [other.number for other in asked if other.passed is not None]
    place = numbers.index(one.number)
    url = {number: reverse("test:explained", args=[sitting.topic.slug, sitting.pk, number]) for number in numbers}
    return ExplainedPage(
        number=one.number,
        title=ready.item.title,
        level=ready.item.level,
        prompt_html=render(ready.item.prompt),
        code_html=code_html(ready, chosen, resolved=True),
        certainty=str(Said(one.certainty).label) if one.certainty else "",
        state="passed" if one.passed else "failed",
        verdict=None if answer is None else show_verdict(ready, answer),
        resolved=show_resolved(ready, [] if answer is None else [answer]),
        report_url=report_url("test", ready),
        previous_url=url[numbers[place - 1]] if place else "",
        next_url=url[numbers[place + 1]] if place + 1 < len(numbers) else "",
    )


def show_past(topic: str, ended: Sequence[Sitting]) -> list[Past]:
    """The ended sittings, the last one first."""
    return [
        Past(
            url=reverse("test:result", args=[topic, one.pk]),
            word=str(VERDICTS[Verdict(one.verdict)]),
            verdict=one.verdict,
            sure=say_for(one),
            ended=one.ended,
        )
        for one in ended
        if one.ended is not None
    ]


def say_for(sitting: Sitting) -> str:
    """How sure a verdict is; nothing where it decides nothing."""
    if sitting.sure is None or sitting.verdict == Verdict.UNDECIDED:
        return ""
    sure = sitting.sure if sitting.verdict == Verdict.STRONG else 1 - sitting.sure
    return _("%(sure)s sure") % {"sure": say_sure(sure)}
