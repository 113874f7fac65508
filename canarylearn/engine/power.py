"""How likely a rollout is to notice a harm of some size, over many seeds, and which of its steps can tell it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtr

from canarylearn.engine.fitting import deploy, fit
from canarylearn.engine.outcome import Outcome, Phase
from canarylearn.engine.plan import Plan
from canarylearn.engine.quantities import BUCKETS, parse_duration, parse_share, say_duration, say_share
from canarylearn.engine.rates import Counts, wilson_interval
from canarylearn.engine.scenario import Revision, Scenario
from canarylearn.engine.sizes import size_for_rates
from canarylearn.engine.tails import Span

_BETWEEN = 5
_MOST_EFFECTS = 20
_TO_P95 = 1.6448536269514722
"""Standard deviations from the median of a normal law to its 95th percentile."""

METRICS = ("error_rate", "p50", "p95", "accuracy")
"""What an effect can be an effect on."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A canary that is like the stable revision in everything but one metric, which has this value."""

    metric: str
    value: float

    def __str__(self) -> str:
        said = say_duration(self.value) if self.value >= 120 else f"{self.value * 1000:g} ms"
        return f"{self.metric} {said if self.metric in ('p50', 'p95') else say_share(self.value)}"

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with such a canary."""
        stable = scenario.stable
        changes: dict[str, float] = {"name": scenario.canary.name}  # type: ignore[dict-item]  # a name is no number
        if self.metric == "error_rate":
            changes["errors"] = self.value
        elif self.metric == "accuracy":
            changes["accuracy"] = self.value
        else:
            # Both quantiles move together, so the whole law of the latency is stretched.
            stretched = self.value / getattr(stable, self.metric)
            changes |= {"p50": stable.p50 * stretched, "p95": stable.p95 * stretched}
        return _with_canary(scenario, stable.model_copy(update=changes))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of one seed: how it ended, when harm was noticed and all was released, and who had met the canary."""

    phase: Phase
    noticed: float
    full: float
    exposed: int

    @classmethod
    def of(cls, outcome: Outcome) -> "Trial":
        """The same from a whole outcome."""
        measures = outcome.measures
        return cls(
            phase=outcome.phase,
            noticed=measures["time_to_notice"],
            full=measures["time_to_full"],
            exposed=int(measures["users_exposed"]),
        )


@dataclass(frozen=True, kw_only=True)
class Chances:
    """Many seeds together. Times and users are those of the runs that noticed, or, for `full`, that promoted.

    `noticed` and `promoted` are shares of all runs, each with its 95 % interval (Wilson); medians and 90th percentiles
    are NaN where there was no such run.
    """

    runs: int
    noticed: float
    noticed_span: Span
    promoted: float
    promoted_span: Span
    users: float
    users_90: float
    time_to_notice: float
    time_to_full: float


@dataclass(frozen=True, kw_only=True)
class StepTraffic:
    """A step's canary requests beside what a test needs to tell the largest harm there, one-sided 5 %, power 80 %.

    `tells` is the least harm of those asked about that the step's traffic tells, None where it tells none of them. A
    step without an end, or without a baseline beside it, is not counted: `counted` is False.
    """

    number: int
    weight: int
    hold: float | None
    expected: float
    needed: float
    tells: Effect | None

    @property
    def counted(self) -> bool:
        """Whether the step lasts some known time and splits the traffic."""
        return bool(self.hold) and 0 < self.weight < BUCKETS

    @property
    def too_small(self) -> bool:
        """Whether it has too little traffic to decide anything."""
        return self.counted and self.tells is None


def equal_canary(scenario: Scenario) -> Scenario:
    """The scenario with a canary that is exactly like the stable revision: whatever stops it is a false alarm."""
    return _with_canary(scenario, scenario.stable.model_copy(update={"name": scenario.canary.name}))


def parse_effects(text: str) -> tuple[Effect, ...]:
    """The effects in 'error_rate=1%..5%' (five of them, evenly), 'error_rate=2%' or 'p95=400ms,800ms', worst last.

    Raises ValueError, in plain words, for what is none.
    """
    metric, equals, values = text.partition("=")
    if not equals or metric not in METRICS:
        raise ValueError(f"{text!r} is no effect; write METRIC=VALUE with one of {', '.join(METRICS)}")
    read = parse_duration if metric in ("p50", "p95") else parse_share
    first, dots, last = values.partition("..")
    if dots:
        low, high = read(first), read(last)
        if low >= high:
            raise ValueError(f"{values!r} is no range; write the smaller value first, such as 1%..5%")
        amounts = [low + (high - low) * step / (_BETWEEN - 1) for step in range(_BETWEEN)]
    else:
        amounts = [read(value) for value in values.split(",")]
    if min(amounts) <= 0 and metric != "error_rate":
        raise ValueError(f"{values!r} goes down to nothing; write values above 0")
    if len(amounts) > _MOST_EFFECTS:
        raise ValueError(f"{len(amounts)} effects are too many; name at most {_MOST_EFFECTS}")
    # The least harm first: a higher rate or latency is worse, and so is a lower accuracy.
    return tuple(Effect(metric=metric, value=amount) for amount in sorted(amounts, reverse=metric == "accuracy"))


def try_seeds(
    plan: Plan, scenarios: Sequence[Scenario], seeds: Sequence[int], approve_after: float | None = None
) -> list[list[Trial]]:
    """Deploy the plan in every scenario under every seed: for each scenario its trials, in the order of the seeds.

    Scenarios that share their traffic meet the same users with the same luck under the same seed.
    """
    trials: list[list[Trial]] = [[] for _ in scenarios]
    for seed in seeds:
        for kept, scenario in zip(trials, scenarios, strict=True):
            kept.append(Trial.of(deploy(plan, scenario, seed, approve_after=approve_after)))
    return trials


def chances(trials: Sequence[Trial]) -> Chances:
    """What many trials say together."""
    noticed = [trial for trial in trials if math.isfinite(trial.noticed)]
    promoted = [trial for trial in trials if trial.phase is Phase.PROMOTED]
    runs = len(trials)
    return Chances(
        runs=runs,
        noticed=len(noticed) / runs,
        noticed_span=wilson_interval(Counts(events=len(noticed), units=runs)),
        promoted=len(promoted) / runs,
        promoted_span=wilson_interval(Counts(events=len(promoted), units=runs)),
        users=_quantile([trial.exposed for trial in noticed], 0.5),
        users_90=_quantile([trial.exposed for trial in noticed], 0.9),
        time_to_notice=_quantile([trial.noticed for trial in noticed], 0.5),
        time_to_full=_quantile([trial.full for trial in promoted], 0.5),
    )


def traffic_of_steps(plan: Plan, scenario: Scenario, effects: Sequence[Effect]) -> list[StepTraffic]:
    """For each step the canary's expected requests, at the mean rate, and what a test of two rates needs there.

    Latencies are told by the share of requests slower than the stable revision's p95.
    """
    fitted = fit(scenario, plan)
    rate = fitted.traffic.expected(fitted.window) / fitted.window
    baseline = _bad_rate(scenario.stable, scenario.stable, effects[0].metric)
    steps = []
    for number, step in enumerate(plan.steps, start=1):
        expected = rate * step.weight / BUCKETS * (step.hold or 0.0)
        needed = [
            _needed(baseline, _bad_rate(effect.on(scenario).canary, scenario.stable, effect.metric), step.weight)
            for effect in effects
        ]
        told = (effect for effect, units in zip(effects, needed, strict=True) if units <= expected)
        steps.append(
            StepTraffic(
                number=number,
                weight=step.weight,
                hold=step.hold,
                expected=expected,
                needed=needed[-1],
                tells=next(told, None),
            )
        )
    return steps


def _needed(baseline: float, canary: float, weight: int) -> float:
    if not 0 < weight < BUCKETS:
        return math.inf
    ratio = (BUCKETS - weight) / weight
    low, high = sorted(min(max(rate, 1e-6), 1 - 1e-6) for rate in (baseline, canary))
    return math.inf if canary <= baseline else size_for_rates(low, high, side="larger", ratio=ratio)


def _bad_rate(revision: Revision, stable: Revision, metric: str) -> float:
    """How often a request shows the harm."""
    if metric == "error_rate":
        return revision.errors
    if metric == "accuracy":
        return (1 - revision.accuracy) * (1 - revision.errors)
    spread = math.log(revision.p95 / revision.p50) / _TO_P95
    return float(ndtr((math.log(revision.p50) - math.log(stable.p95)) / spread))


def _with_canary(scenario: Scenario, canary: Revision) -> Scenario:
    """The scenario with this canary and nothing else wrong with it; faults of both revisions stay."""
    faults = tuple(fault for fault in scenario.faults if getattr(fault, "on", "both") != "canary")
    return scenario.model_copy(update={"canary": canary, "faults": faults})


def _quantile(values: Sequence[float], share: float) -> float:
    """By nearest rank; NaN without values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan
