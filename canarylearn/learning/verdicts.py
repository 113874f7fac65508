"""What a learner is shown after an answer: the verdict on their run and, once resolved, every other answer's run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from canarylearn.engine import Outcome, Scenario
from canarylearn.engine.quantities import say_count
from canarylearn.items import Answer, Judgement
from canarylearn.items.binding import bind
from canarylearn.items.explaining import Figure, ending, figures, goal_detail, headline, story
from canarylearn.items.judging import deploy
from canarylearn.items.proof import say_answer
from canarylearn.items.spec import Contracts, Demonstration, Item
from canarylearn.learning.charts import Chart, draw
from canarylearn.learning.markup import CodeLine, highlight, render, render_inline
from canarylearn.learning.ready import Ready

_MOST_ROWS = 16


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Code that was refused: the line, why, and the code with that line marked."""

    line: int
    message: str
    code: tuple[CodeLine, ...]


@dataclass(frozen=True, kw_only=True)
class GoalView:
    """A goal and the numbers by which it was met or missed."""

    met: bool
    name: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run: its scenario, one sentence, and the timeline."""

    title: str
    about: str
    sentence: str
    chart: Chart


@dataclass(frozen=True, kw_only=True)
class VerdictView:
    """What the learner's own runs showed."""

    passed: bool
    headline: str
    answer_html: SafeString
    figures: list[Figure]
    refusal: Refusal | None
    runs: list[RunView]
    goals: list[GoalView]
    note_html: SafeString
    output: tuple[str, ...]

    @property
    def mark(self) -> str:
        """The verdict in a word or two."""
        return "Solved" if self.passed else "Not yet"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a table, with its column's title for when rows are stacked."""

    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CompareRow:
    """One answer in the table of all answers. `meter` is the share of users harmed, 0 to 100."""

    answer_html: SafeString
    cells: list[Cell]
    passed: bool
    yours: bool
    meter: int
    note_html: SafeString


@dataclass(frozen=True, kw_only=True)
class Compare:
    """The table of what each answer would have done."""

    columns: list[str]
    rows: list[CompareRow]
    meter_title: str


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row of a small table: what it is about, and its cells."""

    head_html: SafeString
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A small table: the titles of its columns but the first, and its rows."""

    columns: list[str]
    rows: list[TableRow]


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """Something more to see once an item is resolved: a table, or a script with what it printed."""

    title: str
    intro_html: SafeString
    table: Table | None = None
    code: tuple[CodeLine, ...] | None = None
    output: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResolvedView:
    """Everything that is shown once an item is solved or out of tries."""

    answers_html: list[SafeString]
    compare: Compare
    steps_html: list[SafeString]
    quick_check_html: SafeString
    mistakes_html: list[SafeString]
    afterwards: list[Afterwards]


def show_verdict(ready: Ready, judgement: Judgement) -> VerdictView:
    """The verdict on one answer, from its own runs alone."""
    scenarios = dict(ready.scenarios)
    refused = judgement.refusal
    refusal = None
    if refused is not None:
        refusal = Refusal(
            line=refused.line, message=refused.message, code=highlight(judgement.code or "", refused.line)
        )
    goals = [
        GoalView(met=result.met, name=result.goal.name, detail=goal_detail(result, judgement, scenarios))
        for result in judgement.goals
    ]
    return VerdictView(
        passed=judgement.passed,
        headline=headline(judgement, scenarios),
        answer_html=_answer_html(ready, judgement.answer),
        figures=figures(judgement),
        refusal=refusal,
        runs=_run_views(judgement, scenarios),
        goals=goals,
        note_html=_note(ready, judgement.answer),
        output=next((run.output for run in judgement.runs.values()), ()),
    )


def _run_views(judgement: Judgement, scenarios: Mapping[str, Scenario]) -> list[RunView]:
    """Timelines: of the answer's own runs, or of the named runs that claims speak about."""
    if judgement.code is not None:
        shown = [(slug, run, scenarios[slug].title) for slug, run in judgement.runs.items()]
    else:
        shown = [
            (slug, run, f"Run “{name}”: {scenarios[slug].title}") for (name, slug), run in judgement.others.items()
        ]
    failed = judgement.first_failed
    if failed is not None and judgement.code is not None:
        shown.sort(key=lambda entry: entry[0] != failed.scenario)
    views = []
    for number, (slug, run, title) in enumerate(shown, start=1):
        if run.outcome is not None and _was_a_release(run.outcome):
            sentence = f"{story(run, scenarios[slug])}."
            chart = draw(run.outcome, scenarios[slug], chart_id=f"run-{number}", desc=sentence)
            views.append(RunView(title=title, about=scenarios[slug].about, sentence=sentence, chart=chart))
    return views


def _was_a_release(outcome: Outcome) -> bool:
    """Code that only computes something, such as a routing rule, has no timeline worth drawing."""
    return bool(outcome.measures["canary_requests"]) or any(event.kind != "inconclusive" for event in outcome.events)


def _note(ready: Ready, answer: Answer) -> SafeString:
    chosen = ready.item.chosen(answer).values()
    notes = [ready.item.notes[option.text] for option in chosen if option.text in ready.item.notes]
    return render(bind("\n\n".join(dict.fromkeys(notes)), ready.item, ready.scenarios)) if notes else SafeString("")


def show_resolved(ready: Ready, yours: list[dict[str, int]]) -> ResolvedView:
    """All answers side by side, the worked solution and what else there is; `yours` are the learner's answers."""
    told = _told(ready)
    return ResolvedView(
        answers_html=[_answer_html(ready, answer) for answer in passing_answers(ready)],
        compare=_compare(ready, yours),
        steps_html=told["steps"],
        quick_check_html=told["check"][0],
        mistakes_html=told["mistakes"],
        afterwards=[_afterwards(ready, part) for part in ready.item.afterwards],
    )


@lru_cache(maxsize=256)
def _told(ready: Ready) -> dict[str, list[SafeString]]:
    """The author's words with the runs' numbers in them."""
    item, scenarios = ready.item, ready.scenarios
    return {
        "steps": [render(bind(step, item, scenarios)) for step in item.solution],
        "check": [render_inline(bind(item.quick_check, item, scenarios))],
        "mistakes": [render_inline(bind(mistake, item, scenarios)) for mistake in item.mistakes],
    }


@lru_cache(maxsize=256)
def passing_answers(ready: Ready) -> tuple[dict[str, int], ...]:
    """The answers that pass, found by running every one: nothing stores them."""
    return tuple(answer for answer in ready.item.assignments() if ready.judge(answer).passed)


def _compare(ready: Ready, yours: list[dict[str, int]]) -> Compare:
    item = ready.item
    claims = any(option.claim for blank in item.blanks for option in item.options_for(blank))
    titles = [ready.scenarios[slug].title for slug in item.scenarios]
    columns = ["What the runs show"] if claims else [*titles, "Users harmed"]
    worth_it = _worth_comparing(item, passing_answers(ready), yours)
    return Compare(
        columns=["Claim" if claims else "Answer", *columns],
        rows=[_compare_row(ready, answer, columns, answer in yours) for answer in worth_it],
        meter_title="" if claims else "Share of users harmed",
    )


def _worth_comparing(
    item: Item, passing: tuple[dict[str, int], ...], yours: list[dict[str, int]]
) -> list[dict[str, int]]:
    """Every answer; where there are too many, those that pass, the learner's, and those one change from passing."""
    answers = list(item.assignments())
    if len(answers) <= _MOST_ROWS:
        return answers
    return [answer for answer in answers if answer in yours or any(_changes(answer, best) <= 1 for best in passing)]


def _changes(one: Answer, other: Answer) -> int:
    return sum(one[blank] != other[blank] for blank in one)


def _compare_row(ready: Ready, answer: dict[str, int], columns: list[str], yours: bool) -> CompareRow:
    judgement = ready.judge(answer)
    outcomes = [run.outcome for run in judgement.runs.values() if run.outcome is not None]
    if len(columns) == 1:
        texts = [" ".join(goal_detail(result, judgement, dict(ready.scenarios)) for result in judgement.goals)]
    else:
        harmed = sum(outcome.measures["users_harmed"] for outcome in outcomes)
        texts = [*(ending(run) for run in judgement.runs.values()), say_count(harmed)]
    return CompareRow(
        answer_html=_answer_html(ready, answer),
        cells=[Cell(column=column, text=text) for column, text in zip(columns, texts, strict=True)],
        passed=judgement.passed,
        yours=yours,
        meter=round(100 * max((outcome.measures["users_harmed_share"] for outcome in outcomes), default=0.0)),
        note_html=_why(ready, judgement),
    )


def _why(ready: Ready, judgement: Judgement) -> SafeString:
    """The reason for a row: the refusal's message, or the author's note on the option."""
    if judgement.refusal is not None:
        return render_inline(judgement.refusal.message)
    return _note(ready, judgement.answer)


def _afterwards(ready: Ready, part: Contracts | Demonstration) -> Afterwards:
    intro = render(part.intro)
    if isinstance(part, Demonstration):
        run = deploy(part.script, ready.scenarios[ready.item.scenarios[0]], 0)
        return Afterwards(title=part.title, intro_html=intro, code=highlight(part.script), output=run.output)
    rows = [
        TableRow(
            head_html=_answer_html(ready, answer),
            cells=[
                Cell(column=name, text=_under(ready, answer, template)) for name, template in part.templates.items()
            ],
        )
        for answer in ready.item.assignments()
    ]
    return Afterwards(title=part.title, intro_html=intro, table=Table(columns=list(part.templates), rows=rows))


def _answer_html(ready: Ready, answer: Answer) -> SafeString:
    """An answer as it is shown: code for a task, the option's own words for a question."""
    if ready.item.kind == "question":
        return render_inline(say_answer(ready.item, answer))
    return format_html("<code>{}</code>", say_answer(ready.item, answer))


def _under(ready: Ready, answer: Answer, template: str) -> str:
    """What an answer does under another template: the share it gives the canary, or why it is refused."""
    item = ready.item
    run = deploy(item.filled(answer, template) or "", ready.scenarios[item.scenarios[0]], 0)
    if run.outcome is None:
        return f"refused: {run.refused.message}" if run.refused else "refused"
    weight = run.outcome.trace[0].weight
    return f"{weight / 100:g}\N{NO-BREAK SPACE}% to the canary"
