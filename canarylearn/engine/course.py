"""The course of a release: interval by interval it is served, looked at and noted down, until it is decided."""

import math

from canarylearn.engine.analysis import UNWATCHED, Analysis
from canarylearn.engine.lookout import ALARMING, Lookout
from canarylearn.engine.measures import count_people, measure_run
from canarylearn.engine.outcome import Event, Interval, Outcome, Phase
from canarylearn.engine.serving import Served
from canarylearn.engine.world import World


class ReleaseError(Exception):
    """An action that this release cannot take; `message` says why in plain words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ReleaseOver(Exception):
    """The release is decided, so whoever drives it has nothing left to do."""


class Course:
    """A release as it passes: what serves whom, what was seen and noted, and how it was decided.

    `weight` is how many of 10,000 buckets of users the candidate gets now; `phase` is None until the decision.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.weight = world.scenario.start_weight
        self.phase: Phase | None = None
        self._served = Served(world)
        self._lookout = Lookout(world.scenario.evidence, world.scenario.interval)
        self._trace: list[Interval] = []
        self._events: list[Event] = []
        self._noticed = self._full = math.inf
        self._at_risk = 0.0
        self._decided_at: int | None = None
        self._removed: str | None = None

    @property
    def stable_name(self) -> str:
        """The name of the revision that serves when the release begins."""
        return self.world.scenario.stable.name

    @property
    def candidate(self) -> str:
        """The name of the revision on trial."""
        return self._served.candidate

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return len(self._trace) * self.world.scenario.interval

    @property
    def time_left(self) -> float:
        """Seconds until the scenario's window ends."""
        return self.world.scenario.window - self.now

    @property
    def decided(self) -> bool:
        """Whether the release was promoted or rolled back."""
        return self.phase is not None

    @property
    def way_back(self) -> bool:
        """Whether the stable revision is still there to go back to."""
        return self._removed != self.stable_name

    def note(self, text: str) -> None:
        """Keep a sentence in the trace."""
        self._note("note", text)

    def _note(self, kind: str, text: str) -> None:
        self._events.append(Event(at=self.now, kind=kind, text=text))

    def _still_open(self) -> None:
        if self.decided:
            raise ReleaseOver

    def _still_running(self, name: str) -> None:
        if name == self._removed:
            raise ReleaseError(f"{name} was removed, so it cannot serve anyone")

    def _intervals_in(self, seconds: float) -> int:
        """Whole intervals, rounded up, as far as the window reaches."""
        if not (math.isfinite(seconds) and seconds > 0):
            raise ReleaseError(f"a hold of {seconds:g} seconds is not possible; it has to last some time")
        interval = self.world.scenario.interval
        return min(math.ceil(seconds / interval - 1e-9), round(self.time_left / interval))

    def _advance(self, *, judged: bool, watched: bool = True) -> None:
        """One interval: serve, measure, look, and act on what was seen."""
        index, interval = len(self._trace), self.world.scenario.interval
        canary, baseline = self._served.serve(index, self.weight)
        # The trace begins at 0 and this interval is not in it yet, so its end is one interval ahead.
        end = self.now + interval
        analysis = self._lookout.look(end, self.weight, canary, baseline) if watched else UNWATCHED
        self._trace.append(
            Interval(
                start=index * interval,
                end=(index + 1) * interval,
                weight=self.weight,
                canary=canary,
                baseline=baseline,
                analysis=analysis,
            )
        )
        if self.weight and not self.decided:
            self._at_risk += interval
        if watched and analysis.state in ALARMING and (judged or self._lookout.checks):
            self._alarm(analysis)

    def _alarm(self, analysis: Analysis) -> None:
        if self.way_back:
            self._go_back(analysis.reason)
        else:
            self._noticed = min(self._noticed, self.now)
            self._note("alarm", f"alarm without a way back: {analysis.reason}")

    def _go_back(self, reason: str) -> None:
        self._still_open()
        self._noticed = min(self._noticed, self.now)
        self._decide(Phase.ROLLED_BACK, 0, f"rolled back: {reason}")

    def _decide(self, phase: Phase, weight: int, text: str) -> None:
        self.phase, self.weight, self._decided_at = phase, weight, self._boundary()
        self._note(phase.value, text)

    def _boundary(self) -> int:
        """Requests that had come by now."""
        return int(self.world.bounds[len(self._trace)])

    def _outcome(self) -> Outcome:
        """How it all went, once the window has run out; undecided, it lasted as long as its trial."""
        decided_at = self._boundary() if self._decided_at is None else self._decided_at
        while self.time_left > 0:
            self._advance(judged=False, watched=False)
        people = count_people(self.world, self._served)
        return Outcome(
            phase=self.phase or Phase.INCONCLUSIVE,
            trace=tuple(self._trace),
            measures=measure_run(self.world, self._served, self._times(decided_at), people),
            harmed=people.harmed,
            events=tuple(self._events),
            checks=tuple(self._lookout.checks),
        )

    def _times(self, decided_at: int) -> dict[str, float]:
        return {
            "decided_at": decided_at,
            "time_to_notice": self._noticed,
            "time_to_full": self._full,
            "time_at_risk": self._at_risk,
            "way_back": float(self.way_back),
        }
