"""Stage 4: release(), judged by carrying it out where v2 is fine, broken, undecidable, or broken for some only."""

from collections.abc import Callable, Mapping, Sequence

from canarylearn.engine import BUCKETS
from canarylearn.items.project.trial import Ran, run_release
from canarylearn.items.project.verdicts import Failed, Judged, run_checks, shown, stopped
from canarylearn.items.project.worlds import CASES, LABELS_AFTER

PROMOTED, ROLLED_BACK, WAITED, STUCK = "promoted", "rolled back", "inconclusive", "stuck"
ENDINGS = (PROMOTED, ROLLED_BACK, WAITED, STUCK)

LARGEST_FIRST, LARGEST_BROKEN = 25, 50
"""Percent that v2 may get before the first look, and while it fails a fifth of its requests."""

SEEN = 1000
"""Requests that v2 has to have had before it may get everybody."""


def judge_release(text: str, seeds: Sequence[int], part: int | None = None) -> Judged:
    """A release(), carried out in each case under the seeds."""

    def each(case: str, hold: Callable[[Ran], None], seeds: Sequence[int]) -> str:
        rans = [_carried_out(text, case, seed) for seed in seeds]
        for ran in rans:
            hold(ran)
        return _told(rans)

    one, two = seeds[:1], seeds[:2]
    checks: Mapping[str, Callable[[], str]] = {
        "A v2 that is as good is promoted": lambda: _each_fine(text, (*two, seeds[0] + 1)),
        "One that fails goes back before many have met it": lambda: each("failing", hold_failing, two),
        "So does one that begins to fail later": lambda: each("late", hold_late, two),
        "Where hardly anybody comes, nothing is promoted": lambda: each("undecidable", hold_undecidable, one),
        "An average does not hide a segment": lambda: each("segment", hold_segment, two),
        "Wrong answers are waited for and noticed": lambda: each("wrong", hold_wrong, two),
        "A roll back is checked, and asked for again": lambda: each("lost", hold_lost, one),
        "A router that is stuck is told of": lambda: each("stuck", hold_stuck, one),
    }
    return run_checks(checks, part)


def _each_fine(text: str, seeds: Sequence[int]) -> str:
    """A good rule is wrong about a fine v2 once in a hundred releases or so: one bad day is no finding, two are."""
    rans, first = [], None
    for seed in seeds:
        rans.append(_carried_out(text, "fine", seed))
        try:
            hold_fine(rans[-1])
        except Failed as failed:
            if failed.finding.code != "rolls-back-fine" or first is not None:
                raise first or failed from None
            first = failed
    return _told([ran for ran in rans if ran.returned == PROMOTED] or rans)


def _carried_out(text: str, case: str, seed: int) -> Ran:
    return run_release(text, CASES[case], seed)


def _told(rans: Sequence[Ran]) -> str:
    last = rans[-1]
    often = f"{len(rans)} releases, the last" if len(rans) > 1 else "one release,"
    return f"{often} {shown(last.returned)} at minute {last.trial.minute}, {last.left:g} % on v2"


def _failed(ran: Ran, code: str, said: str) -> Failed:
    return Failed(code, said, seed=ran.seed, case=ran.case.name, example="release()")


def hold_sound(ran: Ran) -> None:
    """What is asked of a release wherever it is carried out."""
    if ran.refused is not None:
        if ran.case.name == "stuck" and ran.refused.code in ("too-many-steps", "too-many-actions"):
            said = (
                "The router is stuck, and the release asks it again for ever: stop after some times, and say 'stuck'."
            )
            raise _failed(ran, "asks-for-ever", said)
        raise stopped(ran.refused, "release()", seed=ran.seed, case=ran.case.name)
    if ran.trial.opened_after:
        said = f"After the roll back the release went on to {ran.trial.opened_after}: return once it is decided."
        raise _failed(ran, "goes-on", said)
    if ran.returned is None:
        said = "release() gives nothing back: every way through it ends with a return."
        raise _failed(ran, "no-answer", said)
    if not isinstance(ran.returned, str) or ran.returned not in ENDINGS:
        said = f"release() gives {shown(ran.returned)}; it says 'promoted', 'rolled back', 'inconclusive' or 'stuck'."
        raise _failed(ran, "other-ending", said)
    if ran.trial.first > LARGEST_FIRST * 100:
        said = f"The first share is {ran.trial.first / 100:g} %; before a look, {LARGEST_FIRST} % are the most."
        raise _failed(ran, "begins-too-large", said)


def hold_fine(ran: Ran) -> None:
    """v2 is as good as v1: it gets everybody, after enough of them."""
    hold_sound(ran)
    if not ran.trial.first:
        raise _failed(ran, "never-opens", "v2 never gets a user, so nothing can be learnt about it.")
    _hold_honest(ran)
    if ran.returned == ROLLED_BACK:
        said = f"v2 is as good as v1, and it was rolled back at minute {ran.trial.minute}."
        raise _failed(ran, "rolls-back-fine", said)
    if ran.returned != PROMOTED:
        said = (
            f"v2 is as good as v1, and after {ran.trial.minute} minutes and {ran.trial.canary_requests:,} requests it "
            "still is not promoted: look at longer windows, or give it a larger share."
        )
        raise _failed(ran, "never-promotes", said)
    if ran.trial.canary_requests < SEEN:
        said = f"v2 was promoted after {ran.trial.canary_requests:,} requests to it; {SEEN:,} are the least."
        raise _failed(ran, "promotes-unseen", said)


def _hold_honest(ran: Ran) -> None:
    """It says what it did."""
    if ran.returned == PROMOTED and ran.trial.weight < BUCKETS:
        said = f"It says 'promoted', and v2 has {ran.left:g} % of the users: promote() was not called."
        raise _failed(ran, "said-not-done", said)
    if ran.returned != PROMOTED and ran.trial.weight == BUCKETS:
        said = f"It says {shown(ran.returned)}, and everybody is on v2: a promotion stands where the way back should."
        raise _failed(ran, "promotes-by-mistake", said)
    if ran.returned in (ROLLED_BACK, WAITED) and ran.trial.weight:
        where = "rolled back" if ran.returned == ROLLED_BACK else "decided nothing"
        code = "leaves-traffic" if ran.returned == ROLLED_BACK else "doubt-left-on"
        said = f"It {where}, and v2 still has {ran.left:g} % of the users: nobody may be left there."
        raise _failed(ran, code, said)


def hold_failing(ran: Ran) -> None:
    """v2 fails a fifth of its requests from the start: back soon."""
    _hold_back(ran, "failing")
    if ran.trial.largest > LARGEST_BROKEN * 100:
        said = (
            f"v2 fails a fifth of its requests, and was given {ran.trial.largest / 100:g} % of the users before it was "
            "rolled back: look before each larger share."
        )
        raise _failed(ran, "too-late", said)


def hold_late(ran: Ran) -> None:
    """v2 begins to fail after half an hour: back."""
    _hold_back(ran, "late-harm")


def _hold_back(ran: Ran, kind: str) -> None:
    hold_sound(ran)
    if ran.trial.weight == BUCKETS and ran.returned == PROMOTED:
        said = f"{_capital(ran.case.title)}, and at minute {ran.trial.promoted_at} it was promoted to everybody."
        raise _failed(ran, f"promotes-{kind}", said)
    _hold_honest(ran)
    if ran.returned != ROLLED_BACK:
        said = f"{_capital(ran.case.title)}, and the release ends {shown(ran.returned)} and not 'rolled back'."
        raise _failed(ran, f"misses-{kind}", said)


def hold_undecidable(ran: Ran) -> None:
    """Too few requests for anything: nobody stays on v2, and it says so."""
    hold_sound(ran)
    if ran.trial.weight == BUCKETS and ran.returned == PROMOTED:
        said = f"v2 had {ran.trial.canary_requests} requests in all, and was promoted: no bad news is no good news."
        raise _failed(ran, "doubt-promotes", said)
    if ran.returned == WAITED:
        _hold_honest(ran)
        return
    said = f"v2 had {ran.trial.canary_requests} requests in all, and the release ends {shown(ran.returned)}."
    raise _failed(ran, "doubt-as-harm", f"{said} That is not known: it is 'inconclusive'.")


def hold_segment(ran: Ran) -> None:
    """The average is equal, and one segment is harmed."""
    hold_sound(ran)
    if ran.returned == PROMOTED:
        said = (
            f"v2 fails more on ios and less on android, over all users as often as v1, and at minute "
            f"{ran.trial.promoted_at} it was promoted. Look at each segment, too."
        )
        raise _failed(ran, "average-hides", said)
    _hold_honest(ran)


def hold_wrong(ran: Ran) -> None:
    """More wrong answers, known 40 minutes later."""
    hold_sound(ran)
    if ran.returned == PROMOTED:
        said = (
            f"v2 is wrong more often, which labels tell {LABELS_AFTER} minutes later; it was promoted at minute "
            f"{ran.trial.promoted_at}."
        )
        raise _failed(ran, "before-labels", said)
    _hold_honest(ran)


def hold_lost(ran: Ran) -> None:
    """Two roll backs get lost."""
    hold_sound(ran)
    if ran.returned != STUCK and ran.trial.weight:
        said = (
            f"The roll back got lost, as a request can: it says {shown(ran.returned)}, and v2 still has {ran.left:g} % "
            "of the users. canary_share() tells; ask again until it is 0."
        )
        raise _failed(ran, "unchecked", said)
    if ran.returned == STUCK:
        said = f"After {ran.trial.asked_back} lost roll backs it gave up; the third would have arrived."
        raise _failed(ran, "gives-up", said)
    if ran.returned != ROLLED_BACK:
        said = f"v2 fails a fifth of its requests, and the release ends {shown(ran.returned)}."
        raise _failed(ran, "misses-failing", said)


def hold_stuck(ran: Ran) -> None:
    """No roll back ever arrives, and a person has to be told."""
    hold_sound(ran)
    if ran.returned != STUCK:
        said = (
            f"No roll back arrives, v2 keeps {ran.left:g} % of the users, and the release ends {shown(ran.returned)}: "
            "say 'stuck', so that a person comes."
        )
        raise _failed(ran, "claims-too-much", said)


def _capital(text: str) -> str:
    return text if text[:1] == "v" else text[:1].upper() + text[1:]
