"""What can be measured of one arm in one interval."""

import math
from dataclasses import dataclass, field

METRICS = ("requests", "users", "error_rate", "success_rate", "p50", "p95", "p99", "accuracy")
"""The metrics of an arm, by the names that scripts and checks use."""


@dataclass(frozen=True, kw_only=True)
class ArmMetrics:
    """One arm (canary or baseline) in one interval, or over a whole trial.

    `requests`, `users`, `errors` and `slow` (slower than the scenario's patience) are counts, and so is
    `users_at_weight`, the different users since the weight last changed; `p50`, `p95`, `p99` are seconds over all
    requests; `accuracy` is the share of right predictions among requests that did not fail.
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
    def accuracy(self) -> float:
        """Right predictions as a fraction of answered requests; NaN when none was answered."""
        answered = self.requests - self.errors
        return 1 - self.wrong / answered if answered else math.nan

    def value(self, metric: str) -> float:
        """The metric of that name, NaN when it is missing; KeyError when there is none of that name."""
        if metric not in METRICS:
            raise KeyError(metric)
        return math.nan if self.missing else float(getattr(self, metric))


NO_REQUESTS = ArmMetrics(requests=0, users=0, errors=0, slow=0, wrong=0)
