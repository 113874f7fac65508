"""One release by a learner's script: a router that may lose a roll back, a log to read, and what became of it all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from canarylearn.dialects.errors import Located
from canarylearn.dialects.script import Refused
from canarylearn.dialects.script.expressions import Evaluator
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.dialects.script.values import Value
from canarylearn.engine import BUCKETS, Interval, Release
from canarylearn.items.project.verdicts import Script
from canarylearn.items.project.worlds import INTERVAL, Case, log_of

NEEDS = "release()"


class Trial(Release):
    """A release that nobody but the script decides. A roll back is a request to the router, and can get lost."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__(case.world(seed))
        self._lost = case.lost
        self.asked_back = 0
        """How often a roll back was asked for."""
        self.opened_after = ""
        """What the script did to send users to v2 after it had asked for a roll back."""
        self.promoted_at: int | None = None
        self.largest = 0
        """The largest weight before the first roll back was asked for."""
        self.first = 0
        """The first weight above 0."""

    @property
    def minute(self) -> int:
        """Minutes since the start."""
        return round(self.now / 60)

    @property
    def weights(self) -> list[int]:
        """The weight in each interval that has passed."""
        return [one.weight for one in self._trace]

    @property
    def trace(self) -> list[Interval]:
        """What was measured in each interval that has passed."""
        return self._trace

    @property
    def canary_requests(self) -> int:
        """The requests that v2 has had."""
        return sum(one.canary.requests for one in self._trace)

    def set_weight(self, buckets: int) -> None:
        """Another share. One above 0 after a roll back was asked for is remembered."""
        super().set_weight(buckets)
        if self.asked_back and buckets:
            self.opened_after = self.opened_after or f"set_weight({buckets / 100:g})"
        if not self.asked_back:
            self.largest = max(self.largest, buckets)
        self.first = self.first or buckets

    def promote(self) -> None:
        """Everybody gets v2."""
        asked = self.asked_back
        self.set_weight(BUCKETS)
        if asked:
            self.opened_after = "promote()"
        self.promoted_at = self.promoted_at or self.minute

    def roll_back(self, reason: str) -> None:
        """Ask the router to send nobody to v2: it does, unless the request got lost."""
        self.asked_back += 1
        if self._lost:
            self._lost -= 1
            self.note(f"a roll back got lost ({reason})")
            return
        super().set_weight(0)


def _trial(script: Evaluator) -> Trial:
    assert isinstance(script.release, Trial)  # these functions are given to scripts of trials alone
    return script.release


def _read_log(script: Evaluator, given: dict[str, Value]) -> Value:
    trial = _trial(script)
    log = log_of(trial.world, trial.weights)
    script.operations.room_for(len(log) * 8)
    return log


def _minute(script: Evaluator, given: dict[str, Value]) -> Value:
    return _trial(script).minute


def _canary_share(script: Evaluator, given: dict[str, Value]) -> Value:
    share = _trial(script).weight / 100
    return int(share) if share == int(share) else share


PROJECT_HOST: Mapping[str, HostFunction] = {
    name: HostFunction(name=name, parameters=(), required=0, call=call)
    for name, call in {"read_log": _read_log, "minute": _minute, "canary_share": _canary_share}.items()
}
"""What a project's script can call beside the functions of the language."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A release by a script: what it gave back or what stopped it, what it printed, and how it left the trial."""

    case: Case
    seed: int
    trial: Trial
    returned: Value = None
    refused: Located | None = None
    output: list[str] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The percent of users that v2 has at the end."""
        return self.trial.weight / 100


def run_release(text: str, case: Case, seed: int) -> Ran:
    """Call a script's release(). Raises Failed for a script that cannot be read, stops before it, or has none."""
    trial = Trial(case, seed)
    script = Script(text, trial, needs=NEEDS, host=PROJECT_HOST)
    try:
        returned = script.call()
    except Refused as refused:
        return Ran(case=case, seed=seed, trial=trial, refused=refused.at, output=script.output)
    return Ran(case=case, seed=seed, trial=trial, returned=returned, output=script.output)


def table_of(ran: Ran) -> list[dict[str, object]]:
    """What happened in each interval."""
    rows: list[dict[str, object]] = []
    for index, one in enumerate(ran.trial.trace):
        rows.append(
            {
                "minute": index * INTERVAL,
                "share": f"{one.weight / 100:g} %",
                "v2": f"{one.canary.errors:,} of {one.canary.requests:,}",
                "v1": f"{one.baseline.errors:,} of {one.baseline.requests:,}",
            }
        )
    return rows
