"""Slips of a measure(): which common mistake gives just the numbers that a script came to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from canarylearn.dialects.script.values import Value
from canarylearn.items.project.worlds import INTERVAL, SEGMENTS, VERSIONS, Record, arm, summed

COUNTS = ("requests", "errors", "labelled", "wrong")
RATES = {"error_rate": ("errors", "requests"), "wrong_rate": ("wrong", "labelled")}


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


def why_counts(looked: Looked) -> tuple[str, str]:
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


def why_rate(looked: Looked, version: str, name: str, got: Value, want: float) -> tuple[str, str]:
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
