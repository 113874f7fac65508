"""What a learner is shown after an answer: the verdict on their run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from canarylearn.engine import Outcome, Scenario
from canarylearn.items import Answer, Item, Judgement
from canarylearn.items.binding import bind
from canarylearn.items.explaining import (
    Figure,
    figures,
    first_failure,
    goal_detail,
    headline,
    printed,
    say_answer,
    story,
)
from canarylearn.learning.markup import CodeLine, highlight, render, render_inline
from canarylearn.learning.ready import Ready
from canarylearn.timeline.drawing import Chart, draw


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

    @cached_property
    def body_html(self) -> SafeString:
        """All but the headline, as HTML: the same for everybody who gave this answer, so it is rendered once."""
        return SafeString(render_to_string("learning/_verdict_body.html", {"verdict": self}))

    @property
    def reached(self) -> int:
        """How many of the goals were reached."""
        return sum(goal.met for goal in self.goals)

    @property
    def mark(self) -> str:
        """The verdict in a word or two."""
        return _("Solved") if self.passed else _("Not yet")


def show_verdict(ready: Ready, answer: Answer, prefix: str = "run") -> VerdictView:
    """The verdict on one answer, from its own runs alone; of an answer given before, the same view again.

    `prefix` begins the ids of its timelines, for pages that show more than one verdict.
    """
    return _shown(ready, tuple(sorted(answer.items())), prefix, get_language())


@lru_cache(maxsize=512)
def _shown(ready: Ready, answer: tuple[tuple[str, int], ...], prefix: str, language: str | None) -> VerdictView:
    """The view holds words of the interface: each language has its own."""
    judgement = ready.judge(dict(answer))
    scenarios = dict(ready.scenarios)
    refused = judgement.refusal
    refusal = None
    if refused is not None:
        refusal = Refusal(
            line=refused.line, message=refused.message, code=highlight(judgement.code or "", refused.line)
        )
    said = headline(judgement, scenarios)
    return VerdictView(
        passed=judgement.passed,
        headline=said,
        answer_html=answer_html(ready.item, judgement.answer),
        figures=figures(judgement),
        refusal=refusal,
        runs=_run_views(judgement, scenarios, prefix),
        goals=_goals(judgement, scenarios, {f"{said}."}),
        note_html=note(ready, judgement.answer),
        output=printed(judgement),
    )


def _goals(judgement: Judgement, scenarios: dict[str, Scenario], said: set[str]) -> list[GoalView]:
    """The goals with their numbers; a sentence that stands on the card already is not said a second time."""
    views = []
    for result in judgement.goals:
        detail = goal_detail(result, judgement, scenarios)
        views.append(GoalView(met=result.met, name=result.goal.name, detail="" if detail in said else detail))
        said = {*said, detail}
    return views


def _run_views(judgement: Judgement, scenarios: Mapping[str, Scenario], prefix: str) -> list[RunView]:
    """Timelines: of the answer's own runs, or of the named runs that claims speak about."""
    if judgement.code is not None:
        shown = [(slug, run, scenarios[slug].title) for slug, run in judgement.runs.items()]
    else:
        shown = [
            (slug, run, _("Run “%(name)s”: %(title)s") % {"name": name, "title": scenarios[slug].title})
            for (name, slug), run in judgement.others.items()
        ]
    failed = judgement.first_failed
    if failed is not None and judgement.code is not None:
        shown.sort(key=lambda entry: entry[0] != failed.scenario)
    views = []
    for number, (slug, run, title) in enumerate(shown, start=1):
        if run.outcome is not None and _was_a_release(run.outcome):
            sentence = f"{story(run, scenarios[slug])}."
            chart = draw(run.outcome, scenarios[slug], chart_id=f"{prefix}-{number}")
            views.append(RunView(title=title, about=scenarios[slug].about, sentence=sentence, chart=chart))
    return views


def _was_a_release(outcome: Outcome) -> bool:
    """Code that only computes something, such as a routing rule, has no timeline worth drawing."""
    return bool(outcome.measures["canary_requests"]) or any(event.kind != "inconclusive" for event in outcome.events)


def note(ready: Ready, answer: Answer) -> SafeString:
    """What the author says of the options that were chosen; of an order, the first step that went wrong."""
    if ready.item.kind == "order":
        return render(first_failure(ready.judge(answer)))
    chosen = ready.item.chosen(answer).values()
    notes = [ready.item.notes[option.text] for option in chosen if option.text in ready.item.notes]
    return (
        render(bind("\n\n".join(dict.fromkeys(notes)), ready.item, ready.scenarios, answer))
        if notes
        else SafeString("")
    )


def answer_html(item: Item, answer: Answer) -> SafeString:
    """An answer as it is shown: code for a task, the option's own words for a question."""
    if item.kind == "question":
        return render_inline(say_answer(item, answer))
    if item.kind == "order":
        texts = ((option.text,) for option in item.chosen(answer).values())
        return format_html_join(_(", then "), "<code>{}</code>", texts)
    return format_html("<code>{}</code>", say_answer(item, answer))
