"""Predictions in words: what is asked at a gate, what was predicted, what the run showed, and the gap between them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from canarylearn.engine.quantities import BUCKETS, NBSP, say_count, say_weight
from canarylearn.items.walks import CHOICES, WATCHING, Walked
from canarylearn.lessons.walking import NOT_SURE
from canarylearn.timeline.html import Html
from canarylearn.timeline.stepping import gap_picture

_CLOSE = 0.25


@dataclass(frozen=True, kw_only=True)
class Told:
    """A prediction beside what the run showed. `fared` is right, close, off or unsure; `gap` a picture of numbers."""

    number: int
    gate_frame: int
    known_at: int
    question: str
    predicted: str
    observed: str
    fared: str
    verdict: str
    gap: Html | None


def tell(walked: Walked, gate: int, answer: str) -> Told:
    """What came of a prediction at a gate (from 0)."""
    asked, observed = walked.walk.gates[gate].ask, walked.observed(gate)
    is_number = asked not in CHOICES and answer != NOT_SURE
    fared, verdict = _fared(answer, observed, is_number=is_number)
    return Told(
        number=gate + 1,
        gate_frame=walked.gates[gate],
        known_at=walked.known_at(gate),
        question=say_question(walked, gate)[0],
        predicted=say_answer(asked, answer) if answer != NOT_SURE else _("Not sure"),
        observed=say_answer(asked, observed),
        fared=fared,
        verdict=verdict,
        gap=gap_picture(int(answer), int(observed)) if is_number else None,
    )


def _fared(answer: str, observed: str, *, is_number: bool) -> tuple[str, str]:
    """A choice is held against the run; a number is scored by its distance from it."""
    if answer == NOT_SURE:
        return "unsure", _("Shown")
    if answer == observed:
        return "right", _("As predicted") if not is_number else _("Spot on")
    if not is_number:
        return "off", _("Otherwise than predicted")
    distance = abs(int(answer) - int(observed))
    close = distance <= max(1, _CLOSE * int(observed))
    said = _("Close: %(distance)s off") if close else _("%(distance)s off")
    return "close" if close else "off", said % {"distance": say_count(distance)}


def say_answer(asked: str, answer: str) -> str:
    """An option or a number in words."""
    if asked == "analysis":
        return {
            WATCHING: _("It goes on watching"),
            "promoted": _("v2 is no worse: it goes to everyone"),
            "rolled_back": _("v2 is worse: everyone goes back to v1"),
            "inconclusive": _("No decision: a person has to look"),
        }[answer]
    if asked == "ending":
        return {
            "promoted": _("v2 goes to everyone"),
            "rolled_back": _("v2 is rolled back"),
            "inconclusive": _("Without a decision"),
        }[answer]
    amount = say_count(int(answer))
    if asked == "minutes":
        return f"{amount}{NBSP}min"
    return (
        _("%(count)s users") % {"count": amount} if asked == "harmed" else _("%(count)s requests") % {"count": amount}
    )


def say_question(walked: Walked, gate: int) -> tuple[str, str]:
    """What is asked at a gate, and a sentence that makes it clear."""
    asked = walked.walk.gates[gate].ask
    users = say_count(walked.scenario.traffic.users)
    if asked == "analysis":
        return _("What will the analysis say after the next interval?"), ""
    if asked == "ending":
        return _("How will this release end?"), _("It has %(minutes)s minutes at most.") % {
            "minutes": round(walked.scenario.trial / 60)
        }
    if asked == "harmed":
        return (
            _("How many of the %(users)s users will v2 have harmed when the release is decided?") % {"users": users},
            _("Harmed: v2 failed them, or kept them waiting, where v1 would have served them well."),
        )
    if asked == "minutes":
        return (
            _("After how many minutes from its start will the release be decided?"),
            _("It has %(minutes)s minutes at most.") % {"minutes": round(walked.scenario.trial / 60)},
        )
    return _("How many requests will v2 answer in the next interval?"), _next_weight(walked, gate)


def _next_weight(walked: Walked, gate: int) -> str:
    """What is known about the next interval: the plan's next weight, and the traffic there was in this one."""
    frame = walked.gates[gate]
    now = walked.frames[frame - 1]
    end, weight = 0.0, now.weight
    for step in walked.walks.steps:
        weight = step.weight
        end += step.hold
        if now.end < end:
            break
    assert 0 < weight < BUCKETS
    return _(
        "By the plan it gets %(weight)s of the traffic then. In this one there were %(requests)s requests in all."
    ) % {
        "weight": say_weight(weight),
        "requests": say_count(now.canary.requests + now.baseline.requests),
    }
