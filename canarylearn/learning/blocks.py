"""The parts of a text that are the same for everybody, as plain values for templates: words, runs and tables.

Pages to read and the backs of flashcards are made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from canarylearn.engine import MEASURES, Scenario
from canarylearn.engine.deciding import Cost, cost_to_decide
from canarylearn.engine.quantities import NBSP, say_count
from canarylearn.items.explaining import Figure, ending, story
from canarylearn.items.lesson_facts import bind_words, run_of, say_time
from canarylearn.items.lessons import Comparison, CostTable, Page, Shown, Words
from canarylearn.learning.markup import CodeLine, highlight, render
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
class CostView:
    """What a decision costs, in words."""

    canary_requests: str
    all_requests: str
    time: str
    users: str
    harmed: str


BlockView = WordsView | ShownView | TableView


def show_blocks(page: Page, scenarios: Mapping[str, Scenario]) -> tuple[BlockView, ...]:
    """The parts of a page that are the same for everybody, in its order; what asks or calculates is left out."""
    shown: list[BlockView] = []
    for part in page.parts:
        if isinstance(part, Words):
            shown.append(WordsView(html=render(bind_words(part.text, page, scenarios))))
        elif isinstance(part, Shown):
            shown.append(_show_run(part, scenarios))
        elif isinstance(part.spec, Comparison):
            shown.append(_compare(part.spec, page, scenarios))
        elif isinstance(part.spec, CostTable):
            shown.append(_cost_table(part.spec))
    return tuple(shown)


def _show_run(shown: Shown, scenarios: Mapping[str, Scenario]) -> ShownView:
    run, scenario = run_of(shown, scenarios), scenarios[shown.scenario]
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


def _compare(spec: Comparison, page: Page, scenarios: Mapping[str, Scenario]) -> TableView:
    runs = {name: run_of(page.runs[name], scenarios) for name in spec.runs}
    columns = tuple(_capital(name.replace("-", " ")) for name in runs)
    rows = [
        (
            _("How it ended"),
            tuple(Cell(column=c, text=ending(run)) for c, run in zip(columns, runs.values(), strict=True)),
        )
    ]
    for name in spec.measures:
        said = [MEASURES[name].say(run.outcome.measures[name]) if run.outcome else "" for run in runs.values()]
        cells = tuple(Cell(column=column, text=text) for column, text in zip(columns, said, strict=True))
        rows.append((_capital(MEASURES[name].label), cells))
    return TableView(title=spec.title, columns=columns, rows=tuple(rows), folded=spec.folded)


def _cost_table(spec: CostTable) -> TableView:
    columns = (_("Requests to v2"), _("Requests in all"), _("Time"), _("Users who met v2"), _("Of them harmed"))
    rows = []
    for baseline, canary in spec.pairs:
        cost = say_cost(cost_to_decide(baseline, canary, spec.share, rate=spec.requests_per_second, users=spec.users))
        texts = (cost.canary_requests, cost.all_requests, cost.time, cost.users, cost.harmed)
        cells = tuple(Cell(column=column, text=text) for column, text in zip(columns, texts, strict=True))
        rows.append((f"{baseline * 100:g}{NBSP}% → {canary * 100:g}{NBSP}%", cells))
    return TableView(title=spec.title, columns=columns, rows=tuple(rows))


def say_cost(cost: Cost) -> CostView:
    """A cost in words."""
    return CostView(
        canary_requests=say_count(cost.canary_requests),
        all_requests=say_count(cost.all_requests),
        time=say_time(cost.seconds),
        users=say_count(cost.users),
        harmed=say_count(cost.harmed),
    )


def _capital(text: str) -> str:
    """The text with a capital letter, unless it begins with a name such as v2."""
    return text if text[:1] == "v" and text[1:2].isdigit() else text[:1].upper() + text[1:]
