"""The break-it step: releases in worlds of all kinds, made from seeds, until one goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from canarylearn.items.project.releasing import (
    PROMOTED,
    ROLLED_BACK,
    hold_lost,
    hold_segment,
    hold_sound,
    hold_undecidable,
    hold_wrong,
)
from canarylearn.items.project.trial import Ran, run_release
from canarylearn.items.project.verdicts import Failed, Finding, say_percent, shown
from canarylearn.items.project.worlds import Case, fails

BLAMES = "blames-v2"
FAMILY = "any"
"""The name of the cases that are made from their seed."""

A_ROUND = 12
"""Worlds in one round of the search."""

AGAIN = 2
"""How often a release that blamed a v2 as good as v1 is carried out again in the same world, under other luck.

A sound rule that looks a dozen times, at two counts and in three groups of users, blames a fine v2 in a few releases of
a hundred. That is bad luck and no fault to mend, and it does not come three times running; a window that pools hours
in which the share has grown blames v2 nearly every time.
"""
_OTHER_LUCK = 1_000_003


@dataclass(frozen=True, kw_only=True)
class Made:
    """A world made from a seed: what is true in it, and what a release has to do there."""

    case: Case
    hold: Callable[[Ran], None]


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What a round found: how many worlds the release survived, and the first that broke it."""

    survived: int
    finding: Finding | None = None
    world: str = ""


def made(seed: int) -> Made:
    """The world of a seed."""
    rng = np.random.default_rng([seed, 4])
    kinds = list(_KINDS)
    return _KINDS[kinds[int(rng.integers(len(kinds)))]](rng)


def search(text: str, first_seed: int, worlds: int = A_ROUND) -> Searched:
    """Carry a release out in so many worlds, up to the first that breaks it."""
    for number in range(worlds):
        seed = first_seed + number
        one = made(seed)
        try:
            one.hold(run_release(text, one.case, seed))
        except Failed as failed:
            if failed.finding.code == BLAMES and not all(_blames(text, one, seed, turn) for turn in range(AGAIN)):
                continue
            return Searched(survived=number, finding=failed.finding, world=one.case.title)
    return Searched(survived=worlds)


def _blames(text: str, one: Made, seed: int, turn: int) -> bool:
    """Whether the release blames v2 in this world under other luck, too."""
    try:
        one.hold(run_release(text, one.case, seed + _OTHER_LUCK * (turn + 1)))
    except Failed as failed:
        return failed.finding.code == BLAMES
    return False


def _case(title: str, **facts: object) -> Case:
    return Case(name=FAMILY, title=title, **facts)  # type: ignore[arg-type]


def _fine(rng: np.random.Generator) -> Made:
    errors = float(rng.choice([0.01, 0.02, 0.03]))
    both = {"errors": errors}
    title = f"both versions fail {say_percent(errors)} of requests"
    return Made(case=_case(title, stable=both, canary=both), hold=_hold_not_back)


def _outage(rng: np.random.Generator) -> Made:
    since, rate = int(rng.choice([80, 120, 160])), float(rng.choice([0.1, 0.15, 0.2]))
    title = (
        f"something both versions depend on fails {say_percent(rate)} of requests from minute {since} to {since + 60}"
    )
    fault = {"kind": "outage", "rate": rate, "since": f"{since}m", "until": f"{since + 60}m"}
    return Made(case=_case(title, faults=[fault]), hold=_hold_not_back)


def _failing(rng: np.random.Generator) -> Made:
    points, since = int(rng.choice([8, 12, 20])), int(rng.choice([0, 20]))
    lost = int(rng.integers(0, 3))
    title = f"v2 fails {points} points more often from minute {since}, and {lost} roll backs get lost"
    return Made(case=_case(title, faults=[fails(points, since)], lost=lost), hold=hold_lost)


def _segment(rng: np.random.Generator) -> Made:
    gap = float(rng.choice([0.08, 0.12]))
    title = f"v2 fails {gap * 100:.0f} points more on ios, and the average is v1's"
    fault = {"kind": "segment-bug", "on": "canary", "segment": "ios", "errors": gap}
    case = _case(title, stable={"errors": 0.01 + gap / 4}, canary={"errors": 0.01}, faults=[fault])
    return Made(case=case, hold=hold_segment)


def _wrong(rng: np.random.Generator) -> Made:
    rate = float(rng.choice([0.06, 0.1]))
    title = f"v2 turns {say_percent(rate)} of its right answers wrong"
    fault = {"kind": "quality-drop", "on": "canary", "rate": rate}
    return Made(case=_case(title, faults=[fault]), hold=hold_wrong)


def _quiet(rng: np.random.Generator) -> Made:
    rate = float(rng.choice([0.001, 0.01, 0.02]))
    title = f"{rate * 3600:.0f} requests come in an hour"
    return Made(case=_case(title, requests_per_second=rate), hold=hold_undecidable)


_KINDS: dict[str, Callable[[np.random.Generator], Made]] = {
    "fine": _fine,
    "outage": _outage,
    "failing": _failing,
    "segment": _segment,
    "wrong": _wrong,
    "quiet": _quiet,
}


def _hold_not_back(ran: Ran) -> None:
    """v2 is as good as v1: promoted or not, it is not blamed."""
    hold_sound(ran)
    if ran.returned == ROLLED_BACK:
        said = (
            f"v2 is as good as v1 in this world, and it was rolled back at minute {ran.trial.minute}; under other luck "
            "it goes the same way. Over a window in which the share has grown, v2 has most of its requests late and v1 "
            "most of its own early, so that a bad hour of both counts against v2."
        )
        raise Failed(BLAMES, said, seed=ran.seed, case=ran.case.name, example="release()")
    _hold_any(ran)


def _hold_any(ran: Ran) -> None:
    """Whatever it decides, it has done what it says."""
    hold_sound(ran)
    on_v2 = ran.trial.weight / 100
    if (ran.returned == PROMOTED) is not (on_v2 == 100) or (ran.returned != PROMOTED and on_v2):
        said = f"It says {shown(ran.returned)}, and v2 has {on_v2:g} % of the users."
        raise Failed("said-not-done", said, seed=ran.seed, case=ran.case.name, example="release()")
