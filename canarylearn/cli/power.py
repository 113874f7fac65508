"""canary power: over many seeds, how likely a rollout is to notice harm, and who meets the harm first."""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tqdm import tqdm

from canarylearn.cli.files import plan_of
from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.cli.scenarios import find_scenario
from canarylearn.engine.fitting import TooLarge, fit
from canarylearn.engine.plan import Plan
from canarylearn.engine.power import (
    Chances,
    Effect,
    StepTraffic,
    Trial,
    chances,
    equal_canary,
    traffic_of_steps,
    try_seeds,
)
from canarylearn.engine.quantities import BUCKETS, say_count, say_duration, say_share, say_weight
from canarylearn.engine.scenario import Scenario

ENOUGH = 0.8
"""A rollout should notice the largest harm that was asked about at least this often."""

MOST_FALSE_ALARMS = 0.05
_CHUNK = 5


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when the largest harm is noticed often enough and equal canaries are rarely stopped; 1 otherwise."""
    scenario = find_scenario(options.scenario)
    dialect, plan = plan_of(options)
    try:
        fit(scenario, plan)
    except TooLarge as too_large:
        raise Usage(str(too_large)) from None
    effects: tuple[Effect, ...] = options.effect or ()
    cases = {"equal": equal_canary(scenario), **{str(effect): effect.on(scenario) for effect in effects}}
    if not effects:
        cases["as in the scenario"] = scenario
    trials = _try(plan, list(cases.values()), options)
    found = {name: chances(kept) for name, kept in zip(cases, trials, strict=True)}
    steps = traffic_of_steps(plan, scenario, effects) if effects else []
    _tell(options, dialect.title, scenario, found, output)
    _tell_steps(steps, effects, output)
    output.give(
        file=options.file,
        dialect=dialect.name,
        scenario=scenario.slug,
        seeds=options.seeds,
        chances=[{"canary": name, **_as_json(chance)} for name, chance in found.items()],
        steps=[_step_json(step) for step in steps],
    )
    least = list(found.values())[-1].noticed
    return 0 if least >= ENOUGH and found["equal"].noticed <= MOST_FALSE_ALARMS else 1


def _try(plan: Plan, scenarios: Sequence[Scenario], options: argparse.Namespace) -> list[list[Trial]]:
    """All seeds, on all cores; the order of the trials is that of the seeds, whichever process was done first."""
    seeds = list(range(options.seed, options.seed + options.seeds))
    chunks = [seeds[start : start + _CHUNK] for start in range(0, len(seeds), _CHUNK)]
    workers = min(len(chunks), os.cpu_count() or 1)
    quiet = options.json or not sys.stderr.isatty()
    if workers == 1:
        return try_seeds(plan, scenarios, seeds, options.approve_after)
    context = get_context("forkserver" if sys.platform == "linux" else "spawn")
    context.set_forkserver_preload(["canarylearn.engine.power"])
    done: dict[int, list[list[Trial]]] = {}
    with (
        ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool,
        tqdm(total=len(seeds), unit="seed", disable=quiet, leave=False) as shown,
    ):
        work = {
            pool.submit(try_seeds, plan, scenarios, chunk, options.approve_after): number
            for number, chunk in enumerate(chunks)
        }
        for future in as_completed(work):
            done[work[future]] = future.result()
            shown.update(len(chunks[work[future]]))
    return [[trial for number in sorted(done) for trial in done[number][case]] for case in range(len(scenarios))]


def _tell(
    options: argparse.Namespace, title: str, scenario: Scenario, found: dict[str, Chances], output: Output
) -> None:
    output.say(
        f"{output.colour('strong', options.file)} ({title}) in “{scenario.title}”, "
        f"{options.seeds} seeds, stable error rate {say_share(scenario.stable.errors)}"
    )
    width = max(len("canary"), *(len(name) for name in found)) + 2
    times = f"{'noticed after':>16}{'promoted':>12}{'full after':>14}"
    output.say(output.colour("soft", f"  {'canary':<{width}}{'noticed':>24}{'users before that':>22}{times}"))
    for name, chance in found.items():
        span = f"{say_share(chance.noticed)} ({_percent(chance.noticed_span.low)}–{_percent(chance.noticed_span.high)})"
        users = "-" if math.isnan(chance.users) else f"{say_count(chance.users)} (90 %: {say_count(chance.users_90)})"
        output.say(
            f"  {name:<{width}}{span:>24}{users:>22}{_time(chance.time_to_notice):>16}"
            f"{say_share(chance.promoted):>12}{_time(chance.time_to_full):>14}"
        )
    equal = found["equal"]
    false = f"an equal canary is stopped in {say_share(equal.noticed)} of runs: the false-alarm rate"
    colour = "green" if equal.noticed <= MOST_FALSE_ALARMS else "red"
    output.say(f"  {output.colour(colour, '●')} {false}")
    if len(found) > 1:
        name, last = list(found.items())[-1]
        colour = "green" if last.noticed >= ENOUGH else "red"
        output.say(f"  {output.colour(colour, '●')} {name} is noticed in {say_share(last.noticed)} of runs")


def _tell_steps(steps: list[StepTraffic], effects: tuple[Effect, ...], output: Output) -> None:
    if not steps:
        return
    output.say()
    output.say(output.colour("soft", f"  Traffic to tell {effects[-1]} in one step, one-sided 5 %, in 80 % of cases:"))
    for step in steps:
        hold = "until a person goes on" if step.hold is None else say_duration(step.hold) if step.hold else "no hold"
        output.say(f"  {step.number:>3}. {say_weight(step.weight):>7}  {hold:<22}  {_say_traffic(step, output)}")


def _say_traffic(step: StepTraffic, output: Output) -> str:
    if not step.counted:
        return "nothing to compare with" if step.hold else ""
    said = f"{say_count(step.expected)} canary requests, {say_count(math.ceil(step.needed))} needed"
    if math.isinf(step.needed):
        return f"{say_count(step.expected)} canary requests; that is no harm"
    if step.too_small:
        return f"{said}: {output.colour('yellow', 'too little traffic to decide anything')}"
    return f"{said}; tells from {step.tells}"


def _time(seconds: float) -> str:
    return "-" if math.isnan(seconds) else say_duration(seconds)


def _percent(share: float) -> str:
    return f"{share * 100:.1f}"


def _as_json(chance: Chances) -> dict[str, object]:
    return {
        "runs": chance.runs,
        "noticed": chance.noticed,
        "noticed_interval": [chance.noticed_span.low, chance.noticed_span.high],
        "promoted": chance.promoted,
        "promoted_interval": [chance.promoted_span.low, chance.promoted_span.high],
        "users_median": chance.users,
        "users_90": chance.users_90,
        "time_to_notice": chance.time_to_notice,
        "time_to_full": chance.time_to_full,
    }


def _step_json(step: StepTraffic) -> dict[str, object]:
    return {
        "step": step.number,
        "weight": step.weight / BUCKETS,
        "hold": step.hold,
        "expected": step.expected,
        "needed": step.needed,
        "tells": step.tells and {"metric": step.tells.metric, "value": step.tells.value},
        "too_small": step.too_small,
    }
