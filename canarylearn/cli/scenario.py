"""canary scenario: what is true in a scenario, in words and as a chart; and which scenarios there are."""

import argparse
import math
from collections.abc import Callable
from itertools import pairwise

from canarylearn.cli.output import Output
from canarylearn.cli.scenarios import find_scenario, known_scenarios
from canarylearn.engine.describing import Look, describe, look_at
from canarylearn.engine.metrics import METRICS, ArmMetrics
from canarylearn.engine.quantities import say_count, say_duration
from canarylearn.engine.scenario import Scenario
from canarylearn.engine.watch import say_metric

_WIDEST = 60
_ROWS = 3
_BLOCKS = " ▁▂▃▄▅▆▇█"
_LINE = 78


def run(options: argparse.Namespace, output: Output) -> int:
    """0: a scenario is described, or all are listed."""
    if options.action == "list":
        _list(output)
    else:
        _describe(options, output)
    return 0


def _list(output: Output) -> None:
    scenarios = {slug: find_scenario(slug) for slug in known_scenarios()}
    width = max(map(len, scenarios))
    for slug, scenario in scenarios.items():
        output.say(f"{output.colour('strong', f'{slug:<{width}}')}  {scenario.title}")
    output.give(
        scenarios=[
            {"slug": slug, "title": scenario.title, "about": " ".join(scenario.about.split())}
            for slug, scenario in scenarios.items()
        ]
    )


def _describe(options: argparse.Namespace, output: Output) -> None:
    scenario = find_scenario(options.scenario)
    look = look_at(scenario, options.seed)
    words = describe(scenario, look)
    output.say(f"{output.colour('strong', scenario.slug)}: {scenario.title}")
    for line in _wrap(f"{' '.join(scenario.about.split())}"):
        output.say(output.colour("soft", line))
    output.say()
    for line in _wrap(words):
        output.say(line)
    output.say()
    _draw(scenario, look, output)
    output.give(
        scenario=scenario.slug,
        title=scenario.title,
        about=" ".join(scenario.about.split()),
        seed=options.seed,
        description=words.replace("\N{NO-BREAK SPACE}", " "),
        watch=scenario.watch,
        expected_requests=round(scenario.traffic.expected(scenario.window)),
        half_and_half=[
            {
                "start": number * scenario.interval,
                "end": (number + 1) * scenario.interval,
                "canary": _values(canary),
                "baseline": _values(baseline),
            }
            for number, (canary, baseline) in enumerate(zip(look.canary, look.baseline, strict=True))
        ],
        measures=look.true,
    )


def _values(arm: ArmMetrics) -> dict[str, float]:
    return {name: arm.value(name) for name in METRICS}


def _wrap(text: str) -> list[str]:
    """Lines of a terminal; a value stays with its unit."""
    lines = [""]
    for word in text.replace(" %", "\N{NO-BREAK SPACE}%").split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LINE:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _draw(scenario: Scenario, look: Look, output: Output) -> None:
    """Requests, and the watched metric of both revisions on one scale, with half of the users on each."""
    metric, columns = scenario.watch, min(_WIDEST, len(look.canary))
    requests = [
        canary.requests + baseline.requests for canary, baseline in zip(look.canary, look.baseline, strict=True)
    ]
    rate = [float(count) for count in requests]
    arms = {
        scenario.stable.name: ("blue", [arm.value(metric) for arm in look.baseline]),
        scenario.canary.name: ("yellow", [arm.value(metric) for arm in look.canary]),
    }
    output.say(output.colour("soft", f"With half of the users on each, over {say_duration(scenario.window)}:"))
    _band("requests", "soft", _squeeze(rate, columns), max(rate, default=0.0), say_count, output)
    top = max((value for _, values in arms.values() for value in values if not math.isnan(value)), default=0.0)
    if scenario.canary.score is not None:
        drift = [arm.value("drift") for arm in look.canary]
        most = max((value for value in drift if not math.isnan(value)), default=0.0)
        name = f"{scenario.canary.name} drift"
        _band(name, "yellow", _squeeze(drift, columns), most, lambda value: say_metric("drift", value), output)
    for name, (colour, values) in arms.items():
        label = f"{name} {metric}"
        _band(label, colour, _squeeze(values, columns), top, lambda value: say_metric(metric, value), output)


def _band(
    label: str, colour: str, values: list[float], top: float, say: Callable[[float], str], output: Output
) -> None:
    known = [value for value in values if not math.isnan(value)]
    said = f"{say(min(known))} to {say(max(known))}" if known else "no data"
    for row in range(_ROWS, 0, -1):
        bars = "".join(_block(value, top, row) for value in values)
        text = label if row == _ROWS else said if row == _ROWS - 1 else ""
        output.say(f"  {text.replace(chr(0xA0), ' '):<24}{output.colour(colour, bars)}".rstrip())


def _block(value: float, top: float, row: int) -> str:
    """One cell of a bar: row 1 is the lowest. Where nothing is known there is a dot at the bottom."""
    if math.isnan(value):
        return "·" if row == 1 else " "
    eighths = round(value / top * _ROWS * 8) if top else 0
    if row == 1:
        eighths = max(1, eighths)  # nothing at all is a line at the bottom, and no gap
    return _BLOCKS[max(0, min(8, eighths - (row - 1) * 8))]


def _squeeze(values: list[float], columns: int) -> list[float]:
    """So many columns of neighbouring values, each the mean of what is known."""
    edges = [round(column * len(values) / columns) for column in range(columns + 1)]
    squeezed = []
    for start, end in pairwise(edges):
        known = [value for value in values[start:end] if not math.isnan(value)]
        squeezed.append(sum(known) / len(known) if known else math.nan)
    return squeezed
