"""The page of one item: its figures, who picks what, and its versions and variants."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.classes.access import instructors_only
from canarylearn.classes.showing import ROOM
from canarylearn.insight import LEAST, Analysis, Pull
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Version
from canarylearn.learning.ready import Ready
from canarylearn.learning.verdicts import answer_html
from canarylearn.reports.misconceptions import Misconception, misconceptions
from canarylearn.reports.selectors import seed_of
from canarylearn.reports.subject import Subject, cells, letters
from canarylearn.reports.words import (
    FEWEST,
    bounds,
    count,
    minutes,
    part,
    percent,
    say_flag,
    say_option,
    say_pick,
    too_few,
)

MOST_ANSWERS = 12
LEAST_IN_VARIANT = 10


@dataclass(frozen=True, kw_only=True)
class _PickRow:
    """An answer that was given, and who gave it. `url` leads to why."""

    words: str
    answer_html: SafeString
    cells: list[tuple[str, str]]
    works: bool
    url: str
    belief: str


@instructors_only
@require_safe
def item(request: LearnerRequest, slug: str) -> HttpResponse:
    """One item: its figures, who picks what, its misconceptions, and its versions and variants."""
    subject = Subject(request, slug)
    found, mine = subject.found, subject.ready()
    beliefs = misconceptions(subject.item.topic, subject.table)
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
            _("From when it was shown to the first answer; longer than an hour is not counted."),
        ),
    ]
    if found.spread is not None:
        told_spread = _("p = %(p)s") % {"p": f"{found.spread.probability:.3f}"}
        rows.append((_("Variants alike"), told_spread, _("Chi-square test that all variants are equally hard.")))
    return rows


def _picks(subject: Subject, mine: Ready | None, beliefs: Sequence[Misconception]) -> list[_PickRow]:
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
                cells=cells(pull),
                works=answer in subject.found.passing,
                url=subject.url("why", letters(in_order)) if mine else "",
                belief=named.get(answer, ""),
            )
        )
    return rows


def _named(subject: Subject, beliefs: Sequence[Misconception]) -> dict[tuple[tuple[str, int], ...], str]:
    """The misconception behind each wrong answer to the version that is looked at."""
    return {
        tuple(sorted(one.answer.items())): belief.words
        for belief in beliefs
        for one in belief.shown
        if (one.item, one.version, one.variant) == (subject.item.slug, subject.version.number, subject.found.variant)
    }


def _options(subject: Subject) -> list[dict[str, object]]:
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
                rows.append({"words": say_option(spec, blank, option), "cells": cells(pull)})
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


def _version_row(subject: Subject, version: Version) -> dict[str, object]:
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
