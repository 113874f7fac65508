"""Serving: each request goes to an arm and is answered, and what happened is kept."""

import numpy as np
from numpy.typing import NDArray

from canarylearn.engine.capacity import under_load
from canarylearn.engine.faults import Floats
from canarylearn.engine.metrics import ArmMetrics, measure_arm
from canarylearn.engine.scenario import Revision
from canarylearn.engine.world import World


class Served:
    """What has been served so far in one release.

    `to_canary`, `latency` (seconds), `failed` and `wrong` have one entry a request of the world and are filled
    interval by interval.
    """

    def __init__(self, world: World) -> None:
        requests = len(world.draws.time)
        self.world = world
        self.candidate = world.scenario.canary.name
        self.to_canary = np.zeros(requests, dtype=bool)
        self.latency = np.zeros(requests, dtype=np.float32)
        self.failed = np.zeros(requests, dtype=bool)
        self.wrong = np.zeros(requests, dtype=bool)
        # The interval in which a user was last seen by each arm: counts distinct users without sorting them.
        self._seen = np.full((2, world.scenario.traffic.users), -1, dtype=np.int32)

    def serve(self, index: int, weight: int) -> tuple[ArmMetrics, ArmMetrics]:
        """Serve interval `index` with `weight` buckets on the canary; the metrics of canary and baseline."""
        span = slice(self.world.bounds[index], self.world.bounds[index + 1])
        chosen = self.world.draws.bucket[span] < weight
        self.to_canary[span] = chosen
        canary = self._answer(0, self.candidate, span, chosen, index)
        baseline = self._answer(1, self.world.scenario.stable.name, span, ~chosen, index)
        return canary, baseline

    def _answer(self, arm: int, name: str, span: slice, chosen: NDArray[np.bool_], index: int) -> ArmMetrics:
        response, draws = self.world.responses[name], self.world.draws
        latency, failed = self._loaded(
            name, response.latency[span][chosen], response.failed[span][chosen], draws.failure[span][chosen]
        )
        wrong = response.wrong[span][chosen] & ~failed
        self.latency[span][chosen], self.failed[span][chosen], self.wrong[span][chosen] = (
            latency,
            failed,
            wrong,
        )
        self._seen[arm][draws.user[span][chosen]] = index
        users = int(np.count_nonzero(self._seen[arm] == index))
        return measure_arm(
            latency=latency, failed=failed, wrong=wrong, users=users, patience=self.world.scenario.patience
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
