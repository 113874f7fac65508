"""The page of an item: everything its template shows, as plain values."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from canarylearn.items.spec import Item
from canarylearn.learning.blanks import BlankView, Faulty, OptionView, blanks_of, code_html, faulty_of, in_order, pool
from canarylearn.learning.forms import option_id
from canarylearn.learning.keys import new_key
from canarylearn.learning.markup import render
from canarylearn.learning.ready import Ready
from canarylearn.learning.resolved import ResolvedView, show_resolved
from canarylearn.learning.selectors import Listed, Standing
from canarylearn.learning.verdicts import VerdictView

NUMBERS = "numbers"
"""What the address of an item says when it is asked with other numbers than the authored ones."""

_NOWHERE = Standing()
_PRICES = (
    _("Costs no try. Where to look."),
    _("Costs no try. Which quantity decides."),
    _("Costs no try. A worked example with other numbers."),
)


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """What is asked."""

    slug: str
    title: str
    prompt_html: SafeString
    level: str
    number: int
    total: int
    attempt_url: str
    next_url: str | None
    numbers: int = 0
    other_numbers_url: str | None = None
    report_url: str = ""


@dataclass(frozen=True, kw_only=True)
class SlotView:
    """The learner's tries."""

    tries_left: int
    tries_total: int
    solved: bool
    resolved: bool

    @property
    def used(self) -> int:
        """Tries that were spent."""
        return self.tries_total - self.tries_left

    @property
    def dots(self) -> list[str]:
        """One word a try: those left first."""
        return ["left"] * self.tries_left + ["used"] * self.used


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A hint that was opened, or the next one with its price."""

    level: int
    text_html: str = ""
    url: str = ""
    price: str = ""


@dataclass(frozen=True, kw_only=True)
class Hints:
    """Hints opened so far, and the one that can be opened next."""

    opened: list[Hint]
    next: Hint | None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A line above the form; `kind` is 'info' or 'error'."""

    text: str
    kind: str = "info"


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """Everything the fragment of an item shows."""

    item: ItemView
    faulty: Faulty | None
    code_html: SafeString
    blanks: list[BlankView]
    options: list[OptionView]
    slot: SlotView
    hints: Hints
    key: str
    version: int
    message: Message | None
    verdict: VerdictView | None
    resolved: ResolvedView | None


def build_page(
    *,
    room: str,
    ready: Ready,
    listed: list[Listed],
    standing: Standing,
    chosen: dict[str, str],
    verdict: VerdictView | None = None,
    message: Message | None = None,
    again: bool = False,
) -> ItemPage:
    """The page of one item for one learner. `chosen` are the option ids to show in the blanks; `again` says whether the
    room offers other numbers once these are resolved."""
    item = ready.item
    slot = _slot(item, standing)
    if slot.resolved:  # what counts stands in the blanks, whatever a page of yesterday may have sent
        chosen = last_choice(standing)
    elif item.kind == "order" and not chosen:
        chosen = in_order(ready)
    blanks = blanks_of(ready, chosen)
    return ItemPage(
        item=_item(room, ready, listed, _next_numbers(ready, standing) if again and slot.resolved else None),
        faulty=faulty_of(ready),
        code_html=code_html(ready, chosen, resolved=slot.resolved),
        blanks=blanks,
        options=pool(item, blanks),
        slot=slot,
        hints=_hints(room, ready, standing.hints_opened),
        key=new_key(),
        version=ready.number,
        message=message,
        verdict=verdict,
        resolved=show_resolved(ready, [attempt.answer for attempt in standing.attempts]) if slot.resolved else None,
    )


def last_choice(standing: Standing) -> dict[str, str]:
    """The option ids of the last answer that counted, by blank; nothing before any."""
    if not standing.attempts:
        return {}
    return {blank: option_id(position) for blank, position in standing.attempts[-1].answer.items()}


@dataclass(frozen=True, kw_only=True)
class AskedView:
    """An item as it is asked, without tries, hints or a verdict: for rooms that keep answers in a way of their own."""

    faulty: Faulty | None
    code_html: SafeString
    blanks: list[BlankView]
    options: list[OptionView]


def show_asked(ready: Ready, chosen: dict[str, str]) -> AskedView:
    """The item with these options in its blanks, to be answered."""
    if ready.item.kind == "order" and not chosen:
        chosen = in_order(ready)
    blanks = blanks_of(ready, chosen)
    return AskedView(
        faulty=faulty_of(ready),
        code_html=code_html(ready, chosen, resolved=False),
        blanks=blanks,
        options=pool(ready.item, blanks),
    )


def with_numbers(url: str, variant: int) -> str:
    """An address of an item, with the numbers of a variant."""
    return f"{url}?{NUMBERS}={variant}" if variant else url


def _next_numbers(ready: Ready, standing: Standing) -> int | None:
    """The first variant that the learner has not resolved yet; None after the last one."""
    others = (number for number in ready.variants if number != ready.variant)
    return next((one for one in others if not standing.others.get(one, _NOWHERE).resolved(ready.item.tries)), None)


def _item(room: str, ready: Ready, listed: list[Listed], other: int | None) -> ItemView:
    slugs = [other.slug for other in listed]
    place = slugs.index(ready.item.id)
    following = slugs[place + 1] if place + 1 < len(slugs) else None
    return ItemView(
        slug=ready.item.id,
        title=ready.item.title,
        prompt_html=render(ready.item.prompt),
        level=ready.item.level,
        number=place + 1,
        total=len(slugs),
        attempt_url=with_numbers(reverse(f"{room}:attempt", args=[ready.item.id]), ready.variant),
        next_url=reverse(f"{room}:item", args=[following]) if following else None,
        numbers=ready.variants.index(ready.variant),
        other_numbers_url=with_numbers(reverse(f"{room}:item", args=[ready.item.id]), other) if other else None,
        report_url=report_url(room, ready),
    )


def report_url(room: str, ready: Ready) -> str:
    """Where to say that something is wrong with an item, as it was asked in a room."""
    asked = urlencode({"version": ready.number, NUMBERS: ready.variant, "from": room})
    return f"{reverse('reports:item', args=[ready.item.id])}?{asked}"


def _slot(item: Item, standing: Standing) -> SlotView:
    return SlotView(
        tries_left=max(0, item.tries - len(standing.attempts)),
        tries_total=item.tries,
        solved=standing.solved,
        resolved=standing.resolved(item.tries),
    )


def _hints(room: str, ready: Ready, opened: int) -> Hints:
    item = ready.item
    shown = [Hint(level=level, text_html=render(text)) for level, text in enumerate(item.hints[:opened], start=1)]
    following = None
    if opened < len(item.hints):
        level = opened + 1
        url = with_numbers(reverse(f"{room}:hint", args=[item.id, level]), ready.variant)
        following = Hint(level=level, url=url, price=str(_PRICES[opened]))
    return Hints(opened=shown, next=following)
