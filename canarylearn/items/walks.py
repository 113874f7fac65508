"""Live runs to step through: one plan, several scenarios, and the frames at which a learner is asked to predict.

A run is that of the engine, cut into frames: frame 1 is the first interval of the trace. A gate stands at a frame that
has a property ("the one before the decision"), and what is right at it is read off the run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import Interval, Outcome, Phase, Plan, Scenario, Step, materialise, run
from canarylearn.engine.amounts import Seconds, Weight
from canarylearn.items.authored import Authored, Prose, Slug
from canarylearn.items.judging import SEEDS
from canarylearn.items.places import PLACES, Place
from canarylearn.items.problems import Problem
from canarylearn.items.reading import read_as

FILE = "visualise.yaml"
"""Where a topic's folder keeps them."""

GATES = 3
AFTERWARDS = 2
"""How many frames are shown after the one in which the release is decided."""

WATCHING = "running"
"""What an analysis says that has not decided yet."""

_DECISIONS = tuple(phase.value for phase in Phase)
Ask = Literal["analysis", "ending", "harmed", "minutes", "requests"]

CHOICES: Mapping[str, tuple[str, ...]] = {"analysis": (WATCHING, *_DECISIONS), "ending": _DECISIONS}
"""The options of what is chosen; everything else is a number."""


class Gate(Authored):
    """A frame at which to predict, by its place in the run, and what is asked there."""

    at: Place
    ask: Ask


class PlannedStep(Authored):
    """A step of the plan: its weight in buckets and its hold in seconds."""

    weight: Weight
    hold: Seconds


class WalkPlan(Authored):
    """The plan that every run carries out: its steps, judged against v1 all the while."""

    decides: Literal["judge"]
    steps: tuple[PlannedStep, ...] = Field(min_length=2, max_length=8)


class Walk(Authored):
    """One run: its scenario and seed, how it ends, and its gates. The title gives nothing away."""

    slug: Slug
    title: Prose
    scenario: Slug
    seed: int = Field(default=0, ge=0, le=SEEDS[-1])
    ends: Phase
    gates: tuple[Gate, Gate, Gate]


class Walks(Authored):
    """A file of runs. `plan` is YAML of its own: the text that is shown, line by line."""

    plan: Annotated[str, Field(min_length=1, max_length=2000)]
    runs: tuple[Walk, ...] = Field(min_length=1, max_length=12)

    _plan: WalkPlan = PrivateAttr()
    _lines: tuple[int, ...] = PrivateAttr()

    @model_validator(mode="after")
    def plan_can_be_read(self) -> Self:
        """The plan is one, and slugs stand once."""
        try:
            self._plan = read_as(WalkPlan, self.plan)
        except Unreadable as unreadable:
            told = "; ".join(f"{at.message} (line {at.line} of the plan)" for at in unreadable.errors)
            raise ValueError(f"the plan cannot be read: {told}") from None
        document = read_yaml(self.plan)
        self._lines = tuple(document.line(("steps", place)) for place in range(len(self._plan.steps)))
        slugs = [walk.slug for walk in self.runs]
        if twins := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise ValueError(f"the run {twins[0]!r} stands here twice; rename one")
        return self

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """The steps of the plan."""
        return self._plan.steps

    @property
    def step_lines(self) -> tuple[int, ...]:
        """The line of the plan's text that each step stands on, from 1."""
        return self._lines

    @property
    def as_plan(self) -> Plan:
        """The plan as the engine carries it out."""
        return Plan(steps=tuple(Step(weight=step.weight, hold=step.hold) for step in self.steps))


@dataclass(frozen=True, kw_only=True, eq=False)
class Walked:
    """A run that was made. `decided` is the frame in which the release was decided, `gates` those that are gates."""

    walk: Walk
    walks: Walks
    scenario: Scenario
    outcome: Outcome
    decided: int
    gates: tuple[int, ...]

    @property
    def last(self) -> int:
        """The last frame that is shown."""
        return min(self.decided + AFTERWARDS, len(self.outcome.trace))

    @cached_property
    def frames(self) -> tuple[Interval, ...]:
        """Every frame that is shown, in order."""
        return self.outcome.trace[: self.last]

    @property
    def most(self) -> int:
        """How many frames a run in this scenario can have: all that may be said before it has ended."""
        return min(round(self.scenario.trial / self.scenario.interval) + AFTERWARDS, len(self.outcome.trace))

    def line(self, frame: int) -> int:
        """The line of the plan that is carried out in a frame; 0 once the release is decided."""
        if frame > self.decided:
            return 0
        end = 0.0
        for step, line in zip(self.walks.steps, self.walks.step_lines, strict=True):
            end += step.hold
            if self.frames[frame - 1].start < end:
                return line
        return self.walks.step_lines[-1]

    def observed(self, gate: int) -> str:
        """What the run shows of what was asked at a gate (from 0): an option's name, or a whole number."""
        return str(_OBSERVED[self.walk.gates[gate].ask](self, self.gates[gate]))

    def known_at(self, gate: int) -> int:
        """The frame from which on that may be told."""
        if self.walk.gates[gate].ask in ("analysis", "requests"):
            return self.gates[gate] + 1
        return self.decided


def read_walks(folder: Path) -> Walks | None:
    """The runs of a topic's folder, if it has any. Raises Unreadable, each message beginning with the file's name."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return read_as(Walks, path.read_text(encoding="utf-8"))
    except Unreadable as unreadable:
        named = [
            Located(line=at.line, column=at.column, code=at.code, message=f"{FILE}: {at.message}")
            for at in unreadable.errors
        ]
        raise Unreadable(tuple(named)) from None


def make_run(walks: Walks, walk: Walk, scenario: Scenario, seed: int | None = None) -> Walked:
    """Carry the plan out. Raises LookupError, naming the place, for a gate that is not in the run or not in order."""
    outcome = run(walks.as_plan, materialise(scenario, walk.seed if seed is None else seed))
    decided = _decided(outcome, scenario)
    gates: list[int] = []
    for gate in walk.gates if seed is None else ():
        found = PLACES[gate.at](outcome.trace[:decided])
        if found is None:
            raise LookupError(f"the gate {gate.at!r} cannot be found: no frame before the decision is like that")
        if gates and found <= gates[-1]:
            raise LookupError(f"the gate {gate.at!r} is at frame {found}, and the one before it at {gates[-1]}")
        gates.append(found)
    return Walked(walk=walk, walks=walks, scenario=scenario, outcome=outcome, decided=decided, gates=tuple(gates))


def walk_problems(walks: Walks, scenarios: Mapping[str, Scenario]) -> Iterator[Problem]:
    """Everything that keeps runs from being published: each has to end as its author says under every seed."""
    for walk in walks.runs:
        if walk.scenario not in scenarios:
            yield Problem(code="no-scenario", message=f"{walk.slug}: there is no scenario {walk.scenario!r}")
            continue
        scenario = scenarios[walk.scenario]
        ends = [make_run(walks, walk, scenario, seed).outcome.phase for seed in SEEDS]
        if others := [seed for seed, end in zip(SEEDS, ends, strict=True) if end is not walk.ends]:
            seeds = f"{len(others)} of {len(SEEDS)} seeds, the first of them {others[0]}"
            message = f"{walk.slug}: it ends as {ends[others[0]]} and not as {walk.ends} under {seeds}"
            yield Problem(code="ends-otherwise", message=message)
            continue
        try:
            make_run(walks, walk, scenario)
        except LookupError as error:
            yield Problem(code="no-gate", message=f"{walk.slug}: {error}")


def _decided(outcome: Outcome, scenario: Scenario) -> int:
    """The frame at whose end it was decided, or said that it is not."""
    at = next(event.at for event in outcome.events if event.kind in _DECISIONS)
    return max(1, round(at / scenario.interval))


def _analysis(walked: Walked, gate: int) -> str:
    return walked.outcome.phase.value if gate + 1 == walked.decided else WATCHING


def _ending(walked: Walked, gate: int) -> str:
    return walked.outcome.phase.value


def _harmed(walked: Walked, gate: int) -> int:
    return walked.outcome.harmed[walked.decided - 1]


def _minutes(walked: Walked, gate: int) -> int:
    return round(walked.frames[walked.decided - 1].end / 60)


def _requests(walked: Walked, gate: int) -> int:
    return walked.frames[gate].canary.requests


_OBSERVED: Mapping[str, Callable[[Walked, int], str | int]] = {
    "analysis": _analysis,
    "ending": _ending,
    "harmed": _harmed,
    "minutes": _minutes,
    "requests": _requests,
}
