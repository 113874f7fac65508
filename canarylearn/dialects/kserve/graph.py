"""An InferenceGraph: a Splitter draws each request anew, by weights that sum to 100."""

import re

from canarylearn.dialects.fields import entries_at, hold_to, whole_at, words_at
from canarylearn.dialects.kserve.schema import GRAPH, NODE
from canarylearn.dialects.kserve.shares import splitter_shares
from canarylearn.dialects.manifest import Share
from canarylearn.dialects.routes import Notes, Route, named_apart
from canarylearn.dialects.shape import Node

NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_ROOT = "root"
_TARGETS = ("nodeName", "serviceName", "serviceUrl")
_MOST_SHOWN = 60


def read_graph(node: Node, notes: Notes) -> list[Route]:
    """The routes of a graph: one for each Splitter, the root's first."""
    hold_to(node, GRAPH)
    nodes = node.get("spec").get("nodes")
    name = words_at(node.get("metadata").get("name"))
    if name and not NAME.fullmatch(name):
        node.get("metadata").get("name").problem(
            f'The InferenceGraph "{name[:_MOST_SHOWN]}" is invalid: a InferenceGraph name must consist of lower case '
            "alphanumeric characters or '-', and must start with alphabetical character"
        )
    if not nodes.there or not nodes.mapping():
        return []
    if not nodes.has(_ROOT):
        nodes.problem("root node not found, InferenceGraph needs a node with name 'root' as the root node of the graph")
    routes: list[Route] = []
    for title, router in nodes.items():
        hold_to(router, NODE)
        steps = entries_at(router.get("steps"))
        _verify_steps(name, title, steps)
        if words_at(router.get("routerType")) == "Splitter":
            route = _splitter(name, title, router, steps, notes)
            routes.insert(0 if title == _ROOT else len(routes), route)
            if title != _ROOT:
                notes.add(router, f"these are shares of the requests that reach the node {title[:_MOST_SHOWN]!r}")
    if not routes:
        notes.add(nodes, "no node is a Splitter: every request takes the same way, and nothing is on trial")
        routes.append(Route(node=nodes, shares=()))
    return routes


def _verify_steps(name: str, title: str, steps: list[Node]) -> None:
    seen: set[str] = set()
    for place, step in enumerate(steps):
        if not isinstance(step.value, dict):
            continue
        said = words_at(step.get("name"))
        if said and said in seen:
            step.get("name").problem(
                f'Node "{title[:_MOST_SHOWN]}" of InferenceGraph "{name[:_MOST_SHOWN]}" contains more than one step '
                f'with name "{said[:_MOST_SHOWN]}"'
            )
        seen.add(said)
        where = (
            f'Step {place} ("{said[:_MOST_SHOWN]}") in node "{title[:_MOST_SHOWN]}" of InferenceGraph '
            f'"{name[:_MOST_SHOWN]}"'
        )
        targets = sum(step.get(key).value not in (None, "") for key in _TARGETS)
        if targets == 0:
            step.problem(f"{where} does not specify an inference target")
        elif targets > 1:
            step.problem(f"{where} specifies more than one of nodeName, serviceName, serviceUrl")


def _splitter(name: str, title: str, router: Node, steps: list[Node], notes: Notes) -> Route:
    weights: list[int] = []
    graph = f"InferenceGraph[{name[:_MOST_SHOWN]}] Node[{title[:_MOST_SHOWN]}]"
    complete = isinstance(router.get("steps").value, list) or not router.has("steps")
    for step in steps:
        weight = step.get("weight")
        value = whole_at(weight)
        if isinstance(step.value, dict) and not weight.there:
            step.problem(f"{graph} Route[{words_at(step.get('serviceName'))[:_MOST_SHOWN]}] missing the 'Weight'")
            complete = False
        elif value is None or not isinstance(step.value, dict):
            complete = False
        else:
            weights.append(value)
            if value < 0:
                notes.add(weight, "a negative weight is accepted, and takes from the next step's share")
    if complete and sum(weights) != 100:
        router.problem(
            f"{graph} splitter node: the sum of traffic weights for all routing targets should be 100, and it is "
            f"{sum(weights)}"
        )
    if not complete:
        return Route(node=router, shares=())
    names = named_apart([_target(step) for step in steps])
    return Route(
        node=router,
        shares=tuple(
            Share(target=target, share=share) for target, share in zip(names, splitter_shares(weights), strict=True)
        ),
    )


def _target(step: Node) -> str:
    return next((said for key in ("serviceName", "nodeName", "serviceUrl") if (said := words_at(step.get(key)))), "")
