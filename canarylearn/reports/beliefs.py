"""What a wrong run says of what somebody believes: why it failed, which way it missed, and how it ended.

Each mark is read off the run. "Does not look at one group of users" is a release that reached everyone although v2 was
broken for one group; "promotes whatever it is given" is one that reached everyone in every scenario.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.engine import MEASURES, Scenario
from canarylearn.items import Judgement
from canarylearn.items.goals import read_amount
from canarylearn.items.judging import GoalResult
from canarylearn.learning.services import finding_of

REFUSED, CLAIM = "refused", "claim"
MORE, LESS = "more", "less"


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """A class of wrong runs: the code of what failed, and how the run ended.

    `which` is the refusal in words, without the values that were given; or which way a measure missed its goal; or what
    should have been printed. `faults` are the kinds of fault in the scenario where it failed, and `always` says that
    the release ended so in every scenario of several: what is wrong with a version changes nothing.
    """

    finding: str
    outcome: str
    which: str = ""
    faults: tuple[str, ...] = ()
    always: bool = False


def fingerprint(judgement: Judgement, scenarios: Mapping[str, Scenario]) -> Fingerprint:
    """The class of a wrong answer's run. A claim about named runs has no run of its own."""
    refusal, failed = judgement.refusal, judgement.first_failed
    if refusal is not None:
        return Fingerprint(finding=refusal.code, outcome=REFUSED, which=_without_values(refusal.message))
    run = judgement.runs.get(failed.scenario) if failed else None
    which = _which_way(failed) if failed else ""
    if failed is None or failed.goal.run or failed.goal.prints is not None or run is None or run.outcome is None:
        return Fingerprint(finding=finding_of(judgement), outcome=CLAIM, which=which)
    endings = {one.outcome.phase for one in judgement.runs.values() if one.outcome}
    return Fingerprint(
        finding=finding_of(judgement),
        outcome=run.outcome.phase.value,
        which=which,
        faults=_kinds_of_fault(scenarios[failed.scenario]) if failed.goal.outcome else (),
        always=bool(failed.goal.outcome) and len(endings) == 1 < len(judgement.runs),
    )


def _kinds_of_fault(world: Scenario) -> tuple[str, ...]:
    return tuple(sorted({fault.kind for fault in world.faults}))


def _which_way(failed: GoalResult) -> str:
    """Whether there was more of a measure than the goal allows, or less than it wants; or what should be printed."""
    goal = failed.goal
    if goal.measure is None:
        return (goal.prints or "").strip()
    wants, allows = goal.at_least or goal.above, goal.at_most or goal.below
    if wants and allows:
        least = read_amount(MEASURES[goal.measure], goal.at_least) if goal.at_least else None
        return LESS if least is not None and failed.value < least else MORE
    return LESS if wants else MORE


_GIVEN = re.compile(r"'[^']*'|-?\d+(?:\.\d+)?%?")
_GOT = re.compile(r",? and it got (the text|the number|the list|the table)?.*")
_SUMS = re.compile(r"(have to add up to \d+)")


def _without_values(message: str) -> str:
    """A refusal with what was wanted, and without the values that somebody happened to give."""
    wanted = _SUMS.search(message)
    got = _GOT.search(message)
    kept = _GOT.sub("", message)
    plain = _GIVEN.sub("…", kept if wanted is None else kept.replace(wanted[1], ""))
    told = " ".join(filter(None, [plain.strip(" ."), wanted[1] if wanted else "", got[1] if got else ""]))
    return " ".join(told.split())


_FAULTS: dict[str, str | Promise] = {
    "error-burst": gettext_lazy("errors for a while"),
    "slow-tail": gettext_lazy("a slow tail"),
    "leak": gettext_lazy("a leak that slows it down"),
    "outage": gettext_lazy("a failure of something that both versions need"),
    "segment-bug": gettext_lazy("a bug for one group of users"),
    "quality-drop": gettext_lazy("predictions that turn wrong"),
    "cold-cache": gettext_lazy("a cache that is cold at first"),
    "missing-metrics": gettext_lazy("metrics that do not arrive"),
}


def say(judgement: Judgement, found: Fingerprint) -> str:
    """The class in words, with the refusal's own where there is one."""
    if judgement.refusal is not None:
        return _("Refused: %(message)s") % {"message": judgement.refusal.message}
    if found.finding == "prints":
        return _("What is printed is not: %(text)s") % {"text": ", ".join(found.which.splitlines())}
    ended = _ending(found)
    if found.finding in MEASURES:
        label = MEASURES[found.finding].label
        if found.outcome == CLAIM:
            said = _("Expects more: %(measure)s") if found.which == LESS else _("Expects less: %(measure)s")
            return said % {"measure": label}
        said = _("Too little: %(measure)s; %(ended)s") if found.which == LESS else _("Too much: %(measure)s; %(ended)s")
        return said % {"measure": label, "ended": ended}
    wanted = {
        "not-promoted": _("Should have been promoted"),
        "not-rolled_back": _("Should have been rolled back"),
        "not-inconclusive": _("Should have stayed undecided"),
    }.get(found.finding, found.finding.removeprefix("not-").replace("_", " "))
    told = f"{wanted}; {ended}"
    if found.faults:
        told += ". " + _("There was: %(faults)s") % {"faults": ", ".join(str(_FAULTS[one]) for one in found.faults)}
    return told


def _ending(found: Fingerprint) -> str:
    always = {
        "promoted": _("it went to everyone in every scenario"),
        "rolled_back": _("it was rolled back in every scenario"),
        "inconclusive": _("nothing was decided in any scenario"),
    }
    once = {
        "promoted": _("the release went to everyone"),
        "rolled_back": _("the release was rolled back"),
        "inconclusive": _("nothing was decided"),
        CLAIM: _("the claim does not hold in the runs"),
    }
    return (always if found.always else once).get(found.outcome, found.outcome)
