"""canary render: the same plan in another dialect, and what that cannot say."""

import argparse

from canarylearn.cli.files import plan_of
from canarylearn.cli.output import Output
from canarylearn.dialects.registry import BY_NAME, render_plan


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when nothing is lost, 1 when something is; the losses are comments at the top of the text."""
    dialect, plan = plan_of(options)
    rendering = render_plan(plan, BY_NAME[options.to])
    for loss in rendering.lost:
        output.say(f"# Lost from {dialect.title}: {loss}")
    output.say(rendering.text.rstrip("\n"))
    output.give(
        **{"file": options.file, "from": dialect.name, "to": options.to}, text=rendering.text, lost=rendering.lost
    )
    return 1 if rendering.lost else 0
