"""From a canary strategy that Argo accepts to a plan that the engine runs."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from canarylearn.dialects.argo_rollouts.analyses import Analyses
from canarylearn.dialects.argo_rollouts.durations import parse_go_duration
from canarylearn.dialects.argo_rollouts.findings import Findings
from canarylearn.dialects.argo_rollouts.numbers import pause_seconds, pods
from canarylearn.dialects.argo_rollouts.schema import ROUTERS
from canarylearn.dialects.argo_rollouts.steps import max_weight
from canarylearn.dialects.argo_rollouts.values import entries, whole, words
from canarylearn.dialects.shape import Node
from canarylearn.engine.checks import Check
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS

DEFAULT_SURGE = "25%"


@dataclass(kw_only=True)
class _Stages:
    """Argo's steps one after the other, gathered into stages of weight, hold and checks."""

    done: list[Step] = field(default_factory=list)
    now: Step | None = None
    copies: int = 0

    @property
    def count(self) -> int:
        """How many stages there are, with the one that is being gathered."""
        return len(self.done) + (self.now is not None)

    def weigh(self, weight: int) -> None:
        """A new weight begins a stage."""
        self.close()
        self.now = Step(weight=weight, hold=0.0, mirror=0 if weight else self.copies)

    def hold(self, seconds: float | None) -> None:
        """A pause belongs to the stage that has none yet."""
        if self.now is None or self.now.hold != 0 or self.now.checks:
            self.go_on()
        assert self.now is not None
        self.now = replace(self.now, hold=seconds)

    def analyse(self, checks: tuple[Check, ...]) -> None:
        """An analysis belongs to the stage that has none yet."""
        if self.now is None or self.now.checks:
            self.go_on()
        assert self.now is not None
        self.now = replace(self.now, checks=checks)

    def mirror(self, copies: int) -> None:
        """Copies of requests, in buckets, as long as the canary has no traffic of its own."""
        self.copies = copies
        if self.now is None or self.now.weight == 0:
            if self.now is None or self.now.hold != 0 or self.now.checks:
                self.go_on()
            assert self.now is not None
            self.now = replace(self.now, mirror=0 if self.now.weight else copies)

    def go_on(self) -> None:
        """Begin a stage at the weight of the one before; at none before the first."""
        weight = self.now.weight if self.now is not None else self.done[-1].weight if self.done else 0
        self.weigh(weight)

    def begin_background(self, *, with_weight: bool) -> int:
        """The stage in which a background analysis begins if it begins now; `with_weight` when a weight comes next."""
        if with_weight or self.now is None:
            return self.count
        if self.now.hold != 0 or self.now.checks:
            self.go_on()
        # A stage that has only its weight so far has not lasted any time: the analysis begins with it.
        return self.count - 1

    def close(self) -> None:
        """End the stage that is being gathered."""
        if self.now is not None:
            self.done.append(self.now)
            self.now = None


def plan_canary(spec: Node, analyses: Analyses, findings: Findings) -> Plan:
    """The plan of a canary: its steps gathered into stages, its analyses as checks."""
    canary = spec.get("strategy").get("canary")
    stages, starting = _Stages(), max(whole(canary.get("analysis").get("startingStep")) or 0, 0)
    checks_from = 0
    if spec.get("paused").value is True:
        stages.hold(None)
        findings.note(spec.get("paused"), "spec.paused holds the rollout where it is until a person takes it away")
    steps = list(entries(canary.get("steps")))
    for place, step in enumerate(steps):
        if place == starting:
            checks_from = stages.begin_background(with_weight=step.has("setWeight"))
        _add(stages, step, canary, analyses, findings)
    stages.close()
    if starting >= len(steps):
        checks_from = len(stages.done) + starting - len(steps)
    background = analyses.read(canary.get("analysis"), background=True)
    steps_done = tuple(stages.done) or (Step(weight=BUCKETS, hold=0.0),)
    return Plan(
        steps=steps_done,
        checks=background,
        checks_from=checks_from if background else 0,
        decides=Decides.CHECKS,
        interval=_interval(steps_done, background),
        routing=_routing(canary),
        replicas=replicas_of(spec),
        max_surge=surge_of(spec),
    )


def _interval(steps: tuple[Step, ...], background: tuple[Check, ...]) -> float | None:
    checks = [*background, *(check for step in steps for check in step.checks)]
    return min((check.interval for check in checks if check.interval), default=None)


def _routing(canary: Node) -> Routing:
    routing = canary.get("trafficRouting")
    if not any(routing.has(router) for router in ROUTERS):
        return Routing.PER_REQUEST if routing.there else Routing.PODS
    sticky = routing.get("alb").get("stickinessConfig").get("enabled").value is True
    return Routing.STICKY if sticky else Routing.PER_REQUEST


def replicas_of(spec: Node) -> int:
    """The pods that a rollout asks for; 1 when it does not say."""
    asked = whole(spec.get("replicas"))
    return 1 if asked is None else max(asked, 0)


def surge_of(spec: Node) -> int:
    """The pods that may be added above the number asked for."""
    surge = spec.get("strategy").get("canary").get("maxSurge")
    return max(pods(surge.value if surge.there else DEFAULT_SURGE, replicas_of(spec), up=True), 0)


def _add(stages: _Stages, step: Node, canary: Node, analyses: Analyses, findings: Findings) -> None:
    weight = whole(step.get("setWeight"))
    if weight is not None:
        stages.weigh(_buckets(step.get("setWeight"), weight, max_weight(canary), findings))
    if step.has("pause"):
        duration = step.get("pause").get("duration")
        stages.hold(_pause(duration, findings) if duration.there else None)
    if step.has("analysis"):
        checks = analyses.read(step.get("analysis"), background=False)
        if checks:
            stages.analyse(checks)
    if step.has("experiment"):
        _experiment(stages, step.get("experiment"), findings)
    if step.has("setMirrorRoute"):
        _mirror(stages, step.get("setMirrorRoute"), findings)
    for kind, said in _NOT_RUN.items():
        if step.has(kind):
            findings.note(step.get(kind), said)


_NOT_RUN = {
    "setCanaryScale": "the number of canary pods is not simulated; the weight stays as it is",
    "setHeaderRoute": "header routes are not simulated: who is sent here by a header counts as everybody else",
    "plugin": "what a plugin does is not known here; the step takes no time",
}


def _mirror(stages: _Stages, route: Node, findings: Findings) -> None:
    """A route with neither a match nor a percentage takes the mirror away again."""
    matches, percentage = any(entries(route.get("match"))), whole(route.get("percentage"))
    if matches:
        findings.note(route, "what a mirror route matches is not simulated: any request may be copied")
    percent = (100 if matches else 0) if percentage is None else min(max(percentage, 0), 100)
    stages.mirror(percent * BUCKETS // 100)
    if percent and stages.now is not None and stages.now.weight:
        findings.note(route, "copies beside a canary that has traffic of its own are not simulated")


def _buckets(node: Node, weight: int, most: int, findings: Findings) -> int:
    buckets = Fraction(weight * BUCKETS, most) if most > 0 else Fraction(0)
    if buckets.denominator != 1:
        findings.note(node, f"{weight} of {most} is rounded to {round(buckets)} of {BUCKETS} here")
    return min(max(round(buckets), 0), BUCKETS)


def _pause(duration: Node, findings: Findings) -> float:
    seconds = max(pause_seconds(duration.value), 0)
    if isinstance(duration.value, str) and not duration.value.lstrip("+-").isdigit():
        try:
            exact = parse_go_duration(duration.value)
        except ValueError:
            return 0.0
        if exact != seconds and exact > 0:
            findings.note(duration, f"a pause is a whole number of seconds: this one lasts {seconds} s")
    return float(seconds)


def _experiment(stages: _Stages, experiment: Node, findings: Findings) -> None:
    """An experiment holds the rollout for as long as it lasts; what it measures beside is not simulated."""
    findings.note(experiment, "an experiment's own pods and analyses are not simulated; it holds the rollout as long")
    try:
        length = parse_go_duration(words(experiment.get("duration")))
    except ValueError as error:
        if experiment.has("duration"):
            experiment.get("duration").problem(f"invalid duration string: {error}")
        return
    if length > 0:
        stages.hold(float(length))
