"""`canary`: the engine and the dialects on the command line. Knows no Django."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.dialects.registry import BY_NAME
from canarylearn.engine.metrics import METRICS
from canarylearn.engine.quantities import parse_duration, parse_share

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

FINE, FINDING, USAGE = 0, 1, 2
"""Exit codes: nothing to report, something was found, the call or a file it names cannot be used."""

_EPILOG = (
    "Exit codes: 0 fine, 1 something was found, 2 the call cannot be used. Each command explains itself with --help."
)


JUDGE_METHODS = (
    "sequential",
    "kayenta",
    "mann-whitney",
    "brunner-munzel",
    "welch",
    "two-proportion",
    "fisher",
    "poisson",
    "ks",
)
"""The values of `canarylearn.engine.samples.Method`, which loads numpy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    output = Output(command=options.command, as_json=options.json)
    try:
        # A command's module is loaded when it is called, so that `check` does not wait for numpy.
        code: int = import_module(f"canarylearn.cli.{options.module}").run(options, output)
    except Usage as usage:
        output.refuse(str(usage))
        return USAGE
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return FINE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="canary", description=__doc__, epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands)
    _add_run(commands)
    _add_compare(commands)
    _add_render(commands)
    _add_scenario(commands)
    _add_judge(commands)
    _add_power(commands)
    _add_verify(commands)
    return parser


def _add_check(commands: "_Commands") -> None:
    command = _command(commands, "check", "Say what the tool would say of a rollout file, and the shares it gives.")
    _add_manifest(command)
    command.add_argument("--strict", action="store_true", help="exit with 1 for notes too, not for errors alone")


def _add_run(commands: "_Commands") -> None:
    command = _command(commands, "run", "Deploy a rollout file in a scenario and tell what happened.")
    _add_manifest(command)
    _add_deployment(command)
    command.add_argument("--html", metavar="OUT", help="write a page that stands alone, with the timeline")


def _add_compare(commands: "_Commands") -> None:
    command = _command(commands, "compare", "Deploy two rollout files to the same users, with the same luck.")
    _add_manifest(command)
    command.add_argument("other", metavar="OTHER", help="the second rollout file")
    _add_deployment(command)


def _add_render(commands: "_Commands") -> None:
    command = _command(
        commands, "render", "Write the plan of a rollout file in another dialect, and name what is lost."
    )
    _add_manifest(command)
    command.add_argument("--to", required=True, choices=sorted(BY_NAME), help="the dialect to write")
    _add_measure(command)


def _add_scenario(commands: "_Commands") -> None:
    says = "Say what is true in a scenario, or which scenarios there are."
    command = commands.add_parser("scenario", help=says, description=says, epilog=_EPILOG)
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    _command(actions, "list", "List the scenarios that come with the curriculum.").set_defaults(module="scenario")
    described = _command(actions, "describe", "Describe a scenario in words and as a chart.")
    described.set_defaults(module="scenario")
    described.add_argument("scenario", metavar="FILE-or-SLUG", help="a scenario file, or the name of one")
    described.add_argument("--seed", type=_seed, default=0, metavar="N", help="the luck: the same number, the same run")


def _add_judge(commands: "_Commands") -> None:
    command = _command(
        commands, "judge", "Judge a canary's own numbers against a baseline's: two CSV files, one column."
    )
    command.add_argument(
        "baseline", metavar="BASELINE.csv", help="the baseline's numbers; the first line names columns"
    )
    command.add_argument("canary", metavar="CANARY.csv", help="the canary's numbers, with the same column")
    command.add_argument("--metric", required=True, metavar="COLUMN", help="the column to compare")
    command.add_argument("--total", metavar="COLUMN", help="the column of all requests, where the metric counts events")
    command.add_argument(
        "--direction", choices=("increase", "decrease", "either"), default="increase", help="what is worse (increase)"
    )
    command.add_argument(
        "--method",
        choices=JUDGE_METHODS,
        help="how to compare; sequential for events (0 and 1, or --total), mann-whitney for other numbers",
    )
    command.add_argument(
        "--margin",
        metavar="AMOUNT",
        help="how much worse is still fine, in the metric's unit or as 10%% of the baseline's mean; needed for a PASS",
    )
    command.add_argument("--effect", metavar="AMOUNT", help="the harm worth finding, for the sample size still needed")
    command.add_argument("--alpha", type=_part, default=0.05, metavar="A", help="the chance of a false alarm (0.05)")
    command.add_argument("--power", type=_part, default=0.8, metavar="P", help="the chance to find the effect (0.8)")
    command.add_argument("--share", type=_share, metavar="SHARE", help="the canary's planned share of requests (5%%)")


def _add_power(commands: "_Commands") -> None:
    command = _command(commands, "power", "Say how likely a rollout is to notice harm, and who meets it first.")
    _add_manifest(command)
    _add_deployment(command)
    command.add_argument(
        "--effect",
        type=_effects,
        metavar="METRIC=VALUE",
        help="the canary's value of error_rate, p50, p95 or accuracy: error_rate=1%%..5%%, p95=400ms,800ms",
    )
    command.add_argument("--seeds", type=_seeds, default=500, metavar="N", help="how many runs of each canary (500)")


def _add_verify(commands: "_Commands") -> None:
    command = _command(commands, "verify", "Judge the answers in the evidence of a badge once more.")
    command.add_argument("file", metavar="FILE.json", help="the evidence, as downloaded from a badge's page")
    command.add_argument("--all-seeds", action="store_true", help="under the 59 seeds of a proof, not the file's alone")


def _command(commands: "_Commands", name: str, says: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=says, description=says, epilog=_EPILOG)
    command.add_argument("--json", action="store_true", help="print one JSON object (docs/cli.md says its shape)")
    command.set_defaults(module=name)
    return command


def _add_manifest(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="a rollout file; - reads standard input")
    command.add_argument(
        "--dialect", choices=sorted(BY_NAME), help="whose file this is; the file tells, when not given"
    )
    command.add_argument(
        "--tool-version", metavar="VERSION", help="the tool's version, where a rule changed (istio: 1.14)"
    )


def _add_measure(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--measure",
        metavar="NAME=METRIC",
        type=_measure,
        action="append",
        default=[],
        help="what a metric of the file measures: error_rate, success_rate, p50, p95, p99, accuracy",
    )


def _add_deployment(command: argparse.ArgumentParser) -> None:
    command.add_argument("--scenario", required=True, metavar="SLUG-or-FILE", help="what is really true meanwhile")
    command.add_argument("--seed", type=_seed, default=0, metavar="N", help="the luck: the same number, the same run")
    command.add_argument(
        "--approve-after",
        type=_duration,
        metavar="TIME",
        help="where the plan waits for a person, one approves after this time (10m); otherwise nobody comes",
    )
    _add_measure(command)


def _measure(text: str) -> tuple[str, str]:
    name, _, metric = text.partition("=")
    if metric not in METRICS:
        raise argparse.ArgumentTypeError(f"{text!r}: write NAME=METRIC with one of {', '.join(METRICS)}")
    return name, metric


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; write a whole number from 0 to 999999999")
    return int(text)


def _seeds(text: str) -> int:
    if not text.isdecimal() or not 0 < len(text) < 6 or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seeds; write a whole number from 1 to 99999")
    return int(text)


def _part(text: str) -> float:
    try:
        part = float(text)
    except ValueError:
        part = 0.0
    if not 0 < part < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write a number between 0 and 1, such as 0.05")
    return part


def _share(text: str) -> float:
    try:
        share = parse_share(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a split has a share above 0 % and below 100 %")
    return share


def _effects(text: str) -> object:
    from canarylearn.engine.power import parse_effects  # loads numpy, and no other command waits for that

    try:
        return parse_effects(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
