"""One frame of a live run as its page shows it: never more than the frames up to the gate that is not answered yet."""

import math
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.engine import Interval
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import BUCKETS, say_count, say_latency, say_share, say_weight
from canarylearn.items.explaining import story
from canarylearn.items.judging import Run
from canarylearn.items.places import evidence
from canarylearn.items.walks import CHOICES, WATCHING, Walked
from canarylearn.learning.markup import CodeLine, highlight
from canarylearn.lessons.foretold import Told, say_answer, say_question, tell
from canarylearn.lessons.walking import Live
from canarylearn.timeline.html import Html
from canarylearn.timeline.stepping import draw_so_far, stepping_figure

WORDS_ID = "frame-words"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A quantity of both arms in one frame."""

    label: str
    stable: str
    canary: str


@dataclass(frozen=True, kw_only=True)
class Option:
    """One of the answers to choose from."""

    name: str
    text: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class GateView:
    """A question that has to be answered before the next frame; without options it asks for a whole number."""

    number: int
    question: str
    about: str
    options: tuple[Option, ...]
    given: str
    message: str


@dataclass(frozen=True, kw_only=True)
class EndView:
    """What is told when a run has ended: how, what was true in it, and how the predictions fared."""

    ending: str
    title: str
    about: str
    lab_name: str
    fields: dict[str, str]
    told: tuple[Told, ...]


@dataclass(frozen=True, kw_only=True)
class FrameView:
    """One frame. `sentence` says what is seen in it, and `said` what is new on the page as well.

    `told` are the predictions whose truth came out in it, `waiting` what was predicted just before and comes out later.
    """

    number: int
    when: str
    sentence: str
    said: str
    facts: tuple[Fact, ...]
    analysis: str
    reason: str
    evidence: str
    event: str
    plan: tuple[CodeLine, ...]
    line: int
    chart: Html
    back: str
    forward: str
    gate: GateView | None
    told: tuple[Told, ...]
    waiting: str
    end: EndView | None


def address(topic: str, slug: str, frame: int) -> str:
    """Where a frame is."""
    return f"{reverse('lessons:visualise', args=[topic])}?{urlencode({'scenario': slug, 'frame': frame})}"


def show_frame(live: Live, answers: list[str], number: int, *, given: str = "", message: str = "") -> FrameView:
    """One of a run's open frames."""
    walked, until = live.walked, live.open_until(answers)
    assert 1 <= number <= until
    interval = walked.frames[number - 1]
    made = [tell(walked, gate, answer) for gate, answer in enumerate(answers)]
    at_gate = number == until and len(answers) < len(walked.gates)
    waiting = next((told.predicted for told in made if told.gate_frame + 1 == number < told.known_at), "")
    gate = _gate(walked, len(answers), given, message) if at_gate else None
    out = tuple(told for told in made if told.known_at == number)
    sentence = _sentence(walked, number)
    return FrameView(
        number=number,
        when=_when(interval),
        sentence=sentence,
        said=" ".join([sentence, *_news(out, waiting, gate)]),
        facts=_facts(walked, interval),
        analysis=analysis_words(walked, number),
        reason=interval.analysis.reason if number <= walked.decided else "",
        evidence=say_share(round(evidence(interval), 2)) if number <= walked.decided else "",
        event=event_words(walked, number),
        plan=highlight(walked.walks.plan),
        line=walked.line(number),
        chart=_chart(live, number),
        back=address(live.topic, live.slug, number - 1) if number > 1 else "",
        forward=address(live.topic, live.slug, number + 1) if number < until else "",
        gate=gate,
        told=out,
        waiting=waiting,
        end=_end(live, made) if number == walked.last else None,
    )


def _news(told: tuple[Told, ...], waiting: str, gate: GateView | None) -> list[str]:
    """What else is new on the page, for those who hear it."""
    said = [
        _("Prediction %(number)s: %(verdict)s. Observed: %(observed)s.")
        % {"number": one.number, "verdict": one.verdict, "observed": one.observed}
        for one in told
    ]
    said += [_("Kept: %(predicted)s.") % {"predicted": waiting}] if waiting else []
    return [*said, *([gate.question] if gate else [])]


def names_of(walked: Walked) -> tuple[str, str]:
    """The names of stable and canary."""
    return walked.scenario.stable.name, walked.scenario.canary.name


def _when(interval: Interval) -> str:
    return _("Minute %(begin)s to %(end)s") % {
        "begin": round(interval.start / 60),
        "end": round(interval.end / 60),
    }


def _facts(walked: Walked, interval: Interval) -> tuple[Fact, ...]:
    arms = (interval.baseline, interval.canary)
    stable_weight = say_weight(BUCKETS - interval.weight)
    return (
        Fact(label=_("Traffic"), stable=stable_weight, canary=say_weight(interval.weight)),
        Fact(label=_("Requests"), stable=say_count(arms[0].requests), canary=say_count(arms[1].requests)),
        Fact(label=_("Failed"), stable=failed(arms[0]), canary=failed(arms[1])),
        Fact(label=_("p95 latency"), stable=say_latency(arms[0].p95), canary=say_latency(arms[1].p95)),
    )


def failed(arm: ArmMetrics) -> str:
    """The share of an arm's requests that failed."""
    return say_share(arm.error_rate)


def analysis_words(walked: Walked, number: int) -> str:
    """What the analysis says at the end of a frame."""
    if number > walked.decided:
        return _("The release is over")
    return say_answer("analysis", walked.outcome.phase.value if number == walked.decided else WATCHING)


def event_words(walked: Walked, number: int) -> str:
    """What happened in a frame: a weight that was set at its start, or the decision at its end."""
    interval = walked.frames[number - 1]
    told = [
        event.text
        for event in walked.outcome.events
        if (event.kind == "weight" and event.at == interval.start)
        or (event.kind != "weight" and interval.start < event.at <= interval.end)
    ]
    return "; ".join(told)


def _sentence(walked: Walked, number: int) -> str:
    """The frame for those who hear it."""
    interval = walked.frames[number - 1]
    stable, canary = names_of(walked)
    said = _(
        "%(when)s, %(weight)s of the traffic to %(canary)s: %(canary)s failed %(canary_failed)s of %(requests)s"
        " requests and %(stable)s %(stable_failed)s; p95 %(canary_p95)s and %(stable_p95)s. %(analysis)s."
    ) % {
        "when": _when(interval),
        "weight": say_weight(interval.weight),
        "stable": stable,
        "canary": canary,
        "requests": say_count(interval.canary.requests),
        "canary_failed": failed(interval.canary),
        "stable_failed": failed(interval.baseline),
        "canary_p95": say_latency(interval.canary.p95),
        "stable_p95": say_latency(interval.baseline.p95),
        "analysis": analysis_words(walked, number),
    }
    event = event_words(walked, number)
    return f"{said} {_capital(event)}." if event and number >= walked.decided else said


def _capital(text: str) -> str:
    """The text with a capital letter, unless it begins with a name such as v2."""
    return text if text[1:2].isdigit() else text[:1].upper() + text[1:]


def _chart(live: Live, number: int) -> Html:
    walked = live.walked
    seen = walked.frames[:number]
    gathered = tuple(
        evidence(interval) if frame <= walked.decided else math.nan for frame, interval in enumerate(seen, start=1)
    )
    ended = (walked.frames[walked.decided - 1].end, walked.outcome.phase.value) if number >= walked.decided else None
    scenario = walked.scenario
    chart = draw_so_far(
        seen,
        gathered,
        trial=scenario.trial,
        window=walked.most * scenario.interval,
        names=names_of(walked),
        event=ended,
    )
    return stepping_figure(chart, title=walked.walk.title, words_id=WORDS_ID)


def _gate(walked: Walked, gate: int, given: str, message: str) -> GateView:
    asked = walked.walk.gates[gate].ask
    question, about = say_question(walked, gate)
    return GateView(
        number=gate + 1,
        question=question,
        about=about,
        options=tuple(
            Option(name=name, text=say_answer(asked, name), chosen=name == given) for name in CHOICES.get(asked, ())
        ),
        given=given,
        message=message,
    )


def _end(live: Live, made: list[Told]) -> EndView:
    walked = live.walked
    scenario = walked.scenario
    told = story(Run(outcome=walked.outcome, refused=None, output=()), scenario)
    fields = {"seed": str(walked.walk.seed)}
    for number, step in enumerate(walked.walks.steps, start=1):
        fields |= {f"weight_{number}": f"{step.weight * 100 / BUCKETS:g}", f"hold_{number}": f"{step.hold / 60:g}m"}
    return EndView(
        ending=f"{_capital(told)}.",
        title=scenario.title,
        about=scenario.about,
        lab_name=f"{live.topic}/{scenario.slug}",
        fields=fields,
        told=tuple(made),
    )
