"""Your attempts: every counted try of a learner, and each of them once more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import ENGINE_VERSION
from canarylearn.items.spec import TRIES
from canarylearn.learning.blanks import code_html
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import render as render_markdown
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Attempt, Version
from canarylearn.learning.pages import with_numbers
from canarylearn.learning.ready import Ready, item_as_kept, ready
from canarylearn.learning.selectors import attempts_of, own_attempt, versions_of
from canarylearn.learning.services import finding_of
from canarylearn.learning.verdicts import VerdictView, answer_html, show_verdict

PAGE = 25
"""Attempts on a page."""

_ROOM = {"name": "attempts"}
LARGEST_NUMBER = 2**63 - 1
"""Of a row, in either database."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One attempt as it was kept. `state` is solved or missed; `item_url` is empty once the item was withdrawn."""

    url: str
    title: str
    noun: str
    item_url: str
    number: int
    numbers: int
    tries: int
    answer_html: SafeString
    state: str
    hints: int
    version: int
    engine: str
    made: datetime

    @property
    def word(self) -> str:
        """The verdict in a word or two."""
        return _("Solved") if self.state == "solved" else _("Not yet")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """An attempt judged anew: what was asked, the code and the hints as they stood, and the verdict of today."""

    prompt_html: SafeString
    code_html: SafeString
    hints_html: list[SafeString]
    verdict: VerdictView


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """Every attempt of this learner, the newest first, a page at a time."""
    page, entries = a_page_of(attempts_of(request.visitor.key), request.GET.get("page"), own_address)
    return render(request, "learning/attempts.html", {"room": _ROOM, "page": page, "entries": entries})


def own_address(attempt: Attempt) -> str:
    """Where a learner replays an attempt of their own."""
    return reverse("replay", args=[attempt.pk])


def a_page_of(
    attempts: QuerySet[Attempt], number: str | None, address: Callable[[Attempt], str]
) -> tuple[Page[Attempt], list[Entry]]:
    """A page of a list of attempts, and its entries; `address` is where each is replayed."""
    page = Paginator(attempts, PAGE).get_page(number)
    shown = list(page.object_list)
    versions = versions_of(shown) if shown else {}
    return page, [_entry(attempt, versions[attempt.slot.version_id], address(attempt)) for attempt in shown]


@require_safe
def replay(request: LearnerRequest, number: int) -> HttpResponse:
    """One attempt of this learner, judged anew from its version and its answer. Anybody else's does not exist."""
    attempt = own_attempt(request.visitor.key, number) if number <= LARGEST_NUMBER else None
    if attempt is None:
        raise Http404("There is no such attempt of yours.")
    return show_replay(request, "learning/replay.html", attempt, own_address(attempt), {"room": _ROOM})


def show_replay(
    request: LearnerRequest, template: str, attempt: Attempt, address: str, beside: Mapping[str, object]
) -> HttpResponse:
    """An attempt judged anew, for whoever may see it; `beside` is what the page has besides."""
    version = attempt.slot.version
    context = {
        **beside,
        "entry": _entry(attempt, version, address),
        "engine": ENGINE_VERSION,
        "newer": version.item.current.number
        if version.item.current_id != version.pk and version.item.current
        else None,
    }
    try:
        mine = ready(version.pk, attempt.slot.variant)
    except (Unreadable, LookupError):
        return render(request, template, {**context, "replay": None, "said": ""})
    shown = _replay(mine, attempt)
    return render(request, template, {**context, "replay": shown, "said": _compared(mine, attempt)})


def _entry(attempt: Attempt, version: Version, address: str) -> Entry:
    return Entry(
        url=address,
        title=version.title,
        noun=version.item.kind,
        item_url=_address(attempt, version),
        numbers=attempt.slot.variant,
        number=attempt.number,
        tries=_tries(version),
        answer_html=_answer(attempt, version),
        state="solved" if attempt.passed else "missed",
        hints=attempt.hints_opened,
        version=version.number,
        engine=attempt.engine,
        made=attempt.created,
    )


def _address(attempt: Attempt, version: Version) -> str:
    """Where the item is answered, with the numbers of the attempt while these are the ones asked; nothing once it was
    withdrawn."""
    item = version.item
    if item.retired:
        return ""
    is_current = item.current_id == version.pk
    return with_numbers(item.get_absolute_url(), attempt.slot.variant if is_current else 0)


def _tries(version: Version) -> int:
    try:
        return item_as_kept(version.spec).tries
    except Unreadable:
        return TRIES[version.item.kind]


def _answer(attempt: Attempt, version: Version) -> SafeString:
    """The answer in the words of its version; by its letters where that was written in a form of long ago."""
    try:
        return answer_html(item_as_kept(version.spec, attempt.slot.variant), attempt.answer)
    except Unreadable:
        said = ((blank, option_id(position)) for blank, position in attempt.answer.items())
        return format_html("<code>{}</code>", format_html_join(", ", "{} = {}", said))


def _replay(mine: Ready, attempt: Attempt) -> Replay:
    chosen = {blank: option_id(position) for blank, position in attempt.answer.items()}
    return Replay(
        prompt_html=render_markdown(mine.item.prompt),
        code_html=code_html(mine, chosen, resolved=True),
        hints_html=[render_markdown(hint) for hint in mine.item.hints[: attempt.hints_opened]],
        verdict=show_verdict(mine, attempt.answer),
    )


def _compared(mine: Ready, attempt: Attempt) -> str:
    """How today's judgement of an attempt stands to the one that was kept: nothing where they are the same."""
    judgement = mine.judge(attempt.answer)
    if judgement.passed != attempt.passed:
        return "verdict"
    return "reason" if finding_of(judgement) != attempt.finding else ""


__all__ = ["LARGEST_NUMBER", "PAGE", "a_page_of", "index", "replay", "show_replay"]
