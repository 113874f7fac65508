"""An InferenceService: canaryTrafficPercent in Knative mode, spec.canary in Standard mode."""

from fractions import Fraction

from canarylearn.dialects.fields import entries_at, hold_to, whole_at, words_at
from canarylearn.dialects.kserve.graph import NAME
from canarylearn.dialects.kserve.knative import traffic_problems
from canarylearn.dialects.kserve.schema import RUNTIMES, SERVICE, SERVICE_WITH_CANARIES
from canarylearn.dialects.kserve.shares import (
    ALL,
    LATEST,
    PREVIOUS,
    Canary,
    knative_split,
    stable_replicas,
    standard_split,
)
from canarylearn.dialects.manifest import Share
from canarylearn.dialects.routes import Notes, Route, canary_among, named_apart
from canarylearn.dialects.shape import Node

_MODE = "serving.kserve.io/deploymentMode"
_STANDARD, _KNATIVE, _MESH = "Standard", "Knative", "ModelMesh"
_LEGACY = {"RawDeployment": _STANDARD, "Serverless": _KNATIVE, _MESH: _MESH}
_MODES = {**_LEGACY, _STANDARD: _STANDARD, _KNATIVE: _KNATIVE}
_COMPONENTS = ("predictor", "transformer", "explainer")
_AUTOSCALING = ("scaleTarget", "scaleMetric", "scaleMetricType", "autoScaling")
_CONTAINER = "kserve-container"
_PERCENT = "canaryTrafficPercent"
_MOST_SHOWN = 60


def read_service(node: Node, *, canaries_known: bool, notes: Notes) -> list[Route]:
    """The routes of an InferenceService: its predictor's first, then those of components with a split of their own."""
    hold_to(node, SERVICE_WITH_CANARIES if canaries_known else SERVICE)
    spec = node.get("spec")
    mode = _mode(node, canaries_known, notes)
    _verify_name(node)
    _verify_predictor(spec.get("predictor"))
    for component in _COMPONENTS:
        _verify_replicas(spec.get(component))
    notes.add(spec, "nobody rolls back: a person or a pipeline sets the percentage back, and nothing is measured")
    if canaries_known and spec.get("canary").value not in (None, []):
        return [_standard(node, mode, notes)]
    if mode == _KNATIVE:
        return _knative(node, notes)
    for component in _COMPONENTS:
        _note_ignored(spec.get(component).get(_PERCENT), mode, notes)
    notes.add(spec, "without a canary the new version replaces the old one pod by pod, for everyone")
    return [_everything(spec)]


def _mode(node: Node, canaries_known: bool, notes: Notes) -> str:
    annotation = node.get("metadata").get("annotations").get(_MODE)
    if not annotation.there:
        if node.get("spec").get("predictor").has(_PERCENT):
            notes.add(
                node, f"without the annotation {_MODE} the cluster's default mode counts; this is read as Knative"
            )
        return _KNATIVE
    said = annotation.text() or ""
    known = _MODES if canaries_known else _LEGACY
    if said and said not in known:
        notes.add(annotation, f"{said[:_MOST_SHOWN]!r} is no mode that is known: the cluster's default mode counts")
    return known.get(said, _KNATIVE)


def _verify_name(node: Node) -> None:
    name = node.get("metadata").get("name")
    said = words_at(name)
    if said and not NAME.fullmatch(said):
        name.problem(
            f'the InferenceService "{said[:_MOST_SHOWN]}" is invalid: a InferenceService name must consist of lower '
            "case alphanumeric characters or '-', and must start with alphabetical character. (e.g. \"my-name\" or "
            "\"abc-123\", regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        )


def _verify_predictor(predictor: Node) -> None:
    """A predictor is one of the frameworks, or a container of one's own."""
    if not isinstance(predictor.value, dict):
        return
    frameworks = sum(predictor.has(key) for key in RUNTIMES)
    containers = entries_at(predictor.get("containers"))
    own = bool(containers) and (
        not frameworks or any(container.get("name").value == _CONTAINER for container in containers)
    )
    if frameworks + own != 1:
        predictor.problem(
            f"exactly one of [{', '.join(RUNTIMES.values())}, PodSpec] must be specified in PredictorSpec"
        )


def _verify_replicas(component: Node) -> None:
    least, most = component.get("minReplicas"), component.get("maxReplicas")
    low, high = whole_at(least, 1), whole_at(most, 0)
    if low is not None and low < 0:
        least.problem("'MinReplicas' cannot be less than 0")
    if high is not None and high < 0:
        most.problem("'MaxReplicas' cannot be less than 0")
    if low is not None and high and low > high:
        least.problem("'MinReplicas' cannot be greater than MaxReplicas")


def _note_ignored(percent: Node, mode: str, notes: Notes) -> None:
    if percent.there:
        instead = " (spec.canary does it there, from 0.20 on)" if mode == _STANDARD else ""
        notes.add(percent, f"{_PERCENT} is accepted and ignored in {mode} mode{instead}: everyone gets the new version")


def _everything(node: Node) -> Route:
    return Route(node=node, shares=(Share(target=LATEST, share=Fraction(1)),), canary=LATEST)


def _knative(node: Node, notes: Notes) -> list[Route]:
    """A route for each component that has a percentage; the predictor's alone when none has."""
    spec, status = node.get("spec"), node.get("status").get("components")
    routes = []
    for component in _COMPONENTS:
        percent = spec.get(component).get(_PERCENT)
        if not percent.there:
            continue
        before = status.get(component).get("latestRolledoutRevision")
        first = status.there and not words_at(before)
        split = knative_split(whole_at(percent), "" if first else words_at(before) or PREVIOUS)
        for _, message in traffic_problems(list(split.values())):
            percent.problem(message)
        if first:
            notes.add(percent, f"this is the first deployment, which ignores {_PERCENT}: everyone gets it")
        elif not status.there:
            notes.add(percent, f"the first deployment ignores {_PERCENT}; this is read as a later one")
        shares = tuple(Share(target=name, share=Fraction(part, ALL)) for name, part in split.items())
        routes.append(Route(node=spec.get(component), shares=shares, canary=LATEST))
    if not spec.get("predictor").has(_PERCENT):
        notes.add(spec.get("predictor"), f"without {_PERCENT} the new revision gets everyone as soon as it is ready")
        routes.append(_everything(spec.get("predictor")))
    return routes


def _standard(node: Node, mode: str, notes: Notes) -> Route:
    spec = node.get("spec")
    stable, canary = spec.get("predictor"), spec.get("canary")
    if mode != _STANDARD or not node.get("metadata").get("annotations").has(_MODE):
        canary.problem("spec.canary is only supported in Standard deployment mode")
    if not any(stable.has(key) for key in RUNTIMES):
        canary.problem("spec.canary requires a stable predictor with a model")
    _note_ignored(stable.get(_PERCENT), _STANDARD, notes)
    entries = entries_at(canary)
    name = words_at(stable.get("name"))
    _verify_names(name, entries)
    for place, entry in enumerate(entries):
        _verify_canary(place, entry.get("predictor"), stable)
    canaries = [_canary(entry, node.get("status")) for entry in entries]
    total = sum(one.percent for one in canaries)
    if total > ALL and all(0 <= one.percent <= ALL for one in canaries):
        canary.problem(f"sum of canary trafficPercent values ({total}) must be <= {ALL}")
    _note_pods(canary, whole_at(stable.get("minReplicas"), 1) or 0, canaries, notes)
    names = named_apart([name or "predictor", *(one.name for one in canaries)])
    percents = standard_split(
        "", [Canary(name=f"{place}", percent=one.percent, ready=one.ready) for place, one in enumerate(canaries)]
    )
    shares = tuple(
        Share(target=target, share=Fraction(part, ALL)) for target, part in zip(names, percents.values(), strict=True)
    )
    chosen = canary_among(names[1:]) if entries else None
    if len(entries) > 1:
        notes.add(canary, f"{chosen} is taken as the canary, and the others together with the stable one as the rest")
    return Route(node=canary, shares=shares, canary=chosen)


def _canary(entry: Node, status: Node) -> Canary:
    predictor = entry.get("predictor")
    name = words_at(predictor.get("name"))
    states = [state for state in entries_at(status.get("canaryStatuses")) if state.get("name").value == name]
    replicas = whole_at(predictor.get("minReplicas")) if predictor.has("minReplicas") else None
    return Canary(
        name=name,
        percent=whole_at(entry.get("trafficPercent")) or 0,
        replicas=replicas,
        ready=all(state.get("ready").value is True for state in states),
    )


def _verify_names(stable: str, entries: list[Node]) -> None:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        predictor = entry.get("predictor")
        name = words_at(predictor.get("name"))
        if not name:
            if isinstance(predictor.value, dict) and not predictor.has("name"):
                predictor.problem(f"canary[{place}].predictor.name is required")
        elif name in seen:
            predictor.get("name").problem(f'canary[{place}].predictor.name "{name[:_MOST_SHOWN]}" is duplicated')
        elif name == stable:
            predictor.get("name").problem(
                f'canary[{place}].predictor.name "{name[:_MOST_SHOWN]}" conflicts with stable predictor name'
            )
        seen.add(name)


def _verify_canary(place: int, predictor: Node, stable: Node) -> None:
    said = f"canary[{place}].predictor"
    _verify_predictor(predictor)
    if whole_at(predictor.get("maxReplicas")):
        predictor.get("maxReplicas").problem(f"{said} must not set maxReplicas: a canary has a fixed number of pods")
    for key in _AUTOSCALING:
        if predictor.has(key):
            predictor.get(key).problem(f"{said} must not set {key}: a canary has a fixed number of pods")
    if predictor.has("workerSpec"):
        predictor.get("workerSpec").problem(f"{said} must not set workerSpec")
    least, most = whole_at(predictor.get("minReplicas"), 0), whole_at(stable.get("minReplicas"), 1)
    if least is not None and most is not None and least > most:
        predictor.get("minReplicas").problem(
            f"{said}.minReplicas ({least}) must not exceed stable predictor minReplicas ({most})"
        )


def _note_pods(canary: Node, stable: int, canaries: list[Canary], notes: Notes) -> None:
    kept = stable_replicas(stable, canaries)
    if kept < stable:
        notes.add(canary, f"the canaries take their pods from the stable predictor: it keeps {kept} of {stable}")
    for one in canaries:
        if not one.ready:
            notes.add(canary, f"{one.name} is not ready: it gets nothing until it is")
