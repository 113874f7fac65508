"""Stage 3: decide(v1, v2), judged on clear cases, and in simulated releases that are looked at often."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from canarylearn.dialects.script import Refused
from canarylearn.engine import Release
from canarylearn.items.project.clear_cases import ANSWERS, CLEAR_CASES, PROMOTE, ROLLBACK, WAIT, ClearCase
from canarylearn.items.project.verdicts import (
    Failed,
    Judged,
    Script,
    most_by_luck,
    run_checks,
    say_percent,
    shown,
    stopped,
)
from canarylearn.items.project.worlds import (
    INTERVAL,
    LABELS_AFTER,
    LOOKS,
    SHORT,
    VERSIONS,
    Case,
    Record,
    arm,
    log_of,
    summed,
)

NEEDS = "decide(v1, v2)"

WEIGHT = 20
"""Percent of users that v2 gets in the simulated releases."""

FINE_RELEASES, BROKEN_RELEASES = 60, 40
FALSE_ALARMS, TIMID = 0.02, 0.2
"""A good rule rolls back at most this share of fine releases, and leaves at most this one undecided."""

MISSED, HARM_PROMOTED = 0.05, 0.01
"""It misses at most this share of broken releases, and promotes at most this one."""

SMALL = 200
"""Requests on one side below which nothing is promoted."""


class _Rule:
    """A learner's decide()."""

    def __init__(self, text: str) -> None:
        self._script = Script(text, Release(SHORT["short-fine"].world(0)), needs=NEEDS)

    def ask(self, baseline: Record, canary: Record, question: ClearCase | None = None, seed: int | None = None) -> str:
        """What it decides."""
        example = f"decide({shown(baseline)}, {shown(canary)})"
        try:
            answer = self._script.call(dict(baseline), dict(canary))
        except Refused as refused:
            if question is not None and question.if_stopped:
                said = f"{question.what}, and there the script stops: {refused.at.message}."
                raise Failed(question.if_stopped, said, example=example, line=refused.at.line) from None
            raise stopped(refused.at, example, seed=seed) from None
        if answer is None:
            said = "It gives nothing back here: every way through the function needs a return."
            raise Failed("no-answer", said, example=example, seed=seed)
        if not isinstance(answer, str) or answer not in ANSWERS:
            said = f"It gives {shown(answer)}; the answers are 'promote', 'rollback' and 'inconclusive'."
            raise Failed("other-answer", said, example=example, seed=seed)
        return answer


def judge_rule(text: str, seeds: Sequence[int], part: int | None = None) -> Judged:
    """A decide(), judged on clear cases and in releases simulated from the seeds."""
    try:
        rule = _Rule(text)
    except Failed as failed:
        return Judged(passed=False, finding=failed.finding)
    checks: Mapping[str, Callable[[], str]] = {
        "Clear cases get a clear answer": lambda: _clear(rule),
        "Fine releases are left alone, however often looked at": lambda: _fine(rule, seeds),
        "A v2 that fails more is noticed": lambda: _broken(rule, seeds, SHORT["short-failing"], "harm"),
        "So is a v2 that is wrong more often": lambda: _broken(rule, seeds, SHORT["short-wrong"], "wrong"),
    }
    return run_checks(checks, part)


def _clear(rule: _Rule) -> str:
    for question in CLEAR_CASES:
        answer = rule.ask(question.baseline, question.canary, question)
        if answer not in question.right:
            right = " or ".join(f"'{one}'" for one in question.right)
            said = f"{question.what}: it says '{answer}', and {right} is right, since {question.why}."
            example = f"decide({shown(question.baseline)}, {shown(question.canary)})"
            raise Failed(question.slips[answer], said, example=example)
    return f"{len(CLEAR_CASES)} pairs of windows"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How one simulated release ended: the answer, at which look, and the windows it was given."""

    seed: int
    answer: str
    look: int
    baseline: Record
    canary: Record


def simulate(rule: Callable[[Record, Record], str], case: Case, seed: int) -> Ended:
    """One release at a fixed share, looked at after each interval from its beginning, until the rule decides."""
    ended = None
    for look, (baseline, canary) in enumerate(windows(case, seed), start=1):
        answer = rule(baseline, canary)
        ended = Ended(seed=seed, answer=answer, look=look, baseline=baseline, canary=canary)
        if answer != WAIT:
            break
    assert ended is not None  # there is at least one look
    return ended


def windows(case: Case, seed: int) -> Iterator[tuple[Record, Record]]:
    """The windows of both versions at each look, from the beginning of the release to the look."""
    whole = LOOKS * INTERVAL
    log = log_of(case.world(seed), [WEIGHT * 100] * LOOKS, now=whole + LABELS_AFTER)
    served = {
        version: [summed(log, version, minute, minute + INTERVAL) for minute in range(0, whole, INTERVAL)]
        for version in VERSIONS
    }
    late = LABELS_AFTER // INTERVAL
    for look in range(1, LOOKS + 1):
        pair = [_until(one[:look], one[: max(0, look - late)]) for one in served.values()]
        yield pair[0], pair[1]


def _until(served: Sequence[Record], labelled: Sequence[Record]) -> Record:
    requests, errors = (sum(int(str(one[name])) for one in served) for name in ("requests", "errors"))
    labels, wrong = (sum(int(str(one[name])) for one in labelled) for name in ("labelled", "wrong"))
    return arm(requests, errors, labels, wrong)


def _simulated(rule: _Rule, case: Case, seeds: Sequence[int], count: int) -> list[Ended]:
    each = count // len(seeds)
    numbers = [seed + number for seed in seeds for number in range(each)]
    return [simulate(lambda one, other, n=seed: rule.ask(one, other, seed=n), case, seed) for seed in numbers]  # type: ignore[misc]


def _fine(rule: _Rule, seeds: Sequence[int]) -> str:
    ended = _simulated(rule, SHORT["short-fine"], seeds, FINE_RELEASES)
    alarms = [one for one in ended if one.answer == ROLLBACK]
    most = most_by_luck(len(ended), FALSE_ALARMS)
    if len(alarms) > most:
        said = (
            f"{len(alarms)} of {len(ended)} releases of a fine v2 were rolled back within {LOOKS} looks; a rule that "
            f"is wrong in {say_percent(FALSE_ALARMS)} of releases has more than {most} once in 10,000 times. Each "
            "look is another chance to be wrong."
        )
        raise _shown("false-alarms", said, alarms[0], SHORT["short-fine"])
    waiting = [one for one in ended if one.answer == WAIT]
    if len(waiting) > (bound := most_by_luck(len(ended), TIMID)):
        said = (
            f"{len(waiting)} of {len(ended)} releases of a fine v2 were still undecided after {LOOKS} looks, with "
            f"{waiting[0].canary['requests']:,} requests to v2 in the first of them; {bound} may be."
        )
        raise _shown("too-timid", said, waiting[0], SHORT["short-fine"])
    return (
        f"{len(ended)} releases: {len(alarms)} rolled back ({most} may be), {len(waiting)} undecided ({bound} may be)"
    )


def _broken(rule: _Rule, seeds: Sequence[int], case: Case, kind: str) -> str:
    ended = _simulated(rule, case, [seed + 500 for seed in seeds], BROKEN_RELEASES)
    promoted = [one for one in ended if one.answer == PROMOTE]
    most = most_by_luck(len(ended), HARM_PROMOTED)
    if len(promoted) > most:
        said = (
            f"{len(promoted)} of {len(ended)} releases where {case.title.removesuffix(', with little traffic')} were "
            f"promoted, the first after {promoted[0].canary['requests']:,} requests to v2; {most} may be. A good look "
            "early on is luck: ask for more before promoting."
        )
        raise _shown(f"promotes-{kind}", said, promoted[0], case)
    missed = [one for one in ended if one.answer == WAIT]
    if len(missed) > (bound := most_by_luck(len(ended), MISSED)):
        said = (
            f"In {len(missed)} of {len(ended)} releases where {case.title.removesuffix(', with little traffic')} it "
            f"was still undecided after {LOOKS} looks; {bound} may be."
        )
        raise _shown(f"misses-{kind}", said, missed[0], case)
    return f"{len(ended)} releases: {len(promoted)} promoted ({most} may be), {len(missed)} undecided ({bound} may be)"


def _shown(code: str, said: str, one: Ended, case: Case) -> Failed:
    example = f"decide({shown(one.baseline)}, {shown(one.canary)})"
    return Failed(
        code, f"{said} Look {one.look} of seed {one.seed} shows it.", example=example, seed=one.seed, case=case.name
    )
