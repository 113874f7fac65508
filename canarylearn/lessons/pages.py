"""A page as its template shows it: each part of the text as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.urls import reverse
from django.utils.safestring import SafeString

from canarylearn.engine import MEASURES
from canarylearn.engine.deciding import cost_to_decide
from canarylearn.engine.quantities import NBSP
from canarylearn.items.explaining import Figure, ending, story
from canarylearn.items.lesson_facts import bind_words, run_of
from canarylearn.items.lessons import Calculator, Comparison, CostTable, Question, Shown, Words
from canarylearn.items.spec import BLANK, CHOICE
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import CodeLine, highlight, render, render_inline
from canarylearn.learning.reading import Marked, ReadyPage
from canarylearn.learning.ready import Ready
from canarylearn.learning.verdicts import VerdictView, show_verdict
from canarylearn.lessons.costs import CostForm, CostView, beginning, say_cost
from canarylearn.timeline.drawing import Chart, draw

_FIGURES = ("users_exposed", "users_harmed", "failed_requests")


@dataclass(frozen=True, kw_only=True)
class WordsView:
    """Text, as clean HTML."""

    html: SafeString
    template: str = "lessons/_words.html"


@dataclass(frozen=True, kw_only=True)
class ShownView:
    """A script that was run: its code and what it printed, or its code and the release it made."""

    name: str
    scenario: str
    code: tuple[CodeLine, ...]
    printed: tuple[str, ...]
    sentence: str = ""
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    folded: bool = False
    template: str = "lessons/_shown.html"

    @property
    def title(self) -> str:
        """What the table of the timeline is called, and the run where it is folded."""
        return f"{_capital(self.name.replace('-', ' '))}: {self.scenario}"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell, and its column for narrow screens."""

    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table; folded, it is opened by a click."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    folded: bool = False
    template: str = "lessons/_table.html"


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
    verdict: VerdictView | None
    ran: tuple[CodeLine, ...]
    message: str = ""
    fresh: bool = False
    template: str = "lessons/_question.html"


@dataclass(frozen=True, kw_only=True)
class CalculatorView:
    """The form of the cost and what it says."""

    form: CostForm
    cost: CostView | None
    template: str = "lessons/_calculator.html"


PartView = WordsView | ShownView | TableView | QuestionView | CalculatorView


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
    fixed = iter(_fixed_parts(ready))
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
        verdict=None if option is None else show_verdict(asked, {CHOICE: option}, prefix=slug),
        ran=() if option is None else _ran(asked, option),
        message=message,
        fresh=fresh,
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
def _fixed_parts(ready: ReadyPage) -> tuple[PartView, ...]:
    """The parts that are the same for everybody."""
    shown: list[PartView] = []
    for part in ready.page.parts:
        if isinstance(part, Words):
            shown.append(WordsView(html=render(bind_words(part.text, ready.page, ready.scenarios))))
        elif isinstance(part, Shown):
            shown.append(_show_run(part, ready))
        elif isinstance(part.spec, Comparison):
            shown.append(_compare(part.spec, ready))
        elif isinstance(part.spec, CostTable):
            shown.append(_cost_table(part.spec))
    return tuple(shown)


def _show_run(shown: Shown, ready: ReadyPage) -> ShownView:
    run, scenario = run_of(shown, ready.scenarios), ready.scenarios[shown.scenario]
    view = ShownView(
        name=shown.name,
        scenario=_capital(scenario.title),
        code=highlight(shown.script),
        printed=run.output,
        folded=shown.folded,
    )
    if shown.way == "printed" or run.outcome is None:
        return view
    measures = run.outcome.measures
    return replace(
        view,
        sentence=_capital(f"{story(run, scenario)}."),
        figures=tuple(
            Figure(label=_capital(MEASURES[name].label), value=MEASURES[name].say(measures[name])) for name in _FIGURES
        ),
        chart=draw(run.outcome, scenario, chart_id=f"run-{shown.name}"),
    )


def _compare(spec: Comparison, ready: ReadyPage) -> TableView:
    runs = {name: run_of(ready.page.runs[name], ready.scenarios) for name in spec.runs}
    columns = tuple(_capital(name.replace("-", " ")) for name in runs)
    rows = [
        ("How it ended", tuple(Cell(column=c, text=ending(run)) for c, run in zip(columns, runs.values(), strict=True)))
    ]
    for name in spec.measures:
        said = [MEASURES[name].say(run.outcome.measures[name]) if run.outcome else "" for run in runs.values()]
        cells = tuple(Cell(column=column, text=text) for column, text in zip(columns, said, strict=True))
        rows.append((_capital(MEASURES[name].label), cells))
    return TableView(title=spec.title, columns=columns, rows=tuple(rows), folded=spec.folded)


def _cost_table(spec: CostTable) -> TableView:
    columns = ("Requests to v2", "Requests in all", "Time", "Users who met v2", "Of them harmed")
    rows = []
    for baseline, canary in spec.pairs:
        cost = say_cost(cost_to_decide(baseline, canary, spec.share, rate=spec.requests_per_second, users=spec.users))
        texts = (cost.canary_requests, cost.all_requests, cost.time, cost.users, cost.harmed)
        cells = tuple(Cell(column=column, text=text) for column, text in zip(columns, texts, strict=True))
        rows.append((f"{baseline * 100:g}{NBSP}% → {canary * 100:g}{NBSP}%", cells))
    return TableView(title=spec.title, columns=columns, rows=tuple(rows))


def _capital(text: str) -> str:
    """The text with a capital letter, unless it begins with a name such as v2."""
    return text if text[:1] == "v" and text[1:2].isdigit() else text[:1].upper() + text[1:]
