"""Azure ML online endpoints: the `traffic` map, as the SDK (azure-ai-ml) and then the service take it.

The SDK is the first layer and forgiving: it turns '90' into 90, cuts 90.7 to 90, drops zeros and lower-cases names.
"""

import difflib
import re
from dataclasses import dataclass, field
from fractions import Fraction

import yaml

from canarylearn.dialects.manifest import Context, Reading, Rendering
from canarylearn.dialects.routes import Notes, Route, canary_among, read_routes
from canarylearn.dialects.shape import SCHEMA, Node, Problems, root
from canarylearn.dialects.split import lost_in_split, shares_of
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Plan
from canarylearn.engine.quantities import BUCKETS, say_weight

_FIELDS = frozenset(
    {
        "$schema",
        "id",
        "name",
        "description",
        "tags",
        "provisioning_state",
        "properties",
        "auth_mode",
        "scoring_uri",
        "location",
        "openapi_uri",
        "identity",
        "traffic",
        "mirror_traffic",
        "public_network_access",
        "compute",
    }
)
_NAME = re.compile(r"[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?", re.ASCII)
_PERCENT, _MOST_MIRRORED = BUCKETS // 100, 50


@dataclass(kw_only=True)
class _Endpoint:
    """An endpoint as it is after the SDK: percentages by deployment, and all names that stand in the file."""

    node: Node
    traffic: dict[str, int] = field(default_factory=dict)
    mirrored: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to Azure ML. Raises Unreadable with every error."""
    problems = Problems()
    roots = [root(document, problems) for document in documents]
    endpoints = [node for node in roots if node.has("traffic") or node.has("mirror_traffic")] or roots[:1]
    for other in endpoints[1:]:
        other.problem("a second endpoint begins here; one file holds one")
    endpoint = _Endpoint(node=endpoints[0])
    _look_at_fields(endpoint.node)
    endpoint.traffic = _percentages(endpoint, "traffic")
    endpoint.mirrored = _percentages(endpoint, "mirror_traffic")
    _verify(endpoint)
    problems.refuse()
    return _reading(endpoint)


def _look_at_fields(node: Node) -> None:
    """The SDK's schema, but for the traffic: names, unknown fields, the endpoint's own name."""
    if not node.mapping():
        return
    for key, child in node.items():
        if key not in _FIELDS:
            close = (
                difflib.get_close_matches(key[:40], _FIELDS, n=1) if len(node.problems.found) < _MOST_MIRRORED else []
            )
            child.problem("Unknown field." + (f" Is it {close[0]!r}?" if close else ""), code=SCHEMA)
    name = node.get("name").text()
    if name is not None and not _NAME.fullmatch(name):
        node.get("name").problem("String does not match expected pattern.", code=SCHEMA)


def _percentages(endpoint: _Endpoint, key: str) -> dict[str, int]:
    """The map under a key as the SDK sends it."""
    node = endpoint.node.get(key)
    if not node.there:
        return {}
    if not isinstance(node.value, dict):
        node.problem("Not a valid mapping type.", code=SCHEMA)
        return {}
    whole = {name: value for name, child in node.items() if (value := _whole(endpoint, child)) is not None}
    if key == "traffic" and sum(whole.values()) > 100:
        node.problem(
            f"Traffic rule percentages must sum to less than or equal to 100%, and they sum to {sum(whole.values())}",
            code=SCHEMA,
        )
    sent: dict[str, int] = {}
    for name, value in whole.items():
        child = node.get(name)
        if not 0 <= value <= 100:
            child.problem(f"a percentage goes from 0 to 100, and not to {value}")
        if name != name.lower():
            endpoint.notes.add(child, f"the SDK writes {name.lower()!r} for {name!r}")
        if name.lower() in sent and value:
            endpoint.notes.add(child, f"{name.lower()!r} stands here twice once in lower case: the last one counts")
        if value:
            sent[name.lower()] = value
        if key == "traffic":
            endpoint.written.append(name.lower())
    return sent


def _whole(endpoint: _Endpoint, node: Node) -> int | None:
    """A whole number as marshmallow's Integer makes one: int() of anything but true, false and null."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        node.problem(
            f"Not a valid integer.{' true and false are no percentages.' * isinstance(value, bool)}", code=SCHEMA
        )
        return None
    try:
        whole = int(value)
    except OverflowError:
        node.problem("Number too large.", code=SCHEMA)
        return None
    except ValueError:
        tip = " Write it without the percent sign." if isinstance(value, str) and "%" in value else ""
        node.problem(f"Not a valid integer.{tip}", code=SCHEMA)
        return None
    if isinstance(value, str):
        endpoint.notes.add(node, f"the SDK turns the text {value[:40]!r} into the number {whole}")
    elif whole != value:
        what = "; for one in ten write 10" if 0 < value < 1 else ""
        endpoint.notes.add(node, f"the SDK cuts {value:g} to {whole}{what}")
    return whole


def _verify(endpoint: _Endpoint) -> None:
    """The service's own rules."""
    total = sum(endpoint.traffic.values())
    node = endpoint.node.get("traffic")
    if total not in (0, 100) and total < 100:
        node.problem(f"the percentages have to sum to 0 or to 100, and they sum to {total}")
    mirror = endpoint.node.get("mirror_traffic")
    if len(endpoint.mirrored) > 1:
        mirror.problem("traffic is mirrored to one deployment, and not to several")
    for name, value in endpoint.mirrored.items():
        if value > _MOST_MIRRORED:
            mirror.problem(f"mirror_traffic has to be less than or equal to {_MOST_MIRRORED}%, and it is {value}")
        if endpoint.traffic.get(name):
            mirror.problem(f"{name!r} gets live traffic, so it cannot get mirrored traffic at the same time")


def _reading(endpoint: _Endpoint) -> Reading:
    shares = shares_of({name: Fraction(value) for name, value in endpoint.traffic.items()})
    if not shares:
        endpoint.notes.add(endpoint.node, "no deployment gets traffic: requests without a deployment header fail")
    # A deployment that is written with 0 may well be the one on trial, although the SDK drops it.
    chosen = canary_among(endpoint.written) if len(endpoint.written) > 1 else None
    waiting = chosen if chosen not in endpoint.traffic and not endpoint.mirrored else None
    copies = tuple((name, Fraction(value, 100)) for name, value in endpoint.mirrored.items())
    node = endpoint.node.get("traffic")
    route = Route(node=node if node.there else endpoint.node, shares=shares, canary=waiting, copies=copies)
    return read_routes([route], endpoint.notes)


def render(plan: Plan) -> Rendering:
    """The plan's first step as an endpoint with a stable deployment (blue) and a canary (green)."""
    lost, step = lost_in_split(plan), plan.steps[0]
    percent, mirrored = round(step.weight / _PERCENT), min(_MOST_MIRRORED, round(step.mirror / _PERCENT))
    if percent * _PERCENT != step.weight:
        lost.append(f"a weight of {say_weight(step.weight)}: Azure ML knows whole percents")
    if mirrored * _PERCENT != step.mirror:
        lost.append(f"copies of {say_weight(step.mirror)} of the requests: whole percents up to 50 are mirrored")
    endpoint: dict[str, object] = {
        "$schema": "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json",
        "name": "model",
        "auth_mode": "key",
        "traffic": {"blue": 100} if mirrored else {"blue": 100 - percent, "green": percent},
    }
    if mirrored:
        endpoint["mirror_traffic"] = {"green": mirrored}
    return Rendering(text=yaml.safe_dump(endpoint, sort_keys=False), lost=tuple(lost))
