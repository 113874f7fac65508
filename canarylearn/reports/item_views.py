"""The pages of figures: all items of a topic, one of them, why an answer is picked, and what is believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes.access import form_only, instructors_only, person
from canarylearn.classes.services import audit
from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import MEASURES
from canarylearn.insight import LEAST, Analysis, Pull, analyse
from canarylearn.items.explaining import goal_detail, headline, say_answer
from canarylearn.learning.forms import option_id
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Item, Topic, Version
from canarylearn.learning.option_charts import draw_options
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.resolved import passing_answers
from canarylearn.learning.verdicts import VerdictView, answer_html, show_verdict
from canarylearn.reports.gathering import gather, options_of, read_or_none
from canarylearn.reports.inbox import ROOM
from canarylearn.reports.misconceptions import Misconception, Shown, fingerprint
from canarylearn.reports.misconceptions import misconceptions as classes_of
from canarylearn.reports.selectors import number_in, seed_of
from canarylearn.reports.tables import COLUMNS, as_csv, ordered, overview
from canarylearn.reports.words import (
    FEWEST,
    bounds,
    count,
    minutes,
    part,
    percent,
    pulled,
    say_flag,
    say_option,
    say_pick,
    too_few,
)

MOST_ANSWERS = 12
LEAST_IN_VARIANT = 10


def _topic(request: LearnerRequest) -> tuple[Topic, list[Topic]]:
    """The topic that the address names, or the first. Raises Http404."""
    found = list(Topic.objects.all())
    asked = request.GET.get("topic", found[0].slug if found else "")
    mine = next((topic for topic in found if topic.slug == asked), None)
    if mine is None:
        raise Http404("There is no such topic.")
    return mine, found


@instructors_only
@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All items of a topic with their figures and flags, in any order."""
    return _show_index(request)


def _show_index(request: LearnerRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    topic, topics = _topic(request)
    seen = overview(topic)
    sort = request.GET.get("sort", "")
    heads = [_head(column.name, str(column.title), sort) for column in COLUMNS]
    context = {
        "room": ROOM,
        "topic": topic,
        "topics": topics,
        "rows": ordered(seen.rows, sort),
        "heads": heads,
        "flag_head": _head("flags", _("Look at"), sort),
        "sets": [
            {
                "title": one.title,
                "items": one.items,
                "value": f"{one.reliability.value:.2f}" if one.reliability else "",
                "bounds": bounds(one.reliability),
                "few": too_few(one.learners),
                "learners": one.learners,
            }
            for one in seen.sets
        ],
        "least": LEAST,
        "fewest": FEWEST,
        "export_url": f"{reverse('insight:export')}?topic={topic.slug}",
    }
    return render(request, "reports/items.html", context, status=status)


def _head(name: str, title: str, sort: str) -> dict[str, object]:
    """A column's title, and the order that pressing it asks for: the largest first, then the smallest."""
    current = sort.removeprefix("-") == name
    down = current and sort.startswith("-")
    order = "descending" if down else "ascending" if current else ""
    return {"title": title, "sort": name if down else f"-{name}", "order": order}


@instructors_only
@form_only
def export(request: LearnerRequest) -> HttpResponse:
    """The table as a file. That it was taken is kept."""
    topic, _all = _topic(request)
    seen = overview(topic)
    audit(person(request), "statistics exported", f"topic {topic.slug}", items=len(seen.rows))
    response = HttpResponse(as_csv(seen), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{topic.slug}-items.csv"'
    response["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True, kw_only=True)
class _PickRow:
    """An answer that was given, and who gave it. `url` leads to why."""

    words: str
    answer_html: SafeString
    cells: list[tuple[str, str]]
    works: bool
    url: str
    belief: str


class _Subject:
    """An item in one of its versions, and everything that first tries say of it. Raises Http404."""

    def __init__(self, request: LearnerRequest, slug: str) -> None:
        self.item = get_object_or_404(Item.objects.select_related("topic"), slug=slug)
        self.versions = list(self.item.versions.defer("scenarios").order_by("-number"))
        current = next((one for one in self.versions if one.pk == self.item.current_id), None)
        wanted = number_in(request.GET.get("version", ""), current.number if current else 0)
        found = next((one for one in self.versions if one.number == wanted), None)
        if found is None:
            raise Http404("There is no such version.")
        self.version: Version = found
        self.spec = read_or_none(found.spec)
        self.table = gather(self.item.topic)
        self.found: Analysis = self.analysed(found)

    def analysed(self, version: Version) -> Analysis:
        """What first tries say of a version."""
        return analyse(
            self.table,
            self.item.slug,
            floor=version.proof["guess_floor"],
            options=options_of(read_or_none(version.spec)),
            version=version.pk,
            order=self.item.kind == "order",
        )

    def ready(self) -> Ready | None:
        """The version with the numbers that most learners met; None where it is no longer read."""
        try:
            return ready(self.version.pk, self.found.variant)
        except (Unreadable, LookupError):
            return None

    def url(self, name: str = "item", *more: str) -> str:
        """An address of this item in this version."""
        at = "" if self.version.pk == self.item.current_id else f"?version={self.version.number}"
        return reverse(f"insight:{name}", args=[self.item.slug, *more]) + at


@instructors_only
@require_safe
def item(request: LearnerRequest, slug: str) -> HttpResponse:
    """One item: its figures, who picks what, its misconceptions, and its versions and variants."""
    subject = _Subject(request, slug)
    found, mine = subject.found, subject.ready()
    beliefs = classes_of(subject.item.topic, subject.table)
    context = {
        "room": ROOM,
        "subject": subject,
        "title": subject.version.title,
        "topic": subject.item.topic,
        "prompt": subject.spec.prompt if subject.spec else "",
        "enough": found.is_enough,
        "few": too_few(found.count),
        "figures": _figures(found),
        "flags": [say_flag(flag, subject.spec) for flag in found.flags],
        "picks": _picks(subject, mine, beliefs) if found.is_enough else [],
        "options": _options(subject) if found.is_enough else [],
        "beliefs": _beliefs_of(slug, beliefs),
        "by_version": [_version_row(subject, one) for one in subject.versions],
        "by_variant": _variant_rows(found),
        "least": LEAST,
        "fewest": FEWEST,
        "variant": found.variant,
    }
    return render(request, "reports/item.html", context)


def _figures(found: Analysis) -> list[tuple[str, str, str]]:
    """Each figure's name, its value and what it means."""
    if not found.is_enough:
        return []
    easy, told = found.facility, found.discrimination
    assert easy is not None
    rows = [
        (
            _("First try"),
            f"{percent(easy.value)} ({percent(easy.low)} … {percent(easy.high)})",
            _("Mean score of first, unaided tries, with its 95 % interval."),
        ),
        (_("Guess floor"), percent(found.floor), _("Of all answers so many pass: exact, from the proof.")),
        (
            _("Knew it"),
            percent(found.corrected or 0.0),
            _("First tries, less what blind guesses would pass. Below 0: worse than guessing."),
        ),
        (
            _("Discrimination"),
            f"{told.value:.2f} ({bounds(told)})" if told else "–",
            _("Correlation with how the same learners do on the other items, with its 95 % interval."),
        ),
        (
            _("Efficiency"),
            "–" if found.efficiency is None else percent(found.efficiency / 100),
            _("Of the most that an item this easy could tell learners apart."),
        ),
        (
            _("Hints"),
            part(round((found.hint_rate or 0.0) * found.met), found.met),
            _("Of the learners who tried it, with a hint open at some try."),
        ),
        (
            _("Gave up"),
            part(round((found.give_up_rate or 0.0) * found.met), found.met),
            _("Left it unsolved with tries to spare, or said “not sure”."),
        ),
        (
            _("Median time"),
            "–" if found.seconds is None else minutes(found.seconds),
            _("To the first answer; measured in the test and the challenge alone."),
        ),
    ]
    if found.spread is not None:
        told_spread = _("p = %(p)s") % {"p": f"{found.spread.probability:.3f}"}
        rows.append((_("Variants alike"), told_spread, _("Chi-square test that all variants are equally hard.")))
    return rows


def _columns() -> list[str]:
    return [_("All"), _("Top third"), _("Middle"), _("Bottom third")]


def _cells(pull: Pull) -> list[tuple[str, str]]:
    return list(zip(_columns(), pulled(pull), strict=True))


def _picks(subject: _Subject, mine: Ready | None, beliefs: Sequence[Misconception]) -> list[_PickRow]:
    """The answers that were given most, each with why."""
    rows = []
    named = _named(subject, beliefs)
    for answer, pull in list(subject.found.answers.items())[:MOST_ANSWERS]:
        if pull.count < FEWEST:
            break
        given = dict(answer)
        in_order = {blank: given[blank] for blank in mine.item.blanks} if mine else given
        rows.append(
            _PickRow(
                words=say_pick(subject.spec, in_order),
                answer_html=answer_html(mine.item, given) if mine else SafeString(""),
                cells=_cells(pull),
                works=answer in subject.found.passing,
                url=subject.url("why", letters(in_order)) if mine else "",
                belief=named.get(answer, ""),
            )
        )
    return rows


def _named(subject: _Subject, beliefs: Sequence[Misconception]) -> dict[tuple[tuple[str, int], ...], str]:
    """The misconception behind each wrong answer to the version that is looked at."""
    return {
        tuple(sorted(one.answer.items())): belief.words
        for belief in beliefs
        for one in belief.shown
        if (one.item, one.version, one.variant) == (subject.item.slug, subject.version.number, subject.found.variant)
    }


def _options(subject: _Subject) -> list[dict[str, object]]:
    """The pull of each option of each blank, for items with several; of one blank the answers are the options."""
    spec = subject.spec
    if spec is None or len(spec.blanks) < 2 or spec.kind == "order":
        return []
    nothing = next(iter(subject.found.answers.values()), None)
    empty = Pull(count=0, by_third=(0, 0, 0), total=nothing.total, totals=nothing.totals) if nothing else None
    rows: list[dict[str, object]] = []
    for blank in spec.blanks:
        for option in range(len(spec.options_for(blank))):
            pull = subject.found.options.get((blank, option), empty)
            if pull is not None:
                rows.append({"words": say_option(spec, blank, option), "cells": _cells(pull)})
    return rows


def _beliefs_of(slug: str, beliefs: Sequence[Misconception]) -> list[dict[str, object]]:
    """The misconceptions that show up in an item, each with the other items in which it does."""
    return [
        {
            "words": one.words,
            "learners": one.learners,
            "others": list({shown.item: shown for shown in one.shown if shown.item != slug}.values()),
        }
        for one in beliefs
        if any(shown.item == slug for shown in one.shown)
    ]


def _version_row(subject: _Subject, version: Version) -> dict[str, object]:
    found = subject.found if version.pk == subject.version.pk else subject.analysed(version)
    told = found.discrimination
    return {
        "number": version.number,
        "published": version.published,
        "is_shown": version.pk == subject.version.pk,
        "learners": count(found.count),
        "facility": percent(found.facility.value) if found.facility else too_few(found.count),
        "discrimination": f"{told.value:.2f} ({bounds(told)})" if told else "–",
    }


def _variant_rows(found: Analysis) -> list[dict[str, object]]:
    """First tries with each variant's numbers, and the seed of the run that is shown with them."""
    return [
        {
            "number": variant,
            "seed": seed_of(variant),
            "learners": count(tried),
            "facility": percent(mean) if tried >= LEAST_IN_VARIANT else too_few(tried),
        }
        for variant, (tried, mean) in found.by_variant.items()
    ]


def letters(answer: Mapping[str, int]) -> str:
    """An answer as it stands in an address: the letters of its options, in the order of the blanks."""
    return "-".join(option_id(option) for option in answer.values())


def _read(picked: str, mine: Ready) -> dict[str, int]:
    """The answer that an address names. Raises Http404 for one that is none."""
    given = picked.split("-")
    if len(given) != len(mine.item.blanks) or any(len(one) != 1 for one in given):
        raise Http404("There is no such answer.")
    answer = {blank: ord(one) - ord("A") for blank, one in zip(mine.item.blanks, given, strict=True)}
    if any(not 0 <= option < len(mine.item.options_for(blank)) for blank, option in answer.items()):
        raise Http404("There is no such answer.")
    if mine.item.kind == "order" and len(set(answer.values())) != len(answer):
        raise Http404("There is no such answer.")
    return answer


@instructors_only
@require_safe
def why(request: LearnerRequest, slug: str, picked: str) -> HttpResponse:
    """Why do they pick it? Who picks an answer, what its run does beside one that works, and a note to begin with."""
    subject = _Subject(request, slug)
    mine = subject.ready()
    if mine is None:
        raise Http404("This version is no longer read.")
    answer = _read(picked, mine)
    judgement = mine.judge(answer)
    pull = subject.found.answers.get(tuple(sorted(answer.items())))
    shown = pull if pull and subject.found.is_enough else None
    works = passing_answers(mine)
    nearest = min(works, key=lambda one: sum(one[blank] != answer[blank] for blank in one), default=None)
    beside = nearest if nearest and nearest != answer else None
    mark = None if judgement.passed else fingerprint(judgement)
    beliefs = [one for one in classes_of(subject.item.topic, subject.table) if one.fingerprint == mark]
    context = {
        "room": ROOM,
        "subject": subject,
        "topic": subject.item.topic,
        "title": subject.version.title,
        "words": say_pick(mine.item, answer),
        "answer_html": answer_html(mine.item, answer),
        "cells": _cells(shown) if shown else [],
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
    topic, topics = _topic(request)
    found = classes_of(topic, gather(topic))
    rows = [
        {
            "words": one.words,
            "learners": one.learners,
            "items": one.items,
            "finding": one.fingerprint.finding,
            "ended": one.fingerprint.outcome.replace("_", " "),
            "shown": [
                {
                    "title": shown.title,
                    "letters": letters(shown.answer),
                    "learners": shown.learners,
                    "url": _why_url(shown),
                }
                for shown in one.shown
            ],
        }
        for one in found
    ]
    context = {"room": ROOM, "topic": topic, "topics": topics, "rows": rows, "fewest": FEWEST}
    return render(request, "reports/misconceptions.html", context)
