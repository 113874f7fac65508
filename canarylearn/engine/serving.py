"""Serving: each request goes to an arm and is answered, and what happened is kept."""

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.capacity import under_load
from canarylearn.engine.faults import Floats
from canarylearn.engine.measuring import measure_arm
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.scenario import Revision
from canarylearn.engine.world import World


class Served:
    """What has been served so far in one release.

    `mirror` is the share of requests (buckets) that the candidate gets a copy of while its weight is 0.
    `to_canary`, `to_new` (sent to the scenario's canary, whatever else was on trial before or after), `latency`
    (seconds), `failed` and `wrong` have one entry a request of the world and are filled interval by interval.
    """

    def __init__(self, world: World) -> None:
        requests = len(world.draws.time)
        self.world = world
        self.candidate = world.scenario.canary.name
        self.mirror = 0
        self.to_canary = np.zeros(requests, dtype=bool)
        self.to_new = np.zeros(requests, dtype=bool)
        self.latency = np.zeros(requests, dtype=np.float32)
        self.failed = np.zeros(requests, dtype=bool)
        self.wrong = np.zeros(requests, dtype=bool)
        # The interval in which a user was last seen by each arm: counts distinct users without sorting them.
        self._seen = np.full((2, world.scenario.traffic.users), -1, dtype=np.int32)
        self._weight, self._weight_since = -1, 0

    def serve(self, index: int, weight: int) -> tuple[ArmMetrics, ArmMetrics]:
        """Serve interval `index` with `weight` buckets on the canary; the metrics of canary and baseline."""
        start, end = self.world.bounds[index], self.world.bounds[index + 1]
        cut = start + np.searchsorted(self.world.draws.bucket[start:end], weight)
        chosen, others = slice(start, cut), slice(cut, end)
        if weight != self._weight:
            self._weight, self._weight_since = weight, index
        self.to_canary[chosen] = True
        self.to_new[chosen] = self.candidate == self.world.scenario.canary.name
        copies = self.mirror and not weight
        canary = self._copy(others) if copies else self._answer(0, self.candidate, chosen, index)
        baseline = self._answer(1, self.world.scenario.stable.name, others, index)
        return canary, baseline

    def _answer(self, arm: int, name: str, span: slice, index: int) -> ArmMetrics:
        response, draws = self.world.responses[name], self.world.draws
        latency, failed = self._loaded(name, response.latency[span], response.failed[span], draws.failure[span])
        wrong = response.wrong[span] & ~failed
        self.latency[span], self.failed[span], self.wrong[span] = latency, failed, wrong
        seen = self._seen[arm]
        seen[draws.user[span]] = index
        return measure_arm(
            latency=latency,
            failed=failed,
            wrong=wrong,
            users=int(np.count_nonzero(seen == index)),
            users_at_weight=int(np.count_nonzero(seen >= self._weight_since)),
            patience=self.world.scenario.patience,
        )

    def _copy(self, span: slice) -> ArmMetrics:
        """What the candidate makes of copies of the first `mirror` buckets' requests; its answers go to nobody."""
        response, draws = self.world.responses[self.candidate], self.world.draws
        span = slice(span.start, span.start + np.searchsorted(draws.bucket[span], self.mirror))
        latency, failed = self._loaded(
            self.candidate, response.latency[span], response.failed[span], draws.failure[span]
        )
        return measure_arm(
            latency=latency,
            failed=failed,
            wrong=response.wrong[span] & ~failed,
            users=0,
            patience=self.world.scenario.patience,
        )

    def _loaded(
        self, name: str, latency: Floats, failed: NDArray[np.bool_], luck: Floats
    ) -> tuple[Floats, NDArray[np.bool_]]:
        capacity = self._revision(name).capacity
        if capacity is None:
            return latency, failed
        rate = len(latency) / self.world.scenario.interval
        return under_load(capacity, rate=rate, latency=latency, failed=failed, luck=luck)

    def _revision(self, name: str) -> Revision:
        scenario = self.world.scenario
        return scenario.stable if name == scenario.stable.name else scenario.canary
