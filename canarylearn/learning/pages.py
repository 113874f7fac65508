"""The page of an item: everything its template shows, as plain values."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from canarylearn.items.spec import LINES, Item
from canarylearn.learning.forms import field_name, option_id
from canarylearn.learning.keys import new_key
from canarylearn.learning.markup import CodeLine, Piece, highlight, render, render_inline
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
class OptionView:
    """One option on offer: its id and letter, and its text as code (`text`) or as rendered words (`text_html`)."""

    id: str
    letter: str
    text: str
    text_html: SafeString
    is_code: bool
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class BlankView:
    """One blank: the name of its form field, what it may hold and what it holds."""

    name: str
    number: int
    label: str
    field: str
    options: list[OptionView]
    is_choice: bool

    @property
    def chosen(self) -> str:
        """The text of the option in it; nothing while it is empty."""
        return next((option.text for option in self.options if option.chosen), "")


@dataclass(frozen=True, kw_only=True)
class PieceView:
    """A piece of code for the template: coloured text, or a blank with the sign after it, which stays on its line.

    `again` is set where the blank stood in the code before: it is filled in once.
    """

    css: str
    text: str
    blank: BlankView | None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class LineView:
    """A line of code for the template."""

    number: int
    pieces: list[PieceView]
    faulty: bool = False


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """The code to mend, and the error it stops with."""

    code: tuple[CodeLine, ...]
    error: str
    line: int


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
        chosen = {blank: option_id(position) for blank, position in standing.attempts[-1].answer.items()}
    elif item.kind == "order" and not chosen:
        chosen = in_order(ready)
    blanks = _blanks(ready, chosen)
    return ItemPage(
        item=_item(room, ready, listed, _next_numbers(ready, standing) if again and slot.resolved else None),
        faulty=_faulty(ready),
        code_html=code_html(ready, chosen, resolved=slot.resolved),
        blanks=blanks,
        options=_pool(item, blanks),
        slot=slot,
        hints=_hints(room, ready, standing.hints_opened),
        key=new_key(),
        version=ready.number,
        message=message,
        verdict=verdict,
        resolved=show_resolved(ready, [attempt.answer for attempt in standing.attempts]) if slot.resolved else None,
    )


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
    blanks = _blanks(ready, chosen)
    return AskedView(
        faulty=_faulty(ready),
        code_html=code_html(ready, chosen, resolved=False),
        blanks=blanks,
        options=_pool(ready.item, blanks),
    )


def in_order(ready: Ready) -> dict[str, str]:
    """Lines to put in order, each at the place where its author wrote it."""
    return {blank: option_id(position) for position, blank in enumerate(ready.item.blanks)}


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


def _pool(item: Item, blanks: list[BlankView]) -> list[OptionView]:
    """What may go into any of the blanks; nothing where each has options of its own, to be chosen in its list."""
    return [] if isinstance(item.options, dict) and len(blanks) > 1 else blanks[0].options


def _blanks(ready: Ready, chosen: dict[str, str]) -> list[BlankView]:
    return [_blank(ready, name, number, chosen) for number, name in enumerate(ready.item.blanks, start=1)]


def _blank(ready: Ready, name: str, number: int, chosen: dict[str, str]) -> BlankView:
    options = [
        OptionView(
            id=option_id(position),
            letter=option_id(position),
            text=option.text,
            text_html=render_inline(option.text),
            is_code=option.fill is not None and option.fill == option.text,
            chosen=chosen.get(name) == option_id(position),
        )
        for position, option in enumerate(ready.item.options_for(name))
    ]
    is_order = ready.item.kind == "order"
    return BlankView(
        name=name,
        number=number,
        label=gettext("Step %(number)s") % {"number": number}
        if is_order
        else gettext("Blank %(number)s: %(name)s") % {"number": number, "name": name},
        field=field_name(ready, name),
        options=options,
        is_choice=ready.item.kind == "question",
    )


def code_html(ready: Ready, chosen: dict[str, str], *, resolved: bool) -> SafeString:
    """The code with these options in its blanks: to be changed, or for good."""
    return _code_html(ready, tuple(sorted(chosen.items())), resolved, get_language())


@lru_cache(maxsize=1024)
def _code_html(ready: Ready, chosen: tuple[tuple[str, str], ...], resolved: bool, language: str | None) -> SafeString:
    """The code with these options in its blanks: the same for everybody who chose them, so it is rendered once in each
    language."""
    lines = _code(ready.item, _blanks(ready, dict(chosen)))
    if not lines:
        return SafeString("")
    label = gettext("Code") if ready.item.kind == "question" else gettext("Code with blanks")
    context = {"lines": lines, "label": label, "slot": {"resolved": resolved}}
    return SafeString(render_to_string("learning/_code.html", context))


def _code(item: Item, blanks: list[BlankView]) -> list[LineView]:
    by_name = {blank.name: blank for blank in blanks}
    template = item.template or ""
    if item.kind == "order":
        return _around_the_lines(template)
    # A question's blank stands for the whole code of its options: it is chosen below, not placed in the code.
    if not template or (item.kind == "question" and template.strip() == "⟦choice⟧"):
        return []
    seen: set[str] = set()
    return [LineView(number=line.number, pieces=_pieces(line.pieces, by_name, seen)) for line in highlight(template)]


def _around_the_lines(template: str) -> list[LineView]:
    """The code that stands around lines to put in order; nothing where they are all there is."""
    if template.strip() in ("", LINES):
        return []
    around = template.replace(LINES, "# " + gettext("your lines, in your order"))
    return [LineView(number=line.number, pieces=_pieces(line.pieces, {}, set())) for line in highlight(around)]


def _pieces(pieces: tuple[Piece, ...], by_name: dict[str, BlankView], seen: set[str]) -> list[PieceView]:
    views: list[PieceView] = []
    for piece in pieces:
        if piece.css == "p" and views and views[-1].blank and not views[-1].text:
            views[-1] = replace(views[-1], css="", text=piece.text)
        else:
            again = piece.blank in seen
            views.append(PieceView(css=piece.css, text=piece.text, blank=by_name.get(piece.blank), again=again))
            seen |= {piece.blank} - {""}
    return views


def _faulty(ready: Ready) -> Faulty | None:
    refused = ready.faulty
    if refused is None:
        return None
    return Faulty(code=highlight(refused.code, refused.line), error=refused.message, line=refused.line)


def _hints(room: str, ready: Ready, opened: int) -> Hints:
    item = ready.item
    shown = [Hint(level=level, text_html=render(text)) for level, text in enumerate(item.hints[:opened], start=1)]
    following = None
    if opened < len(item.hints):
        level = opened + 1
        url = with_numbers(reverse(f"{room}:hint", args=[item.id, level]), ready.variant)
        following = Hint(level=level, url=url, price=str(_PRICES[opened]))
    return Hints(opened=shown, next=following)
