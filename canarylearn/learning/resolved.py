"""What a learner is shown once an item is resolved: every other answer's run, and the author's words."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from canarylearn.engine.quantities import NBSP, say_count
from canarylearn.items import Answer, Judgement
from canarylearn.items.binding import bind
from canarylearn.items.explaining import ending, goal_detail
from canarylearn.items.judging import deploy, shown_seed
from canarylearn.items.spec import Contracts, Demonstration, Item
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import CodeLine, highlight, render, render_inline
from canarylearn.learning.option_charts import OptionChart, draw_options, letter
from canarylearn.learning.ready import Ready
from canarylearn.learning.verdicts import answer_html, note

_MOST_ROWS = 16
_MOST_OPEN_ROWS = 8


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a table, with its column's title for when rows are stacked."""

    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Harm:
    """The users harmed in the run that harmed most: their number, and their share from 0 to 100."""

    users: str
    share: int


@dataclass(frozen=True, kw_only=True)
class CompareRow:
    """One answer in the table of all answers. `harm` is None when nothing was released."""

    letter: str
    answer_html: SafeString
    cells: list[Cell]
    passed: bool
    yours: bool
    harm: Harm | None
    note_html: SafeString


@dataclass(frozen=True, kw_only=True)
class Compare:
    """The table of what each answer would have done; `folded` are rows of refusals, where there are many."""

    columns: list[str]
    rows: list[CompareRow]
    folded: list[CompareRow]
    harm_title: str
    chart: OptionChart | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing to put in another's place: the name of its blank, what stood there, and what passes."""

    blank: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The learner's last answer in one scenario: what it takes to run it once more elsewhere."""

    title: str
    scenario: str
    code: str
    seed: int


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

    changes: list[Change]
    seeds: int
    deployed: list[Deployed]
    answers_html: list[SafeString]
    compare: Compare
    steps_html: list[SafeString]
    quick_check_html: SafeString
    mistakes_html: list[SafeString]
    afterwards: list[Afterwards]

    @property
    def passing_html(self) -> SafeString:
        """The answers that pass, one after the other."""
        return format_html_join(_(" or "), "{}", ((answer,) for answer in self.answers_html))

    @cached_property
    def html(self) -> SafeString:
        """All of it as HTML: the same for everybody who gave these answers, so it is rendered once."""
        return SafeString(render_to_string("learning/_resolved_body.html", {"resolved": self}))


def show_resolved(ready: Ready, yours: list[dict[str, int]]) -> ResolvedView:
    """All answers side by side, the worked solution and what else there is; `yours` are the learner's, in order."""
    return _shown(ready, tuple(tuple(sorted(answer.items())) for answer in yours), get_language())


@lru_cache(maxsize=512)
def _shown(ready: Ready, answers: tuple[tuple[tuple[str, int], ...], ...], language: str | None) -> ResolvedView:
    """The view holds words of the interface: each language has its own."""
    told, yours = _told(ready), [dict(answer) for answer in answers]
    return ResolvedView(
        changes=_smallest_change(ready, yours),
        seeds=ready.seeds,
        deployed=_deployed(ready, yours),
        answers_html=[answer_html(ready.item, answer) for answer in passing_answers(ready)],
        compare=_compare(ready, yours),
        steps_html=told["steps"],
        quick_check_html=told["check"][0],
        mistakes_html=told["mistakes"],
        afterwards=[_afterwards(ready, part) for part in ready.item.afterwards],
    )


def _smallest_change(ready: Ready, yours: list[dict[str, int]]) -> list[Change]:
    """What to change in the last answer that did not pass: the passing answer with the fewest other blanks, as found
    by running every one."""
    missed = next((answer for answer in reversed(yours) if not ready.judge(answer).passed), None)
    if missed is None:
        return []
    best = min(passing_answers(ready), key=lambda answer: _changes(missed, answer))
    return [_change(ready.item, blank, missed[blank], best[blank]) for blank in best if missed[blank] != best[blank]]


def _change(item: Item, blank: str, before: int, after: int) -> Change:
    if item.kind == "question":
        return Change(blank="", before=option_id(before), after=option_id(after))
    options = item.options_for(blank)
    if item.kind == "order":
        blank = _("step %(number)s") % {"number": item.blanks.index(blank) + 1}
    return Change(blank=blank, before=options[before].text, after=options[after].text)


def _deployed(ready: Ready, yours: list[dict[str, int]]) -> list[Deployed]:
    """The last answer's code, once for each scenario that is elsewhere what it is here; none where the code is not the
    learner's."""
    code = ready.judge(yours[-1]).code if yours else None
    if code is None:
        return []
    seed = shown_seed(ready.item)
    return [
        Deployed(title=ready.scenarios[slug].title, scenario=f"{ready.topic_slug}/{slug}", code=code, seed=seed)
        for slug in ready.item.scenarios
        if not (ready.variant and ready.item.varies.get(slug))
    ]


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
    columns = [_("What the runs show")] if claims else [ready.scenarios[slug].title for slug in item.scenarios]
    answers = _worth_comparing(item, passing_answers(ready), yours)
    rows = [_compare_row(ready, answer, columns, claims=claims, yours=answer in yours) for answer in answers]
    fold = len(rows) > _MOST_OPEN_ROWS
    harm = _("Users harmed, in the worse run") if len(item.scenarios) > 1 else _("Users harmed")
    return Compare(
        columns=[_("Claim") if claims else _("Answer"), *columns],
        rows=[row for row in rows if not (fold and _is_dull(row))],
        folded=[row for row in rows if fold and _is_dull(row)],
        harm_title="" if claims else harm,
        chart=None if claims else draw_options(ready, answers, yours),
    )


def _is_dull(row: CompareRow) -> bool:
    """A refusal of an answer that somebody else might have given."""
    return row.harm is None and not row.yours


def _worth_comparing(
    item: Item, passing: tuple[dict[str, int], ...], yours: list[dict[str, int]]
) -> list[dict[str, int]]:
    """Every answer; where there are too many, those that pass, the learner's, and those one change from passing."""
    answers = list(item.assignments())
    if len(answers) <= _MOST_ROWS:
        return answers
    near = 2 if item.kind == "order" else 1  # two lines change places
    return [answer for answer in answers if answer in yours or any(_changes(answer, best) <= near for best in passing)]


def _changes(one: Answer, other: Answer) -> int:
    return sum(one[blank] != other[blank] for blank in one)


def _compare_row(ready: Ready, answer: dict[str, int], columns: list[str], *, claims: bool, yours: bool) -> CompareRow:
    judgement = ready.judge(answer)
    if claims:
        texts = [" ".join(goal_detail(result, judgement, dict(ready.scenarios)) for result in judgement.goals)]
    else:
        texts = [ending(run) for run in judgement.runs.values()]
    return CompareRow(
        letter=letter(ready, answer),
        answer_html=answer_html(ready.item, answer),
        cells=[Cell(column=column, text=text) for column, text in zip(columns, texts, strict=True)],
        passed=judgement.passed,
        yours=yours,
        harm=_harm(judgement),
        note_html=_why(ready, judgement),
    )


def _harm(judgement: Judgement) -> Harm | None:
    measured = [run.outcome.measures for run in judgement.runs.values() if run.outcome is not None]
    if not measured:
        return None
    worst = max(measured, key=lambda measures: measures["users_harmed_share"])
    return Harm(users=say_count(worst["users_harmed"]), share=round(100 * worst["users_harmed_share"]))


def _why(ready: Ready, judgement: Judgement) -> SafeString:
    """The reason for a row: the refusal's message, or the author's note on the option."""
    if judgement.refusal is not None:
        return render_inline(judgement.refusal.message)
    return note(ready, judgement.answer)


def _afterwards(ready: Ready, part: Contracts | Demonstration) -> Afterwards:
    intro = render(part.intro)
    if isinstance(part, Demonstration):
        run = deploy(part.script, ready.scenarios[ready.item.scenarios[0]], shown_seed(ready.item))
        return Afterwards(title=part.title, intro_html=intro, code=highlight(part.script), output=run.output)
    rows = [
        TableRow(
            head_html=answer_html(ready.item, answer),
            cells=[
                Cell(column=name, text=_under(ready, answer, template)) for name, template in part.templates.items()
            ],
        )
        for answer in ready.item.assignments()
    ]
    return Afterwards(title=part.title, intro_html=intro, table=Table(columns=list(part.templates), rows=rows))


def _under(ready: Ready, answer: Answer, template: str) -> str:
    """What an answer does under another template: the share it gives the canary, or why it is refused."""
    item = ready.item
    run = deploy(item.filled(answer, template) or "", ready.scenarios[item.scenarios[0]], shown_seed(item))
    if run.outcome is None:
        return _("refused: %(why)s") % {"why": run.refused.message} if run.refused else _("refused")
    weight = run.outcome.trace[0].weight
    return _("%(share)s to the canary") % {"share": f"{weight / 100:g}{NBSP}%"}
