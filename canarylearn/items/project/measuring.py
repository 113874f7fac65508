"""Stage 2: measure(log, now, minutes), the numbers of both versions in one and the same window."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from canarylearn.dialects.script import Refused
from canarylearn.dialects.script.values import Value, is_number
from canarylearn.engine import Release
from canarylearn.items.project.slips import COUNTS, RATES, Looked, why_counts, why_rate
from canarylearn.items.project.verdicts import Failed, Judged, Script, run_checks, shown, stopped
from canarylearn.items.project.worlds import INTERVAL, SEGMENTS, SHORT, VERSIONS, Record

NEEDS = "measure(log, now, minutes)"
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
                code, why = why_counts(looked)
                said = f"{name} of {version} is {shown(got)}, and the window holds {want}: {why}."
                raise Failed(code, said, example=looked.call, seed=looked.seed)


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
    code, why = why_rate(looked, version, name, got, want)
    said = f"{name} of {version} is {shown(got)}, and the window holds {want:.6g}: {why}."
    raise Failed(code, said, example=looked.call, seed=looked.seed)


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
