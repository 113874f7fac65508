"""Serving: each request goes to an arm and is answered, and what happened is kept."""

import math
from dataclasses import dataclass, replace

import numpy as np

from canarylearn.engine.capacity import under_load
from canarylearn.engine.faults import ColdCache, Floats, MissingMetrics, Which, faults_on
from canarylearn.engine.measuring import measure_arm, stability_index
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.scenario import Revision
from canarylearn.engine.world import SCORE_BINS, World


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What one revision did with the requests of one arm in one interval, whatever is known of it by then.

    `span` says which requests of the world they are. `copied`: nobody got the answers. `metrics` are true: complete,
    and with the labels of these very requests. `weight` is the canary's, in buckets.
    """

    revision: str
    span: slice
    copied: bool
    weight: int
    latency: Floats
    failed: Which
    slow: Which
    metrics: ArmMetrics


class Served:
    """What has been served so far in one release.

    `mirror` is the share of requests (buckets) that the candidate gets a copy of while its weight is 0.
    `canary` and `baseline` have one entry an interval.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.candidate = world.scenario.canary.name
        self.mirror = 0
        self.canary: list[Answered] = []
        self.baseline: list[Answered] = []
        # Where users may change arms: the interval in which each was last seen by either, to count without sorting.
        self._seen = np.full((2, world.scenario.traffic.users), -1, dtype=np.int32) if world.before is None else None
        self._at_weight = [0, 0]
        self._weight, self._weight_since = -1, 0
        scenario = world.scenario
        self._wait = math.ceil(scenario.label_delay / scenario.interval - 1e-9)
        arms = {scenario.stable.name: "stable", scenario.canary.name: "canary"}
        self._silent = {name: faults_on(arm, MissingMetrics, scenario.faults) for name, arm in arms.items()}
        self._cold = {name: _Cold(world, faults_on(arm, ColdCache, scenario.faults)) for name, arm in arms.items()}

    def serve(self, index: int, weight: int) -> tuple[ArmMetrics, ArmMetrics]:
        """Serve interval `index` with `weight` buckets on the canary; what is then known of canary and baseline."""
        start, end = self.world.bounds[index], self.world.bounds[index + 1]
        cut = start + np.searchsorted(self.world.draws.bucket[start:end], weight)
        chosen, others = slice(start, cut), slice(cut, end)
        if weight != self._weight:
            self._weight, self._weight_since, self._at_weight = weight, index, [0, 0]
        copied = bool(self.mirror and not weight)
        if copied:
            copies = np.searchsorted(self.world.draws.bucket[others], self.mirror)
            canary = self._answer(self.candidate, slice(start, start + copies), weight, copied=True)
        else:
            canary = self._answer(self.candidate, chosen, weight, users=self._people(0, chosen, index))
        stable = self.world.scenario.stable.name
        baseline = self._answer(stable, others, weight, users=self._people(1, others, index))
        self.canary.append(canary)
        self.baseline.append(baseline)
        return self._known(index)

    def _people(self, arm: int, span: slice, index: int) -> tuple[int, int]:
        """The different users of an arm in this interval, and since the weight last changed."""
        if self._seen is None:
            assert self.world.before is not None
            # Whoever has come since the weight changed met this very arm.
            before = self.world.before[span]
            self._at_weight[arm] += int(np.count_nonzero(before < self.world.bounds[self._weight_since]))
            return int(np.count_nonzero(before < self.world.bounds[index])), self._at_weight[arm]
        seen = self._seen[arm]
        seen[self.world.draws.user[span]] = index
        return int(np.count_nonzero(seen == index)), int(np.count_nonzero(seen >= self._weight_since))

    def _answer(
        self, name: str, span: slice, weight: int, *, users: tuple[int, int] = (0, 0), copied: bool = False
    ) -> Answered:
        response, draws = self.world.responses[name], self.world.draws
        before = response.latency[span], response.failed[span]
        latency, failed = self._cold[name].slow_down(span, before[0]), before[1]
        if (capacity := self._revision(name).capacity) is not None:
            rate = len(latency) / self.world.scenario.interval
            latency, failed = under_load(capacity, rate=rate, latency=latency, failed=failed, luck=draws.failure[span])
        slow = response.slow[span] if latency is before[0] else latency > self.world.scenario.patience
        wrong = response.wrong[span] if failed is before[1] else response.wrong[span] & ~failed
        scores = () if response.scored is None else np.bincount(response.scored[span], minlength=SCORE_BINS).tolist()
        metrics = measure_arm(
            latency=latency,
            failed=failed,
            wrong=wrong,
            slow=slow,
            users=users[0],
            users_at_weight=users[1],
            scores=tuple(scores),
        )
        return Answered(
            revision=name,
            span=span,
            copied=copied,
            weight=weight,
            latency=latency,
            failed=failed,
            slow=slow,
            metrics=metrics,
        )

    def _known(self, index: int) -> tuple[ArmMetrics, ArmMetrics]:
        """What monitoring knows of both arms at the end of an interval: late labels, and nothing that was lost."""
        canary, baseline = (self._so_far(arm, index) for arm in (self.canary, self.baseline))
        if canary.scores and not baseline.missing:
            canary = replace(canary, drift=stability_index(canary.scores, baseline.scores))
        return canary, baseline

    def _so_far(self, arm: list[Answered], index: int) -> ArmMetrics:
        answered = arm[index]
        known = answered.metrics
        if self._wait:
            then = arm[index - self._wait] if index >= self._wait else None
            # Labels of another revision, which was on trial before, tell nothing about this one.
            cohort = then.metrics if then is not None and then.revision == answered.revision else None
            known = replace(
                known,
                wrong=cohort.wrong if cohort else 0,
                matured=cohort.labelled if cohort else 0,
                matured_at=then.weight if then is not None else None,
            )
        interval = self.world.scenario.interval
        silent = any(
            fault.since < (index + 1) * interval and fault.until > index * interval
            for fault in self._silent[answered.revision]
        )
        return replace(known, missing=True) if silent else known

    def _revision(self, name: str) -> Revision:
        scenario = self.world.scenario
        return scenario.stable if name == scenario.stable.name else scenario.canary


class _Cold:
    """Which users a revision with a cold cache has answered before: the first request of each takes longer."""

    def __init__(self, world: World, faults: tuple[ColdCache, ...]) -> None:
        self._draws = world.draws
        self._factor = np.float32(math.prod(fault.factor for fault in faults))
        self._known = np.zeros(world.scenario.traffic.users, dtype=bool) if faults else None

    def slow_down(self, span: slice, latency: Floats) -> Floats:
        """The latency of these requests with their cold ones; the same array where there is no such fault."""
        if self._known is None:
            return latency
        in_time = np.argsort(self._draws.time[span], kind="stable")
        users, first = np.unique(self._draws.user[span][in_time], return_index=True)
        new = ~self._known[users]
        self._known[users] = True
        slowed = latency.copy()
        slowed[in_time[first[new]]] *= self._factor
        return slowed
