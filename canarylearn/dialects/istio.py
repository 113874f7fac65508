"""Istio's VirtualService: weights that are percentages up to 1.14, and count in proportion from 1.15 on."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import yaml

from canarylearn.dialects.fields import (
    Many,
    entries_at,
    hold_to,
    number,
    relative,
    text,
    texts,
    truth,
    whole,
    whole_at,
    words_at,
)
from canarylearn.dialects.manifest import Context, Reading, Rendering, Share
from canarylearn.dialects.routes import Notes, Route, named_apart, read_routes
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.split import lost_in_split
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Plan
from canarylearn.engine.quantities import BUCKETS

_RELATIVE_SINCE = (1, 15)
_MOST_UINT32 = 2**32 - 1
_INT32 = relative(-(2**31))
_DESTINATION: Mapping[str, object] = {"host!": text, "subset": text, "port": {"number": whole(0, _MOST_UINT32)}}
_PERCENT: Mapping[str, object] = {"value": number}
_WORDS: Mapping[str, object] = {"exact": text, "prefix": text, "regex": text}
_MATCH: Mapping[str, object] = {
    "name": text,
    "uri": _WORDS,
    "scheme": _WORDS,
    "method": _WORDS,
    "authority": _WORDS,
    "headers": None,
    "port": whole(0, _MOST_UINT32),
    "sourceLabels": texts,
    "gateways": Many(of=text),
    "queryParams": None,
    "ignoreUriCase": truth,
    "withoutHeaders": None,
    "sourceNamespace": text,
    "statPrefix": text,
}
_TO: Mapping[str, object] = {"destination": _DESTINATION, "weight": _INT32}
_HTTP: Mapping[str, object] = {
    "name": text,
    "match": Many(of=_MATCH),
    "route": Many(of={**_TO, "headers": None}),
    "redirect": None,
    "directResponse": None,
    "delegate": {"name": text, "namespace": text},
    "rewrite": None,
    "timeout": text,
    "retries": None,
    "fault": None,
    "mirror": _DESTINATION,
    "mirrors": Many(of={"destination": _DESTINATION, "percentage": _PERCENT}),
    "mirrorPercent": whole(0, _MOST_UINT32),
    "mirrorPercentage": _PERCENT,
    "corsPolicy": None,
    "headers": None,
}
_PLAIN: Mapping[str, object] = {"match": Many(of=None), "route": Many(of=_TO)}
_SINCE_1_15 = ("mirrors",)
_KIND = "VirtualService"


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to Istio. Raises Unreadable with every error."""
    problems, notes = Problems(), Notes()
    older = _is_older(context.version)
    roots = [root(document, problems) for document in documents]
    services = [node for node in roots if node.get("kind").value == _KIND]
    if not services:
        problems.add(documents[0].line(()), "", "semantics", f"there is no {_KIND} in this file")
    routes = [route for service in services for route in _routes_of(service, older, notes)]
    problems.refuse()
    reading = read_routes(routes, notes)
    if len(reading.shares) > 1:
        _note_hashes(roots, notes)
    return Reading(plan=reading.plan, shares=reading.shares, notes=notes.told())


def _is_older(version: str) -> bool:
    """Whether a version is from the time when weights were percentages."""
    parts = version.removeprefix("v").split(".")
    return len(parts) > 1 and all(part.isdecimal() for part in parts[:2]) and _pair(parts) < _RELATIVE_SINCE


def _pair(parts: list[str]) -> tuple[int, int]:
    return int(parts[0][:6]), int(parts[1][:6])


def _routes_of(service: Node, older: bool, notes: Notes) -> list[Route]:
    http = {name: shape for name, shape in _HTTP.items() if not (older and name in _SINCE_1_15)}
    hold_to(
        service,
        {
            "apiVersion": text,
            "kind": text,
            "metadata": None,
            "spec!": {
                "hosts": Many(of=text),
                "gateways": Many(of=text),
                "http": Many(of=http),
                "tls": Many(of=_PLAIN),
                "tcp": Many(of=_PLAIN),
                "exportTo": Many(of=text),
            },
            "status": None,
        },
    )
    spec = service.get("spec")
    listed = {kind: entries_at(spec.get(kind)) for kind in ("http", "tls", "tcp")}
    if isinstance(spec.value, dict) and all(spec.get(kind).value in (None, []) for kind in listed):
        spec.problem("http, tcp or tls must be provided in virtual service")
    routes = [_http_route(route, older) for route in listed["http"]]
    routes += [_plain_route(route, older) for kind in ("tls", "tcp") for route in listed[kind]]
    _note_unreached(listed["http"], notes)
    return routes


def _http_route(route: Node, older: bool) -> Route:
    _verify_kinds(route)
    copies = [*_mirror(route), *_mirrors(route)]
    names = named_apart([name for name, _ in copies])
    return Route(
        node=route,
        shares=_shares(route.get("route"), older),
        copies=tuple(zip(names, (share for _, share in copies), strict=True)),
        narrow=bool(entries_at(route.get("match"))),
    )


def _plain_route(route: Node, older: bool) -> Route:
    if isinstance(route.value, dict) and not entries_at(route.get("route")):
        kind = "TLS" if "tls" in route.path else "TCP"
        route.problem(f"{kind} route is required")
    return Route(node=route, shares=_shares(route.get("route"), older), narrow=bool(entries_at(route.get("match"))))


def _verify_kinds(route: Node) -> None:
    """A route sends somewhere, redirects, answers or delegates: one of them."""
    if not isinstance(route.value, dict):
        return
    sends = bool(entries_at(route.get("route")))
    if route.has("delegate"):
        for key in ("redirect", "route"):
            if route.has(key):
                route.problem(f"root HTTP route {words_at(route.get('name'))} must not specify {key}")
    elif route.has("redirect") and sends:
        route.problem("HTTP route cannot contain both route and redirect")
    elif route.has("directResponse") and sends:
        route.problem("HTTP route cannot contain both route and direct_response")
    elif not sends and not route.has("redirect") and not route.has("directResponse"):
        route.problem("HTTP route, redirect or direct_response is required")
    if route.has("mirror") and entries_at(route.get("mirrors")):
        route.problem("HTTP route cannot contain both mirror and mirrors")


def _shares(route: Node, older: bool) -> tuple[Share, ...]:
    """The shares of a route's destinations: one alone gets everything, whatever its weight."""
    destinations = entries_at(route)
    weights = [_weight(entry, older) for entry in destinations]
    known = [weight for weight in weights if weight is not None]
    if len(destinations) > 1 and len(known) == len(weights):
        total = sum(known)
        if older and total != 100:
            route.problem(f"total destination weight {total} != 100")
        if not older and total == 0:
            route.problem("total destination weight = 0; an omitted weight is 0, so write the weights")
    names = named_apart([_name(entry.get("destination")) for entry in destinations])
    if len(names) == 1:
        return (Share(target=names[0], share=Fraction(1)),)
    total = sum(known)
    if total <= 0 or len(known) < len(names) or min(known) < 0:
        return ()
    return tuple(Share(target=name, share=Fraction(weight, total)) for name, weight in zip(names, known, strict=True))


def _weight(entry: Node, older: bool) -> int | None:
    if isinstance(entry.value, dict) and not entry.has("destination"):
        entry.problem("destination is required")
    _verify_destination(entry.get("destination"))
    node = entry.get("weight")
    weight = whole_at(node)
    if weight is None:
        return None
    if older and not 0 <= weight <= 100:
        node.problem(f"percentage {weight} is not in range 0..100")
    if not older and weight < 0:
        node.problem(f"weight {weight} < 0")
    return weight


def _verify_destination(destination: Node) -> None:
    host = destination.get("host")
    if host.value == "*":
        host.problem("invalid destination host *")
    if host.value == "":
        host.problem("domain name cannot be empty")
    port = destination.get("port").get("number")
    if port.there and (value := whole_at(port)) is not None and not 1 <= value <= 65535:
        port.problem(f"port number {value} must be in the range 1..65535")


def _name(destination: Node) -> str:
    """What a destination is called: host, subset and port, as far as they are written."""
    subset, port = words_at(destination.get("subset")), destination.get("port").get("number").value
    host = words_at(destination.get("host"))
    return f"{host}{f'/{subset}' if subset else ''}{f':{port}' if isinstance(port, int) else ''}"


def _mirror(route: Node) -> list[tuple[str, Fraction]]:
    mirror, percent, percentage = (route.get(key) for key in ("mirror", "mirrorPercent", "mirrorPercentage"))
    _verify_destination(mirror)
    copied = whole_at(percent, 100)
    if copied is not None and copied > 100:
        percent.problem(f"mirror_percent must have a max value of 100 (it has {copied})")
    share = Fraction(copied or 0, 100)
    if percentage.there:
        share = _share(percentage.get("value"), "mirror_percentage", Fraction(0))
    return [(_name(mirror), share)] if mirror.there and share > 0 else []


def _mirrors(route: Node) -> list[tuple[str, Fraction]]:
    copies = []
    for mirror in entries_at(route.get("mirrors")):
        if isinstance(mirror.value, dict) and not mirror.has("destination"):
            mirror.problem("destination is required for mirrors")
        _verify_destination(mirror.get("destination"))
        percentage = mirror.get("percentage")
        share = Fraction(1)
        if percentage.there:
            share = _share(percentage.get("value"), "mirror percentage", Fraction(0))
        if share > 0:
            copies.append((_name(mirror.get("destination")), share))
    return copies


def _share(node: Node, said: str, default: Fraction) -> Fraction:
    """The part of 1 in a percentage with decimals."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    if value > 100:
        node.problem(f"{said} must have a max value of 100 (it has {value:f})")
    if value < 0:
        node.problem(f"{said} must have a min value of 0 (it has {value:f})")
    return Fraction(Decimal(repr(value))) / 100


def _note_unreached(routes: list[Node], notes: Notes) -> None:
    for place, route in enumerate(routes[:-1]):
        if not entries_at(route.get("match")):
            notes.add(
                routes[place + 1],
                f"virtualService rule #{place + 1} not used (only the last rule can have no matches): the first rule "
                "that fits a request is taken",
            )
            return


def _note_hashes(roots: list[Node], notes: Notes) -> None:
    for rule in roots:
        spec = rule.get("spec")
        if rule.get("kind").value != "DestinationRule":
            continue
        for owner in (spec, *entries_at(spec.get("subsets"))):
            hashed = owner.get("trafficPolicy").get("loadBalancer").get("consistentHash")
            if hashed.there:
                notes.add(
                    hashed,
                    "consistentHash picks a pod within one destination: it does not keep a user on one side of the "
                    "split, for which each request is drawn anew",
                )


def render(plan: Plan) -> Rendering:
    """The plan as a VirtualService between two services."""
    step = plan.steps[0]
    stable, canary = ({"host": f"model-{name}"} for name in ("stable", "canary"))
    route: dict[str, object] = {"route": [{"destination": stable}]}
    if step.mirror:
        share = step.mirror * 100 / BUCKETS
        route |= {"mirror": canary, "mirrorPercentage": {"value": int(share) if share == int(share) else share}}
    else:
        whole_percents = step.weight % (BUCKETS // 100) == 0
        parts = BUCKETS // 100 if whole_percents else 1
        route["route"] = [
            {"destination": stable, "weight": (BUCKETS - step.weight) // parts},
            {"destination": canary, "weight": step.weight // parts},
        ]
    service = {
        "apiVersion": "networking.istio.io/v1",
        "kind": _KIND,
        "metadata": {"name": "model"},
        "spec": {"hosts": ["model"], "http": [route]},
    }
    written = yaml.dump(service, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return Rendering(text=written, lost=tuple(lost_in_split(plan)))
