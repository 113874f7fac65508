"""canary compare: two plans on the same users and the same luck."""

import argparse

from canarylearn.cli.files import plan_of
from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.cli.scenarios import find_scenario
from canarylearn.cli.story import TOLD, as_json, ending
from canarylearn.engine.fitting import TooLarge, deploy
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.outcome import Outcome
from canarylearn.engine.scenario import Scenario


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when both end alike, 1 when they end differently."""
    scenario = find_scenario(options.scenario)
    names = (options.file, options.other)
    outcomes = [_deploy(options, name, scenario) for name in names]
    output.say(f"In “{scenario.title}”, seed {options.seed}: the same users, the same luck")
    for name, outcome in zip(names, outcomes, strict=True):
        output.say(f"  {output.colour('strong', name)}  {ending(outcome, output)}")
    output.say()
    width = max(12, *(len(name) for name in names)) + 2
    output.say(output.colour("soft", f"  {'':<36}{names[0]:>{width}}{names[1]:>{width}}"))
    for measure in TOLD:
        said = [MEASURES[measure].say(outcome.measures[measure]) for outcome in outcomes]
        output.say(f"  {MEASURES[measure].label:<36}{said[0]:>{width}}{said[1]:>{width}}")
    output.give(
        scenario=scenario.slug,
        seed=options.seed,
        plans=[{"file": name, **as_json(outcome)} for name, outcome in zip(names, outcomes, strict=True)],
    )
    return 0 if outcomes[0].phase is outcomes[1].phase else 1


def _deploy(options: argparse.Namespace, name: str, scenario: Scenario) -> Outcome:
    _, plan = plan_of(options, name)
    try:
        return deploy(plan, scenario, options.seed, approve_after=options.approve_after)
    except TooLarge as too_large:
        raise Usage(f"{name}: {too_large}") from None
