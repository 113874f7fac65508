"""Pairs of windows that have a clear answer, and what each wrong answer to them is called."""

from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.items.project.worlds import Record, arm

PROMOTE, ROLLBACK, WAIT = "promote", "rollback", "inconclusive"
ANSWERS = (PROMOTE, ROLLBACK, WAIT)


@dataclass(frozen=True)
class ClearCase:
    """Two windows that have a clear answer: what each wrong one is called, and why it is wrong.

    `if_stopped` is what it is called that the script stops here; nothing where that says nothing about the rule.
    """

    what: str
    baseline: Record
    canary: Record
    slips: Mapping[str, str]
    why: str
    if_stopped: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """The answers that are no slip."""
        return tuple(answer for answer in ANSWERS if answer not in self.slips)


def _arm(requests: int, errors: int, labelled: int | None = None, wrong: int | None = None) -> Record:
    """A window; where nothing else is said every answer is labelled, and 2 % of the labels say that it was wrong."""
    labels = requests - errors if labelled is None else labelled
    return arm(requests, errors, labels, round(labels * 0.02) if wrong is None else wrong)


_NOTHING = _arm(0, 0, 0, 0)

CLEAR_CASES = (
    ClearCase(
        "v2 has had no requests", _arm(5000, 100), _NOTHING,
        {PROMOTE: "promotes-nothing", ROLLBACK: "nothing-as-harm"},
        "where nothing was measured, nothing is known",
        if_stopped="stops-on-nothing",
    ),
    ClearCase(
        "v1 has had no requests", _NOTHING, _arm(5000, 100),
        {PROMOTE: "promotes-without-baseline", ROLLBACK: "nothing-as-harm"},
        "there is nothing to compare v2 with",
        if_stopped="stops-without-baseline",
    ),
    ClearCase(
        "No label has come for v2", _arm(20000, 400), _arm(5000, 100, 0, 0),
        {PROMOTE: "before-labels", ROLLBACK: "no-labels-as-harm"},
        "whether v2 is right is not known yet",
        if_stopped="stops-without-labels",
    ),
    ClearCase(
        "v2 fails 30 % and v1 2 %", _arm(20000, 400), _arm(5000, 1500),
        {PROMOTE: "upside-down", WAIT: "blind-to-harm"},
        "no chance makes 28 points of 5,000 requests",
    ),
    ClearCase(
        "Of 20,000 requests to v2 2 % failed, of 80,000 to v1 2 %", _arm(80000, 1600), _arm(20000, 400),
        {WAIT: "never-promotes", ROLLBACK: "equal-as-harm"},
        "as much evidence as one may wish for says that v2 is as good",
    ),
    ClearCase(
        "v2 is wrong 20 % of the time and v1 2 %", _arm(20000, 400), _arm(5000, 100, 4900, 980),
        {PROMOTE: "ignores-accuracy", WAIT: "doubts-accuracy"},
        "a model that answers, and answers wrongly, is broken as well",
    ),
    ClearCase(
        "v2 fails 2 % and v1 8 %", _arm(20000, 1600), _arm(5000, 100),
        {ROLLBACK: "punishes-better"},
        "a difference to the better is no reason to go back",
    ),
    ClearCase(
        "Both fail 20 %", _arm(20000, 4000), _arm(5000, 1000),
        {ROLLBACK: "absolute-limit"},
        "something that both depend on is broken, and v2 is no worse than v1",
    ),
    ClearCase(
        "v2 fails 4 % and v1 0.5 %", _arm(20000, 100), _arm(5000, 200),
        {PROMOTE: "below-a-limit", WAIT: "below-a-limit"},
        "4 % is little beside a fixed limit, and eight times what v1 fails",
    ),
    ClearCase(
        "v2 fails 28 % and v1 20 %", _arm(20000, 4000), _arm(5000, 1400),
        {PROMOTE: "only-ratios", WAIT: "only-ratios"},
        "8 points more are harm, even where they are less than half as much again",
    ),
    ClearCase(
        "Of 40 requests to v2, 2 failed", _arm(160, 3), _arm(40, 2),
        {PROMOTE: "promotes-few", ROLLBACK: "few-failures"},
        "two failures of 40 happen to a fine v2 every fifth time",
    ),
    ClearCase(
        "Of 150 requests to v2, none failed", _arm(600, 12), _arm(150, 0, 150, 0),
        {PROMOTE: "no-minimum", ROLLBACK: "few-failures"},
        "a v2 that fails 2 % shows that every twentieth time",
    ),
    ClearCase(
        "v1 has had 25 requests, v2 5,000", _arm(25, 1), _arm(5000, 100),
        {PROMOTE: "small-baseline", ROLLBACK: "small-baseline"},
        "25 requests do not say how often v1 fails",
    ),
    ClearCase(
        "60 labels of v2 have come, none wrong", _arm(20000, 400), _arm(5000, 100, 60, 0),
        {PROMOTE: "few-labels", ROLLBACK: "no-labels-as-harm"},
        "60 labels are too few to know how often v2 is wrong",
    ),
    ClearCase(
        "Of 400 requests to v2 3.5 % failed, of 1,600 to v1 2 %", _arm(1600, 32), _arm(400, 14),
        {PROMOTE: "doubt-promotes", ROLLBACK: "doubt-rolls-back"},
        "that can be luck, and it can be harm",
    ),
)  # fmt: skip
"""In the order in which they are asked: what was asked, v1 and v2, the slips, and why."""
