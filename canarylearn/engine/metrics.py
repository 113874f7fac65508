"""What can be measured of one arm in one interval."""

import math
from dataclasses import dataclass, field

METRICS = ("requests", "users", "error_rate", "success_rate", "p50", "p95", "p99", "accuracy", "drift")
"""The metrics of an arm, by the names that scripts and checks use."""


@dataclass(frozen=True, kw_only=True)
class ArmMetrics:
    """One arm (canary or baseline) in one interval, or over a whole trial.

    `requests`, `users`, `errors` and `slow` (slower than the scenario's patience) are counts, and so is
    `users_at_weight`, the different users since the weight last changed; `p50`, `p95`, `p99` are seconds over all
    requests; `accuracy` is the share of right predictions among requests that did not fail.

    Where labels come late, `wrong` is counted among the predictions whose labels came in this interval: `matured` of
    them, served while the weight was `matured_at` buckets. Without a delay `matured` is None: all that did not fail.
    `scores` counts the scores in each bin, and `drift` is how far they are from the other arm's (PSI).

    Whatever has no data is NaN, never a neutral number. `missing` is true when the requests were served and their
    metrics never arrived, so that nothing may be read from the numbers.
    """

    requests: int
    users: int
    errors: int
    slow: int
    wrong: int
    users_at_weight: int = 0
    p50: float = field(default=math.nan)
    p95: float = field(default=math.nan)
    p99: float = field(default=math.nan)
    drift: float = field(default=math.nan)
    scores: tuple[int, ...] = ()
    matured: int | None = None
    matured_at: int | None = None
    missing: bool = False

    @property
    def error_rate(self) -> float:
        """Failed requests as a fraction of all; NaN without requests."""
        return self.errors / self.requests if self.requests else math.nan

    @property
    def success_rate(self) -> float:
        """Requests that did not fail as a fraction of all; NaN without requests."""
        return 1 - self.error_rate

    @property
    def labelled(self) -> int:
        """The predictions among which the wrong ones were counted."""
        return self.requests - self.errors if self.matured is None else self.matured

    @property
    def accuracy(self) -> float:
        """Right predictions as a fraction of those with a label; NaN when there are none."""
        return 1 - self.wrong / self.labelled if self.labelled else math.nan

    def value(self, metric: str) -> float:
        """The metric of that name, NaN when it is missing; KeyError when there is none of that name."""
        if metric not in METRICS:
            raise KeyError(metric)
        return math.nan if self.missing else float(getattr(self, metric))


NO_REQUESTS = ArmMetrics(requests=0, users=0, errors=0, slow=0, wrong=0)
