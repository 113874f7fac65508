"""What the lab does with a plan, in the process apart: reads it, deploys it, and tells it in plain data. No Django."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.registry import DIALECTS, read_manifest
from canarylearn.dialects.script import Program, read, run_script
from canarylearn.engine import BUCKETS, MEASURES, Outcome, Phase, Plan, Scenario, Step, materialise, run
from canarylearn.engine.fitting import TooLarge, fit
from canarylearn.engine.quantities import say_duration, say_share, say_weight
from canarylearn.items.explaining import story
from canarylearn.items.judging import Run
from canarylearn.timeline.drawing import Chart, draw
from canarylearn.timeline.words import TableRow

FORM, MANIFEST, SCRIPT = "form", "manifest", "script"
"""The ways of writing a plan."""

MOST_ROWS = 240
MOST_STEPS_TOLD = 20
MOST_FOUND = 50
MEASURED = {
    "users_exposed_share": "Users who met it",
    "users_harmed": "Users harmed",
    "failed_requests": "Requests it failed",
    "time_to_notice": "Noticed after",
    "time_to_full": "With everyone after",
    "time_at_risk": "Users were exposed for",
    "requests_judged": "Its requests before the decision",
}
"""The figures of a run: the blast radius first, then the times."""

_TO_WARM_UP = Scenario.model_validate(
    {
        "slug": "warm-up",
        "title": "warm-up",
        "about": "A few requests that nobody looks at.",
        "window": "10m",
        "trial": "10m",
        "interval": "1m",
        "traffic": {"requests_per_second": 1, "users": 10},
        "stable": {"name": "v1", "p50": "100ms", "p95": "200ms"},
        "canary": {"name": "v2", "p50": "100ms", "p95": "200ms"},
    }
)
_WORDS = {Phase.PROMOTED: "Promoted", Phase.ROLLED_BACK: "Rolled back", Phase.INCONCLUSIVE: "No decision"}


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A plan as it was given: filled into the form, or typed as a manifest or as a script.

    `measures` are pairs of a metric's name in a manifest and the engine's metric that it measures; `approve_after` is
    when a person approves where the plan waits for one (None: nobody comes).
    """

    way: str
    text: str = ""
    plan: Plan | None = None
    measures: tuple[tuple[str, str], ...] = ()
    approve_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """Plans to deploy to the same users, with the same luck."""

    scenario: Scenario
    seed: int
    writings: tuple[Writing, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of one plan, in words and plain data. Without `word` nothing was released, and the rest says why.

    `found` are errors and `notes` remarks, each with line, path and message. `numbers` are the measures of the run.
    """

    found: list[dict[str, object]] = field(default_factory=list)
    notes: list[dict[str, object]] = field(default_factory=list)
    too_large: str = ""
    unmeasured: list[str] = field(default_factory=list)
    tool: str = ""
    shares: list[dict[str, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    word: str = ""
    sentence: str = ""
    reason: str = ""
    lasted: str = ""
    figures: list[dict[str, str]] = field(default_factory=list)
    chart: Chart | None = None
    printed: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Understood:
    """A plan that was read: what to tell of it, and what to run."""

    writing: Writing
    told: Told
    rollout: Plan | Program | None = None


def warm_up() -> None:
    """Load and use once what a call may need, so that no call waits for it."""
    for dialect in DIALECTS:
        _ = dialect.tool
    import_module("canarylearn.items.project.stages")  # what projects call here
    plan = Plan(steps=(Step(weight=BUCKETS // 10, hold=_TO_WARM_UP.interval),))
    script = Writing(way=SCRIPT, text="set_weight(5)\nprint(f'{1:.1%}')")
    carry_out(Job(scenario=_TO_WARM_UP, seed=0, writings=(Writing(way=FORM, plan=plan), script)))


def carry_out(job: Job) -> list[dict[str, object]]:
    """Each plan of a job, told (`Told`, as a dict)."""
    understood = [_understand(writing) for writing in job.writings]
    scenarios = _fitted(job.scenario, [one.rollout for one in understood])
    told = []
    for number, (one, scenario) in enumerate(zip(understood, scenarios, strict=True), start=1):
        if isinstance(scenario, TooLarge):
            told.append(replace(one.told, too_large=str(scenario)))
        elif isinstance(one.rollout, Program):
            told.append(_run_script(one.rollout, scenario, job.seed, f"run-{number}"))
        elif one.rollout is not None and not one.told.unmeasured:
            world = materialise(scenario, job.seed, one.rollout.routing)
            ended = run(one.rollout, world, approve_after=one.writing.approve_after)
            told.append(_tell(one.told, ended, scenario, f"run-{number}"))
        else:
            told.append(one.told)
    return [asdict(one) for one in told]


def _understand(writing: Writing) -> _Understood:
    try:
        if writing.way == SCRIPT:
            return _Understood(writing=writing, told=Told(), rollout=read(writing.text))
        if writing.way == MANIFEST:
            dialect, reading = read_manifest(writing.text, context=Context(measures=dict(writing.measures)))
            return _Understood(writing=writing, told=_told_of(dialect.title, reading), rollout=reading.plan)
    except Unreadable as unreadable:
        return _Understood(writing=writing, told=Told(found=[_located(at) for at in unreadable.errors[:MOST_FOUND]]))
    return _Understood(writing=writing, told=Told(), rollout=writing.plan)


def _told_of(tool: str, reading: Reading) -> Told:
    """What the tool makes of a manifest that it accepts."""
    split = [{"target": share.target, "share": say_share(float(share.share))} for share in reading.shares]
    return Told(
        tool=tool,
        shares=split,
        steps=[] if split else _say_steps(reading.plan),
        notes=[_located(at) for at in reading.notes[:MOST_FOUND]],
        unmeasured=list(reading.unmeasured),
    )


def _located(at: Located) -> dict[str, object]:
    message = at.message
    if at.code == "unknown-dialect":
        *others, last = [dialect.title for dialect in DIALECTS]
        message = f"This is no document of a tool that is known here. Known are {', '.join(others)} and {last}."
    return {"line": at.line, "path": at.path, "message": message}


def _say_steps(plan: Plan) -> list[str]:
    said = []
    for step in plan.steps[:MOST_STEPS_TOLD]:
        hold = (
            " until a person goes on" if step.hold is None else f" for {say_duration(step.hold)}" if step.hold else ""
        )
        checks = f", then {' and '.join(check.title for check in step.checks)}" if step.checks else ""
        said.append(f"{say_weight(step.weight)}{hold}{checks}")
    more = len(plan.steps) - len(said)
    return [*said, f"and {more} more steps"] if more else said


def _fitted(scenario: Scenario, rollouts: list[Plan | Program | None]) -> list[Scenario | TooLarge]:
    """The scenario as each plan needs it. Plans that are compared get the same window, and so the same requests."""
    alone = [_fit(scenario, rollout) for rollout in rollouts]
    fitting = [one for one in alone if isinstance(one, Scenario)]
    if len({one.window for one in fitting}) < 2:
        return alone
    window = _common_window(fitting)
    roomy = scenario.model_copy(update={"window": window})
    together = [_fit(roomy, rollout) for rollout in rollouts]
    return alone if any(isinstance(one, TooLarge) for one in together) else together


def _fit(scenario: Scenario, rollout: Plan | Program | None) -> Scenario | TooLarge:
    if not isinstance(rollout, Plan):
        return scenario
    try:
        return fit(scenario, rollout)
    except TooLarge as too_large:
        return too_large


def _common_window(scenarios: list[Scenario]) -> float:
    """The shortest window, in seconds, that holds all of them and whole intervals of each."""
    longest = max(scenario.window for scenario in scenarios)
    rhythms = {scenario.interval for scenario in scenarios}
    if any(rhythm != int(rhythm) for rhythm in rhythms):
        return longest
    step = math.lcm(*(int(rhythm) for rhythm in rhythms))
    return float(math.ceil(longest / step) * step)


def _run_script(program: Program, scenario: Scenario, seed: int, chart_id: str) -> Told:
    done = run_script(program, materialise(scenario, seed))
    told = Told(printed=list(done.output))
    if done.refused is not None:
        return replace(told, found=[_located(done.refused)])
    assert done.outcome is not None  # one of the two is there
    return _tell(told, done.outcome, scenario, chart_id)


def _tell(told: Told, ended: Outcome, scenario: Scenario, chart_id: str) -> Told:
    """The ending in one sentence, the figures and the timeline."""
    chart = draw(ended, scenario, chart_id=chart_id)
    return replace(
        told,
        word=_WORDS[ended.phase],
        sentence=_sentence(ended, scenario),
        reason=_reason(ended),
        lasted=say_duration(scenario.window),
        figures=_figures(ended.measures),
        chart=replace(chart, rows=_fewer(chart.rows)),
    )


def _sentence(ended: Outcome, scenario: Scenario) -> str:
    if ended.phase is Phase.INCONCLUSIVE:
        exposed = say_share(ended.measures["users_exposed_share"])
        return f"{exposed} of users met {scenario.canary.name}, and nothing was decided"
    return sentence(story(Run(outcome=ended, refused=None, output=()), scenario))


def sentence(text: str) -> str:
    """The text with a capital letter, unless it begins with a name such as v2."""
    return text if text[:1] == "v" and text[1:2].isdigit() else text[:1].upper() + text[1:]


def _reason(ended: Outcome) -> str:
    """Why it ended so, in the words of the last thing that happened; nothing for a promotion, which needs no reason."""
    said = [event.text for event in ended.events if event.kind in ("rolled_back", "inconclusive", "waiting")]
    if not said or ended.phase is Phase.PROMOTED:
        return ""
    return said[-1].removeprefix("rolled back: ").removeprefix("no decision: ")


def _figures(measures: Mapping[str, float]) -> list[dict[str, str]]:
    return [
        {"label": label, "value": MEASURES[name].say(measures[name]), "name": name} for name, label in MEASURED.items()
    ]


def _fewer(rows: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
    """So many rows of a table as anybody would read: of a long run each so-manieth, and every one with an event."""
    every = math.ceil(len(rows) / MOST_ROWS)
    return tuple(row for number, row in enumerate(rows) if number % every == 0 or row.event)
