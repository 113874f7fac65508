"""The page of a review: the card or the item that is asked now, as plain values for its templates."""

import secrets
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from canarylearn.learning.blanks import code_html
from canarylearn.learning.forms import option_id
from canarylearn.learning.models import Attempt
from canarylearn.learning.pages import ItemPage, Message, SlotView, build_page
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.resolved import show_resolved
from canarylearn.learning.selectors import Listed, Standing, topic_spec
from canarylearn.learning.verdicts import show_verdict
from canarylearn.review.decks import FaceView
from canarylearn.review.scheduling import Grade, Memory, dates
from canarylearn.review.selectors import Thing
from canarylearn.review.services import Sitting

WORDS: dict[Grade, str | Promise] = {
    Grade.AGAIN: gettext_lazy("Again"),
    Grade.HARD: gettext_lazy("Hard"),
    Grade.GOOD: gettext_lazy("Good"),
    Grade.EASY: gettext_lazy("Easy"),
}

_WEEK = 7  # days
_ROOM = "review"


@dataclass(frozen=True, kw_only=True)
class GradeButton:
    """A grade to press, and the day on which the card would come back."""

    value: int
    word: str | Promise
    day: str


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """A flashcard: its front, and once it was turned its back with the grades."""

    face: FaceView
    concept: str
    turned: bool
    key: str
    seen: int
    said: str
    grades: list[GradeButton]
    back_url: str
    grade_url: str


def show_card(thing: Thing, memory: Memory, today: date, *, turned: bool = False, said: str = "") -> CardPage:
    """A flashcard with the numbers of its next face. `said` is the explanation that the learner wrote before."""
    assert thing.ready is not None
    grades = dates(memory, today) if turned else {}
    place = (thing.topic.slug, thing.slug)
    return CardPage(
        face=thing.ready.face(memory.answers),
        concept=concept_title(thing),
        turned=turned,
        key=secrets.token_urlsafe(18),
        seen=memory.answers,
        said=said,
        grades=[
            GradeButton(value=int(grade), word=WORDS[grade], day=say_day(day, today)) for grade, day in grades.items()
        ],
        back_url=reverse("review:back", args=place),
        grade_url=reverse("review:grade", args=place),
    )


def asked_with(thing: Thing, memory: Memory) -> Ready:
    """An item with the numbers in which it is asked this time: the next ones after those it had before."""
    authored = ready(thing.version_id)
    numbers = authored.variants
    variant = numbers[(memory.answers + 1) % len(numbers)]
    return ready(thing.version_id, variant) if variant != authored.variant else authored


def show_item(
    mine: Ready,
    sitting: Sitting,
    *,
    chosen: dict[str, str] | None = None,
    message: Message | None = None,
    finished: bool = False,
) -> ItemPage:
    """An item as the learner left it in this sitting; `finished` shows everything, also to who did not try."""
    attempts = [
        Attempt(answer=answer, passed=mine.judge(answer).passed, number=number)
        for number, answer in enumerate(sitting.answers, start=1)
    ]
    last = sitting.answers[-1] if sitting.answers else {}
    chosen = chosen or {blank: option_id(position) for blank, position in last.items()}
    page = build_page(
        room=_ROOM,
        ready=mine,
        listed=[_listed(mine)],
        standing=Standing(attempts=tuple(attempts), hints_opened=sitting.hints),
        chosen=chosen,
        verdict=show_verdict(mine, last) if last else None,
        message=message,
    )
    if finished and not page.slot.resolved:
        page = replace(
            page,
            slot=SlotView(tries_left=0, tries_total=mine.item.tries, solved=False, resolved=True),
            code_html=code_html(mine, chosen, resolved=True),
            resolved=show_resolved(mine, sitting.answers),
        )
    return page


def _listed(mine: Ready) -> Listed:
    """The item alone, as the list of its room would have it."""
    item = mine.item
    return Listed(
        slug=item.id,
        title=item.title,
        level=item.level,
        position=1,
        version_id=mine.version_id,
        topic_slug=mine.topic_slug,
        concept=item.concept or "",
        kind=item.kind,
        room=item.room,
    )


def concept_title(thing: Thing) -> str:
    """What the concept of a card is called."""
    concepts = topic_spec(thing.topic.spec).concepts
    return concepts[thing.concept].title if thing.concept in concepts else ""


def say_day(day: date, today: date) -> str:
    """A day as people say it: tomorrow, Thursday, 3 December, 3 December 2027."""
    ahead = (day - today).days
    if ahead <= 1:
        return _("tomorrow") if ahead == 1 else _("today")
    if ahead < _WEEK:
        return date_format(day, "l")
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def say_back(day: date, today: date) -> str:
    """When something comes back, to stand in a sentence: tomorrow, on Thursday, on 3 December."""
    said = say_day(day, today)
    return said if (day - today).days <= 1 else pgettext("on a day", "on %(day)s") % {"day": said}
