"""Knative's rules for traffic: percentages within 0 to 100 that sum to 100, and tags that are not used twice."""

from fractions import Fraction

from canarylearn.dialects.fields import MOST_INT64, Many, entries_at, hold_to, text, truth, whole, whole_at, words_at
from canarylearn.dialects.manifest import Share
from canarylearn.dialects.routes import Route, named_apart
from canarylearn.dialects.shape import Node

ALL = 100
_TARGET = {
    "tag": text,
    "revisionName": text,
    "configurationName": text,
    "latestRevision": truth,
    "percent": whole(-MOST_INT64 - 1, MOST_INT64),
    "url": text,
}
_DOCUMENT = {
    "apiVersion": text,
    "kind": text,
    "metadata": None,
    "spec!": {"template": None, "traffic": Many(of=_TARGET)},
    "status": None,
}


def traffic_problems(percents: list[int | None]) -> list[tuple[int | None, str]]:
    """What Knative refuses in a list of percentages: the place in the list (None: the whole list) and the message."""
    problems: list[tuple[int | None, str]] = [
        (place, f"expected 0 <= {percent} <= {ALL}: spec.traffic[{place}].percent")
        for place, percent in enumerate(percents)
        if percent is not None and not 0 <= percent <= ALL
    ]
    total = sum(percent for percent in percents if percent is not None)
    if total != ALL:
        problems.append((None, f"Traffic targets sum to {total}, want {ALL}"))
    return problems


def read_traffic(node: Node) -> Route:
    """The route of a Knative Service or Route."""
    hold_to(node, _DOCUMENT)
    traffic = node.get("spec").get("traffic")
    if traffic.value in (None, []):
        return Route(node=node, shares=(Share(target="latest", share=Fraction(1)),), canary="latest")
    targets = entries_at(traffic)
    percents = [whole_at(target.get("percent")) for target in targets]
    if isinstance(traffic.value, list) and None not in percents:
        for place, message in traffic_problems(percents):
            (traffic if place is None else targets[place].get("percent")).problem(message)
    _verify_targets(targets)
    names = named_apart([_name(target) for target in targets])
    shares = tuple(
        Share(target=name, share=Fraction(percent or 0, ALL)) for name, percent in zip(names, percents, strict=True)
    )
    return Route(node=traffic, shares=shares)


def _verify_targets(targets: list[Node]) -> None:
    tags: set[str] = set()
    for target in targets:
        tag, revision = words_at(target.get("tag")), words_at(target.get("revisionName"))
        if tag and tag in tags:
            target.get("tag").problem(f'Multiple definitions for "{tag}"')
        tags.add(tag)
        latest = target.get("latestRevision")
        if latest.there and isinstance(latest.value, bool) and latest.value is bool(revision):
            latest.problem(
                f"invalid value: {str(latest.value).lower()}; it is true just where there is no revisionName"
            )


def _name(target: Node) -> str:
    return words_at(target.get("revisionName")) or words_at(target.get("tag")) or "latest"
