"""canary run: deploy a file in a scenario and tell what happened."""

import argparse
from pathlib import Path

from canarylearn.cli.files import plan_of, write_text
from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.cli.report import report
from canarylearn.cli.scenarios import find_scenario
from canarylearn.cli.story import as_json, plain_ending, tell
from canarylearn.engine.fitting import TooLarge, deploy, fit
from canarylearn.engine.outcome import Phase


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when the release was promoted, 1 when it was rolled back or nobody decided."""
    scenario = find_scenario(options.scenario)
    dialect, plan = plan_of(options)
    try:
        outcome = deploy(plan, scenario, options.seed, approve_after=options.approve_after)
    except TooLarge as too_large:
        raise Usage(str(too_large)) from None
    output.say(f"{output.colour('strong', options.file)} ({dialect.title}) in “{scenario.title}”, seed {options.seed}")
    output.say(output.colour("soft", f"  {' '.join(scenario.about.split())}"))
    output.say()
    tell(outcome, scenario, output)
    if options.html:
        title = f"{Path(options.file).name} ({dialect.title})"
        write_text(options.html, report(outcome, fit(scenario, plan), title=title, ending=plain_ending(outcome)))
        output.say(f"  The page is in {options.html}")
    output.give(file=options.file, dialect=dialect.name, scenario=scenario.slug, seed=options.seed, **as_json(outcome))
    return 0 if outcome.phase is Phase.PROMOTED else 1
