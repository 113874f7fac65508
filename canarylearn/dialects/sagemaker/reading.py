"""SageMaker's requests: variants with weights, shadow variants, and deployments with guardrails."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil

from canarylearn.dialects.manifest import Context, Reading, Share
from canarylearn.dialects.routes import Notes, Route, read_routes
from canarylearn.dialects.sagemaker.alarms import check_of, definitions
from canarylearn.dialects.sagemaker.checking import look_at
from canarylearn.dialects.sagemaker.shapes import DEPLOYMENT, DESIRED, REQUEST, VARIANTS
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.split import shares_of
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.checks import Check
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS

_POLICIES = ("BlueGreenUpdatePolicy", "RollingUpdatePolicy", "AutoRollbackConfiguration")
_REQUEST_KEYS = ("ProductionVariants", "DesiredWeightsAndCapacities", "DeploymentConfig", "ShadowModeConfig")
_MOST_CANARY, _LEAST_LINEAR, _LEAST_ROLLING = 50, 10, 5


@dataclass(kw_only=True)
class _Files:
    """What the documents hold: the variants and the deployment, where they are, and the alarms' definitions."""

    variants: Node | None = None
    weight_key: str = "InitialVariantWeight"
    shadows: Node | None = None
    shadow_mode: Node | None = None
    deployment: Node | None = None
    alarms: dict[str, Node] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to SageMaker. Raises Unreadable with every error."""
    problems = Problems()
    files = _sort(documents, problems)
    _verify(files, problems, documents)
    problems.refuse()
    shares = _shares(files)
    problems.refuse()
    if files.deployment is None:
        return _split(files, shares)
    unmeasured: list[str] = []
    plan = _deployment_plan(files, files.deployment, context, unmeasured)
    return Reading(plan=plan, shares=shares, notes=files.notes.told(), unmeasured=tuple(dict.fromkeys(unmeasured)))


def _sort(documents: tuple[Document, ...], problems: Problems) -> _Files:
    """Tell the documents apart, and look at the shape of those that are requests."""
    files = _Files()
    roots = [root(document, problems) for document in documents]
    files.alarms = definitions(node for node in roots if not any(node.has(key) for key in _REQUEST_KEYS))
    for node in roots:
        if isinstance(node.value, list):
            _take_list(node, files)
        elif any(key in _keys(node) for key in _REQUEST_KEYS):
            look_at(node, REQUEST)
            _take_request(node, files)
        elif any(key in _keys(node) for key in _POLICIES):
            look_at(node, DEPLOYMENT, "DeploymentConfig")
            files.deployment = node
        elif len(documents) == 1:
            look_at(node, REQUEST)
    return files


def _keys(node: Node) -> Iterable[object]:
    return node.value if isinstance(node.value, dict) else ()


def _take_list(node: Node, files: _Files) -> None:
    """A list alone, as the command line's --production-variants and --desired-weights-and-capacities take it."""
    first = node.value[0] if isinstance(node.value, list) and node.value else {}
    desired = isinstance(first, dict) and ("DesiredWeight" in first or "DesiredInstanceCount" in first)
    look_at(node, DESIRED if desired else VARIANTS, "DesiredWeightsAndCapacities" if desired else "ProductionVariants")
    files.variants, files.weight_key = node, "DesiredWeight" if desired else "InitialVariantWeight"


def _take_request(node: Node, files: _Files) -> None:
    if node.has("ProductionVariants"):
        files.variants = node.get("ProductionVariants")
    if node.has("DesiredWeightsAndCapacities"):
        files.variants, files.weight_key = node.get("DesiredWeightsAndCapacities"), "DesiredWeight"
    if node.has("ShadowProductionVariants"):
        files.shadows = node.get("ShadowProductionVariants")
    if node.has("ShadowModeConfig"):
        files.shadow_mode = node.get("ShadowModeConfig")
    if node.has("DeploymentConfig"):
        files.deployment = node.get("DeploymentConfig")


def _verify(files: _Files, problems: Problems, documents: tuple[Document, ...]) -> None:
    """The service's own rules, beyond the range of one value."""
    if files.variants is None and files.deployment is None and files.shadow_mode is None:
        if not problems.found:
            message = f"there is nothing to release in this file; write one of {', '.join(_REQUEST_KEYS)}"
            problems.add(documents[0].line(()), "", "semantics", message)
        return
    _verify_names(files)
    if files.shadows is not None and len(_entries(files.shadows)) > 1:
        files.shadows.problem("an endpoint has at most one shadow variant")
    if files.deployment is not None:
        _verify_deployment(files, files.deployment)


def _verify_names(files: _Files) -> None:
    seen: set[str] = set()
    for entry in [*_entries(files.variants), *_entries(files.shadows)]:
        name = entry.get("VariantName")
        if isinstance(name.value, str) and name.value in seen:
            name.problem(f"the variant name {name.value[:60]!r} is used twice; each variant needs its own")
        seen.add(str(name.value))


def _verify_deployment(files: _Files, deployment: Node) -> None:
    blue_green, rolling = deployment.get("BlueGreenUpdatePolicy"), deployment.get("RollingUpdatePolicy")
    if blue_green.there and rolling.there:
        rolling.problem("only one update policy should be used: remove BlueGreenUpdatePolicy or RollingUpdatePolicy")
    routing = blue_green.get("TrafficRoutingConfiguration")
    kind = routing.get("Type").value
    if kind == "CANARY":
        _verify_size(files, routing, "CanarySize", 1)
    elif kind == "LINEAR":
        _verify_size(files, routing, "LinearStepSize", _LEAST_LINEAR)
    if rolling.there:
        _verify_size(files, rolling, "MaximumBatchSize", _LEAST_ROLLING)


def _verify_size(files: _Files, owner: Node, key: str, least: int) -> None:
    """A step's size: at most half of the fleet, and not less than `least` percent of it."""
    size = owner.get(key)
    if not size.there:
        owner.problem(f"{key} is required for Type {owner.get('Type').value}")
        return
    value = size.get("Value")
    percent = _percent(files, size)
    if percent is None:
        return
    if percent > _MOST_CANARY:
        value.problem(f"{key} must be less than or equal to {_MOST_CANARY}% of the variant's total instance count")
    elif size.get("Type").value == "CAPACITY_PERCENT" and percent < least:
        value.problem(f"{key} must be {least}-{_MOST_CANARY}% of the variant's total instance count")


def _percent(files: _Files, size: Node) -> Fraction | None:
    """A size in percent of the fleet; None when the number of instances is not known or nothing readable is there."""
    value = size.get("Value").value
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return None
    if size.get("Type").value == "CAPACITY_PERCENT":
        return Fraction(value)
    counts = [entry.get("InitialInstanceCount").value for entry in _entries(files.variants)]
    known = [count for count in counts if isinstance(count, int) and not isinstance(count, bool) and count > 0]
    return Fraction(100 * value, sum(known)) if known and len(known) == len(counts) else None


def _entries(node: Node | None) -> list[Node]:
    return node.sequence() if node is not None and isinstance(node.value, list) else []


def _shares(files: _Files) -> tuple[Share, ...]:
    weights = _weights(files.variants, files.weight_key)
    shares = shares_of(weights)
    if files.variants is not None and weights and not shares:
        files.variants.problem("the weights sum to 0: no variant gets anything")
    return shares


def _weights(variants: Node | None, key: str) -> dict[str, Fraction]:
    return {str(entry.get("VariantName").value): _weight(entry.get(key)) for entry in _entries(variants)}


def _weight(node: Node) -> Fraction:
    """A relative weight, exactly as it is written; 1 where none is."""
    return Fraction(Decimal(repr(node.value))) if node.there else Fraction(1)


def _split(files: _Files, shares: tuple[Share, ...]) -> Reading:
    """The reading of a file without a deployment: variants that share the requests, or get copies of them."""
    mode, node = files.shadow_mode, files.variants or files.shadow_mode
    assert node is not None  # a file without any of them was refused
    copies: tuple[tuple[str, Fraction], ...] = ()
    if mode is not None:
        shadow = mode.get("ShadowModelVariants").sequence()[0]
        percent = shadow.get("SamplingPercentage").value
        copies = ((str(shadow.get("ShadowModelVariantName").value), Fraction(int(str(percent)), 100)),)
    elif _entries(files.shadows):
        live = sum(_weights(files.variants, files.weight_key).values(), Fraction(0))
        shadows = _weights(files.shadows, "InitialVariantWeight")
        copies = tuple((name, min(Fraction(1), weight / live)) for name, weight in shadows.items())
    if files.weight_key == "InitialVariantWeight":
        for entry in _entries(files.variants):
            if len(shares) > 1 and not entry.has(files.weight_key):
                files.notes.add(entry, "InitialVariantWeight is 1.0 where it is not written")
    return read_routes([Route(node=node, shares=shares, copies=copies)], files.notes)


def _deployment_plan(files: _Files, deployment: Node, context: Context, unmeasured: list[str]) -> Plan:
    weights, wait = _steps(files, deployment)
    checks: list[Check] = []
    alarms = deployment.get("AutoRollbackConfiguration").get("Alarms")
    if not _entries(alarms):
        files.notes.add(deployment, "no alarms: nothing rolls back by itself, whatever the new fleet does")
    elif wait == 0:
        files.notes.add(alarms, "no baking period: traffic moves on before an alarm could ring")
    else:
        checks = _checks(files, deployment, context, unmeasured)
    return Plan(
        steps=tuple(Step(weight=weight, hold=float(wait)) for weight in weights),
        checks=tuple(checks),
        decides=Decides.CHECKS,
        routing=Routing.PER_REQUEST,
    )


def _steps(files: _Files, deployment: Node) -> tuple[list[int], int]:
    """The new fleet's weights in buckets, and the baking period after each, in seconds."""
    rolling = deployment.get("RollingUpdatePolicy")
    policy = deployment.get("BlueGreenUpdatePolicy")
    routing = policy.get("TrafficRoutingConfiguration")
    kind = routing.get("Type").value
    owner = rolling if rolling.there else routing
    wait = owner.get("WaitIntervalInSeconds").value
    seconds = wait if isinstance(wait, int) else 0
    if rolling.there:
        weights = _linear(_size(files, rolling.get("MaximumBatchSize")))
    elif kind == "LINEAR":
        weights = _linear(_size(files, routing.get("LinearStepSize")))
    elif kind == "CANARY":
        weights = [_buckets(_size(files, routing.get("CanarySize"))), BUCKETS]
    else:
        weights = [BUCKETS]
    unused = {"CANARY": "LinearStepSize", "LINEAR": "CanarySize"}
    for key in ("CanarySize", "LinearStepSize"):
        if routing.has(key) and unused.get(str(kind), key) == key:
            files.notes.add(routing.get(key), f"{key} means nothing for Type {kind}")
    _note_timeout(files, policy if policy.there else rolling, seconds * len(weights))
    return weights, seconds


def _size(files: _Files, size: Node) -> Fraction:
    """A step's size in percent of the fleet."""
    percent = _percent(files, size)
    if percent is None:
        files.notes.add(
            size,
            "how many instances there are is not in the file; this is taken for half of them, the most that is allowed",
        )
    return percent if percent is not None else Fraction(_MOST_CANARY)


def _buckets(percent: Fraction) -> int:
    return min(BUCKETS, max(1, round(percent * BUCKETS / 100)))


def _linear(percent: Fraction) -> list[int]:
    return [_buckets(percent * step) for step in range(1, ceil(100 / percent) + 1)]


def _note_timeout(files: _Files, policy: Node, waiting: int) -> None:
    timeout, ending = policy.get("MaximumExecutionTimeoutInSeconds"), policy.get("TerminationWaitInSeconds").value
    waiting += ending if isinstance(ending, int) else 0
    if isinstance(timeout.value, int) and timeout.value <= waiting:
        files.notes.add(
            timeout, f"the waiting alone takes {waiting} s: the deployment runs into its timeout and is undone"
        )


def _checks(files: _Files, deployment: Node, context: Context, unmeasured: list[str]) -> list[Check]:
    checks = []
    for alarm in _entries(deployment.get("AutoRollbackConfiguration").get("Alarms")):
        name = alarm.get("AlarmName").value
        if not isinstance(name, str):
            files.notes.add(alarm, "an alarm without a name watches nothing")
            continue
        check = check_of(name, files.alarms.get(name), context.measures)
        if check is None:
            unmeasured.append(name)
            files.notes.add(
                alarm,
                f"what {name[:60]!r} watches is not known; put its definition (put-metric-alarm) into the file",
            )
            continue
        checks.append(check)
        if check.failure_limit:
            files.notes.add(
                alarm, f"data points that breach are counted in all: {check.failure_limit + 1} of them ring it"
            )
    return checks
