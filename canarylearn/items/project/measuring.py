"""Stage 2: measure(log, now, minutes), the numbers of both versions in one and the same window."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from canarylearn.dialects.script import Refused
from canarylearn.dialects.script.values import Value, is_number
from canarylearn.engine import Release
from canarylearn.items.project.verdicts import Failed, Judged, Script, run_checks, shown, stopped
from canarylearn.items.project.worlds import INTERVAL, SEGMENTS, SHORT, VERSIONS, Record, arm, summed

NEEDS = "measure(log, now, minutes)"
COUNTS = ("requests", "errors", "labelled", "wrong")
RATES = {"error_rate": ("errors", "requests"), "wrong_rate": ("wrong", "labelled")}

NOW, MINUTES = 160, 60
"""The window that most of the judging looks at."""

_ENTRIES = ("requests", "errors", "error_rate", "labelled", "wrong", "wrong_rate")


def example_log(seed: int, until: int = NOW) -> list[Value]:
    """A log up to and with the interval that begins at a minute: v1 gets worse by day, v2 gets more and more users."""
    rng = np.random.default_rng([seed, 2])
    log: list[Value] = []
    for minute in range(0, until + INTERVAL, INTERVAL):
        for version in VERSIONS:
            for segment in SEGMENTS:
                requests = int(rng.integers(60, 600) * (1 if version == "v1" else 0.2 + minute / 400))
                rate = (0.01 if version == "v1" else 0.03) + minute / 4000
                errors = 1 + int(rng.binomial(requests, rate + 0.05 * float(rng.random())))
                labelled = (requests - errors) * 4 // 5
                record: Record = {"minute": minute, "version": version, "segment": segment, "requests": requests}
                record |= {"errors": errors, "labelled": labelled, "wrong": 2 + int(rng.binomial(labelled, 0.08))}
                log.append(record)
    return log


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One call: what was measured, and what the script made of it."""

    log: Sequence[Value]
    now: int
    minutes: int
    seed: int
    found: Mapping[str, Record]

    @property
    def call(self) -> str:
        """The call in words."""
        return f"measure(log of seed {self.seed}, now={self.now}, minutes={self.minutes})"

    def expected(self, version: str) -> Record:
        """What stands in the log."""
        return summed(self.log, version, self.now - self.minutes, self.now)


class _Meter:
    """A learner's measure()."""

    def __init__(self, text: str, seed: int) -> None:
        self.seed = seed
        self._script = Script(text, Release(SHORT["short-fine"].world(0)), needs=NEEDS)

    def look(self, log: Sequence[Value], now: int = NOW, minutes: int = MINUTES, *, if_stopped: str = "") -> Looked:
        """One call. What stops it is a finding of its own where an empty place is what stopped it."""
        example = f"measure(log of seed {self.seed}, now={now}, minutes={minutes})"
        try:
            found = self._script.call([dict(one) for one in log if isinstance(one, dict)], now, minutes)
        except Refused as refused:
            if if_stopped:
                code, said = if_stopped.split(": ", 1)
                message = f"{said}, and there the script stops: {refused.at.message}."
                raise Failed(code, message, example=example, seed=self.seed, line=refused.at.line) from None
            raise stopped(refused.at, example, seed=self.seed) from None
        if found is None:
            said = f"{example} gives nothing back: end the function with a return."
            raise Failed("no-answer", said, example=example, seed=self.seed)
        arms = self._arms(found, example)
        return Looked(log=log, now=now, minutes=minutes, seed=self.seed, found=arms)

    def _arms(self, found: Value, example: str) -> Mapping[str, Record]:
        if not isinstance(found, dict) or not all(isinstance(found.get(version), dict) for version in VERSIONS):
            said = f"It gives {shown(found)}; a dict with 'v1' and 'v2' is needed, each a dict of numbers."
            raise Failed("other-shape", said, example=example, seed=self.seed)
        arms: dict[str, Record] = {}
        for version in VERSIONS:
            one = found[version]
            assert isinstance(one, dict)  # seen above
            if missing := [name for name in _ENTRIES if name not in one]:
                said = f"The numbers of {version} lack {', '.join(missing)}."
                raise Failed("missing-entry", said, example=example, seed=self.seed)
            if bad := [name for name in _ENTRIES if not (one[name] is None or is_number(one[name]))]:
                said = f"{bad[0]} of {version} is {shown(one[bad[0]])}, and a number is needed."
                raise Failed("no-number", said, example=example, seed=self.seed)
            arms[version] = one
        return arms


def judge_meter(text: str, seeds: Sequence[int], part: int | None = None) -> Judged:
    """A measure(), judged on logs made from the seeds."""
    try:
        meters = [_Meter(text, seed) for seed in seeds]
    except Failed as failed:
        return Judged(passed=False, finding=failed.finding)
    checks: Mapping[str, Callable[[], str]] = {
        "The same log gives the same numbers twice": lambda: _each(meters, _repeats),
        "It counts both versions in the window that was asked for": lambda: _each(meters, _counts),
        "Rates are fractions of what they belong to": lambda: _each(meters, _rates),
        "The order of the log makes no difference": lambda: _each(meters, _any_order),
        "An empty window has no rate": lambda: _each(meters, _empty_window),
        "Neither has a version without requests": lambda: _each(meters, _empty_arm),
        "Nor an accuracy before labels have come": lambda: _each(meters, _no_labels),
    }
    return run_checks(checks, part)


def _each(meters: Sequence[_Meter], check: Callable[[_Meter], str]) -> str:
    return [check(meter) for meter in meters][-1] + (f", under {len(meters)} seeds" if len(meters) > 1 else "")


def _repeats(meter: _Meter) -> str:
    log = example_log(meter.seed)
    first, second = meter.look(log), meter.look(log)
    for version in VERSIONS:
        for name in COUNTS:
            if first.found[version][name] != second.found[version][name]:
                said = (
                    f"Called twice with the same log, {name} of {version} is first {shown(first.found[version][name])} "
                    f"and then {shown(second.found[version][name])}: something is carried over from call to call."
                )
                raise Failed("carries-over", said, example=first.call, seed=meter.seed)
    return "two calls"


def _counts(meter: _Meter) -> str:
    windows = ((NOW, MINUTES), (100, 40), (NOW, 20))
    log = example_log(meter.seed)
    for now, minutes in windows:
        _hold_counts(meter.look(log, now, minutes))
    return f"{len(windows)} windows"


def _hold_counts(looked: Looked) -> None:
    for version in VERSIONS:
        for name in COUNTS:
            want, got = looked.expected(version)[name], looked.found[version][name]
            if got != want:
                code, why = _why_counts(looked)
                said = f"{name} of {version} is {shown(got)}, and the window holds {want}: {why}."
                raise Failed(code, said, example=looked.call, seed=looked.seed)


def _why_counts(looked: Looked) -> tuple[str, str]:
    """The slip that gives just these numbers."""
    for code, why, one, other in _count_slips(looked):
        if all(
            looked.found[version][name] == numbers[name]
            for version, numbers in (("v1", one), ("v2", other))
            for name in COUNTS
        ):
            return code, why
    return "wrong-count", "no common slip gives this number; print what is counted, record by record"


def _count_slips(looked: Looked) -> Iterator[tuple[str, str, Record, Record]]:
    now, begin, log = looked.now, looked.now - looked.minutes, looked.log
    ends = {
        "no-window": ("it counts the whole log, and not the window", -1, now + INTERVAL),
        "no-beginning": ("it counts everything before now, from the beginning of the log", -1, now),
        "counts-now": ("it counts the interval that begins now, which is not over", begin, now + 1),
        "misses-first": ("the first minute of the window belongs to it, and is left out", begin + 1, now),
        "shifted": ("the window is shifted: it leaves out its first minute and takes in the one that begins now",
                    begin + 1, now + 1),
    }  # fmt: skip
    for code, (why, since, until) in ends.items():
        yield code, why, summed(log, "v1", since, until), summed(log, "v2", since, until)
    mine, theirs = summed(log, "v1", begin, now), summed(log, "v2", begin, now)
    before = summed(log, "v1", begin - looked.minutes, begin)
    why = "v1 was counted in the window before, so that v2 is compared with another time and not with v1"
    yield "before-after", why, before, theirs
    yield "before-after", why, summed(log, "v1", -1, begin), theirs
    yield "swapped", "the two versions have changed places", theirs, mine
    both = _added(mine, theirs)
    yield "both-together", "both versions were counted together", both, both
    why = "a later record replaces the ones before it instead of being added to them"
    yield "overwrites", why, _last(looked, "v1"), _last(looked, "v2")
    why = "the last so many records are not the last so many minutes"
    for last in (looked.minutes, looked.minutes // INTERVAL):
        yield "last-records", why, *_of(list(log)[-last:])
    for segment in SEGMENTS:
        only = [one for one in log if isinstance(one, dict) and one["segment"] == segment]
        why = f"only {segment} was counted"
        yield "one-segment", why, summed(only, "v1", begin, now), summed(only, "v2", begin, now)


def _of(log: Sequence[Value]) -> tuple[Record, Record]:
    return summed(log, "v1", -1, 10**6), summed(log, "v2", -1, 10**6)


def _added(one: Record, other: Record) -> Record:
    return arm(**{name: int(str(one[name])) + int(str(other[name])) for name in COUNTS})


def _last(looked: Looked, version: str) -> Record:
    begin = looked.now - looked.minutes
    inside = [
        one
        for one in looked.log
        if isinstance(one, dict) and one["version"] == version and begin <= int(str(one["minute"])) < looked.now
    ]
    return summed(inside[-1:], version, begin, looked.now)


def _rates(meter: _Meter) -> str:
    for extra in range(3):
        looked = meter.look(example_log(meter.seed + extra))
        for version in VERSIONS:
            for name in RATES:
                _hold_rate(looked, version, name)
    return "3 logs"


def _hold_rate(looked: Looked, version: str, name: str) -> None:
    want, got = looked.expected(version)[name], looked.found[version][name]
    assert isinstance(want, float)
    if isinstance(got, (int, float)) and abs(got - want) < 1e-9:
        return
    code, why = _why_rate(looked, version, name, got, want)
    said = f"{name} of {version} is {shown(got)}, and the window holds {want:.6g}: {why}."
    raise Failed(code, said, example=looked.call, seed=looked.seed)


def _why_rate(looked: Looked, version: str, name: str, got: Value, want: float) -> tuple[str, str]:
    """The slip that gives just this rate."""
    if not isinstance(got, (int, float)):
        return "no-rate", "there were requests, so there is a rate"
    above, below = RATES[name]
    numbers = {one: looked.expected(one) for one in VERSIONS}
    mine = numbers[version]
    bad, requests = int(str(mine[above])), int(str(mine["requests"]))
    of_both = sum(int(str(numbers[one][below])) for one in VERSIONS)
    inside = [one for one in looked.log if isinstance(one, dict) and one["version"] == version]
    inside = [one for one in inside if looked.now - looked.minutes <= int(str(one["minute"])) < looked.now]
    each = [int(str(one[above])) / int(str(one[below])) for one in inside]
    slips = {
        "percent": (want * 100, "these are percent, and a fraction is asked for: 0.02 is 2 %"),
        "average-of-rates": (
            sum(each) / len(each),
            "it is the average of the records' own rates, and 60 requests weigh as much in it as 600",
        ),
        "share-of-both": (bad / of_both, "it was divided by the requests of both versions"),
        "unlabelled-counted": (bad / requests, "it was divided by all requests, also by those without a label yet"),
        "turned-around": (1 - want, "this is the share that went well"),
        "whole-numbers": (bad // int(str(mine[below])), "'//' cuts what follows the point: write '/'"),
    }
    found = next((code for code, (value, _) in slips.items() if abs(got - value) < 1e-9), "")
    if not found and any(got == round(want, digits) for digits in range(1, 7)):
        return "rounded", "it was rounded; round what is shown, and not what is compared"
    return (found, slips[found][1]) if found else ("wrong-rate", "no common slip gives this number")


def _any_order(meter: _Meter) -> str:
    log = example_log(meter.seed)
    rng = np.random.default_rng([meter.seed, 3])
    mixed = [log[number] for number in rng.permutation(len(log))]
    for name, one in {"from its end": log[::-1], "mixed": mixed}.items():
        looked = meter.look(one)
        for version in VERSIONS:
            want, got = looked.expected(version)["requests"], looked.found[version]["requests"]
            if got != want:
                said = (
                    f"With the log {name}, requests of {version} are {shown(got)} instead of {want}: records of two "
                    "servers come in any order, so each has to be looked at."
                )
                raise Failed("needs-order", said, example=looked.call, seed=meter.seed)
    return "the log from its end, and mixed"


def _empty_window(meter: _Meter) -> str:
    for what, log in {"a log without records": [], "a window without records": example_log(meter.seed, 40)}.items():
        looked = meter.look(log, 400, 60, if_stopped=f"stops-on-empty: There is {what}")
        _hold_nothing(looked, VERSIONS, f"In {what}", "error_rate", "zero-for-nothing")
    return "no record in the log, none in the window"


def _empty_arm(meter: _Meter) -> str:
    log = [one for one in example_log(meter.seed) if isinstance(one, dict) and one["version"] == "v1"]
    looked = meter.look(log, if_stopped="stops-without-canary: v2 has no requests in the window")
    _hold_nothing(looked, ("v2",), "Where v2 had no requests", "error_rate", "zero-without-canary")
    if looked.found["v1"]["requests"] != looked.expected("v1")["requests"]:
        said = "Where v2 had no requests, v1 still has its own, and they were not counted."
        raise Failed("forgets-the-other", said, example=looked.call, seed=meter.seed)
    return "a log of v1 alone"


def _no_labels(meter: _Meter) -> str:
    log: list[Value] = [{**one, "labelled": 0, "wrong": 0} for one in example_log(meter.seed) if isinstance(one, dict)]
    looked = meter.look(log, if_stopped="stops-without-labels: No label has come yet in this window")
    _hold_nothing(looked, VERSIONS, "Before any label has come", "wrong_rate", "zero-without-labels")
    return "a log without labels"


def _hold_nothing(looked: Looked, versions: Sequence[str], where: str, name: str, code: str) -> None:
    for version in versions:
        got = looked.found[version][name]
        if got is not None:
            said = f"{where}, {name} of {version} is {shown(got)}; nothing was measured, so it is None and no number."
            raise Failed(code, said, example=looked.call, seed=looked.seed)
