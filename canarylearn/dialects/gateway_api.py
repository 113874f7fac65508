"""Gateway API's HTTPRoute: backends by relative weight, which is 1 where none is written."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import yaml

from canarylearn.dialects.fields import (
    MOST_INT32,
    Many,
    entries_at,
    hold_to,
    relative,
    text,
    whole,
    whole_at,
    words_at,
)
from canarylearn.dialects.manifest import Context, Reading, Rendering, Share
from canarylearn.dialects.routes import Notes, Route, named_apart, read_routes
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.split import lost_in_split
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Plan, Routing
from canarylearn.engine.quantities import BUCKETS

_MOST_WEIGHT = 1_000_000
_MOST_REFS, _MOST_RULES, _MOST_MATCHES, _MOST_MATCHES_IN_ALL = 16, 16, 64, 128
_PORT = whole(1, 65535)
_OBJECT: Mapping[str, object] = {"group": text, "kind": text, "name!": text, "namespace": text, "port": _PORT}
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_NAMED: Mapping[str, object] = {"type": ("Exact", "RegularExpression"), "name!": text, "value!": text}
_FIELDS_OF_TYPES: Mapping[str, str] = {
    "RequestHeaderModifier": "requestHeaderModifier",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "RequestMirror": "requestMirror",
    "RequestRedirect": "requestRedirect",
    "URLRewrite": "urlRewrite",
    "CORS": "cors",
    "ExternalAuth": "externalAuth",
    "ExtensionRef": "extensionRef",
}
_FILTER: Mapping[str, object] = {
    "type!": tuple(_FIELDS_OF_TYPES),
    **dict.fromkeys(_FIELDS_OF_TYPES.values()),
    "requestMirror": {
        "backendRef!": _OBJECT,
        "percent": whole(0, 100),
        "fraction": {"numerator!": whole(0, MOST_INT32), "denominator": whole(1, MOST_INT32)},
    },
}
_FILTERS = Many(of=_FILTER, most=_MOST_REFS)
_RULE: Mapping[str, object] = {
    "name": text,
    "matches": Many(
        of={
            "path": {"type": ("Exact", "PathPrefix", "RegularExpression"), "value": text},
            "headers": Many(of=_NAMED, most=16),
            "queryParams": Many(of=_NAMED, most=16),
            "method": _METHODS,
        },
        most=_MOST_MATCHES,
    ),
    "filters": _FILTERS,
    "backendRefs": Many(of={**_OBJECT, "weight": relative(0, _MOST_WEIGHT), "filters": _FILTERS}, most=_MOST_REFS),
    "timeouts": {"request": text, "backendRequest": text},
    "retry": None,
    "sessionPersistence": {
        "sessionName": text,
        "absoluteTimeout": text,
        "idleTimeout": text,
        "type": ("Cookie", "Header"),
        "cookieConfig": {"lifetimeType": ("Permanent", "Session")},
    },
}
_ROUTE: Mapping[str, object] = {
    "apiVersion": text,
    "kind": text,
    "metadata": None,
    "spec!": {
        "parentRefs": Many(of={**_OBJECT, "sectionName": text}, most=32),
        "hostnames": Many(of=text, most=16),
        "useDefaultGateways": text,
        "rules": Many(of=_RULE, most=_MOST_RULES),
    },
    "status": None,
}
_KIND = "HTTPRoute"


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to a gateway. Raises Unreadable with every error."""
    problems, notes = Problems(), Notes()
    roots = [root(document, problems) for document in documents]
    found = [node for node in roots if node.get("kind").value == _KIND]
    if not found:
        problems.add(documents[0].line(()), "", "semantics", f"there is no {_KIND} in this file")
    routes: list[Route] = []
    for node in found:
        hold_to(node, _ROUTE)
        rules = entries_at(node.get("spec").get("rules"))
        _verify_matches(node.get("spec").get("rules"), rules)
        routes += [_route(rule, notes) for rule in rules]
        if not rules:
            notes.add(node.get("spec"), "without rules every request is answered with 404 or 500")
            routes.append(Route(node=node.get("spec"), shares=()))
    problems.refuse()
    return read_routes(routes, notes)


def _verify_matches(node: Node, rules: list[Node]) -> None:
    if sum(len(entries_at(rule.get("matches"))) for rule in rules) >= _MOST_MATCHES_IN_ALL:
        node.problem(
            "While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a "
            "route must be less than 128"
        )


def _route(rule: Node, notes: Notes) -> Route:
    filters, refs = entries_at(rule.get("filters")), entries_at(rule.get("backendRefs"))
    _verify_filters(rule, filters, refs)
    for ref in refs:
        _verify_port(ref)
        _verify_filters(ref, entries_at(ref.get("filters")), [])
    shares = _shares(rule, refs, notes)
    if not refs and isinstance(rule.value, dict) and not any(entry.has("requestRedirect") for entry in filters):
        notes.add(rule, "a rule without backendRefs answers every request with 500")
    copies = _copies(filters)
    names = named_apart([name for name, _ in copies])
    sticky = rule.has("sessionPersistence")
    if sticky:
        notes.add(
            rule.get("sessionPersistence"),
            "sessionPersistence is experimental: a gateway that knows it keeps a session on one backend, and others "
            "refuse or ignore it",
        )
    return Route(
        node=rule,
        shares=shares,
        copies=tuple(zip(names, (share for _, share in copies), strict=True)),
        narrow=_is_narrow(rule),
        routing=Routing.STICKY if sticky else Routing.PER_REQUEST,
    )


def _is_narrow(rule: Node) -> bool:
    """Whether some requests do not match: none of the matches is for every path, and nothing more."""
    everything: tuple[object, ...] = (
        {},
        {"path": {}},
        {"path": {"value": "/"}},
        {"path": {"type": "PathPrefix", "value": "/"}},
    )
    matches = entries_at(rule.get("matches"))
    return bool(matches) and not any(match.value in everything for match in matches)


def _verify_port(ref: Node) -> None:
    service = not words_at(ref.get("group")) and (words_at(ref.get("kind")) or "Service") == "Service"
    if isinstance(ref.value, dict) and service and not ref.has("port"):
        ref.problem("Must have port for Service reference")


def _verify_filters(owner: Node, filters: list[Node], refs: list[Node]) -> None:
    """The rules that the CRD has in CEL, with its words."""
    types = [words_at(entry.get("type")) for entry in filters]
    if "RequestRedirect" in types:
        if refs:
            owner.problem("RequestRedirect filter must not be used together with backendRefs")
        if "URLRewrite" in types:
            owner.get("filters").problem(
                "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both"
            )
    for entry, kind in zip(filters, types, strict=True):
        for name, key in _FIELDS_OF_TYPES.items():
            if kind == name and not entry.has(key):
                entry.problem(f"filter.{key} must be specified for {name} filter.type")
            if kind in _FIELDS_OF_TYPES and kind != name and entry.has(key):
                entry.problem(f"filter.{key} must be nil if the filter.type is not {name}")
        mirror = entry.get("requestMirror")
        _verify_port(mirror.get("backendRef"))
        if mirror.has("percent") and mirror.has("fraction"):
            mirror.problem("Only one of percent or fraction may be specified in HTTPRequestMirrorFilter")
        top, bottom = _fraction(mirror.get("fraction"))
        if top > bottom:
            mirror.get("fraction").problem("numerator must be less than or equal to denominator")


def _fraction(node: Node) -> tuple[int, int]:
    """The numerator and the denominator, which is 100 where none is written."""
    top, bottom = whole_at(node.get("numerator")), whole_at(node.get("denominator"), 100)
    return (top, bottom) if top is not None and bottom is not None and bottom > 0 else (0, 1)


def _shares(rule: Node, refs: list[Node], notes: Notes) -> tuple[Share, ...]:
    weights = [whole_at(ref.get("weight"), 1) or 0 for ref in refs]
    names = named_apart([_name(ref) for ref in refs])
    for ref in refs:
        if len(refs) > 1 and isinstance(ref.value, dict) and not ref.has("weight"):
            notes.add(ref, "weight is 1 where it is not written")
    total = sum(weights)
    if refs and total == 0:
        notes.add(rule.get("backendRefs"), "all weights are 0: every request is answered with 500")
    if total <= 0 or min(weights) < 0:
        return ()
    return tuple(Share(target=name, share=Fraction(weight, total)) for name, weight in zip(names, weights, strict=True))


def _name(ref: Node) -> str:
    space, port = words_at(ref.get("namespace")), ref.get("port").value
    name = words_at(ref.get("name"))
    return f"{f'{space}/' if space else ''}{name}{f':{port}' if isinstance(port, int) and port != 80 else ''}"


def _copies(filters: list[Node]) -> list[tuple[str, Fraction]]:
    copies = []
    for mirror in (entry.get("requestMirror") for entry in filters):
        share = Fraction(whole_at(mirror.get("percent"), 100) or 0, 100)
        if mirror.has("fraction"):
            share = Fraction(*_fraction(mirror.get("fraction")))
        if mirror.there and share > 0:
            copies.append((_name(mirror.get("backendRef")), share))
    return copies


def render(plan: Plan) -> Rendering:
    """The plan as an HTTPRoute between two services."""
    step = plan.steps[0]
    stable, canary = ({"name": f"model-{name}", "port": 80} for name in ("stable", "canary"))
    rule: dict[str, object] = {"backendRefs": [stable]}
    if step.mirror:
        mirror: dict[str, object] = {"backendRef": canary}
        percent, rest = divmod(step.mirror * 100, BUCKETS)
        mirror |= {"fraction": {"numerator": step.mirror, "denominator": BUCKETS}} if rest else {"percent": percent}
        rule = {"filters": [{"type": "RequestMirror", "requestMirror": mirror}], **rule}
    else:
        parts = BUCKETS // 100 if step.weight % (BUCKETS // 100) == 0 else 1
        rule["backendRefs"] = [
            {**stable, "weight": (BUCKETS - step.weight) // parts},
            {**canary, "weight": step.weight // parts},
        ]
    if plan.routing is Routing.STICKY:
        rule["sessionPersistence"] = {"sessionName": "model", "type": "Cookie"}
        plan = replace(plan, routing=Routing.PER_REQUEST)
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": _KIND,
        "metadata": {"name": "model"},
        "spec": {"parentRefs": [{"name": "gateway"}], "rules": [rule]},
    }
    written = yaml.dump(route, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000)
    return Rendering(text=written, lost=tuple(lost_in_split(plan)))
