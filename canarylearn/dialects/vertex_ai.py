"""Vertex AI endpoints: traffic splits when a model is deployed, when one is undeployed, and in between.

A file holds the arguments of one call of the SDK (google-cloud-aiplatform) or the REST resource, and `existing`: the
split before the call, as `gcloud ai endpoints describe` prints it under trafficSplit. `undeploy` names the model to go.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import yaml

from canarylearn.dialects.manifest import Context, Reading, Rendering
from canarylearn.dialects.routes import Notes, Route, read_routes
from canarylearn.dialects.shape import SCHEMA, Node, Problems, root
from canarylearn.dialects.split import lost_in_split, shares_of
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Plan
from canarylearn.engine.quantities import BUCKETS, say_weight

DEPLOYING = "0"
"""The key of the model that is being deployed."""

_OURS = ("existing", "traffic_split", "traffic_percentage", "undeploy", "deployed_model_id")
_RESOURCE = ("deployed_models", "display_name", "etag")
"""An endpoint as it is, and not a call that deploys a model."""
_PASSED_BY = """
    name description labels create_time update_time encryption_spec network enable_private_service_connect
    private_service_connect_config model_deployment_monitoring_job predict_request_response_logging_config
    dedicated_endpoint_enabled dedicated_endpoint_dns client_connection_config satisfies_pzs satisfies_pzi
    gen_ai_advanced_features_config
    endpoint model deployed_model deployed_model_display_name machine_type min_replica_count max_replica_count
    accelerator_type accelerator_count gpu_partition_size tpu_topology service_account explanation_metadata
    explanation_parameters metadata sync deploy_request_timeout autoscaling_target_cpu_utilization
    autoscaling_target_accelerator_duty_cycle autoscaling_target_request_count_per_minute
    autoscaling_target_pubsub_num_undelivered_messages autoscaling_pubsub_subscription_labels enable_access_logging
    disable_container_logging deployment_resource_pool reservation_affinity_type reservation_affinity_key
    reservation_affinity_values spot fast_tryout_enabled system_labels required_replica_count rollout_options
    update_mask
"""
_KNOWN = frozenset((*_OURS, *_RESOURCE, *_PASSED_BY.split()))
_NEEDS_100 = "Sum of all traffic within traffic split needs to be 100."
_PERCENT = BUCKETS // 100


@dataclass(kw_only=True)
class _Call:
    """One call: its arguments by their names in Python, wherever the file writes them in camel case."""

    node: Node
    fields: Mapping[str, Node]
    notes: Notes = field(default_factory=Notes)

    def get(self, name: str) -> Node | None:
        """An argument; None when it is absent or null."""
        node = self.fields.get(name)
        return node if node is not None and node.there else None

    def note(self, node: Node, message: str) -> None:
        """Keep something that is accepted and a person should know."""
        self.notes.add(node, message)


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to Vertex AI. Raises Unreadable with every error."""
    problems = Problems()
    for other in documents[1:]:
        root(other, problems).problem("a second document begins here; one file holds one call")
    call = _call(root(documents[0], problems))
    existing = _split(call, "existing")
    split = _split(call, "traffic_split")
    if existing and sum(existing.values()) != 100:
        call.fields["existing"].problem(f"{_NEEDS_100} It is {sum(existing.values())}")
    result, canary = _result(call, existing or {}, split)
    problems.refuse()
    return _reading(call, result, canary)


def _call(node: Node) -> _Call:
    fields: dict[str, Node] = {}
    if node.mapping():
        for key, child in node.items():
            name = re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f"_{capital[0].lower()}", key)
            if name not in _KNOWN:
                child.problem(f'unknown field "{key[:60]}"; traffic is set by {", ".join(_OURS[:-1])}', code=SCHEMA)
            elif name in fields:
                child.problem(f"{name} stands here in two ways of writing; remove one", code=SCHEMA)
            fields[name] = child
    return _Call(node=node, fields=fields)


def _split(call: _Call, name: str) -> dict[str, int] | None:
    """A map of whole percentages; None when it is not there."""
    node = call.get(name)
    if node is None or not node.mapping():
        return None
    split = {}
    for model, child in node.items():
        if not child.there:
            child.problem("must be of type integer, and it is null", code=SCHEMA)
        elif (share := child.integer(least=-(2**31), most=2**31 - 1)) is not None:
            split[model] = share
            if not 0 <= share <= 100:
                child.problem(f"a traffic percentage goes from 0 to 100, and not to {share}")
    return split


def _result(call: _Call, existing: dict[str, int], split: dict[str, int] | None) -> tuple[dict[str, int], str | None]:
    """The split after the call, and the model on trial where the call says which."""
    leaving = call.get("undeploy") or call.get("deployed_model_id")
    if leaving is not None:
        return _undeploy(call, leaving, existing, split), None
    resource = any(name in call.fields for name in _RESOURCE)
    deploys = any(name in call.fields for name in ("existing", "traffic_percentage", "deployed_model"))
    if not resource and (deploys or DEPLOYING in (split or {})):
        result = _deploy(call, existing, split)
        return result, DEPLOYING if DEPLOYING in result else None
    if split is None:
        call.node.problem("there is no traffic_split and no traffic_percentage in this file")
        return {}, None
    if DEPLOYING in split:
        call.fields["traffic_split"].problem('the key "0" means the model being deployed, and nothing is deployed here')
    if split and sum(split.values()) != 100:
        call.fields["traffic_split"].problem(f"{_NEEDS_100} It is {sum(split.values())}")
    return split, None


def _deploy(call: _Call, existing: dict[str, int], split: dict[str, int] | None) -> dict[str, int]:
    asked = call.get("traffic_percentage")
    if split is None:
        percentage = asked.integer() if asked is not None else 0
        return {} if percentage is None else _deploy_by_percentage(call, existing, percentage, asked or call.node)
    node = call.fields["traffic_split"]
    if asked is not None:
        call.note(asked, "traffic_percentage is ignored beside traffic_split")
    if split and sum(split.values()) != 100:
        node.problem(f"{_NEEDS_100} It is {sum(split.values())}")
    for model in split:
        if "existing" in call.fields and model not in (*existing, DEPLOYING):
            call.note(node.get(model), f"{model[:60]!r} is no model of this endpoint: the service refuses it")
    return split or existing


def _deploy_by_percentage(call: _Call, existing: dict[str, int], percentage: int, node: Node) -> dict[str, int]:
    if percentage > 100:
        node.problem("Traffic percentage cannot be greater than 100.")
    elif percentage < 0:
        node.problem("Traffic percentage cannot be negative.")
    elif existing:
        return _allocate(existing, percentage)
    elif 0 < percentage < 100:
        node.problem(
            "There are currently no deployed models so the traffic percentage for this deployed model needs to be 100."
        )
    elif not percentage:
        call.note(node, "the first model of an endpoint gets 100, whether 0 is written or nothing")
    return {DEPLOYING: 100}


def _allocate(existing: dict[str, int], percentage: int) -> dict[str, int]:
    """Room for a new model: the others are scaled to what is left, and what the cutting left over goes to the first.

    The SDK calculates with floats (0.29 * 100 is less than 29), and its shares are these.
    """
    left = 100 - percentage
    split = (
        _scaled(existing, {model: int(share / 100 * left) for model, share in existing.items()}, left) if left else {}
    )
    return {**split, DEPLOYING: percentage}


def _scaled(existing: dict[str, int], cut: dict[str, int], total: int) -> dict[str, int]:
    over = total - sum(cut.values())
    return {model: cut[model] + (place < over) for place, model in enumerate(existing)}


def _undeploy(call: _Call, leaving: Node, existing: dict[str, int], split: dict[str, int] | None) -> dict[str, int]:
    model = leaving.text()
    if model is None:
        return {}
    if split is not None:
        node = call.fields["traffic_split"]
        if split.get(model):
            node.problem("Model being undeployed should have 0 traffic.")
        if sum(split.values()) != 100:
            node.problem(f"{_NEEDS_100} It is {sum(split.values())}")
        if DEPLOYING in split:
            node.problem('the key "0" means the model being deployed, and nothing is deployed here')
    elif len(existing) > 1 and existing.get(model) == 100:
        leaving.problem(
            f"Undeploying deployed model '{model[:60]}' would leave the remaining traffic split at 0%. Traffic split "
            "must add up to 100% when models are deployed. Please undeploy the other models first or provide an "
            "updated traffic_split."
        )
    current = split or existing
    if model not in current:
        return current
    rest = {name: share for name, share in current.items() if name != model}
    left = 100 - current[model]
    return _scaled(rest, {name: int(share / left * 100) for name, share in rest.items()}, 100) if left > 0 else rest


def _reading(call: _Call, result: dict[str, int], canary: str | None) -> Reading:
    shares = shares_of({model: Fraction(share) for model, share in result.items()})
    if not shares:
        call.note(call.node, "the split is empty: the endpoint takes no traffic")
    elif canary is not None and not result[canary]:
        call.note(call.node, "the new model is deployed and gets no traffic yet")
    return read_routes([Route(node=call.node, shares=shares, canary=canary)], call.notes)


def render(plan: Plan) -> Rendering:
    """The plan's first step as a deployment beside one model that gets everything so far."""
    lost, step = lost_in_split(plan), plan.steps[0]
    percent = round(step.weight / _PERCENT)
    if percent * _PERCENT != step.weight:
        lost.append(f"a weight of {say_weight(step.weight)}: Vertex AI knows whole percents")
    if step.mirror:
        lost.append("copies of requests: Vertex AI mirrors none")
    call = {
        "deployed_model_display_name": "model-v2",
        "existing": {"model-v1": 100},
        "traffic_split": {"model-v1": 100 - percent, DEPLOYING: percent},
    }
    return Rendering(text=yaml.safe_dump(call, sort_keys=False), lost=tuple(lost))
