"""What is measured of a finished release: names, units, and how each is worked out from the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from canarylearn.engine.measuring import pooled_quantile
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import NBSP, say_count, say_duration, say_latency, say_share
from canarylearn.engine.serving import Answered, Served
from canarylearn.engine.world import World


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure: its name in items, its label for people, how to write a value, and its unit in items.

    The unit is the form a goal's value takes in a file: 'share' is '20%', 'count' is 500, 'latency' and 'duration'
    are '0.5s' and '10m', 'yes-no' is 1 or 0.
    """

    name: str
    label: str
    unit: str
    say: Callable[[float], str] = field(repr=False)


def _say_yes_no(value: float) -> str:
    return "yes" if value else "no"


_LIST = [
    Measure(name="users_exposed", label="users who met the canary", unit="count", say=say_count),
    Measure(name="users_exposed_share", label="share of users who met the canary", unit="share", say=say_share),
    Measure(name="users_harmed", label="users harmed by the canary", unit="count", say=say_count),
    Measure(name="users_harmed_share", label="share of users harmed by the canary", unit="share", say=say_share),
    Measure(name="users_waited", label="users kept waiting by the canary", unit="count", say=say_count),
    Measure(name="failed_requests", label="requests the canary failed", unit="count", say=say_count),
    Measure(name="canary_requests", label="requests the new model answered", unit="count", say=say_count),
    Measure(name="requests_judged", label="canary requests before the decision", unit="count", say=say_count),
    Measure(name="control_requests", label="baseline requests beside the canary", unit="count", say=say_count),
    Measure(name="share_observed", label="share of requests the canary got", unit="share", say=say_share),
    Measure(name="time_to_notice", label="time to notice", unit="duration", say=say_duration),
    Measure(name="time_at_risk", label="time users were exposed", unit="duration", say=say_duration),
    Measure(name="time_to_full", label="time to full release", unit="duration", say=say_duration),
    Measure(name="canary_error_rate", label="canary error rate", unit="share", say=say_share),
    Measure(name="baseline_error_rate", label="baseline error rate", unit="share", say=say_share),
    Measure(name="canary_p95", label="canary p95 latency", unit="latency", say=say_latency),
    Measure(name="baseline_p95", label="baseline p95 latency", unit="latency", say=say_latency),
    Measure(name="canary_accuracy", label="canary accuracy", unit="share", say=say_share),
    Measure(name="baseline_accuracy", label="baseline accuracy", unit="share", say=say_share),
    Measure(name="way_back", label="a way back exists", unit="yes-no", say=_say_yes_no),
    Measure(name="model_size", label="size of the new model", unit="count", say=lambda mb: f"{mb:,.0f}{NBSP}MB"),
    Measure(
        name="training_hours",
        label="time to train the new model",
        unit="count",
        say=lambda h: f"{h:g}{NBSP}h",
    ),
]

MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in _LIST}


@dataclass(frozen=True, kw_only=True)
class People:
    """The users of a finished run: what is true of them by measure, and how many were harmed by each interval's end."""

    measures: Mapping[str, float]
    harmed: tuple[int, ...]


def measure_run(world: World, served: Served, times: Mapping[str, float], people: People) -> dict[str, float]:
    """Every measure of a finished run, by name: what is true, whatever monitoring knew of it.

    `times` holds what only the controller knows: the number of the first request after the decision (`decided_at`),
    times in seconds (infinite where the thing never happened), and whether a way back is left.
    """
    trial = [part.span.stop <= times["decided_at"] for part in served.baseline]
    canary, baseline = (
        _together([part for part, judged in zip(arm, trial, strict=True) if judged and not part.copied])
        for arm in (served.canary, served.baseline)
    )
    new = world.scenario.canary
    return {
        **people.measures,
        "requests_judged": canary.requests,
        "control_requests": baseline.requests,
        "share_observed": canary.requests / max(1, canary.requests + baseline.requests),
        "time_to_notice": times["time_to_notice"],
        "time_at_risk": times["time_at_risk"],
        "time_to_full": times["time_to_full"],
        "canary_error_rate": canary.error_rate,
        "baseline_error_rate": baseline.error_rate,
        "canary_p95": canary.p95,
        "baseline_p95": baseline.p95,
        "canary_accuracy": canary.accuracy,
        "baseline_accuracy": baseline.accuracy,
        "way_back": times["way_back"],
        "model_size": new.size_mb,
        "training_hours": new.training_hours,
    }


def count_people(world: World, served: Served) -> People:
    """Who met the new model, and who was harmed by it: badly served, where the stable model would have served well."""
    stable, new = world.responses[world.scenario.stable.name], world.scenario.canary.name
    met = [part for part in served.canary if part.revision == new and not part.copied]
    exposed, harmed, waited = (np.zeros(world.scenario.traffic.users, dtype=bool) for _ in range(3))
    harmed_by_then = [0]
    for part in served.canary:
        if part.revision == new and not part.copied and len(part.latency):
            users = world.draws.user[part.span]
            exposed[users] = True
            kept_waiting = np.flatnonzero(part.slow)
            waited[users[kept_waiting[~stable.slow[part.span][kept_waiting]]]] = True
            badly = np.flatnonzero(part.failed | part.slow)
            well = ~(stable.failed[part.span][badly] | stable.slow[part.span][badly])
            harmed[users[badly[well]]] = True
            harmed_by_then.append(int(np.count_nonzero(harmed)))
        else:
            harmed_by_then.append(harmed_by_then[-1])
    everyone = max(1, world.users)
    reached, hurt = int(np.count_nonzero(exposed)), harmed_by_then[-1]
    measures = {
        "users_exposed": reached,
        "users_exposed_share": reached / everyone,
        "users_harmed": hurt,
        "users_harmed_share": hurt / everyone,
        "users_waited": int(np.count_nonzero(waited)),
        "failed_requests": sum(part.metrics.errors for part in met),
        "canary_requests": sum(part.metrics.requests for part in met),
    }
    return People(measures=measures, harmed=tuple(harmed_by_then[1:]))


def _together(parts: list[Answered]) -> ArmMetrics:
    """An arm over several intervals."""
    return ArmMetrics(
        requests=sum(part.metrics.requests for part in parts),
        users=0,
        errors=sum(part.metrics.errors for part in parts),
        slow=sum(part.metrics.slow for part in parts),
        wrong=sum(part.metrics.wrong for part in parts),
        p95=pooled_quantile(0.95, [(part.latency, part.metrics.p95) for part in parts]),
    )
