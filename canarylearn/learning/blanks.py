"""What is filled in: the code of an item with its blanks, and the options that go into them."""

from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from canarylearn.items.spec import LINES, Item
from canarylearn.learning.forms import field_name, option_id
from canarylearn.learning.markup import CodeLine, Piece, highlight, render_inline
from canarylearn.learning.ready import Ready


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


def pool(item: Item, blanks: list[BlankView]) -> list[OptionView]:
    """What may go into any of the blanks; nothing where each has options of its own, to be chosen in its list."""
    return [] if isinstance(item.options, dict) and len(blanks) > 1 else blanks[0].options


def blanks_of(ready: Ready, chosen: dict[str, str]) -> list[BlankView]:
    """The blanks of an item, in the order of its template, with these options in them."""
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


def in_order(ready: Ready) -> dict[str, str]:
    """Lines to put in order, each at the place where its author wrote it."""
    return {blank: option_id(position) for position, blank in enumerate(ready.item.blanks)}


def faulty_of(ready: Ready) -> Faulty | None:
    """The code that a 'fix the error' task begins with; None for any other item."""
    refused = ready.faulty
    if refused is None:
        return None
    return Faulty(code=highlight(refused.code, refused.line), error=refused.message, line=refused.line)


def code_html(ready: Ready, chosen: dict[str, str], *, resolved: bool) -> SafeString:
    """The code with these options in its blanks: to be changed, or for good."""
    return _code_html(ready, tuple(sorted(chosen.items())), resolved, get_language())


@lru_cache(maxsize=1024)
def _code_html(ready: Ready, chosen: tuple[tuple[str, str], ...], resolved: bool, language: str | None) -> SafeString:
    """The code with these options in its blanks: the same for everybody who chose them, so it is rendered once in each
    language."""
    lines = _code(ready.item, blanks_of(ready, dict(chosen)))
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
