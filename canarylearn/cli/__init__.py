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
from canarylearn.engine.quantities import parse_duration

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

FINE, FINDING, USAGE = 0, 1, 2
"""Exit codes: nothing to report, something was found, the call or a file it names cannot be used."""

_EPILOG = (
    "Exit codes: 0 fine, 1 something was found, 2 the call cannot be used. Each command explains itself with --help."
)


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
    return parser


def _add_check(commands: "_Commands") -> None:
    _add_manifest(
        _command(commands, "check", "Say what the tool would say of a rollout file, and the shares it gives.")
    )


def _add_run(commands: "_Commands") -> None:
    command = _command(commands, "run", "Deploy a rollout file in a scenario and tell what happened.")
    _add_manifest(command)
    _add_deployment(command)


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


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
