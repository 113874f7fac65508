"""Why do they pick B? B's run beside one that passes; and what is believed, in every item in which it shows up."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes.access import instructors_only
from canarylearn.classes.showing import ROOM
from canarylearn.engine import MEASURES
from canarylearn.items.explaining import goal_detail, headline, say_answer
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.option_charts import draw_options
from canarylearn.learning.ready import Ready
from canarylearn.learning.resolved import passing_answers
from canarylearn.learning.verdicts import VerdictView, answer_html, show_verdict
from canarylearn.reports.beliefs import fingerprint
from canarylearn.reports.gathering import gather
from canarylearn.reports.misconceptions import Shown
from canarylearn.reports.misconceptions import misconceptions as classes_of
from canarylearn.reports.selectors import seed_of
from canarylearn.reports.subject import Subject, answer_in, cells, letters, topic_of
from canarylearn.reports.words import FEWEST, say_pick, too_few


@instructors_only
@require_safe
def why(request: LearnerRequest, slug: str, picked: str) -> HttpResponse:
    """Why do they pick it? Who picks an answer, what its run does beside one that works, and a note to begin with."""
    subject = Subject(request, slug)
    mine = subject.ready()
    if mine is None:
        raise Http404("This version is no longer read.")
    answer = answer_in(picked, mine)
    judgement = mine.judge(answer)
    pull = subject.found.answers.get(tuple(sorted(answer.items())))
    shown = pull if pull and subject.found.is_enough else None
    works = passing_answers(mine)
    nearest = min(works, key=lambda one: sum(one[blank] != answer[blank] for blank in one), default=None)
    beside = nearest if nearest and nearest != answer else None
    mark = None if judgement.passed else fingerprint(judgement, mine.scenarios)
    beliefs = [one for one in classes_of(subject.item.topic, subject.table) if one.fingerprint == mark]
    context = {
        "room": ROOM,
        "subject": subject,
        "topic": subject.item.topic,
        "title": subject.version.title,
        "words": say_pick(mine.item, answer),
        "answer_html": answer_html(mine.item, answer),
        "cells": cells(shown) if shown else [],
        "few": too_few(subject.found.count),
        "works": judgement.passed,
        "verdict": show_verdict(mine, answer, prefix="picked"),
        "beside": _beside(show_verdict(mine, beside, prefix="beside")) if beside else None,
        "chart": draw_options(mine, [answer, beside], []) if beside else None,
        "seed": seed_of(mine.variant),
        "belief": beliefs[0] if beliefs else None,
        "others": [one for one in (beliefs[0].shown if beliefs else ()) if one.item != slug],
        "draft": "" if judgement.passed else _draft(mine, answer),
    }
    return render(request, "reports/why.html", context)


def _beside(verdict: VerdictView) -> dict[str, object]:
    """A second verdict on a page: its regions say which one they belong to, so that no two are called the same."""
    named = format_html('aria-label="{}: ', _("What passes"))
    return {"headline": verdict.headline, "body_html": SafeString(verdict.body_html.replace('aria-label="', named))}


def _draft(mine: Ready, answer: Mapping[str, int]) -> str:
    """A note on the answer to begin with: what its run did, with a number bound where a goal has one."""
    judgement, scenarios = mine.judge(answer), dict(mine.scenarios)
    said = f"{headline(judgement, scenarios)}."
    failed = judgement.first_failed
    if judgement.refusal is not None:
        said = f"{said} {judgement.refusal.message}"
    elif failed and failed.goal.measure and not failed.goal.run:
        label = MEASURES[failed.goal.measure].label
        said = f"{said} {label[:1].upper()}{label[1:]}: {{{{{failed.scenario}: {failed.goal.measure}}}}}."
    elif failed:
        said = f"{said} {goal_detail(failed, judgement, scenarios)}"
    return f"{say_answer(mine.item, answer)}: {said}"


def _why_url(shown: Shown) -> str:
    """Where to see why an answer is picked; pages of that are about the numbers as written."""
    if shown.variant:
        return reverse("insight:item", args=[shown.item])
    return reverse("insight:why", args=[shown.item, letters(shown.answer)]) + f"?version={shown.version}"


@instructors_only
@require_safe
def misconceptions(request: LearnerRequest) -> HttpResponse:
    """What learners believe that the runs do not bear out, and every item in which it shows up."""
    topic, topics = topic_of(request)
    found = classes_of(topic, gather(topic))
    rows = [(one, [(shown, letters(shown.answer), _why_url(shown)) for shown in one.shown]) for one in found]
    context = {"room": ROOM, "topic": topic, "topics": topics, "rows": rows, "fewest": FEWEST}
    return render(request, "reports/misconceptions.html", context)
