"""A scenario in plain words, and what one would see of it when each revision gets half of the traffic."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from canarylearn.engine.faults import Fault
from canarylearn.engine.measures import count_people, measure_run
from canarylearn.engine.metrics import ArmMetrics
from canarylearn.engine.quantities import BUCKETS, say_count, say_duration, say_latency, say_share
from canarylearn.engine.scenario import Revision, Scenario
from canarylearn.engine.serving import Served
from canarylearn.engine.traffic import Traffic
from canarylearn.engine.watch import say_metric
from canarylearn.engine.world import materialise


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a half-and-half split shows: both arms in each interval, and over the whole window as it truly was."""

    canary: tuple[ArmMetrics, ...]
    baseline: tuple[ArmMetrics, ...]
    true: dict[str, float]


def look_at(scenario: Scenario, seed: int = 0) -> Look:
    """Serve the whole window with half of the users on each revision, whatever happens."""
    world = materialise(scenario, seed)
    served = Served(world)
    seen = [served.serve(index, BUCKETS // 2) for index in range(world.intervals)]
    never = {"time_to_notice": math.inf, "time_to_full": math.inf, "time_at_risk": scenario.window, "way_back": 1.0}
    return Look(
        canary=tuple(canary for canary, _ in seen),
        baseline=tuple(baseline for _, baseline in seen),
        true=measure_run(world, served, {**never, "decided_at": len(world.draws.time)}, count_people(world, served)),
    )


def describe(scenario: Scenario, look: Look) -> str:
    """One paragraph: who comes, how both revisions behave, what is wrong, and what one would see."""
    stable, canary = scenario.stable, scenario.canary
    sentences = [
        *_traffic(scenario.traffic, scenario.window),
        f"Metrics are taken every {say_duration(scenario.interval)}",
        *_revision(stable),
        *_revision(canary),
        *(_fault(fault, scenario) for fault in scenario.faults),
        *([] if scenario.faults else [f"No fault befalls {stable.name} or {canary.name}"]),
        *_labels(scenario),
        f"A user who waits for more than {say_latency(scenario.patience)} has waited too long",
        *_seen(scenario, look),
    ]
    return " ".join(f"{sentence}." for sentence in sentences)


def _traffic(traffic: Traffic, window: float) -> list[str]:
    mean = "" if traffic.is_level else " in the mean"
    uneven = ", some of whom send far more than others" if traffic.activity == "uneven" else ""
    who = f"{say_count(traffic.users)} users{uneven}"
    total = f"for {say_duration(window)}: about {say_count(traffic.expected(window))} requests"
    said = [f"{_plain(traffic.requests_per_second)} requests a second{mean} come from {who}, {total}"]
    if (daily := traffic.daily) is not None:
        said.append(
            f"Traffic swings by {say_share(daily.amplitude)} around its mean over the day, with most of it at "
            f"{_clock(daily.peak)}, and the window begins at {_clock(daily.starts_at)}"
        )
    for burst in traffic.bursts:
        until = say_duration(min(burst.until, window))
        said.append(f"From {_moment(burst.since)} until {until} there is {_plain(burst.factor)} times as much of it")
    if traffic.segments:
        parts = [f"{say_share(segment.share)} {segment.name}" for segment in traffic.segments]
        said.append(f"The users by segment: {_listed(parts)}")
    return said


def _revision(revision: Revision) -> list[str]:
    name = revision.name
    quick = f"{name} answers half of its requests within {say_latency(revision.p50)} and 95 % within "
    good = f"fails {say_share(revision.errors)} of them and is right in {say_share(revision.accuracy)} of its answers"
    said = [f"{quick}{say_latency(revision.p95)}, {good}"]
    if (capacity := revision.capacity) is not None:
        carried = _plain(capacity.replicas * capacity.requests_per_second)
        said.append(f"Its {capacity.replicas} replicas carry {carried} requests a second")
    if (warm_up := revision.warm_up) is not None:
        said.append(f"It starts {_plain(warm_up.factor)} times as slow and is warm after {say_duration(warm_up.lasts)}")
    if (score := revision.score) is not None:
        said.append(f"Its scores are {_plain(score.mean)} in the mean, give or take {_plain(score.sd)}")
    return said


def _fault(fault: Fault, scenario: Scenario) -> str:
    on = getattr(fault, "on", None)
    name = scenario.canary.name if on == "canary" else scenario.stable.name
    return _SAYS[fault.kind](fault, name) + _spell(fault, scenario.window)


def _spell(fault: Fault, window: float) -> str:
    since, until = getattr(fault, "since", 0.0), getattr(fault, "until", math.inf)
    begins = f", from {_moment(since)} on" if since else ""
    return begins if until >= window else f", from {_moment(since)} until {say_duration(until)}"


def _say_segment_bug(fault: Any, name: str) -> str:
    harm = [f"{say_share(fault.errors)} more of the requests fail"] if fault.errors is not None else []
    harm += [f"requests take {_plain(fault.factor)} times as long"] if fault.factor is not None else []
    return f"{name} is broken for one segment, {fault.segment}: {_listed(harm)}"


_SAYS: dict[str, Callable[[Any, str], str]] = {
    "error-burst": lambda fault, name: f"{name} fails another {say_share(fault.rate)} of its requests",
    "slow-tail": lambda fault, name: (
        f"{say_share(fault.share)} of {name}'s requests take {_plain(fault.factor)} times as long"
    ),
    "leak": lambda fault, name: f"{name} leaks: its latency grows by {say_share(fault.growth)} an hour",
    "outage": lambda fault, name: (
        f"Something that both revisions depend on loses {say_share(fault.rate)} of all requests"
    ),
    "segment-bug": _say_segment_bug,
    "quality-drop": lambda fault, name: f"{say_share(fault.rate)} of {name}'s right answers turn wrong",
    "cold-cache": lambda fault, name: (
        f"{name}'s cache is cold: the first request of each user takes {_plain(fault.factor)} times as long"
    ),
    "missing-metrics": lambda fault, name: f"The metrics of {name} do not arrive",
}


def _labels(scenario: Scenario) -> list[str]:
    delay = scenario.label_delay
    if not delay:
        return []
    late = f"Whether an answer was right is known {say_duration(delay)} later"
    return [late if delay < scenario.window else f"{late}, when all this is over"]


def _seen(scenario: Scenario, look: Look) -> list[str]:
    true, stable, canary = look.true, scenario.stable.name, scenario.canary.name
    fails = f"{stable} fails {say_share(true['baseline_error_rate'])} of its requests and {canary} "
    late = f"95 % are answered within {say_latency(true['baseline_p95'])} and {say_latency(true['canary_p95'])}"
    right = f"{say_share(true['baseline_accuracy'])} and {say_share(true['canary_accuracy'])} of the answers are right"
    said = [f"With half of the users on each, {fails}{say_share(true['canary_error_rate'])}; {late}; {right}"]
    drift = [arm.value("drift") for arm in look.canary if not math.isnan(arm.value("drift"))]
    if drift:
        said.append(f"The scores of the two drift apart by {say_metric('drift', sum(drift) / len(drift))} (PSI)")
    said.append(
        f"{canary} harms {say_count(true['users_harmed'])} users whom {stable} would have served well"
        if true["users_harmed"]
        else f"{canary} harms nobody whom {stable} would have served well"
    )
    return said


def _moment(seconds: float) -> str:
    return say_duration(seconds) if seconds else "the start"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds // 60 % 60):02}"


def _plain(number: float) -> str:
    return f"{number:,.10g}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
