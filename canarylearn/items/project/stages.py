"""The stages of a project, and what can be done with a script in each. Run in the process apart: plain data go out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from canarylearn.dialects.script import Refused
from canarylearn.dialects.script.values import Value
from canarylearn.items.project import deciding, measuring, releasing, routing
from canarylearn.items.project.breaking import A_ROUND, FAMILY, made, search
from canarylearn.items.project.trial import PROJECT_HOST, Ran, Trial, run_release, table_of
from canarylearn.items.project.verdicts import Failed, Finding, Judged, Script, begin, most_by_luck, shown, stopped
from canarylearn.items.project.worlds import CASES, INTERVAL, LABELS_AFTER, LOOKS, SHORT, Case

STAGES = ("route", "measure", "decide", "release")
"""The stages in their order, each named after the function that it asks for."""

NEEDS = {
    "route": routing.NEEDS,
    "measure": measuring.NEEDS,
    "decide": deciding.NEEDS,
    "release": "release()",
}
_JUDGES: Mapping[str, Callable[[str, Sequence[int], int | None], Judged]] = {
    "route": routing.judge_router,
    "measure": measuring.judge_meter,
    "decide": deciding.judge_rule,
    "release": releasing.judge_release,
}
SEEDS = {"route": 2, "measure": 3, "decide": 2, "release": 2}
"""How many hidden seeds each stage is judged with, beside what is the same for everybody."""

FACTS = {
    "users": f"{routing.USERS:,}",
    "bound of 5": f"{routing.bound(5):.1f}",
    "bound of 25": f"{routing.bound(25):.1f}",
    "interval": f"{INTERVAL}",
    "looks": f"{LOOKS}",
    "labels after": f"{LABELS_AFTER}",
    "small": f"{deciding.SMALL}",
    "fine releases": f"{deciding.FINE_RELEASES}",
    "broken releases": f"{deciding.BROKEN_RELEASES}",
    "false alarms": f"{deciding.FALSE_ALARMS * 100:g}",
    "most false alarms": f"{most_by_luck(deciding.FINE_RELEASES, deciding.FALSE_ALARMS)}",
    "most undecided": f"{most_by_luck(deciding.FINE_RELEASES, deciding.TIMID)}",
    "most missed": f"{most_by_luck(deciding.BROKEN_RELEASES, deciding.MISSED)}",
    "most promoted": f"{most_by_luck(deciding.BROKEN_RELEASES, deciding.HARM_PROMOTED)}",
    "weight": f"{deciding.WEIGHT}",
    "largest first": f"{releasing.LARGEST_FIRST}",
    "largest broken": f"{releasing.LARGEST_BROKEN}",
    "seen": f"{releasing.SEEN:,}",
    "a round": f"{A_ROUND}",
}
"""What the texts of the stages may name, as the judging has it."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something to do with a script: judge it, try it out, or search for what breaks it."""

    do: str
    stage: str
    text: str
    seeds: tuple[int, ...]
    case: str = ""
    part: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a script did when it was tried out: what it printed, what stopped it, and a table of what was run."""

    output: list[str] = field(default_factory=list)
    finding: Finding | None = None
    title: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


PARTS = {"route": 6, "measure": 7, "decide": 4, "release": 8}
"""How many checks each stage has. Each can be a call of its own, so that none is long."""


def judge_stage(stage: str, text: str, seeds: Sequence[int], part: int | None = None) -> Judged:
    """A stage's verdict, or that of one of its checks. The same text, seeds and engine give the same one."""
    return _JUDGES[stage](text, seeds, part)


def cases_of(stage: str) -> Mapping[str, str]:
    """The cases in which a stage can be tried out, by name, with their titles."""
    if stage in ("route", "measure"):
        return {}
    known = {**CASES, **SHORT} if stage == "decide" else CASES
    told = {name: case.title for name, case in known.items()}
    return told if stage == "decide" else {**told, FAMILY: "A world made from the seed, as in the break-it step"}


def do(job: Job) -> dict[str, object]:
    """Carry a job out."""
    if job.do == "judge":
        return asdict(judge_stage(job.stage, job.text, job.seeds, job.part))
    if job.do == "break":
        return asdict(search(job.text, job.seeds[0]))
    return asdict(try_out(job.stage, job.text, job.seeds[0], job.case))


def try_out(stage: str, text: str, seed: int, case: str = "") -> Tried:
    """Run a script with its own lines, and then the stage's function a few times."""
    world = _case(stage, case, seed)
    try:
        interpreter = begin(text, Trial(world, seed), PROJECT_HOST)
        refused = interpreter.run()
        output = list(interpreter.output)
        if refused is not None:
            return Tried(output=output, finding=stopped(refused).finding)
    except Failed as failed:
        return Tried(finding=failed.finding)
    try:
        title, columns, rows = _SHOWS[stage](text, seed, world)
    except Failed as failed:
        # Somebody who has not written the function yet sees what the rest prints.
        unwritten = failed.finding.code in ("no-function", "other-parameters")
        return Tried(output=output, finding=None if unwritten and output else failed.finding)
    return Tried(output=output, title=title, columns=columns, rows=rows)


def _case(stage: str, name: str, seed: int) -> Case:
    if stage == "release" and name == FAMILY:
        return made(seed).case
    return {**CASES, **SHORT}.get(name, SHORT["short-fine"] if stage == "decide" else CASES["fine"])


_Table = tuple[str, list[str], list[list[str]]]


def _show_routes(text: str, seed: int, case: Case) -> _Table:
    script = Script(text, Trial(case, seed), needs=NEEDS["route"])
    users: list[Value] = [*range(seed % 1000, seed % 1000 + 8), 10 * seed, "ada"]
    rows = [[shown(user), *(_said(script, user, share) for share in (0, 5, 25, 100))] for user in users]
    return "route(user_id, percent) of ten users", ["user_id", "0", "5", "25", "100"], rows


def _show_measures(text: str, seed: int, case: Case) -> _Table:
    script = Script(text, Trial(case, seed), needs=NEEDS["measure"])
    log = measuring.example_log(seed)
    found = _call(script, log, measuring.NOW, measuring.MINUTES)
    title = f"The log of seed {seed}; measure(log, {measuring.NOW}, {measuring.MINUTES}) gives {shown(found)}"
    columns = ["minute", "version", "segment", "requests", "errors", "labelled", "wrong"]
    return title, columns, [[f"{one[name]}" for name in columns] for one in log if isinstance(one, dict)]


def _show_decisions(text: str, seed: int, case: Case) -> _Table:
    script = Script(text, Trial(case, seed), needs=NEEDS["decide"])
    rows = []
    for look, (baseline, canary) in enumerate(deciding.windows(case, seed), start=1):
        numbers = [f"{one[above]} of {one[below]}" for above, below in (("errors", "requests"), ("wrong", "labelled"))
                   for one in (baseline, canary)]  # fmt: skip
        rows.append([f"{look}", *numbers, shown(_call(script, baseline, canary))])
    columns = ["look", "v1 failed", "v2 failed", "v1 wrong", "v2 wrong", "decide()"]
    return f"decide() at each look, seed {seed}: {case.title}", columns, rows


def _show_release(text: str, seed: int, case: Case) -> _Table:
    ran: Ran = run_release(text, case, seed)
    if ran.refused is not None:
        raise stopped(ran.refused, "release()", seed=seed, case=case.name)
    title = f"release() gives {shown(ran.returned)} and leaves {ran.left:g} % on v2, seed {seed}: {case.title}"
    rows = [[f"{value}" for value in row.values()] for row in table_of(ran)]
    return title, ["from minute", "v2 gets", "v2 failed", "v1 failed"], rows


_SHOWS: Mapping[str, Callable[[str, int, Case], _Table]] = {
    "route": _show_routes,
    "measure": _show_measures,
    "decide": _show_decisions,
    "release": _show_release,
}


def _call(script: Script, *arguments: Value) -> Value:
    try:
        return script.call(*arguments)
    except Refused as refused:
        raise stopped(refused.at) from None


def _said(script: Script, user: Value, share: float) -> str:
    """What a router says, or that it stops: one user that it cannot send anywhere leaves the others."""
    try:
        return shown(script.call(user, share))
    except Refused as refused:
        return f"line {refused.at.line}: {refused.at.message}"
