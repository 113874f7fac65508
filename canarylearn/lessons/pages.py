"""A page as its template shows it: each part of the text as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from canarylearn.items.lessons import Calculator, Question, Shown, Words
from canarylearn.items.spec import BLANK, CHOICE
from canarylearn.learning.blocks import BlockView, CostView, show_blocks
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import CodeLine, highlight, render, render_inline
from canarylearn.learning.reading import Marked, ReadyPage
from canarylearn.learning.ready import Ready
from canarylearn.learning.verdicts import VerdictView, show_verdict
from canarylearn.lessons.costs import CostForm, beginning


@dataclass(frozen=True, kw_only=True)
class OptionView:
    """An option of a question."""

    id: str
    html: SafeString
    is_code: bool
    text: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    """A question on a page, with the verdict on the option taken last."""

    id: str
    title: str
    prompt_html: SafeString
    code: tuple[CodeLine, ...]
    options: list[OptionView]
    url: str
    version: int
    verdict: VerdictView | None
    ran: tuple[CodeLine, ...]
    message: str = ""
    fresh: bool = False
    report_url: str = ""
    template: str = "lessons/_question.html"


@dataclass(frozen=True, kw_only=True)
class CalculatorView:
    """The form of the cost and what it says."""

    form: CostForm
    cost: CostView | None
    template: str = "lessons/_calculator.html"


PartView = BlockView | QuestionView | CalculatorView


def show_parts(
    ready: ReadyPage,
    marked: Marked,
    place: tuple[str, str],
    given: Mapping[str, str],
    *,
    fresh: str = "",
    message: str = "",
) -> list[PartView]:
    """Every part of a page, in order. `place` is the topic's slug and the mode, `given` what the address says.

    `fresh` is the question that was answered in this very request, with a message if its answer was none.
    """
    fixed = iter(_fixed_parts(ready, get_language()))
    shown: list[PartView] = []
    for part in ready.page.parts:
        spec = None if isinstance(part, Words | Shown) else part.spec
        if isinstance(spec, Question):
            mine = spec.id == fresh
            option = marked.option(spec.id)
            said = message if mine else ""
            shown.append(show_question(ready, spec.id, option, place, message=said, fresh=mine))
        elif isinstance(spec, Calculator):
            shown.append(show_calculator(spec, given))
        else:
            shown.append(next(fixed))
    return shown


def show_question(
    ready: ReadyPage, slug: str, option: int | None, place: tuple[str, str], *, message: str = "", fresh: bool = False
) -> QuestionView:
    """A question, and what came of the option taken; `fresh` says that it was taken in this very request."""
    asked = ready.questions[slug]
    options = [
        OptionView(
            id=option_id(number),
            html=render_inline(one.text),
            is_code=one.fill == one.text,
            text=one.text,
            chosen=number == option,
        )
        for number, one in enumerate(asked.item.options_for(CHOICE))
    ]
    return QuestionView(
        id=slug,
        title=asked.item.title,
        prompt_html=render(asked.item.prompt),
        code=_code(asked.item.template or ""),
        options=options,
        url=reverse("lessons:answer", args=[*place, slug]),
        version=asked.number,
        verdict=None if option is None else show_verdict(asked, {CHOICE: option}, prefix=slug),
        ran=() if option is None else _ran(asked, option),
        message=message,
        fresh=fresh,
        report_url=reverse("reports:question", args=[*place, slug]),
    )


def _ran(asked: Ready, option: int) -> tuple[CodeLine, ...]:
    code = asked.item.filled({CHOICE: option})
    return highlight(code) if code else ()


def _code(template: str) -> tuple[CodeLine, ...]:
    """The code around a choice; nothing where the choice is the whole of it, or a claim about other code."""
    around = template.strip()
    return () if not around or BLANK.fullmatch(around) else highlight(BLANK.sub("___", template))


def show_calculator(spec: Calculator, given: Mapping[str, str]) -> CalculatorView:
    """The form as the address fills it in; what the address does not say is as it begins."""
    begun = beginning(spec)
    form = CostForm({name: given.get(name, value) for name, value in begun.items()})
    return CalculatorView(form=form, cost=form.cost)


@lru_cache(maxsize=64)
def _fixed_parts(ready: ReadyPage, language: str | None) -> tuple[BlockView, ...]:
    """The parts that are the same for everybody who reads this language."""
    return show_blocks(ready.page, ready.scenarios)
